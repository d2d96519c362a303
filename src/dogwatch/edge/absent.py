"""Parts that are not there: nothing records."""

from __future__ import annotations

from collections.abc import Callable

from dogwatch.edge.ports import Reason, RecordingState


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
