"""How many objects there are, told on change (docs/api/websocket.md): per camera, zone and label, all and active."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from dogwatch.events.rules import LOGOS, CameraRules
from dogwatch.model import TrackedObject

Publish = Callable[[str, int], None]


Seen = tuple[str, bool, tuple[str, ...], tuple[str, ...]]
"""What counts of an object: its label, whether it moves, its zones and its attributes."""


class Counts:
    """The counts of all cameras and zones."""

    def __init__(self, rules: Mapping[str, CameraRules], publish: Publish) -> None:
        """Begin with zero of everything that is tracked, untold; `announce` tells it."""
        self._publish = publish
        self._told: dict[str, int] = dict.fromkeys(_topics(rules), 0)
        self._seen: dict[str, Counter[Seen]] = {}

    def configure(self, rules: Mapping[str, CameraRules]) -> None:
        """Tell zeros of what is tracked from now on, and nothing more of what no longer is and is not there."""
        wanted = dict.fromkeys(_topics(rules), 0)
        for camera in self._seen.keys() - rules.keys():
            self.update(camera, ())
            del self._seen[camera]
        for topic in wanted.keys() - self._told.keys():
            self._publish(topic, 0)
        self._told = wanted | {topic: count for topic, count in self._told.items() if count or topic in wanted}

    def announce(self) -> None:
        """Publish every count, for somebody who has just come."""
        for topic, count in self._told.items():
            self._publish(topic, count)

    def update(self, camera: str, objects: Iterable[TrackedObject]) -> None:
        """Take in all objects that `camera` has now; false positives do not count."""
        now = Counter(
            (obj.label, obj.active, obj.current_zones, tuple(obj.attributes))
            for obj in objects
            if not obj.false_positive
        )
        before = self._seen.get(camera, Counter())
        if before == now:
            return  # as in nearly every frame
        self._seen[camera] = now
        changes: Counter[str] = Counter()
        for seen in before.keys() | now.keys():
            if more := now[seen] - before[seen]:
                for topic in _counted(camera, seen):
                    changes[topic] += more
        for topic in sorted(topic for topic, more in changes.items() if more):
            self._told[topic] = self._told.get(topic, 0) + changes[topic]
            self._publish(topic, self._told[topic])


def _topics(rules: Mapping[str, CameraRules]) -> Iterator[str]:
    for camera in rules.values():
        for place in (camera.camera, *camera.zones):
            for label in (*camera.track, "all"):
                yield from (f"{place}/{label}", f"{place}/{label}/active")


def _counted(camera: str, seen: Seen) -> Iterator[str]:
    """Yield the topics in which an object counts."""
    label, active, zones, attributes = seen
    for place in {camera, *zones}:
        for name in {"all", label, *LOGOS.intersection(attributes)}:
            yield f"{place}/{name}"
            if active:
                yield f"{place}/{name}/active"


class MotionState:
    """Whether a camera's picture moves, `OFF` only after a delay."""

    def __init__(self) -> None:
        """Begin with no motion."""
        self.on = False
        self._last = 0.0

    def seen(self, time: float) -> bool:
        """Note motion at `time` (epoch s); return whether this is a change."""
        self._last = max(self._last, time)
        changed, self.on = not self.on, True
        return changed

    def quiet(self, time: float, delay: float) -> bool:
        """Look at the clock; return whether the motion has ended just now."""
        if not self.on or time - self._last < delay:
            return False
        self.on = False
        return True
