"""Replays recordings with the settings in force, as a job: which events would come of them, and why others do not.

It reads footage and writes none, and makes no events. The work is done by `replay.child`, a process of its own with low
priority, so that neither the core nor the live analysis waits for it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection

from dogwatch.analysis import AnalysisSettings
from dogwatch.api.nvr.debug_replay import KIND
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.events import learnt
from dogwatch.events.rules import CameraRules, rules_of
from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.recordings import encoder_process
from dogwatch.runtime.specs import analysis_settings
from dogwatch.store.database import Database
from dogwatch.store.jobs import Job

if TYPE_CHECKING:
    from dogwatch.config import Config

WORDS = encoder_process.Words("the replay", "replaying")
CHILD = (sys.executable, "-m", "dogwatch.replay.child")


class ReplaySpec(msgspec.Struct, frozen=True):
    """What to replay: recordings of `camera` below `media` from `start` to `end` (epoch s), or the exported `file`."""

    camera: str
    media: str
    start: float
    end: float
    settings: AnalysisSettings
    rules: CameraRules
    detector: DetectorSpec
    deblock: bool
    out: str
    file: str = ""


class DebugReplayKind:
    """Replays as a kind of job; see `JobKind`. Only one runs, because it takes a processor."""

    name = KIND
    workers = 1
    queue_limit = 1

    def __init__(
        self,
        db: Database,
        media_root: Path,
        scratch: Path,
        config: Callable[[], Config],
        detector: Callable[[Config], DetectorSpec],
    ) -> None:
        """Read footage below `media_root`, and let the process write its result into `scratch`.

        Args:
            db: The database.
            media_root: The directory that holds `recordings/` and `exports/`.
            scratch: A private directory.
            config: Returns the configuration in force.
            detector: Returns how to load its first detector.
        """
        self._db, self._media, self._scratch, self._config, self._detector = db, media_root, scratch, config, detector

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Replay; return the report.

        Raises:
            JobError: The camera is configured no longer, or the replay has failed.
        """
        out = self._out(job)
        encoder_process.encode(self._spec(job, out), control, CHILD, WORDS)
        try:
            report: dict[str, Any] = json.loads(out.read_bytes())
        except (OSError, ValueError) as error:
            raise JobError("the result of the replay cannot be read") from error
        out.unlink(missing_ok=True)
        return report

    def undo(self, job: Job) -> None:
        """Remove the process's file."""
        self._out(job).unlink(missing_ok=True)

    def settle(self, connection: Connection, job: Job) -> None:
        """Change no rows."""

    def _out(self, job: Job) -> Path:
        return self._scratch / f"{job.id}.json"

    def _spec(self, job: Job, out: Path) -> ReplaySpec:
        camera, config, params = str(job.camera), self._config(), job.params
        if camera not in config.cameras:
            raise JobError(f"camera {camera} is not configured any more")
        with self._db.read() as connection:
            known = learnt.stored(connection, camera)
        return ReplaySpec(
            camera=camera,
            media=str(self._media),
            start=params["start"],
            end=params["end"],
            settings=analysis_settings(config, camera, known),
            rules=rules_of(config)[camera],
            detector=msgspec.structs.replace(self._detector(config), threads=1),
            deblock=config.cameras[camera].detect.deblock,
            out=str(out),
            file=str(self._media / "exports" / params["file"]) if params.get("file") else "",
        )
