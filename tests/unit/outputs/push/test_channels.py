"""Channels whose services never end their answers."""

import asyncio
import threading

import pytest

from dogwatch.outputs.push.channels import MOST_THREADS, ChannelThreads
from dogwatch.outputs.push.delivery import Attempt, DeliveryOutcome
from dogwatch.outputs.push.settings import Channel

OK = Attempt(DeliveryOutcome.DELIVERED)


def channel(name: str) -> Channel:
    return Channel(name, f"json://{name}.example.org", frozenset(), frozenset({"alert"}), at_end=False, picture=False)


async def test_channels_that_hang_hold_up_nothing_else() -> None:
    threads, gate = ChannelThreads(), threading.Event()

    def hang() -> Attempt:
        gate.wait()
        return OK

    hanging = [channel(f"slow{number}") for number in range(MOST_THREADS)]
    try:
        for one in hanging:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await threads.run(one, hang)
        async with asyncio.timeout(20):
            assert await asyncio.to_thread(lambda: 1) == 1  # the threads of everybody are free
        for refused in (hanging[0], channel("one-more")):
            assert (await threads.run(refused, lambda: OK)).outcome is DeliveryOutcome.LATER
    finally:
        gate.set()


async def test_a_channel_is_used_again_after_each_message() -> None:
    threads = ChannelThreads()

    def fail() -> Attempt:
        raise ZeroDivisionError

    assert await threads.run(channel("a"), lambda: OK) == OK
    with pytest.raises(ZeroDivisionError):
        await threads.run(channel("a"), fail)
    assert await threads.run(channel("a"), lambda: OK) == OK
