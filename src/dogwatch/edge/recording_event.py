"""Makes a recording of the sensor an event on the NVR's side: it is among events and in review, and users are told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from dogwatch.edge.recording_journal import EdgeClip, RecordingJournal
from dogwatch.errors import DogwatchError, MediaError, unexpected
from dogwatch.events import manual
from dogwatch.events.manual import ManualEvent
from dogwatch.live.drawing import PictureStyle

if TYPE_CHECKING:
    from dogwatch.events.hub import EventHub
    from dogwatch.live.pictures import LivePictures

log = logging.getLogger(__name__)

STYLE = PictureStyle(quality=90)
WHO = "edge sensor"


class RecordingEvents:
    """Begins and ends the events of recordings. It waits for the database, so for worker threads."""

    def __init__(
        self, camera: str, hub: EventHub, pictures: LivePictures, journal: RecordingJournal, clock: Callable[[], float]
    ) -> None:
        """Make events of `camera`; the journal knows which recording has which."""
        self._camera, self._hub, self._pictures, self._journal, self._clock = camera, hub, pictures, journal, clock

    def begin(self, clip: EdgeClip) -> None:
        """Begin the event of a recording that a sensor has started; its label is the sensor's type."""
        if clip.sensor_type is None:
            return
        watch = self._hub.watches.get(self._camera)
        before = watch.rules.pre_capture if watch is not None else 0.0
        late = max(0.0, self._clock() - clip.started)
        event = ManualEvent(
            self._camera, clip.sensor_type, score=1.0, duration=None, pre_capture=before + late, user=WHO
        )
        try:
            self._journal.set_event(clip, manual.create(self._hub, event, self._picture))
        except Exception as error:
            log.error("the recording %s has no event: %s", clip.path.name, error, exc_info=unexpected(error))

    def end(self, clip: EdgeClip, stopped: float) -> None:
        """End the event of a recording, if it has one, at `stopped` (epoch s)."""
        known = self._journal.find(clip.name) or clip
        if known.event is None:
            return
        try:
            manual.end(self._hub, known.event, max(stopped, clip.started))
        except DogwatchError as error:  # somebody has deleted it
            log.info("the event of the recording %s cannot be ended: %s", clip.path.name, error)
        except Exception as error:
            log.error("the event of %s cannot be ended: %s", clip.path.name, error, exc_info=unexpected(error))

    def _picture(self) -> bytes | None:
        try:
            still = self._pictures.still(self._camera, STYLE)
        except (MediaError, DogwatchError):
            return None
        return None if still.offline else still.data
