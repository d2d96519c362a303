"""From the best pictures of vehicles to the plates of events (docs/plates.md).

A picture waits until the process that reads plates is free; a newer one of the same object takes its place. What was
read of an object is weighed together, and the event gets a plate once the readings agree well enough.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from dogwatch.errors import DogwatchError, NotFoundError, unexpected
from dogwatch.recognition.picture_queue import PictureQueue
from dogwatch.recognition.plate_spec import PlateRead, PlateTexts, ReadPlate, TextJudged
from dogwatch.recognition.plate_text import PlateReading, PlateRules, PlateVotes
from dogwatch.recognition.reader_process import RequestPlaces

if TYPE_CHECKING:
    from dogwatch.bus.messages import BestPicture
    from dogwatch.config import Config
    from dogwatch.config.plates import LprConfig
    from dogwatch.model import Box

log = logging.getLogger(__name__)

PLATE = "license_plate"
VEHICLES = frozenset({"car", "motorcycle", "bus", "truck", PLATE})
FORGET_S, TRY_FOR_S = 600.0, 60.0
SURE_ENOUGH = 4  # readings of one object after which no further ones are made unless its picture shows more


class AnswersPlates(Protocol):
    """What reads plates."""

    def ask(self, question: ReadPlate) -> PlateRead:
        """Return the answer; raises DogwatchError if there is none."""
        ...

    def judge(self, text: str, texts: PlateTexts) -> TextJudged:
        """Return what a text means; raises DogwatchError if there is no answer."""
        ...

    def tick(self, *, wanted: bool = True) -> None:
        """Look at the clock; unless it is `wanted`, end at once."""
        ...

    def close(self) -> None:
        """End."""
        ...


class Tell(Protocol):
    """Writes a plate into an event; raises NotFoundError while the event has no row."""

    def __call__(self, event_id: str, plate: PlateReading, name: str | None) -> None:
        """Write it."""
        ...


@dataclass(frozen=True, slots=True)
class PlateSettings:
    """What the configuration says.

    `rules` decide which of several readings counts, and `texts` what a reading means. For each camera that reads plates
    there is `(min_area, enhancement)`. `dedicated` are those that only see plates, with the seconds after which a plate
    that is not seen is gone. The box of a plate that a detector has found counts from `detection_threshold` on.
    """

    rules: PlateRules
    texts: PlateTexts
    cameras: Mapping[str, tuple[int, int]]
    dedicated: Mapping[str, float] = field(default_factory=dict)
    detection_threshold: float = 0.7


def plates_of(config: Config) -> PlateSettings:
    """Return what `config` says of plates."""
    lpr, reading = config.lpr, {name: one for name, one in config.cameras.items() if one.lpr.enabled and one.enabled}
    return PlateSettings(
        PlateRules(recognition_threshold=lpr.recognition_threshold, match_distance=lpr.match_distance),
        texts_of(lpr),
        {name: (camera.lpr.min_area, camera.lpr.enhancement) for name, camera in reading.items()},
        {name: max(1.0, camera.lpr.expire_time) for name, camera in reading.items() if camera.type == "lpr"},
        lpr.detection_threshold,
    )


def texts_of(config: LprConfig) -> PlateTexts:
    """Return what decides about texts."""
    return PlateTexts(
        min_length=config.min_plate_length,
        format=config.format,
        match_distance=config.match_distance,
        known={name: tuple(patterns) for name, patterns in config.known_plates.items()},
        replacements=tuple((one.pattern, one.replacement) for one in config.replace_rules),
    )


@dataclass(slots=True)
class _Vehicle:
    """What is known of one object."""

    votes: PlateVotes = field(default_factory=PlateVotes)
    readings: int = 0
    told: tuple[str, float] | None = None
    untold: PlateReading | None = None
    seen: float = 0.0
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    object_id: str
    camera: str
    question: ReadPlate


class PlateRecognition:
    """Reads the plates of all cameras. `offer` never waits; `tick` may, so call it in a thread of its own."""

    def __init__(
        self,
        settings: PlateSettings,
        tell: Tell,
        reader: AnswersPlates,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read by `reader`, and write what was read with `tell`; nothing begins before a picture is offered."""
        self._settings, self._tell, self._reader, self._clock = settings, tell, reader, clock
        self._vehicles: OrderedDict[str, _Vehicle] = OrderedDict()
        self._asking = RequestPlaces()
        self.queue = PictureQueue[_Waiting]("plates", self._read, self._tick)

    def configure(self, settings: PlateSettings) -> None:
        """Go on with other settings."""
        self._settings = settings
        self.queue.keep(lambda waiting: waiting.camera in settings.cameras)

    def offer(self, picture: BestPicture, frame: tuple[int, int]) -> None:
        """Take in a better picture of an object; `frame` is the size of the frame in whose pixels its boxes are."""
        wanted = self._settings.cameras.get(picture.camera)
        if wanted is None or picture.label not in VEHICLES or not picture.jpeg:
            return
        least = self._settings.detection_threshold
        plates = [one for one in picture.attributes if one.label == PLATE and one.score >= least]
        seen = max(plates, key=lambda one: one.score, default=None)
        plate = picture.box if picture.label == PLATE else seen.box if seen else None
        question = ReadPlate(
            picture.jpeg,
            _fractions(picture.box, frame),
            _fractions(plate, frame) if plate is not None else None,
            *wanted,
        )
        known = self._vehicles.get(picture.object_id)
        if known is not None and known.readings >= SURE_ENOUGH and known.told is not None and plate is None:
            return
        self.queue.put(picture.object_id, _Waiting(picture.object_id, picture.camera, question))

    def read_now(self, question: ReadPlate) -> tuple[PlateReading, str | None] | None:
        """Read a picture that is asked for; return the plate and whose it is, or None. It waits for the process.

        Raises:
            DogwatchError: Reading has failed.
        """
        with self._asking.one():
            self.queue.start()  # which ends the process after a while
            read, settings = self._reader.ask(question), self._settings
            if not read.text or read.score < settings.rules.recognition_threshold:
                return None
            judged = self._reader.judge(read.text, settings.texts)
        if not judged.usable:
            return None
        return PlateReading(judged.text, round(read.score, 4), read.box), judged.owner

    def close(self) -> None:
        """Stop reading."""
        self.queue.close()
        self._reader.close()
        self.queue.join()

    def _tick(self) -> None:
        self._tell_late()
        self._reader.tick(wanted=bool(self._settings.cameras))

    def _read(self, waiting: _Waiting) -> None:
        settings = self._settings
        try:
            read = self._reader.ask(waiting.question)
            judged = self._reader.judge(read.text, settings.texts) if read.text else TextJudged()
        except DogwatchError:
            return  # it has logged that; the object's next picture is another chance
        now = self._clock()
        vehicle = self._vehicles.setdefault(waiting.object_id, _Vehicle())
        self._vehicles.move_to_end(waiting.object_id)
        vehicle.seen = now
        vehicle.readings += 1
        if not judged.usable:
            return
        vehicle.votes.add(PlateReading(judged.text, read.score, read.box, judged.owner))
        best = vehicle.votes.best(settings.rules)
        if best is not None and (best.text, best.score) != vehicle.told:
            vehicle.untold, vehicle.since = best, now

    def _tell_late(self) -> None:
        """Write what is not written yet: an event may get its row later than its first picture."""
        now = self._clock()
        for key, vehicle in list(self._vehicles.items()):
            if vehicle.untold is not None:
                plate = vehicle.untold
                try:
                    self._tell(key, plate, plate.owner)
                except Exception as error:  # the others must be told
                    if now - vehicle.since > TRY_FOR_S:
                        vehicle.untold = None
                        if not isinstance(error, NotFoundError):
                            log.warning("a plate cannot be written: %s", error, exc_info=unexpected(error))
                else:
                    vehicle.told, vehicle.untold = (plate.text, plate.score), None
            elif now - vehicle.seen > FORGET_S:
                del self._vehicles[key]


def _fractions(box: Box, frame: tuple[int, int]) -> tuple[float, float, float, float]:
    return box.x1 / frame[0], box.y1 / frame[1], box.x2 / frame[0], box.y2 / frame[1]
