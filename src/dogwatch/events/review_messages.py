"""Messages about one camera's review items, each with the thumbnail that clients fetch on hearing of it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future

from dogwatch.bus.messages import BestPicture
from dogwatch.events.live_object import LiveObject
from dogwatch.events.outputs import EventOutputs
from dogwatch.events.review import ReviewChange, ReviewLine
from dogwatch.events.review_item import ReviewItem
from dogwatch.model import Box

REVIEW_PICTURE_S = 5.0


class ReviewMessages:
    """Tells of the changes of a `ReviewLine`; `lives` are the camera's live objects."""

    def __init__(self, line: ReviewLine, lives: Mapping[str, LiveObject], outputs: EventOutputs) -> None:
        """Begin with nothing told."""
        self._line, self._lives, self._outputs = line, lives, outputs
        self._status = line.status
        self._awaited: Future[None] | None = None
        self._ticks_awaited = 0

    def tell(self, changes: list[ReviewChange], pictured: str | None) -> None:
        """Tell of `changes`, and of the camera's status; `pictured` is an object that thumbnails can be made of."""
        for change in changes:
            wanted = change.kind == "new" or (change.kind == "update" and not change.item.thumb_weight)
            future = self._thumbnail(change, pictured) if wanted and pictured else None
            if future is not None:
                self.release(future)
            elif change.kind == "new" and self._expects_picture(change):
                # Clients fetch the thumbnail on hearing of the item; its picture is on the way behind this frame.
                self.release(None)
                future = self._awaited = Future()
                self._ticks_awaited = 0
            self._outputs.tell_review(change, future)
        if self._line.status != self._status:
            self._status = self._line.status
            self._outputs.publish(f"{self._line.camera}/review_status", self._status)

    def on_picture(self, picture: BestPicture) -> None:
        """Make a new thumbnail if this picture is worth one."""
        item = self._line.open
        if item is not None and picture.object_id in item.detections and _better(picture, item):
            item.thumb_weight = 0.0
            self.tell(self._line.thumbnail(picture.frame_time), picture.object_id)

    def tick(self) -> None:
        """Let a message go whose thumbnail has not come; call it about every second."""
        if self._awaited is not None:
            self._ticks_awaited += 1
            if self._ticks_awaited > 1:
                self.release(None)

    def release(self, thumbnail: Future[None] | None) -> None:
        """Let the message that waits for a thumbnail go, once `thumbnail` is done or at once without one."""
        awaited, self._awaited = self._awaited, None
        if awaited is None:
            return
        if thumbnail is None:
            awaited.set_result(None)
        else:
            thumbnail.add_done_callback(lambda _: awaited.set_result(None))

    def take_over(self) -> None:
        """Take as told what a core before this one has told."""
        self._status = self._line.status

    def _expects_picture(self, change: ReviewChange) -> bool:
        ids = change.item.detections
        return any(live.picture is None for key, live in self._lives.items() if key in ids)

    def _thumbnail(self, change: ReviewChange, pictured: str) -> Future[None] | None:
        live = self._lives.get(pictured)
        if live is None or live.picture is None or live.picture_lost:
            return None
        time = live.picture.frame_time
        near = [
            other.obj.box
            for other in self._lives.values()
            if other.obj.id in change.item.detections and other is not live and abs(other.obj.frame_time - time) < 1
        ]
        boxes = [box.fractions(*live.frame) for box in (live.picture.box, *near)]
        change.item.thumb_time = change.after["data"]["thumb_time"] = time
        change.item.thumb_weight = _weight(live.picture.score, live.picture.box)
        return self._outputs.review_thumbnail(self._line.camera, change.item.id, pictured, boxes)


def _better(picture: BestPicture, item: ReviewItem) -> bool:
    return not item.thumb_time or (
        picture.frame_time - item.thumb_time >= REVIEW_PICTURE_S
        and _weight(picture.score, picture.box) > item.thumb_weight
    )


def _weight(score: float, box: Box) -> float:
    return score * box.area
