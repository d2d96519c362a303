"""Makes the events of plates that a camera sees which only sees plates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.events import edits, manual
from dogwatch.events.manual import ManualEvent
from dogwatch.recognition.plates import PLATE

if TYPE_CHECKING:
    from dogwatch.events.hub import EventHub
    from dogwatch.recognition.plate_cameras import PlatePicture
    from dogwatch.recognition.plate_text import PlateReading

WHO = "plates"


def tell_plate(hub: EventHub, event_id: str, plate: PlateReading, name: str | None) -> None:
    """Write a plate, and the name of its owner, into an event.

    Raises:
        NotFoundError: There is no such event.
    """
    edits.set_plate(hub, event_id, plate.text, plate.score, owner=name, box=plate.box)
    if name is not None:
        edits.set_sub_label(hub, event_id, name, plate.score)


class DedicatedPlateEvents:
    """Makes manual events without an end. Those of a core that was killed are ended by the next one."""

    def __init__(self, hub: EventHub) -> None:
        """Make them in `hub`."""
        self._hub = hub

    def begin(self, camera: str, plate: PlateReading, picture: PlatePicture, size: tuple[int, int]) -> str:
        """Make the event of a plate in a picture of this size, as of the picture's time; return its id."""
        x1, y1, x2, y2 = plate.box
        width, height = size
        box = [x1 / width, y1 / height, (x2 - x1) / width, (y2 - y1) / height]
        drawn = {"boxes": [{"box": box, "color": [255, 255, 0], "score": round(100 * plate.score)}]}
        event = ManualEvent(
            camera, PLATE, None, plate.score, None, draw=drawn, user=WHO, time=picture.time, patient=True
        )
        return manual.create(self._hub, event, lambda: picture.jpeg)

    def tell(self, event_id: str, plate: PlateReading) -> None:
        """Write a reading into an event."""
        tell_plate(self._hub, event_id, plate, plate.owner)

    def end(self, event_id: str, ago_s: float) -> None:
        """End an event, which was over so many seconds ago."""
        manual.end(self._hub, event_id, self._hub.clock() - ago_s, patient=True)
