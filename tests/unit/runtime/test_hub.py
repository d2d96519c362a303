import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import pytest

from dogwatch.bus.link import Link
from dogwatch.bus.links import WorkerGone
from dogwatch.bus.messages import (
    DetectorStats,
    Down,
    FootageLost,
    Message,
    Reconfigure,
    SpaceWanted,
    WorkerReady,
    encode_numbered,
)
from dogwatch.bus.stream import connect
from dogwatch.runtime.hub import BATCH, Hub

OTHER = Reconfigure("{}")


def lost(number: int) -> FootageLost:
    return FootageLost("front", float(number), 0.0, "no_space")


class Core:
    def __init__(self, run: Path) -> None:
        self.seen: list[Message] = []
        self.came: list[WorkerReady | WorkerGone] = []
        self.hub = Hub(
            f"{run}/core",
            {
                WorkerReady: (self.came.append,),
                WorkerGone: (self.came.append,),
                FootageLost: (self.seen.append,),
                SpaceWanted: (self.fail, self.seen.append),
            },
        )

    def fail(self, message: object) -> None:
        raise RuntimeError("handler")


async def until(condition: Callable[[], object], *links: Link) -> list[Down]:
    """Wait until `condition` holds; return what has come down meanwhile."""
    heard: list[Down] = []
    async with asyncio.timeout(10):
        while not condition():
            for link in links:
                heard += link.receive()
            await asyncio.sleep(0.001)
    return heard


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    core = Core(tmp_path)
    task = asyncio.create_task(core.hub.run())
    yield core
    task.cancel()
    core.hub.close()


@pytest.fixture
async def link(core: Core, tmp_path: Path) -> AsyncIterator[Link]:
    """A worker's link that is connected."""
    made = Link(f"{tmp_path}/core", "ingest", "front")
    await until(lambda: core.came, made)
    yield made
    made.close()


async def test_messages_reach_their_handlers_and_only_those(core: Core, link: Link) -> None:
    link.send(DetectorStats("cpu", 1, 1.0, 0.0))
    link.send(lost(1))
    await until(lambda: core.seen, link)
    assert core.seen == [lost(1)]
    assert dict(core.hub.received) == {"WorkerReady": 1, "DetectorStats": 1, "FootageLost": 1}


async def test_who_comes_and_goes_is_told(core: Core, link: Link) -> None:
    assert core.hub.tell("ingest", "front", OTHER)
    await asyncio.to_thread(link.close)
    await until(lambda: len(core.came) == 2)
    ready, gone = core.came
    assert (ready.kind, ready.name, ready.pid) == (gone.kind, gone.name, gone.pid)
    assert isinstance(gone, WorkerGone)
    assert not core.hub.tell("ingest", "front", OTHER)


async def test_a_failing_handler_costs_only_itself(core: Core, link: Link, caplog: pytest.LogCaptureFixture) -> None:
    link.send(SpaceWanted("front", 5))
    link.send(lost(1))
    await until(lambda: len(core.seen) == 2, link)
    assert core.seen == [SpaceWanted("front", 5), lost(1)]
    assert core.hub.failed == {"SpaceWanted": 1}
    assert "handling SpaceWanted failed" in caplog.text


async def test_garbage_is_counted(core: Core, tmp_path: Path) -> None:
    raw = connect(f"{tmp_path}/core")
    assert raw is not None
    raw.send(encode_numbered(WorkerReady("ingest", "back", 1), 0))
    raw.send(bytes(7) + b"\1\xc1garbage")
    raw.send(encode_numbered(lost(1), 2).replace(b"front", b"fr\xffnt"))
    raw.send(encode_numbered(lost(2), 3))
    await until(lambda: core.seen)
    raw.close()
    assert core.hub.failed["undecodable"] == 2
    assert core.seen == [lost(2)]


async def test_what_is_told_reaches_only_whom_it_is_for(core: Core, link: Link, tmp_path: Path) -> None:
    others = [Link(f"{tmp_path}/core", kind, name) for kind, name in (("ingest", "back"), ("analysis", "front"))]
    await until(lambda: len(core.came) == 3, link, *others)
    assert core.hub.tell("ingest", "front", OTHER)
    heard: list[Down] = []
    async with asyncio.timeout(10):
        while not heard:
            heard += link.receive()
            await asyncio.sleep(0.001)
    assert heard == [OTHER]
    assert [other.receive() for other in others] == [[], []]
    for other in others:
        other.close()


async def test_what_was_handled_is_acknowledged(core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.runtime.hub.ACKNOWLEDGE_S", 0.02)
    link = Link(f"{tmp_path}/core", "ingest", "front")
    for number in range(10):
        link.send(lost(number))
    await until(lambda: len(core.seen) == 10 and not link._outbox._held, link)
    link.close()


async def test_drain_takes_what_is_on_its_way(core: Core, link: Link) -> None:
    await until(lambda: link._greeted, link)
    for number in range(300):
        link.send(lost(number))
    await core.hub.drain()
    assert len(core.seen) == 300


async def test_messages_are_heard_one_by_one_and_in_floods(core: Core, link: Link) -> None:
    """Each pause lets the socket's descriptor fall silent; it must tell of the next message all the same."""
    sent = 0
    for burst in (1, 1, BATCH - 1, 1, BATCH, 1, BATCH + 1, 1, 5 * BATCH, 1):
        for _ in range(burst):
            link.send(lost(sent))
            sent += 1
        await until(lambda: len(core.seen) == sent, link)  # noqa: B023 - it is through before the next
    assert core.seen == [lost(number) for number in range(sent)]


async def test_a_flood_leaves_room_for_others(core: Core, link: Link) -> None:
    await until(lambda: link._greeted, link)
    for number in range(10 * BATCH):
        link.send(lost(number))
    steps = [0]
    async with asyncio.timeout(10):
        while steps[-1] < 10 * BATCH:
            await asyncio.sleep(0)
            steps.append(len(core.seen))
    assert max(after - before for before, after in pairwise(steps)) <= BATCH


async def test_a_core_that_leaves_acknowledges_what_it_took_and_nothing_else(tmp_path: Path) -> None:
    first, link = Core(tmp_path), Link(f"{tmp_path}/core", "ingest", "front")
    task = asyncio.create_task(first.hub.run())
    link.send(lost(1))
    await until(lambda: first.seen, link)
    first.hub.stop()
    link.send(lost(2))
    await asyncio.sleep(0.05)
    await first.hub.drain(0.02)
    assert first.seen == [lost(1)]
    task.cancel()
    first.hub.close()
    second = Core(tmp_path)
    task = asyncio.create_task(second.hub.run())
    await until(lambda: second.seen, link)
    assert second.seen == [lost(2)]
    task.cancel()
    second.hub.close()
    await asyncio.to_thread(link.close)
