"""The RTP times of one viewer: what it gets at its beginning is squeezed, so that it shows the newest picture at once.

The same as `live.fragments` does for players of MP4: a viewer gets all pictures since the last keyframe. With the times
at which they were taken, the receiver would show them as slowly as they were, and stay behind.
"""

from __future__ import annotations

CATCH_UP_S = 0.05


class RtpClock:
    """Maps times of packets (epoch s) to seconds of an RTP stream, in which all before `joined` is squeezed."""

    def __init__(self, first: float, joined: float, start: float = 0.0) -> None:
        """Begin with a packet of time `first`, at `start` in the stream.

        `joined` is the time of the newest picture that the viewer gets at its beginning.
        """
        self._first, self._joined, self._start = first, max(first, joined), start
        self._held = min(CATCH_UP_S, self._joined - first)

    def at(self, time: float) -> float:
        """Return the RTP time (s) of a packet."""
        if time >= self._joined:
            return self._start + self._held + time - self._joined
        share = max(0.0, time - self._first) / (self._joined - self._first)
        return self._start + self._held * share
