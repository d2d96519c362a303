"""What waits for a database's server outlives the program: it is written once, by the next one."""

import json
import stat
import threading
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from sqlalchemy import Connection, event

from dogwatch.errors import StoreError
from dogwatch.model import Fragment, Segment
from dogwatch.runtime.recording import kept_writes
from dogwatch.store import database, deletions, kept_times, segments, silence, switches
from dogwatch.store.database import Database
from dogwatch.store.deletions import Deletion
from dogwatch.store.job_queue import QueuedWrite
from dogwatch.store.spool import DONE, Spool
from tests.integration.store.statements import when_committing
from tests.postgres import PostgresServer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "waiting.jsonl"


def opened(url: str, file: Path, limit_bytes: int = 1 << 20) -> Database:
    db = Database(url, spool=Spool(file, kept_writes, limit_bytes=limit_bytes))
    db.migrate(owns=True)
    return db


def note(detail: str) -> partial[None]:
    return partial(deletions.add, deletion=Deletion(1.0, "a", 0.0, 1.0, 1, 1, "api", detail))


def noted(db: Database) -> list[str]:
    with db.read() as connection:
        return [one.detail for one in reversed(deletions.latest(connection, 1000))]


def until(condition: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0


def test_what_waits_when_the_program_stops_is_written_by_the_next_one(server: PostgresServer, file: Path) -> None:
    url = server.fresh()
    db = opened(url, file)
    db.write(note("before"))
    server.kill()
    segment = Segment("front", "a/b.mp4", 10.0, 20.0, 5, "ab", (Fragment(0, 5, 10.0, 10.0, keyframe=True),))
    waiting = [db.submit(note(str(n))) for n in range(100)]
    waiting.append(db.submit(partial(segments.add, segment=segment, init=b"\x00\xff")))
    waiting.append(db.submit(partial(segments.set_activity, path=segment.path, motion=7, objects=0, cells=b"\x00\xff")))
    waiting.append(db.submit(partial(switches.save, camera="front", name="detect", value=False)))
    until(lambda: db.problem)
    db.close()
    assert all(isinstance(future.exception(1), StoreError) for future in waiting)
    assert lines(file) == 103
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    server.start()
    db = opened(url, file)
    assert noted(db) == ["before", *map(str, range(100))]
    with db.read() as connection:
        [found] = segments.overlapping(connection, "front", 0.0, 100.0)
        assert (found.motion, found.objects, found.fragments) == (7, 0, segment.fragments)
        assert [row[-1] for row in segments.listed(connection, "front", 0.0, 100.0)] == [b"\x00\xff"]
        assert switches.load(connection) == {("front", "detect"): False}
    assert not file.exists()
    db.close()


def test_nothing_is_written_twice_if_the_program_is_killed_when_the_server_is_back(
    server: PostgresServer, file: Path, tmp_path: Path
) -> None:
    url = server.fresh()
    db = opened(url, file)
    server.kill()
    waiting = [db.submit(note(str(n))) for n in range(50)]
    until(lambda: lines(file) == 50)
    left = tmp_path / "left.jsonl"
    left.write_bytes(file.read_bytes())
    server.start()
    for future in waiting:
        future.result(20)
    until(lambda: not file.exists())
    db.close()
    db = opened(url, left)  # as if the program had ended after the commit, with the file in place
    assert noted(db) == [str(n) for n in range(50)]
    assert not left.exists()
    db.submit(note("after")).result(10)
    server.kill()
    db.submit(note("later"))
    until(lambda: lines(left) == 1)
    db.close()
    server.start()
    db = opened(url, left)
    assert noted(db)[-2:] == ["after", "later"]
    db.close()


@pytest.mark.parametrize("committed", [False, True], ids=["rolled-back", "committed"])
def test_what_a_silent_server_has_begun_is_done_once(
    server: PostgresServer, file: Path, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    """The program stops before it knows what became of its last transaction."""
    monkeypatch.setattr(database, "CLOSE_S", 0.5)
    url = server.fresh()
    db = opened(url, file)
    backend: Any = db._backend
    with ExitStack() as frozen:

        def freeze(*_: Any) -> None:
            if not froze:
                froze.append(True)
                frozen.enter_context(server.frozen())

        froze: list[bool] = []
        if committed:
            when_committing(monkeypatch, freeze)
        else:
            event.listen(backend._writer, "before_cursor_execute", freeze)
        db.submit(note("running"))
        until(lambda: froze)
        db.submit(note("queued"))
        db.close()
        assert lines(file) == 2
    monkeypatch.setattr(silence, "SILENT_S", 0.1)
    db._thread.join(20)
    db = opened(url, file)
    assert noted(db) == ["running", "queued"]
    db.close()


def test_what_cannot_be_done_costs_nothing_else(server: PostgresServer, file: Path) -> None:
    good = {"time": 1, "camera": "a", "start_time": 0, "end_time": 1, "segments": 1, "size_bytes": 1, "reason": "api"}
    kept: list[Any] = [
        {"number": 1, "do": "deletions.add", "arguments": {"deletion": good | {"detail": "1"}}},
        {"number": 2, "do": "os.remove", "arguments": {}},
        {"number": 3, "do": "deletions.add", "arguments": {"deletion": {}}},
        {"number": 4, "do": "deletions.add", "arguments": {"other": 1}},
        {"number": 5, "do": "deletions.add", "arguments": {"deletion": good | {"camera": "x" * 5000}}},
        {"number": 6, "do": "deletions.add", "arguments": {"deletion": good | {"detail": "2"}}},
    ]
    file.write_text("\n".join(map(json.dumps, kept)) + '\nnonsense\n{"number": 7, "do": "dele')
    db = opened(server.fresh(), file)
    assert noted(db) == ["1", "2"]
    with db.read() as connection:
        assert kept_times.load(connection, DONE) == 6
    db.close()


def test_what_fails_at_its_end_costs_nothing_else(server: PostgresServer, file: Path) -> None:
    good = {"time": 1, "camera": "a", "start_time": 0, "end_time": 1, "segments": 1, "size_bytes": 1, "reason": "api"}
    row: dict[str, Any] = {
        "id": "1-a", "camera": "a", "label": "person", "sub_label": None, "type": "object", "start_time": 9.0,
        "end_time": None, "zones": [], "has_clip": True, "has_snapshot": False, "data": {},
    }  # fmt: skip
    moment = {"timestamp": 9.0, "camera": "x" * 5000, "source": "o", "source_id": "1-a", "class_type": "v", "data": {}}
    events = [{"row": row, "entries": [entry], "state": None} for entry in (moment, {**moment, "data": []})]
    kept: list[Any] = [{"do": "writes.put_event", "arguments": one} for one in events]
    kept.append({"do": "deletions.add", "arguments": {"deletion": good | {"detail": "after"}}})
    file.write_text("\n".join(json.dumps({"number": at, **one}) for at, one in enumerate(kept, 1)))
    db = opened(server.fresh(), file)
    assert noted(db) == ["after"]
    db.close()


def test_a_file_that_cannot_be_read_does_not_keep_the_program_from_starting(
    server: PostgresServer, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.mkdir()
    db = opened(server.fresh(), file)
    assert "cannot be read" in caplog.text
    db.close()


def test_the_file_is_bounded(server: PostgresServer, file: Path, caplog: pytest.LogCaptureFixture) -> None:
    db = opened(server.fresh(), file, limit_bytes=2000)
    server.kill()
    for n in range(100):
        db.submit(note(str(n)))
    until(lambda: "no longer kept on disk" in caplog.text)
    assert 0 < file.stat().st_size <= 2000
    db.close()


def test_a_full_disk_costs_only_what_it_should_have_kept(
    server: PostgresServer, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    db = opened(server.fresh(), file)
    file.symlink_to("/dev/full")
    server.kill()
    waiting = [db.submit(note(str(n))) for n in range(3)]
    until(lambda: "no longer kept on disk: No space left" in caplog.text)
    server.start()
    for future in waiting:
        future.result(20)
    db.submit(note("after")).result(20)
    assert noted(db) == ["0", "1", "2", "after"]
    assert not file.is_symlink()
    db.close()


def test_a_write_that_is_no_json_costs_nothing_else(server: PostgresServer, file: Path) -> None:
    db = opened(server.fresh(), file)
    server.kill()
    good = db.submit(note("good"))
    bad = db.submit(note("half of a pair: \ud83d"))
    until(lambda: lines(file) == 1)
    server.start()
    good.result(20)
    assert bad.exception(20) is not None
    assert noted(db) == ["good"]
    db.close()


def test_what_was_taken_from_the_queue_with_a_bad_write_is_kept_too(server: PostgresServer, file: Path) -> None:
    url = server.fresh()
    db = opened(url, file)
    release, runs = threading.Event(), list[int]()

    def first(_: Connection) -> None:
        runs.append(1)
        if len(runs) == 1:
            release.wait(10)
        elif len(runs) == 2:  # alone, because of the last one
            server.kill()

    def bad(_: Connection) -> None:
        raise ZeroDivisionError

    waiting = [db.submit(job) for job in (first, note("0"), note("1"), note("2"), bad)]
    release.set()
    until(lambda: lines(file) == 3)
    db.close()
    assert all(future.exception(1) for future in waiting)
    server.start()
    db = opened(url, file)
    assert noted(db) == ["0", "1", "2"]
    db.close()


def test_what_is_kept_after_the_file_was_closed_comes_behind_the_rest(file: Path) -> None:
    """The writer thread may hang until the program has closed everything, and go on then."""
    spool = Spool(file, kept_writes)
    jobs = [QueuedWrite(note(str(n)), kept=True) for n in range(2)]
    assert spool.keep(jobs[:1]) == 1
    spool.close()
    assert spool.keep(jobs) == 2
    assert lines(file) == 2
    spool.close()


def test_every_kind_can_be_read_back() -> None:
    for kind in kept_writes():
        assert "connection" in get_type_hints(kind), kind


def test_of_sqlite_nothing_is_kept(file: Path) -> None:
    db = Database("sqlite://", spool=Spool(file, kept_writes))
    db.migrate(owns=True)
    db.submit(note("1")).result(10)
    assert noted(db) == ["1"]
    assert not file.exists()
    db.close()
