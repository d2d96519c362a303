"""How long an output stays on: pure rules over monotonic times."""

from __future__ import annotations


class OutputTimer:
    """Says when an output goes off again. Whatever turns it on, it is on for at most `longest_s` at a time."""

    def __init__(self, longest_s: float, rest_s: float) -> None:
        """Begin off."""
        self._longest_s, self._rest_s = longest_s, rest_s
        self._began = 0.0
        self.until: float | None = None
        """When it goes off; None while it is off."""
        self._rest_until: float | None = None

    @property
    def on(self) -> bool:
        """Whether it is on."""
        return self.until is not None

    def ask(self, now: float, seconds: float) -> None:
        """Turn it on by a request, or renew that: it goes off after `seconds` from now."""
        self._begin(now)
        self.until = min(now + seconds, self._began + self._longest_s)

    def happen(self, now: float, seconds: float) -> None:
        """Turn it on by a rule, or leave it on for longer; not while it rests after the longest time."""
        if self._rest_until is not None and now < self._rest_until:
            return
        self._begin(now)
        self.until = min(max(self.until or now, now + seconds), self._began + self._longest_s)

    def off(self) -> None:
        """Turn it off."""
        self.until = None

    def advance(self, now: float) -> None:
        """Turn it off if its time has come."""
        if self.until is None or now < self.until:
            return
        if self.until >= self._began + self._longest_s:
            self._rest_until = now + self._rest_s
        self.until = None

    def _begin(self, now: float) -> None:
        self.advance(now)
        if self.until is None:
            self._began = now
