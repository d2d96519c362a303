"""Another configuration while a camera is recorded."""

import itertools
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from dogwatch.bus.messages import (
    FootageLost,
    IngestStats,
    SegmentOpened,
    SegmentWritten,
    SoundLevel,
    SoundPiece,
    StreamLost,
    StreamOpened,
    WorkerReady,
)
from dogwatch.bus.sounds import SoundIntake
from dogwatch.bus.spec import digest
from dogwatch.testing.core_end import CoreEnd
from dogwatch.testing.ingest import IngestProcess, spec_for
from tests.integration.workers.ingest.made import make, played
from tests.rtsp import RtspServer, serving

CHANGES: list[dict[str, Any]] = [
    {"detect_fps": 2.0},
    {"deblock": True},
    {"idle_after": 0.0},
    {"segment_seconds": 2.0},
    {"audio": True, "log_level": "debug"},
    {"sound_rate": 16000, "min_volume": 100.0},
    {"space_floor_bytes": 1 << 20},
    {"retry_interval": 1.0, "stall_seconds": 2.0},
    {"detect": False},
    {"detect_fps": 10.0, "detect": True, "deblock": False, "idle_after": 5.0},
    {"segment_seconds": 1.0, "audio": False, "log_level": "info"},
]


@pytest.mark.parametrize("over", ["file", "rtsp"])
def test_not_one_packet_is_lost(tmp_path: Path, over: str) -> None:
    video = make(tmp_path / "cam.mp4", seconds=40, gop=10, audio="aac", rate=16000)
    server = RtspServer(serving(video)) if over == "rtsp" else None
    spec = spec_for(tmp_path, server.url if server else str(video), segment_seconds=1.0)
    try:
        with IngestProcess(spec) as ingest:
            ingest.wait_for(SegmentOpened)
            for change in CHANGES:
                seen = len(ingest.messages)
                ingest.reconfigure(**change)
                ingest.wait_for(SegmentOpened, after=seen)
            ingest.leave()
            written = ingest.all(SegmentWritten)
            assert [one.continuous for one in written] == [False] + [True] * (len(written) - 1)
            assert len(ingest.all(StreamOpened)) == 1
            assert [*ingest.all(StreamLost), *ingest.all(FootageLost)] == []
            segments = [one.segment for one in written]
            lengths = {round(one.duration) for one in segments[1:-1]}
            times, numbers = zip(*played(*[tmp_path / one.path for one in segments]), strict=True)
    finally:
        if server is not None:
            server.kill()
    assert lengths == {1, 2}
    assert set(np.diff(numbers)) == {1}
    assert np.allclose(np.diff(times), 0.1, atol=0.002 if over == "file" else 0.03)
    for before, after in itertools.pairwise(segments):
        assert after.start_time == pytest.approx(before.end_time, abs=2 / 90000)


def test_recording_and_the_camera_can_be_switched_off_and_on(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", seconds=40, gop=5)
    with IngestProcess(spec_for(tmp_path, str(video), segment_seconds=1.0, record=False)) as ingest:
        ingest.wait_for(StreamOpened)
        for enabled, record in ((True, True), (True, False), (True, True), (False, True), (True, True)):
            seen = len(ingest.messages)
            ingest.reconfigure(record=record, enabled=enabled)
            ingest.wait_for(SegmentOpened if record and enabled else SegmentWritten, after=seen)
        assert ingest.all(FootageLost) == []
        assert len(ingest.all(StreamOpened)) == 2


def test_sound_is_measured_from_now_on(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", audio="aac", rate=16000)
    with IngestProcess(spec_for(tmp_path, str(video), roles=("record", "audio"))) as ingest:
        assert ingest.wait_for(IngestStats).audio_rms is None
        ingest.reconfigure(audio=True)
        assert ingest.wait_for(IngestStats, lambda one: one.audio_rms is not None).audio_rms == pytest.approx(
            16383 / 2**0.5, rel=0.1
        )
        level = ingest.wait_for(SoundLevel)
        assert level.rms == pytest.approx(16383 / 2**0.5, rel=0.1)
        assert level.time == pytest.approx(time.time(), abs=30)
        ingest.reconfigure(audio=False)
        ingest.wait_for(IngestStats, lambda one: one.audio_rms is None, after=len(ingest.messages))
        told = len(ingest.all(SoundLevel))
        ingest.wait_for(IngestStats, after=len(ingest.messages))
        assert len(ingest.all(SoundLevel)) == told


def test_the_next_core_hears_which_spec_is_followed(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4")
    with IngestProcess(spec_for(tmp_path, str(video), segment_seconds=1.0)) as ingest:
        first = ingest.wait_for(WorkerReady)
        assert first.spec_digest == digest(msgspec.json.encode(ingest.spec))
        seen = len(ingest.messages)
        ingest.wait_for(SegmentOpened)
        ingest.reconfigure(record=False)
        ingest.wait_for(SegmentWritten, after=seen)
        followed = digest(msgspec.json.encode(ingest.spec))
        ingest.reconfigure(media_root=str(tmp_path / "elsewhere"))  # for which there has to be another process
        ingest.core.close()
        ingest.core = CoreEnd(ingest.spec.run_dir)
        seen = len(ingest.messages)
        again = ingest.wait_for(WorkerReady, after=seen)
        assert (again.pid, again.spec_digest) == (first.pid, followed)
        ingest.wait_for(StreamOpened, after=seen)  # as the new one knows nothing yet
        assert "cannot follow its new configuration" in ingest.log()


def test_loud_sound_goes_to_whom_tells_it_apart(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", audio="aac", rate=48000)
    spec = spec_for(tmp_path, str(video), roles=("record", "audio"), audio=True)
    pieces: list[SoundPiece] = []
    with IngestProcess(spec) as ingest:
        ingest.wait_for(SoundLevel)
        ingest.reconfigure(sound_rate=16000, min_volume=500.0)
        ingest.wait_for(IngestStats, lambda one: one.dropped_sound > 0)  # nobody listens yet
        intake = SoundIntake(ingest.spec.run_dir)
        try:
            while len(pieces) < 4:
                ingest.wait_for(SoundLevel, after=len(ingest.messages))
                pieces += intake.receive()
            ingest.reconfigure(min_volume=30000.0)
            ingest.wait_for(IngestStats, after=len(ingest.messages))
            intake.receive()
            dropped = ingest.wait_for(IngestStats, after=len(ingest.messages)).dropped_sound
            assert intake.receive() == []  # too quiet for that
            ingest.reconfigure(min_volume=500.0, sound_rate=8000)
            seen = len(ingest.messages)
            while not (other := intake.receive()):
                ingest.wait_for(SoundLevel, after=seen)
                seen = len(ingest.messages)
            assert {one.rate for one in other} == {8000}
            assert ingest.wait_for(IngestStats, after=len(ingest.messages)).dropped_sound == dropped
            ingest.reconfigure(sound_rate=0)
            ingest.wait_for(IngestStats, after=len(ingest.messages))
            intake.receive()
            ingest.wait_for(IngestStats, after=len(ingest.messages))
            assert intake.receive() == []
        finally:
            intake.close()
    assert {(one.camera, one.rate, one.counts) for one in pieces} == {("front", 16000, True)}
    assert [one.number for one in pieces] == list(range(pieces[0].number, pieces[0].number + len(pieces)))
    samples = np.frombuffer(b"".join(one.samples for one in pieces[1:]), "<i2").astype(np.float64)
    assert len(samples) / 16000 == pytest.approx(0.5 * (len(pieces) - 1), rel=0.1)
    spectrum = np.abs(np.fft.rfft(samples))
    assert spectrum.argmax() * 16000 / len(samples) == pytest.approx(440, abs=3)
    assert np.sqrt(np.square(samples).mean()) == pytest.approx(16383 / 2**0.5, rel=0.1)
