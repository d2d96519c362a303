"""`dogwatch check` on files and databases as they are."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, insert

from dogwatch.cli.check import check
from dogwatch.store import tables
from dogwatch.store.database import Database
from tests.unit.config.files import SMALL

TEXT = SMALL.replace("rtsp://", "rtsp://u:hunter2#@") + "    record: {enabled: true, continuous: {days: 2}}\n"


def run(data: Path, text: str = TEXT, more: Sequence[str] = ()) -> str:
    (data / "config.yml").write_text(text)
    answer = CliRunner().invoke(check, ["--data", str(data), *more])
    assert answer.exit_code == 0, answer.output
    return answer.output


def fill(data: Path, size: int, motion: int | None = 0, camera: str = "front") -> None:
    """Record half an hour of ten-second segments of `size` bytes."""
    db = Database(f"sqlite:///{data / 'dogwatch.db'}")
    db.migrate()
    now = time.time()
    rows = [
        {
            "id": f"{camera}{n}", "camera": camera, "path": f"{camera}/{n}.mp4", "start_time": now - 3600 + 10 * n,
            "end_time": now - 3590 + 10 * n, "size_bytes": size, "init_id": "i", "fragments": b"", "has_audio": False,
            "motion": motion if n % 2 else 0, "objects": 0, "deleting": False,
        }
        for n in range(180)
    ]  # fmt: skip

    def add(connection: Connection) -> None:
        connection.execute(insert(tables.init_sections), [{"id": "i", "data": b""}])
        connection.execute(insert(tables.segments), rows)

    db.write(add)
    db.close()


def test_what_is_kept_is_said_for_each_camera(tmp_path: Path) -> None:
    said = run(tmp_path)
    assert "front: records rtsp://*:*@10.0.0.2/main\n" in said
    assert "  everything:  2 days  (record.continuous.days)\n" in said
    assert "  alerts:  10 days  (record.alerts.retain.days, by default; mode motion)\n" in said
    assert "assumed, as nothing has been recorded yet" in said
    assert "hunter2" not in said
    assert said.endswith("is valid. Cameras: front.\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.yml"]


def test_measured_segments_count(tmp_path: Path) -> None:
    fill(tmp_path, 5_000_000, motion=9)
    said = run(tmp_path)
    assert (
        "(measured over the last days: 4.0 Mbit/s, motion in 50% of the time, alerts in 0%, detections in 0%)" in said
    )
    assert "disk: about 86.4 GB" in said


def test_more_than_the_disk_has_room_for_is_warned_of(tmp_path: Path) -> None:
    assert "WARNING: that is more than the disk" in run(tmp_path, TEXT.replace("days: 2", "days: 100000"))
    assert "WARNING" not in run(tmp_path, TEXT.replace("days: 2}", "days: 0.01}, budget: 100"))


def test_recording_for_nothing_is_warned_of(tmp_path: Path) -> None:
    text = (
        f"{SMALL}    record: {{enabled: true, alerts: {{retain: {{days: 0}}}}, detections: {{retain: {{days: 0}}}}}}\n"
    )
    assert "  WARNING: recording is on, but nothing is kept" in run(tmp_path, text)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 2000])
def test_a_database_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "dogwatch.db").write_bytes(content)
    assert "assumed, as nothing has been recorded yet" in run(tmp_path)
