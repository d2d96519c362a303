"""The guard before every route of a surface with accounts: it identifies the caller and checks the permission."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dogwatch.api import cross_site, paths
from dogwatch.api.arrivals import arrival, base_path
from dogwatch.api.errors import AccessError, InvalidError
from dogwatch.api.json_bodies import nul_in
from dogwatch.api.listener import INTERNAL, listener_of
from dogwatch.api.open_requests import OpenRequests
from dogwatch.api.services import CALLER_KEY, Services
from dogwatch.auth import hosts
from dogwatch.auth.authority import Verdict
from dogwatch.auth.caller import ANONYMOUS_ADMIN, Caller
from dogwatch.live.stream_names import streams_of

FOLLOW_KEY = "dogwatch.follow"
"""In a scope: makes what is entered in a task that goes on after the request, and ends it like an open request."""
Check = Callable[[Scope, Caller], Awaitable[None]]
"""Raises an `AccessError` unless the caller may have what the matched `scope` asks for."""


class Guard:
    """Finds out who sends a request, and refuses what nobody may send; one a program."""

    def __init__(self, services: Services) -> None:
        """Identify callers by `services.authority`."""
        self._services, self._authority = services, services.authority
        self._open = OpenRequests(services.authority)
        # A permission depends on the configuration by its cameras and what they play; roles are the authority's.
        services.keeper.follow(lambda config: streams_of(config).inputs, lambda _old, _new: self._open.check_all())

    def protect(self, app: ASGIApp, check: Check | None) -> Guarded:
        """Return `app` behind `check`; None lets everybody through, logged in or not."""
        return Guarded(app, check, self)

    def following(self, caller: Caller, check: Check, scope: Scope) -> Callable[[], AbstractContextManager[object]]:
        """Return what has to hold as long as something goes on that `caller` has begun with this request."""
        return partial(self._open.follow, caller, partial(check, scope, caller))

    async def identify(self, scope: Scope) -> Verdict:
        """Return who sends a request, which may be nobody.

        Raises:
            ApiError: Nobody may send this: its path or query is odd, or a page of another site has sent it.
        """
        if not paths.is_plain(scope["path"]):
            raise AccessError(403, "Access denied")
        if b"%00" in scope["query_string"]:
            raise InvalidError([nul_in("query")])
        headers = Headers(scope=scope)
        if listener_of(scope) == INTERNAL:
            listen = self._services.config.networking.listen
            if hosts.is_loopback(listen.internal_address[0]):
                cross_site.check_host(headers, listen.internal_hosts)
            cross_site.check_write(scope, headers)
            return Verdict(ANONYMOUS_ADMIN)
        cross_site.check_write(scope, headers)
        cookie = HTTPConnection(scope).cookies.get(self._authority.cookie_name) if "cookie" in headers else None
        return await self._authority.identify(headers.getlist, cookie)

    def known(self, scope: Scope, caller: Caller | None) -> Caller:
        """Return `caller`, unless it is None.

        Raises:
            AccessError: 401; it is None. 403; a page of another site has opened the WebSocket.
        """
        if caller is None:
            login = {"Location": f"{base_path(scope)}/login"} if self._authority.enabled else None
            raise AccessError(401, "Authentication required", headers=login)
        if scope["type"] == "websocket" and (caller.by_cookie or caller.trusted):
            listen = self._services.config.networking.listen
            cross_site.check_origin(Headers(scope=scope), listen.internal_hosts if caller.trusted else ())
        return caller

    def renewing(self, verdict: Verdict, scope: Scope, send: Send) -> Send:
        """Return `send` that adds the cookie of a session that goes on to an answer which sets none itself."""
        if verdict.renewed is None:
            return send
        cookie = self._authority.cookie(verdict.renewed, arrival(HTTPConnection(scope)))

        async def add(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                headers = MutableHeaders(raw=list(message.get("headers", [])))
                if "set-cookie" not in headers:
                    headers.append("set-cookie", cookie)
                message = {**message, "headers": headers.raw}
            await send(message)

        return add

    async def follow(
        self, app: ASGIApp, check: Check, caller: Caller, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Check, hand on to `app`, and break the answer off as soon as `caller` has lost the right to it.

        Raises:
            ApiError: The caller may not ask for this.
        """
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] in ("http.response.start", "websocket.accept")
            await send(message)

        with self._open.follow(caller, partial(check, scope, caller)) as request:
            try:
                await check(scope, caller)
                await app(scope, self._open.checked(receive, request), noted)
            except asyncio.CancelledError:
                if not request.over:
                    raise
            if not request.over:
                return
            if request.task.uncancel():
                raise asyncio.CancelledError  # somebody else wants the task to end too
            if not begun:
                raise request.over
            if scope["type"] == "websocket":
                with contextlib.suppress(Exception):  # it may be closed already, by either side
                    await send({"type": "websocket.close", "code": 1008})
            # An answer over HTTP stays incomplete, at which the server closes the connection.


class Guarded:
    """An app behind a check."""

    def __init__(self, app: ASGIApp, check: Check | None, guard: Guard) -> None:
        """Use `Guard.protect`."""
        self._app, self.check, self._guard = app, check, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the caller in the scope.

        Raises:
            ApiError: The caller may not ask for this.
        """
        verdict = await self._guard.identify(scope)
        caller = scope[CALLER_KEY] = verdict.caller
        send = self._guard.renewing(verdict, scope, send)
        if self.check is None:
            await self._app(scope, receive, send)
            return
        known = self._guard.known(scope, caller)
        scope[FOLLOW_KEY] = self._guard.following(known, self.check, scope)
        if scope["type"] == "websocket" or scope["method"] in ("GET", "HEAD"):
            await self._guard.follow(self._app, self.check, known, scope, receive, send)
        else:  # it just says what was done, and may be what ends the session
            await self.check(scope, known)
            await self._app(scope, receive, send)
