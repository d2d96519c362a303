"""Parts that are not there: nothing records and nobody is at home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dogwatch.edge.ports import Reason, RecordingState


class AbsentPart:
    """A part with nothing to do."""

    def start(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class NoRecording:
    """Cannot record."""

    def begin(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    ended: Callable[[bool], None]
    state = RecordingState()

    def start(self, reason: Reason, sensor_type: str | None = None) -> bool:  # noqa: ARG002
        """Say that nothing records."""
        return False

    def stop(self) -> None:
        """Do nothing."""


class NobodyHome(AbsentPart):
    """Knows of no devices."""

    def is_home(self, wait_s: float = 5.0) -> bool:  # noqa: ARG002
        """Say no."""
        return False

    def poll_soon(self) -> None:
        """Do nothing."""

    def connections(self) -> dict[str, Any]:
        """Return that nothing is tracked."""
        return {"bluetooth": {"online": 0, "total": 0}, "wifi": {"online": 0, "total": 0}, "ap_clients": 0}
