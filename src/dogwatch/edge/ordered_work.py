"""Work that is done one after the other in a thread of its own."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from dogwatch.errors import unexpected

log = logging.getLogger(__name__)


class OrderedWork:
    """Does what is put, in order. For any thread."""

    def __init__(self, name: str) -> None:
        """Begin nothing before `start`; `name` is the thread's."""
        self._waiting: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._over = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def put(self, work: Callable[[], object]) -> None:
        """Do `work` after all that waits; what it raises is logged."""
        self._waiting.put(work)

    def close(self, timeout: float) -> bool:
        """Do what waits, and end; False if that takes longer than `timeout` seconds. The rest is left undone."""
        self._waiting.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout)
        self._over = True
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (work := self._waiting.get()) is not None and not self._over:
            try:
                work()
            except Exception as error:
                log.error("%s: %s", self._thread.name, error, exc_info=unexpected(error))
