"""Makes of a replay the messages that the analysis of a live camera sends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dogwatch.analysis import AnalysisSettings
from dogwatch.bus.messages import Message
from dogwatch.replay.driver import Views
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.pipeline import FrameResult
from dogwatch.workers.analysis.best_pictures import RawFrames
from dogwatch.workers.analysis.previews import PreviewPictures
from dogwatch.workers.analysis.results import ResultSender


class FrameMessages:
    """Takes what `Replay` tells of the frames of one camera; see `Replay.__init__` for `listen`."""

    def __init__(
        self,
        settings: AnalysisSettings,
        send: Callable[[Message], bool],
        picture: Callable[[], NDArray[np.uint8]],
    ) -> None:
        """Send messages with `send`; `picture` gives the frame that is being told of, I420."""
        self._settings, self._picture = settings, picture
        self._raw = RawFrames()
        self._results = ResultSender(settings.camera, send, self._raw)
        self._previews = PreviewPictures(settings.camera, send)

    def listen(self, result: FrameResult, sizes: Geometry, views: Views) -> None:
        """Send what one frame has shown."""
        if self._settings.previews:
            self._previews.offer_pixels(self._picture(), result.time, sizes, motion=bool(result.motion.boxes))
        labels = {one.id: one.label for one in result.objects}
        if shown := [(key, view) for key, view in views if key in labels]:
            self._results.keep_copy(shown, self._raw.copy(self._picture(), sizes), labels.__getitem__)
        self._results.detected_time = result.time  # nobody else uses the detector
        known = self._settings.motion.enabled and not result.motion.calibrating
        self._results.send(result, sizes, motion_known=known)
        self._previews.observe(result.objects)
