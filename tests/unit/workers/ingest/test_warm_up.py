import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from dogwatch.media.packets import Unit
from dogwatch.workers.ingest import warm_up
from dogwatch.workers.ingest.selection import PictureSelector

AFTER = """
import gc, os
import dogwatch.workers.ingest.__main__
from dogwatch.workers.ingest.warm_up import warm_up
def state(): return len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))
before = state()
warm_up()
gc.collect()
print(before, state())
"""


def test_the_film_is_recorded_and_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[int] = []
    monkeypatch.setattr(warm_up, "default_directory", lambda _: str(tmp_path))

    class Counting(PictureSelector):
        def take(self, unit: Unit) -> None:
            super().take(unit)
            taken.append(self._counters.decoded)

    monkeypatch.setattr(warm_up, "PictureSelector", Counting)
    warm_up.warm_up()
    assert caplog.records == []
    assert taken[-1] == len(taken) > 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not psutil.LINUX, reason="there is a template on Linux only")
def test_it_leaves_no_thread_and_no_file_open() -> None:
    """A process with threads cannot be forked."""
    done = subprocess.run([sys.executable, "-c", AFTER], capture_output=True, text=True, check=True, timeout=60)
    before, after = done.stdout.strip().removeprefix("(").removesuffix(")").split(") (")
    assert before == after
    assert done.stderr == ""


def test_a_failure_is_logged_only(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(warm_up, "FILM", Path("/nowhere.mp4"))
    warm_up.warm_up()
    assert "warming up has failed" in caplog.text
