"""What is drawn on the frames of a video file: boxes with their labels, the number of the frame, the word of a clip.

Sizes depend on the height of the picture (`glyphs.scale_of`), colours on the trace alone.
"""

from __future__ import annotations

import colorsys
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dogwatch.media.glyphs import CELL_HEIGHT, mask, scale_of
from dogwatch.media.overlay_rows import Overlay
from dogwatch.media.yuv_surface import Area, Rgb, YuvSurface

ROW = np.dtype(
    [
        ("frame", "<u4"),
        ("trace", "<u4"),
        ("x", "<u2"),
        ("y", "<u2"),
        ("width", "<u2"),
        ("height", "<u2"),
        ("label", "<u2"),
        ("interpolated", "<u2"),
        ("confidence", "<f4"),
    ]
)  # a box, as `overlay_rows.pack` writes it; `label` counts in the list of labels
LETTERS: Rgb = (255, 255, 255)
GROUND: Rgb = (0, 0, 0)
DASH = 8  # so many times the scale are a dash and the gap after it
BRIGHTEST = 0.4  # luma of a colour under white letters
CLIP_WORD = "CLIP"


class OverlayBox(NamedTuple):
    """A box to draw."""

    area: Area
    text: str
    colour: Rgb
    thin: bool = False
    dashed: bool = False


@lru_cache(maxsize=1024)
def colour_of(trace: int, label: str = "") -> Rgb:
    """Return the colour of a trace, or of `label` if `trace` is 0; white letters can be read on it."""
    turn = trace * 0.618034 if trace else zlib.crc32(label.encode()) / (1 << 32)  # neighbours differ: the golden ratio
    red, green, blue = colorsys.hsv_to_rgb(turn % 1, 0.9, 0.95)
    darker = min(1.0, BRIGHTEST / (0.2126 * red + 0.7152 * green + 0.0722 * blue))
    return round(255 * red * darker), round(255 * green * darker), round(255 * blue * darker)


@dataclass(frozen=True, slots=True)
class FileOverlay:
    """Draws on frames; `rows` are boxes, ascending by frame, `labels` the texts of their labels.

    `trace` is the one that `Overlay.TRACE` draws, `debug` whether the line with the frame's number is drawn.
    """

    style: Overlay
    rows: NDArray[Any]
    labels: tuple[str, ...] = ()
    trace: int = 0
    debug: bool = False

    @classmethod
    def of(
        cls, style: Overlay, rows: bytes = b"", labels: tuple[str, ...] = (), trace: int = 0, *, debug: bool = False
    ) -> FileOverlay:
        """Take the boxes as bytes: rows of `ROW`."""
        return cls(style, np.frombuffer(rows, ROW), labels, trace, debug)

    def draws_on(self, n: int) -> bool:
        """Whether anything is drawn on frame `n`."""
        return self.debug or self.style is Overlay.CLIP or len(self._at(n)) > 0

    def draw(self, frame: Any, n: int, time: float) -> None:
        """Draw on frame `n`, a `VideoFrame` that `YuvSurface` takes, which is shown at `time` (s)."""
        self.draw_on(YuvSurface.of(frame), n, time)

    def draw_on(self, surface: YuvSurface, n: int, time: float) -> None:
        """Draw on the planes of frame `n`; see `draw`."""
        scale = scale_of(surface.height)
        for drawn in self._boxes(n):
            _box(surface, drawn, scale)
        if self.style is Overlay.CLIP:
            _text(surface, CLIP_WORD, 0, 0, GROUND, scale)
        if self.debug:
            _text(surface, f"frame {n}  {time:.3f} s", 0, surface.height, GROUND, scale)

    def _at(self, n: int) -> NDArray[Any]:
        first, last = np.searchsorted(self.rows["frame"], (n, n + 1))
        rows: NDArray[Any] = self.rows[first:last]
        return rows

    def _boxes(self, n: int) -> list[OverlayBox]:
        """Return the boxes of frame `n`, those of the one trace last."""
        found = [self._drawn(row) for row in self._at(n)]
        return sorted(found, key=lambda drawn: not drawn.thin)

    def _drawn(self, row: Any) -> OverlayBox:
        trace, x, y = int(row["trace"]), int(row["x"]), int(row["y"])
        area = Area(x, y, x + int(row["width"]), y + int(row["height"]))
        label = self.labels[row["label"]] if row["label"] < len(self.labels) else ""
        colour, interpolated, score = colour_of(trace, label), bool(row["interpolated"]), f"{row['confidence']:.2f}"
        match self.style:
            case Overlay.TRACE if trace != self.trace:
                return OverlayBox(area, "", colour, thin=True)
            case Overlay.TRACE if self.debug:
                return OverlayBox(area, f"{'~' if interpolated else ''}#{trace} {score}", colour)
            case Overlay.BOXES:
                return OverlayBox(area, f"{label} {score}", colour)
            case Overlay.LABELS if self.debug:
                return OverlayBox(area, f"#{trace} {label} {score}", colour, dashed=interpolated)
        return OverlayBox(area, label, colour)


def _box(surface: YuvSurface, drawn: OverlayBox, scale: int) -> None:
    area = drawn.area
    line = scale if drawn.thin else 2 * scale
    dash = DASH * scale if drawn.dashed else 0
    for top in (area.y1, max(area.y1, area.y2 - line)):
        for start, end in _dashes(area.x1, area.x2, dash):
            surface.fill(Area(start, top, end, min(area.y2, top + line)), drawn.colour)
    for left in (area.x1, max(area.x1, area.x2 - line)):
        for start, end in _dashes(area.y1, area.y2, dash):
            surface.fill(Area(left, start, min(area.x2, left + line), end), drawn.colour)
    if drawn.text:
        high = _text_height(scale)
        above = area.y1 - high if area.y1 >= high else area.y1
        _text(surface, drawn.text, area.x1, above, drawn.colour, scale)


def _dashes(start: int, end: int, dash: int) -> list[tuple[int, int]]:
    """Return the parts of a line from `start` to `end` that are drawn, all of it if `dash` is 0."""
    return [(at, min(at + dash, end)) for at in range(start, end, 2 * dash)] if dash else [(start, end)]


def _text_height(scale: int) -> int:
    return (CELL_HEIGHT + 1) * scale


def _text(surface: YuvSurface, text: str, x: int, y: int, ground: Rgb, scale: int) -> None:
    """Write `text` on a filled box whose upper left corner is at (`x`, `y`), moved until it lies in the picture."""
    letters = mask(text, scale)
    wide, high = letters.shape[1] + scale, _text_height(scale)
    x, y = max(0, min(x, surface.width - wide)), max(0, min(y, surface.height - high))
    surface.fill(Area(x, y, x + wide, y + high), ground)
    surface.stamp(letters, x + scale, y + scale, LETTERS)
