"""The request to a timelapse encoder, and its reports; separate from the encoder, so that only that loads PyAV."""

from __future__ import annotations

import msgspec


class TimelapseSpec(msgspec.Struct, frozen=True):
    """What to encode: `start` to `end` (epoch s) of the segment files at `paths`, `speed` times as fast."""

    paths: tuple[str, ...]
    start: float
    end: float
    out: str
    speed: float = 25.0


class EncoderReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of output: the `share` done (0 to 1), why it failed, or at the end how many `pictures` the file has."""

    share: float = 0.0
    error: str | None = None
    pictures: int | None = None
