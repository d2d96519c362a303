"""Clips of a real ingest process: what is on disk when, and what is said about it."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from dogwatch.bus.messages import (
    ClipBegin,
    ClipEnd,
    ClipLost,
    ClipOpened,
    ClipWritten,
    SegmentOpened,
    SegmentWritten,
    StreamLost,
    WorkerReady,
)
from dogwatch.errors import MediaError
from dogwatch.media.fragments import scan
from dogwatch.testing.core_end import CoreEnd
from dogwatch.testing.ingest import IngestProcess, spec_for
from tests.integration.workers.ingest.made import make, played
from tests.mounts import small_disk
from tests.rtsp import RtspServer, serving

BEFORE_S = 3.0


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("camera") / "cam.mp4", seconds=30, gop=20, audio="aac", rate=16000)


def ingest_of(root: Path, url: str) -> IngestProcess:
    return IngestProcess(spec_for(root, url, clip_before_s=BEFORE_S))


def recorded_for(ingest: IngestProcess, seconds: float) -> None:
    """Wait until so much has been read."""
    begun = ingest.wait_for(SegmentOpened).start_time
    while time.time() < begun + seconds:
        ingest.pump(0.1)


def begun(ingest: IngestProcess, path: Path, clip: str = "a") -> tuple[ClipOpened, float]:
    """Ask for a clip; return what is told of it, and the time of asking."""
    asked = time.time()
    ingest.tell(ClipBegin(clip, str(path)))
    return ingest.wait_for(ClipOpened, lambda m: m.clip == clip, timeout=5), asked


def until(probe: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("over", ["file", "rtsp"])
def test_a_clip_begins_before_it_is_asked_for_and_lacks_no_picture(tmp_path: Path, video: Path, over: str) -> None:
    path = tmp_path / "output.mp4"
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(RtspServer(serving(video, audio="aac"))).url if over == "rtsp" else str(video)
        with ingest_of(tmp_path, url) as ingest:
            recorded_for(ingest, 6)
            opened, asked = begun(ingest, path)
            assert opened.start_time <= asked - BEFORE_S
            assert asked - opened.start_time < BEFORE_S + 4.6  # two GOPs, and what is read late
            assert path.stat().st_size > 0
            time.sleep(2)
            ingest.tell(ClipEnd("a"))
            ended = time.time()
            written = ingest.wait_for(ClipWritten)
            assert (written.camera, written.clip, written.path) == ("front", "a", str(path))
            assert written.end_time == pytest.approx(ended, abs=0.8)
            assert written.size_bytes == path.stat().st_size
            times, numbers = zip(*played(path), strict=True)
            assert np.allclose(np.diff(times), 0.1, atol=0.002)
            assert [(after - before) % 300 for before, after in itertools.pairwise(numbers)] == [1] * (len(times) - 1)
            assert times[0] == pytest.approx(0, abs=0.2)
            assert scan(path).complete
            assert scan(path).end_time == pytest.approx(written.end_time - written.start_time, abs=0.01)
            with av.open(str(path)) as container:
                assert container.streams.audio[0].codec_context.name == "aac"
            # Segments went on as if nothing had been.
            ingest.leave()
            assert [one.continuous for one in ingest.all(SegmentWritten)][1:] == [True] * (
                len(ingest.all(SegmentWritten)) - 1
            )
            assert ingest.all(ClipLost) == []


def test_the_first_byte_is_on_disk_at_once(tmp_path: Path, video: Path) -> None:
    with ingest_of(tmp_path, str(video)) as ingest:
        recorded_for(ingest, 5)
        took = []
        for n in range(5):
            path = tmp_path / f"output_{n}.mp4"
            ingest.tell(ClipBegin(str(n), str(path)))
            asked = time.monotonic()
            until(lambda path=path: path.exists() and path.stat().st_size > 0)  # type: ignore[misc]
            took.append(time.monotonic() - asked)
            ingest.tell(ClipEnd(str(n)))
            ingest.wait_for(ClipWritten, lambda m, n=n: m.clip == str(n))  # type: ignore[misc]
        assert sorted(took)[2] < 0.1, took


def test_a_clip_goes_on_without_a_core_and_the_next_one_ends_it(tmp_path: Path, video: Path) -> None:
    path = tmp_path / "output.mp4"
    with ingest_of(tmp_path, str(video)) as ingest:
        recorded_for(ingest, 4)
        opened, _ = begun(ingest, path)
        address = ingest.core.address
        ingest.core.close()
        before = path.stat().st_size
        until(lambda: path.stat().st_size > before + 1000)
        ingest.messages.clear()
        ingest.core = CoreEnd(Path(address).parent)
        ingest.wait_for(WorkerReady)
        assert ingest.wait_for(ClipOpened) == opened
        ingest.tell(ClipEnd("a"))
        written = ingest.wait_for(ClipWritten)
        assert written.end_time - written.start_time > BEFORE_S
        assert scan(path).complete
        # A core after that hears nothing of it, once it was told of the end.
        time.sleep(0.6)
        ingest.pump(1.2)
        ingest.core.close()
        ingest.messages.clear()
        ingest.core = CoreEnd(Path(address).parent)
        ingest.wait_for(SegmentOpened)
        assert ingest.all(ClipOpened) == []


def test_what_ends_while_there_is_no_core_is_told_to_the_next(tmp_path: Path, video: Path) -> None:
    path = tmp_path / "output.mp4"
    with RtspServer(serving(video)) as server, ingest_of(tmp_path, server.url) as ingest:
        recorded_for(ingest, 2)
        begun(ingest, path)
        address = ingest.core.address
        ingest.core.close()
        ingest.messages.clear()
        server.kill()
        until(lambda: "next attempt" in ingest.log(), 15)
        ingest.core = CoreEnd(Path(address).parent)
        lost = ingest.wait_for(ClipLost)
        assert (lost.reason, lost.clip) == ("stream_lost", "a")
        assert ingest.all(ClipOpened) == []


def test_a_lost_stream_ends_a_clip_and_what_is_there_plays(tmp_path: Path, video: Path) -> None:
    path = tmp_path / "output.mp4"
    with RtspServer(serving(video)) as server, ingest_of(tmp_path, server.url) as ingest:
        recorded_for(ingest, 2)
        begun(ingest, path)
        time.sleep(1)
        server.kill()
        lost = ingest.wait_for(ClipLost)
        ingest.wait_for(StreamLost)
        assert lost.reason == "stream_lost"
        assert lost.size_bytes == path.stat().st_size
        assert len(played(path)) == pytest.approx((lost.end_time - lost.start_time) * 10, abs=2)
        # Nothing can begin before the stream is back.
        ingest.tell(ClipBegin("b", str(tmp_path / "b.mp4")))
        assert ingest.wait_for(ClipLost, lambda m: m.clip == "b").size_bytes == 0
        assert not (tmp_path / "b.mp4").exists()


def test_a_killed_process_leaves_a_clip_that_plays(tmp_path: Path, video: Path) -> None:
    path = tmp_path / "output.mp4"
    with ingest_of(tmp_path, str(video)) as ingest:
        recorded_for(ingest, 5)
        begun(ingest, path)
        until(lambda: _length(path) > BEFORE_S + 1)
        os.kill(ingest.process.pid, signal.SIGKILL)
        ingest.process.wait()
        assert len(played(path)) == pytest.approx(_length(path) * 10, abs=2)


def test_a_process_that_leaves_closes_its_clip(tmp_path: Path, video: Path) -> None:
    path = tmp_path / "output.mp4"
    with ingest_of(tmp_path, str(video)) as ingest:
        recorded_for(ingest, 4)
        begun(ingest, path)
        assert ingest.leave() < 2
        assert ingest.wait_for(ClipLost).reason == "leaving"
        assert scan(path).complete


def test_nothing_is_overwritten_and_a_new_clip_ends_the_one_before(tmp_path: Path, video: Path) -> None:
    path, taken = tmp_path / "output.mp4", tmp_path / "taken.mp4"
    taken.write_bytes(b"mine")
    with ingest_of(tmp_path, str(video)) as ingest:
        recorded_for(ingest, 3)
        for clip, place in (("taken", taken), ("nowhere", tmp_path / "no" / "where.mp4")):
            ingest.tell(ClipBegin(clip, str(place)))
            lost = ingest.wait_for(ClipLost, lambda m, clip=clip: m.clip == clip)  # type: ignore[misc]
            assert (lost.reason, lost.size_bytes) == ("write_error", 0)
        assert taken.read_bytes() == b"mine"
        begun(ingest, path)
        ingest.tell(ClipEnd("other"))  # of a core before this one
        begun(ingest, tmp_path / "next.mp4", "b")
        assert ingest.wait_for(ClipLost, lambda m: m.clip == "a").reason == "replaced"
        ingest.tell(ClipEnd("b"))
        ingest.wait_for(ClipWritten, lambda m: m.clip == "b")


def test_keeping_packets_is_switched_on_and_off_while_running(tmp_path: Path, video: Path) -> None:
    with IngestProcess(spec_for(tmp_path, str(video))) as ingest:
        recorded_for(ingest, 1)
        ingest.tell(ClipBegin("a", str(tmp_path / "a.mp4")))
        assert ingest.wait_for(ClipLost).detail == "no clips are configured"
        ingest.reconfigure(clip_before_s=BEFORE_S)
        time.sleep(3)
        begun(ingest, tmp_path / "b.mp4", "b")
        ingest.reconfigure(clip_before_s=0.0)
        assert ingest.wait_for(ClipLost, lambda m: m.clip == "b").reason == "leaving"
        assert len(ingest.all(WorkerReady)) == 1


def test_a_full_disk_ends_a_clip_and_keeps_what_is_whole(tmp_path: Path, video: Path) -> None:
    with (
        small_disk(tmp_path / "disk", "256k") as disk,
        ingest_of(tmp_path, str(video)) as ingest,
    ):
        recorded_for(ingest, 3)
        (disk / "fill").write_bytes(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - 70_000))
        path = disk / "output.mp4"
        ingest.tell(ClipBegin("a", str(path)))
        lost = ingest.wait_for(ClipLost, timeout=30)
        assert lost.reason == "no_space"
        if lost.size_bytes:
            assert scan(path).valid_bytes == path.stat().st_size == lost.size_bytes


def _length(path: Path) -> float:
    try:
        return scan(path).end_time
    except (OSError, MediaError):  # not one whole fragment yet
        return 0.0
