"""Ranges in little, as GIF, WebP or MP4: of previews, and of the pictures that are in none yet."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, cast

from dogwatch.errors import NoFootageError
from dogwatch.framing import PREVIEW_SIDE
from dogwatch.media.picture_pool import POOL
from dogwatch.media.preview_files import HOLD_S

if TYPE_CHECKING:
    from dogwatch.media.moving_picture import Kind
    from dogwatch.media.picture import Picture
    from dogwatch.recordings.preview_catalogue import PreviewCatalogue

USUAL_PX = PREVIEW_SIDE * PREVIEW_SIDE * 16 // 9


def encoded(previews: PreviewCatalogue, camera: str, start: float, end: float, kind: Kind) -> bytes:
    """Return the pictures of a camera from `start` to `end` (epoch s), encoded as `kind`; a job of the picture pool.

    Raises:
        NoFootageError: There are none.
        MediaError: They cannot be encoded.
    """
    from dogwatch.media import moving_picture  # PyAV and NumPy: the core does without until the first picture
    from dogwatch.media.preview_source import pictures

    step = moving_picture.step_of(kind, end - start)
    count = min(moving_picture.MOST[kind], int((end - start) / step) + 1)
    POOL.need(moving_picture.BYTES_PER_PX * USUAL_PX * count)
    sources = previews.sources(camera, start - HOLD_S, end)
    return moving_picture.encode(kind, pictures(sources, start, end, step), start, end)


def first_picture(previews: PreviewCatalogue, camera: str, start: float, end: float) -> Picture:
    """Return the first picture (BGR) of a camera from `start` to `end` (epoch s); a job of the picture pool.

    Raises:
        NoFootageError: There is none.
    """
    from dogwatch.media.preview_source import pictures

    for _, frame in pictures(previews.sources(camera, start, end), start, end):
        return cast("Picture", frame.to_ndarray(format="bgr24"))
    raise NoFootageError("there is no preview")


def newest_picture(previews: PreviewCatalogue, camera: str) -> tuple[float, Picture] | None:
    """Return time and newest picture (BGR) of a camera; a job of the picture pool."""
    from dogwatch.media import jpeg
    from dogwatch.media.preview_source import pictures

    if (found := previews.frames.newest(camera)) is not None:
        return found[0], jpeg.decode(found[1])
    if (film := previews.newest(camera)) is None:
        return None
    last = deque(pictures([film], film.end - HOLD_S, film.end), maxlen=1)
    return (last[0][0], cast("Picture", last[0][1].to_ndarray(format="bgr24"))) if last else None
