"""Brings users over, with their roles and, where it is understood, their password."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection

from dogwatch.auth import passwords
from dogwatch.auth.accounts import BUILT_IN, USERNAME
from dogwatch.auth.caller import ADMIN, VIEWER
from dogwatch.importing import values
from dogwatch.importing.layout import LeftOutError
from dogwatch.importing.report import ImportReport
from dogwatch.importing.source import SourceDatabase
from dogwatch.store import users
from dogwatch.store.database import Database
from dogwatch.store.users import User

USERS, TABLE, COLUMNS = "users", "user", ("username", "password_hash", "role")
LONGEST_HASH = 300


def bring(source: SourceDatabase, db: Database | None, roles: Collection[str], report: ImportReport) -> list[str]:
    """Bring users over; return the names of all that the installation has. `roles` are those of the configuration."""
    names: list[str] = []
    for rows in source.rows(TABLE, COLUMNS):
        for row in rows:
            with report.leaving(USERS, row.get("username")):
                user = _user(row, roles, report)
                names.append(user.username)
                fresh = db is None or db.write(partial(_add, user))
                (report.bring if fresh else report.keep)(USERS)
    if names and "role" not in source.columns(TABLE):
        report.note("this version had no roles: every user is an administrator, as before (`dogwatch users role`)")
    return names


def _user(row: Mapping[str, Any], roles: Collection[str], report: ImportReport) -> User:
    name = row.get("username")
    if not isinstance(name, str) or not USERNAME.fullmatch(name):
        raise LeftOutError("the name is not usable here")
    role = row.get("role", ADMIN)
    if name == BUILT_IN:
        role = ADMIN
    elif role not in (ADMIN, VIEWER, *roles):
        report.note(f"{name} had a role that the configuration does not have, and becomes a viewer")
        role = VIEWER
    stored = values.text(row, "password_hash", LONGEST_HASH) or ""
    if not passwords.is_known(stored):
        report.note(f"the password of {name} is not stored in a form that is known: set one (`dogwatch users passwd`)")
        stored = ""
    return User(name, str(role), stored, time.time())


def _add(user: User, connection: Connection) -> bool:
    if users.find(connection, user.username) is not None:
        return False
    users.add(connection, user)
    return True
