"""Plays the core for a worker under test: its end of the links, without a loop or handlers."""

from __future__ import annotations

import time
from pathlib import Path

from dogwatch.bus.links import Links, WorkerGone
from dogwatch.bus.messages import Message, WorkerReady

ACKNOWLEDGE_S = 0.5


class CoreEnd:
    """Takes in what workers tell, acknowledges it, and tells them what the test wants."""

    def __init__(self, run_dir: str | Path) -> None:
        """Listen in `run_dir`."""
        self.address = f"{run_dir}/core"
        self.links = Links(self.address)
        self.gone: list[WorkerGone] = []
        self._names: set[tuple[str, str]] = set()  # of all workers that have connected
        self._acknowledged = time.monotonic()
        self._closed = False

    def poll(self, timeout: float) -> list[Message]:
        """Return the messages that come within `timeout` seconds; none once it is closed."""
        messages: list[Message] = []
        if self._closed:
            return messages
        for peer, data in self.links.poll(timeout):
            message = self.links.take(peer, data)
            if isinstance(message, WorkerGone):
                self.gone.append(message)
            elif message is not None:
                messages.append(message)
            if isinstance(message, WorkerReady):
                self._names.add((message.kind, message.name))
        if time.monotonic() - self._acknowledged > ACKNOWLEDGE_S:
            self._acknowledged = time.monotonic()
            self.links.acknowledge()
        return messages

    def tell(self, kind: str, message: Message, name: str | None = None) -> None:
        """Send `message` to the worker of `kind` and `name`, or the only one of its kind."""
        names = [name] if name is not None else [known for one, known in self._names if one == kind]
        assert len(names) == 1, names
        assert self.links.tell(kind, names[0], message)

    def close(self) -> None:
        """Close all links."""
        self._closed = True
        self.links.close()
