"""What the core's parts hear of workers that come and go."""

from __future__ import annotations

import asyncio
from pathlib import Path
from unittest.mock import Mock, call

from dogwatch.analysis import NOTHING_LEARNT
from dogwatch.bus.messages import AcceptView, Message, WorkerReady
from dogwatch.bus.spec import digest
from dogwatch.config import Keeper, parse
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.specs import all_specs
from dogwatch.runtime.wanted_workers import WantedWorkers
from tests.unit.runtime.stage import Stage, state, texts

PATHS = Paths(Path("/data"), Path("/media"), Path("/run/dog"), "/dev/shm")
FILE = "cameras: {a: {ffmpeg: {inputs: [{path: 'rtsp://x/a'}]}}, b: {ffmpeg: {inputs: [{path: 'rtsp://x/b'}]}}}"


async def test_the_objects_of_a_process_that_is_gone_end_unless_another_has_their_camera(stage: Stage) -> None:
    """A camera that is removed and added again may get another process while its old one still ends."""
    keeper = Keeper(parse(FILE, env={}))
    stage.connect(*(state(text, kind=kind, name=name) for (kind, name), text in _running(keeper).items()))
    parts = Mock(
        **{
            "learnt.latest.return_value": NOTHING_LEARNT,
            "streams.encoded.return_value": {},
            "streams.demanded.return_value": {},
        }
    )
    wanted = WantedWorkers(keeper, PATHS, stage.workers, parts, Mock())
    wanted.follow(stage.tell)
    old = texts(all_specs(keeper.config, PATHS, assigned={"a": "0", "b": "1"}))["analysis", "1"]
    for message in (state(old, None, kind="analysis", name="1", gone=True), state("", kind="analysis", name="7")):
        stage.workers._note(message)
    assert parts.events.on_camera_gone.mock_calls == []
    stage.workers._note(state(_running(keeper)["analysis", "0"], None, kind="analysis", name="0", died=True))
    assert parts.events.on_camera_gone.mock_calls == [call("a"), call("b")]


async def test_the_end_of_a_process_of_another_version_is_no_error(stage: Stage) -> None:
    keeper = Keeper(parse(FILE, env={}))
    strange = ['{"cameras": [{"camera": "a", "new": 1}]}', '{"strange": 1}', "nonsense"]
    stage.connect(*(state(text, kind="analysis", name=f"{n}", died=True) for n, text in enumerate(strange)))
    parts = Mock(
        **{
            "learnt.latest.return_value": NOTHING_LEARNT,
            "streams.encoded.return_value": {},
            "streams.demanded.return_value": {},
        }
    )
    WantedWorkers(keeper, PATHS, stage.workers, parts, Mock()).follow(stage.tell)
    assert parts.events.on_camera_gone.mock_calls == [call("a")]


async def test_the_process_of_a_camera_is_told_that_its_view_is_accepted(stage: Stage) -> None:
    keeper = Keeper(parse(FILE, env={}))
    stage.connect(*(state(text, kind=kind, name=name) for (kind, name), text in _running(keeper).items()))
    parts = Mock(
        **{
            "learnt.latest.return_value": NOTHING_LEARNT,
            "streams.encoded.return_value": {},
            "streams.demanded.return_value": {},
        }
    )
    WantedWorkers(keeper, PATHS, stage.workers, parts, Mock()).follow(stage.tell)
    stage.told.clear()
    accept = parts.commands.accept_view
    await asyncio.to_thread(accept, "b")
    accept("attic")
    await asyncio.sleep(0)
    assert stage.told == [("analysis", "0", AcceptView("b"))]


async def test_a_view_that_is_accepted_while_its_process_is_away_is_told_when_it_is_back(stage: Stage) -> None:
    """Processes outlive the core: one that comes back still knows the view of before."""
    keeper = Keeper(parse(FILE, env={}))
    stage.connect(*(state(text, kind=kind, name=name) for (kind, name), text in _running(keeper).items()))
    parts = Mock(
        **{
            "learnt.latest.return_value": NOTHING_LEARNT,
            "streams.encoded.return_value": {},
            "streams.demanded.return_value": {},
        }
    )
    connected, told = False, []

    def tell(kind: str, name: str, message: Message) -> bool:
        if connected:
            told.append((kind, name, message))
        return connected

    wanted = WantedWorkers(keeper, PATHS, stage.workers, parts, Mock())
    wanted.follow(tell)
    parts.commands.accept_view("b")
    await asyncio.sleep(0)
    connected = True
    for name in ("1", "0", "0"):  # another process, that of the camera, and the same once more
        wanted.on_ready(WorkerReady("analysis", name, 1, digest(_running(keeper)["analysis", "0"])))
    assert told.count(("analysis", "0", AcceptView("b"))) == 1


def _running(keeper: Keeper) -> dict[tuple[str, str], str]:
    return texts(all_specs(keeper.config, PATHS))
