"""Analyses one live camera: takes its frames from the ring, in order, through the pipeline.

A frame for which a detector is asked is published when the answer comes; later frames wait in the ring. When the answer
takes longer than the ring can wait (`PATIENCE_S`), the frame and those after it are published with motion only. A late
answer still updates the tracks. So a hung detector costs no motion analysis, and a slow one only makes tracks coarser.

Normally, a frame that is not the newest gets motion only, and one with many newer ones is skipped. While ingest catches
up from its buffer, frames are old on arrival: then all are analysed in order, with detections as often as the
detector's speed allows the camera to reach the present again.
"""

from __future__ import annotations

import logging
import time as time_module
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from dogwatch.analysis import AnalysisSettings
from dogwatch.bus.detector_client import DetectorClient, DetectorResult
from dogwatch.bus.messages import AnalysisStats, FrameReady, Message
from dogwatch.bus.ring import FrameRing, Reader, RingPicture
from dogwatch.errors import RingError
from dogwatch.vision.camera_health import CameraHealth
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.motion import Motion
from dogwatch.vision.pipeline import FrameResult, Pipeline, geometry_of
from dogwatch.vision.scene_look import look
from dogwatch.workers.analysis.best_pictures import RawFrames
from dogwatch.workers.analysis.previews import PreviewPictures
from dogwatch.workers.analysis.request import DetectionRequest, request_detection, tensor_size
from dogwatch.workers.analysis.results import ResultSender

log = logging.getLogger(__name__)

PATIENCE_S = 0.8
FIRST_WAITS_S = 10.0  # a detector takes that long to load its model
BACKLOG = 4  # a live frame with this many newer ones is skipped
CATCH_UP_S = 1.5  # a frame this old comes from ingest's buffer, or the analysis is so late that it must catch up
CATCH_UP_PACE = 1.25  # frame time between detections over detection time: must be above 1 to reach the present
GONE_S = 60.0
LOOK_S = 5.0  # between two looks at whether the camera has gone
POLL_S = 0.2  # between two looks at whether a detector has come
JUMP_BACK_S = 30.0  # smaller steps of the clock are waited out
WAITING_LIMIT = 64


@dataclass(slots=True)
class _Counts:
    processed: int = 0
    skipped: int = 0
    regions: int = 0


@dataclass(slots=True)
class _Attached:
    """A ring and the pipeline for pictures of its size, which stays when a ring of the same size follows."""

    ring: FrameRing
    pipeline: Pipeline


class LiveAnalysis:
    """The analysis of one camera. For one thread; nothing here waits.

    `send` takes a message for the core and says whether it went out. All cameras of a process share `raw`.
    """

    def __init__(
        self,
        settings: AnalysisSettings,
        ring_dir: str,
        client: DetectorClient,
        send: Callable[[Message], bool],
        now: Callable[[], float] = time_module.time,
        raw: RawFrames | None = None,
    ) -> None:
        """Begin without a ring; the first frame's announcement names it."""
        self.camera = settings.camera
        self._ring_dir, self._client, self._now = ring_dir, client, now
        self._settings = settings
        self._results = ResultSender(settings.camera, send, raw or RawFrames())
        self._previews = PreviewPictures(settings.camera, send)
        self._health = _health_of(settings)
        self._attached: _Attached | None = None
        self._waiting: deque[FrameReady] = deque()
        self._asked: DetectionRequest | None = None
        self._counts = _Counts()
        self._last_time = 0.0
        self._demanded_at = 0.0
        self._last_taken = now()
        self._last_detected = 0.0
        self._latency = 0.0
        self._last_error = self._lost_ring = ""

    @property
    def asked(self) -> int | None:
        """The id of the request that this camera waits for."""
        return self._asked.id if self._asked else None

    # ------------------------------------------------------------ input

    def announce(self, frame: FrameReady) -> None:
        """Queue a frame that is in the ring."""
        if not self._settings.enabled:
            return
        if len(self._waiting) == WAITING_LIMIT:
            self._waiting.popleft()
            self._counts.skipped += 1
        self._waiting.append(frame)

    def answer(self, result: DetectorResult) -> None:
        """Handle a detector's answer to the request `asked`."""
        asked, self._asked = self._asked, None
        if asked is None or self._attached is None:
            return
        pipeline, time = self._attached.pipeline, asked.frame.time
        self._latency = 0.7 * self._latency + 0.3 * (self._now() - asked.since)
        self._last_error, previous = result.error, self._last_error
        if result.detections is None:
            if result.error != previous:  # log once: a failing detector fails for each frame
                log.warning("camera %s: %s", self.camera, result.error)
            pipeline.skip_frame(time, blind=True)
        else:
            self._results.detected_time = max(self._results.detected_time, time)
            found = asked.found(result.detections, pipeline.geometry)
            in_ring = self._settings.pictures and asked.in_ring
            look = asked.look(pipeline.geometry)
            views = pipeline.detected(time, asked.regions, found, in_ring=in_ring, look=look)
            self._results.keep(pipeline, views, asked)
        if not asked.published:
            self._publish(pipeline.result(time, asked.motion, asked.regions), pipeline.geometry)
        asked.release()
        self._stay_awake(asked.motion, asked.frame)

    def configure(self, settings: AnalysisSettings) -> None:
        """Continue with other settings of the same camera; objects stay wherever the pipeline can go on."""
        before, self._settings = self._settings, settings
        if (before.camera_health, before.turns) != (settings.camera_health, settings.turns):
            self._health = _health_of(settings)
        if (attached := self._attached) is not None:
            asked, fits = self._asked, attached.pipeline.can_change(settings)
            if fits:
                attached.pipeline.change(settings)
            if not fits or (before.analysing and not settings.analysing):
                self._forget_asked()
                if asked is not None and not asked.published:  # its answer will be nobody's
                    result = attached.pipeline.result(asked.frame.time, asked.motion)
                    self._publish(result, attached.pipeline.geometry)
            if not fits:
                self._start_again(attached)
        if not settings.enabled:
            self._waiting.clear()
            self._send_ended()

    def accept_view(self) -> None:
        """Take the scene as it is now for usual."""
        if self._health is not None:
            self._health.accept()

    # ------------------------------------------------------------ work

    def step(self) -> bool:
        """Handle one frame; False when there is nothing more to do now."""
        if self._asked is not None and not self._asked.published:
            if self._now() - self._asked.since < PATIENCE_S:
                return False
            self._publish_unanswered(self._asked)
        if not self._waiting:
            self._end_if_gone()
            return False
        if self._waits_for_detector(self._waiting[0]):
            return False
        frame = self._waiting.popleft()
        behind = len(self._waiting)
        old = frame.time <= self._demanded_at or self._now() - frame.time > CATCH_UP_S
        if behind >= BACKLOG and not old:
            self._counts.skipped += 1
        else:
            self._take(frame, detect=self._on_pace(frame) if old else not behind)
        return bool(self._waiting)

    @property
    def wait_s(self) -> float:
        """The seconds after which to call `step` although neither a frame nor an answer has come."""
        if self._asked is not None and not self._asked.published:
            return max(0.0, PATIENCE_S - (self._now() - self._asked.since))
        return POLL_S if self._waiting else LOOK_S

    def stats(self, pid: int, seconds: float, dropped: int) -> AnalysisStats:
        """Return what happened since the last call, `seconds` ago."""
        counts, self._counts = self._counts, _Counts()
        return AnalysisStats(
            camera=self.camera,
            pid=pid,
            process_fps=counts.processed / seconds,
            skipped_fps=counts.skipped / seconds,
            detection_fps=counts.regions / seconds,
            dropped_messages=dropped,
            conditions=self._health.conditions if self._health is not None else (),
        )

    def leave(self) -> None:
        """End all objects, and send that."""
        self._waiting.clear()
        self._end_all()
        self._send_ended()
        if self._attached is not None:
            self._attached.ring.demand_full(Reader.VISION, 0.0)
            self._attached.ring.close()
            self._attached = None

    # ------------------------------------------------------------ one frame

    def _waits_for_detector(self, frame: FrameReady) -> bool:
        """Whether `frame`, the first probe, waits for a detector to start: the next one may come only in seconds."""
        if self._last_time or not frame.probe or len(self._waiting) > 1 or not self._settings.analysing:
            return False
        return self._client.info is None and self._now() - frame.time < FIRST_WAITS_S

    def _take(self, frame: FrameReady, *, detect: bool) -> None:
        attached = self._attach(frame)
        picture = attached.ring.picture(frame.seq) if attached is not None else None
        if attached is None or picture is None:
            self._counts.skipped += 1
            return
        if frame.time > self._last_time or self._set_back(frame.time, attached):
            self._analyse(frame, picture, attached, detect=detect)
        # Else it was decoded again on the way to later ones.
        attached.ring.consume(frame.seq)

    def _analyse(self, frame: FrameReady, picture: RingPicture, attached: _Attached, *, detect: bool) -> None:
        pipeline = attached.pipeline
        small = pipeline.downscale(picture.luma)
        if not attached.ring.holds(frame.seq):  # overwritten meanwhile: the small picture may mix two frames
            self._counts.skipped += 1
            return
        if (info := self._client.info) is not None:
            pipeline.set_tensor(tensor_size(info))
        if frame.probe and self._wants_every_frame(pipeline.peek_motion(small, frame.time)):
            self._demand_full(attached)
            self._demanded_at = frame.time  # ingest will send it again, after all frames before it
            return
        motion = pipeline.analyse_motion(small, frame.time)
        self._counts.processed += 1
        self._last_time, self._last_taken = frame.time, self._now()
        if self._health is not None and self._health.due(frame.time):
            self._look_at(picture, attached.ring, self._health)
        if self._settings.previews:
            self._previews.offer(picture, attached.ring, pipeline.geometry, motion=bool(motion.boxes))
        if detect and self._asked is None and self._ask(frame, motion, attached):
            self._stay_awake(motion, frame)
            return
        pipeline.skip_frame(frame.time, blind=self._blind)
        self._publish(pipeline.result(frame.time, motion), pipeline.geometry)
        self._stay_awake(motion, frame)

    def _look_at(self, picture: RingPicture, ring: FrameRing, health: CameraHealth) -> None:
        seen = look(picture.i420)
        if ring.holds(picture.seq):  # else overwritten meanwhile: it may be of two frames
            health.judge(seen, picture.time)

    def _attach(self, frame: FrameReady) -> _Attached | None:
        """Return the ring of `frame` and its pipeline; open the ring if it is new; None if it is gone."""
        old = self._attached
        if old is not None and old.ring.name == frame.ring:
            return old
        try:
            ring = FrameRing.open(self._ring_dir, frame.ring)
        except RingError as error:
            if frame.ring != self._lost_ring:  # logged once, not for each frame in it
                log.warning("camera %s: %s", self.camera, error)
            self._lost_ring = frame.ring
            return None
        ring.hold(-1)  # the process that held a frame has died
        sizes = geometry_of(self._settings, ring.width, ring.height)
        if old is None:
            self._attached = _Attached(ring, self._new_pipeline(sizes))
            return self._attached
        if self._asked is not None:
            self._asked.take()
        if sizes == old.pipeline.geometry:
            self._attached = _Attached(ring, old.pipeline)
        else:
            self._end_all()
            self._results.hold(old.pipeline.result(self._last_time, Motion()))
            self._attached = _Attached(ring, self._new_pipeline(sizes))
        old.ring.close()
        return self._attached

    def _new_pipeline(self, sizes: Geometry) -> Pipeline:
        pipeline = Pipeline(self._settings, sizes)
        kept = {zone.name for zone in pipeline.settings.zones}
        for zone in self._settings.zones:
            if zone.name not in kept:
                size = f"{sizes.width} x {sizes.height}"
                log.warning("camera %s: zone %s lies outside of the frame of %s pixels", self.camera, zone.name, size)
        return pipeline

    def _set_back(self, time: float, attached: _Attached) -> bool:
        """Start again if the clock was set back, by which the last frame came later than now."""
        if self._last_time - time <= JUMP_BACK_S or self._last_time <= self._now():
            return False
        log.warning("camera %s: the clock went back by %.0f s", self.camera, self._last_time - time)
        self._start_again(attached)
        self._last_time = self._last_detected = self._demanded_at = self._results.detected_time = 0.0
        return True

    def _start_again(self, attached: _Attached) -> None:
        """End all objects, and start without a background in the same ring."""
        self._end_all()
        self._results.hold(attached.pipeline.result(self._last_time, Motion()))
        ring = attached.ring
        attached.pipeline = self._new_pipeline(geometry_of(self._settings, ring.width, ring.height))

    def _ask(self, frame: FrameReady, motion: Motion, attached: _Attached) -> bool:
        """Send regions of the frame to a detector; False if there are no regions, or no detector is available."""
        regions, ring = attached.pipeline.regions(motion, frame.time), attached.ring
        if not regions:
            if self._settings.analysing and self._client.available and not motion.calibrating:
                self._results.detected_time = frame.time
            return False
        self._asked = request_detection(
            self._client, ring, frame, motion, regions, attached.pipeline.geometry, self._now()
        )
        if self._asked is None:
            return False
        self._last_detected = frame.time
        self._counts.regions += len(regions)
        return True

    def _on_pace(self, frame: FrameReady) -> bool:
        return frame.time - self._last_detected >= CATCH_UP_PACE * self._latency

    @property
    def _blind(self) -> bool:
        """Whether a detector should look but none can."""
        return self._settings.analysing and (self._asked is not None or not self._client.available)

    def _wants_every_frame(self, motion: Motion) -> bool:
        attached = self._attached
        return attached is not None and attached.pipeline.wants_every_frame(motion, detector=self._client.available)

    def _stay_awake(self, motion: Motion, frame: FrameReady) -> None:
        """Ask ingest for every frame while there is something to see in `frame`, the last one."""
        if self._attached is not None and self._wants_every_frame(motion):
            self._demand_full(self._attached)
            if frame.probe:
                self._demanded_at = self._now()  # the frames since then come from ingest's buffer

    def _demand_full(self, attached: _Attached) -> None:
        attached.ring.demand_full(Reader.VISION, self._now() + max(1.0, self._settings.idle_after))

    # ------------------------------------------------------------ output

    def _publish_unanswered(self, asked: DetectionRequest) -> None:
        asked.published = True
        if self._attached is not None:
            pipeline = self._attached.pipeline
            pipeline.skip_frame(asked.frame.time, blind=True)
            result = pipeline.result(asked.frame.time, asked.motion, asked.regions)
            self._publish(result, pipeline.geometry)

    def _publish(self, result: FrameResult, sizes: Geometry) -> None:
        known = self._settings.motion.enabled and not result.motion.calibrating
        self._results.send(result, sizes, motion_known=known)
        self._previews.observe(result.objects)

    def _forget_asked(self) -> None:
        if self._asked is not None:
            self._asked.release()
            self._asked = None

    def _end_all(self) -> None:
        self._forget_asked()
        if self._attached is not None:
            self._attached.pipeline.end_all()

    def _end_if_gone(self) -> None:
        attached = self._attached
        if attached is not None and self._now() - self._last_taken > GONE_S and len(attached.pipeline):
            log.info("camera %s has sent no frames for %.0f s: its objects end", self.camera, GONE_S)
            self._end_all()
            self._send_ended()

    def _send_ended(self) -> None:
        """Send which objects have ended, without a new frame."""
        if self._attached is None:
            return
        result = self._attached.pipeline.result(self._last_time, Motion())
        self._results.hold(result)
        if self._results.holds_ends:
            sizes = self._attached.pipeline.geometry
            self._publish(FrameResult(result.time, Motion(), (), result.objects, ()), sizes)


def _health_of(settings: AnalysisSettings) -> CameraHealth | None:
    return CameraHealth(moves=settings.turns) if settings.camera_health else None
