"""Chooses by which pictures a face in a film is recognised: a few of each trace, spread over its time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dogwatch.workers.files.spec import Corners, FoundBox

MOST_PICTURES = 5  # of a trace: what lasts is divided into as many parts, and each has one
MOST_TRACES = 1000  # of a film
LEAST_SIDE = 20  # pixels of a box: in smaller ones, no way to recognise faces finds one
AROUND = 0.6  # of a box's longer side, on each side of it: a face is found by what is around it, too


class FaceChoice:
    """The best boxes of traces of faces: of detections, the largest product of area and confidence counts."""

    def __init__(self) -> None:
        """Begin without any."""
        self._chosen: dict[int, dict[int, tuple[float, FoundBox]]] = {}
        self._current: dict[int, tuple[float, FoundBox]] | None = None
        self._start, self._frames = 0, 1

    def __len__(self) -> int:
        """Return how many traces have boxes that are large enough."""
        return sum(1 for best in self._chosen.values() if best)

    def begin(self, trace: int, start: int, end: int) -> None:
        """Take boxes of trace number `trace` from now on, which has them in the frames `start` to `end`."""
        self._start, self._frames = start, end - start + 1
        self._current = self._chosen.setdefault(trace, {}) if len(self._chosen) < MOST_TRACES else None

    def add(self, boxes: Iterable[FoundBox]) -> None:
        """Take some of its boxes."""
        if self._current is None:
            return
        for box in boxes:
            frame, _, _, width, height, confidence, interpolated, _ = box
            if interpolated or min(width, height) < LEAST_SIDE:
                continue
            part = (frame - self._start) * MOST_PICTURES // self._frames
            worth = width * height * confidence
            if part not in self._current or worth > self._current[part][0]:
                self._current[part] = worth, box

    def parts(self) -> Iterator[tuple[int, int, Corners]]:
        """Yield trace, frame and the corners of what is to be looked at: trace by trace, in the order of frames.

        Corners may lie outside of the picture.
        """
        for trace, best in self._chosen.items():
            for _, (_, (frame, x, y, width, height, *_)) in sorted(best.items()):
                more = round(max(width, height) * AROUND)
                yield trace, frame, (x - more, y - more, x + width + more, y + height + more)
