"""Opens connections to a PostgreSQL server, and says what its errors mean.

Every statement has a limit on its time, and so has every wait for a lock or for an answer of the network. The limits
are settings of the session, so that they cost nothing with each statement.
"""

from __future__ import annotations

import re
import time
from importlib.util import find_spec
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import NullPool

from dogwatch.errors import DogwatchError, RefusedError, StoreAwayError, StoreError, StoreFullError, StoreLockedError
from dogwatch.store import deferred, json_text, silence
from dogwatch.store.silence import Pulse

READERS, MORE_READERS = 4, 12  # connections that stay open, and those that are opened while they are needed
POOL_S = 10.0  # how long a reader waits for one of them
CONNECT_S = 5
STATEMENT_S, LOCK_S, IDLE_S = 30, 10, 120
CHECK_S = 2  # how often a long statement looks whether its program is still there
PREPARE_AFTER = 1  # how often a reader asks the same before the server keeps it prepared
SLICE = 500  # rows that are made without a break
IN_USE_S = 2.0  # a connection that was idle for longer is tried before it is used
DRIVER = "postgresql+psycopg"
NAME = "dogwatch"
AWAY = "the database does not answer"
LOCK = 0x646F6777  # "dogw"; the second key of the lock is made of the schema's name
TAKEN = "another Dogwatch uses this database"
TRY_LOCK = text("SELECT pg_try_advisory_lock(:lock, hashtext(coalesce(current_schema(), '')))")
NETWORK = {  # seconds; a server that vanished without a word is noticed
    "connect_timeout": CONNECT_S,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # ms
}
SESSION = {
    "statement_timeout": f"{STATEMENT_S}s",
    "lock_timeout": f"{LOCK_S}s",
    "idle_in_transaction_session_timeout": f"{IDLE_S}s",
    "tcp_keepalives_idle": "10",  # so the server, too, notices a program that vanished, and lets go of its lock
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "timezone": "UTC",
}
READ_ONLY = {"default_transaction_read_only": "on", "default_transaction_isolation": r"repeatable\ read"}
LOOKUPS = {  # lists look few rows up in indexes; the server's defaults suit disks that turn, and queries that read all
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
UPKEEP = {  # lists read indexes alone where autovacuum has been, so it comes long before a fifth of a table is new
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_vacuum_insert_scale_factor": "0.02",
    "autovacuum_analyze_scale_factor": "0.02",
}
_IDLE = "SELECT pid FROM pg_stat_activity WHERE usename = current_user AND state LIKE 'idle%'"
_ABSENT = ("08", "28", "3D", "53300", "57P")
"""Beginnings of SQLSTATEs: no connection, or none for this user, no such database, too many clients, shut down."""
_LOCKED = ("55P03", "40")
_VALUE = re.compile(r"(?<=, column )(\w+): .*")
_WORDS = {
    "25006": "the database is read-only",
    "42501": "the database may not be written: permission denied",
    "53": "the database server lacks memory or disk space",
    "57014": "the database took too long",
    "58": "the disk of the database does not work",
    "XX": "the database is damaged",
}


def is_server(url: URL) -> bool:
    """Tell whether `url` is one of a PostgreSQL server."""
    return url.get_backend_name() in ("postgresql", "postgres")


def readers(url: URL, pulse: Pulse | None = None) -> Engine:
    """Return the engine of readers, each of which sees one consistent state; of a lost server none is made.

    Raises:
        StoreError: The driver is not installed.
    """
    pulse = pulse or pulse_of(url)
    pool = {"pool_size": READERS, "max_overflow": MORE_READERS, "pool_timeout": POOL_S}
    engine = _engine(url, SESSION | READ_ONLY | LOOKUPS, pulse, may_be_lost=False, **pool)
    _keep_prepared(engine)
    _try_idle_ones(engine)
    return engine


def writer(url: URL, pulse: Pulse | None = None) -> Engine:
    """Return the engine of the one connection that writes.

    Raises:
        StoreError: The driver is not installed.
    """
    engine = _engine(url, SESSION, pulse or pulse_of(url), may_be_lost=True, poolclass=NullPool)
    deferred.watch(engine)
    return engine


def pulse_of(url: URL) -> Pulse:
    """Return what tells whether the server at `url` is there: it takes a connection, or refuses one."""
    words = url.set(drivername="postgresql").update_query_dict({"connect_timeout": str(silence.ASK_S)})
    address = words.render_as_string(hide_password=False)

    def ask() -> frozenset[int] | None:
        import psycopg

        class HurriedConnection(psycopg.Connection[Any]):  # type: ignore[misc,unused-ignore]
            def wait(self, gen: Any, *words: Any, **named: Any) -> Any:
                return super().wait(silence.within(gen, silence.ASK_S), *words, **named)

        try:
            with HurriedConnection.connect(address, application_name=NAME, autocommit=True) as connection:
                return frozenset(pid for (pid,) in connection.execute(_IDLE))
        except (psycopg.errors.ConnectionTimeout, TimeoutError):
            return None
        except psycopg.Error:
            return frozenset()

    return Pulse(ask)


def _engine(url: URL, session: dict[str, str], pulse: Pulse, *, may_be_lost: bool, **pool: Any) -> Engine:
    if find_spec("psycopg") is None:
        raise StoreError("a PostgreSQL database needs a driver: pip install 'dogwatch[postgres]'")
    given = {name: value for name, value in url.query.items() if isinstance(value, str)}
    options = " ".join([*(f"-c {name}={value}" for name, value in session.items()), given.get("options", "")])
    arguments = {"application_name": NAME, **NETWORK, **given, "options": options.strip()}
    plain = url.set(drivername=DRIVER, query={name: url.query[name] for name in ("host", "port") if name in url.query})
    arguments = {name: value for name, value in arguments.items() if name not in plain.query}
    engine = create_engine(
        plain,
        connect_args=arguments,
        hide_parameters=True,
        use_native_hstore=False,
        json_serializer=json_text.dumps,
        **pool,
    )
    _watch(engine, pulse, may_be_lost=may_be_lost)
    _load_sums(engine)
    return engine


def _watch(engine: Engine, pulse: Pulse, *, may_be_lost: bool) -> None:
    """Connect so that waiting for a server that has fallen silent ends."""
    from psycopg import OperationalError

    made, cursor = silence.connection_class(pulse, STATEMENT_S + silence.SPARE_S), _cursor_class()

    @event.listens_for(engine, "do_connect")
    def do_connect(_dialect: Any, _record: Any, words: Any, named: Any) -> Any:
        if pulse.is_lost and not may_be_lost:
            raise StoreAwayError(AWAY, silence.WORDS)
        try:
            connection = made.connect(*words, **named, cursor_factory=cursor)
        except OperationalError as error:
            if not may_be_lost and type(error).__name__ == "ConnectionTimeout":
                pulse.lost()
            raise
        pulse.found()
        return connection


def _cursor_class() -> Any:
    """Return the class of cursors, which let other threads run while they make the rows of a long answer.

    The driver makes all rows that it is asked for in one call and holds the interpreter meanwhile: 200,000 rows halted
    everything else for 60 to 90 ms, and for 16 in slices, which take no longer together.
    """
    import psycopg

    class SlicedCursor(psycopg.Cursor[Any]):  # type: ignore[misc,unused-ignore]
        def fetchall(self) -> list[Any]:
            rows: list[Any] = []
            while part := self.fetchmany(SLICE):
                rows += part
            return rows

    return SlicedCursor


def _load_sums(engine: Engine) -> None:
    """Take sums of long integers, which come as `numeric`, for numbers like those of SQLite."""
    from psycopg.adapt import Loader
    from psycopg.types.numeric import NumericBinaryLoader

    class SumLoader(Loader):  # type: ignore[misc,unused-ignore]
        def load(self, data: Any) -> int | float:
            digits = bytes(data).decode()
            return float(digits) if "." in digits or "N" in digits else int(digits)

    class BinarySumLoader(NumericBinaryLoader):  # type: ignore[misc,unused-ignore]
        def load(self, data: Any) -> Any:
            found = super().load(data)
            return int(found) if found.is_finite() and not found.as_tuple().exponent else float(found)

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.adapters.register_loader("numeric", SumLoader)
        connection.adapters.register_loader("numeric", BinarySumLoader)


def _keep_prepared(engine: Engine) -> None:
    """End what only reads with COMMIT: at ROLLBACK, the driver has the server forget all statements it has prepared."""

    def do_rollback(connection: Any) -> None:
        connection.commit()

    engine.dialect.do_rollback = do_rollback  # type: ignore[assignment]

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.prepare_threshold = PREPARE_AFTER


def _try_idle_ones(engine: Engine) -> None:
    """Replace a connection that the server has closed while nobody used it, without an error for the reader."""

    @event.listens_for(engine, "checkin")
    def checkin(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used", time.monotonic()) > IN_USE_S:
            try:
                connection.execute("SELECT 1")
                connection.commit()
            except Exception as error:
                raise DisconnectionError from error


def without_limits(connection: Connection) -> None:
    """Let the statements of this transaction take as long as they need: they migrate or move large tables.

    A server that can (14 and newer) ends them soon after this program was killed.
    """
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    if (connection.dialect.server_version_info or ()) >= (14,):
        connection.exec_driver_sql(f"SET LOCAL client_connection_check_interval = '{CHECK_S}s'")
    driver: Any = connection.connection.dbapi_connection
    driver.is_patient = True


def binary_order(connection: Connection) -> None:
    """Let texts be compared byte by byte, as SQLite does, whatever the order of the database is.

    The catalogue skips along the index of paths, and lists are sorted in the database.
    """
    query = text(
        "SELECT c.table_name, c.column_name, c.character_maximum_length FROM information_schema.columns c "
        "JOIN information_schema.tables t USING (table_schema, table_name) "
        "WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' "
        "AND c.data_type IN ('character varying', 'text') AND coalesce(c.collation_name, '') <> 'C'"
    )
    quote = connection.dialect.identifier_preparer.quote_identifier
    for table, column, length in connection.execute(query).all():
        kind = f"VARCHAR({length})" if length else "TEXT"
        connection.exec_driver_sql(f'ALTER TABLE {quote(table)} ALTER COLUMN {quote(column)} TYPE {kind} COLLATE "C"')


def as_they_are(connection: Connection) -> None:
    """Have bytes stored as they are: to pack what is written all the time, and to unpack all of it, takes longer.

    What is stored already is unpacked until it is written again.
    """
    query = text(
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'r' "
        "AND a.atttypid = 'bytea'::regtype AND a.attstorage = 'x' AND a.attnum > 0 AND NOT a.attisdropped"
    )
    quote = connection.dialect.identifier_preparer.quote_identifier
    for table, column in connection.execute(query).all():
        connection.exec_driver_sql(f"ALTER TABLE {quote(table)} ALTER COLUMN {quote(column)} SET STORAGE EXTERNAL")


def keep_up(connection: Connection) -> None:
    """Have autovacuum look after all tables as `UPKEEP` says, except those that have settings already."""
    query = text(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.reloptions IS NULL"
    )
    quote = connection.dialect.identifier_preparer.quote_identifier
    settings = ", ".join(f"{name} = {value}" for name, value in UPKEEP.items())
    for name in connection.scalars(query).all():
        connection.exec_driver_sql(f"ALTER TABLE {quote(name)} SET ({settings})")


def fault(error: BaseException) -> DogwatchError | None:
    """Return what is wrong with the server, or with a value, in words for the user; None for any other error."""
    if isinstance(error, DogwatchError):
        return error if isinstance(error, StoreError) else None
    if isinstance(error, PoolTimeoutError):
        return StoreError("too many requests need the database at once")
    driver = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(driver, "sqlstate", None) or ""
    kind = {base.__name__ for base in type(driver).__mro__ if base.__module__.startswith("psycopg")}
    if not kind:
        return None
    if state.startswith(_ABSENT) or (not state and kind & {"OperationalError", "InterfaceError"}):
        return StoreAwayError(AWAY, said(error))
    if state == "53100":
        return StoreFullError("the disk of the database is full")
    if state.startswith(_LOCKED):
        return StoreLockedError("the database is locked by another program")
    if words := next((words for prefix, words in _WORDS.items() if state.startswith(prefix)), ""):
        return StoreError(words)
    if "DataError" in kind:
        return RefusedError("a text is too long, or holds a character that cannot be stored")
    return None


def is_own(error: BaseException) -> bool:
    """Tell whether an error is the driver's own."""
    return any(base.__module__.startswith("psycopg") for base in type(error).__mro__)


def said(error: BaseException) -> str:
    """Return what the driver says, in one line, without the values of rows."""
    driver = (error.orig if isinstance(error, DBAPIError) else None) or error
    return _VALUE.sub(r"\1", " ".join(str(driver).split()))
