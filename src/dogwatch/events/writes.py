"""Transactions of events: each row with what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Connection

from dogwatch.store import event_reasons, events, ongoing, reviews, timeline

Row = dict[str, Any]

WRITE_TIMEOUT_S = 15.0


def result(future: Future[Any]) -> Any:
    """Wait for work in the database and return its result.

    Raises:
        TimeoutError: The database does not answer; the work will not be done later.
    """
    try:
        return future.result(WRITE_TIMEOUT_S)
    except TimeoutError:
        future.cancel()
        raise


def put_event(
    row: Row, entries: Sequence[Row], state: Row | None, connection: Connection, *, reasons: Row | None = None
) -> None:
    """Write an event's row, new moments of its timeline, what a new core must know of it, and why it was made."""
    events.put(connection, row)
    timeline.add(connection, entries)
    if state is not None:
        ongoing.put(connection, [state])
    if reasons is not None:
        event_reasons.put(connection, row["id"], reasons)


def put_all(rows: Sequence[Row], states: Sequence[Row], connection: Connection) -> None:
    """Write rows of events, and what a new core must know."""
    for row in rows:
        events.put(connection, row)
    ongoing.put(connection, states)


def put_review(row: Row, state: Row, connection: Connection) -> list[str]:
    """Write a review item's row and what a new core must know of it.

    Return the events that it lists: they are known at the end of the transaction.
    """
    listed = reviews.put_with_known(connection, row)
    ongoing.put(connection, [state])
    return listed


def end_events(connection: Connection, ids: Sequence[str], time: float) -> None:
    """End events at `time`."""
    for event_id in ids:
        events.change(connection, event_id, {"end_time": time}, {})


def note_told(item_id: str, kind: str, connection: Connection) -> None:
    """Note that `new` or `end` of a tracked object was published."""
    ongoing.note_told(connection, item_id, kind)


def note_review_told(item_id: str, kind: str, connection: Connection) -> None:
    """Note that `new` or `end` of a review item was published; nothing more is told of one that has ended."""
    if kind == "end":
        ongoing.remove(connection, item_id)
    else:
        ongoing.note_told(connection, item_id, kind)
