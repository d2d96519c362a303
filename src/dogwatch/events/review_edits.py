"""What users change of review items, whoever brings it: who has seen them, and deletion.

Every function waits for the database, so call it from worker threads, not from the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

from dogwatch.errors import NotFoundError
from dogwatch.events.hub import EventHub
from dogwatch.store import reviews

NOT_FOUND = "Review item not found"


RemoveFootage = Callable[[str, float, float, str, str], object]
"""`recordings.removal.remove_range`, bound to the database and the disk."""


def mark_viewed(hub: EventHub, review_id: str, username: str, *, viewed: bool) -> None:
    """Mark an item as seen by a user or not.

    Raises:
        NotFoundError: There is no such item.
    """
    if not mark_all_viewed(hub, [review_id], username, lambda _: True, viewed=viewed):
        raise NotFoundError(NOT_FOUND)


def mark_all_viewed(
    hub: EventHub, ids: Sequence[str], username: str, may_see: Callable[[str], bool], *, viewed: bool
) -> int:
    """Mark items as seen by a user or not; return how many. Unknown ones, and those of other cameras, are ignored."""
    db = hub.outputs.db
    with db.read() as connection:
        rows = reviews.many(connection, ids, username)
    known = [row["id"] for row in rows if may_see(row["camera"])]
    db.write(lambda connection: reviews.view(connection, known, username, seen=viewed))
    return len(known)


def delete(hub: EventHub, ids: Sequence[str], remove_footage: RemoveFootage) -> None:
    """Delete items, their thumbnails, and the recordings that overlap them.

    Raises:
        DiskGoneError: Their thumbnails cannot be deleted, as their disk is not there; nothing is deleted.
    """
    db, files = hub.outputs.db, hub.outputs.files
    files.verify()
    with db.read() as connection:
        rows = reviews.many(connection, ids, "")
    with _dropped(hub, ids):
        for row in rows:  # the footage first: what fails half-way is done by asking again
            end = hub.clock() if row["end_time"] is None else row["end_time"]
            detail = f"review item {row['id']} was deleted"
            remove_footage(row["camera"], row["start_time"], end, "api", detail)
        db.write(lambda connection: reviews.remove(connection, ids))
    for row in rows:
        files.forget_review(row["camera"], row["id"])


@contextmanager
def _dropped(hub: EventHub, ids: Collection[str]) -> Iterator[None]:
    """Drop open items while they are deleted; what goes on then begins a new one. They go on if it fails."""
    with hub.lock:
        watches = hub.watches.values()
        dropped = [(watch, item) for watch in watches if (item := watch.line.open) is not None and item.id in ids]
        for watch, item in dropped:
            watch.line.open = None
            hub.outputs.forget_item(item)
    try:
        yield
    except BaseException:
        with hub.lock:
            for watch, item in dropped:
                watch.line.open = watch.line.open or item
        raise
