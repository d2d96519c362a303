"""Finds faces and objects in a video file: a kind of job.

A file worker does the work. What it finds is written as it comes, and can be seen when the job is done, in the
transaction that ends it. A job that is cut off begins again, and what it had written is removed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection

from dogwatch.errors import FileError
from dogwatch.jobs.kinds import CancelledError, JobControl, JobError
from dogwatch.library.analysis_plan import FACE, AnalysisRequest, kinds_of
from dogwatch.library.catalogue import FileCatalogue
from dogwatch.library.face_choice import FaceChoice
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.indexing import INDEX
from dogwatch.library.ports import FaceNames
from dogwatch.library.trace_names import names_of
from dogwatch.store import video_traces
from dogwatch.store.jobs import Job
from dogwatch.store.video_files import VideoFile
from dogwatch.store.video_traces import NewBox, TraceRow
from dogwatch.workers.files.spec import AnalysedFrames, AnalyseTask, Finding, FoundBoxes, FoundTrace, Search, cores

if TYPE_CHECKING:
    from dogwatch.store.database import Database

Searches = Callable[[AnalysisRequest], tuple[Search, ...]]

KIND = "file_analysis"
QUEUED = 1000
MOST_THREADS = 4
ALL = (1 << 31) - 1  # beyond all numbers of traces; PostgreSQL knows no larger ones in their columns
WRITTEN_AT_ONCE = 4000  # boxes: some hundredths of a second for all other writers


class FileAnalysisKind:
    """The kind of job; see `JobKind`."""

    name = KIND
    queue_limit = QUEUED

    def __init__(
        self,
        db: Database,
        catalogue: FileCatalogue,
        workers: FileWorkers,
        searches: Searches,
        changed: Callable[[str], None] = lambda _: None,
        faces: FaceNames | None = None,
    ) -> None:
        """Analyse the files of `catalogue`.

        Args:
            db: The database.
            catalogue: The files.
            workers: Do the work.
            searches: Returns which detector of the configuration in force looks for what; 503 if none can.
            changed: Called with the uuid of a file whose traces have changed.
            faces: Knows whose faces these are; None if nobody does.
        """
        self._db, self._catalogue, self._workers = db, catalogue, workers
        self.searches, self._changed, self._faces = searches, changed, faces
        self.threads = max(1, min(MOST_THREADS, cores()))
        self.workers = max(1, cores() // self.threads)

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Look at the file; return how many traces were found.

        Raises:
            JobError: It cannot be looked at.
        """
        file = self._file(job)
        request = msgspec.convert(job.params["request"], AnalysisRequest)
        self.clear(file.id)
        try:
            searches = self.searches(request)
            source = self._catalogue.source(file)
            found = _Found(self._db, file, control)
            models = tuple(sorted({path for one in searches for path in _files(one)}))
            task = AnalyseTask(searches=searches, every=request.every, threads=self.threads, readable=models)
            index = self._catalogue.store.folder(file.uuid) / INDEX
            self._workers.run(task, source, index, check=control.check, told=found.told)
            found.write()
            if self._faces is not None and found.faces and self._faces.wanted():
                control.step("naming", 100)
                names = names_of(file, source, index, found.faces, self._workers, self._faces, control.check)
                self._db.write(partial(video_traces.name, file_id=file.id, names=names))
        except CancelledError:
            raise
        except FileError as error:
            raise JobError(str(error)) from error
        kinds = kinds_of(searches)
        return {"traces": found.traces, "first": found.first, "kinds": list(kinds)}

    def undo(self, job: Job) -> None:
        """Remove what was written and cannot be seen."""
        self.clear(int(job.params["file_id"]))

    def settle(self, connection: Connection, job: Job) -> None:
        """Let what was found be seen, instead of what was found before."""
        if job.state == "success" and job.result is not None:
            file_id, kinds = int(job.params["file_id"]), job.result["kinds"]
            video_traces.publish(connection, file_id, kinds, int(job.result["first"]))

    def replaced(self, uuid: str, file_id: int, below: int) -> None:
        """Tidy up after the traces below the number `below` have been replaced: these, and what was made of them."""
        self._changed(uuid)
        self.clear(file_id, below)

    def clear(self, file_id: int, below: int = ALL) -> None:
        """Remove what cannot be seen of a file, in parts; a job that works on it has numbers from `below` on."""
        while self._db.write(partial(video_traces.clear_hidden, file_id=file_id, below=below)):
            pass

    def _file(self, job: Job) -> VideoFile:
        file = self._catalogue.find(str(job.params["file"]))
        if file is None or file.status != "ready":
            raise JobError("the file is not there any more")
        return file


class _Found:
    """Writes what a worker tells, and tells the job's progress."""

    def __init__(self, db: Database, file: VideoFile, control: JobControl) -> None:
        self._db, self._file, self._control = db, file, control
        self._total = max(1, int((file.facts or {}).get("total_frames") or 1))
        self.first = self._next = file.next_trace
        self._kind = ""
        self._traces: list[TraceRow] = []
        self._boxes: list[NewBox] = []
        self.faces = FaceChoice()

    @property
    def traces(self) -> int:
        """How many were found."""
        return self._next - self.first

    def told(self, value: Any) -> None:
        """Take what the worker has told."""
        match msgspec.convert(value, Finding):
            case AnalysedFrames(done):
                self._control.step("analysing", 100 * done / self._total)
            case FoundTrace() as one:
                count = one.end_frame - one.start_frame + 1
                self._traces.append(
                    TraceRow(
                        self._next, one.kind, one.label, one.start_frame, one.end_frame, count,
                        one.start_time, one.end_time, one.avg_confidence,
                    )
                )  # fmt: skip
                if one.kind == FACE:
                    self.faces.begin(self._next, one.start_frame, one.end_frame)
                self._kind = one.kind
                self._next += 1
            case FoundBoxes(boxes):
                self._boxes += [(self._next - 1, *box) for box in boxes]
                if self._kind == FACE:
                    self.faces.add(boxes)
                if len(self._boxes) >= WRITTEN_AT_ONCE:
                    self.write()

    def write(self) -> None:
        """Write what is not written yet."""
        traces, boxes = self._traces, self._boxes
        self._traces, self._boxes = [], []
        self._db.write(partial(video_traces.add, file_id=self._file.id, traces=traces, found=boxes))


def _files(search: Search) -> list[str]:
    """Return what a detector reads: its model, and what lies beside it with the same name, such as its weights."""
    path = Path(search.detector.model.path)
    if not search.detector.model.path:
        return []
    return [str(one) for one in {path, *path.parent.glob(f"{path.stem}.*")} if one.is_file()]
