"""What the core does not load at its start: 10 to 16 MiB each, needed only once somebody asks for media."""

import subprocess
import sys


def test_the_core_starts_without_pyav_opencv_and_numpy() -> None:
    code = "import sys, dogwatch.runtime.core; print(*sorted({'av', 'cv2', 'numpy'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []
