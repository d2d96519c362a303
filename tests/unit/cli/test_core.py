import os
import time
from collections.abc import Iterator

import pytest

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
