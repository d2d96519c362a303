"""Tries other settings of a camera on its recordings, as a job: which events would be gained, which lost, and why.

It reads footage and writes none, and makes no events. The work is done by `replay.trial`, a process of its own with low
priority. What it finds lies in `tries/<camera>/<job>/`: `result.json` and a picture of each event.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection

from dogwatch.analysis import AnalysisSettings
from dogwatch.api.nvr.settings_trial import KIND, RESULT, changes_of, folder_of
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import DogwatchError
from dogwatch.events import learnt
from dogwatch.events.rules import CameraRules, rules_of
from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.recordings import encoder_process
from dogwatch.runtime.specs import analysis_settings
from dogwatch.store.database import Database
from dogwatch.store.jobs import Job

if TYPE_CHECKING:
    from dogwatch.analysis import Learnt
    from dogwatch.config import Config

WORDS = encoder_process.Words("the trial", "replaying")
CHILD = (sys.executable, "-m", "dogwatch.replay.trial")
KEPT = 20
"""So many results are kept, the newest ones."""


class TrialSettings(msgspec.Struct, frozen=True):
    """The settings of a camera, as they are or as they would be."""

    analysis: AnalysisSettings
    rules: CameraRules
    deblock: bool


class TrialSpec(msgspec.Struct, frozen=True):
    """What to try on the recordings of `camera` below `media` from `start` to `end` (epoch s).

    `out` is the file of the result; pictures are put beside it.
    """

    camera: str
    media: str
    start: float
    end: float
    before: TrialSettings
    after: TrialSettings
    detector: DetectorSpec
    out: str


class SettingsTrialKind:
    """Trials as a kind of job; see `JobKind`. Only one runs, because it takes a processor."""

    name = KIND
    workers = 1
    queue_limit = 1

    def __init__(
        self,
        db: Database,
        media_root: Path,
        config: Callable[[], Config],
        changed: Callable[[Mapping[tuple[str, ...], Any]], Config],
        detector: Callable[[Config], DetectorSpec],
    ) -> None:
        """Read footage below `media_root`, and write results there.

        Args:
            db: The database.
            media_root: The directory that holds `recordings/` and `tries/`.
            config: Returns the configuration in force.
            changed: Returns that with changes of single keys.
            detector: Returns how to load its first detector.
        """
        self._db, self._media, self._config, self._changed, self._detector = db, media_root, config, changed, detector

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Replay the footage twice; return how many events are gained and lost.

        Raises:
            JobError: The camera is configured no longer, the settings are not valid any more, or the replay has failed.
        """
        folder = folder_of(self._media, job)
        spec = self._spec(job, folder / RESULT)
        self._forget_old(job)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise JobError(f"the result cannot be written: {error.strerror or error}") from error
        encoder_process.encode(spec, control, CHILD, WORDS)
        try:
            found: dict[str, Any] = json.loads((folder / RESULT).read_bytes())
            return {"counts": found["counts"]}
        except (OSError, ValueError, KeyError) as error:
            raise JobError("the result of the trial cannot be read") from error

    def undo(self, job: Job) -> None:
        """Remove what the process has written."""
        shutil.rmtree(folder_of(self._media, job), ignore_errors=True)

    def settle(self, connection: Connection, job: Job) -> None:
        """Change no rows."""

    def _spec(self, job: Job, out: Path) -> TrialSpec:
        camera, config, params = str(job.camera), self._config(), job.params
        if camera not in config.cameras:
            raise JobError(f"camera {camera} is not configured any more")
        try:
            proposed = self._changed(changes_of(camera, params["config"]))
        except DogwatchError as error:
            raise JobError(f"these settings are not valid any more: {error}") from error
        with self._db.read() as connection:
            known = learnt.stored(connection, camera)
        return TrialSpec(
            camera=camera,
            media=str(self._media),
            start=params["start"],
            end=params["end"],
            before=_settings(config, camera, known),
            after=_settings(proposed, camera, known),
            detector=msgspec.structs.replace(self._detector(config), threads=1),
            out=str(out),
        )

    def _forget_old(self, job: Job) -> None:
        """Remove results that are too old, or whose job is no more."""
        found = {path: path.name for path in (self._media / "tries").glob("*/*") if path.is_dir()}
        with self._db.read() as connection:
            kept = {one.id for one in _newest(connection)}
        for path, name in found.items():
            if name not in kept and name != job.id:
                shutil.rmtree(path, ignore_errors=True)


def _newest(connection: Connection) -> list[Job]:
    from dogwatch.store import jobs

    return jobs.latest(connection, [KIND], limit=KEPT, live=False)


def _settings(config: Config, camera: str, known: Learnt) -> TrialSettings:
    return TrialSettings(
        analysis_settings(config, camera, known), rules_of(config)[camera], config.cameras[camera].detect.deblock
    )
