"""Workers of a core whose supervisor and links are the test's."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from typing import Any

import msgspec

from dogwatch.bus.messages import Message, Reconfigure
from dogwatch.bus.spec import Spec
from dogwatch.runtime.specs import Wanted
from dogwatch.runtime.workers import Workers, WorkerState


def text(spec: Spec) -> str:
    return msgspec.json.encode(spec).decode()


def texts(wanted: Sequence[Wanted]) -> dict[tuple[str, str], str]:
    return {(one.kind, one.name): text(one.spec) for one in wanted}


def state(
    spec: Spec | str,
    pid: int | None = 7,
    *,
    kind: str = "ingest",
    name: str = "front",
    died: bool = False,
    gone: bool = False,
) -> dict[str, Any]:
    """Return what the supervisor says of a worker."""
    return {
        "kind": kind, "name": name, "pid": pid, "restarts": 0, "status": None,
        "spec": spec if isinstance(spec, str) else text(spec), "died": died, "gone": gone,
    }  # fmt: skip


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int | None]] = []

    def on_worker_started(self, worker: WorkerState) -> None:
        self.calls.append((f"{worker.kind}:{worker.name} started", worker.pid))

    def on_worker_died(self, worker: WorkerState) -> None:
        self.calls.append((f"{worker.kind}:{worker.name} {'gone' if worker.gone else 'died'}", worker.pid))

    def on_supervisor_gone(self) -> None:
        self.calls.append(("supervisor gone", None))


class Stage:
    """Workers whose supervisor and links are the test's."""

    def __init__(self) -> None:
        self.socket, self.link = socket.socketpair()
        self.socket.settimeout(5)
        self.workers, self.heard = Workers(self.link), Heard()
        self.told: list[tuple[str, str, Message]] = []
        self.connected = True
        self._rest = b""

    def tell(self, kind: str, name: str, message: Message) -> bool:
        if self.connected:
            self.told.append((kind, name, message))
        return self.connected

    def connect(self, *states: dict[str, Any]) -> None:
        self.put({"tell": "state", "restarts": 0, "workers": list(states)})
        self.workers.connect()
        assert self.said() == {"do": "hello"}

    def put(self, message: dict[str, Any]) -> None:
        self.socket.sendall(json.dumps(message).encode() + b"\n")

    def said(self) -> dict[str, Any]:
        """Return the next message to the supervisor."""
        while b"\n" not in self._rest:
            self._rest += self.socket.recv(1 << 16)
        line, _, self._rest = self._rest.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def is_silent(self) -> bool:
        if self._rest:
            return False
        self.socket.setblocking(False)
        try:
            self._rest += self.socket.recv(1 << 16)
        except BlockingIOError:
            return True
        finally:
            self.socket.settimeout(5)
        return False

    def want(self, spec: Spec, kind: str = "ingest", name: str = "front") -> None:
        self.workers.want([Wanted(kind, name, spec)], {})
        assert self.said()["workers"] == [{"kind": kind, "name": name, "spec": text(spec)}]

    def take_over(self, running: dict[tuple[str, str], str]) -> None:
        """Connect while workers with these specs run."""
        self.connect(*(state(spec, kind=kind, name=name) for (kind, name), spec in running.items()))
        self.workers.follow(self.heard, self.tell)

    def change(self, wanted: Sequence[Wanted]) -> list[tuple[str, str]]:
        """Want other workers; return those that are replaced."""
        self.workers.want(wanted, {})
        said = [self.said()]
        while not self.is_silent():
            said.append(self.said())
        assert said[0]["workers"] == [
            {"kind": kind, "name": name, "spec": spec} for (kind, name), spec in texts(wanted).items()
        ]
        return [(one["kind"], one["name"]) for one in said[1:] if one["do"] == "replace"]

    def reconfigured(self) -> list[tuple[str, str, str]]:
        """Return which workers were told of which spec since the last call."""
        told, self.told = self.told, []
        found = []
        for kind, name, message in told:
            assert isinstance(message, Reconfigure)
            found.append((kind, name, message.spec))
        return found

    def close(self) -> None:
        self.workers.close()
        self.socket.close()
        self.link.close()
