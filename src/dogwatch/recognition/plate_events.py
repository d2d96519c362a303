"""Makes the events of plates that a camera sees which only sees plates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.events import edits, manual
from dogwatch.events.manual import ManualEvent
from dogwatch.recognition.plate_visits import LONGEST_S
from dogwatch.recognition.plates import PLATE

if TYPE_CHECKING:
    from dogwatch.events.hub import EventHub
    from dogwatch.recognition.plate_cameras import PlatePicture
    from dogwatch.recognition.plate_text import PlateReading

WHO = "plates"


def tell_plate(events: EventHub, event_id: str, plate: PlateReading, name: str | None) -> None:
    """Write a plate, and the name of its owner, into an event.

    Raises:
        NotFoundError: There is no such event.
    """
    edits.set_plate(events, event_id, plate.text, plate.score, owner=name, box=plate.box)
    if name is not None:
        edits.set_sub_label(events, event_id, name, plate.score)


class DedicatedPlateEvents:
    """Makes manual events; they end by themselves should nobody be left to end them."""

    def __init__(self, events: EventHub) -> None:
        """Make them in `events`."""
        self._events = events

    def begin(self, camera: str, plate: PlateReading, picture: PlatePicture, size: tuple[int, int]) -> str:
        """Make the event of a plate in a picture of this size, as of the picture's time; return its id."""
        x1, y1, x2, y2 = plate.box
        width, height = size
        box = [x1 / width, y1 / height, (x2 - x1) / width, (y2 - y1) / height]
        drawn = {"boxes": [{"box": box, "color": [255, 255, 0], "score": round(100 * plate.score)}]}
        event = ManualEvent(camera, PLATE, None, plate.score, LONGEST_S, draw=drawn, user=WHO, time=picture.time)
        return manual.create(self._events, event, lambda: picture.jpeg)

    def tell(self, event_id: str, plate: PlateReading) -> None:
        """Write a reading into an event."""
        tell_plate(self._events, event_id, plate, plate.owner)

    def end(self, event_id: str) -> None:
        """End an event now."""
        manual.end(self._events, event_id)
