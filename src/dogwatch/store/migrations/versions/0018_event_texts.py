"""Texts of events, by which descriptions and licence plates are found; whether a user has called a box wrong."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

from dogwatch.store.words import distinct, joined  # who changes what words are needs another migration anyway

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BATCH = 2000
_log = logging.getLogger("dogwatch.store.migrations")


def upgrade() -> None:
    op.add_column(
        "events",
        sa.Column(
            "false_positive", sa.Boolean(), nullable=True, comment="true if a user has said that the box is wrong"
        ),
    )
    texts = op.create_table(
        "event_texts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            autoincrement=False,
            nullable=False,
            comment="the event's start in microseconds, or just after",
        ),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="as store.words.joined makes it"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_texts")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_texts_event_id")),
        comment="what is written of events one by one: descriptions and licence plates, see store.event_texts",
    )
    words = op.create_table(
        "event_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("text_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("word", "text_id", name=op.f("pk_event_words")),
        comment="in which texts of events each word is",
        sqlite_with_rowid=False,
    )
    _fill(op.get_bind(), texts, words)


def downgrade() -> None:
    op.drop_table("event_words")
    op.drop_table("event_texts")
    op.drop_column("events", "false_positive")


def _fill(connection: Connection, texts: sa.Table, words: sa.Table) -> None:
    _log.warning("the database is brought up to date: descriptions and licence plates become searchable")
    last = -(1 << 62)
    for rows in _described(connection):
        found: list[dict[str, Any]] = []
        for row in rows:
            if text := joined(_texts(row.recognized_license_plate, row.data)):
                last = max(last + 1, round(row.start_time * 1e6))
                found.append({"id": last, "event_id": row.id, "text": text})
        if found:
            connection.execute(sa.insert(texts), found)
            entries = [{"word": word, "text_id": one["id"]} for one in found for word in sorted(distinct(one["text"]))]
            connection.execute(sa.insert(words), entries)


def _described(connection: Connection) -> Iterator[Sequence[Any]]:
    """Yield the events that have a description or a plate, some at a time, in the order of time."""
    names = ("id", "start_time", "recognized_license_plate", "data")
    c = sa.table("events", *(sa.column(name) for name in names)).c
    data = sa.cast(c.data, sa.Text)  # a server does not look into JSON that holds half of a surrogate pair
    has = sa.or_(c.recognized_license_plate.is_not(None), data.like("%description%"))
    query = sa.select(c.id, c.start_time, c.recognized_license_plate, data.label("data"))
    query = query.where(has).order_by(c.start_time, c.id).limit(BATCH)
    rows = connection.execute(query).all()
    while rows:
        yield rows
        after = sa.or_(
            c.start_time > rows[-1].start_time, sa.and_(c.start_time == rows[-1].start_time, c.id > rows[-1].id)
        )
        rows = connection.execute(query.where(c.start_time >= rows[-1].start_time, after)).all()


def _texts(plate: str | None, data: str) -> list[str | None]:
    try:
        read = json.loads(data)
    except ValueError:
        read = None
    description = read.get("description") if isinstance(read, dict) else None
    together = "".join(one for one in plate or "" if one.isalnum())
    return [description if isinstance(description, str) else None, plate, together if together != plate else None]
