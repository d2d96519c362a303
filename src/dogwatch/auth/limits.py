"""Limits how often one address may try passwords: `1/second;5/minute;20/hour`."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from dogwatch.errors import ConfigError, DogwatchError

PERIODS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "month": 30 * 86400,
    "year": 365 * 86400,
}
_RULE = re.compile(r"(?P<count>\d+)\s*(?:/|per)\s*(?P<multiple>\d+)?\s*(?P<period>[a-z]+?)s?", re.IGNORECASE)
MAX_ADDRESSES = 10_000
DEFAULT = "10/minute;60/hour"
"""The limit if the configuration has none. Then only failed tries count, so that programs which log in often, all from
the address of one proxy, do not lock each other out."""


class TooManyTriesError(DogwatchError):
    """Passwords were tried too often; the message is the rule that was exceeded."""

    status = 429


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `count` in `seconds`; `text` is the rule in words."""

    count: int
    seconds: int
    text: str


def parse(text: str | None) -> tuple[Rule, ...]:
    """Read rules separated by `;` (or `,`); None and the empty text mean no limit.

    Raises:
        ConfigError: An item is not `n/period`.
    """
    return tuple(_rule(item.strip()) for item in re.split("[;,]", text or "") if item.strip())


def _rule(item: str) -> Rule:
    found = _RULE.fullmatch(item)
    period = found["period"].lower() if found else ""
    if found is None or period not in PERIODS or int(found["count"]) < 1:
        raise ConfigError(f"{item!r} is no rate limit; write for example 5/minute", path="auth.failed_login_rate_limit")
    multiple = int(found["multiple"] or 1)
    return Rule(int(found["count"]), multiple * PERIODS[period], f"{found['count']} per {multiple} {period}")


class RateLimit:
    """Counts the tries of each address in fixed windows, for a limited number of addresses."""

    def __init__(self, rules: tuple[Rule, ...], clock: Callable[[], float] = time.monotonic) -> None:
        """Enforce `rules`; `clock` gives seconds."""
        self._rules, self._clock = rules, clock
        self._windows: OrderedDict[str, list[tuple[float, int]]] = OrderedDict()

    def exceeded(self, address: str) -> Rule | None:
        """Count one try of `address`; return the rule that it exceeds, or None."""
        now = self._clock()
        windows = self._windows.setdefault(address, [(now, 0) for _ in self._rules])
        self._windows.move_to_end(address)
        if len(self._windows) > MAX_ADDRESSES:
            self._windows.popitem(last=False)
        broken = None
        for index, rule in enumerate(self._rules):
            began, count = windows[index]
            if now - began >= rule.seconds:
                began, count = now, 0
            windows[index] = (began, count + 1)
            if count >= rule.count:
                broken = broken or rule
        return broken

    def forgive(self, address: str) -> None:
        """Do not count the last try of `address`."""
        windows = self._windows.get(address, [])
        for index, (began, count) in enumerate(windows):
            windows[index] = (began, max(0, count - 1))
