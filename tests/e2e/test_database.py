"""The database is damaged, deleted, on a full or a read-only disk: recording goes on, and what was known comes back."""

import json
import os
import re
import shutil
import signal
import sqlite3
import ssl
import time
import urllib.error
import urllib.request
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Program

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
        os.kill(program.process.pid, signal.SIGKILL)
        program.process.wait(10)
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
        gone = time.time()
        assert mended(program)[1]["restored_from"] == "the file that was still open"
        assert {made, later} <= {row["id"] for row in program.events()}
        program.wait(lambda: recorded_after(program, gone), 20, "recording after the deletion")
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
