"""Makes covered copies in a process of its own: run as `python -m dogwatch.sharing.encoder`, see `media.encoder`."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import cv2

from dogwatch.media import covered_film, encoder, picture
from dogwatch.media.cover import hide
from dogwatch.media.encoder_spec import CoverBox
from dogwatch.media.picture import Picture
from dogwatch.sharing.face_tracks import MARGIN, FaceTracks
from dogwatch.sharing.faces import FaceFinder
from dogwatch.sharing.spec import CoveredSpec

QUALITY = 80
SEEN = 0.8  # the share of the work that looking for faces is
EVERY_S = 0.19  # between two looks, each of which takes half a second of a processor; boxes move on meanwhile


def make(spec: CoveredSpec, tell: Callable[[float], None] = lambda _: None) -> int:
    """Make the copies of the film and of the picture; return the number of pictures in the film.

    Raises:
        NoFootageError: There is no picture in the range.
        MediaError: Something cannot be read or written.
        DetectorError: The cascades are missing.
    """
    if spec.picture:
        _picture(spec)
    return _film(spec, tell) if spec.paths else 0


def _film(spec: CoveredSpec, tell: Callable[[float], None]) -> int:
    footage = covered_film.Footage(spec.paths, spec.shifts, spec.start, spec.end)
    tracks, seen = FaceTracks(), 0.0
    if spec.faces:
        finder, seen, looked = FaceFinder(), SEEN, -math.inf

        def see(at: float, luma: Picture) -> None:
            nonlocal looked
            if at - looked >= EVERY_S:
                looked = at
                tracks.add(at, finder.find(luma))

        covered_film.look(footage, see, lambda share: tell(share * seen))

    def boxes_at(at: float) -> list[CoverBox]:
        heads = (path.at(at) for path in spec.heads) if spec.faces else ()
        return [*tracks.at(at), *(box for box in heads if box is not None)]

    return covered_film.encode(
        footage, spec.out, spec.polygons, boxes_at, lambda share: tell(seen + share * (1 - seen))
    )


def _picture(spec: CoveredSpec) -> None:
    bgr = picture.decode(Path(spec.picture).read_bytes())
    boxes: list[CoverBox] = []
    if spec.faces:
        gray = bgr[:, :, 0] // 8 + bgr[:, :, 1] // 8 * 5 + bgr[:, :, 2] // 8 * 2
        boxes = [box.grown(MARGIN) for box in FaceFinder().find(gray, all_sides=True)] + list(spec.picture_heads)
    hide([bgr], spec.polygons, boxes, fill=(0,))
    Path(spec.picture_out).write_bytes(picture.encode(bgr, "jpg", QUALITY))


if __name__ == "__main__":
    cv2.setNumThreads(1)
    os._exit(encoder.serve(CoveredSpec, make))
