"""A stream that does not say how many pictures a second it has."""

import dataclasses
import threading
import time
from pathlib import Path

import pytest

from dogwatch.bus.messages import Message, StreamOpened
from dogwatch.media.source import Source, SourceRequest, open_source
from dogwatch.workers.ingest import input_loop
from dogwatch.workers.ingest.input_loop import InputLoop, InputSettings
from dogwatch.workers.ingest.spec import InputSpec
from tests.integration.workers.ingest.made import make


def silent_about_its_rate(request: SourceRequest, interrupted: threading.Event) -> Source:
    source = open_source(request, interrupted)
    source.video = dataclasses.replace(source.video, fps=0.0)
    return source


def test_an_unknown_rate_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_loop, "open_source", silent_about_its_rate)
    monkeypatch.setattr("dogwatch.workers.ingest.counters.MEASURED_S", 1.0)
    video = make(tmp_path / "cam.mp4", seconds=10)
    sent: list[Message] = []
    loop = InputLoop(
        InputSettings("front", InputSpec(url=str(video), roles=("record",)), 1.0, 4.0), (), sent.append, None
    )
    loop.start(enabled=True)
    try:
        deadline = time.monotonic() + 10
        while not loop.counters.fps and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        loop.stop()
        assert loop.join(5.0)
    assert [message.fps for message in sent if isinstance(message, StreamOpened)] == [0.0]
    assert loop.counters.fps == pytest.approx(10.0, rel=0.02)
