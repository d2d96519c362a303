"""The database is damaged, deleted, on a full or a read-only disk: recording goes on, and what was known comes back."""

import json
import os
import re
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Program
from tests.e2e.test_kills import gone

DRAWN = """
detectors: {instant: {type: fixed}}
cameras:
  street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=10&size=640x360"}]}}
"""


def post(program: Program, path: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{program.address}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.loads(answer.read())
        return found


def mended(program: Program) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.json("/api/stats")["service"]["database"]["mended"]
    return found


def recorded_after(program: Program, moment: float) -> bool:
    return any(row["end_time"] > moment for row in program.segments("street"))


def names(program: Program) -> set[str]:
    return {user["username"] for user in program.json("/api/users")}


@pytest.mark.timeout(180)
def test_a_damaged_and_a_deleted_database_cost_no_recording(tmp_path: Path) -> None:
    data = tmp_path / "data"
    program = Program.run(data, DRAWN)
    try:
        program.wait(lambda: program.segments("street"), 30, "first segment")
        began = program.segments("street")[0]["start_time"]
        post(program, "/api/users", {"username": "ann", "password": "correct horse battery", "role": "viewer"})
        made = post(program, "/api/events/street/button/create", {"duration": 3})["event_id"]
        post(program, f"/api/events/{made}/retain", {})
    finally:
        program.stop()
    program = Program(data)  # a start backs up what has changed
    try:
        for backup in (data / "backups").glob("*.db"):
            os.utime(backup, (1, 1))
        program.wait(lambda: _holds_user(data, "ann"), 30, "a backup")
        pids = [process.pid for process in program.family()]
        os.kill(program.process.pid, signal.SIGKILL)
        program.process.wait(10)
        assert gone(pids, 8)  # a core that is still leaving would mend what is damaged below
    finally:
        program.stop()

    with (data / "dogwatch.db").open("r+b") as file:
        file.write(b"no database any more" * 1000)
    started = time.time()
    program = Program(data)
    try:
        program.wait(lambda: recorded_after(program, started), 15, "recording in spite of a damaged database")
        assert names(program) == {"admin", "ann"}
        assert [row["retain_indefinitely"] for row in program.events() if row["id"] == made] == [True]
        program.wait(lambda: program.segments("street")[0]["start_time"] <= began + 0.1, 15, "the older footage")
        [first] = mended(program)
        assert (data / first["aside"]).exists()
        assert first["restored_from"].startswith("the backup")
        assert "ERROR" in program.output()

        later = post(program, "/api/events/street/button/create", {"duration": 3})["event_id"]
        workers = program.workers().keys()
        for part in ("", "-wal", "-shm"):
            (data / f"dogwatch.db{part}").unlink()
        program.wait(lambda: len(mended(program)) == 2, 10, "notice of a deletion")
        deleted = time.time()
        assert mended(program)[1]["restored_from"] == "the file that was still open"
        assert {made, later} <= {row["id"] for row in program.events()}
        program.wait(lambda: recorded_after(program, deleted), 20, "recording after the deletion")
        rows = [row for row in program.segments("street") if row["start_time"] > started + 5]
        assert all(b["start_time"] - a["end_time"] < 0.05 for a, b in pairwise(rows))
        assert program.workers().keys() == workers
        assert "Traceback" not in program.output()
    finally:
        assert program.stop() < 10
    with sqlite3.connect(data / "dogwatch.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        paths = {path for (path,) in connection.execute("SELECT path FROM segments")}
    connection.close()
    assert paths == {str(path.relative_to(data)) for path in (data / "recordings").rglob("*.mp4")}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An ext4 file system that becomes read-only at an error, mounted where the data directory is to be."""
    image, place = tmp_path / "image", tmp_path / "data"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(300 << 20)
    for command in (["mkfs.ext4", "-q", str(image)], ["mount", "-o", "loop,errors=remount-ro", str(image), str(place)]):
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip(f"{command[0]} is not installed")
        if done.returncode:
            pytest.skip(f"a file system cannot be made and mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def status_of(program: Program, path: str, body: dict[str, Any]) -> int:
    """Return the status of a POST."""
    try:
        post(program, path, body)
    except urllib.error.HTTPError as error:
        with error:
            status, answer = error.code, json.loads(error.read())
    else:
        return 200
    assert answer["success"] is False
    return status


SMALL = "record: {enabled: true, continuous: {days: 5}, space: {floor: 100}}\n"
READ = ("/api/events", "/api/review", "/api/stats", "/api/street/recordings", "/api/timeline", "/")


def goes_on_without_writing(program: Program) -> None:
    """Ask what can be asked, and see what is said, on a disk that has just become read-only."""
    program.wait(lambda: "cannot be written" in program.output(), 30, "word of it in the log")
    workers = program.workers().keys()
    program.wait(lambda: "what happens now may not be remembered" in program.output(), 30, "word of the database")
    assert [program.get(path)[0] for path in READ] == [200] * len(READ)
    assert status_of(program, "/api/events/street/button/create", {}) == 503
    assert status_of(program, "/api/users", {"username": "a", "password": "correct horse battery"}) == 503
    assert program.json("/api/stats")["service"]["database"]["problem"]
    assert program.workers().keys() == workers
    assert "Traceback" not in program.output()


@pytest.mark.timeout(150)
def test_a_disk_that_the_system_makes_read_only(disk: Path) -> None:
    """As it does when it has found an error on it; there is no way back without mounting it anew."""
    program = Program.run(disk, SMALL + DRAWN)
    try:
        program.wait(lambda: program.segments("street"), 30, "first segment")
        device = subprocess.run(["findmnt", "-no", "SOURCE", str(disk)], capture_output=True, text=True, check=True)
        trigger = Path("/sys/fs/ext4") / Path(device.stdout.strip()).name / "trigger_fs_error"
        if not trigger.exists():
            pytest.skip("this system's ext4 cannot be told to have found an error")
        trigger.write_text("1")
        goes_on_without_writing(program)
    finally:
        assert program.stop() < 10


@pytest.mark.timeout(150)
def test_recording_goes_on_when_a_disk_can_be_written_again(disk: Path) -> None:
    """All files and directories are immutable for a while: to write, make or remove any fails."""
    program = Program.run(disk, SMALL + DRAWN)
    immutable = ["chattr", "-R", "+i", str(disk)]
    try:
        program.wait(lambda: "was backed up" in program.output(), 30, "first backup")
        # SQLite maps the index of its write-ahead log. Pages of a new file that ext4 has written out, but nobody has
        # written to since, give SIGBUS once it is immutable.
        known = len(program.segments("street"))
        program.wait(lambda: len(program.segments("street")) > known + 1, 30, "segments in the table")
        if subprocess.run(immutable, capture_output=True, check=False).returncode:
            pytest.skip("files cannot be made immutable here")
        goes_on_without_writing(program)
        subprocess.run(["chattr", "-R", "-i", str(disk)], check=True)
        back = time.time()
        program.wait(lambda: recorded_after(program, back), 20, "recording again")
        first = min(row["start_time"] for row in program.segments("street") if row["end_time"] > back)
        assert first - back < 3
        assert status_of(program, "/api/events/street/button/create", {}) == 200
        program.wait(lambda: "can be written again" in program.output(), 10, "word of it in the log")
        assert not program.json("/api/stats")["service"]["database"]["problem"]
    finally:
        subprocess.run(["chattr", "-R", "-i", str(disk)], check=False)
        assert program.stop() < 10
    with sqlite3.connect(disk / "dogwatch.db") as connection:
        assert "lost" in {reason for (reason,) in connection.execute("SELECT reason FROM deletions")}
    connection.close()


def test_a_start_on_a_read_only_disk_says_so_in_one_line(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(data)], capture_output=True, check=False).returncode:
        pytest.skip("a file system cannot be mounted here (not root)")
    try:
        program = Program.run(data, DRAWN)
        program.stop()
        subprocess.run(["mount", "-o", "remount,ro", str(data)], check=True)
        command = [sys.executable, "-m", "dogwatch", "run", "--data", str(data)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 1
        assert "Read-only file system" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    finally:
        subprocess.run(["umount", "-l", str(data)], check=True)


def test_without_users_and_backups_nobody_gets_in_without_the_new_password(tmp_path: Path) -> None:
    data = tmp_path / "data"
    program = Program.run(data, DRAWN)
    program.stop()
    [first] = re.findall(r"Password, shown only this once: (\S+)", program.output())
    shutil.rmtree(data / "backups", ignore_errors=True)
    (data / "dogwatch.db").write_bytes(b"\xff" * 100_000)
    program = Program(data)
    try:
        [second] = re.findall(r"Password, shown only this once: (\S+)", program.output())
        assert names(program) == {"admin"}
        internal, program.address = program.address, re.findall(r"https://127\.0\.0\.1:\d+", program.output())[0]
        assert [log_in(program, password) for password in (first, "", second)] == [401, 401, 200]
        program.address = internal
        assert mended(program)[0]["restored_from"] == ""
    finally:
        program.stop()


def log_in(program: Program, password: str) -> int:
    body = json.dumps({"user": "admin", "password": password}).encode()
    request = urllib.request.Request(f"{program.address}/api/login", body, {"Content-Type": "application/json"})
    trusting = ssl._create_unverified_context()  # the certificate is the program's own
    try:
        with urllib.request.urlopen(request, timeout=30, context=trusting) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def _holds_user(data: Path, name: str) -> bool:
    for backup in (data / "backups").glob("*.db"):
        with sqlite3.connect(backup) as connection:
            known = connection.execute("SELECT 1 FROM users WHERE username = ?", (name,)).fetchone()
        connection.close()
        if known:
            return True
    return False


def database_command(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dogwatch", "database", "--data", str(data), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_backup_is_made_while_it_runs_and_restored_afterwards(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    program = Program.run(data, DRAWN)
    try:
        program.wait(lambda: program.segments("street"), 30, "first segment")
        made = database_command(data, "backup", str(copy))
        assert made.returncode == 0, made.stderr
        post(program, "/api/users", {"username": "ann", "password": "correct horse battery", "role": "viewer"})
        refused = database_command(data, "restore", str(copy))
        assert (refused.returncode, "already runs" in refused.stderr) == (1, True)
        assert database_command(data, "check").returncode == 0
    finally:
        program.stop()
    restored = database_command(data, "restore", str(copy))
    assert restored.returncode == 0, restored.stderr
    files = {str(path.relative_to(data)) for path in (data / "recordings").rglob("*.mp4")}
    program = Program(data)
    try:
        assert names(program) == {"admin"}
        assert not mended(program)
        program.wait(lambda: len(program.segments("street")) >= len(files), 30, "footage from after the backup")
    finally:
        program.stop()
    checked = database_command(data, "check")
    assert checked.returncode == 0, checked.stdout
