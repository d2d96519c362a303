"""A PostgreSQL server that goes and comes back: what waits is written once and in order, and who waits is told."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, make_url, select, text

from dogwatch.errors import RefusedError, StoreAwayError, StoreError
from dogwatch.store import database, postgres, silence
from dogwatch.store.database import Database
from dogwatch.store.tables import deletions, volumes
from tests.integration.store.statements import when_committing
from tests.postgres import PASSWORD, PostgresServer

PID = text("SELECT pg_backend_pid()")


@pytest.fixture
def db(server: PostgresServer) -> Iterator[Database]:
    opened = Database(server.fresh())
    opened.migrate(owns=True)
    yield opened
    opened.close()


def note(detail: str) -> Callable[[Connection], None]:
    """Return a job that adds a row each time it runs."""
    row = {"time": 1.0, "camera": "a", "start_time": 0, "end_time": 1, "segments": 1, "size_bytes": 1, "reason": "api"}

    def add(connection: Connection) -> None:
        connection.execute(insert(deletions).values(**row, detail=detail))

    return add


def noted(db: Database) -> list[str]:
    with db.read() as connection:
        return list(connection.scalars(select(deletions.c.detail).order_by(deletions.c.id)))


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def away(db: Database) -> bool:
    try:
        with db.read():
            return False
    except StoreAwayError:
        return bool(db.problem)


def test_what_waits_is_written_once_and_in_order(server: PostgresServer, db: Database) -> None:
    db.write(note("before"))
    server.kill()
    waiting = [db.submit(note(str(n))) for n in range(200)]
    until(lambda: away(db))
    began = time.monotonic()
    with pytest.raises(StoreAwayError, match="does not answer"):
        db.write(note("somebody waits for this"))
    with pytest.raises(StoreAwayError), db.read():
        pass
    assert time.monotonic() - began < 1
    assert not any(future.done() for future in waiting)
    server.start()
    for future in waiting:
        future.result(20)
    assert noted(db) == ["before", *map(str, range(200))]
    assert (db.problem, db.returns, db.dropped) == ("", 1, 0)


def test_who_waits_in_the_queue_when_the_server_goes_is_told(server: PostgresServer, db: Database) -> None:
    running, release = threading.Event(), threading.Event()

    def block(connection: Connection) -> None:
        running.set()
        release.wait(10)
        note("blocked")(connection)

    first = db.submit(block)
    running.wait(10)
    queued: list[Future[None]] = [db.submit(note("asked"), keep=False), db.submit(note("kept"))]
    server.kill()
    release.set()
    assert isinstance(queued[0].exception(10), StoreAwayError)
    server.start()
    first.result(20)
    queued[1].result(20)
    assert noted(db) == ["blocked", "kept"]


def test_a_reader_notices_and_the_writer_looks_for_the_server(server: PostgresServer, db: Database) -> None:
    with db.read():
        pass
    server.kill()
    with pytest.raises(StoreAwayError):
        noted(db)
    until(lambda: away(db))
    server.start()
    until(lambda: not away(db))


def test_a_server_that_was_restarted_while_nobody_asked_costs_nothing(
    server: PostgresServer, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "IN_USE_S", 0.0)
    db.write(note("before"))
    assert noted(db) == ["before"]
    server.kill()
    server.start()
    assert noted(db) == ["before"]
    db.write(note("after"))
    assert noted(db) == ["before", "after"]


def test_a_server_that_falls_silent_is_noticed(server: PostgresServer, db: Database) -> None:
    """Its connections stay open, so only the clock tells."""
    db.write(note("before"))
    assert noted(db) == ["before"]
    with server.frozen():
        began = time.monotonic()
        waiting = [db.submit(note("1")), db.submit(note("2"))]
        with ThreadPoolExecutor(20) as pool:  # more than there are connections
            asked = [pool.submit(noted, db) for _ in range(20)]
            with pytest.raises(StoreAwayError, match="does not answer"):
                db.write(note("somebody waits for this"))
        assert all(isinstance(future.exception(), StoreAwayError) for future in asked)
        assert time.monotonic() - began < 10
        until(lambda: away(db))
        began = time.monotonic()
        with pytest.raises(StoreAwayError):
            noted(db)
        assert time.monotonic() - began < 0.5
        assert not any(future.done() for future in waiting)
    for future in waiting:
        future.result(30)
    until(lambda: not away(db))
    assert noted(db) == ["before", "1", "2"]


@pytest.mark.parametrize("writes", [False, True])
def test_a_process_of_the_server_that_is_stopped_is_noticed(server: PostgresServer, db: Database, writes: bool) -> None:
    """The server itself answers, and only says that the process which is to do the work has none."""
    db.write(note("before"))
    with db.read() as connection:
        pid = connection.scalar(PID)
    pid = db.write(lambda connection: connection.scalar(PID)) if writes else pid
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(StoreAwayError):
            db.write(note("somebody waits for this")) if writes else noted(db)
        assert time.monotonic() - began < 15
        if not writes:
            assert noted(db) == ["before"]
        waiting = db.submit(note("1"))
    finally:
        os.kill(pid, signal.SIGCONT)
    waiting.result(30)
    until(lambda: not away(db))
    assert noted(db) == ["before", "1"]


def test_what_a_silent_server_commits_later_is_not_repeated(
    server: PostgresServer, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "SILENT_S", 0.5)
    monkeypatch.setattr(database, "UNSURE_S", 0.5)
    with ExitStack() as frozen:
        when_committing(monkeypatch, lambda: frozen.enter_context(server.frozen()))
        began = time.monotonic()
        waiting = [db.submit(note("kept")), db.submit(note("asked"), keep=False)]
        assert isinstance(waiting[1].exception(30), StoreAwayError)
        assert time.monotonic() - began < 20
        waiting.append(db.submit(note("later")))
    waiting[0].result(30)
    waiting[2].result(30)
    assert noted(db) == ["kept", "asked", "later"]


def test_a_commit_that_the_server_refuses_costs_that_transaction_alone(postgres: PostgresServer, db: Database) -> None:
    """As when its disk is full, or a rule is checked at the end."""
    db.write(
        lambda connection: (
            connection.execute(text("CREATE TABLE odd (id INT UNIQUE DEFERRABLE INITIALLY DEFERRED)")) and None
        )
    )
    twice = text("INSERT INTO odd VALUES (1), (1)")
    with pytest.raises(Exception, match="duplicate key"):
        db.write(lambda connection: connection.execute(twice) and None)
    db.write(note("after"))
    assert noted(db) == ["after"]


def test_a_long_statement_is_waited_for_while_the_server_is_there(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "SILENT_S", 0.2)
    monkeypatch.setattr(silence, "CURRENT_S", 0.1)
    db = Database(postgres.fresh())
    db.migrate(owns=True)
    with db.read() as connection:
        assert connection.scalar(text("SELECT 1 FROM pg_sleep(1.5)")) == 1
    assert not db.problem
    db.close()


class CutAtCommit:
    """Stands before a server, and cuts one connection when it commits: before or after the server knows of it."""

    def __init__(self, port: int, *, after: bool) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._to, self._after = port, after
        self.port = self._listener.getsockname()[1]
        self.armed, self.cuts = False, 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._to)) as upstream:
            back = threading.Thread(target=self._answer, args=(upstream, client), daemon=True)
            back.start()
            while data := _received(client):
                if self.armed and b"COMMIT" in data:
                    self.armed = False
                    self.cuts += 1
                    if self._after:
                        client.shutdown(socket.SHUT_RDWR)  # the answer does not come through
                        upstream.sendall(data)
                        time.sleep(0.3)
                    return
                upstream.sendall(data)

    def _answer(self, upstream: socket.socket, client: socket.socket) -> None:
        while data := _received(upstream):
            try:
                client.sendall(data)
            except OSError:
                return


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1 << 16)
    except OSError:
        return b""


@pytest.mark.parametrize("after", [False, True], ids=["not-committed", "committed"])
def test_a_cut_while_committing_neither_loses_nor_doubles(postgres: PostgresServer, after: bool) -> None:
    proxy = CutAtCommit(postgres.port, after=after)
    db = Database(make_url(postgres.fresh()).set(port=proxy.port).render_as_string(hide_password=False))
    db.migrate(owns=True)
    db.write(note("before"))
    proxy.armed = True
    results = [db.submit(note("1")), db.submit(note("2"), keep=False), db.submit(note("3"))]
    for future in results:
        future.result(20)
    db.write(note("after"))
    assert noted(db) == ["before", "1", "2", "3", "after"]
    assert proxy.cuts == 1
    db.close()
    proxy.close()


def test_a_job_that_cuts_the_connection_each_time_ends(postgres: PostgresServer) -> None:
    db = Database(postgres.fresh())
    db.migrate(owns=True)

    def poison(connection: Connection) -> None:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    bad = db.submit(poison)
    good = db.submit(note("good"))
    assert isinstance(bad.exception(30), StoreError)
    good.result(30)
    assert noted(db) == ["good"]
    db.close()


def test_a_job_that_is_cut_off_alone_is_run_again(server: PostgresServer, db: Database) -> None:
    runs: list[int] = []

    def cut(connection: Connection) -> None:
        runs.append(1)
        if len(runs) == 1:
            server.kill()
            server.start()
        note("1")(connection)

    db.submit(cut).result(20)
    assert noted(db) == ["1"]


def test_two_programs_cannot_own_one_database(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "TAKEN_S", 0.3)
    url = postgres.fresh()
    first = Database(url)
    first.migrate(owns=True)
    second = Database(url)
    with pytest.raises(StoreError, match=r"another Dogwatch uses this database") as caught:
        second.migrate(owns=True)
    assert PASSWORD not in str(caught.value)
    second.migrate()  # as `dogwatch users` does
    first.close()
    second.migrate(owns=True)
    second.close()


def test_the_owner_takes_its_lock_back_from_a_connection_that_hangs(postgres: PostgresServer) -> None:
    """The server does not notice at once that a program has gone behind a network that broke."""
    url = postgres.fresh()
    db = Database(url)
    db.migrate(owns=True)
    backend: Any = db._backend
    left = backend._connection  # still open, with the lock
    backend._connection = None
    db.submit(note("after")).result(20)
    assert noted(db) == ["after"]
    left.invalidate()
    db.close()


def test_closing_does_not_wait_for_a_server_that_is_away(server: PostgresServer, db: Database) -> None:
    server.kill()
    waiting = [db.submit(note(str(n))) for n in range(20)]
    until(lambda: away(db))
    began = time.monotonic()
    db.close()
    assert time.monotonic() - began < 2
    assert all(isinstance(future.exception(1), StoreError) for future in waiting)


def test_a_start_waits_for_a_server_that_starts(server: PostgresServer) -> None:
    url = server.fresh()
    server.kill()
    late = threading.Timer(1.0, server.start)
    late.start()
    db = Database(url)
    db.migrate(owns=True)
    db.close()
    late.join()


def test_what_cannot_be_opened_says_so_without_the_password(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "START_S", 0.0)
    for url in (postgres.url("nowhere"), f"postgresql://dogwatch:{PASSWORD}@127.0.0.1:1/x"):
        db = Database(url)
        assert PASSWORD not in db.url
        with pytest.raises(StoreError, match="cannot open the database") as caught:
            db.migrate(owns=True)
        assert PASSWORD not in str(caught.value)
        db.close()
    for wrong in (f"postgresql://u:{PASSWORD}@host:port/x", f"postgresql//{PASSWORD}"):
        with pytest.raises(StoreError) as caught:
            Database(wrong)
        assert PASSWORD not in str(caught.value)
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize("value", ["x" * 500, "nul\0byte"], ids=["long", "nul"])
def test_a_text_that_the_server_cannot_take_is_refused(postgres: PostgresServer, value: str) -> None:
    db = Database(postgres.fresh())
    db.migrate(owns=True)
    with pytest.raises(RefusedError):
        db.write(lambda connection: connection.execute(insert(volumes).values(id=value, added_at=1.0)) and None)
    if "\0" in value:
        with pytest.raises(RefusedError), db.read() as connection:
            connection.execute(select(volumes).where(volumes.c.id == value))
    assert not db.problem
    db.close()


def test_a_statement_has_a_limit_on_its_time(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from dogwatch.store import postgres as connections

    monkeypatch.setitem(connections.SESSION, "statement_timeout", "200ms")
    db = Database(postgres.fresh())
    db.migrate(owns=True)
    with pytest.raises(StoreError, match="too long"), db.read() as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
    with pytest.raises(StoreError, match="too long"):
        db.write(lambda connection: connection.execute(text("SELECT pg_sleep(5)")) and None)
    db.close()


def test_texts_are_compared_byte_by_byte(postgres: PostgresServer) -> None:
    url = postgres.fresh()
    query = (
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND data_type IN ('character varying', 'text') AND coalesce(collation_name, '') <> 'C'"
    )
    assert postgres.execute(query, url.rpartition("/")[2]) == [(0,)]


def test_bytes_are_stored_as_they_are(postgres: PostgresServer) -> None:
    query = (
        "SELECT count(*) FROM pg_attribute WHERE attrelid IN ('review_counts'::regclass, 'segments'::regclass) "
        "AND atttypid = 'bytea'::regtype AND attstorage <> 'e'"
    )
    assert postgres.execute(query, postgres.fresh().rpartition("/")[2]) == [(0,)]


def test_autovacuum_comes_early_but_settings_of_users_stay(postgres: PostgresServer) -> None:
    url = postgres.fresh()
    name = url.rpartition("/")[2]
    query = "SELECT reloptions FROM pg_class WHERE oid = '{}'::regclass"
    assert "autovacuum_vacuum_insert_scale_factor=0.02" in postgres.execute(query.format("segments"), name)[0][0]
    postgres.execute("ALTER TABLE events RESET (autovacuum_analyze_scale_factor)", name)
    db = Database(url)
    db.migrate()
    db.close()
    assert len(postgres.execute(query.format("events"), name)[0][0]) == 2


def test_without_its_driver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "find_spec", lambda _: None)
    with pytest.raises(StoreError, match=r"pip install 'dogwatch\[postgres\]'"):
        Database("postgresql://u:p@h/d")
