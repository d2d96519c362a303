"""Which messages about review items are told to people, and how they read. Pure but for what was told before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dogwatch.outputs.push.settings import CameraNotices, PushSettings, title_of

VERIFIED = "-verified"
LONGEST = 200
STAYS_S = 3600
"""How long a push service keeps a message about what is over; one about what goes on is worth nothing later."""
State = Literal["new", "update", "end"]


@dataclass(frozen=True, slots=True)
class ReviewNotice:
    """One thing to tell.

    `path` is the page to open, `image` the thumbnail's path, `ttl` how many seconds a push service keeps it. `first`:
    nothing was told of this item before.
    """

    id: str
    camera: str
    severity: str
    state: State
    title: str
    text: str
    path: str
    image: str
    ttl: int
    first: bool
    detections: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.state == "end"


class Occasions:
    """Decides about one message after the other."""

    def __init__(self, settings: PushSettings, suspended: Callable[[str], bool]) -> None:
        """Begin with nothing told; `suspended` tells whether nobody wants to hear of a camera now."""
        self.settings, self._suspended = settings, suspended
        self._last = float("-inf")
        self._last_of: dict[str, float] = {}
        self._told: dict[str, str] = {}

    def take(
        self, message: Mapping[str, Any], now: float, wanted: Callable[[ReviewNotice], bool] = lambda _: True
    ) -> ReviewNotice | None:
        """Return what a message about a review item (docs/api/websocket.md) tells people at `now`; None if nothing.

        Args:
            message: With `type`, `before` and `after`.
            now: Seconds of a clock that nobody sets.
            wanted: What is not wanted starts no cooldown.
        """
        before, after, state = message["before"], message["after"], message["type"]
        if state not in ("new", "update", "end"):
            return None
        camera = after["camera"]
        first = self._told.get(camera) != after["id"]
        if state == "end" and not first:
            del self._told[camera]
        notices = self.settings.cameras.get(camera)
        if notices is None or not notices.enabled or after["severity"] not in notices.severities:
            return None
        if state == "update" and not _says_more(before, after, notices):
            return None
        notice = notice_of(after, state, notices.title, first=first)
        if not wanted(notice) or self._suspended(camera) or self._too_soon(camera, notices, now):
            return None
        self._last = self._last_of[camera] = now
        if state != "end":
            self._told[camera] = after["id"]  # a camera has one open item
        return notice

    def _too_soon(self, camera: str, notices: CameraNotices, now: float) -> bool:
        never = float("-inf")
        return now < self._last + self.settings.cooldown or now < self._last_of.get(camera, never) + notices.cooldown


def _says_more(before: Mapping[str, Any], after: Mapping[str, Any], notices: CameraNotices) -> bool:
    """Whether an item has other numbers of objects or zones, or has become one that is told."""
    if before["severity"] not in notices.severities:
        return True
    return any(len(before["data"][key]) != len(after["data"][key]) for key in ("objects", "zones"))


def notice_of(item: Mapping[str, Any], state: State, camera_title: str, *, first: bool) -> ReviewNotice:
    """Return what is told of a review item."""
    camera, data, ended = item["camera"], item["data"], state == "end"
    return ReviewNotice(
        id=item["id"],
        camera=camera,
        severity=item["severity"],
        state=state,
        title=_title(data, ended=ended)[:LONGEST],
        text=f"Detected on {camera_title}"[:LONGEST],
        path=f"/review?id={item['id']}" if ended else f"/#{camera}",
        image=item["thumb_path"].removeprefix("/media/frigate"),
        ttl=STAYS_S if ended else 0,
        first=first,
        detections=tuple(data["detections"]),
    )


def _title(data: Mapping[str, Any], *, ended: bool) -> str:
    named = [label for label in data["objects"] if not label.endswith(VERIFIED)]
    seen = [*named, *data["sub_labels"]] or [label.removesuffix(VERIFIED) for label in data["objects"]]
    what = ", ".join(title_of(label) for label in sorted({*seen, *data["audio"]})) or "Activity"
    where = ", ".join(title_of(zone) for zone in data["zones"])
    return f"{what} {'was ' if ended else ''}detected{f' in {where}' if where else ''}"
