"""What worker processes have in common."""

from __future__ import annotations

import signal
import subprocess
import sys

LOGGING = "import logging; from dogwatch.bus import child; child.start_logging({name!r}, 'info'); {log}"


def test_any_name_can_be_logged() -> None:
    code = LOGGING.format(name="ingest.stream:50%done", log="logging.getLogger('a').warning('%s', 'b')")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == "WARNING ingest.stream:50%done a: b\n"


def test_a_crash_tells_where_it_was() -> None:
    code = LOGGING.format(name="ingest.front", log="import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGSEGV
    assert "Fatal Python error: Segmentation fault" in done.stderr
    assert 'File "<string>"' in done.stderr
