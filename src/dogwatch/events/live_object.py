"""One tracked object while it lives, and a change of it that has to be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from dogwatch.bus.messages import BestPicture
from dogwatch.events.review_item import ReviewActivity
from dogwatch.events.rules import CameraRules
from dogwatch.events.timeline import TimelineEntry
from dogwatch.evidence import ObjectEvidence
from dogwatch.model import Severity, TrackedObject

Kind = Literal["new", "update", "end"]


class Decision(msgspec.Struct, frozen=True):
    """Something that the rules have decided about an object in the frame at `time`.

    `decision` is alert, detection, clip or snapshot; `setting` is the key of the rule, `labels` and `required_zones`
    are what it asks for (None: any label), and `zones` those in which the object was.
    """

    time: float
    decision: str
    setting: str
    labels: tuple[str, ...] | None
    required_zones: tuple[str, ...]
    zones: tuple[str, ...]


@dataclass(slots=True)
class ObjectPath:
    """The path of one object as messages and rows carry it; each point is converted once."""

    _points: list[Any] = field(default_factory=list)
    _last: tuple[float, float, float] | None = None

    def of(self, obj: TrackedObject) -> list[Any]:
        """Return `[[[x, y], time], ...]`, x and y as fractions with four decimals."""
        known = len(self._points)
        if known > len(obj.path) or (known and obj.path[known - 1] != self._last):
            self._points, known = [], 0  # the analysis has thinned the path out
        self._points.extend([[round(x, 4), round(y, 4)], time] for x, y, time in obj.path[known:])
        self._last = obj.path[-1] if obj.path else None
        return self._points.copy()


@dataclass(slots=True)
class LiveObject:
    """One tracked object from its first frame to its end.

    `published` says that `new` has been told. `stored` is the essence of the row that has been handed to the database,
    None as long as there is none; `remembered` is that of what was handed to it for a new core while there is no row.
    `deleted` says that a user has deleted the event meanwhile. `picture_lost` says that the clean picture behind
    `picture` was in the memory of a core that has gone. `body` is the last published message body, `told` and
    `told_time` the object's state and frame time in it, `told_picture` the picture's time in it. `known_until` is the
    time of the newest frame that a core before this one has told of. `judged_by` are the rules under which the state in
    `obj` was judged and told of, None if it has not been; `graded` is what it qualifies for now, and `activity` what it
    was in a review item last. `evidence` and `decisions` say why it is an event.
    """

    obj: TrackedObject
    frame: tuple[int, int]
    picture: BestPicture | None = None
    picture_lost: bool = False
    sub_label: tuple[str, float | None] | None = None
    plate: tuple[str, float | None] | None = None
    description: str | None = None
    severity: Severity | None = None
    has_clip: bool = False
    has_snapshot: bool = False
    published: bool = False
    stored: tuple[Any, ...] | None = None
    remembered: tuple[Any, ...] | None = None
    deleted: bool = False
    body: dict[str, Any] = field(default_factory=dict)
    told: TrackedObject | None = None
    told_time: float = 0.0
    told_picture: float = 0.0
    entries: list[TimelineEntry] = field(default_factory=list)
    known_until: float = 0.0
    path: ObjectPath = field(default_factory=ObjectPath)
    judged_by: CameraRules | None = None
    graded: Severity | None = None
    activity: ReviewActivity | None = None
    evidence: ObjectEvidence | None = None
    decisions: tuple[Decision, ...] = ()

    @property
    def qualifies(self) -> bool:
        """Whether the object has earned a row."""
        return (self.has_clip or self.has_snapshot) and not self.deleted

    @property
    def name(self) -> str | None:
        """The sub-label alone."""
        return self.sub_label[0] if self.sub_label else None

    @property
    def plate_text(self) -> str | None:
        """The licence plate alone."""
        return self.plate[0] if self.plate else None

    @property
    def plate_score(self) -> float | None:
        """The score of the licence plate."""
        return self.plate[1] if self.plate else None


class ObjectChange(msgspec.Struct, frozen=True):
    """A message to publish about `live`: `before` and `after` are bodies as in docs/api/websocket.md."""

    kind: Kind
    live: LiveObject
    before: dict[str, Any]
    after: dict[str, Any]
