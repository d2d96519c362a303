"""Pictures of a finished clip: its sprite, and one picture of a moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dogwatch.media import jpeg
from dogwatch.media.fragments import SegmentIndex
from dogwatch.media.still import frame_at
from dogwatch.model import Segment

TILES, TILE_WIDTH, TILE_HEIGHT = 10, 160, 90
SHORTEST_S = 2.0  # shorter clips have no sprite
QUALITY = 80
THUMBNAIL_WIDTH = 320


def as_segment(file: Path, index: SegmentIndex) -> Segment:
    """Return the clip `file`, whose times begin near zero, as a segment; its media root is the file's directory."""
    return Segment(
        camera="",
        path=file.name,
        start_time=index.start_time,
        end_time=index.end_time,
        size_bytes=index.valid_bytes,
        init_id=index.init_id,
        fragments=index.fragments,
        has_audio=index.has_audio,
    )


def sprite(file: Path, index: SegmentIndex) -> bytes | None:
    """Return ten pictures of a clip in a row as one JPEG of 1600 x 90, None for a clip that is too short.

    Each shows the middle of a tenth of the clip, fitted into 160 x 90 with black bars.

    Raises:
        MediaError: It cannot be decoded.
    """
    length = index.end_time - index.start_time
    if length < SHORTEST_S:
        return None
    clip, strip = as_segment(file, index), np.zeros((TILE_HEIGHT, TILES * TILE_WIDTH, 3), np.uint8)
    width, height = fitted(index.width, index.height)
    for n in range(TILES):
        at = index.start_time + (n + 0.5) * length / TILES
        picture = jpeg.scale(frame_at((clip,), at, file.parent, height), width, height)
        left, top = n * TILE_WIDTH + (TILE_WIDTH - width) // 2, (TILE_HEIGHT - height) // 2
        strip[top : top + height, left : left + width] = picture
    return jpeg.encode(strip, QUALITY)


def fitted(width: int, height: int) -> tuple[int, int]:
    """Return the size of a picture of `width` x `height` in a tile of a sprite."""
    scale = min(TILE_WIDTH / width, TILE_HEIGHT / height)
    return min(TILE_WIDTH, max(1, round(width * scale))), min(TILE_HEIGHT, max(1, round(height * scale)))


def thumbnail(file: Path, index: SegmentIndex, at_s: float) -> bytes:
    """Return the picture that is shown `at_s` seconds after a clip's beginning, as a small JPEG.

    Raises:
        MediaError: It cannot be decoded.
    """
    at = min(index.start_time + max(0.0, at_s), index.end_time - 0.01)
    height = max(1, round(index.height * THUMBNAIL_WIDTH / index.width))
    return jpeg.encode(frame_at((as_segment(file, index),), at, file.parent, height), QUALITY)


def smaller(data: bytes) -> bytes:
    """Return a JPEG no wider than a thumbnail.

    Raises:
        MediaError: It is no JPEG.
    """
    found = jpeg.size(data)
    reduced = next((part for part in (8, 4, 2) if found and found[0] // part >= THUMBNAIL_WIDTH), 1)
    picture = jpeg.decode(data, reduced=reduced)
    width = min(THUMBNAIL_WIDTH, picture.shape[1])
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    return jpeg.encode(jpeg.scale(picture, width, height), QUALITY)
