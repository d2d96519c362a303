"""The different sets of labels and of zones that review items have, by numbers that stay the same.

There are some hundreds of them, so counts of items tell both sets of an item in 64 bits (see `review_sums`): the upper
half is the number of its labels, the lower that of its zones. The sets themselves are those of `review_entries`.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection
from sys import byteorder
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, func, select

from dogwatch.store import deferred
from dogwatch.store.event_groups import batches
from dogwatch.store.few import listed
from dogwatch.store.json_text import dumps
from dogwatch.store.many_rows import insert_rows, write
from dogwatch.store.review_entries import NO_ENTRIES, Entries, entries
from dogwatch.store.tables import review_counts, review_sets

KEPT = 2000
LABELS = 32  # the bit at which the number of the labels begins
KNOWN = 1024
"""Of how many sets the writer's connection keeps the numbers, which saves reading them."""


class Sets(NamedTuple):
    """An item's labels and its zones, each as the table has them."""

    labels: str
    zones: str


def sets_of(listed_by: Entries) -> Sets:
    """Return the sets of an item that lists this."""
    return Sets(dumps(sorted(listed_by.labels)), dumps(sorted(listed_by.zones)))


def sets_in(text: bytes | str) -> Sets:
    """Return the sets of an item with this text of its `data`; none of one that the disk has damaged."""
    try:
        return sets_of(entries(msgspec.json.decode(text)))
    except (msgspec.MsgspecError, ValueError, TypeError, AttributeError, RecursionError):
        return sets_of(NO_ENTRIES)


def numbers(connection: Connection, names: Collection[str]) -> dict[str, int]:
    """Return the numbers of sets, for the writer; one that is new gets a number."""
    kept: dict[str, int] = deferred.known(connection, "sets of review items")
    if len(kept) > KNOWN:
        deferred.run(connection)  # what was added is read now
        kept.clear()
    if unknown := [one for one in names if one not in kept]:
        found: dict[str, int] = dict(map(tuple, connection.execute(_FIND, {"names": dumps(unknown)})))
        if new := [one for one in unknown if one not in found]:
            first = (connection.scalar(_LAST) or 0) + 1
            found |= {one: first + place for place, one in enumerate(new)}
            write(connection, _ADD, [{"id": found[one], "names": one} for one in new])
        kept |= found
    return {one: kept[one] for one in names}


def forget_unused(connection: Connection) -> None:
    """Delete the sets that no item has any more, once there are more than `KEPT`."""
    there = set(connection.scalars(select(review_sets.c.id)))
    if len(there) <= KEPT:
        return
    both: set[int] = set()
    for text in connection.scalars(select(review_counts.c.sets)):
        both.update(unpacked(text))
    gone = there.difference(one >> LABELS for one in both).difference(one & (1 << LABELS) - 1 for one in both)
    for some in batches(sorted(gone)):
        connection.execute(delete(review_sets).where(review_sets.c.id.in_(some)))


def unpacked(stored: bytes) -> array[int]:
    """Return the sets of items from their count: numbers of 64 bits, the least byte first."""
    found = array("Q", stored)
    if byteorder == "big":
        found.byteswap()
    return found


def packed(sets: array[int]) -> bytes:
    """Return what `unpacked` takes."""
    return (sets if byteorder == "little" else unpacked(sets.tobytes())).tobytes()


_FIND = select(review_sets.c.names, review_sets.c.id).where(listed(review_sets.c.names, "names"))
_LAST = select(func.max(review_sets.c.id))
_ADD = insert_rows(review_sets, frozenset(("id", "names")))
