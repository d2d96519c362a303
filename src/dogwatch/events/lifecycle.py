"""When a tracked object is news: `new`, `update` and `end` (docs/events.md).

Pure: a `Lifecycle` takes frames and answers with changes; it knows no clock, no database and no files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator

from msgspec.structs import replace

from dogwatch.bus.messages import BestPicture, FrameTracks
from dogwatch.events import bodies
from dogwatch.events.live_object import Kind, LiveObject, ObjectChange
from dogwatch.events.news import better_picture, counts_anew, due, goes_on, judge, name_by_logo
from dogwatch.events.rules import CameraRules
from dogwatch.events.timeline import moments
from dogwatch.model import TrackedObject

MAX_OBJECTS = 500  # live objects of one camera; a tracker that makes more has lost its mind
MAX_WAITING_ENTRIES = 200  # timeline entries of an object that is not stored yet
EARLY_S = 10.0  # a picture and its frame travel the same way, so this is generous
RESENT_S = 30.0  # frames that a core before this one took in may come again, but no older ones than that
LOST_S = 30.0  # how long an event lasts whose end nobody has seen


class Lifecycle:
    """All live objects of one camera.

    `awaited` are objects that a core before this one knew: they go on when a frame lists them. `changed` says whether
    the last frame may have changed which objects there are, where, and whether they move.
    """

    def __init__(self, camera: str) -> None:
        """Begin with no objects."""
        self.camera = camera
        self.live: dict[str, LiveObject] = {}
        self.awaited: dict[str, LiveObject] = {}
        self.refused = 0
        self.changed = False
        self._untold: list[LiveObject] = []
        self._early: dict[str, BestPicture] = {}
        self._ended: deque[str] = deque(maxlen=MAX_OBJECTS)
        self._ended_before: frozenset[str] = frozenset()

    def take_over(self, lives: Iterable[LiveObject], ended: Collection[str]) -> None:
        """Await objects that the core before this one knew; those in `ended` have been told to their end."""
        self.awaited.update({live.obj.id: live for live in lives})
        self._ended_before = frozenset(ended)

    def find(self, key: str) -> LiveObject | None:
        """Return the object that is live or awaited."""
        return self.live.get(key) or self.awaited.get(key)

    def step(self, tracks: FrameTracks, rules: CameraRules) -> list[ObjectChange]:
        """Take in one frame; return what has to be told, in order.

        Objects that the analysis no longer mentions have ended, whether it says so or not: it may have been restarted.
        """
        changes: list[ObjectChange] = []
        frame = (tracks.width, tracks.height)
        ended = {obj.id: obj for obj in tracks.ended}
        self.changed = bool(self.awaited)
        if self.awaited:
            changes.extend(self._meet(tracks, rules))
        present = set()
        for obj in tracks.objects:
            if obj.id in ended:
                continue
            present.add(obj.id)
            live = self.live.get(obj.id)
            if live is not None and live.frame == frame and goes_on(live, obj, rules):
                live.obj = obj
            else:
                self.changed = self.changed or live is None or counts_anew(live.obj, obj)
                changes.extend(self._see(obj, frame, rules))
        for evidence in tracks.evidence:
            if (live := self.live.get(evidence.id)) is not None:
                live.evidence = evidence
        if not self.live.keys() <= present:
            self.changed = True
            for key in [key for key in self.live if key not in present]:
                changes.extend(self._end(key, ended.get(key), rules))
        return changes

    def take_untold(self) -> list[LiveObject]:
        """Return, once, the objects that have ended without a message about them."""
        untold, self._untold = self._untold, []
        return untold

    def has_ended(self, key: str) -> bool:
        """Whether the object has ended lately; a picture of it comes too late."""
        return (key in self._ended or key in self._ended_before) and self.find(key) is None

    def forget_early(self, now: float) -> list[str]:
        """Forget pictures whose objects have not come within seconds; return those objects' ids."""
        late = [key for key, picture in self._early.items() if picture.frame_time < now - EARLY_S]
        for key in late:
            del self._early[key]
        return late

    def picture(self, picture: BestPicture, rules: CameraRules) -> list[ObjectChange]:
        """Take in a better picture; it may make a snapshot possible, or be worth an update."""
        live = self.find(picture.object_id)
        if live is None:
            # It has overtaken the frame it belongs to.
            self._early[picture.object_id] = picture
            return []
        live.picture, live.picture_lost = picture, False
        return list(self._news(live, rules)) if picture.object_id in self.live else []

    def end_all(self, rules: CameraRules) -> list[ObjectChange]:
        """End every object at its last frame."""
        lost = self.give_up(rules)
        return lost + [change for key in list(self.live) for change in self._end(key, None, rules)]

    def give_up(self, rules: CameraRules) -> list[ObjectChange]:
        """End awaited objects that nobody has seen again."""
        return [change for key in list(self.awaited) for change in self._lose(key, rules)]

    def touch(self, live: LiveObject) -> list[ObjectChange]:
        """Tell of something that came from outside, such as a sub-label."""
        live.judged_by = None
        return [self._change("update", live)] if live.published else []

    def _meet(self, tracks: FrameTracks, rules: CameraRules) -> Iterator[ObjectChange]:
        """Let awaited objects go on that the frame lists, and end those that it should list."""
        listed = {obj.id for obj in (*tracks.objects, *tracks.ended)}
        for key, live in list(self.awaited.items()):
            if key in listed:
                self.live[key] = self.awaited.pop(key)
                live.graded = rules.severity(live.obj)
            elif tracks.frame_time >= live.obj.frame_time:  # else the core before this one took this frame in as well
                yield from self._lose(key, rules)

    def _lose(self, key: str, rules: CameraRules) -> Iterator[ObjectChange]:
        live = self.live[key] = self.awaited.pop(key)
        yield from self._end(key, replace(live.obj, end_time=live.obj.start_time + LOST_S), rules)

    def _see(self, obj: TrackedObject, frame: tuple[int, int], rules: CameraRules) -> Iterator[ObjectChange]:
        live = self.live.get(obj.id)
        if live is None:
            if obj.id in self._ended_before:
                return
            if len(self.live) >= MAX_OBJECTS:
                self.refused += 1
                return
            live = self.live[obj.id] = LiveObject(obj, frame, picture=self._early.pop(obj.id, None))
        if live.known_until - RESENT_S <= obj.frame_time <= live.known_until:
            return
        live.known_until = 0.0
        before = live.obj if live.published else None
        live.obj, live.frame = obj, frame
        if obj.false_positive:
            return
        name_by_logo(live)
        live.entries.extend(moments(before, obj, frame, live.name))
        del live.entries[MAX_WAITING_ENTRIES:]
        yield from self._news(live, rules)
        live.judged_by = rules

    def _news(self, live: LiveObject, rules: CameraRules) -> Iterator[ObjectChange]:
        if live.obj.false_positive:
            return
        judge(live, rules)
        if not live.published:
            live.published = True
            yield self._change("new", live)
        elif better_picture(live) or due(live):
            yield self._change("update", live)

    def _end(self, key: str, final: TrackedObject | None, rules: CameraRules) -> Iterator[ObjectChange]:
        live = self.live.pop(key)
        self._ended.append(key)
        obj = final or live.obj
        # A track may have been confirmed by its very last state only; then it had no `new`, and gets nothing.
        live.obj = replace(obj, end_time=obj.end_time if obj.end_time is not None else live.obj.frame_time)
        if not live.published:
            self._untold.append(live)
            return
        judge(live, rules)
        live.entries.extend(moments(live.obj, None, live.frame, live.name))
        yield self._change("end", live)

    def _change(self, kind: Kind, live: LiveObject) -> ObjectChange:
        after = bodies.tracked(live)
        before = live.body if kind != "new" else after
        live.body, live.told, live.told_time = after, live.obj, live.obj.frame_time
        if live.picture is not None:
            live.told_picture = live.picture.frame_time
        return ObjectChange(kind, live, before, after)
