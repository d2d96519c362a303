"""Lists jobs that work on video files, by their files: their ids begin with the kind and the file's uuid."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from dogwatch.store.jobs import Job, State, job_of
from dogwatch.store.tables import jobs, video_files

UUID_LENGTH = 32


@dataclass(frozen=True, slots=True)
class FileJobFilter:
    """Selects jobs of `kind` of files that are there, by their owner or their uuids; None means no filter."""

    kind: str
    owner: str | None = None
    uuids: Collection[str] | None = None
    state: State | None = None
    limit: int = 200
    offset: int = 0


def listed(connection: Connection, wanted: FileJobFilter) -> tuple[int, list[Job]]:
    """Return how many jobs are selected, and one page of them, newest first."""
    uuid = func.substr(jobs.c.id, len(wanted.kind) + 2, UUID_LENGTH)
    both = jobs.join(video_files, uuid == video_files.c.uuid)
    conditions = [jobs.c.kind == wanted.kind, video_files.c.status != "deleting", *_conditions(wanted)]
    total = connection.scalar(select(func.count()).select_from(both).where(*conditions)) or 0
    query = select(jobs).select_from(both).where(*conditions).order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
    return total, [job_of(row) for row in connection.execute(query.limit(wanted.limit).offset(wanted.offset))]


def _conditions(wanted: FileJobFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.owner is not None:
        found.append(video_files.c.owner == wanted.owner)
    if wanted.uuids is not None:
        found.append(video_files.c.uuid.in_(list(wanted.uuids)))
    if wanted.state is not None:
        found.append(jobs.c.state == wanted.state)
    return found
