"""Covers faces also in the pictures in which they were not found: boxes are joined to tracks, and these are held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from dogwatch.media.encoder_spec import CoverBox
from dogwatch.sharing.spec import HOLD_S, between

MARGIN = 0.4  # a cascade finds eyes, nose and mouth; hair, ears and chin lie around them
SPREAD = 0.6  # more of it for each second in which the face was not found
REACH = 1.5  # of its width: how far a face moves at most from one picture to the next, and again in each second
ALIKE = 2.0  # how much larger or smaller it is then, at most


@dataclass(slots=True)
class _Track:
    times: list[float] = field(default_factory=list)
    boxes: list[CoverBox] = field(default_factory=list)

    def takes(self, at: float, box: CoverBox) -> bool:
        """Whether `box` may be the same face."""
        last, gap = self.boxes[-1], at - self.times[-1]
        if not 0 < gap <= HOLD_S:
            return False
        wide, other = last.x2 - last.x1, box.x2 - box.x1
        far = max(abs(box.x1 + box.x2 - last.x1 - last.x2) / 2, abs(box.y1 + box.y2 - last.y1 - last.y2) / 2)
        return wide <= other * ALIKE and other <= wide * ALIKE and far <= max(wide, other) * REACH * (1 + gap)

    def at(self, time: float) -> CoverBox | None:
        """Return what is covered at `time`."""
        missing = max(self.times[0] - time, time - self.times[-1], 0.0)
        if missing > HOLD_S:
            return None
        return between(self.times, self.boxes, time).grown(MARGIN + SPREAD * missing)


class FaceTracks:
    """All faces of a film."""

    def __init__(self) -> None:
        """Hold none."""
        self._tracks: list[_Track] = []
        self._recent: list[_Track] = []
        self._by_second: dict[int, list[_Track]] = {}

    def add(self, at: float, boxes: Iterable[CoverBox]) -> None:
        """Take what was found in the picture at `at` (s); times rise."""
        self._recent = [track for track in self._recent if at - track.times[-1] <= HOLD_S]
        for box in boxes:
            track = next((one for one in self._recent if one.takes(at, box)), None)
            if track is None:
                track = _Track()
                self._tracks.append(track)
                self._recent.append(track)
            track.times.append(at)
            track.boxes.append(box)

    def at(self, time: float) -> list[CoverBox]:
        """Return what is covered at `time`; call it after the last `add`."""
        if not self._by_second and self._tracks:
            self._by_second = defaultdict(list)
            for track in self._tracks:
                for second in range(int(track.times[0] - HOLD_S), int(track.times[-1] + HOLD_S) + 1):
                    self._by_second[second].append(track)
        found = (track.at(time) for track in self._by_second.get(int(time), ()))
        return [box for box in found if box is not None]
