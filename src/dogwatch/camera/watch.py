"""One camera: its frames, one after the other, through motion, regions, detector and tracks.

A frame that a detector looks at is published when the answer is there, and the frames behind it wait in the ring. When
the answer takes longer than the ring can wait (`PATIENCE_S`), the frame is published with motion only and the others
go on likewise; a late answer still moves the tracks. So a hung detector costs no frame of motion analysis, and a slow
one only makes tracks coarser.

Live, a frame with a newer one behind it gets motion only, and one with many behind it nothing. While ingest
catches up from its buffer, frames are old on arrival: then all are looked at in order, as often as the detector's pace
lets the camera come back to the present.
"""

from __future__ import annotations

import logging
import time as time_module
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dogwatch.bus.detector_client import DetectorClient, Result
from dogwatch.bus.messages import FrameReady, FrameTracks, Message, SetSwitch, VisionStats
from dogwatch.bus.ring import FrameRing, Reader
from dogwatch.bus.specs import CameraVisionSpec
from dogwatch.camera.look import Look, begin_look, tensor_size
from dogwatch.camera.pictures import PictureDesk
from dogwatch.camera.settings import geometry, scene_settings
from dogwatch.camera.switches import Switchboard
from dogwatch.errors import RingError
from dogwatch.model import Box, TrackedObject
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.motion import Motion, MotionDetector
from dogwatch.vision.scene import Outcome, Scene

log = logging.getLogger(__name__)

PATIENCE_S = 0.8
SLOW_S = 0.3  # of a detector that answers later, frames are copied when it is asked: the ring moves on meanwhile
BACKLOG = 4  # frames behind a live one from which on it is skipped
CATCH_UP_S = 1.5  # a frame this old comes out of ingest's buffer, or we are so late that pace matters more
CATCH_UP_PACE = 1.25  # frame time between detections over detection time: above 1, or the present is never reached
GONE_S = 60.0
JUMP_BACK_S = 30.0  # more than ingest ever decodes twice: the clock has been set
WAITING_LIMIT = 64


@dataclass(slots=True)
class _Counts:
    processed: int = 0
    skipped: int = 0
    regions: int = 0


class CameraWatch:
    """The analysis of one camera. For one thread; nothing here waits.

    `send` takes a message for the core and says whether it went out.
    """

    def __init__(
        self,
        spec: CameraVisionSpec,
        ring_dir: str,
        client: DetectorClient,
        send: Callable[[Message], bool],
        now: Callable[[], float] = time_module.time,
    ) -> None:
        """Begin without a ring; the first frame's announcement names it."""
        self.spec, self._ring_dir, self._client, self._send, self._now = spec, ring_dir, client, send, now
        self._settings = scene_settings(spec)
        self._switches = Switchboard(spec)
        self._desk = PictureDesk(spec.name, send)
        self._ring: FrameRing | None = None
        self._geometry: Geometry | None = None
        self._scene: Scene | None = None
        self._motion: MotionDetector | None = None
        self._waiting: deque[FrameReady] = deque()
        self._asked: Look | None = None
        self._small: NDArray[np.uint8] | None = None
        self._standing: frozenset[str] = frozenset()
        self._ended: list[TrackedObject] = []
        self._counts = _Counts()
        self._last_time = 0.0
        self._woken_at = 0.0
        self._last_taken = now()
        self._last_detected = 0.0
        self._latency = 0.0
        self._last_error = self._lost_ring = ""

    @property
    def asked(self) -> int | None:
        """The id of the request that this camera waits for."""
        return self._asked.id if self._asked else None

    # ------------------------------------------------------------ what comes in

    def announce(self, frame: FrameReady) -> None:
        """Note that a frame lies in the ring."""
        if not self._switches.enabled:
            return
        if len(self._waiting) == WAITING_LIMIT:
            self._waiting.popleft()
            self._counts.skipped += 1
        self._waiting.append(frame)

    def answer(self, result: Result) -> None:
        """Take in a detector's answer to `asked`."""
        asked, self._asked = self._asked, None
        if asked is None or self._scene is None or self._geometry is None:
            return
        self._latency = 0.7 * self._latency + 0.3 * (self._now() - asked.since)
        self._last_error, previous = result.error, self._last_error
        if result.detections is None:
            if result.error != previous:  # a detector that fails does so for each frame
                log.warning("camera %s: %s", self.spec.name, result.error)
            self._ended += self._scene.coast(asked.frame.time, blind=True).ended
        else:
            found = asked.found(result.detections, self._geometry)
            pictured = self.spec.pictures and asked.pictured
            outcome = self._scene.detected(asked.frame.time, asked.regions, found, pictured=pictured)
            self._take_outcome(outcome, asked)
        if not asked.published:
            self._publish(asked.frame, asked.motion, asked.regions)
        self._stay_awake(asked.motion)

    def switch(self, message: SetSwitch) -> None:
        """Change a run-time switch; unknown ones are none of vision's business."""
        analysed = self._switches.analysing
        self._switches.set(message.name, message.value)
        if self._motion is not None:
            self._motion.change(self._switches.motion(self._settings.motion))
        if self._scene is not None:
            self._scene.settings = self._switches.scene(self._settings)
            if message.name.startswith("zone/"):
                self._scene.show_zone(message.name.removeprefix("zone/"), bool(message.value))
        if analysed and not self._switches.analysing:
            asked = self._asked
            self._end_all()
            if asked is not None and not asked.published:  # its answer will be nobody's
                self._publish(asked.frame, asked.motion, ())
        if not self._switches.enabled:
            self._waiting.clear()
            self._tell_ended()

    # ------------------------------------------------------------ what is done

    def step(self) -> bool:
        """Do one frame's worth of work; False when there is nothing to do now."""
        if self._asked is not None and not self._asked.published:
            if self._now() - self._asked.since < PATIENCE_S:
                return False
            self._give_up_waiting(self._asked)
        if not self._waiting:
            self._end_if_gone()
            return False
        frame = self._waiting.popleft()
        behind = len(self._waiting)
        old = frame.time <= self._woken_at or self._now() - frame.time > CATCH_UP_S
        if behind >= BACKLOG and not old:
            self._counts.skipped += 1
            return True
        self._take(frame, detect=self._on_pace(frame) if old else not behind)
        return True

    def stats(self, pid: int, seconds: float, dropped: int) -> VisionStats:
        """Return what happened since the last call, `seconds` ago."""
        counts, self._counts = self._counts, _Counts()
        return VisionStats(
            camera=self.spec.name,
            pid=pid,
            seconds=seconds,
            process_fps=counts.processed / seconds,
            skipped_fps=counts.skipped / seconds,
            detection_fps=counts.regions / seconds,
            dropped_messages=dropped,
        )

    def leave(self) -> None:
        """End all objects and say so."""
        self._waiting.clear()
        self._end_all()
        self._tell_ended()
        if self._ring is not None:
            self._ring.demand_full(Reader.VISION, 0.0)
            self._ring.close()
            self._ring = None

    # ------------------------------------------------------------ one frame

    def _take(self, frame: FrameReady, *, detect: bool) -> None:
        ring = self._ring_of(frame)
        picture = ring.picture(frame.seq) if ring is not None else None
        if ring is None or picture is None or self._motion is None or self._scene is None:
            self._counts.skipped += 1
            return
        if frame.time <= self._last_time and not self._set_back(frame.time):
            ring.consume(frame.seq)  # decoded once more on the way to later ones
            return
        small = self._motion.reduce(picture.luma)
        if not ring.holds(frame.seq):  # overwritten while we looked: what we saw may be two frames
            self._counts.skipped += 1
            return
        ring.consume(frame.seq)
        self._small = small
        if (info := self._client.info) is not None and self._switches.analysing:
            self._scene.use(tensor_size(info))
        motion = self._motion.look(small, frame.time, learn=not frame.probe)
        if frame.probe:
            if self._restless(motion):
                self._stay_awake(motion, probe=True)
                self._woken_at = frame.time  # ingest comes back to it, by way of all frames before
                return
            motion = self._motion.look(small, frame.time)
        self._counts.processed += 1
        self._last_time, self._last_taken = frame.time, self._now()
        if detect and self._asked is None and self._ask(frame, motion):
            self._stay_awake(motion)
            return
        self._ended += self._scene.coast(frame.time, blind=self._blind).ended
        self._publish(frame, motion, ())
        self._stay_awake(motion)

    def _ring_of(self, frame: FrameReady) -> FrameRing | None:
        """Return the ring that `frame` lies in, opened when it is a new one; None if it has gone."""
        if self._ring is not None and self._ring.name == frame.ring:
            return self._ring
        if self._ring is not None:
            if self._asked is not None:
                self._asked.take()
            self._ring.close()
            self._ring = None
        try:
            self._ring = FrameRing.open(self._ring_dir, frame.ring)
        except RingError as error:
            if frame.ring != self._lost_ring:  # said once, not for each frame in it
                log.warning("camera %s: %s", self.spec.name, error)
            self._lost_ring = frame.ring
            return None
        sizes = geometry(self.spec, self._ring.width, self._ring.height)
        if sizes != self._geometry:
            self._begin(sizes)
        return self._ring

    def _begin(self, sizes: Geometry) -> None:
        """Begin a new scene; what was in the old one ends."""
        self._end_all()
        self._geometry = sizes
        self._scene = Scene(self._switches.scene(self._settings), sizes)
        for name in self._switches.hidden_zones:
            self._scene.show_zone(name, shown=False)
        self._motion = MotionDetector(self._switches.motion(self._settings.motion), sizes, self.spec.fps)
        self._small = None

    def _set_back(self, time: float) -> bool:
        """Begin anew if the camera's clock was set back."""
        if self._last_time - time <= JUMP_BACK_S or self._geometry is None:
            return False
        log.warning("camera %s: the clock went back by %.0f s", self.spec.name, self._last_time - time)
        self._begin(self._geometry)
        self._last_time = self._last_detected = self._woken_at = 0.0
        return True

    def _ask(self, frame: FrameReady, motion: Motion) -> bool:
        """Send regions of the frame to a detector if any call for it; False if none do, or none can."""
        scene, sizes, ring = self._scene, self._geometry, self._ring
        if not self._switches.analysing or scene is None or sizes is None or ring is None:
            return False
        regions = scene.regions(motion, frame.time)
        held = min(SLOW_S, (ring.slots - 2) / self.spec.fps)
        keep = self.spec.pictures and self._latency > held
        self._asked = begin_look(self._client, ring, frame, motion, regions, sizes, self._now(), keep=keep)
        if self._asked is None:
            return False
        self._last_detected = frame.time
        self._counts.regions += len(regions)
        return True

    def _on_pace(self, frame: FrameReady) -> bool:
        return frame.time - self._last_detected >= CATCH_UP_PACE * self._latency

    @property
    def _blind(self) -> bool:
        """Whether a detector should look and none can."""
        return self._switches.analysing and (self._asked is not None or not self._client.available)

    def _restless(self, motion: Motion) -> bool:
        unsettled = self._scene is not None and self._scene.unsettled and self._client.available
        return bool(motion.boxes) or motion.calibrating or (self._switches.analysing and unsettled)

    def _stay_awake(self, motion: Motion, *, probe: bool = False) -> None:
        """Ask ingest for every frame while there is something to see."""
        if self._ring is not None and (probe or self._restless(motion)):
            self._ring.demand_full(Reader.VISION, self._now() + max(1.0, self.spec.idle_after))

    # ------------------------------------------------------------ what goes out

    def _give_up_waiting(self, asked: Look) -> None:
        asked.published = True
        if self._scene is not None:
            self._ended += self._scene.coast(asked.frame.time, blind=True).ended
        self._publish(asked.frame, asked.motion, asked.regions)

    def _take_outcome(self, outcome: Outcome, asked: Look) -> None:
        self._ended += outcome.ended
        if not outcome.pictures or self._scene is None or self._geometry is None:
            return
        if (shot := asked.shot(self._geometry)) is None:
            return
        labels = {one.id: one.label for one in self._scene.objects()}
        for object_id, view in outcome.pictures:
            self._desk.offer(object_id, labels[object_id], view, shot)

    def _publish(self, frame: FrameReady, motion: Motion, regions: tuple[Box, ...]) -> None:
        """Send the frame's tracks; last pictures go before the end of their objects, first ones after the begin."""
        sizes = self._geometry
        if sizes is None or self._scene is None:
            return
        self._desk.finish([one.id for one in self._ended])
        objects = self._scene.objects() if self._switches.analysing else ()
        self._settle(objects)
        message = FrameTracks(
            camera=self.spec.name,
            frame_time=frame.time,
            width=sizes.width,
            height=sizes.height,
            motion_area=motion.area,
            motion_boxes=motion.boxes,
            regions=tuple(region.clipped(sizes.width, sizes.height) for region in regions),
            objects=objects,
            ended=tuple(self._ended),
            idle=frame.probe,
        )
        if self._send(message):  # else the next message carries the ends: nobody may miss one
            self._ended.clear()
        self._desk.flush(frame.time)

    def _settle(self, objects: tuple[TrackedObject, ...]) -> None:
        """Tell motion detection of what has come to stand."""
        standing = {one.id: one.box for one in objects if one.stationary}
        if self._motion is not None and self._small is not None:
            for object_id in standing.keys() - self._standing:
                self._motion.settle(self._small, standing[object_id])
        self._standing = frozenset(standing)

    def _end_all(self) -> None:
        self._asked = None
        if self._scene is not None:
            self._ended += self._scene.end_all()

    def _end_if_gone(self) -> None:
        if self._scene is not None and self._now() - self._last_taken > GONE_S and len(self._scene):
            log.info("camera %s has sent no frames for %.0f s: its objects end", self.spec.name, GONE_S)
            self._end_all()
            self._tell_ended()

    def _tell_ended(self) -> None:
        """Say which objects have ended though there is no new frame."""
        if self._ended and self._ring is not None:
            last = FrameReady(self.spec.name, self._ring.name, -1, self._last_time, keyframe=False, probe=True)
            self._publish(last, Motion(), ())
