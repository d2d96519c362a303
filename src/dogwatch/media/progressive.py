"""Rewrites a clip of fragmented MP4 as a plain one, whose header comes first, so that players need no more than it."""

from __future__ import annotations

import os
from pathlib import Path

from dogwatch.errors import NoFootageError
from dogwatch.media import clip
from dogwatch.media.clip_pictures import as_segment
from dogwatch.media.fragments import SegmentIndex
from dogwatch.media.virtual_file import portions

SYNC_BYTES = 32 << 20  # so much waits for the disk at most: a card takes seconds for it


def rewrite(file: Path, index: SegmentIndex, work: Path) -> None:
    """Put a plain MP4 in the place of the clip `file`, by way of the file `work` beside it.

    Raises:
        MediaError: It holds nothing that could be played, or has changed meanwhile.
        OSError: It cannot be written; the clip is as it was.
    """
    planned = clip.plan((as_segment(file, index),), index.start_time, index.end_time, file.parent)
    done = since = 0
    try:
        with work.open("wb") as out:
            for part in planned.parts:
                for data in portions(part):
                    out.write(data)
                    done, since = done + len(data), since + len(data)
                    if since >= SYNC_BYTES:
                        since = 0
                        out.flush()
                        os.fdatasync(out.fileno())
            out.flush()
            os.fsync(out.fileno())
        if done != planned.size:
            raise NoFootageError(f"{file.name} has become shorter meanwhile")
        work.replace(file)
    finally:
        work.unlink(missing_ok=True)
