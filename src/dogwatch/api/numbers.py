"""The kinds of numbers that requests may hold, each with bounds: the only types that routes take numbers by.

A number without bounds reaches something that has some: SQLite's 64 bits, the years of `datetime`, the sum of two that
is infinite. What lies outside is refused with 422 (docs/api/conventions.md).
"""

from __future__ import annotations

from typing import Annotated

from annotated_types import Interval
from pydantic import AllowInfNan

EARLIEST, LATEST = -62_135_510_400, 253_402_214_400
"""Times that every timezone can show in the years 1 to 9999."""

LONGEST_S = 366 * 86_400

Time = Annotated[float, Interval(ge=EARLIEST, le=LATEST), AllowInfNan(False)]
"""Seconds since the epoch; clients also say times before it, for which there is nothing."""

Real = Annotated[float, Interval(ge=-1e12, le=1e12), AllowInfNan(False)]
"""A score, a speed, a length: whatever is only compared."""

Whole = Annotated[int, Interval(ge=-(1 << 31), lt=1 << 31)]
"""A number of lines, a quality."""

Seconds = Annotated[int, Interval(ge=0, le=LONGEST_S)]
"""A span of time."""

Padding = Annotated[float, Interval(ge=0, le=3600), AllowInfNan(False)]
"""Seconds around an event."""

Height = Annotated[int, Interval(ge=1, le=65_535)]
"""Pixels; larger than the source no picture is made."""

Limit = Annotated[int, Interval(ge=0, le=1_000_000)]
"""How many rows are wanted."""
