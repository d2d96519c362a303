"""Runs one replay: footage, configuration and detector in, a `ReplayReport` out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dogwatch.analysis import NOTHING_LEARNT, AnalysisSettings, Learnt
from dogwatch.config import Config
from dogwatch.detectors.base import Detector, load
from dogwatch.errors import MediaError
from dogwatch.events.learnt import stored
from dogwatch.events.rules import CameraRules, rules_of
from dogwatch.media.packets import Unit
from dogwatch.replay.candidates import CandidateCollector
from dogwatch.replay.driver import Replay
from dogwatch.replay.footage import Clip, units
from dogwatch.replay.judge import Judge
from dogwatch.replay.report import ReplayReport
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.specs import analysis_settings, detection_specs

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What to replay: `clips` in order, from `start` to `end` (s).

    `learnt` is what the live camera went by at each time.
    """

    camera: str
    clips: Sequence[Clip]
    start: float
    end: float
    learnt: Learnt = NOTHING_LEARNT


def learnt_of(config: Config, data: Path, camera: str) -> Learnt:
    """Return what the database of a data directory has learnt of `camera`; nothing if there is no database.

    Raises:
        StoreError: It cannot be read.
    """
    from dogwatch.store.database import Database

    url = Paths.below(data).database(config.database)
    db = Database(url)
    try:
        if db.path is not None and not db.path.exists():
            return NOTHING_LEARNT
        with db.read() as connection:
            return stored(connection, camera)
    finally:
        db.close()


def detector_of(config: Config, data: Path) -> Detector:
    """Load the first detector of `config` into this process.

    Raises:
        DetectorError: It cannot be loaded.
    """
    return load(detection_specs(config, Paths.below(data))[0].detector)


def replay(
    wanted: ReplayRequest, config: Config, detector: Detector, progress: Progress = lambda _: None
) -> ReplayReport:
    """Replay footage with the settings of a camera of `config`; `progress` is called with the seconds done.

    Raises:
        MediaError: A file cannot be read.
    """
    settings = analysis_settings(config, wanted.camera, wanted.learnt)
    own = config.cameras[wanted.camera]
    return analyse(wanted, settings, rules_of(config)[wanted.camera], detector, progress, deblock=own.detect.deblock)


def analyse(
    wanted: ReplayRequest,
    settings: AnalysisSettings,
    rules: CameraRules,
    detector: Detector,
    progress: Progress,
    *,
    deblock: bool,
) -> ReplayReport:
    """Replay footage with these settings; see `replay`.

    Raises:
        MediaError: A file cannot be read.
    """
    notes = CandidateCollector(settings)
    judge = Judge(settings, rules, notes)
    run = Replay(settings, detector, judge.add_frame, notes, deblock=deblock)
    seconds = feed(run, wanted, progress)
    return ReplayReport(
        camera=wanted.camera,
        detector=detector.info.name,
        seconds=seconds,
        frames=run.frames,
        regions=run.regions,
        events=tuple(sorted(judge.events, key=lambda one: (one.start_time, one.label, one.end_time))),
        candidates=tuple(notes.finish()),
        dropped_candidates=notes.dropped,
    )


def feed(run: Replay, wanted: ReplayRequest, progress: Progress, unread: Callable[[Clip], None] | None = None) -> float:
    """Take all footage through `run`, and end its objects; return the seconds of footage.

    `unread` is called with files that cannot be read, such as those that have been deleted meanwhile.

    Raises:
        MediaError: A file cannot be read, and there is no `unread`.
    """
    seconds = 0.0
    for clip in wanted.clips:
        begun, end = max(clip.start_time, wanted.start), wanted.end
        last = begun

        def told(packets: Iterator[Unit], begun: float = begun, before: float = seconds) -> Iterator[Unit]:
            nonlocal last
            for unit in packets:
                last = max(last, unit.time)
                progress(before + last - begun)
                yield unit

        try:
            run.run(clip.video, told(units(clip, wanted.start, end)))
        except MediaError:
            if unread is None:
                raise
            unread(clip)
        seconds += last - begun
    run.close()
    return seconds
