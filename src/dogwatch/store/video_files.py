"""Rows of video files: uploaded, registered where they lie, or made of recordings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, or_, select, update

from dogwatch.store.tables import video_boxes, video_files, video_traces

Status = Literal["uploading", "probing", "ready", "failed", "deleting"]
Sort = Literal["created_at", "file_name", "duration", "size_bytes"]
BOXES_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class VideoFile:
    """A video file; see the table's comments. `facts` are those of `media.file_facts`, once it was looked at."""

    uuid: str
    owner: str
    name: str
    extension: str
    original: str | None
    camera: str | None
    status: Status
    size_bytes: int
    created_at: float
    touched_at: float
    content_hash: str | None = None
    modified_ns: int = 0
    error: str | None = None
    duration: float | None = None
    facts: dict[str, Any] | None = None
    analysed_face: bool = False
    analysed_object: bool = False
    analysis_version: int = 0
    trace_count: int = 0
    next_trace: int = 1
    id: int = 0


@dataclass(frozen=True, slots=True)
class VideoFileFilter:
    """Selects files and their order; None means no filter. `text` is part of the name, in any case."""

    owner: str | None = None
    uuids: Collection[str] | None = None
    text: str = ""
    status: Status | None = None
    sort: Sort = "created_at"
    descending: bool = True
    limit: int = 20
    offset: int = 0


_COLUMNS = tuple(video_files.c[name] for name in VideoFile.__slots__)
_ONE = select(*_COLUMNS).where(video_files.c.uuid == bindparam("wanted"))
"""Built once: every request for a file asks this."""
_SORTED: dict[Sort, ColumnElement[Any]] = {
    "created_at": video_files.c.created_at,
    "file_name": video_files.c.name,
    "duration": video_files.c.duration,
    "size_bytes": video_files.c.size_bytes,
}


def put(connection: Connection, file: VideoFile) -> None:
    """Add a file, or replace what is said of it; its `id` is given by the database."""
    values = {column.name: getattr(file, column.name) for column in _COLUMNS if column.name != "id"}
    if not connection.execute(update(video_files).where(video_files.c.uuid == file.uuid).values(values)).rowcount:
        connection.execute(insert(video_files).values(values))


def put_missing(connection: Connection, file: VideoFile) -> None:
    """Add a file, unless it is there meanwhile."""
    if one(connection, file.uuid) is None:
        put(connection, file)


def one(connection: Connection, uuid: str) -> VideoFile | None:
    """Return the file `uuid`, or None."""
    row = connection.execute(_ONE, {"wanted": uuid}).first()
    return VideoFile(*row) if row else None


def same(connection: Connection, owner: str, content_hash: str, but: str) -> list[VideoFile]:
    """Return the files of `owner` with this content that are or will be ready, oldest first, not that called `but`."""
    return _usable(connection, video_files.c.content_hash == content_hash, video_files.c.uuid != but, owner=owner)


def registered(connection: Connection, file: VideoFile) -> VideoFile | None:
    """Return what the owner of `file` has registered of the same path with the same size and time, or None."""
    names = ("original", "size_bytes", "modified_ns")
    found = _usable(connection, *(video_files.c[name] == getattr(file, name) for name in names), owner=file.owner)
    return found[0] if found else None


def listed(connection: Connection, wanted: VideoFileFilter) -> tuple[int, list[VideoFile]]:
    """Return how many files are selected, and one page of them."""
    conditions = [*_conditions(wanted)]
    total = connection.scalar(select(func.count()).select_from(video_files).where(*conditions)) or 0
    column = _SORTED[wanted.sort]
    order = column.desc().nulls_last() if wanted.descending else column.asc().nulls_last()
    query = select(*_COLUMNS).where(*conditions).order_by(order, video_files.c.id.desc())
    return total, [VideoFile(*row) for row in connection.execute(query.limit(wanted.limit).offset(wanted.offset))]


def in_status(connection: Connection, *statuses: Status) -> list[VideoFile]:
    """Return all files in one of these states, the oldest first."""
    query = select(*_COLUMNS).where(video_files.c.status.in_(statuses)).order_by(video_files.c.id)
    return [VideoFile(*row) for row in connection.execute(query)]


def uploads(connection: Connection, owner: str) -> tuple[int, int]:
    """Return how many uploads `owner` has begun and not finished, and how many bytes they will have."""
    mine = video_files.c.owner == owner, video_files.c.status == "uploading"
    query = select(func.count(), func.sum(video_files.c.size_bytes)).select_from(video_files).where(*mine)
    count, size = connection.execute(query).one()
    return count, int(size or 0)


def owners(connection: Connection, uuids: Collection[str]) -> dict[str, str]:
    """Return who owns each of `uuids`, of those that there are."""
    query = select(video_files.c.uuid, video_files.c.owner).where(video_files.c.uuid.in_(list(uuids)))
    return {row.uuid: row.owner for row in connection.execute(query)}


def stored_bytes(connection: Connection) -> int:
    """Return how many bytes all files take that are stored here, and unfinished uploads have announced."""
    query = select(func.sum(video_files.c.size_bytes)).where(video_files.c.original.is_(None))
    return int(connection.scalar(query) or 0)


def uuids(connection: Connection) -> set[str]:
    """Return all files, those too that are being deleted."""
    return set(connection.scalars(select(video_files.c.uuid)))


def change(
    connection: Connection, uuid: str, values: dict[str, Any], only: Sequence[Status] | None = None
) -> VideoFile | None:
    """Change a file and return it as it is then; None if there is none, or its status is not one of `only`."""
    found = video_files.c.uuid == uuid
    condition = found if only is None else found & video_files.c.status.in_(only)
    changed = connection.execute(update(video_files).where(condition).values(values))
    return one(connection, uuid) if changed.rowcount else None


def note_damage(connection: Connection, uuid: str) -> None:
    """Note in the facts of a file that some of it cannot be decoded."""
    found = one(connection, uuid)
    if found is not None and found.facts and not found.facts.get("damaged"):
        change(connection, uuid, {"facts": {**found.facts, "damaged": True}}, ("ready",))


def remove_boxes(connection: Connection, file_id: int) -> bool:
    """Remove some of a file's boxes; whether there may be more. A million at once would keep all writers waiting."""
    some = (
        select(video_boxes.c.trace_id, video_boxes.c.frame)
        .where(video_boxes.c.file_id == file_id)
        .order_by(video_boxes.c.trace_id, video_boxes.c.frame)
        .offset(BOXES_AT_ONCE)
        .limit(1)
    )
    last = connection.execute(some).first()
    condition = video_boxes.c.file_id == file_id
    if last is not None:
        earlier = video_boxes.c.trace_id < last.trace_id
        condition &= or_(earlier, (video_boxes.c.trace_id == last.trace_id) & (video_boxes.c.frame < last.frame))
    connection.execute(delete(video_boxes).where(condition))
    return last is not None


def drop(connection: Connection, file_id: int) -> None:
    """Delete a file's row and those of its traces; its boxes are gone already."""
    connection.execute(delete(video_traces).where(video_traces.c.file_id == file_id))
    connection.execute(delete(video_files).where(video_files.c.id == file_id))


def forget(connection: Connection, uuid: str) -> None:
    """Delete the row of a file that has neither traces nor boxes."""
    connection.execute(delete(video_files).where(video_files.c.uuid == uuid))


def _usable(connection: Connection, *conditions: ColumnElement[bool], owner: str) -> list[VideoFile]:
    usable = video_files.c.owner == owner, video_files.c.status.in_(("probing", "ready"))
    query = select(*_COLUMNS).where(*usable, *conditions).order_by(video_files.c.id)
    return [VideoFile(*row) for row in connection.execute(query)]


def _conditions(wanted: VideoFileFilter) -> list[ColumnElement[bool]]:
    found = [video_files.c.status != "deleting"]
    if wanted.owner is not None:
        found.append(video_files.c.owner == wanted.owner)
    if wanted.uuids is not None:
        found.append(video_files.c.uuid.in_(list(wanted.uuids)))
    if wanted.text:
        found.append(func.lower(video_files.c.name).contains(wanted.text.lower(), autoescape=True))
    if wanted.status is not None:
        found.append(video_files.c.status == wanted.status)
    return found
