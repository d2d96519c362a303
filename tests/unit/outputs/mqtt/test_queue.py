import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from dogwatch.outputs.broadcast import Publication
from dogwatch.outputs.mqtt import queue as queues
from dogwatch.outputs.mqtt.queue import BrokerQueue, Outgoing


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def queue(clock: Clock) -> BrokerQueue:
    return BrokerQueue("dogs", clock)


def state(topic: str, payload: object, *, retain: bool = False) -> Publication:
    return Publication(topic, payload, retain)


def event(kind: str, name: str = "a", **more: Any) -> Publication:
    return Publication("events", {"type": kind, "after": {"id": name, **more}})


async def taken(queue: BrokerQueue, number: int) -> list[Outgoing]:
    found: list[Outgoing] = []
    async with asyncio.timeout(10):
        for _ in range(number):
            found.append(await queue.get())
            queue.done(found[-1])
    return found


async def told(queue: BrokerQueue) -> list[tuple[str, Any]]:
    """Return everything that waits, as topic and payload."""
    return [(one.topic, one.payload) for one in await taken(queue, queue.statistics()["queued"])]


async def test_states_are_told_once_in_their_newest_value(queue: BrokerQueue) -> None:
    queue.offer(state("front/person", 1))
    queue.offer(state("front/detect/state", "ON", retain=True))
    queue.offer(state("front/person", 2))
    assert queue.statistics()["queued"] == 0
    queue.go_online()
    assert await told(queue) == [("dogs/front/person", 2), ("dogs/front/detect/state", "ON")]
    queue.offer(state("front/person", 3))
    queue.offer(state("front/person", 4))
    assert await told(queue) == [("dogs/front/person", 3), ("dogs/front/person", 4)]


async def test_what_does_not_fit_into_mqtt_is_left_out(queue: BrokerQueue) -> None:
    queue.go_online()
    for topic in ("stats", "job_state", "camera_activity", "restart"):
        queue.offer(state(topic, {}))
    queue.offer(state("front/x", None))
    queue.offer(state("front/y", {"of no kind": object()}))
    assert await told(queue) == []


async def test_a_busy_connection_is_told_only_the_newest(queue: BrokerQueue) -> None:
    queue.go_online()
    for n in range(queues.BEHIND + 1000):
        queue.offer(state(f"front/{n % 5}", n))
    assert queue.statistics()["queued"] == queues.BEHIND + 5
    assert [payload for _, payload in (await told(queue))[-5:]] == list(range(1495, 1500))


async def test_updates_of_an_object_make_way_while_nobody_hears(queue: BrokerQueue) -> None:
    queue.offer(event("new"))
    for n in range(50):
        queue.offer(event("update", n=n))
    queue.offer(event("update", "b"))
    queue.offer(event("new", "c"))
    queue.offer(event("end"))
    queue.offer(Publication("tracked_object_update", {"type": "face", "id": "a"}))
    queue.go_online()
    assert [payload for _, payload in await told(queue)] == [
        '{"type":"new","after":{"id":"a"}}',
        '{"type":"update","after":{"id":"b"}}',
        '{"type":"new","after":{"id":"c"}}',
        '{"type":"end","after":{"id":"a"}}',
        '{"type":"face","id":"a"}',
    ]


async def test_what_has_happened_is_bounded(queue: BrokerQueue, clock: Clock) -> None:
    for n in range(queues.LIMIT + 10):
        queue.offer(event("new", str(n)))
    assert (queue.statistics()["queued"], queue.dropped) == (queues.LIMIT, 10)
    queue.offer(event("new", "large", text="x" * (queues.LIMIT_BYTES - 100)))
    assert queue.statistics()["queued"] < 5
    clock.now += queues.KEPT_S + 1
    queue.go_online()
    assert await told(queue) == []
    assert queue.dropped == queues.LIMIT + 11


async def test_topics_are_bounded(queue: BrokerQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "MOST_TOPICS", 3)
    for n in range(5):
        queue.offer(state(f"x{n}", n))
    assert queue.dropped == 2


async def test_an_unsure_message_is_sent_again_first(queue: BrokerQueue) -> None:
    queue.go_online()
    for name in "abc":
        queue.offer(event("new", name))
    queue.offer(state("front/person", 1))
    first, second = await queue.get(), await queue.get()
    queue.done(first)
    assert second.payload == '{"type":"new","after":{"id":"b"}}'
    queue.go_offline()
    queue.offer(event("new", "d"))
    queue.go_online()
    found = await told(queue)
    assert found[0] == ("dogs/front/person", 1)
    assert [payload[-5:] for _, payload in found[1:]] == ['"b"}}', '"c"}}', '"d"}}']
    queue.go_offline()
    queue.done(second)  # comes too late, and counts for nothing
    assert queue.statistics() == {"connected": 0, "queued": 0, "sent": 5, "dropped": 0}


async def test_withdrawn(queue: BrokerQueue) -> None:
    queue.offer(state("front/detect/state", "ON", retain=True))
    queue.offer(state("back/detect/state", "ON", retain=True))
    queue.offer(state("front/detect/state", "", retain=True))
    assert queue.retained() == {"dogs/back/detect/state"}
    queue.go_online(["dogs/front/detect/state", "dogs/back/detect/state"])
    assert await told(queue) == [("dogs/front/detect/state", b""), ("dogs/back/detect/state", "ON")]
    queue.offer(state("back/detect/state", "", retain=True))
    queue.offer(state("unknown/state", "", retain=True))
    assert await told(queue) == [("dogs/back/detect/state", "")]


async def test_again_and_only_now(queue: BrokerQueue) -> None:
    queue.put("stats", "{}")
    queue.again()
    queue.offer(state("front/person", 1))
    queue.say("homeassistant/x/config", "{}")
    queue.go_online()
    await told(queue)
    queue.put("stats", "{}")
    queue.again()
    assert await told(queue) == [("dogs/stats", "{}"), ("dogs/front/person", 1), ("homeassistant/x/config", "{}")]
    queue.say("homeassistant/x/config", "{}")
    assert await told(queue) == []
    queue.forget(lambda topic: topic != "front/person")
    queue.again()
    assert await told(queue) == [("homeassistant/x/config", "{}")]


async def test_drained(queue: BrokerQueue) -> None:
    queue.go_online()
    queue.offer(state("front/person", 1))
    message = await queue.get()
    waiting = asyncio.create_task(queue.drained())
    await asyncio.sleep(0)
    assert not waiting.done()
    queue.done(message)
    async with asyncio.timeout(10):
        await waiting


async def test_no_message_of_a_busy_thread_is_slept_through(queue: BrokerQueue) -> None:
    queue.go_online()

    def publish() -> None:
        for n in range(3000):
            queue.offer(Publication("events", {"n": n}))

    def numbers() -> Iterator[str]:
        yield from (f'{{"n":{n}}}' for n in range(3000))

    thread = threading.Thread(target=publish)
    thread.start()
    found: list[Outgoing] = []
    async with asyncio.timeout(30):
        while len(found) + queue.dropped < 3000:
            found += await taken(queue, 1)
    thread.join()
    wanted = list(numbers())
    assert [one.payload for one in found] == [one for one in wanted if one in {message.payload for message in found}]


async def test_what_else_waits_is_taken_in_order_and_at_most_so_much(queue: BrokerQueue) -> None:
    assert queue.more(5) == []
    queue.go_online()
    for number in range(5):
        queue.offer(state(f"front/{number}", number))
    queue.offer(event("new"))
    first = await queue.get()
    rest = queue.more(3) + queue.more(9)
    assert [one.topic for one in (first, *rest)] == [*(f"dogs/front/{number}" for number in range(5)), "dogs/events"]
    assert queue.statistics()["queued"] == 6
    queue.go_offline()
    assert queue.more(5) == []
    queue.go_online()
    assert [one.topic for one in queue.more(9)][-1] == "dogs/events"  # nobody has said that it was sent


def better(**more: Any) -> Publication:
    """An update of an object that says of it what was not known before: `more`."""
    before = {"id": "a", "active": True, "current_zones": [], "top_score": 0.7}
    return Publication("events", {"type": "update", "before": before, "after": {**before, "top_score": 0.8, **more}})


async def sleeping(queue: BrokerQueue) -> asyncio.Task[list[Outgoing]]:
    """Return what takes the next message, and waits for one."""
    queue.go_online()
    task = asyncio.create_task(taken(queue, 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


@pytest.mark.parametrize("patient", [better(), state("front/audio/dBFS", -30.0), state("front/audio/rms", 900.0)])
async def test_what_may_wait_goes_with_the_timers_of_the_core(queue: BrokerQueue, patient: Publication) -> None:
    loop = asyncio.get_running_loop()
    task = await sleeping(queue)
    began = loop.time()
    queue.offer(patient)
    (message,) = await task
    assert message.topic == f"dogs/{patient.topic}"
    assert began // queues.PATIENCE_S + 1 <= loop.time() / queues.PATIENCE_S + 0.01
    queue.offer(patient)
    assert len(await taken(queue, 1)) == 1  # and the next one does as well


@pytest.mark.parametrize(
    "other",
    [
        better(active=False), better(current_zones=["door"]), better(has_snapshot=True), better(sub_label=["Ann", 0.9]),
        event("new"), event("end"), state("front/person", 1), Publication("reviews", {"type": "update"}),
    ],
)  # fmt: skip
async def test_what_tells_something_goes_at_once_with_what_waits(
    queue: BrokerQueue, other: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "PATIENCE_S", 3600.0)
    task = await sleeping(queue)
    queue.offer(state("front/audio/dBFS", -30.0))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not task.done()
    queue.offer(other)
    (first,) = await task
    (second,) = await taken(queue, 1)
    assert [first.topic, second.topic] == ["dogs/front/audio/dBFS", f"dogs/{other.topic}"]


async def test_who_leaves_does_not_wait_for_what_may(queue: BrokerQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "PATIENCE_S", 3600.0)
    task = await sleeping(queue)
    await asyncio.to_thread(queue.offer, better())
    assert not task.done()
    async with asyncio.timeout(10):
        await queue.drained()
        await task
