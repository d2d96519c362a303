"""Requests to the encoder process, and its reports; separate from the encoder, so that only that loads PyAV."""

from __future__ import annotations

import msgspec

from dogwatch.media.preview_files import PreviewSource


class TimelapseSpec(msgspec.Struct, frozen=True, tag="timelapse"):
    """What to encode: `start` to `end` (epoch s) of the segment files at `paths`, `speed` times as fast.

    `shifts` holds for each of them when its own times begin (epoch s): 0 unless it is a plain file.
    """

    paths: tuple[str, ...]
    start: float
    end: float
    out: str
    speed: float = 25.0
    shifts: tuple[float, ...] = ()


class PreviewSpec(msgspec.Struct, frozen=True, tag="preview"):
    """A film of small pictures: those of `sources` from `start` to `end` (epoch s), encoded with `crf`.

    Pictures stay as long as they did, or a `speed`th of it, at 30 a second at most. With `skip_gaps`, times without
    pictures are left out.
    """

    sources: tuple[PreviewSource, ...]
    start: float
    end: float
    out: str
    crf: int
    speed: float = 1.0
    skip_gaps: bool = False


class FramesSpec(msgspec.Struct, frozen=True, tag="frames"):
    """A film of the JPEG files at `paths`, `fps` of them a second, in the size of the first one.

    A thumbnail `thumbnail_width` pixels wide goes to `thumbnail`.
    """

    paths: tuple[str, ...]
    fps: int
    out: str
    thumbnail: str
    thumbnail_width: int = 320


class CoverBox(msgspec.Struct, frozen=True, array_like=True):
    """A part of the picture, its edges as fractions; they may lie outside."""

    x1: float
    y1: float
    x2: float
    y2: float

    def grown(self, by: float) -> CoverBox:
        """Return the box with `by` of its width and height added on each side."""
        width, height = (self.x2 - self.x1) * by, (self.y2 - self.y1) * by
        return CoverBox(self.x1 - width, self.y1 - height, self.x2 + width, self.y2 + height)


class EncoderReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of output: the `share` done (0 to 1), why it failed, or at the end how many `pictures` the file has."""

    share: float = 0.0
    error: str | None = None
    pictures: int | None = None
