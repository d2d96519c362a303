"""What a timelapse encoder is told and what it reports; apart from the encoder, so that only its process loads PyAV."""

from __future__ import annotations

import msgspec


class TimelapseSpec(msgspec.Struct, frozen=True):
    """What to make: `speed` times as fast as it was, from `start` to `end` (epoch s) of segment files at `paths`."""

    paths: tuple[str, ...]
    start: float
    end: float
    out: str
    speed: float = 25.0


class EncoderReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line on standard output: the `share` done (0 to 1), why it failed, or how many `pictures` the file holds."""

    share: float = 0.0
    error: str | None = None
    pictures: int | None = None
