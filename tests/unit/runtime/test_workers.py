"""What the core says to the supervisor and to workers, and what it makes of what it hears."""

from __future__ import annotations

import asyncio
import logging

import pytest

from dogwatch.bus.messages import Reconfigure, WorkerReady
from dogwatch.bus.spec import digest
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.workers.detection.spec import DetectionSpec
from dogwatch.workers.ingest.spec import IngestSpec, InputSpec
from tests.unit.runtime.stage import Stage, state, text


def ingest(url: str = "rtsp://a/1", *, fps: float = 5.0) -> IngestSpec:
    inputs = (InputSpec(url=url, roles=("record",)),)
    return IngestSpec(run_dir="/r", camera="front", inputs=inputs, media_root="/m", ring_dir="/s", detect_fps=fps)


async def test_what_runs_with_the_wanted_spec_is_left_alone(stage: Stage) -> None:
    stage.connect(state(ingest()))
    stage.want(ingest())
    stage.workers.follow(stage.heard, stage.tell)
    assert stage.heard.calls == [("ingest:front started", 7)]
    stage.workers.on_ready(WorkerReady("ingest", "front", 7, digest(text(ingest()))))
    assert stage.is_silent()
    assert stage.told == []


async def test_what_cannot_follow_is_replaced_once(stage: Stage) -> None:
    stage.connect(state(ingest("rtsp://a/0")))
    stage.want(ingest())
    assert stage.said() == {"do": "replace", "kind": "ingest", "name": "front"}
    stage.workers.follow(stage.heard, stage.tell)
    stage.workers.on_ready(WorkerReady("ingest", "front", 7, digest(text(ingest("rtsp://a/0")))))  # not gone yet
    assert stage.is_silent()


async def test_what_can_follow_is_told_over_its_link(stage: Stage) -> None:
    stage.connect(state(ingest()))
    stage.workers.follow(stage.heard, stage.tell)
    stage.want(ingest())
    stage.want(ingest(fps=2.0))
    assert stage.told == [("ingest", "front", Reconfigure(text(ingest(fps=2.0))))]
    assert stage.is_silent()


async def test_what_is_not_connected_is_told_when_it_is(stage: Stage) -> None:
    stage.connected = False
    stage.connect(state(ingest()))
    stage.want(ingest(fps=2.0))
    stage.workers.follow(stage.heard, stage.tell)
    stage.connected = True
    stage.workers.on_ready(WorkerReady("ingest", "front", 7, digest(text(ingest()))))
    assert stage.told == [("ingest", "front", Reconfigure(text(ingest(fps=2.0))))]
    assert stage.is_silent()


async def test_what_follows_something_unknown_is_replaced(stage: Stage) -> None:
    stage.connect(state(ingest()))
    stage.want(ingest())
    stage.workers.follow(stage.heard, stage.tell)
    stage.workers.on_ready(WorkerReady("ingest", "front", 7, "somethingelse"))
    assert stage.said()["do"] == "replace"
    stage.workers.on_ready(WorkerReady("ingest", "front", 6, "somethingelse"))  # the one before
    assert stage.is_silent()


async def test_specs_of_another_version_are_not_followed(stage: Stage) -> None:
    known = state(ingest()) | {"spec": '{"strange": 1}'}
    stage.connect(known)
    stage.want(ingest())
    assert stage.said()["do"] == "replace"


async def test_a_detector_is_replaced_with_its_model(stage: Stage) -> None:
    old, new = (
        DetectionSpec(run_dir="/r", ring_dir="/s", detector=DetectorSpec(name="front", type="opencv", batch=batch))
        for batch in (1, 2)
    )
    stage.connect(state(old, kind="detection"))
    stage.want(new, "detection")
    assert stage.said()["do"] == "replace"


async def test_deaths_are_told_also_those_without_a_core(stage: Stage) -> None:
    stage.connect(state(ingest(), 8, died=True))
    stage.workers.follow(stage.heard, stage.tell)
    for one in (state(ingest(), None), state(ingest(), 9), state(ingest(), 10), state(ingest(), None, gone=True)):
        stage.put({"tell": "worker", **one})
    async with asyncio.timeout(5):
        while len(stage.heard.calls) < 7:  # noqa: ASYNC110 - told by a socket
            await asyncio.sleep(0)
    assert stage.heard.calls == [
        ("ingest:front died", 8),
        ("ingest:front started", 8),
        ("ingest:front died", None),
        ("ingest:front started", 9),
        ("ingest:front died", 10),
        ("ingest:front started", 10),
        ("ingest:front gone", None),
    ]


async def test_lines_keep_their_level(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.put({"tell": "log", "source": "ingest.front", "line": "ERROR no such stream"})
    stage.put({"tell": "log", "source": "ingest.front", "line": "Traceback"})
    stage.put({"tell": "dropped", "lines": 3})
    stage.connect()
    assert [(one.name, one.levelno, one.getMessage()) for one in caplog.records] == [
        ("dogwatch.ingest.front", logging.ERROR, "no such stream"),
        ("dogwatch.ingest.front", logging.WARNING, "Traceback"),
        ("dogwatch.runtime.workers", logging.WARNING, "3 lines of workers are missing here: nobody took them in"),
    ]


async def test_stopping_waits_for_ingest_first(stage: Stage) -> None:
    stage.connect(state(ingest()))
    stage.workers.follow(stage.heard, stage.tell)
    stopping = asyncio.create_task(stage.workers.stop())
    await asyncio.sleep(0)
    assert stage.said() == {"do": "stop", "kinds": ["ingest"]}
    assert stage.is_silent()
    stage.put({"tell": "worker", **state(ingest(), None, gone=True)})
    await asyncio.wait_for(stopping, 5)
    assert stage.said() == {"do": "stop", "kinds": ["analysis", "detection", "encoding", "listening"]}


async def test_nobody_waits_for_a_supervisor_that_has_gone(stage: Stage) -> None:
    stage.connect(state(ingest()))
    stage.workers.follow(stage.heard, stage.tell)
    stopping = asyncio.create_task(stage.workers.stop())
    await asyncio.sleep(0)
    stage.socket.close()
    await asyncio.wait_for(stopping, 5)
    assert stage.heard.calls[-1] == ("supervisor gone", None)


async def test_a_supervisor_that_is_not_there_is_an_error(stage: Stage) -> None:
    stage.socket.close()
    with pytest.raises(OSError, match=r"gone|reset|pipe"):
        stage.workers.connect()
