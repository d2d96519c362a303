"""Tasks in file workers: what they answer, what they may not do, and how they end."""

import asyncio
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psutil
import pytest
import simplejpeg

from dogwatch.errors import FileError
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.indexing import FileIndexer
from dogwatch.library.worker_template import Forked, WorkerTemplate
from dogwatch.media import jpeg
from dogwatch.media.file_facts import FileFacts
from dogwatch.media.frame_index import FrameIndex
from dogwatch.testing.app import until
from dogwatch.testing.numbered import Codec, NumberedFilm, Variant, make, number_of
from dogwatch.workers.files.spec import CutPart, CutTask, IndexTask, Pool, StillTask


@pytest.fixture(scope="module")
def workers() -> Iterator[FileWorkers]:
    made = FileWorkers()
    yield made
    made.close()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> NumberedFilm:
    return make(tmp_path_factory.mktemp("films"), Codec.H264, Variant.SOUND)


@pytest.fixture(scope="module")
def folder(workers: FileWorkers, film: NumberedFilm) -> Path:
    facts = msgspec.convert(FileIndexer(workers).index(film.path, film.path.parent), FileFacts)
    assert (facts.total_frames, facts.fps, facts.audio is not None) == (75, 30.0, True)
    return film.path.parent


def test_a_new_file_gets_its_index_and_facts(folder: Path) -> None:
    assert FrameIndex.decode((folder / "frames.idx").read_bytes()).total == 75
    probe = msgspec.json.decode((folder / "probe.json").read_bytes())
    assert [stream["codec_type"] for stream in probe["streams"]] == ["video", "audio"]


@pytest.mark.parametrize("frame", [0, 1, 14, 15, 37, 74])
async def test_a_still_shows_its_frame(workers: FileWorkers, film: NumberedFilm, folder: Path, frame: int) -> None:
    data, result = await workers.ask(StillTask(frame=frame), film.path, folder / "frames.idx")
    picture = jpeg.decode(data)
    assert number_of(picture) == frame
    assert (result["width"], result["height"]) == (picture.shape[1], picture.shape[0])


async def test_what_is_no_video_is_refused(workers: FileWorkers, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("this is no video\n" * 1000)
    with pytest.raises(FileError) as caught:
        await workers.ask(IndexTask(), text)
    assert (caught.value.status, caught.value.code) == (415, "not_a_video")


async def test_a_file_that_has_gone(workers: FileWorkers, tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        await workers.ask(IndexTask(), tmp_path / "gone.mp4")
    assert (caught.value.status, caught.value.code) == (404, "source_missing")


async def test_a_worker_that_begins_when_nobody_wants_it_any_more_is_ended(
    film: NumberedFilm, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, beginning, gone = FileWorkers(), threading.Event(), threading.Event()
    fork = made.template.fork
    ended: list[bytes] = []

    def slowly(*descriptors: int, reads: bool) -> Forked:
        beginning.set()
        assert gone.wait(10)
        return fork(*descriptors, reads=reads)

    monkeypatch.setattr(made.template, "fork", slowly)
    monkeypatch.setattr(made.template, "end", ended.append)
    asking = asyncio.create_task(made.ask(IndexTask(), film.path))
    await until(beginning.is_set)
    asking.cancel()
    gone.set()
    await asyncio.gather(asking, return_exceptions=True)
    try:
        await until(lambda: ended)
    finally:
        made.close()


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that takes long to read: all of it has to be decoded."""
    folder = tmp_path_factory.mktemp("slow")
    film = make(folder, Codec.H264, Variant.CONSTANT, 3000).path
    raw = folder / "slow.h264"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(film), "-c", "copy", str(raw)], check=True)
    raw.write_bytes(raw.read_bytes() * 20)
    return raw


def forks(pid: int | None) -> list[psutil.Process]:
    """Return the workers that run now, without the one that waits for a task."""
    return [one for one in psutil.Process(pid).children() if one.name() == "file worker"] if pid else []


async def time_until(condition: Callable[[], bool], seconds: float = 20.0) -> float:
    """Wait until something is so; return how long that took."""
    begun = time.monotonic()
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - another process makes it so
            await asyncio.sleep(0.02)
    return time.monotonic() - begun


async def test_a_worker_ends_when_nobody_wants_its_answer(workers: FileWorkers, slow: Path) -> None:
    await time_until(lambda: not forks(workers.template.pid))  # of what was asked before
    asking = asyncio.create_task(workers.ask(IndexTask(), slow))
    await time_until(lambda: len(forks(workers.template.pid)) == 1)
    asking.cancel()
    assert await time_until(lambda: not forks(workers.template.pid)) < 2
    assert workers.slots[Pool.INDEX].statistics() == {"running": 0, "waiting": 0}


async def test_a_job_that_is_cancelled_ends_its_worker(workers: FileWorkers, slow: Path) -> None:
    def check() -> None:
        if forks(workers.template.pid):
            raise KeyError("cancelled")

    with pytest.raises(KeyError, match="cancelled"):
        await asyncio.to_thread(workers.run, IndexTask(), slow, check=check)
    assert await time_until(lambda: not forks(workers.template.pid)) < 2


async def test_a_worker_that_dies_is_an_error_of_its_task_alone(
    workers: FileWorkers, slow: Path, film: NumberedFilm, folder: Path
) -> None:
    await time_until(lambda: not forks(workers.template.pid))  # of what was asked before
    asking = asyncio.create_task(workers.ask(IndexTask(), slow))
    await time_until(lambda: len(forks(workers.template.pid)) == 1)
    forks(workers.template.pid)[0].send_signal(signal.SIGSEGV)
    with pytest.raises(FileError) as caught:
        await asking
    assert (caught.value.status, caught.value.code) == (415, "not_a_video")
    assert (await workers.ask(StillTask(frame=3), film.path, folder / "frames.idx"))[0]


async def test_a_template_that_dies_is_replaced(workers: FileWorkers, film: NumberedFilm, folder: Path) -> None:
    await workers.ask(StillTask(frame=3), film.path, folder / "frames.idx")
    pid = workers.template.pid
    assert pid is not None
    psutil.Process(pid).kill()
    await time_until(lambda: psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    assert (await workers.ask(StillTask(frame=4), film.path, folder / "frames.idx"))[0]
    assert workers.template.pid != pid


async def test_workers_end_with_the_core(slow: Path) -> None:
    """Also when it is killed, and can end nobody."""
    program = f"""
    import sys, threading
    from pathlib import Path
    from dogwatch.library.file_workers import FileWorkers
    from dogwatch.workers.files.spec import IndexTask
    workers = FileWorkers()
    threading.Thread(target=workers.run, args=(IndexTask(), Path({str(slow)!r}))).start()
    while workers.template.pid is None: pass
    print(workers.template.pid, flush=True)
    sys.stdin.read()
    """
    with subprocess.Popen(  # noqa: ASYNC220 - there is nothing else to do
        [sys.executable, "-c", textwrap.dedent(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as core:
        assert core.stdout is not None
        template = psutil.Process(int(await asyncio.to_thread(core.stdout.readline)))
        await time_until(
            lambda: len(forks(template.pid)) == 1 and len(template.children()) == 2
        )  # and the one that waits
        running = [template, *template.children()]
        core.kill()
    assert await time_until(lambda: not any(alive(process) for process in running)) < 2


def alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def test_the_template_leaves_when_there_is_nothing_to_do(film: NumberedFilm, folder: Path) -> None:
    workers = FileWorkers(template=WorkerTemplate(idle_s=0.3))
    await workers.ask(StillTask(frame=3), film.path, folder / "frames.idx")
    await time_until(lambda: workers.template.pid is None)
    assert (await workers.ask(StillTask(frame=4), film.path, folder / "frames.idx"))[0]
    workers.close()


async def test_more_than_may_wait_are_told_to_come_again(
    workers: FileWorkers, film: NumberedFilm, folder: Path
) -> None:
    slots = workers.slots[Pool.STILL]
    turns = [slots.take() for _ in range(slots.limit * 4)]
    with pytest.raises(FileError) as caught:
        await workers.ask(StillTask(frame=3), film.path, folder / "frames.idx")
    assert (caught.value.status, caught.value.code) == (503, "busy")
    assert caught.value.retry_s > 0
    for turn in turns:
        slots.give_back(turn)
    assert (await workers.ask(StillTask(frame=3), film.path, folder / "frames.idx"))[0]
    assert slots.statistics() == {"running": 0, "waiting": 0}


async def test_parts_are_cut_at_the_frame_and_place_and_those_outside_are_left_out(
    workers: FileWorkers, tmp_path: Path
) -> None:
    film = make(tmp_path, Codec.H264, Variant.ROTATED)
    FileIndexer(workers).index(film.path, tmp_path)
    whole, _ = await workers.ask(StillTask(frame=3, rotation=90), film.path, tmp_path / "frames.idx")
    upright = simplejpeg.decode_jpeg(whole)
    height, width = upright.shape[:2]
    parts = ((3, (-10, -10, 40, 30)), (3, (width, 0, width + 5, 5)), (3, (0, 0, 9999, 9999)), (5, (8, 8, 24, 20)))
    told: list[Any] = []
    task = CutTask(parts=parts, rotation=90)
    assert workers.run(task, film.path, tmp_path / "frames.idx", told=told.append) == 3
    found = {one["number"]: simplejpeg.decode_jpeg(msgspec.convert(one, CutPart).jpeg) for one in told}
    assert {number: one.shape[:2] for number, one in found.items()} == {0: (30, 40), 2: (height, width), 3: (12, 16)}
    difference = np.abs(found[2].astype(int) - upright.astype(int))
    assert difference.mean() < 2, "the picture is turned as thumbnails are"
