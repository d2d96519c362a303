"""Tells the supervisor which workers should run, and hears from it which do.

The supervisor holds the list and keeps the workers running, also while there is no core. It first tells a new core
which workers run. A worker that already has the wanted spec is left alone. A worker that can follow another spec gets
it over its link and continues; others are replaced.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from dogwatch.bus.messages import Reconfigure, WorkerReady
from dogwatch.bus.spec import digest
from dogwatch.runtime.specs import Wanted, can_follow

log = logging.getLogger(__name__)

CHUNK = 1 << 16
ANSWER_S = 10.0  # the supervisor answers at once
LEAVE_S = 8.0  # workers that do not exit are killed earlier
ORDER = (("ingest",), ("analysis", "detection"))
"""Ingest leaves first, so that its last segments are announced while the core listens."""


@dataclass(frozen=True, slots=True)
class WorkerState:
    """The state of a worker process, from the supervisor.

    `pid` is None while it is down; `spec` is what it gets at the start; `gone` means that it is not wanted any more.
    """

    kind: str
    name: str
    pid: int | None
    restarts: int
    spec: str
    gone: bool = False


class Workers:
    """All worker processes. All methods belong to the event loop; `connect` comes first."""

    def __init__(
        self,
        link: socket.socket,
        *,
        started: Callable[[WorkerState], None],
        died: Callable[[WorkerState], None],
        orphaned: Callable[[], None],
        tell: Callable[[str, str, Reconfigure], object],
    ) -> None:
        """Take over the socket to the supervisor.

        Args:
            link: The socket.
            started: Called for a worker that runs, also for one that started before this core.
            died: Called for a worker that has died, also while there was no core.
            orphaned: Called when the supervisor has gone.
            tell: Sends a message to the worker of a kind and name, if it is connected.
        """
        self._tell = tell
        self._specs: dict[tuple[str, str], str] = {}  # what each worker is to follow
        self._link, self._started, self._died, self._orphaned = link, started, died, orphaned
        self._link.settimeout(ANSWER_S)
        self._known: dict[tuple[str, str], WorkerState] = {}
        self._in = b""
        self._change = asyncio.Event()
        self._told = self._gone = False
        self.restarts = 0
        """How often the core was restarted."""

    def connect(self) -> None:
        """Learn which workers run, and watch for changes from now on.

        Raises:
            OSError: The supervisor has gone or does not answer.
        """
        self._say({"do": "hello"})
        while not self._told:
            data = self._link.recv(CHUNK)
            if not data:
                raise ConnectionError("the supervisor has gone")
            self._in += data
            self._take_lines()
        self._specs = {key: worker.spec for key, worker in self._known.items()}
        asyncio.get_running_loop().add_reader(self._link.fileno(), self._read)

    def want(self, wanted: Iterable[Wanted], environment: Mapping[str, str]) -> None:
        """Make the workers those that are `wanted`.

        Others end, new ones start, one with another spec is told of it or replaced, and the rest is left alone.

        Args:
            wanted: All of them, in the order of starting.
            environment: Variables that are added to the environment of new workers.
        """
        texts = {(one.kind, one.name): msgspec.json.encode(one.spec).decode() for one in wanted}
        workers = [{"kind": kind, "name": name, "spec": text} for (kind, name), text in texts.items()]
        before, self._specs = self._specs, texts
        replaced: list[Mapping[str, Any]] = []
        for (kind, name), text in texts.items():
            old = before.get((kind, name), text)
            if old == text:
                continue
            if can_follow(kind, old, text):
                self._tell(kind, name, Reconfigure(text))
            else:
                replaced.append({"do": "replace", "kind": kind, "name": name})
        self._say({"do": "want", "workers": workers, "environment": dict(environment)}, *replaced)

    def on_ready(self, message: WorkerReady) -> None:
        """Send a worker that has connected the wanted spec, if it has another one.

        The spec may have changed after its start, or an earlier core may have died before sending it.
        """
        text = self._specs.get((message.kind, message.name))
        if text is not None and digest(text) != message.spec_digest:
            self._tell(message.kind, message.name, Reconfigure(text))

    def ready(self) -> None:
        """Tell the supervisor that the core serves: from now on it is restarted when it dies."""
        self._say({"do": "ready"})

    async def stop(self) -> None:
        """Ask all workers to exit and wait until they have."""
        for kinds in ORDER:
            self._say({"do": "stop", "kinds": kinds})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_S):
                    while not self._gone and any(kind in kinds for kind, _ in self._known):
                        self._change.clear()
                        await self._change.wait()

    def close(self) -> None:
        """Close the socket; the workers continue."""
        if not self._gone:
            asyncio.get_running_loop().remove_reader(self._link.fileno())
        self._link.close()

    def _say(self, *messages: Mapping[str, Any]) -> None:
        if not self._gone:
            try:  # in one call: a core that is killed meanwhile has sent all of it, or nothing
                self._link.sendall(b"".join(json.dumps(message).encode() + b"\n" for message in messages))
            except OSError as error:
                log.error("the supervisor cannot be told: %s", error)

    def _read(self) -> None:
        try:
            data = self._link.recv(CHUNK)
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._link.fileno())
            self._gone = True
            self._change.set()
            self._orphaned()
            return
        self._in += data
        self._take_lines()

    def _take_lines(self) -> None:
        *lines, self._in = self._in.split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, message: dict[str, Any]) -> None:
        match message:
            case {"tell": "log", "source": str(source), "line": str(line)}:
                _relay(source, line)
            case {"tell": "dropped", "lines": int(count)}:
                log.warning("%d lines of workers are missing here: nobody took them in", count)
            case {"tell": "state", "workers": list(workers), "restarts": int(restarts)}:
                self.restarts, self._told = restarts, True
                for state in workers:
                    self._note(state)
            case {"tell": "worker"}:
                self._note(message)
        self._change.set()

    def _note(self, state: Mapping[str, Any]) -> None:
        """Store the state of a worker; report its death and its start."""
        worker = WorkerState(
            state["kind"], state["name"], state["pid"], state["restarts"], state["spec"], state["gone"]
        )
        key = worker.kind, worker.name
        before = self._known.get(key)
        if worker.gone or state["died"] or (before is not None and before.pid not in (None, worker.pid)):
            self._died(worker)
        if worker.gone:
            self._known.pop(key, None)
            return
        self._known[key] = worker
        if worker.pid is not None and (before is None or before.pid != worker.pid):
            self._started(worker)


def _relay(source: str, line: str) -> None:
    """Write a line of another process into the log, with the level that it begins with."""
    word, _, rest = line.partition(" ")
    level = logging.getLevelNamesMapping().get(word)
    logging.getLogger(f"dogwatch.{source}").log(level or logging.WARNING, "%s", rest if level else line)
