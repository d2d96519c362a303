"""How many objects there are, told on change (docs/api/websocket.md): per camera, zone and label, all and active."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from dogwatch.events.rules import LOGOS, CameraRules
from dogwatch.model import TrackedObject

Publish = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class _Tally:
    total: Counter[str]
    active: Counter[str]


class Counts:
    """The counts of all cameras and zones."""

    def __init__(self, rules: Mapping[str, CameraRules], publish: Publish) -> None:
        """Begin with zero of everything that is tracked, untold; `announce` tells it."""
        self._publish = publish
        self._cameras: dict[str, dict[str, _Tally]] = {}
        self._told: dict[str, int] = dict.fromkeys(_topics(rules), 0)
        self._seen: dict[str, list[tuple[object, ...]]] = {}

    def configure(self, rules: Mapping[str, CameraRules]) -> None:
        """Tell zeros of what is tracked from now on, and nothing more of what no longer is and is not there."""
        wanted = dict.fromkeys(_topics(rules), 0)
        for camera in self._cameras.keys() - rules.keys():
            del self._cameras[camera], self._seen[camera]
        for topic in wanted.keys() - self._told.keys():
            self._publish(topic, 0)
        self._told = wanted | {topic: count for topic, count in self._told.items() if count or topic in wanted}

    def announce(self) -> None:
        """Publish every count, for somebody who has just come."""
        for topic, count in self._told.items():
            self._publish(topic, count)

    def update(self, camera: str, objects: Iterable[TrackedObject]) -> None:
        """Take in all objects that `camera` has now; false positives do not count."""
        true = [obj for obj in objects if not obj.false_positive]
        seen: list[tuple[object, ...]] = [(o.label, o.stationary, o.current_zones, tuple(o.attributes)) for o in true]
        if self._seen.get(camera) == seen:
            return  # as in nearly every frame
        self._seen[camera] = seen
        before = self._cameras.get(camera, {})
        zones = {zone for obj in true for zone in obj.current_zones}
        now = {f"camera {camera}": _tally(true)}
        for zone in zones:
            now[f"zone {zone}"] = _tally([obj for obj in true if zone in obj.current_zones])
        self._cameras[camera] = now
        for place in before.keys() | now.keys():
            if before.get(place) != now.get(place):
                self._tell(place)

    def _tell(self, place: str) -> None:
        name = place.partition(" ")[2]
        total, active = Counter[str](), Counter[str]()
        for tallies in self._cameras.values():
            if place in tallies:
                total += tallies[place].total
                active += tallies[place].active
        known = {topic.split("/")[1] for topic in self._told if topic.startswith(f"{name}/")}
        for label in sorted(known | total.keys()):
            for topic, count in ((f"{name}/{label}", total[label]), (f"{name}/{label}/active", active[label])):
                if self._told.get(topic) != count:
                    self._told[topic] = count
                    self._publish(topic, count)


def _topics(rules: Mapping[str, CameraRules]) -> Iterator[str]:
    for camera in rules.values():
        for place in (camera.camera, *camera.zones):
            for label in (*camera.track, "all"):
                yield from (f"{place}/{label}", f"{place}/{label}/active")


def _tally(objects: Iterable[TrackedObject]) -> _Tally:
    total, active = Counter[str](), Counter[str]()
    for obj in objects:
        labels = {"all", obj.label, *(label for label in obj.attributes if label in LOGOS)}
        total.update(labels)
        if obj.active:
            active.update(labels)
    return _Tally(total, active)


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
