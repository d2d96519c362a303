"""From the best pictures of people to the names of events (docs/faces.md).

A picture waits until the process that looks at faces is free. Each face that is found is kept as an attempt. What was
seen of one person is weighed together, and the event gets a name once the pictures agree well enough.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from dogwatch.config.faces import MOST_ATTEMPTS
from dogwatch.errors import DogwatchError, NotFoundError, RefusedError, unexpected
from dogwatch.recognition.face_files import TRAIN, UNKNOWN, FaceAttempt
from dogwatch.recognition.face_spec import WHOLE, FaceLook, FaceModels, LookForFace
from dogwatch.recognition.face_votes import FaceRules, FaceVerdict, FaceVotes
from dogwatch.recognition.picture_queue import PictureQueue
from dogwatch.recognition.reader_process import RequestPlaces

if TYPE_CHECKING:
    from dogwatch.bus.messages import BestPicture
    from dogwatch.config import Config
    from dogwatch.model import Box
    from dogwatch.recognition.face_library import FaceLibrary

log = logging.getLogger(__name__)

FACE, PERSON = "face", "person"
FORGET_S, TRY_FOR_S = 600.0, 60.0
AROUND = 0.6  # of a found face's side: how much around it is searched


class LooksAtFaces(Protocol):
    """What looks at pictures."""

    def ask(self, question: LookForFace) -> FaceLook:
        """Return the answer; raises DogwatchError if there is none."""
        ...

    def tick(self, *, wanted: bool = True) -> None:
        """Look at the clock; unless it is `wanted`, end at once."""
        ...

    def close(self) -> None:
        """End."""
        ...


class NameEvent(Protocol):
    """Tells of an event's face; raises NotFoundError while the event has no row.

    `before` is the name that was told last: another one was given by somebody else, and stays.
    """

    def __call__(self, event_id: str, camera: str, verdict: FaceVerdict, before: str | None) -> None:
        """Tell it."""
        ...


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """What the configuration says; `cameras` have the smallest area of a face, for those that recognise faces."""

    enabled: bool
    rules: FaceRules
    models: FaceModels
    cameras: Mapping[str, int]
    min_area: int = 750
    detection_threshold: float = 0.7
    blur: bool = True
    save_attempts: int = 200
    films: bool = False
    """Whether faces in video files are named, which belong to no camera."""


def faces_of(config: Config) -> FaceSettings:
    """Return what `config` says of faces."""
    own = config.face_recognition
    named = own.detector_model and own.recognition_model
    cameras = {name: one.face_recognition for name, one in config.cameras.items()}
    return FaceSettings(
        own.enabled or any(one.enabled for one in cameras.values()),
        FaceRules(own.unknown_score, own.recognition_threshold, own.min_faces),
        FaceModels(own.detector_model or "", own.recognition_model or "") if named else FaceModels(),
        {name: one.min_area for name, one in cameras.items() if one.enabled and config.cameras[name].enabled},
        own.min_area,
        own.detection_threshold,
        own.blur_confidence_filter,
        min(own.save_attempts, MOST_ATTEMPTS),
        own.enabled,
    )


@dataclass(slots=True)
class _Person:
    """What is known of one object."""

    camera: str
    votes: FaceVotes = field(default_factory=FaceVotes)
    told: FaceVerdict | None = None
    named: str | None = None
    untold: FaceVerdict | None = None
    seen: float = 0.0
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    object_id: str
    camera: str
    time: float
    question: LookForFace


class FaceRecognition:
    """Recognises the faces of all cameras, and those that are asked for. `offer` never waits; the rest may."""

    def __init__(
        self,
        settings: FaceSettings,
        library: FaceLibrary,
        tell: NameEvent,
        reader: LooksAtFaces,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look by `reader`, and tell with `tell`; nothing begins before a picture is offered or asked for."""
        self.library = library
        self._settings, self._tell, self._reader, self._clock = settings, tell, reader, clock
        self._people: OrderedDict[str, _Person] = OrderedDict()
        self._unkept = False  # whether the last attempt could not be kept, which is logged once
        self._asking = RequestPlaces()
        self.uploads = RequestPlaces()
        """For pictures on their way: few are in memory at once."""
        self.queue = PictureQueue[_Waiting]("faces", self._look, self._tick)

    @property
    def enabled(self) -> bool:
        """Whether faces are recognised at all."""
        return self._settings.enabled

    def configure(self, settings: FaceSettings) -> None:
        """Go on with other settings."""
        self._settings = settings
        self.queue.keep(lambda waiting: waiting.camera in settings.cameras)

    def offer(self, picture: BestPicture, frame: tuple[int, int]) -> None:
        """Take in a better picture of an object; `frame` is the size of the frame in whose pixels its boxes are."""
        settings = self._settings
        min_area = settings.cameras.get(picture.camera)
        if min_area is None or picture.label not in (PERSON, FACE) or not picture.jpeg:
            return
        seen = max((one for one in picture.attributes if one.label == FACE), key=lambda one: one.score, default=None)
        face = picture.box if picture.label == FACE else seen.box if seen is not None else None
        inside = _fractions(picture.box, frame) if face is None else _around(_fractions(face, frame))
        question = self._question(picture.jpeg, inside, min_area)
        self.queue.put(picture.object_id, _Waiting(picture.object_id, picture.camera, picture.frame_time, question))

    def look(
        self,
        picture: bytes,
        inside: tuple[float, float, float, float] = WHOLE,
        *,
        compare: bool = True,
        min_area: int = 0,
    ) -> FaceLook:
        """Look at a picture that somebody has brought; wait for the process.

        Raises:
            ReaderError: There is no answer.
            RefusedError: There is no picture, or no face in it.
        """
        with self._asking.one():
            self.queue.start()  # which ends the process after a while
            seen = self._reader.ask(self._question(picture, inside, min_area, compare=compare))
        if seen.error:
            raise RefusedError(seen.error)
        if not seen.picture:
            raise RefusedError("No face was found in the picture")
        return seen

    @property
    def films(self) -> bool:
        """Whether faces in video files are named, and there is anybody who is known."""
        return self._settings.films and any(files for name, files in self.library.names().items() if name != TRAIN)

    def compare(self, pictures: Iterable[bytes]) -> FaceVerdict:
        """Return whose face several pictures show, by the rules that hold for events; nothing is kept.

        Raises:
            ReaderError: There is no answer.
        """
        settings, votes = self._settings, FaceVotes()
        if not settings.films:  # it was switched off meanwhile
            return votes.verdict(settings.rules)
        self.queue.start()  # which ends the process after a while
        for picture in pictures:
            seen = self._reader.ask(self._question(picture, WHOLE, settings.min_area))
            if seen.picture and not seen.error:
                votes.add(seen.name, seen.score)
        return votes.verdict(settings.rules)

    def name_of(self, seen: FaceLook) -> str:
        """Return who was seen as files and answers have it: `unknown` below `unknown_score`."""
        return seen.name if seen.name and seen.score >= self._settings.rules.unknown_score else UNKNOWN

    def register(self, name: str, picture: bytes, inside: tuple[float, float, float, float] = WHOLE) -> str:
        """Keep the face in a picture for a person; return its file's name.

        Raises:
            DogwatchError: There is no face, or it cannot be kept.
        """
        return self.library.add(name, self.look(picture, inside, compare=False).picture)

    def reprocess(self, file: str) -> tuple[str, float, str]:
        """Look at an attempt again; return who it is, the score, and the file's new name.

        Raises:
            DogwatchError: There is no such attempt, or no face is found in it any more.
        """
        seen = self.look(self.library.read(TRAIN, file))
        name = self.name_of(seen)
        return name, seen.score, self.library.rate(file, name, seen.score)

    def close(self) -> None:
        """Stop looking."""
        self.queue.close()
        self._reader.close()
        self.queue.join()

    def _question(
        self, picture: bytes, inside: tuple[float, float, float, float], min_area: int, *, compare: bool = True
    ) -> LookForFace:
        settings = self._settings
        return LookForFace(
            picture=picture,
            inside=inside,
            library=str(self.library.root) if compare else "",
            models=settings.models,
            min_area=min_area,
            threshold=settings.detection_threshold,
            blur=settings.blur,
        )

    def _look(self, waiting: _Waiting) -> None:
        try:
            seen = self._reader.ask(waiting.question)
        except DogwatchError:
            return  # it has logged that; the object's next picture is another chance
        if seen.error or not seen.picture:
            return
        now, settings = self._clock(), self._settings
        person = self._people.setdefault(waiting.object_id, _Person(waiting.camera))
        self._people.move_to_end(waiting.object_id)
        person.seen = now
        person.votes.add(seen.name, seen.score)
        verdict = person.votes.verdict(settings.rules)
        told = person.told
        if told is None or verdict.name != told.name or (verdict.name is not None and verdict != told):
            person.untold, person.since = verdict, now
        else:
            person.untold = None
        self._keep(waiting, seen)

    def _keep(self, waiting: _Waiting, seen: FaceLook) -> None:
        made = FaceAttempt(waiting.object_id, waiting.time, self.name_of(seen), seen.score)
        try:
            self.library.attempt(made, seen.picture, self._settings.save_attempts)
        except (DogwatchError, OSError) as error:
            if not self._unkept:
                log.warning("attempts to recognise faces cannot be kept: %s", error)
            self._unkept = True
        else:
            self._unkept = False

    def _tick(self) -> None:
        """Tell what is not told yet: an event may get its row later than its first picture."""
        now = self._clock()
        for key, person in list(self._people.items()):
            if person.untold is not None:
                verdict = person.untold
                try:
                    self._tell(key, person.camera, verdict, person.named)
                except Exception as error:  # the others must be told, and the process looked after
                    if now - person.since > TRY_FOR_S:
                        person.untold = None
                        if not isinstance(error, NotFoundError):
                            log.warning("a name cannot be written: %s", error, exc_info=unexpected(error))
                else:
                    person.told, person.untold = verdict, None
                    person.named = verdict.name
            elif now - person.seen > FORGET_S:
                del self._people[key]
        self._reader.tick(wanted=self._settings.enabled)


def _fractions(box: Box, frame: tuple[int, int]) -> tuple[float, float, float, float]:
    return box.x1 / frame[0], box.y1 / frame[1], box.x2 / frame[0], box.y2 / frame[1]


def _around(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    across, down = (box[2] - box[0]) * AROUND, (box[3] - box[1]) * AROUND
    return max(0.0, box[0] - across), max(0.0, box[1] - down), min(1.0, box[2] + across), min(1.0, box[3] + down)
