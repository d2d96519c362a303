"""Motion in real footage is found where and when it was, and nowhere else; also if the program is killed meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest

from dogwatch.jobs.runner import JobRunner
from dogwatch.media import fragments
from dogwatch.media.motion_scan_spec import ScanReport, ScanSpec
from dogwatch.model import Box, Segment
from dogwatch.recordings import motion_scanners
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.recordings.motion_cells import CellCounts
from dogwatch.recordings.motion_search_job import MotionQuery, MotionSearchKind
from dogwatch.store import segments
from dogwatch.store.database import Database
from dogwatch.store.jobs import Job
from dogwatch.testing.recordings import T0
from tests.moving import HEIGHT, SQUARE, WIDTH, Moves, make_plain, write

LENGTH_S = 6.0
LEFT = ((0.0, 0.3), (0.4, 0.3), (0.4, 0.7), (0.0, 0.7))
RIGHT = ((0.6, 0.3), (1.0, 0.3), (1.0, 0.7), (0.6, 0.7))
MOVES: Moves = [
    (T0 + 8, T0 + 10, 10),
    (T0 + 31, T0 + 33, 230),
]  # in the second segment on the left, in the sixth on the right


class Search:
    """What a core has for searches, over the footage below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.db = Database(f"sqlite:///{root}/x.db")
        self.db.migrate()
        self.kind = MotionSearchKind(Catalogue(self.db, root), root)
        self.jobs = JobRunner(self.db, [self.kind])

    def add(self, segment: Segment, motion: int | None, cells: bytes | None) -> None:
        init = fragments.scan(self.root / segment.path).init
        self.db.write(partial(segments.add, segment=segment, init=init))
        known = partial(segments.set_activity, path=segment.path, motion=motion, objects=0, cells=cells)
        self.db.write(known)

    def ask(self, polygon: tuple[tuple[float, float], ...], **more: object) -> Job:
        query = MotionQuery("front", T0, T0 + 60, polygon, **more)  # type: ignore[arg-type]
        return self.kind.begin(self.jobs, query, "anna")

    def ended(self, job: Job, state: str = "success") -> Job:
        until(lambda: self.jobs.find(job.id).state in ("success", "failed", "cancelled"))
        found = self.jobs.find(job.id)
        assert found.state == state, found.error
        return found

    def close(self) -> None:
        self.jobs.close()
        self.db.close()


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def cells(*boxes: Box) -> bytes | None:
    gathered = CellCounts()
    gathered.add(boxes, WIDTH, HEIGHT)
    return gathered.packed()


def fill(search: Search, *, analysed: bool, count: int = 8, gop_s: float = 2.0) -> None:
    for n in range(count):
        start = T0 + n * LENGTH_S
        segment = write(search.root, "front", start, LENGTH_S, MOVES, gop_s=gop_s)
        mine = [move for move in MOVES if start <= move[0] < start + LENGTH_S]
        boxes = [Box(column, 70, column + SQUARE, 110) for _, _, column in mine]
        search.add(segment, 1600 * len(boxes) if analysed else None, cells(*boxes) if analysed else None)


@pytest.fixture
def search(tmp_path: Path) -> Iterator[Search]:
    made = Search(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("analysed", [True, False])
@pytest.mark.parametrize(("polygon", "start", "end"), [(LEFT, T0 + 8, T0 + 10), (RIGHT, T0 + 31, T0 + 33)])
def test_motion_is_found_where_and_when_it_was(
    search: Search, analysed: bool, polygon: tuple[tuple[float, float], ...], start: float, end: float
) -> None:
    fill(search, analysed=analysed)
    job = search.ask(polygon)
    first = job.params["first"]
    assert (first["segments"], first["unknown"]) == ((1, 0) if analysed else (0, 8))
    assert [one["start_time"] for one in first["motion"]] == [start - (start - T0) % LENGTH_S] * analysed
    search.jobs.start()
    result = search.ended(job).result
    assert result is not None
    [found] = result["results"]
    assert start - 0.6 <= found["start_time"] <= start + 0.1
    assert end - 0.1 <= found["end_time"] <= end + 0.6
    assert 5 <= found["strength"] <= 60
    x, y, w, h = found["box"]
    assert polygon[0][0] <= x <= x + w <= polygon[1][0] + 0.01
    assert 0.35 <= y <= y + h <= 0.65
    assert result["segments"] == (1 if analysed else 8)
    assert (result["unreadable"], result["complete"]) == (0, True)


@pytest.mark.parametrize("analysed", [True, False])
def test_motion_is_found_in_plain_files(search: Search, analysed: bool) -> None:
    fill(search, analysed=analysed)
    for path in search.root.glob("recordings/**/*.mp4"):
        make_plain(path)
    search.jobs.start()
    result = search.ended(search.ask(LEFT)).result
    assert result is not None
    [found] = result["results"]
    assert T0 + 7.4 <= found["start_time"] <= T0 + 8.1
    assert T0 + 9.9 <= found["end_time"] <= T0 + 10.6


def test_what_is_too_small_or_too_faint_is_no_motion(search: Search) -> None:
    fill(search, analysed=True)
    search.jobs.start()
    for more in ({"min_area": 70.0}, {"threshold": 200}):
        assert search.ended(search.ask(LEFT, **more)).result["results"] == []  # type: ignore[index]


def test_the_newest_come_first_and_the_others_are_not_looked_for(search: Search) -> None:
    fill(search, analysed=False)
    search.jobs.start()
    both = ((0.0, 0.3), (1.0, 0.3), (1.0, 0.7), (0.0, 0.7))
    every = search.ended(search.ask(both, parallel=True, min_area=2.0)).result
    assert every is not None
    assert [round(one["start_time"] - T0) for one in every["results"]] in ([31, 8], [30, 8], [31, 7], [30, 7])
    newest = search.ended(search.ask(both, max_results=1, min_area=2.0)).result
    assert newest is not None
    assert newest["results"] == every["results"][:1]
    assert newest["segments"] < 8
    assert not newest["complete"]


@pytest.mark.parametrize("gop_s", [2.0, 6.0])
def test_what_passes_between_keyframes_that_are_rare_is_found(search: Search, gop_s: float) -> None:
    fill(search, analysed=False, count=3, gop_s=gop_s)
    search.jobs.start()
    result = search.ended(search.ask(LEFT)).result
    assert result is not None
    assert [round(one["end_time"] - T0) for one in result["results"]] == [10]


def test_files_that_cannot_be_read_are_counted(search: Search) -> None:
    fill(search, analysed=False, count=3)
    search.jobs.start()
    files = sorted(search.root.glob("recordings/**/*.mp4"))
    files[0].unlink()
    files[2].write_bytes(b"nothing")
    result = search.ended(search.ask(LEFT)).result
    assert result is not None
    assert (result["segments"], result["unreadable"], len(result["results"])) == (3, 2, 1)
    files[1].unlink()
    assert "no recording can be read" in search.ended(search.ask(LEFT), "failed").error


def test_a_search_ends_when_it_is_cancelled(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(search, analysed=False, count=2)
    slow = [sys.executable, "-c", "import time; time.sleep(600)"]
    monkeypatch.setattr(motion_scanners, "SCANNER", slow)
    search.jobs.start()
    job = search.ask(LEFT, parallel=True)
    until(lambda: running(slow))
    search.jobs.cancel(job.id)
    assert search.ended(job, "cancelled").result is None
    until(lambda: not running(slow))


def running(command: list[str]) -> bool:
    """Tell whether a child of this process, in which other tests ran too, runs `command`."""
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if child.cmdline()[1:] == command[1:]:
                return True
    return False


def test_a_process_that_dies_costs_one_file(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(search, analysed=False, count=3)
    marker = search.root / "died"
    code = (
        f"import os, pathlib; died = pathlib.Path({str(marker)!r})\n"
        "if not died.exists():\n    died.touch(); os._exit(9)\n"
        "from dogwatch.media.motion_scanner import main; main()"
    )
    monkeypatch.setattr(motion_scanners, "SCANNER", [sys.executable, "-c", code])
    search.jobs.start()
    result = search.ended(search.ask(LEFT)).result
    assert result is not None
    assert (result["unreadable"], len(result["results"])) == (1, 1)


def serve(root: Path) -> None:
    """Search slowly, until killed."""
    motion_scanners.POLL_S = 0.05
    original = motion_scanners.Scanner.scan

    def slow(self: motion_scanners.Scanner, spec: ScanSpec) -> ScanReport:
        time.sleep(0.5)
        return original(self, spec)

    motion_scanners.Scanner.scan = slow  # type: ignore[method-assign]
    search = Search(root)
    search.jobs.start()
    sys.stdout.write(search.ask(LEFT).id + "\n")
    sys.stdout.flush()
    time.sleep(600)


def test_a_killed_search_goes_on_after_the_next_start(search: Search) -> None:
    fill(search, analysed=False)
    code = f"from tests.integration.recordings.test_motion_search import serve, Path; serve(Path({str(search.root)!r}))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        until(lambda: 0 < search.jobs.find(name).progress < 100)
        children = psutil.Process(process.pid).children()
        assert children
        os.kill(process.pid, signal.SIGKILL)
    assert psutil.wait_procs(children, 20)[1] == []
    assert search.jobs.find(name).state == "running"
    search.jobs.start()
    result = search.ended(search.jobs.find(name)).result
    assert result is not None
    assert [round(one["end_time"] - T0) for one in result["results"]] == [10]


def test_partial_results_are_told(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(search, analysed=False)
    told: list[int] = []
    original = motion_scanners.Scanner.scan

    def counted(self: motion_scanners.Scanner, spec: ScanSpec) -> ScanReport:
        job = search.jobs.find(search.jobs.listed("motion_search", None)[0].id)
        told.append(len(search.kind.results(job)))
        return original(self, spec)

    monkeypatch.setattr(motion_scanners.Scanner, "scan", counted)
    job = search.ask(RIGHT)
    search.jobs.start()
    assert len(search.kind.results(search.ended(job))) == 1
    assert (told[0], told[-1]) == (0, 1)
