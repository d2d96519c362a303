"""Rows of exports, and of the cases that exports can be put into."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from dogwatch.store.tables import export_cases, exports


@dataclass(frozen=True, slots=True)
class Export:
    """An exported range, or one that is being exported. Times are epoch seconds; `file` lies below `exports/`."""

    id: str
    camera: str
    name: str
    date: float
    end_time: float
    file: str
    in_progress: bool
    size_bytes: int
    created_at: float
    case_id: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A collection of exports."""

    id: str
    name: str
    description: str
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """Selects exports; None means no filter. `case` `""` selects those without a case. Dates are the range's start."""

    cameras: Collection[str] | None = None
    case: str | None = None
    after: float | None = None
    before: float | None = None


def add(connection: Connection, export: Export) -> None:
    """Add an export."""
    connection.execute(
        exports.insert().values(
            id=export.id,
            camera=export.camera,
            name=export.name,
            date=export.date,
            end_time=export.end_time,
            file=export.file,
            in_progress=export.in_progress,
            size_bytes=export.size_bytes,
            created_at=export.created_at,
            case_id=export.case_id,
        )
    )


def listed(connection: Connection, wanted: ExportFilter) -> list[Export]:
    """Return exports, newest range first."""
    query = select(exports)
    if wanted.cameras is not None:
        query = query.where(exports.c.camera.in_(list(wanted.cameras)))
    if wanted.case is not None:
        query = query.where(exports.c.case_id.is_(None) if not wanted.case else exports.c.case_id == wanted.case)
    if wanted.after is not None:
        query = query.where(exports.c.date >= wanted.after)
    if wanted.before is not None:
        query = query.where(exports.c.date <= wanted.before)
    return [_export(row) for row in connection.execute(query.order_by(exports.c.date.desc(), exports.c.id.desc()))]


def one(connection: Connection, export_id: str) -> Export | None:
    """Return an export by its id."""
    row = connection.execute(select(exports).where(exports.c.id == export_id)).one_or_none()
    return None if row is None else _export(row)


def some(connection: Connection, ids: Iterable[str]) -> list[Export]:
    """Return the exports with these ids; unknown ids are ignored."""
    return [_export(row) for row in connection.execute(select(exports).where(exports.c.id.in_(list(ids))))]


def of_file(connection: Connection, file: str) -> Export | None:
    """Return the export whose file is `file` below `exports/`."""
    row = connection.execute(select(exports).where(exports.c.file == file)).one_or_none()
    return None if row is None else _export(row)


def finish(connection: Connection, export_id: str, size_bytes: int) -> None:
    """Note that an export is complete."""
    connection.execute(
        exports.update().where(exports.c.id == export_id).values(in_progress=False, size_bytes=size_bytes)
    )


def usage(connection: Connection) -> dict[str, int]:
    """Return how many bytes the finished exports of each camera have."""
    query = select(exports.c.camera, func.sum(exports.c.size_bytes)).where(~exports.c.in_progress)
    return {camera: int(size or 0) for camera, size in connection.execute(query.group_by(exports.c.camera))}


def rename(connection: Connection, export_id: str, name: str) -> bool:
    """Give an export another name; False if there is no such export."""
    return bool(connection.execute(exports.update().where(exports.c.id == export_id).values(name=name)).rowcount)


def assign(connection: Connection, ids: Collection[str], case_id: str | None) -> int:
    """Put exports into a case, or into none; return how many there were."""
    return connection.execute(exports.update().where(exports.c.id.in_(list(ids))).values(case_id=case_id)).rowcount


def drop(connection: Connection, ids: Collection[str]) -> None:
    """Delete rows of exports."""
    connection.execute(exports.delete().where(exports.c.id.in_(list(ids))))


def add_case(connection: Connection, case: Case) -> None:
    """Add a case."""
    connection.execute(
        export_cases.insert().values(
            id=case.id,
            name=case.name,
            description=case.description,
            created_at=case.created_at,
            updated_at=case.updated_at,
        )
    )


def cases(connection: Connection) -> list[Case]:
    """Return all cases, the newest first."""
    query = select(export_cases).order_by(export_cases.c.created_at.desc(), export_cases.c.id)
    return [_case(row) for row in connection.execute(query)]


def case(connection: Connection, case_id: str) -> Case | None:
    """Return a case by its id."""
    row = connection.execute(select(export_cases).where(export_cases.c.id == case_id)).one_or_none()
    return None if row is None else _case(row)


def change_case(connection: Connection, case_id: str, values: dict[str, Any]) -> bool:
    """Change a case's columns; False if there is no such case."""
    changed = connection.execute(export_cases.update().where(export_cases.c.id == case_id).values(values))
    return bool(changed.rowcount)


def drop_case(connection: Connection, case_id: str) -> bool:
    """Delete a case; its exports stay, without a case. False if there is no such case."""
    connection.execute(exports.update().where(exports.c.case_id == case_id).values(case_id=None))
    return bool(connection.execute(export_cases.delete().where(export_cases.c.id == case_id)).rowcount)


def _export(row: Row[Any]) -> Export:
    return Export(
        row.id, row.camera, row.name, row.date, row.end_time, row.file, row.in_progress, row.size_bytes,
        row.created_at, row.case_id,
    )  # fmt: skip


def _case(row: Row[Any]) -> Case:
    return Case(row.id, row.name, row.description, row.created_at, row.updated_at)
