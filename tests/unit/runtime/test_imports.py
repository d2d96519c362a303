"""What the core does not load at its start: 10 to 16 MiB each, needed only once somebody asks for media."""

import subprocess
import sys

CODE = """
import importlib, pkgutil, sys
import dogwatch.runtime.core
from dogwatch.api import nvr
for module in pkgutil.iter_modules(nvr.__path__, nvr.__name__ + "."):
    importlib.import_module(module.name)
print(*sorted({"av", "cv2", "numpy"} & set(sys.modules)))
"""


def test_the_core_starts_without_pyav_opencv_and_numpy() -> None:
    loaded = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []
