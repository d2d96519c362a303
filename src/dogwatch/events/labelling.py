"""Pictures that users send to the dataset: to a labelling service if there is one, else into the local dataset.

Every function waits for the disk, the database or the service, so call it from worker threads, not from the event loop.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from dogwatch.dataset.folder import Dataset
from dogwatch.dataset.labelled_picture import Fractions, KnownBox, LabelledPicture
from dogwatch.dataset.service import LabellingService
from dogwatch.errors import NotFoundError, RefusedError
from dogwatch.events.hub import EventHub
from dogwatch.media import jpeg
from dogwatch.store import events

MOST_FRAMES = 20_000
"""Pictures of one camera in the local dataset: who may look at a camera may add to it, and must not fill the disk."""
BUSY_S = 20.0
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Labelling:
    """Where pictures go; on the disk of `dataset`, `floor_bytes` stay free."""

    hub: EventHub
    dataset: Dataset
    service: LabellingService | None
    floor_bytes: int

    def submit(self, event_id: str, *, annotated: bool = True, wrong: bool = False) -> str:
        """Send an event's clean picture with its box, which may be `wrong`; return the id that it has there.

        Raises:
            NotFoundError: There is no such event.
            RefusedError: It goes on, was sent already, or has no clean picture or no box.
            DogwatchError: The service does not take it.
            OSError: The disk does not.
        """
        with _turn():
            row = self._event(event_id)
            if wrong and row["false_positive"]:
                raise RefusedError("False positive already submitted")
            if row["plus_id"] and not wrong:
                raise RefusedError("Already submitted")
            if wrong and not row["data"].get("box"):
                raise RefusedError("Event has no box")
            clean = self._clean(event_id, row)
            sample = _sample(row, clean, annotated=annotated, wrong=wrong)
            if self.service is not None and row["plus_id"] != event_id:
                plus_id = self._send(self.service, sample, clean, row["plus_id"])
                self._note(event_id, plus_id, wrong=wrong)
                return plus_id
            before = self.dataset.find(sample.camera, sample.id)
            self._room(sample.camera)
            self.dataset.add(sample, clean, self.floor_bytes)
            try:
                self._note(event_id, event_id, wrong=wrong)
            except BaseException:
                self._take_back(sample, before)
                raise
            return event_id

    def submit_frame(self, camera: str, time_: float, picture: bytes) -> str:
        """Send a recorded frame (JPEG), of which nothing is known; return the id that it has there.

        Raises:
            RefusedError: There are too many already.
            DogwatchError: The service does not take it.
            OSError: The disk does not.
        """
        with _turn():
            columns, rows = _size(picture)
            sample = LabelledPicture(f"{time_:.3f}-frame", camera, time_, columns, rows, "frame", time.time())
            if self.service is not None:
                return self.service.submit(sample, picture)
            self._room(camera)
            self.dataset.add(sample, picture, self.floor_bytes)
            return sample.id

    def _event(self, event_id: str) -> dict[str, Any]:
        with self.hub.outputs.db.read() as connection:
            row = events.one(connection, event_id)
        if row is None:
            raise NotFoundError(f"Event {event_id} not found")
        if row["end_time"] is None or row["end_time"] > time.time():
            raise RefusedError("Event is still in progress")
        return row

    def _clean(self, event_id: str, row: dict[str, Any]) -> bytes:
        clean = self.hub.outputs.pictures.get(event_id, row["camera"]) if row["has_snapshot"] else None
        if clean is None:
            raise RefusedError("Event has no clean snapshot")
        return clean

    def _send(self, service: LabellingService, sample: LabelledPicture, clean: bytes, plus_id: str | None) -> str:
        if plus_id is None:
            return service.submit(sample, clean)
        service.correct(sample, plus_id)
        return plus_id

    def _note(self, event_id: str, plus_id: str, *, wrong: bool) -> None:
        def work(connection: Connection) -> bool:
            return events.submitted(connection, event_id, plus_id, wrong=wrong)

        if not self.hub.outputs.wait(work):
            raise NotFoundError(f"Event {event_id} not found")

    def _room(self, camera: str) -> None:
        if self.dataset.count(camera) >= MOST_FRAMES:
            raise RefusedError(f"The dataset has {MOST_FRAMES} pictures of this camera; export and delete some")

    def _take_back(self, sample: LabelledPicture, before: LabelledPicture | None) -> None:
        """Leave the dataset as it was before a request that fails."""
        with contextlib.suppress(OSError):
            if before is None:
                self.dataset.remove(sample)
            else:
                self.dataset.describe(before)


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """Send one picture at a time: two requests for the same event would send it twice."""
    if not _one_at_a_time.acquire(timeout=BUSY_S):
        raise TimeoutError("another picture is being sent")
    try:
        yield
    finally:
        _one_at_a_time.release()


def _sample(row: dict[str, Any], clean: bytes, *, annotated: bool, wrong: bool) -> LabelledPicture:
    data = row["data"]
    columns, rows = _size(clean)
    box = _fractions(data.get("box"))
    found = () if box is None or not annotated else (KnownBox(row["label"], box, data.get("score"), wrong),)
    taken = data.get("snapshot_frame_time") or row["start_time"]
    region = _fractions(data.get("region"))
    return LabelledPicture(row["id"], row["camera"], taken, columns, rows, "event", time.time(), found, region)


def _fractions(value: Any) -> Fractions | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    x, y, w, h = (float(side) for side in value)
    return (x, y, w, h) if w > 0 and h > 0 else None


def _size(picture: bytes) -> tuple[int, int]:
    found = jpeg.size(picture)
    if found is None:
        raise RefusedError("Event has no clean snapshot")
    return found
