"""Brings events, review items, who has seen them, and the timeline over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from dogwatch.errors import DogwatchError
from dogwatch.importing import event_rows, history_rows
from dogwatch.importing.pictures import PictureImport
from dogwatch.importing.report import ImportReport
from dogwatch.importing.source import Row, SourceDatabase
from dogwatch.store import events, reviews, timeline
from dogwatch.store.database import Database

EVENTS, REVIEWS, TIMELINE, SEEN = "events", "review items", "moments of the timeline", "items seen by users"
Progress = Callable[[int], object]
"""Called with the number of rows that have been read since the last call."""


class HistoryImport:
    """Brings the rows of one installation over; without a database it only looks at them."""

    def __init__(
        self,
        source: SourceDatabase,
        db: Database | None,
        pictures: PictureImport,
        report: ImportReport,
        progress: Progress,
    ) -> None:
        """Read from `source` and write to `db`."""
        self._source, self._db, self._pictures = source, db, pictures
        self._report, self._progress = report, progress

    def events(self) -> None:
        """Bring events over, with their pictures."""
        self._each(event_rows.TABLE, event_rows.COLUMNS, EVENTS, self._events)

    def reviews(self, viewers: Sequence[str]) -> None:
        """Bring review items over; in old versions an item was seen for everybody, here by `viewers`."""
        if self._source.columns(history_rows.REVIEWS) and self._source.has(history_rows.SEEN):
            viewers = ()
        write = partial(self._reviews, viewers=viewers)
        self._each(history_rows.REVIEWS, history_rows.REVIEW_COLUMNS, REVIEWS, write)
        self._each(history_rows.SEEN, history_rows.SEEN_COLUMNS, SEEN, self._seen)

    def timeline(self) -> None:
        """Bring the timeline over."""
        self._each(history_rows.TIMELINE, history_rows.TIMELINE_COLUMNS, TIMELINE, self._timeline)

    def _each(self, table: str, columns: Sequence[str], kind: str, bring: Callable[[list[Row]], None]) -> None:
        try:
            for rows in self._source.rows(table, columns):
                bring(rows)
                self._progress(len(rows))
        except DogwatchError as error:
            self._report.leave(kind, str(error))

    def _events(self, rows: list[Row]) -> None:
        found: list[dict[str, Any]] = []
        for row in rows:
            with self._report.leaving(EVENTS, row.get("id")):
                values = event_rows.event(row)
                values["has_snapshot"] = values["has_snapshot"] and self._pictures.snapshot(values)
                self._pictures.thumbnail(row, values)
                found.append(values)
        self._written(EVENTS, len(found), self._write(partial(events.add_all, rows=found)) if found else set())

    def _reviews(self, rows: list[Row], viewers: Sequence[str]) -> None:
        found: list[dict[str, Any]] = []
        seen: list[str] = []
        for row in rows:
            with self._report.leaving(REVIEWS, row.get("id")):
                values = history_rows.review(row)
                values["thumb_path"] = self._pictures.review(values)
                found.append(values)
                if row.get("has_been_reviewed") in (1, True):
                    seen.append(values["id"])
        fresh = self._write(partial(reviews.add_all, rows=found)) if found else set()
        self._written(REVIEWS, len(found), fresh)
        mine = seen if fresh is None else [key for key in seen if key in fresh]
        for viewer in viewers:
            self._view(viewer, mine)

    def _seen(self, rows: list[Row]) -> None:
        by_user: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            found = history_rows.seen(row)
            if found is not None:
                by_user[found[0]].append(found[1])
        for user, ids in by_user.items():
            self._view(user, ids)

    def _view(self, user: str, ids: list[str]) -> None:
        if ids:
            fresh = self._write(partial(reviews.view, ids=ids, username=user, seen=True))
            self._report.bring(SEEN, len(ids) if fresh is None else fresh)

    def _timeline(self, rows: list[Row]) -> None:
        found: list[dict[str, Any]] = []
        for row in rows:
            with self._report.leaving(TIMELINE, row.get("source_id")):
                found.append(history_rows.moment(row))
        if not found:
            return
        fresh = self._write(partial(_add_moments, found))
        self._report.bring(TIMELINE, len(found) if fresh is None else fresh)
        self._report.keep(TIMELINE, 0 if fresh is None else len(found) - fresh)

    def _write(self, write: Callable[[Any], Any]) -> Any:
        return self._db.write(write) if self._db is not None else None

    def _written(self, kind: str, found: int, fresh: set[str] | None) -> None:
        self._report.bring(kind, found if fresh is None else len(fresh))
        self._report.keep(kind, 0 if fresh is None else found - len(fresh))


def _add_moments(found: list[dict[str, Any]], connection: Any) -> int:
    fresh = timeline.missing(connection, found)
    timeline.add(connection, fresh)
    return len(fresh)
