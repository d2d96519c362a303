"""Searches recordings for motion in a part of the picture: a kind of job (docs/motion.md).

What the packed cells tell is known when the job is queued. The job looks at the footage itself, from the newest to the
oldest, and tells what it has found so far.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection

from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.jobs.runner import JobRunner, QueueFullError
from dogwatch.media.motion_scan_spec import Point, ScanSpec
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.store.jobs import ENDED, Job, waiting
from dogwatch.store.segments import ListedSegment

if TYPE_CHECKING:
    from dogwatch.recordings.motion_search import Findings, Selection

KIND = "motion_search"
DAY_S = 86_400.0
ADJACENT_S = 0.5  # the next segment follows this one
MOST_PROCESSES = 4
QUEUED, QUEUED_EACH = 20, 5  # of all, and of one user, so that others get theirs too


class MotionQuery(msgspec.Struct, frozen=True):
    """What is searched: `camera` from `start` to `end` (epoch s); for the rest see `ScanSpec`.

    `parallel` lets several processes work, and at most `max_results` are told.
    """

    camera: str
    start: float
    end: float
    polygon: tuple[Point, ...]
    threshold: int = 30
    min_area: float = 5.0
    parallel: bool = False
    max_results: int = 25


class MotionSearchKind:
    """The kind of job; see `JobKind`."""

    name = KIND
    workers = 1
    queue_limit = QUEUED
    each_limit = QUEUED_EACH

    def __init__(self, catalogue: Catalogue, media_root: Path) -> None:
        """Search the recordings of `catalogue`, whose files are below `media_root`."""
        self._catalogue, self._media = catalogue, media_root
        self._found: dict[str, Findings] = {}

    def begin(self, jobs: JobRunner, query: MotionQuery, owner: str) -> Job:
        """Search the packed cells, and queue the rest.

        Raises:
            QueueFullError: Too many searches are waiting.
            StoreError: The row cannot be written.
        """
        from dogwatch.recordings.motion_search import Findings, from_cells, touched  # which loads NumPy

        region, found = touched(query.polygon), Findings()
        seen = unknown = 0
        for rows, selection in self._days(query):
            if len(found.found) <= query.max_results:
                found.add(from_cells(rows, selection, region, query.max_results + 1))
            seen += int((selection.frames > 0).sum())
            unknown += int(selection.unknown.sum())
        first = {"segments": seen, "unknown": unknown, "motion": found.body(query.max_results)}
        params = {**msgspec.to_builtins(query), "first": first}

        def check(connection: Connection) -> None:
            if waiting(connection, KIND, owner) > self.each_limit:  # with this one
                raise QueueFullError(f"{self.each_limit} of your searches are waiting already; try again later")

        key = f"{KIND}_{secrets.token_hex(6)}"
        return jobs.submit(KIND, key, params, camera=query.camera, owner=owner, beside=check)

    def results(self, job: Job) -> list[dict[str, Any]]:
        """Return what a job has found so far, newest first."""
        if job.result is not None:
            return list(job.result["results"])
        found = self._found.get(job.id)
        return [] if found is None or job.state in ENDED else found.body(job.params["max_results"])

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Look through the footage.

        Raises:
            JobError: None of it can be read.
        """
        from dogwatch.recordings.motion_scanners import scanned
        from dogwatch.recordings.motion_search import Findings

        query = msgspec.convert({key: job.params[key] for key in MotionQuery.__struct_fields__}, MotionQuery)
        found = self._found[job.id] = Findings()
        first = job.params["first"]
        expected = max(first["segments"] + first["unknown"], 1)
        processes = min(MOST_PROCESSES, max(1, (os.cpu_count() or 1) // 2)) if query.parallel else 1
        count, unreadable, error = 0, 0, ""
        for _, report in scanned(self._specs(query), processes, control.check):
            count += 1
            if report.error is not None:
                unreadable, error = unreadable + 1, report.error
            found.add(report.found)
            control.step("refining", 100 * count / expected)
            if len(found.found) > query.max_results:
                break
        if count and unreadable == count:
            raise JobError(f"no recording can be read: {error}")
        complete = len(found.found) <= query.max_results
        results = found.body(query.max_results)
        return {"results": results, "segments": count, "unreadable": unreadable, "complete": complete}

    def undo(self, job: Job) -> None:
        """Forget what was found."""
        self._found.pop(job.id, None)

    def settle(self, connection: Connection, job: Job) -> None:  # noqa: ARG002 - of the protocol
        """Forget what is in the job's row now."""
        self._found.pop(job.id, None)

    def _days(self, query: MotionQuery) -> Iterator[tuple[list[ListedSegment], Selection]]:
        """Yield segments a day at a time, the newest day first: those of a month would take much memory."""
        from dogwatch.recordings.motion_search import select, touched

        region, until = touched(query.polygon), query.end
        while until > query.start:
            since = max(query.start, until - DAY_S)
            rows = self._catalogue.listed(query.camera, since, until)
            if since > query.start:
                rows = [row for row in rows if row[1] >= since]
            yield rows, select(rows, region)
            until = since

    def _specs(self, query: MotionQuery) -> Iterator[tuple[None, ScanSpec]]:
        """Yield what to look at, the newest first."""
        for rows, selection in self._days(query):
            if not (chosen := selection.chosen):
                continue
            spans = self._catalogue.spans(query.camera, rows[0][1], rows[-1][2])
            files = {one.start_time: str(self._media / one.path) for one in spans}
            for n in reversed(chosen):
                start, end = rows[n][1:3]
                after = rows[n + 1][1] if n + 1 < len(rows) else None
                follows = None if after is None or after - end > ADJACENT_S else files.get(after)
                if (path := files.get(start)) is not None:  # else it was deleted meanwhile
                    yield (
                        None,
                        ScanSpec(
                            path,
                            follows,
                            query.start,
                            query.end,
                            query.polygon,
                            query.threshold,
                            query.min_area,
                            not selection.unknown[n],
                            start,
                            after or 0.0,
                        ),
                    )
