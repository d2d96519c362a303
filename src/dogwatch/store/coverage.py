"""What was recorded over months, from the stretches of each quarter of an hour (see `quarters`)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from dogwatch.model import LONGEST_SEGMENT_S
from dogwatch.store.group_counts import joined
from dogwatch.store.localtime import QUARTER_S
from dogwatch.store.tables import quarters


def covered(connection: Connection, cameras: Iterable[str], start: float, end: float) -> NDArray[np.float64]:
    """Return starts and ends of what was recorded of `cameras` between `start` and `end` (epoch s), in any order.

    The shape is (ranges, 2). Ranges may begin before `start`, end after `end`, and overlap.
    """
    c = quarters.c
    first, last = int((start - LONGEST_SEGMENT_S) // QUARTER_S), int(end // QUARTER_S)
    found = [
        connection.scalar(select(joined(c.stretches)).where(c.camera == camera, c.number.between(first, last)))
        for camera in cameras
    ]
    return np.frombuffer(b"".join(filter(None, found)), "<f8").reshape(-1, 2)
