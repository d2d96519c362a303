"""Makes the past of a camera of a film: what a live camera would have recorded and found, faster than real time.

It runs in a process of its own, because the film is foreign: that process may die without harm. Run as
`python -m dogwatch.replay.placing`: a spec comes as a line of JSON on standard input; see `media.encoder` for the rest.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import cv2

from dogwatch.detectors.base import Detector, load
from dogwatch.errors import MediaError
from dogwatch.library import placed_rows
from dogwatch.library.placing_spec import PlacingSpec
from dogwatch.media.audio import Loudness
from dogwatch.media.encoder import serve
from dogwatch.media.film_source import FilmSource
from dogwatch.media.packets import Tracks, Unit, VideoInfo
from dogwatch.replay.driver import Replay, Views
from dogwatch.replay.film_connection import FilmConnection
from dogwatch.replay.film_recorder import FilmPlace, FilmRecorder
from dogwatch.replay.frame_messages import FrameMessages
from dogwatch.replay.staged_camera import StagedCamera
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.pipeline import FrameResult
from dogwatch.workers.files import sandbox

MEMORY_BYTES = 6 << 30  # of its own data, with a model: a film that wants more is refused
REMOTE = frozenset({"remote", "deepstack"})
TELL_EVERY_S = 2.0  # of the film
ANALYSED, STORED = 0.95, 1.0  # shares of the work


def main() -> int:
    """Place the film that standard input tells of; return the exit code."""
    cv2.setNumThreads(1)  # live analysis needs the processors
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    return serve(PlacingSpec, _work)


def place(spec: PlacingSpec, detector: Detector, tell: Callable[[float], None]) -> int:
    """Make everything and write the rows; return the number of segments.

    Raises:
        MediaError: The film cannot be recorded, or what is made of it cannot be stored.
        OSError: The disk is full or broken.
    """
    staged = StagedCamera(Path(spec.stage), spec.rules)
    try:
        with closing(FilmSource(Path(spec.path))) as source:
            _Placing(spec, source, detector, staged, tell).run()
        tell(ANALYSED)
        rows = staged.finish(spec.crf)
        if not rows.segments:
            raise MediaError("it holds no footage for this time")
        placed_rows.write(Path(spec.out), rows)
    finally:
        staged.close()
    tell(STORED)
    return len(rows.segments)


class _Placing:
    """One film on its way through recorder and analysis."""

    def __init__(
        self,
        spec: PlacingSpec,
        source: FilmSource,
        detector: Detector,
        staged: StagedCamera,
        tell: Callable[[float], None],
    ) -> None:
        self._spec, self._staged, self._tell = spec, staged, tell
        loudness = Loudness("recorder") if spec.audio else None
        self._connection = FilmConnection(source, spec.start - spec.first, loudness, self._change)
        self._video, self._told = self._connection.video, spec.start
        place = FilmPlace(spec.camera, Path(spec.stage), spec.segment_seconds, spec.ranges)
        self._recorder = FilmRecorder(place, self._connection.tracks, staged.take, loudness)
        self._replay = Replay(spec.settings, detector, self._listen, deblock=spec.deblock)
        self._messages = FrameMessages(spec.settings, staged.take, lambda: self._replay.picture)

    def run(self) -> None:
        """Record and analyse all of it."""
        for video, units in groupby(self._recorded(), key=itemgetter(0)):  # the film may change its parameters
            self._replay.run(video, map(itemgetter(1), units))
        self._recorder.close()
        self._replay.close()

    def _recorded(self) -> Iterator[tuple[VideoInfo, Unit]]:
        """Record the units, and yield those of the video as it is now, in time for their segment to be known."""
        for unit in self._connection.units():
            wanted = self._recorder.write(unit)
            if unit.video and unit.time - self._told >= TELL_EVERY_S:
                self._told = unit.time
                self._tell(ANALYSED * min(1.0, (unit.time - self._spec.start) / max(self._spec.length, 1.0)))
            if wanted and unit.video:
                yield self._video, unit

    def _change(self, tracks: Tracks, video: VideoInfo) -> None:
        self._recorder.change(tracks)
        self._video = video

    def _listen(self, result: FrameResult, sizes: Geometry, views: Views) -> None:
        self._messages.listen(result, sizes, views)


def _work(spec: PlacingSpec, tell: Callable[[float], None]) -> int:
    if spec.detector.type not in REMOTE:
        sandbox.leave_network()
    try:
        return place(spec, load(spec.detector), tell)
    except OSError as error:
        raise MediaError(error.strerror or str(error)) from error


if __name__ == "__main__":
    os._exit(main())  # as `media.encoder`
