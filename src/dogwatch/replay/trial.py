"""Replays footage with the settings of a camera as they are and as they would be, and tells what differs.

Run as `python -m dogwatch.replay.trial`: `runtime.settings_trial.TrialSpec` comes as a line of JSON on standard input,
and the result goes into the file that it names, pictures beside it. See `media.encoder` for the rest.
"""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.analysis import Learnt
from dogwatch.detectors.base import Detector, load
from dogwatch.errors import DogwatchError
from dogwatch.events.live_object import LiveObject
from dogwatch.framing import THUMBNAIL_HEIGHT, THUMBNAIL_QUALITY, around_thumbnail
from dogwatch.media import jpeg
from dogwatch.media.encoder import serve
from dogwatch.model import LONGEST_SEGMENT_S
from dogwatch.replay import footage
from dogwatch.replay.candidates import CandidateCollector
from dogwatch.replay.driver import Replay, Views
from dogwatch.replay.footage import Clip
from dogwatch.replay.judge import Judge, ReplayEvent
from dogwatch.replay.run import ReplayRequest, feed
from dogwatch.replay.trial_result import TrialEvent, TrialRun, gaps, result
from dogwatch.runtime.settings_trial import TrialSettings, TrialSpec
from dogwatch.vision.cut import cut
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.pipeline import FrameResult

MEMORY_BYTES = 4 << 30
LONGEST_S = 12 * 3600.0
MOST_EVENTS = 2000
"""Of each of the two; settings that make more are no use to anybody."""


class TrialJudge(Judge):
    """Makes events as its base does, and keeps a picture of each object where it is seen best."""

    def __init__(self, side: str, settings: TrialSettings, notes: CandidateCollector, folder: Path) -> None:
        """Give events ids that begin with `side`, and write their pictures into `folder`."""
        super().__init__(settings.analysis, settings.rules, notes)
        self._side, self._folder = side, folder
        self._pictures: dict[str, bytes] = {}
        self.picture: Callable[[], NDArray[np.uint8]] = lambda: np.empty((0, 0), np.uint8)
        self.kept: list[TrialEvent] = []
        self.dropped = 0

    def add_frame(self, result: FrameResult, sizes: Geometry, views: Views) -> None:
        """Add one analysed frame."""
        for object_id, view in views:
            region = around_thumbnail(view.box, sizes.width, sizes.height)
            small = np.empty((THUMBNAIL_HEIGHT, THUMBNAIL_HEIGHT, 3), np.uint8)
            cut(self.picture(), region, sizes, "bgr", small)
            self._pictures[object_id] = jpeg.encode(small, THUMBNAIL_QUALITY)
        super().add_frame(result, sizes, views)
        known = {one.id for one in result.objects}
        for gone in [key for key in self._pictures if key not in known]:
            del self._pictures[gone]

    def made(self, live: LiveObject, event: ReplayEvent) -> None:
        """Keep the event, up to a limit."""
        if len(self.kept) >= MOST_EVENTS:
            self.dropped += 1
            return
        name = f"{self._side}{len(self.kept)}"
        data = self._pictures.get(live.obj.id)
        if data is not None:
            (self._folder / f"{name}.jpg").write_bytes(data)
        box = live.picture.box if live.picture is not None else live.obj.box
        self.kept.append(TrialEvent(name, event, box, live.frame, has_thumbnail=data is not None))


def main() -> int:
    """Try what standard input asks for; return the exit code."""
    cv2.setNumThreads(1)  # live analysis needs the processors
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    return serve(TrialSpec, _work)


def _work(spec: TrialSpec, tell: Callable[[float], None]) -> int:
    try:
        return try_settings(spec, tell)
    except OSError as error:
        raise DogwatchError(f"the result cannot be written: {error.strerror or error}") from error


def try_settings(spec: TrialSpec, tell: Callable[[float], None]) -> int:
    """Write the result of a trial; return the number of events of both.

    Raises:
        DogwatchError: There is no footage, the detector cannot be loaded, or it takes too long.
    """
    began = time.monotonic()
    folder = Path(spec.out).parent
    clips = footage.recorded(Path(spec.media), spec.camera, spec.start, spec.end)
    detector = load(spec.detector)
    spans = [(one.start_time, one.start_time + (one.duration or 0.0)) for one in clips]
    missing = gaps(spans, spec.start, spec.end)
    length = max(1.0, sum(min(last, spec.end) - max(first, spec.start) for first, last in spans))

    def progress(part: int) -> Callable[[float], None]:
        def told(seconds: float) -> None:
            if time.monotonic() - began > LONGEST_S:
                raise DogwatchError(f"it takes longer than {LONGEST_S / 3600:.0f} hours: choose a shorter time")
            tell((part + min(seconds / length, 1.0)) / 2)

        return told

    before = _replayed("b", spec, spec.before, detector, clips, progress(0))
    after = _replayed("a", spec, spec.after, detector, clips, progress(1))
    missing = sorted({*missing, *before.unread, *after.unread})
    body, shown = result(before, after, missing)
    for path in folder.glob("*.jpg"):
        if path.stem not in shown:
            path.unlink()
    Path(spec.out).write_text(json.dumps(body))
    return len(before.events) + len(after.events)


def _replayed(
    side: str,
    spec: TrialSpec,
    settings: TrialSettings,
    detector: Detector,
    clips: Sequence[Clip],
    progress: Callable[[float], None],
) -> TrialRun:
    notes = CandidateCollector(settings.analysis)
    judge = TrialJudge(side, settings, notes, Path(spec.out).parent)
    run = Replay(settings.analysis, detector, judge.add_frame, notes, deblock=settings.deblock)
    judge.picture = lambda: run.picture
    unread: list[tuple[float, float]] = []

    def note(clip: Clip) -> None:
        unread.append((clip.start_time, clip.start_time + (clip.duration or LONGEST_SEGMENT_S)))

    known = Learnt(settings.analysis.grids, settings.analysis.false_places)
    seconds = feed(run, ReplayRequest(spec.camera, clips, spec.start, spec.end, known), progress, note)
    return TrialRun(
        detector=detector.info.name,
        seconds=seconds,
        frames=run.frames,
        events=judge.kept,
        candidates=notes.finish(),
        dropped=judge.dropped,
        unread=unread,
    )


if __name__ == "__main__":
    os._exit(main())  # as `media.encoder`
