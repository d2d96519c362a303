"""Records while the database's server does not answer at the start.

Workers that run already go on as they are. Otherwise they are started by the configuration, by the profile that was
active, and by what was switched when the database was open last. Every request is answered `503`. Once the server
answers, this core ends, and the next one starts as usual: it indexes what was recorded.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
from collections.abc import Callable, Mapping

from starlette.types import Receive, Scope, Send

from dogwatch.analysis import NOTHING_LEARNT
from dogwatch.api.listeners import Listeners
from dogwatch.api.nvr.surface import listeners
from dogwatch.bus.messages import Message
from dogwatch.config import Keeper, Loaded
from dogwatch.config.switches import overlaid
from dogwatch.errors import DogwatchError, StoreAwayError, StoreError
from dogwatch.model import VOLUME_FILE
from dogwatch.runtime import last_config, last_known
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.recording import wanted_by
from dogwatch.runtime.workers import Workers, WorkerState
from dogwatch.store import volumes
from dogwatch.store.database import Database
from dogwatch.supervisor.supervisor import RESTART
from dogwatch.volume import read_identity, write_identity
from dogwatch.workers.analysis.spec import learnt_of

ASK_S = 2.0  # between two attempts to reach the server
MESSAGE = "the database does not answer; recording goes on"
BODY = json.dumps({"success": False, "message": MESSAGE}).encode()
_log = logging.getLogger(__name__)


class _Listener:
    """Hears of the supervisor's end alone."""

    def __init__(self, leave: asyncio.Event) -> None:
        self._leave = leave

    def on_worker_started(self, worker: WorkerState) -> None:
        """Do nothing."""

    def on_worker_died(self, worker: WorkerState) -> None:
        """Do nothing: the supervisor starts it again."""

    def on_supervisor_gone(self) -> None:
        """Leave."""
        self._leave.set()


async def record(
    loaded: Loaded,
    paths: Paths,
    supervisor: socket.socket,
    fault: StoreError,
    ready: Callable[[Mapping[str, str]], None],
) -> int:
    """Record until the server answers; return the exit status, which asks for another core.

    Args:
        loaded: The configuration.
        paths: Where things lie.
        supervisor: The socket to the supervisor.
        fault: Why the database cannot be opened.
        ready: Is told the addresses by name.

    Raises:
        DogwatchError: A port is taken.
        OSError: The supervisor has gone.
    """
    _log.critical("%s. RECORDING GOES ON WITHOUT THE DATABASE; what is asked is answered 503 until it is back", fault)
    leave = asyncio.Event()
    workers = Workers(supervisor)
    workers.connect()
    workers.follow(_Listener(leave), _tell_nobody)
    if not workers.taken_over:
        _start(loaded, paths, workers)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave.set)
    serving = Listeners(refuse, listeners(loaded.config), paths.data / "secrets")
    await serving.start()
    workers.ready()
    ready(serving.urls)
    db = Database(paths.database(loaded.config.database))
    try:
        while not leave.is_set() and not await asyncio.to_thread(_answers, db):
            try:
                async with asyncio.timeout(ASK_S):
                    await leave.wait()
            except TimeoutError:
                continue
        if not leave.is_set():
            _log.warning("the database answers; starting as usual")
    finally:
        await serving.stop()
        workers.close()
        db.close()
    return RESTART


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer any request with 503."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1013, "reason": MESSAGE})
        return
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"5"), (b"cache-control", b"no-store")]
    headers.append((b"content-length", str(len(BODY)).encode()))
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else BODY})


def _start(loaded: Loaded, paths: Paths, workers: Workers) -> None:
    """Start the workers as the last core would have had them."""
    known = last_known.load(paths.data)
    try:
        _check(paths, known)
    except DogwatchError as error:
        _log.critical("%s. NOTHING IS RECORDED", error)
        return
    keeper = Keeper(loaded, asyncio.get_running_loop())
    if known is not None:
        keeper.activate(known.profile)
        keeper.lay_over(lambda config: overlaid(config, known.switches))
    told = [learnt_of(text) for text in workers.specs("analysis").values()]
    learnt = {camera: each for one in told for camera, each in one.items()}  # which only the database has otherwise
    wanted = wanted_by(keeper, paths, workers, lambda camera: learnt.get(camera, NOTHING_LEARNT))
    workers.want(wanted, loaded.config.environment_vars)


def _check(paths: Paths, known: last_known.LastKnown | None) -> None:
    """Check that the recordings directory is the one that was used before; make its identity at the very first start.

    Raises:
        DogwatchError: It is not, or cannot be read or written.
    """
    folder = paths.media / "recordings"
    try:
        present = read_identity(folder)
        if present is None and known is None and not (paths.data / last_config.NAME).exists():
            write_identity(folder, volumes.new_identity(volumes.RECORDINGS))
        elif present is None:
            raise DogwatchError(f"{folder} has lost its identity file {VOLUME_FILE}: is its disk mounted?")
        elif present and known is not None and known.volumes and present not in known.volumes:
            raise DogwatchError(f"{folder} is another disk than before: the one that was used must be mounted there")
    except OSError as error:
        raise DogwatchError(f"{folder} cannot be used: {error.strerror}") from error


def _answers(db: Database) -> bool:
    try:
        with db.read() as connection:
            connection.exec_driver_sql("SELECT 1")
    except StoreAwayError:
        return False
    return True


def _tell_nobody(_kind: str, _name: str, _message: Message) -> bool:
    return False
