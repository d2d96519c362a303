"""Makes an event when pictures begin to tell that something is wrong with a camera (docs/camera-health.md)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from dogwatch.errors import DogwatchError
from dogwatch.events import manual
from dogwatch.events.hub import EventHub
from dogwatch.events.manual import ManualEvent

log = logging.getLogger(__name__)

LENGTH_S = 60.0  # the beginning is what matters; how long it lasts is in the list of problems
WHO = "camera health"


class ConditionEvents:
    """The events of all cameras. It waits for the database, so for one worker thread."""

    def __init__(self, hub: EventHub, picture: Callable[[str], bytes | None]) -> None:
        """Make events in `hub`; `picture` returns a camera's present frame as a JPEG, None if there is none."""
        self._hub, self._picture = hub, picture
        self._known: set[tuple[str, str]] = set()

    def observe(self, present: Collection[tuple[str, str]], cameras: Collection[str], *, old: bool = False) -> None:
        """Take the conditions that there are now, by camera.

        Args:
            present: Cameras and names of `vision.camera_health.KINDS`.
            cameras: Those for which events are wanted.
            old: Whether they began before this core, which has no event of them to make.
        """
        fresh = set(present) - self._known
        self._known = set(present)
        for camera, condition in sorted(fresh) if not old else ():
            if camera in cameras:
                self._make(camera, condition)

    def _make(self, camera: str, condition: str) -> None:
        event = ManualEvent(camera, f"camera_{condition}", score=1.0, duration=LENGTH_S, user=WHO, patient=True)
        try:
            manual.create(self._hub, event, lambda: self._picture(camera))
        except DogwatchError as error:
            log.warning("%s: no event tells that it is %s: %s", camera, condition, error)
