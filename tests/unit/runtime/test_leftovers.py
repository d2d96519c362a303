"""What a killed core has left behind, and what is not its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dogwatch.runtime import leftovers
from dogwatch.runtime.paths import Paths
from dogwatch.supervisor.shared_names import prefix_of


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths(tmp_path, tmp_path, tmp_path / "run", str(tmp_path / "shm"))
    made.run.mkdir()
    Path(made.shm).mkdir()
    return made


def gone() -> int:
    """Return the pid of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_shared_memory_of_the_dead_goes_and_that_of_the_living_stays(paths: Paths) -> None:
    ended = gone()
    dead, alive = (Path(paths.shm) / f"{prefix_of(pid)}front-0" for pid in (ended, os.getpid()))
    strange = Path(paths.shm) / "dogwatch-notes"
    elsewhere = Path(paths.shm) / f"dogwatch-4026539999-{ended}-front-0"  # of another container that shares /dev/shm
    for path in (dead, alive, strange, elsewhere):
        path.touch()
    leftovers.clear(paths)
    assert [path.exists() for path in (dead, alive, strange, elsewhere)] == [False, True, True, True]


@pytest.mark.parametrize("text", ["", "x y", str(os.getpid())], ids=["nothing", "words", "this process"])
def test_nothing_but_a_worker_is_ended(paths: Paths, text: str) -> None:
    (paths.run / "workers").write_text(text)
    leftovers.clear(paths)
