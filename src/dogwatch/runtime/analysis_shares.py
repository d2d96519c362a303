"""Shares cameras out to analysis processes, so that each camera stays where it is as long as it is wanted.

The objects of a camera begin again in another process. So a camera that is added or removed must not move others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import count

CAMERAS_PER_PROCESS = 4


def share_out(cameras: Sequence[str], assigned: Mapping[str, str], most: int) -> dict[str, tuple[str, ...]]:
    """Return the cameras of each process, by its name; they are in the order of `cameras`.

    A new camera gets the process with the fewest cameras. A new process is added while there are fewer than one for
    every `CAMERAS_PER_PROCESS` cameras: a process costs as much memory as the analysis of many cameras.

    Args:
        cameras: The wanted cameras.
        assigned: The process of each camera that has one already.
        most: How many processes at most; more stay if they have cameras.
    """
    shares: dict[str, int] = {}
    places = {camera: assigned[camera] for camera in cameras if camera in assigned}
    for process in sorted(places.values(), key=lambda name: (len(name), name)):
        shares[process] = shares.get(process, 0) + 1
    wanted = min(math.ceil(len(cameras) / CAMERAS_PER_PROCESS), most)
    unused = (name for number in count() if (name := str(number)) not in shares)
    while len(shares) < wanted:
        shares[next(unused)] = 0
    for camera in cameras:
        if camera not in places:
            process = places[camera] = min(shares, key=shares.__getitem__)
            shares[process] += 1
    found = {process: tuple(camera for camera in cameras if places[camera] == process) for process in shares}
    return {process: share for process, share in found.items() if share}
