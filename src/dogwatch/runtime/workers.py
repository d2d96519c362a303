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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from dogwatch.bus.messages import Message, Reconfigure, WorkerReady
from dogwatch.bus.spec import digest
from dogwatch.runtime.specs import Wanted, can_follow

log = logging.getLogger(__name__)

CHUNK = 1 << 16
ANSWER_S = 10.0  # the supervisor answers at once
KEPT_SPECS = 1000  # beside those in force; a worker with an older one, which did not connect for so long, is replaced
LEAVE_S = 8.0  # workers that do not exit are killed earlier
ORDER = (("ingest",), ("analysis", "detection", "encoding", "listening"))
"""Ingest leaves first, so that its last segments are announced while the core listens."""
Key = tuple[str, str]
"""Kind and name."""


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


class WorkerListener(Protocol):
    """Who hears of the workers; all methods belong to the event loop."""

    def on_worker_started(self, worker: WorkerState) -> None:
        """Hear of a worker that runs, also of one that did before this core began."""

    def on_worker_died(self, worker: WorkerState) -> None:
        """Hear of a worker that has died, also while there was no core."""

    def on_supervisor_gone(self) -> None:
        """Hear that the supervisor has gone."""


Tell = Callable[[str, str, Message], bool]
"""Sends a message to the worker of a kind and name; False if it is not connected."""


class Workers:
    """All worker processes. All methods belong to the event loop; `connect` comes first."""

    def __init__(self, link: socket.socket) -> None:
        """Take over the socket to the supervisor."""
        self._link = link
        self._link.settimeout(ANSWER_S)
        self._known: dict[Key, WorkerState] = {}
        self._texts: dict[Key, str] = {}  # what is wanted
        self._by_digest: dict[tuple[Key, str], str] = {}  # the specs that a running worker may follow, the newest last
        self._replaced: dict[Key, int] = {}  # which process is being replaced
        self._listener: WorkerListener | None = None
        self._tell: Tell | None = None
        self._unheard: list[tuple[bool, WorkerState]] = []  # whether it has started or died
        self._in = b""
        self._change = asyncio.Event()
        self._told = self._gone = False
        self.taken_over = False
        """Whether cameras were recorded when this core began."""
        self.restarts = 0
        """How often the core was restarted."""

    def connect(self) -> None:
        """Learn which workers run.

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

    def follow(self, listener: WorkerListener, tell: Tell) -> None:
        """Let `listener` hear of all that has been heard, and of all that comes; talk to workers through `tell`."""
        self._listener, self._tell = listener, tell
        unheard, self._unheard = self._unheard, []
        for started, worker in unheard:
            self._report(worker, started=started)
        asyncio.get_running_loop().add_reader(self._link.fileno(), self._read)

    def specs(self, kind: str) -> dict[str, str]:
        """Return the specs of the workers of `kind` that are wanted, by their names; at the start of those that run."""
        known = self._texts or {key: worker.spec for key, worker in self._known.items()}
        return {name: text for (its_kind, name), text in known.items() if its_kind == kind}

    def want(self, wanted: Iterable[Wanted], environment: Mapping[str, str]) -> None:
        """Make the workers those that are `wanted`.

        Others end, new ones start, one with another spec is told of it or replaced, and the rest is left alone.

        Args:
            wanted: All of them, in the order of starting.
            environment: Variables that are added to the environment of new workers.
        """
        before = {key: worker.spec for key, worker in self._known.items()} | self._texts
        self._texts = {(one.kind, one.name): msgspec.json.encode(one.spec).decode() for one in wanted}
        for key, text in (*before.items(), *self._texts.items()):
            name = key, digest(text)
            self._by_digest.pop(name, None)
            self._by_digest[name] = text
        while len(self._by_digest) > KEPT_SPECS + len(before) + len(self._texts):
            del self._by_digest[next(iter(self._by_digest))]
        workers = [{"kind": kind, "name": name, "spec": text} for (kind, name), text in self._texts.items()]
        others = [(key, text) for key, text in self._texts.items() if key in self._known and before[key] != text]
        replaced = [replace for key, text in others for replace in self._lead(key, before[key], text)]
        self._say({"do": "want", "workers": workers, "environment": dict(environment)}, *replaced)

    def on_ready(self, message: WorkerReady) -> None:
        """Make a worker that has connected follow the wanted spec, if it has another one.

        The spec may have changed after its start, or an earlier core may have died before sending it.
        """
        key = message.kind, message.name
        text = self._texts.get(key)
        worker = self._known.get(key)
        if text is None or message.spec_digest in ("", digest(text)) or (worker and worker.pid != message.pid):
            return
        self._say(*self._lead(key, self._by_digest.get((key, message.spec_digest)), text))

    def _lead(self, key: Key, old: str | None, new: str) -> Iterator[Mapping[str, Any]]:
        """Send a worker that has the spec `old`, None if it is unknown, the spec `new` if it can follow it.

        One that is not connected gets it when it is. Yields what the supervisor is to be told: to replace it.
        """
        kind, name = key
        if old is not None and can_follow(kind, old, new):
            if self._tell is not None:
                self._tell(kind, name, Reconfigure(new))
            return
        worker = self._known.get(key)
        if worker is not None and (worker.pid is None or self._replaced.get(key) != worker.pid):
            if worker.pid is not None:
                self._replaced[key] = worker.pid
            yield {"do": "replace", "kind": kind, "name": name}

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
        """Stop watching; the workers continue."""
        if self._listener is not None and not self._gone:
            asyncio.get_running_loop().remove_reader(self._link.fileno())
        self._listener = None

    def _say(self, *messages: Mapping[str, Any]) -> None:
        if messages and not self._gone:
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
            if self._listener is not None:
                self._listener.on_supervisor_gone()
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
                self.taken_over = any(state["kind"] == "ingest" for state in workers)
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
            self._report(worker, started=False)
        if worker.gone:
            self._known.pop(key, None)
            return
        self._known[key] = worker
        if worker.pid is not None and (before is None or before.pid != worker.pid):
            self._report(worker, started=True)

    def _report(self, worker: WorkerState, *, started: bool) -> None:
        if self._listener is None:
            self._unheard.append((started, worker))
        elif started:
            self._listener.on_worker_started(worker)
        else:
            self._listener.on_worker_died(worker)


def _relay(source: str, line: str) -> None:
    """Write a line of another process into the log, with the level that it begins with."""
    word, _, rest = line.partition(" ")
    level = logging.getLevelNamesMapping().get(word)
    logging.getLogger(f"dogwatch.{source}").log(level or logging.WARNING, "%s", rest if level else line)
