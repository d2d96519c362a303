"""Has a PostgreSQL server answer several statements at once.

Whoever waits for an answer waits for the server's process to run, and then for the interpreter, which another thread
may hold. The driver waits for an answer to its own BEGIN, and looks at each statement whether something has come.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

IDLE = 0
"""The status of a connection that is in no transaction."""
WRITABLE, EITHER = 2, 3
"""What a generator of the driver is sent when it may write, and what it yields to read or write."""
_Driver: Any = object


class FewAnswers(_Driver):  # type: ignore[misc]
    """A connection that asks for one statement, or for several, and waits once. The driver's class follows it."""

    left: int | None = None
    """How many statements may still be run; None without a limit."""
    _is_sending = _has_begun = False

    @contextmanager
    def once(self) -> Iterator[None]:
        """Run one statement without a transaction, which needs no answers to BEGIN and COMMIT."""
        self.autocommit, self.left = True, 1
        try:
            yield
        finally:
            self.left = None
            if not self.closed:
                self.autocommit = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """Run some statements before any of them is answered: one transaction, also where there is none.

        An error of any of them is raised at the end, or earlier.
        """
        limit, self.left = self.left, None
        begins = not self.autocommit and self.pgconn.transaction_status == IDLE
        if begins:
            self.autocommit = self._has_begun = True
        self._is_sending = True
        try:
            with self.pipeline():
                if begins:
                    self.execute("BEGIN", prepare=False)
                yield
        finally:
            self._is_sending = False
        self.left = 0 if limit else limit

    def cursor(self, *words: Any, **named: Any) -> Any:
        """Return a cursor, which runs a statement."""
        if self.left is not None:
            if not self.left:
                raise RuntimeError("this connection was to run one statement only")
            self.left -= 1
        return super().cursor(*words, **named)

    def commit(self) -> None:
        """Commit the transaction."""
        super().commit()
        self._end()

    def rollback(self) -> None:
        """Roll the transaction back."""
        super().rollback()
        self._end()

    def hurried(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Return a generator of the driver that, in `together`, sends without waiting for anything."""
        return _hurried(gen, self.pgconn) if self._is_sending else gen

    def _end(self) -> None:
        """Let the driver begin the next transaction as usual."""
        if self._has_begun:
            self.autocommit = self._has_begun = False


def _hurried(gen: Generator[Any, Any, Any], connection: Any) -> Generator[Any, Any, Any]:
    """Let `gen` write as long as it could read or write: the driver keeps what the network does not take yet."""
    try:
        wanted = next(gen)
        while True:
            if wanted == EITHER:
                ready = WRITABLE
            else:
                yield from _sent(connection)
                ready = yield wanted
            wanted = gen.send(ready)
    except StopIteration as end:
        return end.value


def _sent(connection: Any) -> Generator[Any, Any, None]:
    """Wait until the network has taken all that the driver has kept."""
    while connection.flush():
        yield EITHER
        connection.consume_input()  # a server that cannot send does not read either
