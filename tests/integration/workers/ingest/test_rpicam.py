"""A Raspberry Pi's own camera, whose program is a stand-in, in a real ingest process."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from dogwatch.bus.messages import SegmentWritten, StreamLost, StreamOpened
from dogwatch.testing.ingest import IngestProcess, spec_for
from tests.integration.workers.ingest.made import played
from tests.rpicam import RpicamStandIn

URL = "rpicam:?width=640&height=480&fps=10"


def running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def gone(pid: int, seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while running(pid):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_the_program_films_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = RpicamStandIn(tmp_path / "pi", behaviour="chatty")
    monkeypatch.setenv("PATH", program.path)
    with IngestProcess(spec_for(tmp_path, URL, segment_seconds=2.0)) as ingest:
        opened = ingest.wait_for(StreamOpened)
        assert (opened.video_codec, opened.width, opened.height) == ("h264", 256, 64)
        ingest.wait_for(SegmentWritten, lambda m: m.continuous)
        ((pid, arguments),) = program.starts()
        assert arguments[arguments.index("--width") + 1] == "640"
        ingest.leave()
        assert not running(pid)
        times, numbers = zip(*played(*[tmp_path / one.path for one in ingest.segments()]), strict=True)
        assert list(numbers) == list(range(len(numbers)))
        assert times[-1] - times[0] == pytest.approx((len(times) - 1) / 10, abs=0.3)
        assert 10 <= ingest.log().count("rpicam-vid: #") <= 20


def test_a_program_that_ends_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = RpicamStandIn(tmp_path / "pi", seconds=2)
    monkeypatch.setenv("PATH", program.path)
    with IngestProcess(spec_for(tmp_path, URL, retry_interval=0.5)) as ingest:
        assert "has ended with status 0" in ingest.wait_for(StreamLost).reason
        seen = len(ingest.messages)
        program.behave("missing")
        lost = ingest.wait_for(StreamLost, lambda m: "255" in m.reason, after=seen)
        assert "no cameras available" in lost.reason
        seen = len(ingest.messages)
        program.behave("films")
        ingest.wait_for(StreamOpened, after=seen)
        written = ingest.all(SegmentWritten)
        assert written[0].segment.duration == pytest.approx(2.0, abs=0.3)


def test_a_camera_that_falls_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = RpicamStandIn(tmp_path / "pi", behaviour="silent")
    monkeypatch.setenv("PATH", program.path)
    with IngestProcess(spec_for(tmp_path, URL, stall_seconds=1.0)) as ingest:
        assert "no picture for 1 s" in ingest.wait_for(StreamLost).reason
        (pid, _), *_ = program.starts()
        gone(pid)


def test_the_program_ends_with_a_killed_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = RpicamStandIn(tmp_path / "pi")
    monkeypatch.setenv("PATH", program.path)
    with IngestProcess(spec_for(tmp_path, URL)) as ingest:
        ingest.wait_for(StreamOpened)
        ((pid, _),) = program.starts()
        assert running(pid)
        ingest.process.kill()
        ingest.process.wait()
        gone(pid)


def test_a_machine_without_the_program_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with IngestProcess(spec_for(tmp_path, URL, retry_interval=0.5)) as ingest:
        assert "rpicam-apps" in ingest.wait_for(StreamLost).reason
    with IngestProcess(spec_for(tmp_path, "rpicam:?colour=red", retry_interval=0.5)) as ingest:
        assert "unknown parameter 'colour'" in ingest.wait_for(StreamLost).reason
