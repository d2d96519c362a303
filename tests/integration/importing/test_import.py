"""Whole installations of several ages come over: once, completely, and nothing of the source changes."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dogwatch.auth.accounts import Accounts
from dogwatch.cli import group
from dogwatch.importing import history
from dogwatch.recognition.face_library import FaceLibrary
from dogwatch.recordings import recovery
from dogwatch.runtime.paths import own
from dogwatch.store import events, exports, previews, reviews, segments, timeline, users
from dogwatch.store.database import Database
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.event_sums import by_label
from dogwatch.store.exports import ExportFilter
from dogwatch.store.reviews import ReviewFilter
from dogwatch.testing.recordings import T0
from tests import installation
from tests.installation import ERAS, Era, Installation
from tests.postgres import PostgresServer


def call(made: Installation, data: Path, *options: str) -> Result:
    return CliRunner().invoke(group, ["import", str(made.root), "--data", str(data), *options], catch_exceptions=False)


def report(made: Installation, data: Path, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call(made, data, "--json", *options).stdout)
    return found


@contextmanager
def opened(data: Path) -> Iterator[Database]:
    db = Database(f"sqlite:///{data / 'dogwatch.db'}")
    db.migrate()
    yield db
    db.close()


def counts(data: Path) -> dict[str, int]:
    with closing(sqlite3.connect(data / "dogwatch.db")) as connection:
        tables = ("events", "reviews", "review_views", "timeline", "segments", "previews", "exports", "users")
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


def state(root: Path) -> dict[str, tuple[int, float, bytes]]:
    """Return everything that is in a directory, but for link counts and the times of reading."""
    return {
        str(path): (path.stat().st_mode, path.stat().st_mtime, path.read_bytes() if path.is_file() else b"")
        for path in root.rglob("*")
    }


EXPECTED = {
    "0.12": {"events": 4, "reviews": 0, "review_views": 0, "timeline": 8, "segments": 6, "previews": 0, "exports": 0},
    "0.14": {"events": 4, "reviews": 2, "review_views": 2, "timeline": 8, "segments": 6, "previews": 2, "exports": 1},
    "0.16": {"events": 4, "reviews": 2, "review_views": 1, "timeline": 8, "segments": 6, "previews": 2, "exports": 1},
}
ATTEMPT = "1.5-abc-1700000000-unknown-0.0.webp"
USERS = {"0.12": 0, "0.14": 1, "0.16": 3}


@pytest.mark.parametrize("era", ERAS)
def test_everything_comes_over_once_and_the_source_stays(tmp_path: Path, era: Era) -> None:
    made, data = installation.build(tmp_path / "src", era), tmp_path / "data"
    before = state(made.root)
    first = call(made, data)
    assert first.exit_code == 3, first.output  # keys of the configuration are left out
    assert counts(data) == EXPECTED[era] | {"users": USERS[era]}
    again = report(made, data)
    assert (sum(again["brought"].values()), again["complete"]) == (0, True)
    assert counts(data) == EXPECTED[era] | {"users": USERS[era]}
    assert state(made.root) == before
    with opened(data) as db:
        assert recovery.reconcile(db, data) == recovery.RecoveryReport(files=6)
    faces = FaceLibrary(data).names()
    assert faces == ({"Bob": ["Bob-1700000000.webp"], "train": [ATTEMPT]} if era == "0.16" else {})
    if faces:
        assert FaceLibrary(data).rate(ATTEMPT, "Bob", 0.9) == "1.5-abc-1700000000.000000-Bob-0.90.webp"


@pytest.mark.parametrize("era", ERAS)
def test_rows_say_what_they_said(tmp_path: Path, era: Era) -> None:
    made, data = installation.build(tmp_path / "src", era), tmp_path / "data"
    call(made, data)
    with opened(data) as db, db.read() as c:
        found = events.find(c, EventFilter(cameras=("front",)))
        assert [row["id"] for row in found] == [made.event_id(5), made.event_id(1)]
        row = found[1]
        assert (row["zones"], row["has_clip"], row["has_snapshot"], row["end_time"]) == (["porch"], True, True, T0 + 3)
        assert (row["data"]["score"], row["data"]["top_score"], row["data"]["box"]) == (0.8, 0.9, [0.2, 0.2, 0.1, 0.3])
        assert by_label(c, None) == [("person", 4)]
        moments = [json.loads(text)["class_type"] for _, text in timeline.find(c, source_ids=[made.event_id(1)])]
        assert moments == ["visible", "gone"]
        recorded = segments.overlapping(c, "front", T0, T0 + 12)
        assert [round(one.start_time - T0, 3) for one in recorded] == [0, 4, 8]
        assert [one.motion for one in recorded] == [40, 41, 42]
        assert segments.usage(c)["front"] == sum(one.size_bytes for one in recorded)
        if era == "0.12":
            return
        items = reviews.find(c, ReviewFilter(cameras=("front",)), "vera" if era == "0.16" else "admin")
        assert [item["data"]["detections"] for item in items] == [[made.event_id(1)]]
        assert [item["has_been_reviewed"] for item in items] == [True]
        assert not any(item["has_been_reviewed"] for item in reviews.find(c, ReviewFilter(), "nobody"))
        (film,) = previews.overlapping(c, ["front"], T0, T0 + 1)
        assert (data / film.path).is_file()
        (export,) = exports.listed(c, ExportFilter())
        assert (export.name, export.date, round(export.end_time - export.date)) == ("The postman", T0, 4)


def test_a_server_takes_it_all(tmp_path: Path, postgres: PostgresServer) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    made.event(9, sub_label="Bo\0b", zones=["a\0", "\ud800"], has_snapshot=0)
    data.mkdir()
    url = postgres.empty()
    (data / "config.yml").write_text(f"database: {{url: '{url.replace('+psycopg', '')}'}}\ncameras: {{}}\n")
    first, again = report(made, data), report(made, data)
    assert (first["brought"]["events"], first["brought"]["recordings"]) == (5, 6)
    assert sum(again["brought"].values()) == 0
    db = Database(url)
    db.migrate()
    with db.read() as c:
        assert by_label(c, None) == [("person", 5)]
        assert len(reviews.find(c, ReviewFilter(reviewed=True), "vera")) == 1
        assert segments.count(c) == 6
    db.close()


def test_a_film_of_two_rows_comes_once(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    path = "exports/front_20251118_120640-20251118_120644_ab12cd.mp4"
    made.insert("export", id="again", camera="front", name="a", date=T0, in_progress=0, video_path=path, thumb_path="")
    found = report(made, data)
    assert (found["brought"]["exports"], found["already_there"]["exports"]) == (1, 1)
    assert counts(data)["exports"] == 1


def test_descriptions_and_plates_are_found(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    key = made.event(9, data={"type": "object", "description": "A red tractor", "recognized_license_plate": "B AB 1"})
    call(made, data)
    with opened(data) as db, db.read() as c:
        texts = c.exec_driver_sql("SELECT event_id, text FROM event_texts").fetchall()
        assert [event_id for event_id, _ in texts] == [key]
        assert "red tractor" in texts[0][1]


def test_old_passwords_log_in_and_are_stored_anew(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    made.insert("user", username="walter", password_hash="scrypt:1:1:1$x$00", role="viewer", notification_tokens=[])
    made.insert("user", username="bad name!", password_hash="x", role="viewer", notification_tokens=[])
    made.insert("user", username="otto", password_hash="x", role="nobody", notification_tokens=[])
    found = report(made, data)
    assert any("password of walter" in note for note in found["notes"])
    assert any("otto had a role" in note for note in found["notes"])
    assert {"kind": "users", "reason": "the name is not usable here", "count": 1, "examples": ["bad name!"]} in found[
        "left_out"
    ]
    with opened(data) as db:
        accounts = Accounts(db, roles=["garden"], iterations=20)
        assert accounts.verify("vera", "a wrong one") is None
        user = accounts.verify("vera", installation.PASSWORD)
        assert user is not None
        db.write(lambda _: None)
        with db.read() as c:
            roles = {one.username: one.role for one in users.everyone(c)}
            after = users.find(c, "vera")
        assert roles == {"admin": "admin", "gerd": "garden", "otto": "viewer", "vera": "viewer", "walter": "viewer"}
        assert after is not None
        assert after.password_hash.startswith("pbkdf2_sha256$20$")
        assert after.password_changed_at == user.password_changed_at
        assert accounts.verify("vera", installation.PASSWORD) is not None
        assert accounts.verify("walter", "") is None


def test_who_is_there_already_stays(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    data.mkdir()
    with opened(data) as db:
        Accounts(db, iterations=10).add("admin", "another long password", "admin")
    assert report(made, data)["already_there"]["users"] == 1
    with opened(data) as db:
        assert Accounts(db, iterations=10).verify("admin", "another long password") is not None


@pytest.mark.parametrize("footage", ["copy", "none"])
def test_other_ways(tmp_path: Path, footage: str) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    found = report(made, data, "--footage", footage)
    files = sorted(path.relative_to(data) for path in (data / "recordings").rglob("*.mp4"))
    assert len(files) == (6 if footage == "copy" else 0)
    assert not any((data / path).samefile(made.media / path) for path in files)
    assert len(list((data / "clips").glob("front-*-clean.webp"))) == 2
    assert len(list((data / "exports").iterdir())) == 1
    if footage == "none":
        assert {"kind": "recordings", "reason": "it was not asked for", "count": 6, "examples": []} in found["left_out"]


def test_a_dry_run_only_reports(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    planned = report(made, data, "--dry-run")
    assert not data.exists()
    done = report(made, data)
    assert planned["brought"] == done["brought"]
    assert planned["left_out"] == done["left_out"]


@pytest.mark.parametrize("after", range(0, 22, 3))
def test_an_import_that_was_killed_goes_on(tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    monkeypatch.setattr("dogwatch.importing.source.BATCH", 1)
    seen = 0

    class KilledError(BaseException):
        pass

    def stop(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen > after:
            raise KilledError

    monkeypatch.setattr("click._termui_impl.ProgressBar.update", stop)
    with pytest.raises(KilledError):
        call(made, data)
    monkeypatch.undo()
    assert call(made, data).exit_code == 0  # the configuration was written by the first run
    assert counts(data) == EXPECTED["0.16"] | {"users": 3}


def many(made: Installation, count: int) -> None:
    with made.connect() as connection:
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO event (id, label, camera, start_time, end_time, zones, has_clip, has_snapshot, "
            "retain_indefinitely, thumbnail, data) VALUES (?, 'car', 'front', ?, ?, '[]', 0, 0, 0, '', '{}')",
            [(f"{T0 + n}-x{n:05d}", T0 + n, T0 + n + 5) for n in range(count)],
        )
        connection.execute("COMMIT")


@pytest.mark.parametrize("wanted", [1, 3000])
def test_a_killed_process_leaves_what_the_next_one_completes(tmp_path: Path, wanted: int) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    many(made, 6000)
    command = [sys.executable, "-m", "dogwatch", "import", str(made.root), "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        with suppress(sqlite3.Error):
            if counts(data)["events"] >= wanted:
                break
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert wanted <= counts(data)["events"] < 6004
    found = report(made, data)
    assert found["complete"]
    assert counts(data) == EXPECTED["0.16"] | {"users": 3, "events": 6004}
    with opened(data) as db, db.read() as c:
        assert by_label(c, None) == [("car", 6000), ("person", 4)]


def test_a_link_without_a_row_gets_one(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    path = next((made.media / "recordings").rglob("*.mp4"))
    goal = data / path.relative_to(made.media)
    goal.parent.mkdir(parents=True)
    os.link(path, goal)
    assert report(made, data)["brought"]["recordings"] == 6


def test_own_recordings_are_not_replaced(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    path = next((made.media / "recordings").rglob("*.mp4"))
    goal = data / path.relative_to(made.media)
    goal.parent.mkdir(parents=True)
    goal.write_bytes(b"mine")
    found = report(made, data)
    assert found["brought"]["recordings"] == 5
    assert "another file is in its place" in [one["reason"] for one in found["left_out"]]
    assert goal.read_bytes() == b"mine"


def test_bad_rows_are_left_out_with_their_reason(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    good = {"camera": "front", "start_time": T0 + 20, "end_time": T0 + 24, "duration": 4, "segment_size": 1}
    outside, torn = tmp_path / "outside.mp4", made.media / "recordings/2025-11-18/11/front/07.40.mp4"
    outside.write_bytes(b"secret")
    torn.write_bytes(next((made.media / "recordings").rglob("06.40.mp4")).read_bytes()[:-500])
    (made.media / "recordings/2025-11-18/11/front/07.50.mp4").symlink_to(outside)
    for number, path in enumerate(
        [
            "/etc/passwd",
            f"/media/frigate/../{outside.name}",
            "/media/frigate/recordings/2025-11-18/11/front/07.50.mp4",
            "/media/frigate/recordings/2025-11-18/11/front/07.55.mp4",
            "/media/frigate/recordings/2025-11-18/11/front/07.40.mp4",
        ]
    ):
        made.insert("recordings", id=f"1.5-bad{number}", path=path, **good)
    made.event(8, camera="front", label="")
    made.event(9, "../x", id="1.5-odd")
    made.event(10, start_time="not a time")
    reasons = {(one["kind"], one["reason"]): one["count"] for one in report(made, data)["left_out"]}
    assert reasons[("recordings", "its path is not below /media/frigate/")] == 1
    assert reasons[("recordings", "its path leads out of the media directory")] == 1
    assert reasons[("recordings", "its file is no ordinary file")] == 1
    assert reasons[("recordings", "its file is not there")] == 1
    assert sum(number for (_, reason), number in reasons.items() if "does not play" in reason) == 1
    assert reasons[("events", "it has no label")] == 1
    assert reasons[("events", "the name of its camera is not usable")] == 1
    assert counts(data)["segments"] == 6
    assert not [path for path in data.rglob("*") if path.is_file() and path.read_bytes() == b"secret"]


def test_a_damaged_table_costs_only_itself(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    with made.connect() as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'timeline'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with made.database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    found = report(made, data)
    assert [one["kind"] for one in found["left_out"] if "cannot be read" in one["reason"]] == [
        "moments of the timeline"
    ]
    assert counts(data) == EXPECTED["0.16"] | {"users": 3, "timeline": 0}


def test_a_database_that_is_in_use_is_read_with_its_log(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    with made.connect() as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("UPDATE event SET label = 'cat'")
        assert made.database.with_name("frigate.db-wal").stat().st_size
        report(made, data)
        connection.execute("UPDATE event SET label = 'dog'")  # nobody has to wait for the import
    with opened(data) as db, db.read() as c:
        assert by_label(c, None) == [("cat", 4)]


def test_it_refuses_while_dogwatch_runs(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    data.mkdir()
    with own(data):
        found = call(made, data)
    assert found.exit_code == 1
    assert "already runs" in found.output
    assert not (data / "config.yml").exists()
    assert not (data / "dogwatch.db").exists()


def test_what_is_no_installation_is_refused(tmp_path: Path) -> None:
    made = installation.build(tmp_path / "src", "0.16")
    other = Installation(tmp_path / "other", "0.16")
    (other.root / "config").mkdir(parents=True)
    with closing(sqlite3.connect(other.database)) as connection:
        connection.execute("CREATE TABLE something (x)")
    for one, data, message in [
        (other, tmp_path / "data", "no database of Frigate"),
        (Installation(tmp_path / "missing", "0.16"), tmp_path / "data", "there is no directory"),
        (made, made.media, "is the data directory itself"),
    ]:
        found = call(one, data)
        assert found.exit_code == 1
        assert message in found.output
    other.database.write_bytes(b"no database at all" * 100)
    assert "cannot be read" in call(other, tmp_path / "data").output


def test_a_configuration_that_is_there_stays_unless_asked(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.14"), tmp_path / "data"
    data.mkdir()
    (data / "config.yml").write_text("mqtt: {enabled: false}\ncameras: {}\n")
    assert any("stays as it is" in note for note in report(made, data)["notes"])
    assert (data / "config.yml").read_text() == "mqtt: {enabled: false}\ncameras: {}\n"
    report(made, data, "--settings", "replace")
    assert "# the door" in (data / "config.yml").read_text()
    assert (data / "config.yml.before-import-1").read_text() == "mqtt: {enabled: false}\ncameras: {}\n"


def test_later_rows_come_with_the_next_import(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "src", "0.16"), tmp_path / "data"
    call(made, data)
    made.recording(3)
    key = made.event(13)
    made.moment(key, 13, "visible")
    made.moment(made.event_id(5), 8, "stationary")
    brought = report(made, data)["brought"]
    assert (brought["recordings"], brought["events"], brought["moments of the timeline"]) == (1, 1, 2)


def test_counts_agree_after_many_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, data = installation.empty(tmp_path / "src", "0.16"), tmp_path / "data"
    for number in range(60):
        made.event(number * 700, label="dog" if number % 3 else "cat", has_snapshot=0)
    monkeypatch.setattr("dogwatch.importing.source.BATCH", 7)
    call(made, data)
    with opened(data) as db, db.read() as c:
        assert by_label(c, None) == [("dog", 40), ("cat", 20)]
        assert [event_row["id"] for event_row in events.find(c, EventFilter(labels=("cat",), limit=100))] == [
            made.event_id(n * 700) for n in range(57, -1, -3)
        ]


def test_kinds_are_named_as_in_the_manual() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "frigate.md").read_text()
    for kind in (history.EVENTS, history.REVIEWS, history.TIMELINE, history.SEEN, "recordings", "previews", "exports"):
        assert kind in manual
