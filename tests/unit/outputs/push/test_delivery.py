"""Queues: order, repetitions, limits, and nobody waits for another."""

import asyncio
from collections.abc import Callable

from dogwatch.outputs.push.delivery import QUEUE_LIMIT, Attempt, DeliveryOutcome, DeliveryQueues, Dispatch
from dogwatch.testing.app import until

OK = Attempt(DeliveryOutcome.DELIVERED)
LATER = Attempt(DeliveryOutcome.LATER, "busy")


class Destination:
    def __init__(self, *answers: Attempt) -> None:
        self.answers, self.asked, self.settled = list(answers), list[str](), list[tuple[str, Attempt]]()
        self.gate: asyncio.Event | None = None

    def dispatch(self, name: str, topic: str = "") -> Dispatch:
        async def send() -> Attempt:
            self.asked.append(name)
            if self.gate is not None:
                await self.gate.wait()
            return self.answers.pop(0) if self.answers else OK

        return Dispatch(topic or name, send, lambda attempt: self.settled.append((name, attempt)))


async def done(condition: Callable[[], object]) -> None:
    await until(condition, 10)


async def test_in_order_and_beside_one_that_hangs() -> None:
    queues, slow, quick = DeliveryQueues(), Destination(), Destination()
    slow.gate = asyncio.Event()
    queues.put("slow", slow.dispatch("one"))
    for name in "abc":
        queues.put("quick", quick.dispatch(name))
    await done(lambda: len(quick.settled) == 3)
    assert quick.asked == ["a", "b", "c"]
    assert slow.settled == []
    slow.gate.set()
    await done(lambda: slow.settled)
    assert (queues.sent, queues.failed, queues.waiting) == (4, 0, 0)
    await queues.close()


async def test_tried_again_and_given_up() -> None:
    queues = DeliveryQueues(delays_s=(0.001, 0.001))
    busy, dead = Destination(LATER, LATER), Destination(LATER, LATER, LATER, OK)
    refused = Destination(Attempt(DeliveryOutcome.REFUSED, "no"))
    for name, one in (("busy", busy), ("dead", dead), ("refused", refused)):
        queues.put(name, one.dispatch("x"))
    await done(lambda: busy.settled and dead.settled and refused.settled)
    assert busy.asked == ["x"] * 3
    assert busy.settled == [("x", OK)]
    assert dead.asked == ["x"] * 3
    assert dead.settled == [("x", LATER)]
    assert refused.asked == ["x"]
    assert (queues.sent, queues.failed) == (1, 2)
    await queues.close()


async def test_a_later_message_about_the_same_replaces_what_waits() -> None:
    queues, one = DeliveryQueues(delays_s=(30.0,)), Destination(LATER)
    one.gate = asyncio.Event()
    queues.put("one", one.dispatch("new", "item"))
    await done(lambda: one.asked)
    queues.put("one", one.dispatch("update", "item"))
    queues.put("one", one.dispatch("other", "item 2"))
    queues.put("one", one.dispatch("end", "item"))
    one.gate.set()
    await done(lambda: len(one.settled) == 3)
    assert one.asked == ["new", "other", "end"]  # the first is not tried again: a later one waits
    await queues.close()


async def test_limits() -> None:
    queues, one = DeliveryQueues(attempt_s=0.01, delays_s=()), Destination()
    one.gate = asyncio.Event()
    for number in range(QUEUE_LIMIT + 3):
        queues.put("one", one.dispatch(str(number)))
    assert (queues.waiting, queues.dropped) == (QUEUE_LIMIT, 3)
    await done(lambda: one.settled)
    assert one.settled[0] == ("3", Attempt(DeliveryOutcome.LATER, "there was no answer in time"))
    queues.forget("one")
    assert queues.waiting == 0
    await queues.close()


async def test_an_error_ends_no_queue() -> None:
    queues, one = DeliveryQueues(), Destination()

    async def broken() -> Attempt:
        raise RuntimeError("a mistake")

    queues.put("one", Dispatch("x", broken, lambda attempt: one.settled.append(("x", attempt))))
    queues.put("one", one.dispatch("y"))
    await done(lambda: len(one.settled) == 2)
    assert [attempt.outcome for _, attempt in one.settled] == [DeliveryOutcome.REFUSED, DeliveryOutcome.DELIVERED]
    await queues.close()
