"""Looks up addresses of hosts in threads of its own, so that a resolver that does not answer holds up nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import Any

MOST = 8
"""Lookups at the same time, each in a thread; as many as messages are sent at the same time."""
LOOKUP_S = 5.0

Found = list[Any]
"""As `socket.getaddrinfo` returns it."""


class NameLookup:
    """Asks the system's resolver. A lookup cannot be broken off: its thread is left behind, and counts until it ends.

    The event loop's own executor will not do: it has few threads, everything else in the core waits for them, and the
    core could not end while one of them waits.
    """

    def __init__(self, most: int = MOST, limit_s: float = LOOKUP_S) -> None:
        """Look up `most` names at the same time, for `limit_s` each."""
        self._slots, self._limit_s = threading.BoundedSemaphore(most), limit_s

    async def find(self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC) -> Found:
        """Return the addresses of a host, as `socket.getaddrinfo` does.

        Raises:
            OSError: There are none, the resolver does not answer in time, or too many lookups wait for it.
        """
        if not self._slots.acquire(blocking=False):
            raise OSError(None, f"{host} is not looked up: the resolver does not answer")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found] = loop.create_future()

        def settle(found: Found | OSError) -> None:
            if answer.done():
                return  # nobody waits any more
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def work() -> None:
            found: Found | OSError
            try:
                found = list(socket.getaddrinfo(host, port, family, socket.SOCK_STREAM))
            except (OSError, UnicodeError) as error:  # `idna` cannot encode every name
                found = error if isinstance(error, OSError) else OSError(None, f"{host} is no name")
            finally:
                self._slots.release()
            with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
                loop.call_soon_threadsafe(settle, found)

        try:
            threading.Thread(target=work, name="name lookup", daemon=True).start()
        except RuntimeError as error:  # there are too many threads
            self._slots.release()
            raise OSError(None, f"{host} is not looked up: {error}") from error
        try:
            async with asyncio.timeout(self._limit_s):
                return await answer
        except TimeoutError:
            raise OSError(None, f"{host} is not found within {self._limit_s:g} s") from None


LOOKUP = NameLookup()
