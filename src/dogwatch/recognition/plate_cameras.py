"""Cameras that only see plates (`type: lpr`): each picture with motion is read, without a detector of cars.

A plate that is read becomes an event, which ends when it was not seen for `lpr.expire_time` (docs/plates.md).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dogwatch.errors import DogwatchError, NotFoundError, unexpected
from dogwatch.recognition.plate_spec import ReadPlate
from dogwatch.recognition.plate_text import PlateReading
from dogwatch.recognition.plate_visits import PlateVisit, PlateVisits
from dogwatch.recognition.plates import VEHICLES, AnswersPlates, PlateSettings

if TYPE_CHECKING:
    from dogwatch.bus.messages import FrameTracks

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5  # of one camera, while something moves
TICK_S, IDLE_TICK_S = 0.5, 5.0
BETTER = 0.01  # a score that is worth being told
MOST_OVER = 200  # events that wait to be ended while the database does not answer
WHOLE = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class PlatePicture:
    """A frame as a JPEG, and when it was taken (epoch s): reading may take long."""

    jpeg: bytes
    time: float


class PlateEvents(Protocol):
    """Where the events of plates are made; all methods may wait, and fail."""

    def begin(self, camera: str, plate: PlateReading, picture: PlatePicture, size: tuple[int, int]) -> str:
        """Make the event of a plate in a picture of this size; return its id."""
        ...

    def tell(self, event_id: str, plate: PlateReading) -> None:
        """Write a reading into an event."""
        ...

    def end(self, event_id: str, ago_s: float) -> None:
        """End an event, which was over so many seconds ago; raises NotFoundError if there is none."""
        ...


class PlateCameras:
    """All such cameras. `moved` never waits; the rest happens in a thread, which begins when it is needed."""

    def __init__(
        self,
        settings: PlateSettings,
        reader: AnswersPlates,
        picture: Callable[[str], PlatePicture | None],
        events: PlateEvents,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look at nothing yet.

        Args:
            settings: What the configuration says.
            reader: Reads plates.
            picture: Returns a camera's present frame, None if there is none.
            events: Where events are made.
            clock: Gives monotonic seconds.
        """
        self._settings, self._reader, self._picture, self._events = settings, reader, picture, events
        self._clock = clock
        self._lock = threading.Lock()
        self._due: dict[str, None] = {}
        self._looked: dict[str, float] = {}
        self._visits: dict[str, PlateVisits] = {}
        self._over: dict[str, float] = {}  # events that are to be ended, and since when they are over
        self._failing = False  # whether the last one could not be ended
        self._there = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False

    def configure(self, settings: PlateSettings) -> None:
        """Go on with other settings; the plates of cameras that are no such ones any more are gone."""
        with self._lock:
            self._settings = settings
        self._there.set()

    def moved(self, tracks: FrameTracks) -> None:
        """Take in what was found in a frame: a picture is due if something moves, and no vehicle is known there."""
        if tracks.camera not in self._settings.dedicated or not tracks.motion_boxes:
            return
        if any(one.label in VEHICLES and not one.false_positive for one in tracks.objects):
            return  # a detector finds them here: their pictures are read
        now = self._clock()
        with self._lock:
            if now - self._looked.get(tracks.camera, float("-inf")) < LOOK_EVERY_S or self._closed:
                return
            self._looked[tracks.camera] = now
            self._due[tracks.camera] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="plate cameras", daemon=True)
                self._thread.start()
        self._there.set()

    def close(self) -> None:
        """Stop, and end what goes on: another core knows nothing of it."""
        with self._lock:
            self._closed = True
            self._due.clear()
        self._there.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._closed:
            self._there.wait(TICK_S if self._visits or self._over else IDLE_TICK_S)
            with self._lock:
                camera = next(iter(self._due), None)
                if camera is not None:
                    del self._due[camera]
                if not self._due:
                    self._there.clear()
            try:
                if camera is not None and camera in self._settings.dedicated:
                    self._look(camera)
                self._end_what_is_over()
            except Exception:
                log.exception("the plates of %s are not read for a moment", camera)
            self._reader.tick(wanted=bool(self._settings.cameras))
        for visits in self._visits.values():
            self._note_over(visits.all(), self._clock())
        self._end_what_is_over()

    def _look(self, camera: str) -> None:
        """Read the present picture of a camera."""
        settings, picture = self._settings, self._picture(camera)
        if picture is None:
            return
        try:
            read = self._reader.ask(ReadPlate(picture.jpeg, WHOLE, None, *settings.cameras[camera]))
            if not read.text:
                return
            judged = self._reader.judge(read.text, settings.texts)
        except DogwatchError:
            return  # it has logged that; the next picture is another chance
        if not judged.usable:
            return
        reading = PlateReading(judged.text, read.score, read.box, judged.owner)
        visits = self._visits.setdefault(camera, PlateVisits())
        visit = visits.add(reading, self._clock(), settings.rules)
        if visit is not None and (best := visit.votes.best(settings.rules)) is not None:
            self._tell(camera, visit, best, picture, read.size)

    def _tell(
        self, camera: str, visit: PlateVisit, best: PlateReading, picture: PlatePicture, size: tuple[int, int]
    ) -> None:
        """Make an event of a plate, or write what is known better now."""
        told = visit.told
        if told is not None and told.text == best.text and best.score < told.score + BETTER:
            return
        try:
            if not visit.event_id:
                visit.event_id = self._events.begin(camera, best, picture, size)
            self._events.tell(visit.event_id, best)
        except Exception as error:  # the picture after it is another chance, and other plates must be ended
            if not visit.failed:
                log.warning("%s: a plate cannot be written: %s", camera, error, exc_info=unexpected(error))
            visit.failed = True
        else:
            visit.told, visit.failed = best, False

    def _end_what_is_over(self) -> None:
        """End the events of plates that are gone; those that cannot be ended now are tried again."""
        now, dedicated = self._clock(), self._settings.dedicated
        for camera, visits in list(self._visits.items()):
            self._note_over(visits.over(now, dedicated.get(camera, 0.0)), now)
            if not visits:
                del self._visits[camera]
        for event_id, since in list(self._over.items()):
            try:
                self._events.end(event_id, max(0.0, now - since))
            except NotFoundError:
                pass  # somebody has deleted it
            except Exception as error:  # the plates that come must be read
                if not self._failing:
                    text = "the event %s of a plate cannot be ended yet: %s"
                    log.warning(text, event_id, error, exc_info=unexpected(error))
                self._failing = True
                self._over[event_id] = self._over.pop(event_id)  # the next time another one is tried first
                return
            self._failing = False
            del self._over[event_id]

    def _note_over(self, visits: Iterable[PlateVisit], now: float) -> None:
        self._over |= {visit.event_id: now for visit in visits if visit.event_id}
        while len(self._over) > MOST_OVER:
            del self._over[next(iter(self._over))]
