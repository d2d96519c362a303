"""What the parts of the edge camera know of one another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Reason = Literal["manual", "sensor"]


class EdgePart(Protocol):
    """A part that does something by itself. `EdgeCamera` starts its parts in order, and closes them in reverse."""

    def start(self) -> None:
        """Begin; called in the core's event loop, so it must return at once."""

    def close(self) -> None:
        """End; called in a thread while the event loop still runs. It may block for some seconds."""


@dataclass(frozen=True, slots=True)
class RecordingState:
    """Whether the edge camera records: since when (epoch s), and why."""

    recording: bool = False
    started_at: float | None = None
    reason: Reason | None = None


class EdgeRecording(Protocol):
    """Records on demand, a file at a time."""

    def begin(self) -> None:
        """Begin to be of use; called as `EdgePart.start`."""

    def close(self) -> None:
        """End; called as `EdgePart.close`."""

    ended: Callable[[bool], None]
    """Called when a recording has ended that nobody stopped through `stop`: True after a crash, False after a stop by
    hand. The sensors set it."""

    def start(self, reason: Reason, sensor_type: str | None = None) -> bool:
        """Start; blocks for at most 0.6 s. False: nothing records, because it cannot be."""

    def stop(self) -> None:
        """Stop, if anything records; blocks until the file is finished, for about 10 s at most."""

    @property
    def state(self) -> RecordingState:
        """What is going on."""


class Home(EdgePart, Protocol):
    """Knows whether somebody is at home."""

    def is_home(self, wait_s: float = 5.0) -> bool:
        """Whether a tracked device is there; waits for the first poll. For worker threads."""

    def poll_soon(self) -> None:
        """Ask for a poll; ignored if one ended less than 5 s ago."""

    def connections(self) -> dict[str, Any]:
        """Return the body of the event `connections`."""
