"""The analysis of video files as users see it: begun, watched, cancelled, and what it has found."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection

from dogwatch.errors import ConflictError, FileError, NotFoundError
from dogwatch.jobs.runner import JobRunner, QueueFullError
from dogwatch.library.analysis_job import KIND, FileAnalysisKind
from dogwatch.library.analysis_plan import AnalysisRequest, kinds_of
from dogwatch.store import file_jobs, jobs, video_files, video_traces
from dogwatch.store.file_jobs import FileJobFilter
from dogwatch.store.jobs import ENDED, Job
from dogwatch.store.video_files import VideoFile

if TYPE_CHECKING:
    from dogwatch.store.database import Database

RETRY_S = 60
CANCEL_S = 10.0
POLL_S = 0.05


class RunningError(FileError):
    """409; a job works on the file already."""

    def __init__(self, job: Job) -> None:
        """Name the job."""
        super().__init__(409, "job_running", "The file is being analysed already")
        self.job = job


class FileAnalyses:
    """Begins, finds and ends jobs that analyse files. Its methods are for worker threads."""

    def __init__(self, db: Database, runner: JobRunner, kind: FileAnalysisKind) -> None:
        """Use `runner`, with which `kind` is registered."""
        self._db, self._runner, self._kind = db, runner, kind

    def begin(self, file: VideoFile, request: AnalysisRequest, owner: str, *, replace: bool) -> Job:
        """Queue the analysis of a file.

        Raises:
            RunningError: One is queued or runs.
            FileError: 409 `already_processed`; 503 `no_detector` or `busy`.
        """
        if running := self._live(file.uuid):
            raise RunningError(running[0])
        kinds = kinds_of(self._kind.searches(request))
        done = [kind for kind in kinds if getattr(file, f"analysed_{kind}")]
        if done and not replace:
            raise FileError(409, "already_processed", "The file has been analysed; `replace` does it again", kinds=done)
        job_id = f"{_prefix(file.uuid)}{secrets.token_hex(6)}"
        params = {
            "file": file.uuid,
            "file_id": file.id,
            "frames": (file.facts or {}).get("total_frames", 0),
            "request": msgspec.to_builtins(request),
        }

        def alone(connection: Connection) -> None:
            others = jobs.listed(connection, KIND, live=True, prefix=_prefix(file.uuid))
            if other := next((one for one in others if one.id != job_id), None):
                raise RunningError(other)
            now = video_files.one(connection, file.uuid)
            if now is None or now.status != "ready":
                raise FileError(404, "file_not_found", "The file has been deleted")

        try:
            return self._runner.submit(KIND, job_id, params, owner=owner, beside=alone)
        except QueueFullError as error:
            raise FileError(503, "busy", str(error), retry_s=RETRY_S) from None

    def find(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            FileError: 404; there is none.
        """
        try:
            job = self._runner.find(job_id)
        except NotFoundError:
            job = None
        if job is None or job.kind != KIND:
            raise FileError(404, "not_found", "There is no such job")
        return job

    def listed(self, wanted: FileJobFilter) -> tuple[int, list[Job]]:
        """Return how many jobs are selected, and one page of them, newest first."""
        with self._db.read() as connection:
            return file_jobs.listed(connection, wanted)

    def newest(self, uuid: str) -> Job | None:
        """Return the newest job of a file, or None."""
        with self._db.read() as connection:
            found = jobs.listed(connection, KIND, limit=1, prefix=_prefix(uuid))
        return found[0] if found else None

    def cancel(self, job: Job) -> Job:
        """Cancel a job and wait until it has ended; one that has ended stays as it is."""
        try:
            job = self._runner.cancel(job.id)
        except ConflictError:
            return self.find(job.id)
        patience = time.monotonic() + CANCEL_S
        while job.state not in ENDED and time.monotonic() < patience:
            time.sleep(POLL_S)
            job = self.find(job.id)
        return job

    def withdraw(self, file: VideoFile) -> None:
        """Remove all traces of a file."""
        below = self._db.write(lambda connection: video_traces.withdraw(connection, file.id))
        self._kind.replaced(file.uuid, file.id, below)

    def drop(self, file: VideoFile) -> None:
        """End what runs for a file that is deleted."""
        for job in self._live(file.uuid):
            self.cancel(job)

    def changed(self, job: Job) -> None:
        """Take note of a job that has changed: one that has succeeded leaves older traces behind."""
        if job.kind == KIND and job.state == "success" and job.result is not None:
            self._kind.replaced(str(job.params["file"]), int(job.params["file_id"]), int(job.result["first"]))

    def sweep(self) -> None:
        """Remove what interrupted jobs have left, of files that no job works on."""
        with self._db.read() as connection:
            left = video_traces.files_with_hidden(connection)
        for file_id, uuid, following in left:
            if not self._live(uuid):  # one that begins from now on has later numbers
                self._kind.clear(file_id, following)

    def _live(self, uuid: str) -> list[Job]:
        with self._db.read() as connection:
            return jobs.listed(connection, KIND, live=True, prefix=_prefix(uuid))


def _prefix(uuid: str) -> str:
    return f"{KIND}_{uuid}_"
