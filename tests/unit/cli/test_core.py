import asyncio
import os
import threading
import time
from collections.abc import Iterator

import pytest

from dogwatch.cli import core
from dogwatch.cli.core import set_environment


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setenv("DOGWATCH_TEST_NAME", "before")
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("environment")
def test_variables_of_the_configuration_are_set() -> None:
    set_environment({"DOGWATCH_TEST_NAME": "after", "TZ": "Asia/Tokyo"})
    assert os.environ["DOGWATCH_TEST_NAME"] == "after"
    assert time.localtime(0).tm_hour == 9


async def test_a_core_that_hangs_when_it_leaves_is_ended_by_force(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    statuses: list[int] = []

    def note(status: int) -> None:
        statuses.append(status)
        ended.set()

    monkeypatch.setattr(os, "_exit", note)
    monkeypatch.setattr(core, "LAST_RESORT_S", 0.01)
    leaving: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    leaving.set_result(75)
    await core._end_by_force(leaving)
    assert await asyncio.to_thread(ended.wait, 10)
    assert statuses == [75]
