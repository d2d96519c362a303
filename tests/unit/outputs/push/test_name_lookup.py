"""Names of push services are looked up in threads of their own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from dogwatch.outputs.push.name_lookup import NameLookup
from dogwatch.testing.app import until

ADDRESS = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))]


class StalledResolver:
    """Answers nobody before `answer` is set."""

    def __init__(self) -> None:
        self.answer, self.asked = threading.Event(), list[str]()

    def __call__(self, host: str, *_: Any, **__: Any) -> list[Any]:
        self.asked.append(host)
        assert self.answer.wait(60)
        return ADDRESS


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[StalledResolver]:
    made = StalledResolver()
    monkeypatch.setattr(socket, "getaddrinfo", made)
    yield made
    made.answer.set()


async def test_a_resolver_that_does_not_answer_holds_up_nothing_else(resolver: StalledResolver) -> None:
    lookup = NameLookup(most=40, limit_s=60)  # more than the loop's own executor has threads
    waiting = [asyncio.ensure_future(lookup.find(f"host{number}", 443)) for number in range(40)]
    await until(lambda: len(resolver.asked) == 40)
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "done"), 20) == "done"
    assert not any(one.done() for one in waiting)
    resolver.answer.set()
    assert await asyncio.gather(*waiting) == [ADDRESS] * 40


async def test_lookups_have_a_deadline_and_threads_a_limit(resolver: StalledResolver) -> None:
    lookup = NameLookup(most=2, limit_s=0.05)
    for host in ("one", "two"):
        with pytest.raises(OSError, match=f"{host} is not found within 0.05 s"):
            await lookup.find(host, 443)
    with pytest.raises(OSError, match="three is not looked up: the resolver does not answer"):
        await lookup.find("three", 443)
    assert resolver.asked == ["one", "two"]
    resolver.answer.set()
    names = [thread for thread in threading.enumerate() if thread.name == "name lookup"]
    for thread in names:
        thread.join(20)
    assert await lookup.find("four", 443) == ADDRESS


async def test_a_lookup_that_nobody_waits_for_any_more(resolver: StalledResolver) -> None:
    lookup = NameLookup(most=1, limit_s=60)
    task = asyncio.ensure_future(lookup.find("one", 443))
    await until(lambda: resolver.asked)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    resolver.answer.set()
    for thread in threading.enumerate():
        if thread.name == "name lookup":
            thread.join(20)
    assert await lookup.find("two", 443) == ADDRESS


async def test_names_that_there_are_not() -> None:
    with pytest.raises(OSError):  # noqa: PT011 - what the system says differs
        await NameLookup().find("nobody.invalid", 443)
    with pytest.raises(OSError, match="is no name"):
        await NameLookup().find("a" * 64 + ".example", 443)
