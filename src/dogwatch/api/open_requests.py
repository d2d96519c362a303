"""Requests that are being answered, and end at once when their caller's session or permission does.

A session ends by a log-out, a new password or a deleted account. A changed role, or a configuration that gives the role
other cameras, ends what was begun before. So does one without the camera of a request, on each listener. Changes by
this process are told at once, as are those by the command line. Sessions that have run out, and what another process
has changed without a word, are looked for every `SWEEP_S`, as long as there is a request that they may concern.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.types import Message, Receive

from dogwatch.api.errors import AccessError
from dogwatch.auth.caller import Caller
from dogwatch.errors import unexpected

if TYPE_CHECKING:
    from dogwatch.auth.authority import Authority

log = logging.getLogger(__name__)

SWEEP_S = 5.0


@dataclass(slots=True, eq=False)
class OpenRequest:
    """A request that is being answered; `over` says why its caller has lost the right to the rest."""

    caller: Caller
    task: asyncio.Task[Any]
    proxies: int
    """How often the proxy in front had been configured anew when it began."""
    check: Callable[[], Awaitable[None]]
    """Raises an `AccessError` if the caller may not, or no longer, have what it asks for."""
    over: AccessError | None = None

    def end(self, why: AccessError) -> None:
        """Break the answer off, wherever it waits."""
        if not self.over:
            self.over = why
            self.task.cancel()


class OpenRequests:
    """The open requests by their caller's name. For one event loop, except `changed`."""

    def __init__(self, authority: Authority) -> None:
        """Listen to what `authority` has to say of sessions."""
        self._authority = authority
        self._open: dict[str, set[OpenRequest]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sweep: asyncio.TimerHandle | None = None
        self._looks: set[asyncio.Task[None]] = set()
        authority.accounts.sessions.on_end(self.changed)

    @contextmanager
    def follow(self, caller: Caller, check: Callable[[], Awaitable[None]]) -> Iterator[OpenRequest]:
        """End the present task, by cancelling it, when `caller` loses the right to the answer; `over` tells why."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - requests are served in tasks
        request = OpenRequest(caller, task, self._authority.proxies, check)
        self._loop = asyncio.get_running_loop()
        self._open.setdefault(caller.username, set()).add(request)
        if self._sweep is None:
            self._sweep = self._loop.call_later(SWEEP_S, self._sweep_all)
        try:
            yield request
        finally:
            others = self._open[caller.username]
            others.discard(request)
            if not others:
                del self._open[caller.username]

    def checked(self, receive: Receive, request: OpenRequest) -> Receive:
        """Return `receive` that checks before each message of a WebSocket that the rights still hold."""

        async def look() -> Message:
            message = await receive()
            # Where it cannot be looked up, the client connects again and learns why.
            if message["type"] == "websocket.receive" and not await self._holds(request, unknown=False):
                request.end(_session_over())
                await asyncio.Event().wait()  # until the task is cancelled
            return message

        return look

    def changed(self, username: str | None) -> None:
        """Check the requests of `username` (None: all) soon; for any thread."""
        if self._loop is not None and self._open and (username is None or username in self._open):
            with contextlib.suppress(RuntimeError):  # the loop is closed, and with it all requests
                if username is None:
                    self._loop.call_soon_threadsafe(self._look_at_all)
                else:
                    self._loop.call_soon_threadsafe(self._look_soon, username)

    def check_all(self) -> None:
        """Check soon whether what is asked for may still be had: cameras have come or gone. For any thread."""
        if self._loop is not None and self._open:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._check_soon)

    def _check_soon(self) -> None:
        for request in [one for some in self._open.values() for one in some]:
            self._beside(self._check(request))

    async def _check(self, request: OpenRequest) -> None:
        try:
            await request.check()
        except AccessError as error:
            if request in self._open.get(request.caller.username, ()):
                log.info("ending a request of %s: %s", request.caller.username, error)
                request.end(error)
        except Exception as error:  # the database may be away for a moment
            said = "whether %s may still have what was asked for could not be looked up: %s"
            log.error(said, request.caller.username, error, exc_info=unexpected(error))

    def _look_at_all(self) -> None:
        for username in self._open:
            self._look_soon(username)

    def _sweep_all(self) -> None:
        self._sweep = None
        self._look_at_all()
        if self._open and self._loop is not None:
            self._sweep = self._loop.call_later(SWEEP_S, self._sweep_all)

    def _look_soon(self, username: str) -> None:
        self._beside(self._look(username))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        look = asyncio.ensure_future(work)
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)

    async def _look(self, username: str) -> None:
        for request in list(self._open.get(username, ())):
            held = await self._holds(request, unknown=True)  # the next sweep asks again
            if not held and request in self._open.get(username, ()):
                log.info("ending a request of %s: the session is over", username)
                request.end(_session_over())

    async def _holds(self, request: OpenRequest, *, unknown: bool) -> bool:
        """Whether the caller still has the right to the rest; `unknown` where the database does not say."""
        try:
            same_proxy = request.caller.trusted or request.proxies == self._authority.proxies
            return same_proxy and await self._authority.holds(request.caller)
        except Exception as error:  # the database may be away for a moment
            said = "whether the session of %s goes on could not be looked up: %s"
            log.error(said, request.caller.username, error, exc_info=unexpected(error))
            return unknown


def _session_over() -> AccessError:
    return AccessError(401, "Authentication required")
