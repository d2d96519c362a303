import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest

from dogwatch.bus.messages import DetectorStats, SetSwitch, SpaceWanted, WorkerReady, encode
from dogwatch.bus.sockets import Downlink
from dogwatch.bus.stream import connect
from dogwatch.bus.unix import place
from dogwatch.bus.uplink import Uplink
from dogwatch.runtime.hub import BATCH, Hub


class Core:
    def __init__(self, run: Path) -> None:
        self.seen: list[object] = []
        self.hub = Hub(
            str(run),
            {WorkerReady: (self.seen.append,), SpaceWanted: (self.fail, self.seen.append)},
        )

    def fail(self, message: object) -> None:
        raise RuntimeError("handler")

    async def until(self, count: int) -> None:
        task = asyncio.create_task(self.hub.run())
        async with asyncio.timeout(10):
            while sum(self.hub.received.values()) < count:  # noqa: ASYNC110 - counts another thread's messages
                await asyncio.sleep(0.005)
        task.cancel()


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    core = Core(tmp_path)
    yield core
    core.hub.close()


async def test_messages_reach_their_handlers_and_only_those(core: Core, tmp_path: Path) -> None:
    uplink = Uplink(str(tmp_path))
    uplink.send(WorkerReady("ingest", "front", 1))
    uplink.send(DetectorStats("cpu", 1, 1.0, 0.0))
    await core.until(2)
    uplink.close()
    assert core.seen == [WorkerReady("ingest", "front", 1)]


async def test_a_failing_handler_costs_only_itself(
    core: Core, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    uplink = Uplink(str(tmp_path))
    uplink.send(SpaceWanted("front", 5))
    uplink.send(WorkerReady("ingest", "front", 1))
    await core.until(2)
    uplink.close()
    assert core.seen == [SpaceWanted("front", 5), WorkerReady("ingest", "front", 1)]
    assert core.hub.failed == {"SpaceWanted": 1}
    assert "handling SpaceWanted failed" in caplog.text


async def test_garbage_is_counted(core: Core, tmp_path: Path) -> None:
    raw = connect(place(str(tmp_path), "up"))
    assert raw is not None
    raw.send(b"\xc1garbage")
    raw.send(encode(WorkerReady("ingest", "front", 1)).replace(b"front", b"fr\xffnt"))
    uplink = Uplink(str(tmp_path))
    uplink.send(WorkerReady("ingest", "front", 1))
    await core.until(1)
    raw.close()
    uplink.close()
    await core.hub.drain()
    assert core.hub.failed["undecodable"] == 2


async def test_switches_reach_only_the_camera_they_name(core: Core, tmp_path: Path) -> None:
    front, back = Downlink(str(tmp_path), ("front",)), Downlink(str(tmp_path), ("back", "fron"))
    received = None
    async with asyncio.timeout(10):
        while received is None:  # subscriptions arrive when they arrive
            core.hub.send_down(SetSwitch("front", "detect", value=False))
            received = await asyncio.to_thread(front.receive, 20)
    assert received == SetSwitch("front", "detect", value=False)
    assert back.receive(50) is None
    front.close()
    back.close()


async def test_drain_takes_what_is_on_its_way(core: Core, tmp_path: Path) -> None:
    uplink = Uplink(str(tmp_path))
    for pid in range(300):
        uplink.send(WorkerReady("ingest", "front", pid))
    uplink.close()
    await core.hub.drain()
    assert len(core.seen) == 300


async def test_messages_are_heard_one_by_one_and_in_floods(core: Core, tmp_path: Path) -> None:
    """Each pause lets the socket's descriptor fall silent; it must tell of the next message all the same."""
    uplink = Uplink(str(tmp_path))
    task = asyncio.create_task(core.hub.run())
    sent = 0
    async with asyncio.timeout(20):
        for burst in (1, 1, BATCH - 1, 1, BATCH, 1, BATCH + 1, 1, 5 * BATCH, 1):
            for _ in range(burst):
                uplink.send(WorkerReady("ingest", "front", sent))
                sent += 1
            while len(core.seen) < sent:  # noqa: ASYNC110 - counts what another thread sends
                await asyncio.sleep(0.001)
    task.cancel()
    uplink.close()
    assert [message.pid for message in core.seen if isinstance(message, WorkerReady)] == list(range(sent))


async def test_a_flood_leaves_room_for_others(core: Core, tmp_path: Path) -> None:
    uplink = Uplink(str(tmp_path))
    for pid in range(10 * BATCH):
        uplink.send(WorkerReady("ingest", "front", pid))
    task = asyncio.create_task(core.hub.run())
    steps = [0]
    async with asyncio.timeout(10):
        while steps[-1] < 10 * BATCH:
            await asyncio.sleep(0)
            steps.append(len(core.seen))
    task.cancel()
    uplink.close()
    assert max(after - before for before, after in pairwise(steps)) <= BATCH
