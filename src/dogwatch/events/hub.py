"""The hub of events: messages of the workers come in; rows, files and messages go out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time as time_module
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from dogwatch.bus.messages import BestPicture, FrameTracks, SoundLevel, SoundsHeard
from dogwatch.errors import StoreError
from dogwatch.events import writes
from dogwatch.events.counts import Counts
from dogwatch.events.files import always
from dogwatch.events.label_snapshots import LabelSnapshotStyle
from dogwatch.events.live_object import LiveObject
from dogwatch.events.outputs import EventOutputs, unnoticed, unread
from dogwatch.events.rules import CameraRules
from dogwatch.events.watch import CameraWatch
from dogwatch.outputs.broadcast import Publish
from dogwatch.store.database import Database

_log = logging.getLogger(__name__)


class EventHub:
    """Everything about events that is going on now. Safe to use from any thread; `on_*` and `tick` never wait.

    What users change goes through `edits`, `manual` and `review_edits`, which hold `lock` while they touch `watches`.
    """

    def __init__(
        self,
        db: Database,
        media_root: Path,
        cameras: Mapping[str, CameraRules],
        publish: Publish,
        *,
        label_snapshots: Mapping[str, LabelSnapshotStyle] | None = None,
        clips_present: Callable[[], None] = always,
        seen: Callable[[LiveObject], None] = unnoticed,
        pictured: Callable[[LiveObject, BestPicture], None] = unread,
        rejected: Callable[[LiveObject], None] = unnoticed,
        clock: Callable[[], float] = time_module.time,
        monotonic: Callable[[], float] = time_module.monotonic,
    ) -> None:
        """Begin with nothing going on.

        Args:
            db: Where rows go.
            media_root: The directory that holds `clips/`.
            cameras: The rules of every configured camera.
            publish: Takes topics without prefix.
            label_snapshots: The cameras whose best pictures go out over MQTT.
            clips_present: Raises an OSError while the disk of `clips/` is not there.
            seen: Called with each object of which something is told while it goes on.
            pictured: Called with each better picture of an object; it must be quick.
            rejected: Called with each object that has ended and was a false positive all the time.
            clock: Gives the epoch time in seconds.
            monotonic: Gives monotonic seconds.
        """
        self.outputs = EventOutputs(db, media_root, publish, clips_present, seen, pictured, rejected)
        self.clock, self._monotonic, self._db = clock, monotonic, db
        self.lock = threading.RLock()
        self.watches = {
            name: CameraWatch(name, rules, self.outputs, (label_snapshots or {}).get(name))
            for name, rules in cameras.items()
        }
        self._counts = Counts(cameras, publish)
        self.unknown = 0

    def configure(self, cameras: Mapping[str, CameraRules], label_snapshots: Mapping[str, LabelSnapshotStyle]) -> None:
        """Go on with these cameras and rules; what is open of a camera that is no more ends, a new one is announced."""
        with self.lock:
            heard = self.sounds()
            for name in [name for name in self.watches if name not in cameras]:
                self._end_endless(self.watches[name])
                self.watches[name].close(self.clock())
                self._counts.update(name, ())
            before = self.watches
            self.watches = {
                name: before.get(name) or CameraWatch(name, rules, self.outputs) for name, rules in cameras.items()
            }
            for name, watch in self.watches.items():
                watch.rules, watch.labels.wanted = cameras[name], label_snapshots.get(name)
                if name not in before:
                    self._announce(watch)
            self._counts.configure(cameras)
            if any(labels and name not in cameras for name, labels in heard.items()):
                self._tell_sounds()

    def on_tracks(self, tracks: FrameTracks) -> None:
        """Take in what the analysis has made of a frame."""
        with self.lock, self._db.together():
            watch = self._watch(tracks.camera)
            if watch is not None:
                watch.heard = self._monotonic()
                watch.on_tracks(tracks)
                if watch.life.changed:
                    self._counts.update(tracks.camera, tracks.objects)

    def on_picture(self, picture: BestPicture) -> None:
        """Take in a better picture of an object."""
        with self.lock, self._db.together():
            watch = self._watch(picture.camera)
            if watch is not None:
                watch.on_picture(picture)

    def on_sound(self, level: SoundLevel) -> None:
        """Take in how loud it is at a camera."""
        with self.lock, self._db.together():
            watch = self._watch(level.camera)
            if watch is not None and watch.on_sound(level):
                self._tell_sounds()

    def on_sounds_heard(self, heard: SoundsHeard) -> None:
        """Take in which sounds were told apart at a camera."""
        with self.lock, self._db.together():
            watch = self._watch(heard.camera)
            if watch is not None and watch.on_sounds_heard(heard):
                self._tell_sounds()

    def on_camera_back(self, camera: str) -> None:
        """Expect the camera's next frame: its analysis process has come, perhaps one from before this core began."""
        with self.lock:
            if (watch := self.watches.get(camera)) is not None:
                watch.expect(self._monotonic())

    def on_camera_gone(self, camera: str) -> None:
        """End the objects of a camera that has been disabled, or whose analysis process has died."""
        with self.lock, self._db.together():
            watch = self._watch(camera)
            if watch is not None:
                watch.gone()
                self._counts.update(camera, ())

    def tick(self) -> None:
        """Look at the clock; call it about every second."""
        now, monotonic = self.clock(), self._monotonic()
        heard = False
        with self.lock, self._db.together():
            for watch in self.watches.values():
                if watch.silent(monotonic):
                    _log.warning("no frames from %s for a minute: its objects end", watch.name)
                    self.on_camera_gone(watch.name)
                if watch.impatient(monotonic):
                    watch.give_up()
                heard = watch.tick(now) or heard
            if heard:
                self._tell_sounds()
            self.outputs.catch_up(monotonic)
            self.outputs.write_held(monotonic)
        self.outputs.outbox.drain()

    def announce(self) -> None:
        """Publish all counts, motion and review states for who has just come."""
        with self.lock:
            self._counts.announce()
            for watch in self.watches.values():
                self._announce(watch)

    def activity(self) -> dict[str, dict[str, Any]]:
        """Return `motion` and `objects` of each camera for the message `camera_activity`."""
        with self.lock:
            return {name: watch.activity() for name, watch in self.watches.items()}

    def sounds(self) -> dict[str, list[str]]:
        """Return what is heard at each camera now, for the message `audio_detections`."""
        with self.lock:
            return {name: watch.sounds.labels for name, watch in self.watches.items()}

    def live(self, event_id: str) -> LiveObject | None:
        """Return the live object with this id; its state goes on changing."""
        with self.lock:
            return next((live for w in self.watches.values() if (live := w.life.find(event_id)) is not None), None)

    def statistics(self) -> dict[str, int]:
        """Return counters: what is live, held, waiting, and what has been dropped or has failed since the start."""
        outputs = self.outputs
        with self.lock:
            return {
                "live_objects": sum(len(watch.life.live) for watch in self.watches.values()),
                "refused_objects": sum(watch.life.refused for watch in self.watches.values()),
                "unknown_cameras": self.unknown,
                "picture_bytes": outputs.pictures.bytes_held,
                "lost_pictures": outputs.pictures.lost + outputs.files.lost,
                "waiting_picture_bytes": outputs.files.bytes_held,
                "dropped_jobs": outputs.workers.dropped,
                "failed_jobs": outputs.workers.failed,
                "failed_writes": outputs.failed_writes,
                "waiting_messages": len(outputs.outbox),
                "overdue_messages": outputs.outbox.overdue,
            }

    async def close(self, *, goes_on: bool = False) -> None:
        """End all objects and review items, and finish what has begun; nothing may be fed afterwards.

        With `goes_on` nothing ends: the analysis processes stay, and a new core takes everything over.
        """
        with self.lock:
            for watch in self.watches.values():
                if goes_on:
                    watch.leave()
                else:
                    watch.close(self.clock())
                    self._counts.update(watch.name, ())
        await asyncio.to_thread(self.outputs.workers.close)
        if left := await asyncio.to_thread(self.outputs.files.write_held):
            _log.error("%d pictures of events could not be written and are lost", left)
        with contextlib.suppress(StoreError):  # it is away: what is not published is left to the next core
            await self._db.awrite(lambda _: None)
            self.outputs.outbox.drain()
            await self._db.awrite(lambda _: None)  # what notes which messages were published

    def _end_endless(self, watch: CameraWatch) -> None:
        """End the manual events of a removed camera that were to go on until somebody ends them."""
        now = self.clock()
        endless = [activity.id for activity in watch.manual.values() if activity.until is None]
        for event_id in endless:
            watch.end_manual(event_id, now)
        if endless:
            self._db.submit(partial(writes.end_events, ids=endless, time=now))

    def _tell_sounds(self) -> None:
        self.outputs.publish("audio_detections", self.sounds())

    def _announce(self, watch: CameraWatch) -> None:
        self.outputs.publish(f"{watch.name}/motion", "ON" if watch.motion.on else "OFF")
        self.outputs.publish(f"{watch.name}/review_status", watch.line.status)

    def _watch(self, camera: str) -> CameraWatch | None:
        watch = self.watches.get(camera)
        self.unknown += watch is None
        return watch
