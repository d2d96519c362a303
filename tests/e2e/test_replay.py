"""Live and replay make the same of the same footage, frame for frame. It looks at the clock: nothing runs beside it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dogwatch.analysis import AnalysisSettings
from dogwatch.bus.messages import (
    DetectorHello,
    DetectReply,
    FrameTracks,
    SegmentWritten,
    StreamOpened,
    decode_ask,
    encode,
)
from dogwatch.bus.stream import Listener
from dogwatch.bus.tensors import TensorPool
from dogwatch.bus.unix import place
from dogwatch.evidence import ObjectEvidence
from dogwatch.model import TrackedObject
from dogwatch.replay import footage
from dogwatch.replay.driver import Replay, Views
from dogwatch.testing import walkers
from dogwatch.testing.ingest import IngestProcess, spec_for
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.pipeline import FrameResult
from dogwatch.workers.analysis.spec import AnalysisSpec

LIVE_S = 14.0
ATTEMPTS = 3
pytestmark = pytest.mark.alone


@contextmanager
def detector(run_dir: str, shm: str) -> Iterator[threading.Event]:
    """Answer as a detection process would; the event says that somebody has asked what it is."""
    listener, greeted = Listener(place(run_dir, "detector-sq")), threading.Event()
    leaving = threading.Event()

    def serve() -> None:
        while not leaving.is_set():
            for client, data in listener.poll(0.2):
                if data is None:
                    continue
                ask = decode_ask(data)
                if isinstance(ask, DetectorHello):
                    listener.send(client, encode(walkers.SquareDetector.info))
                    greeted.set()
                    continue
                pool = TensorPool.open(shm, ask.pool, walkers.SIZE**2)
                found = [walkers.squares(pool.tensor(slot, (walkers.SIZE, walkers.SIZE))) for slot in ask.slots]
                pool.close()
                listener.send(client, encode(DetectReply(ask.id, tuple(map(tuple, found)))))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield greeted
    finally:
        leaving.set()
        thread.join()
        listener.close()


@contextmanager
def vision(ingest: IngestProcess, settings: AnalysisSettings) -> Iterator[None]:
    """Run an analysis process, which tells the same core as `ingest`."""
    own = ingest.spec
    spec = AnalysisSpec(
        link=own.link, run_dir=own.run_dir, name="v0", cameras=(settings,), detectors=("sq",), ring_dir=own.ring_dir
    )
    process = subprocess.Popen([sys.executable, "-m", "dogwatch.workers.analysis"], stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(spec) + b"\n")
    process.stdin.flush()
    try:
        yield
    finally:
        process.stdin.close()
        process.wait(10)


def seen(objects: tuple[TrackedObject, ...]) -> list[Any]:
    """Return what is told of objects, but for their ids, which are random."""
    plain = [msgspec.structs.replace(one, id="") for one in objects]
    return sorted(plain, key=lambda one: (one.start_time, one.box.as_list()))


def decided(evidence: tuple[ObjectEvidence, ...]) -> list[ObjectEvidence]:
    """Return what decided about objects that count, without their ids."""
    plain = [msgspec.structs.replace(one, id="") for one in evidence if one.reached is not None]
    return sorted(plain, key=lambda one: (one.first.time, one.first.box.as_list()))


def watched(directory: Path, film: Path, settings: AnalysisSettings) -> tuple[list[FrameTracks], list[Path]]:
    """Record and analyse `film` live; return what was told of its frames, and the recorded files."""
    directory.mkdir()
    spec = spec_for(directory, str(film), enabled=False, idle_after=0.0, ring_slots=12)
    with IngestProcess(spec) as ingest:
        with detector(ingest.spec.run_dir, str(directory)) as greeted, vision(ingest, settings):
            assert greeted.wait(20)
            ingest.reconfigure(enabled=True)
            ingest.wait_for(StreamOpened)
            first = ingest.wait_for(FrameTracks, timeout=30)
            ingest.wait_for(FrameTracks, lambda one: one.frame_time - first.frame_time > LIVE_S, timeout=40)
            ingest.leave()
        live = [one for one in ingest.messages if isinstance(one, FrameTracks)]
        paths = [directory / one.segment.path for one in ingest.messages if isinstance(one, SegmentWritten)]
    return [one for one in live if one.frame_time - first.frame_time < LIVE_S - 1], paths


def replayed(paths: list[Path], settings: AnalysisSettings) -> dict[float, FrameResult]:
    """Return what a replay makes of recorded files, by the time of the frame."""
    results: dict[float, FrameResult] = {}

    def listen(result: FrameResult, sizes: Geometry, views: Views) -> None:
        results[round(result.time, 4)] = result

    replay = Replay(settings, walkers.SquareDetector(), listen)
    for clip in footage.of_files(paths):
        replay.run(clip.video, footage.units(clip, -1e18, 1e18))
    return results


@pytest.mark.timeout(300)
def test_live_and_replay_give_the_same_tracks(tmp_path: Path) -> None:
    film = walkers.film(tmp_path / "film.mp4", 30.0)
    settings = AnalysisSettings(camera="front", idle_after=0)
    for attempt in range(ATTEMPTS):
        live, paths = watched(tmp_path / str(attempt), film, settings)
        again = replayed(paths, settings)
        pairs = [(one, again[round(one.frame_time, 4)]) for one in live]
        # On a machine that does other things, a frame may have found another behind it and got no detector.
        if all(one.regions == other.regions for one, other in pairs):
            break
    assert len(live) > 50
    for one, other in pairs:
        assert one.motion_boxes == other.motion.boxes, one.frame_time
        assert one.regions == other.regions, one.frame_time
        assert seen(one.objects) == seen(other.objects), one.frame_time
        assert seen(one.ended) == seen(other.ended), one.frame_time
        assert decided(one.evidence) == decided(other.evidence), one.frame_time
    assert max(len(one.objects) for one in live) >= 2
