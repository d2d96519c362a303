"""The types of the numbers in requests, each with bounds. Routes use no other types for numbers.

A number without bounds would fail later: SQLite has 64 bits, `datetime` has years 1 to 9999, and a sum can be infinite.
A number outside its bounds is refused with 422 (docs/api/conventions.md).
"""

from __future__ import annotations

from typing import Annotated

from annotated_types import Interval
from pydantic import AllowInfNan

EARLIEST, LATEST = -62_135_510_400, 253_402_214_400
"""Times that every timezone can show in the years 1 to 9999."""

LONGEST_S = 366 * 86_400

Time = Annotated[float, Interval(ge=EARLIEST, le=LATEST), AllowInfNan(False)]
"""Seconds since the epoch; negative ones are allowed, and nothing is found for them."""

Real = Annotated[float, Interval(ge=-1e12, le=1e12), AllowInfNan(False)]
"""A score, a speed, a length: whatever is only compared."""

Whole = Annotated[int, Interval(ge=-(1 << 31), lt=1 << 31)]
"""A number of lines, a quality."""

Seconds = Annotated[int, Interval(ge=0, le=LONGEST_S)]
"""A span of time."""

Padding = Annotated[float, Interval(ge=0, le=3600), AllowInfNan(False)]
"""Seconds around an event."""

Height = Annotated[int, Interval(ge=1, le=65_535)]
"""Pixels; no picture is enlarged beyond its source."""

Limit = Annotated[int, Interval(ge=0, le=1_000_000)]
"""How many rows are wanted."""
