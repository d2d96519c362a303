"""Review items: all activity of one camera in a time span (docs/events.md).

Pure: a `ReviewLine` takes what is active at a moment and answers with the changes of its one open item.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from dogwatch.events.review_item import ReviewActivity, ReviewItem
from dogwatch.events.rules import CameraRules
from dogwatch.model import Severity, new_id

Kind = Literal["new", "update", "end"]


@dataclass(frozen=True, slots=True)
class ReviewChange:
    """A message to publish: `before` and `after` are bodies. `item` is the item itself."""

    kind: Kind
    item: ReviewItem
    before: dict[str, Any]
    after: dict[str, Any]


class ReviewLine:
    """The review items of one camera, one after the other."""

    def __init__(self, camera: str) -> None:
        """Begin with no open item."""
        self.camera = camera
        self.open: ReviewItem | None = None
        self._told: dict[str, Any] = {}
        self._rest: tuple[float, float] | None = None

    @property
    def status(self) -> str:
        """The payload of the topic `<camera>/review_status`."""
        return self.open.severity.upper() if self.open else "NONE"

    def take_over(self, item: ReviewItem) -> None:
        """Go on with an item that a core before this one has opened."""
        self.open, self._told = item, item.body()

    def step(self, time: float, activities: Iterable[ReviewActivity], rules: CameraRules) -> list[ReviewChange]:
        """Take in what is active at `time` (epoch s), perhaps nothing; return what has to be told, in order."""
        if not rules.record:
            return self.close(time)
        active = list(activities)
        changes = list(self._expire(time, active, rules))
        if active:
            changes.extend(self._extend(time, active, rules))
        return changes

    def close(self, time: float) -> list[ReviewChange]:
        """End the open item at its last activity, or at `time` if that was to last longer."""
        item = self.open
        last = 0.0 if item is None else item.last_alert if item.severity == "alert" else item.last_any
        return self.cut_off(min(last, time))

    def cut_off(self, time: float) -> list[ReviewChange]:
        """End the open item at `time`."""
        self._rest = None
        if self.open is None:
            return []
        item, self.open = self.open, None
        item.end_time = max(item.start_time, time)
        return [self._change("end", item)]

    def shorten(self, time: float) -> None:
        """Forget that activity was to last beyond `time`: a manual event has been ended early."""
        if self.open is not None:
            self.open.last_alert = min(self.open.last_alert, time)
            self.open.last_any = min(self.open.last_any, time)

    def thumbnail(self, time: float) -> list[ReviewChange]:
        """Note that the open item is to have a new thumbnail, of `time`."""
        if self.open is None:
            return []
        self.open.thumb_time = time
        return [self._change("update", self.open)]

    def _expire(self, time: float, active: list[ReviewActivity], rules: CameraRules) -> Iterator[ReviewChange]:
        item = self.open
        if item is None:
            return
        if item.severity == "detection":
            if not active and time - item.last_any > rules.detections.cutoff_time:
                yield from self.close(time)
            return
        if any(activity.severity == "alert" for activity in active):
            return
        if time - item.last_alert > rules.alerts.cutoff_time:
            yield from self.close(time)
            # What went on after the alert becomes an item of its own, from its own beginning.
            if item.detection_since is not None:
                self._rest = (item.detection_since, item.last_any)

    def _extend(self, time: float, active: list[ReviewActivity], rules: CameraRules) -> Iterator[ReviewChange]:
        alert = any(activity.severity == "alert" for activity in active)
        kind: Kind | None = None
        item = self.open
        if item is None:
            item, kind = self._begin(time, rules), "new"
            self.open = item
        if alert and item.severity == "detection":
            item.severity, kind = "alert", kind or "update"
        for activity in active:
            if item.take_in(activity):
                kind = kind or "update"
        item.last_any = max(item.last_any, time, *_ends(active, None))
        if alert:
            item.last_alert = max(item.last_alert, time, *_ends(active, "alert"))
            item.detection_since = None
        elif item.detection_since is None:
            item.detection_since = time
        if kind is not None:
            yield self._change(kind, item)

    def _begin(self, time: float, rules: CameraRules) -> ReviewItem:
        start = time
        if self._rest is not None and time - self._rest[1] <= rules.detections.cutoff_time:
            start = self._rest[0]
        self._rest = None
        return ReviewItem(new_id(start), self.camera, "detection", start, start, start)

    def _change(self, kind: Kind, item: ReviewItem) -> ReviewChange:
        after = item.body()
        before = after if kind == "new" else self._told
        self._told = after
        return ReviewChange(kind, item, before, after)


def _ends(active: list[ReviewActivity], severity: Severity | None) -> list[float]:
    return [a.until for a in active if a.until is not None and (severity is None or a.severity == severity)]
