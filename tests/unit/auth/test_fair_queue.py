import asyncio

import pytest

from dogwatch.auth.fair_queue import WAITING, WAITING_EACH, FairQueue
from dogwatch.auth.limits import TooManyTriesError


class Workplace:
    """Takes pieces of work one at a time and remembers whose they were."""

    def __init__(self) -> None:
        self.turns, self.done = FairQueue(), list[str]()
        self.inside = 0
        self.open = asyncio.Event()

    async def work(self, place: str, name: str | None = None) -> None:
        async with self.turns.slot(place):
            self.inside += 1
            try:
                assert self.inside == 1
                await self.open.wait()
                self.done.append(name or place)
            finally:
                self.inside -= 1

    def begin(self, *places: str) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self.work(place)) for place in places]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_at_a_time_and_places_take_turns() -> None:
    here = Workplace()
    tasks = here.begin("a", "a", "a", "a", "b", "b", "c")
    await settle()
    here.open.set()
    await asyncio.gather(*tasks)
    assert here.done == ["a", "a", "b", "c", "a", "b", "a"]
    assert here.turns._waiting == {}


async def test_one_place_cannot_hold_all() -> None:
    here = Workplace()
    tasks = here.begin(*["flood"] * 100)
    await settle()
    refused = [task for task in tasks if task.done()]
    assert len(refused) == 100 - 1 - WAITING_EACH
    assert all(isinstance(task.exception(), TooManyTriesError) for task in refused)
    other = here.begin("other")
    here.open.set()
    await asyncio.gather(*other)
    assert here.done.index("other") <= 2
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_fullest_place_makes_room() -> None:
    here = Workplace()
    floods = [f"flood {n}" for n in range(WAITING // WAITING_EACH)]
    tasks = here.begin("first", *[place for place in floods for _ in range(WAITING_EACH)])
    await settle()
    assert not any(task.done() for task in tasks)
    other = here.begin("other")
    await settle()
    assert sum(task.done() for task in tasks) == 1
    here.open.set()
    await asyncio.gather(*other)
    assert here.done.index("other") <= len(floods) + 1
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_no_more_than_so_many_wait() -> None:
    here = Workplace()
    tasks = here.begin(*[f"place {n}" for n in range(WAITING + 2)])
    await settle()
    assert [type(task.exception()) for task in tasks if task.done()] == [TooManyTriesError]
    here.open.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert len(here.done) == WAITING + 1


async def test_who_gives_up_blocks_nobody() -> None:
    here = Workplace()
    first, waiting, last = here.begin("a", "b", "c")
    await settle()
    waiting.cancel()
    await settle()
    first.cancel()
    await settle()
    here.open.set()
    await last
    assert here.done == ["c"]
    # Also who is cancelled at the moment at which its turn comes.
    here.open.clear()
    first, waiting, last = here.begin("a", "b", "c")
    await settle()
    here.open.set()
    await asyncio.wait([first])
    waiting.cancel()
    await asyncio.gather(first, waiting, last, return_exceptions=True)
    assert here.done[-1] == "c"
    assert not here.turns._busy


async def test_an_error_ends_a_turn() -> None:
    turns = FairQueue()
    with pytest.raises(ValueError, match="x"):
        async with turns.slot("a"):
            raise ValueError("x")
    async with turns.slot("b"):
        pass
