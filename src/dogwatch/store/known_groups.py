"""Groups of events as they are known by their numbers: a number is a hash of what the group is, so it never changes.

So each group is read once by a process, and not for every summary.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, cast, select

from dogwatch.store.driver_rows import driver_rows
from dogwatch.store.event_groups import batches
from dogwatch.store.json_text import compact
from dogwatch.store.tables import event_groups

KNOWN = 20_000
"""So many groups are known at most, about 10 MB."""
_FEW = 1000  # from this number on, all groups are read
_COLUMNS = select(
    *(event_groups.c[name] for name in ("id", "camera", "label", "sub_label", "has_clip", "has_snapshot")),
    cast(event_groups.c.zones, Text),
)
Kind = tuple[str, str, str, str, bool]
_known: dict[int, KnownGroup] = {}


class KnownGroup(NamedTuple):
    """What the events of a group have in common.

    `kind` is camera, label, sub-label or an empty text, zones as JSON text, and whether there is a sub-label.
    """

    kind: Kind
    has_clip: bool
    has_snapshot: bool

    @classmethod
    def of(
        cls, camera: str, label: str, sub_label: str | None, has_clip: Any, has_snapshot: Any, zones: str
    ) -> KnownGroup:
        """Return what a row says; `zones` is JSON text."""
        kind = camera, label, sub_label or "", compact(zones), sub_label is not None
        return cls(kind, bool(has_clip), bool(has_snapshot))


def known(connection: Connection, numbers: Iterable[int]) -> dict[int, KnownGroup]:
    """Return at least the groups with these numbers that there are."""
    global _known
    found = _known
    missing = [number for number in numbers if number not in found]
    if missing:
        if len(found) + len(missing) > KNOWN:
            found, missing = {}, list(numbers)
        some = [None] if len(missing) > _FEW else batches(missing)
        for part in some:
            query = _COLUMNS if part is None else _COLUMNS.where(event_groups.c.id.in_(part))
            for number, *columns in driver_rows(connection, query):
                found[number] = KnownGroup.of(*columns)
        _known = found
    return found
