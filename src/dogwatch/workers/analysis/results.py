"""Sends the core what the analysis of one camera has found: tracks frame by frame, and the best pictures of objects."""

from __future__ import annotations

from collections.abc import Callable, Collection

from dogwatch.bus.messages import FrameTracks, Message
from dogwatch.evidence import ObjectEvidence
from dogwatch.model import TrackedObject
from dogwatch.vision.best_picture import View
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.pipeline import FrameResult, Pipeline
from dogwatch.workers.analysis.best_pictures import BestPictures, FrameCopy, RawFrames
from dogwatch.workers.analysis.request import DetectionRequest


class ResultSender:
    """Everything that goes out about one camera.

    An object's first picture is sent after its start, and its last one before its end.
    """

    def __init__(self, camera: str, send: Callable[[Message], bool], raw: RawFrames) -> None:
        """Send with `send`, which says whether a message went out; keep the pixels of best pictures in `raw`."""
        self._camera, self._send, self._raw = camera, send, raw
        self._pictures = BestPictures(camera, send, raw)
        self._unsent_ends: tuple[TrackedObject, ...] = ()
        self._unsent_evidence: tuple[ObjectEvidence, ...] = ()
        self.detected_time = 0.0
        """The newest frame in which a detector looked for objects, or did not need to."""

    @property
    def holds_ends(self) -> bool:
        """Whether ended objects wait for the next message."""
        return bool(self._unsent_ends)

    def keep(self, pipeline: Pipeline, views: Collection[tuple[str, View]], asked: DetectionRequest) -> None:
        """Keep the frame for the objects that it shows best so far."""
        if not views:
            return
        if (copied := asked.copy_frame(pipeline.geometry, self._raw)) is None:
            pipeline.forget_views([object_id for object_id, _ in views])
            return
        self.keep_copy(views, copied, pipeline.label_of)

    def keep_copy(self, views: Collection[tuple[str, View]], copied: FrameCopy, label_of: Callable[[str], str]) -> None:
        """Keep a copy of the frame for the objects that it shows best so far."""
        for object_id, view in views:
            self._pictures.offer(object_id, label_of(object_id), view, copied)

    def hold(self, result: FrameResult) -> None:
        """Send the objects of `result` that have ended with the next message."""
        self._unsent_ends += result.ended
        self._unsent_evidence += result.evidence

    def send(self, result: FrameResult, sizes: Geometry, *, motion_known: bool) -> None:
        """Send a frame's tracks, and the pictures that are due."""
        ended = self._unsent_ends + result.ended
        evidence = self._unsent_evidence + result.evidence
        self._pictures.finish([one.id for one in ended])
        message = FrameTracks(
            camera=self._camera,
            frame_time=result.time,
            width=sizes.width,
            height=sizes.height,
            motion_area=result.motion.area,
            motion_boxes=result.motion.boxes,
            regions=result.regions,
            objects=result.objects,
            ended=ended,
            motion_known=motion_known,
            detected_time=self.detected_time,
            evidence=tuple([one for one in evidence if one.reached or one.held_back]) if evidence else (),
        )
        # If it is not sent, the next message has the ended objects: none may be missed.
        sent = self._send(message)
        self._unsent_ends, self._unsent_evidence = ((), ()) if sent else (ended, evidence)
        self._pictures.flush(result.time)
