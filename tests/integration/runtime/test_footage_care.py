"""Footage and events are kept in step with the table."""

import os
from pathlib import Path
from typing import Any

import pytest

from dogwatch.runtime.footage_care import FootageCare
from dogwatch.store import events
from dogwatch.store.database import Database
from dogwatch.testing import recordings
from dogwatch.testing.app import nvr
from dogwatch.testing.recordings import T0


def test_nothing_expires_after_a_server_is_back_before_its_table_holds_all_footage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of segments may have been dropped while it was away; who looks after the database notices only later."""
    with nvr(tmp_path) as made:
        db = made.services.db
        care = FootageCare(made.parts, made.services.keeper, taken_over=False, began=T0)
        care.index_anew()
        written = recordings.record(tmp_path, count=1)
        for path in tmp_path.glob("recordings/**/*.mp4"):
            os.utime(path, (T0, T0))
        values: dict[str, Any] = {
            "id": "1-a", "camera": "front", "label": "person", "sub_label": None, "type": "object",
            "start_time": T0 + 1, "end_time": T0 + 2, "zones": [], "has_clip": True, "has_snapshot": False, "data": {},
        }  # fmt: skip
        db.write(lambda connection: events.put(connection, values))
        monkeypatch.setattr(Database, "returns", 1)
        care._expire_events()
        with db.read() as connection:
            row = events.one(connection, "1-a")
    assert written
    assert row is not None
    assert row["has_clip"]
