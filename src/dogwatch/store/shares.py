"""Rows of links that need no login, and of their uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from dogwatch.store.tables import share_uses, shares

Kind = Literal["clip", "event", "export"]
OwnerKind = Literal["account", "listener", "proxy"]
State = Literal["preparing", "ready", "ended"]
ENDED: State = "ended"


@dataclass(frozen=True, slots=True)
class Share:
    """A link; see the table's comments. `cover` is None, or what `sharing.cover` reads."""

    id: str
    kind: Kind
    camera: str
    target: str
    start_time: float
    end_time: float
    title: str | None
    cover: dict[str, Any] | None
    owner: str
    owner_kind: OwnerKind
    owner_role: str
    address: str
    created_at: float
    expires_at: float
    state: State
    footage_s: float | None = None
    ended_at: float | None = None
    reason: str = ""
    uses: int = 0
    used_at: float | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a link; `used_at` in epoch seconds."""

    used_at: float
    address: str
    what: str
    agent: str


_COLUMNS = tuple(shares.c[name] for name in Share.__slots__)
_USE = tuple(share_uses.c[name] for name in Use.__slots__)
_OPEN = shares.c.state != ENDED


def add(connection: Connection, share: Share, token_hash: str) -> None:
    """Add a link."""
    values = {column.name: getattr(share, column.name) for column in _COLUMNS}
    connection.execute(insert(shares).values(**values, token_hash=token_hash))


def one(connection: Connection, share_id: str) -> Share | None:
    """Return the link `share_id`, or None."""
    return _first(connection, shares.c.id == share_id)


def of_token(connection: Connection, token_hash: str, now: float) -> Share | None:
    """Return the link of a token that has not ended, or None."""
    return _first(connection, shares.c.token_hash == token_hash, _OPEN, shares.c.expires_at > now)


def listed(connection: Connection, owner: str | None, limit: int) -> list[Share]:
    """Return links, those of `owner` alone if given, the newest first.

    Beyond `limit`, those that have ended are left out first: nobody can hide a link behind many that he revokes.
    """
    newest = shares.c.created_at.desc(), shares.c.id
    query = select(*_COLUMNS).order_by(shares.c.state == ENDED, *newest).limit(limit)
    if owner is not None:
        query = query.where(shares.c.owner == owner)
    found = [Share(*row) for row in connection.execute(query)]
    return sorted(found, key=lambda share: (-share.created_at, share.id))


def unended(connection: Connection) -> list[Share]:
    """Return the links that have not ended, those too whose time is over."""
    return [Share(*row) for row in connection.execute(select(*_COLUMNS).where(_OPEN))]


def counts(connection: Connection, owner: str) -> tuple[int, int, int]:
    """Return how many links have not ended, how many of these `owner` has made, and how many of his are not ready."""
    mine = shares.c.owner == owner
    waiting = mine & (shares.c.state == "preparing")
    query = select(func.count(), func.count().filter(mine), func.count().filter(waiting))
    total, own, unready = connection.execute(query.select_from(shares).where(_OPEN)).one()
    return total, own, unready


def end(connection: Connection, share_id: str, now: float, reason: str) -> bool:
    """End a link; False if there is none, or it has ended."""
    return _end(connection, shares.c.id == share_id, now, reason) > 0


def end_of_owner(connection: Connection, username: str, now: float, reason: str) -> None:
    """End the links of an account."""
    _end(connection, (shares.c.owner == username) & (shares.c.owner_kind == "account"), now, reason)


def ready(connection: Connection, share_id: str, footage_s: float) -> None:
    """Note that a link's copy is complete, and how much footage it holds."""
    changed = update(shares).where(shares.c.id == share_id, shares.c.state == "preparing")
    connection.execute(changed.values(state="ready", footage_s=footage_s))


def use(connection: Connection, share_id: str, used: Use, kept: int) -> None:
    """Note a use; only the newest `kept` of a link stay."""
    changed = update(shares).where(shares.c.id == share_id)
    if not connection.execute(changed.values(uses=shares.c.uses + 1, used_at=used.used_at)).rowcount:
        return  # it has just been removed
    values = {name: getattr(used, name) for name in Use.__slots__}
    connection.execute(insert(share_uses).values(share_id=share_id, **values))
    oldest = select(share_uses.c.id).where(share_uses.c.share_id == share_id).order_by(share_uses.c.id.desc())
    gone = connection.scalars(oldest.offset(kept).limit(kept)).all()
    if gone:
        connection.execute(delete(share_uses).where(share_uses.c.id.in_(gone)))


def uses(connection: Connection, share_id: str) -> list[Use]:
    """Return the uses of a link that are kept, the newest first."""
    query = select(*_USE).where(share_uses.c.share_id == share_id).order_by(share_uses.c.id.desc())
    return [Use(*row) for row in connection.execute(query)]


def prune(connection: Connection, before: float, most: int) -> None:
    """Remove the links that ended before `before` (epoch s), and of each owner those beyond the `most` latest."""
    connection.execute(delete(shares).where(shares.c.state == ENDED, shares.c.ended_at < before))
    place = func.row_number().over(partition_by=shares.c.owner, order_by=shares.c.ended_at.desc())
    ranked = select(shares.c.id, place.label("place")).where(shares.c.state == ENDED).subquery()
    connection.execute(delete(shares).where(shares.c.id.in_(select(ranked.c.id).where(ranked.c.place > most))))


def _first(connection: Connection, *conditions: ColumnElement[bool]) -> Share | None:
    row = connection.execute(select(*_COLUMNS).where(*conditions)).first()
    return Share(*row) if row else None


def _end(connection: Connection, condition: ColumnElement[bool], now: float, reason: str) -> int:
    values = {"state": ENDED, "ended_at": now, "reason": reason[:200]}
    return connection.execute(update(shares).where(condition, _OPEN).values(values)).rowcount
