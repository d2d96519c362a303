"""Cases: named collections that exports can be put into."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from dogwatch.errors import NotFoundError
from dogwatch.store import exports
from dogwatch.store.database import Database
from dogwatch.store.exports import Case


class ExportCases:
    """All cases. The methods wait for the database."""

    def __init__(self, db: Database, clock: Callable[[], float]) -> None:
        """Keep cases in `db`; `clock` gives epoch seconds."""
        self._db, self._clock = db, clock

    def listed(self) -> list[Case]:
        """Return all cases, the newest first."""
        with self._db.read() as connection:
            return exports.cases(connection)

    def one(self, case_id: str) -> Case:
        """Return a case.

        Raises:
            NotFoundError: There is no such case.
        """
        with self._db.read() as connection:
            found = exports.case(connection, case_id)
        if found is None:
            raise NotFoundError("Case not found")
        return found

    def add(self, name: str, description: str = "") -> Case:
        """Make a case."""
        now = self._clock()
        case = Case(secrets.token_hex(8), name, description, now, now)
        self._db.write(lambda connection: exports.add_case(connection, case))
        return case

    def change(self, case_id: str, name: str | None, description: str | None) -> Case:
        """Change a case's name or description.

        Raises:
            NotFoundError: There is no such case.
        """
        values: dict[str, object] = {"updated_at": self._clock()}
        values |= {"name": name} if name is not None else {}
        values |= {"description": description} if description is not None else {}
        if not self._db.write(lambda connection: exports.change_case(connection, case_id, values)):
            raise NotFoundError("Case not found")
        return self.one(case_id)
