"""Decodes the pictures of recorded files one after another, and tells where in the whole each one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import av

from dogwatch.media.clip import LONGEST_GAP_S

TOLERANCE_S = 0.002


def recorded_pictures(
    paths: Sequence[str], shifts: Sequence[float], start: float, end: float
) -> Iterator[tuple[float, float, Any]]:
    """Yield each picture from `start` to `end`: its time, the length (s) of the footage before it, and the frame.

    Times are those in the files, to which `shifts` (s) are added if given. Gaps of more than two seconds do not count.
    Files that have been deleted are left out.

    Raises:
        av.error.FFmpegError: A file cannot be read.
    """
    skipped, before = start, None
    for path, shift in zip(paths, shifts or (0.0,) * len(paths), strict=True):
        try:
            container = av.open(path)
        except FileNotFoundError:
            continue
        with container:
            container.streams.video[0].thread_type = "NONE"
            for frame in container.decode(video=0):
                at = frame.time
                if at is None or at + shift < start - TOLERANCE_S or (before is not None and at + shift <= before):
                    continue
                at += shift
                if at >= end:
                    return
                if before is None:
                    skipped = at
                elif at - before > LONGEST_GAP_S:
                    skipped += at - before
                before = at
                yield at, at - skipped, frame
