"""Matches detections to tracks, frame by frame.

Every track is predicted to the frame's time. Then detections are matched to tracks by optimal assignment, twice: first
those with high scores, then those with low scores to the remaining tracks (the idea of ByteTrack, Zhang et al., ECCV
2022; `association`). Ties are broken the same way every time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from dogwatch.vision.association import ANYWHERE, inside, match
from dogwatch.vision.colours import Colours, FrameColours, blended
from dogwatch.vision.joining import POSSIBLE, Glimpse, joins, odds
from dogwatch.vision.kalman import BoxFilter, Corners, Values, to_center
from dogwatch.vision.standing import StandingPlace, stands_firm

GRACE_S = 0.7  # for how long a track that is not confirmed may be missed
STANDING_S, STEP_AWAY = 5.0, 0.35  # what stays within so many heights for so long stands
JOIN_HITS, JOIN_S = 2, 3.0  # a new track may continue an old one from so many detections on, for so long
HIDES, HIDDEN_S = 0.4, 30.0  # what stands is waited for while so much of it is hidden
LEFT, LEFT_S, LEFT_MOST_S = 0.4, 0.3, 1.5  # less of it than this is expected in the frame, soon after it was seen last
EPSILON = 1e-6
APART = 0.4  # of the sum of two widths: boxes are wider than bodies
LOOK_S, FIRST_LOOKS = 1.0, 3  # how often an object's colours are looked at, after the first few times


class TrackerUpdate(msgspec.Struct, frozen=True, gc=False):
    """The changes to the tracks by one frame.

    `seen` maps a track's key to the index of its detection, also for new tracks; `missed` are keys of tracks that were
    looked for and not found, though nothing hides them; `lost` are keys of those that ended. `joined` maps the keys of
    new tracks that are gone, as they continue an older one, to that one's, which is seen.
    """

    seen: dict[int, int]
    missed: tuple[int, ...]
    lost: tuple[int, ...]
    joined: dict[int, int] = {}


@dataclass(slots=True)
class _Track:
    key: int
    label: int
    box: BoxFilter
    anchor: tuple[float, float, float]  # centre x, y, and since when it has been there
    hits: int = 1
    missing_since: float | None = None
    standing: bool = False
    known: bool = False
    began: tuple[Values, float] = ((0.0, 0.0, 0.0, 0.0), 0.0)
    last: Glimpse | None = None
    home: StandingPlace | None = None
    colours: Colours | None = None
    look_time: float = -math.inf  # from when on its colours may be looked at again
    looks: int = 0
    contested: bool = False

    @property
    def parked(self) -> bool:
        """Whether it is a vehicle that has stood for long."""
        return self.standing and self.home is not None

    def learn(self, seen: Colours | None, time: float) -> None:
        """Note what it looks like at `time`, when nothing is in front of it."""
        if seen is None:
            return
        self.colours = seen if self.colours is None else blended(self.colours, seen)
        self.looks += 1
        self.look_time = time + (LOOK_S if self.looks >= FIRST_LOOKS else 0.0)

    def glimpse(self) -> Glimpse:
        """Return where it was seen last."""
        return replace(self.last or self.beginning(), colours=self.colours, label=self.label)

    def beginning(self) -> Glimpse:
        """Return where it began, with the speed that it has now."""
        x, y, _, _ = self.box.speed
        center, time = self.began
        return Glimpse(center, (x, y), time, self.colours, self.label)

    def take_over(self, young: _Track) -> None:
        """Go on as `young`."""
        self.box, self.anchor, self.standing = young.box, young.anchor, young.standing
        self.hits, self.missing_since, self.last = self.hits + young.hits, None, young.last
        self.known, self.home = True, young.home
        if young.colours is not None:
            self.learn(young.colours, young.look_time)

    def seen(self, found: Values, time: float) -> None:
        """Go on at `time` with the detection `found`."""
        at_home = self.home.seen(found) if self.home is not None else None
        self.box.correct(at_home if self.parked and at_home is not None else found)
        self.note_place(time, stays=self.parked and at_home is not None)

    def note_place(self, time: float, *, stays: bool = False) -> None:
        """Note whether the object still stands where it did, or, if that is known, that it `stays` there."""
        x, y, width, height = self.box.mean
        self.last = Glimpse((x, y, width, height), (self.box.speed[0], self.box.speed[1]), time)
        at_x, at_y, since = self.anchor
        if not stays and max(abs(x - at_x), abs(y - at_y)) > STEP_AWAY * height:
            self.anchor, self.standing = (x, y, time), False
            self.home = StandingPlace((x, y, width, height)) if stands_firm(self.box) else None
        elif time - since >= STANDING_S:
            self.standing = True
        self.box.still = self.standing


class Tracker:
    """All tracks of one camera. Keys count up from 0 and are never reused."""

    def __init__(
        self,
        *,
        min_initialized: int,
        max_missing_s: float,
        frame_s: float,
        frame: tuple[float, float] = ANYWHERE,
    ) -> None:
        """Begin without tracks.

        Args:
            min_initialized: Consecutive detections after which a track is confirmed.
            max_missing_s: Seconds without a detection after which a confirmed track ends.
            frame_s: Seconds between two frames at the detect rate: the least time that a missed frame counts for.
            frame: Width and height of the frame in pixels. What is missed and must have left it ends at once.
        """
        self._min_hits, self._max_missing, self._frame_s = min_initialized, max_missing_s, frame_s
        self._frame = frame
        self._tracks: list[_Track] = []
        self._time = 0.0
        self._next = 0

    def __len__(self) -> int:
        return len(self._tracks)

    @property
    def keys(self) -> list[int]:
        """The tracks' keys, oldest first; all other properties have the same order."""
        return [track.key for track in self._tracks]

    @property
    def confirmed(self) -> list[bool]:
        """Which tracks have been seen often enough."""
        return [track.hits >= self._min_hits for track in self._tracks]

    @property
    def missing(self) -> list[bool]:
        """Which tracks were not found when last looked for."""
        return [track.missing_since is not None for track in self._tracks]

    @property
    def contested(self) -> list[bool]:
        """Which tracks are new, and may yet turn out to continue one that was lost."""
        return [track.contested for track in self._tracks]

    def predicted(self, time: float) -> list[Corners]:
        """Return where the tracks should be at `time`."""
        step = max(0.0, time - self._time)
        return [track.box.corners(step) for track in self._tracks]

    def speeds(self) -> list[list[float]]:
        """Return the tracks' speeds in pixels a second, each of centre x, centre y, width, height."""
        return [track.box.speed for track in self._tracks]

    def update(
        self,
        time: float,
        boxes: Sequence[Corners],
        labels: Sequence[int],
        sure: Sequence[bool],
        looked: Sequence[bool] | None = None,
        told: Sequence[bool] | None = None,
        colours: FrameColours | None = None,
    ) -> TrackerUpdate:
        """Match the detections of the frame at `time`.

        Args:
            time: Epoch seconds; not before the last update's.
            boxes: The detections.
            labels: A number for each detection; only tracks with the same number match.
            sure: Which detections have a high score, and are matched first.
            looked: Which tracks a detector has looked for; None means all. Others do not count as missed.
            told: Which tracks the user knows of: they stay themselves. None means all that are confirmed.
            colours: What the detections look like; None if the picture is gone.
        """
        step = max(0.0, time - self._time)
        for track in self._tracks:
            track.box.advance(step)
        self._time = max(time, self._time)
        before, centers = self.keys, [to_center(box) for box in boxes]
        matched = match(self._tracks, centers, labels, sure, colours, self._frame)
        seen: dict[int, int] = {}
        for track, index in zip(self._tracks, matched, strict=True):
            if index < 0:
                continue
            seen[track.key], track.missing_since = index, None
            track.hits += 1
            track.known = track.hits >= self._min_hits
            track.seen(centers[index], time)
            if colours is not None and time >= track.look_time and _apart(centers, index):
                track.learn(colours.of(index), time)
        joined = self._join(told, seen)
        missed: tuple[int, ...] = ()
        lost: tuple[int, ...] = ()
        if len(seen) < len(self._tracks):
            searched = None if looked is None else {key for key, one in zip(before, looked, strict=True) if one}
            overlooked = []
            for row, track in enumerate(self._tracks):
                if track.key not in seen:
                    if track.standing and track.home is not None:
                        track.box.rest(track.home.box)
                    track.box.fade(step)
                    if track.standing and track.box.unseen_s < HIDDEN_S and _hides(centers, track.box.mean):
                        track.missing_since = None
                    elif searched is None or track.key in searched:
                        overlooked.append(row)
            missed, lost = self._miss(time, overlooked, centers), self._drop(time, overlooked)
        if len(seen) < len(labels):
            used = set(seen.values())
            seen.update(
                self._begin(time, centers, labels, [index for index in range(len(labels)) if index not in used])
            )
        return TrackerUpdate(seen, missed, lost, joined)

    def coast(self, time: float, waited_for: Sequence[bool]) -> tuple[int, ...]:
        """Count the tracks in `waited_for` as missed at `time`, without a detection; return those that ended."""
        self._miss(time, [row for row, waited in enumerate(waited_for) if waited])
        return self._drop(time, ())

    def drop(self, keys: Sequence[int]) -> None:
        """Forget the tracks `keys`."""
        if keys:
            self._keep([row for row, track in enumerate(self._tracks) if track.key not in keys])

    # ------------------------------------------------------------ steps

    def _join(self, told: Sequence[bool] | None, seen: dict[int, int]) -> dict[int, int]:
        """Let tracks that were missed go on as new ones that nobody knows of yet; return old keys by new ones.

        A vehicle that stands is not lost: what is found elsewhere passes in front of it or behind.
        """
        lost = [
            track
            for track in self._tracks
            if track.key not in seen and track.known and track.last is not None and not track.parked
        ]
        for track in self._tracks:
            track.contested = False
        if not lost:
            return {}
        known = told if told is not None else [track.hits > self._min_hits for track in self._tracks]
        new = [
            track
            for track, is_told in zip(self._tracks, known, strict=True)
            if not is_told and track.key in seen and track.hits >= JOIN_HITS and track.box.followed_s <= JOIN_S
        ]
        if not new:
            return {}
        joined: dict[int, int] = {}
        ends, begins = [one.glimpse() for one in lost], [one.beginning() for one in new]
        for track, beginning in zip(new, begins, strict=True):
            track.contested = any(
                end.label == beginning.label and odds(end, beginning, self._frame) > POSSIBLE for end in ends
            )
        for row, column in joins(ends, begins, self._frame):
            old, young = lost[row], new[column]
            joined[young.key] = old.key
            seen[old.key] = seen.pop(young.key)
            old.take_over(young)
        if joined:
            self._keep([row for row, track in enumerate(self._tracks) if track.key not in joined])
        return joined

    def _miss(self, time: float, missed: Sequence[int], found: Sequence[Values] = ()) -> tuple[int, ...]:
        """Note that the tracks in the rows `missed` were not found at `time`.

        Returns:
            Their keys, without those of tracks that one of the boxes `found` hides: nobody could find these.
        """
        tracks = [self._tracks[row] for row in missed]
        for track in tracks:
            if track.missing_since is None:
                track.missing_since = time
        return tuple([track.key for track in tracks if not _hides(found, track.box.mean)])

    def _drop(self, time: float, missed: Sequence[int]) -> tuple[int, ...]:
        """End tracks that were missing for too long, which for unconfirmed ones is `GRACE_S`."""
        gone = {
            row
            for row, track in enumerate(self._tracks)
            if track.missing_since is not None
            and time - track.missing_since + self._frame_s >= self._max_missing - EPSILON
        }
        gone.update(
            [
                row
                for row in missed
                if (track := self._tracks[row]).hits < self._min_hits
                and time - (track.missing_since or time) + self._frame_s > GRACE_S + EPSILON
            ]
        )
        gone.update(
            [
                row
                for row in missed
                if LEFT_S <= (one := self._tracks[row].box).unseen_s <= LEFT_MOST_S
                and inside(one.mean, self._frame) < LEFT
            ]
        )
        if not gone:
            return ()
        lost = tuple([self._tracks[row].key for row in sorted(gone)])
        self._keep([row for row in range(len(self._tracks)) if row not in gone])
        return lost

    def _begin(self, time: float, centers: list[Values], labels: Sequence[int], fresh: list[int]) -> dict[int, int]:
        """Begin a track for each of the detections `fresh`; return their indices by key."""
        begun = {self._next + count: index for count, index in enumerate(fresh)}
        self._next += len(fresh)
        self._tracks += [
            _Track(
                key,
                labels[index],
                BoxFilter(centers[index]),
                (*centers[index][:2], time),
                began=(centers[index], time),
                home=StandingPlace(centers[index]) if centers[index][2] > centers[index][3] else None,
            )
            for key, index in begun.items()
        ]
        return begun

    def _keep(self, rows: list[int]) -> None:
        self._tracks = [self._tracks[row] for row in rows]


def _hides(found: Sequence[Values], box: Sequence[float]) -> bool:
    """Whether one of the boxes `found` is nearer than `box` and hides the most of it."""
    x, y, width, height = box
    for other_x, other_y, other_width, other_height in found:
        across = (width + other_width) / 2 - abs(x - other_x)
        down = (height + other_height) / 2 - abs(y - other_y)
        nearer = other_y + other_height / 2 > y + height / 2
        if nearer and across > 0 < down and min(across, width) * min(down, height) >= HIDES * width * height:
            return True
    return False


def _apart(centers: Sequence[Values], index: int) -> bool:
    """Whether no other detection lies over the one at `index`: its colours are its own."""
    x, y, width, height = centers[index]
    return not any(
        abs(x - other_x) < (width + other_width) * APART and abs(y - other_y) < (height + other_height) / 2
        for number, (other_x, other_y, other_width, other_height) in enumerate(centers)
        if number != index
    )
