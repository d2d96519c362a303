"""Rows of jobs: work that takes a while, shows its progress, can be cancelled, and survives a restart."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, null, or_, select

from dogwatch.store.tables import jobs

State = Literal["queued", "running", "success", "failed", "cancelled"]
ENDED: tuple[State, ...] = ("success", "failed", "cancelled")
_STATES = select(jobs.c.kind, jobs.c.state).distinct()


@dataclass(frozen=True, slots=True)
class Job:
    """One job. Times are epoch seconds; `progress` is 0 to 100.

    `camera` is None for work that belongs to no single camera. `attempts` counts how often it was started. `cancelled`
    means that it should end; a running job ends at its next step.
    """

    id: str
    kind: str
    camera: str | None
    owner: str
    state: State
    params: dict[str, Any]
    result: dict[str, Any] | None
    error: str
    step: str
    progress: float
    attempts: int
    cancelled: bool
    created_at: float
    started_at: float | None
    ended_at: float | None


def add(connection: Connection, job: Job) -> None:
    """Add a queued job."""
    connection.execute(
        jobs.insert().values(
            id=job.id,
            kind=job.kind,
            camera=job.camera,
            owner=job.owner,
            state=job.state,
            params=job.params,
            error="",
            step="queued",
            progress=0.0,
            attempts=0,
            cancelled=False,
            created_at=job.created_at,
        )
    )


def waiting(connection: Connection, kind: str, owner: str | None = None) -> int:
    """Return how many jobs of `kind`, of all or one owner, are queued."""
    query = select(func.count()).select_from(jobs).where(jobs.c.kind == kind, jobs.c.state == "queued")
    if owner is not None:
        query = query.where(jobs.c.owner == owner)
    return int(connection.execute(query).scalar_one())


def states(connection: Connection) -> set[tuple[str, str]]:
    """Return kind and state of all jobs that there are."""
    return {(kind, state) for kind, state in connection.execute(_STATES)}


def claim(connection: Connection, kind: str, holder: str, now: float, lease_until: float) -> Job | None:
    """Take the oldest queued job of `kind` for `holder`; None if there is none.

    A runner on another node may be quicker: then the update finds no queued row, and the next job is tried.
    """
    while True:
        query = select(jobs.c.id).where(jobs.c.kind == kind, jobs.c.state == "queued")
        found = connection.execute(query.order_by(jobs.c.created_at, jobs.c.id).limit(1)).scalar()
        if found is None:
            return None
        changed = connection.execute(
            jobs.update()
            .where(jobs.c.id == found, jobs.c.state == "queued")
            .values(
                state="running",
                holder=holder,
                lease_until=lease_until,
                started_at=now,
                ended_at=None,
                attempts=jobs.c.attempts + 1,
                step="preparing",
                progress=0.0,
                error="",
            )
        )
        if changed.rowcount:
            return one(connection, found)


def renew(connection: Connection, ids: Collection[str], lease_until: float) -> None:
    """Extend the leases of the running jobs `ids`."""
    connection.execute(
        jobs.update().where(jobs.c.id.in_(list(ids)), jobs.c.state == "running").values(lease_until=lease_until)
    )


def advance(connection: Connection, job_id: str, step: str, progress: float) -> None:
    """Store the progress of a running job."""
    connection.execute(
        jobs.update().where(jobs.c.id == job_id, jobs.c.state == "running").values(step=step, progress=progress)
    )


def end(
    connection: Connection, job_id: str, state: State, now: float, *, error: str = "", result: dict[str, Any] | None
) -> bool:
    """End a queued or running job; False if it has ended already."""
    values: dict[str, Any] = {"state": state, "ended_at": now, "error": error, "result": result, "lease_until": None}
    if state == "success":
        values |= {"progress": 100.0, "step": "finalizing"}
    changed = connection.execute(jobs.update().where(jobs.c.id == job_id, jobs.c.state.not_in(ENDED)).values(values))
    return bool(changed.rowcount)


def requeue(connection: Connection, job_id: str) -> None:
    """Queue a job again that was cut off."""
    connection.execute(
        jobs.update()
        .where(jobs.c.id == job_id, jobs.c.state == "running")
        .values(state="queued", step="queued", progress=0.0, holder="", lease_until=None, started_at=None)
    )


def cancel(connection: Connection, job_id: str, now: float) -> Job | None:
    """Cancel a job: a queued one ends at once, a running one is marked. None if there is no such job."""
    connection.execute(jobs.update().where(jobs.c.id == job_id, jobs.c.state.not_in(ENDED)).values(cancelled=True))
    connection.execute(
        jobs.update()
        .where(jobs.c.id == job_id, jobs.c.state == "queued")
        .values(state="cancelled", ended_at=now, error="cancelled")
    )
    return one(connection, job_id)


def cut_off(connection: Connection, holder: str, now: float) -> list[Job]:
    """Return running jobs that no program runs: those of `holder`, which has just started, and those out of lease."""
    query = select(jobs).where(
        jobs.c.state == "running", or_(jobs.c.holder == holder, jobs.c.lease_until < now, jobs.c.lease_until.is_(None))
    )
    return [job_of(row) for row in connection.execute(query)]


def one(connection: Connection, job_id: str) -> Job | None:
    """Return a job by its id."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
    return None if row is None else job_of(row)


def listed(
    connection: Connection,
    kind: str,
    cameras: Iterable[str] | None = None,
    *,
    limit: int = 200,
    live: bool = False,
    prefix: str = "",
) -> list[Job]:
    """Return jobs of `kind`, newest first; only of `cameras` if given, and with `live` only those not ended.

    Only those count whose id begins with `prefix`, which is made of letters, digits and `_`.
    """
    query = select(jobs).where(jobs.c.kind == kind)
    if prefix:
        query = query.where(jobs.c.id.between(prefix, prefix + "~"))
    if cameras is not None:
        query = query.where(jobs.c.camera.in_(list(cameras)))
    if live:
        query = query.where(jobs.c.state.not_in(ENDED))
    query = query.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
    return [job_of(row) for row in connection.execute(query)]


def latest(connection: Connection, kinds: Collection[str] | None, *, limit: int, live: bool) -> list[Job]:
    """Return jobs of all or some kinds without their results, newest first; with `live` only those not ended."""
    columns: list[Any] = [column for column in jobs.c if column.name != "result"]
    query = select(*columns, null().label("result"))
    if kinds is not None:
        query = query.where(jobs.c.kind.in_(list(kinds)))
    if live:
        query = query.where(jobs.c.state.not_in(ENDED))
    query = query.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
    return [job_of(row) for row in connection.execute(query)]


def prune(connection: Connection, before: float, keep: int = 1000) -> int:
    """Delete jobs that ended before `before` (epoch s) or are not among the newest `keep`; return how many."""
    newest = select(jobs.c.id).where(jobs.c.state.in_(ENDED)).order_by(jobs.c.ended_at.desc()).limit(keep)
    gone = connection.execute(
        jobs.delete().where(
            jobs.c.state.in_(ENDED), or_(jobs.c.ended_at < before, jobs.c.id.not_in(newest.scalar_subquery()))
        )
    )
    return gone.rowcount


def job_of(row: Any) -> Job:
    """Return the job of a row of the whole table."""
    return Job(
        id=row.id, kind=row.kind, camera=row.camera, owner=row.owner, state=row.state, params=row.params or {},
        result=row.result, error=row.error, step=row.step, progress=row.progress, attempts=row.attempts,
        cancelled=row.cancelled, created_at=row.created_at, started_at=row.started_at, ended_at=row.ended_at,
    )  # fmt: skip
