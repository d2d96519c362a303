"""Review items with certain labels or zones, told from their counts (see `review_sums`). Loads NumPy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, bindparam, select

from dogwatch.store import compiled
from dogwatch.store.compiled import Question
from dogwatch.store.few import listed
from dogwatch.store.group_counts import QUARTERS, Numbers
from dogwatch.store.json_text import dumps
from dogwatch.store.localtime import DAY_S, QUARTER_S, Periods
from dogwatch.store.review_sums import ALL, Begun, SummaryChoice, edge, edge_of, listed_names, of_edge
from dogwatch.store.tables import review_counts, review_sets

MOST_SPANS = 200
LAST_DAY = (1 << 31) - 1
Rows = Sequence[Sequence[Any]]


class _Items(NamedTuple):
    """Items that began together: in which quarter of an hour since 1970, in which of `rows` they are counted, how many.

    There are thousands of these, of a hundred times as many items.
    """

    quarters: Numbers
    place: Numbers
    counts: Numbers
    rows: list[tuple[str, str]]  # severity, username


def since(connection: Connection, choices: Sequence[SummaryChoice], cuts: Periods) -> list[list[Begun]]:
    """Return what `review_sums.since` does, of the items with any of the labels and any of the zones."""
    asked = [question for one in choices for question in (edge(one), _counts(one, edge_of(one.start) // QUARTER_S))]
    sets, *answers = compiled.rows_of_all(connection, [_SETS, *asked])
    pairs = zip(answers[::2], answers[1::2], strict=True)
    return [_begun(one, *pair, sets, cuts) for one, pair in zip(choices, pairs, strict=True)]


def _begun(wanted: SummaryChoice, at_edge: Rows, counts: Rows, sets: Rows, cuts: Periods) -> list[Begun]:
    found = of_edge(at_edge, cuts)
    items = _items(wanted, counts, sets, edge_of(wanted.start) // QUARTER_S)
    starts = items.quarters * QUARTER_S
    cut = np.searchsorted([start for start, _ in cuts], starts, side="right") - 1
    days = (starts + np.array([offset for _, offset in cuts], np.int64)[np.maximum(cut, 0)]) // DAY_S
    kinds = sorted({(severity, name != ALL) for severity, name in items.rows})
    kind_of = np.array([kinds.index((severity, name != ALL)) for severity, name in items.rows], np.int64)
    first = int(days.min(initial=0))
    both = (days - first) * len(kinds) + kind_of[items.place] if items.rows else days
    sums = np.bincount(both, weights=items.counts)
    for number in np.flatnonzero(sums).tolist():
        day, kind = divmod(number, len(kinds))
        found[(first + day, *kinds[kind])] += int(sums[number])
    return [Begun(*key, count) for key, count in found.items()]


def spans(connection: Connection, wanted: SummaryChoice, end: float) -> list[tuple[float, float]]:
    """Return when items began that `wanted` selects, before `end`: few ranges of whole quarters of an hour.

    Between them none began. Where there are more than `MOST_SPANS`, those with the shortest gaps are one.
    """
    first_one = int(wanted.start // QUARTER_S)
    sets, counts = compiled.rows_of_all(connection, [_SETS, _counts(wanted, first_one, end)])
    items = _items(wanted, counts, sets, first_one)
    quarters = np.unique(items.quarters)
    if not quarters.size:
        return []
    gaps = np.diff(quarters)
    cuts = np.flatnonzero(gaps > 1)
    if cuts.size >= MOST_SPANS:
        cuts = np.sort(cuts[np.argsort(gaps[cuts])[cuts.size + 1 - MOST_SPANS :]])
    first, last = quarters[np.append(0, cuts + 1)], quarters[np.append(cuts, quarters.size - 1)]
    return [(low * QUARTER_S, (high + 1) * QUARTER_S) for low, high in zip(first.tolist(), last.tolist(), strict=True)]


def _counts(wanted: SummaryChoice, first: int, end: float | None = None) -> Question:
    """Ask for the counts of the days from that of the quarter of an hour `first` since 1970 to that of `end`."""
    c, cameras = review_counts.c, wanted.cameras

    def make() -> Select[Any]:
        query = select(c.day, c.severity, c.username, c.quarters, c.sets)
        query = query.where(c.day >= bindparam("first"), c.day <= bindparam("last"), listed(c.username, "names"))
        return query if cameras is None else query.where(listed(c.camera, "cameras"))

    values = {
        "first": first // QUARTERS,
        "last": LAST_DAY if end is None else int(end // DAY_S),
        "cameras": listed_names(cameras),
        "names": dumps([ALL, wanted.username]),
    }
    return Question(("kinds of reviews", cameras is None), make, values)


def _items(wanted: SummaryChoice, rows: Rows, sets_of: Rows, first: int) -> _Items:
    """Return the items of some counts that are wanted, and began in the quarter of an hour `first` or later."""
    labelled, placed = (_chosen(sets_of, names) for names in (wanted.labels, wanted.zones))
    where = np.repeat(np.arange(len(rows)) * QUARTERS, [len(row[3]) for row in rows])
    where += np.frombuffer(b"".join([row[3] for row in rows]), np.uint8)
    sets = np.frombuffer(b"".join([row[4] for row in rows]), "<u4").reshape(-1, 2)  # of each item, zones and labels
    chosen = [known[sets[:, at]] for at, known in enumerate((placed, labelled)) if known is not None]
    for some in chosen[1:]:
        chosen[0] &= some
    counts = np.bincount(where[chosen[0]] if chosen else where)
    bins = np.flatnonzero(counts)
    place, of_day = np.divmod(bins, QUARTERS)
    quarters = np.array([row[0] for row in rows], np.int64)[place] * QUARTERS + of_day
    here = quarters >= first
    return _Items(quarters[here], place[here], counts[bins][here], [(row[1], row[2]) for row in rows])


def _chosen(rows: Rows, names: Collection[str] | None) -> NDArray[np.bool_] | None:
    """Return for the number of each set whether one of `names` is in it; None chooses every set."""
    if names is None:
        return None
    found = np.zeros(max((number for number, _ in rows), default=0) + 1, bool)
    wanted = set(names)
    found[[number for number, text in rows if not wanted.isdisjoint(_decode(text))]] = True
    return found


_SETS = Question("review sets", lambda: select(review_sets.c.id, review_sets.c.names), {})
_decode = msgspec.json.Decoder(list[str]).decode
