"""Work that is repeated in a thread of its own as long as the edge camera runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from dogwatch.errors import unexpected

log = logging.getLogger(__name__)

JOIN_S = 10.0


class Repeated:
    """Calls `work` every so many seconds; a round that fails is logged, and the next one follows."""

    def __init__(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        """Call `work` every `seconds`, the first time after as many; `name` is the thread's."""
        self._name, self._seconds, self._work = name, seconds, work
        self._over, self._soon = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def soon(self) -> None:
        """Call it now, not only when it is due."""
        self._soon.set()

    def close(self) -> None:
        """End; waits for a round that is going on."""
        self._over.set()
        self._soon.set()
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        while True:
            self._soon.wait(self._seconds)
            self._soon.clear()
            if self._over.is_set():
                return
            try:
                self._work()
            except Exception as error:
                log.error("a periodic job failed: %s", error, exc_info=unexpected(error))
