"""The guard before every route: who is asking, and may they? The only place that decides."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from fastapi.routing import APIRoute, APIWebSocketRoute
from sqlalchemy import Connection
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dogwatch.api import paths
from dogwatch.api.connections import Connections
from dogwatch.api.errors import AccessError, ApiError, refusal_of
from dogwatch.api.file_scope import export_file, export_picture, may_read
from dogwatch.api.listener import INTERNAL, listener_of
from dogwatch.api.nvr.error_form import error_form
from dogwatch.api.services import CALLER_KEY, Services
from dogwatch.auth import hosts
from dogwatch.auth.addresses import Arrival
from dogwatch.auth.caller import ANONYMOUS_ADMIN, Caller
from dogwatch.auth.policy import POLICY, Permission
from dogwatch.errors import StoreError
from dogwatch.store import owners

if TYPE_CHECKING:
    from dogwatch.auth.authority import Verdict

log = logging.getLogger(__name__)

PROTECTED = ("/api/", "/ws", "/live/", "/vod/", "/stream/", "/clips/", "/recordings/", "/exports/", "/review/")
ROWS: dict[str, tuple[Callable[[Connection, str], str | None], str]] = {
    "event_id": (owners.camera_of_event, "event"),
    "review_id": (owners.camera_of_review, "review item"),
    "export_id": (owners.camera_of_export, "export"),
}
"""The path parameters that name a row: how its camera is found, and what it is called."""
NOT_ADMIN = "Access denied. A user with the admin role is required."


@dataclass(frozen=True, slots=True)
class Target:
    """What a request aims at: the permission it needs, and the values of the path and the query."""

    permission: Permission
    template: str
    path: str
    params: dict[str, Any]
    query: tuple[tuple[str, str], ...]


class Guard:
    """ASGI middleware that lets a request through to `app` when the policy table allows it."""

    def __init__(self, app: ASGIApp, routes: Sequence[APIRoute | APIWebSocketRoute], services: Services) -> None:
        """Guard `routes`, which must be those of `app` in the same order."""
        self._app, self._routes, self._services = app, routes, services
        self._connections = Connections(services.authority)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a refusal, or hand on with the caller in the scope."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            self._check_host(scope)
            verdict = await self._identify(scope)
            target = self.target(scope)
            await self._check(target, verdict.caller, scope)
        except (ApiError, StoreError, OSError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            await _refuse(refusal, scope, receive, send)
            return
        caller = scope[CALLER_KEY] = verdict.caller
        if verdict.renewed is not None:
            send = _with_cookie(send, self._services.authority.cookie(verdict.renewed, arrival(HTTPConnection(scope))))
        reads = scope["type"] == "websocket" or scope["method"] in ("GET", "HEAD")
        if caller is not None and not caller.trusted and reads and target.permission is not Permission.PUBLIC:
            # Other methods just say what was done, and one of these may be what ends the session.
            await self._follow(caller, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    @property
    def _hosts(self) -> frozenset[str]:
        """The names by which the internal listener may be asked."""
        return frozenset(self._services.config.networking.listen.internal_hosts)

    async def permits(self, caller: Caller, method: str, original: str, prefix: str = "") -> bool:
        """Whether `caller` may ask for what a proxy calls `original`, below the `prefix` under which it mounts us.

        Nobody may ask for what no route answers: the proxy could understand something else by it.
        """
        found = paths.original(original)
        if found is None:
            return False
        path, query = found
        if not prefix or not path.startswith(f"{prefix}/"):
            return await self._permits(caller, method, path, query) is True
        inner = await self._permits(caller, method, path.removeprefix(prefix), query)
        return inner is True and await self._permits(caller, method, path, query) is not False

    async def _permits(self, caller: Caller, method: str, path: str, query: str) -> bool | None:
        """Whether `caller` may ask for `path`; None if no route answers it."""
        upgrade = path == "/ws" or path.endswith("/api/ws")
        scope: Scope = {
            "type": "websocket" if upgrade else "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [],
        }
        try:
            target = self.target(scope)
            await self._permit(target, caller)
        except ApiError:
            return False
        return True if target.template else None

    def target(self, scope: Scope) -> Target:
        """Find the route of a request; unknown paths below the API still need a login."""
        path: str = scope["path"]
        query = tuple(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))
        if any(part in (".", "..") for part in path.split("/")) or "\0" in path or "\\" in path:
            raise AccessError(403, "Access denied")
        for route in self._routes:
            match, found = route.matches(scope)
            if match == Match.FULL:
                method = "WS" if scope["type"] == "websocket" else scope["method"]
                permission = POLICY["GET" if method == "HEAD" else method, route.path]
                return Target(permission, route.path, path, found["path_params"], query)
        open_to_all = not path.startswith(PROTECTED)
        return Target(Permission.PUBLIC if open_to_all else Permission.AUTHENTICATED, "", path, {}, query)

    async def _follow(self, caller: Caller, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, and break the answer off as soon as `caller` has lost the right to it."""
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] in ("http.response.start", "websocket.accept")
            await send(message)

        with self._connections.follow(caller) as connection:
            try:
                await self._app(scope, self._connections.checked(receive, connection), noted)
            except asyncio.CancelledError:
                if not connection.over:
                    raise
            if not connection.over:
                return
            if connection.task.uncancel():
                raise asyncio.CancelledError  # somebody else wants the task to end too
            if not begun:
                await _refuse(AccessError(401, "Authentication required"), scope, receive, send)
            elif scope["type"] == "websocket":
                with contextlib.suppress(Exception):  # it may be closed already, by either side
                    await send({"type": "websocket.close", "code": 1008})
            # An answer over HTTP stays incomplete, at which the server closes the connection.

    def _check_host(self, scope: Scope) -> None:
        address, _ = self._services.config.networking.listen.internal_address
        if listener_of(scope) != INTERNAL or not hosts.is_loopback(address):
            return
        headers = HTTPConnection(scope).headers
        if not hosts.answered(headers.getlist("host"), self._hosts):
            raise AccessError(403, "Access denied: networking.listen.internal_hosts does not name this host")
        site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
        page = headers.get("origin") or headers.get("referer")
        if hosts.shown_elsewhere(site, mode, page, _asked(headers), self._hosts):
            raise AccessError(403, "Access denied: networking.listen.internal_hosts does not name the page's site")

    async def _identify(self, scope: Scope) -> Verdict:
        from dogwatch.auth.authority import Verdict

        if listener_of(scope) == INTERNAL:
            return Verdict(ANONYMOUS_ADMIN)
        connection = HTTPConnection(scope)
        authority = self._services.authority
        return await authority.identify(connection.headers.getlist, connection.cookies.get(authority.cookie_name))

    async def _check(self, target: Target, caller: Caller | None, scope: Scope) -> None:
        if target.permission is Permission.PUBLIC:
            return
        if caller is None:
            login = {"Location": f"{base_path(scope)}/login"} if self._services.authority.enabled else None
            raise AccessError(401, "Authentication required", headers=login)
        if scope["type"] == "websocket" and (caller.by_cookie or caller.trusted):
            _check_origin(HTTPConnection(scope), self._hosts if caller.trusted else frozenset())
        await self._permit(target, caller)

    async def _permit(self, target: Target, caller: Caller) -> None:
        match target.permission:
            case Permission.ADMIN if not caller.is_admin:
                raise AccessError(403, NOT_ADMIN)
            case Permission.CAMERA:
                self._permit_camera(caller, target.params["camera"])
            case Permission.EVENT if caller.cameras is not None:
                await self._permit_row(caller, target, "event_id")
            case Permission.REVIEW if caller.cameras is not None:
                await self._permit_row(caller, target, "review_id")
            case Permission.EXPORT if caller.cameras is not None:
                await self._permit_row(caller, target, "export_id")
            case Permission.FILE:
                await self._permit_file(caller, target.path)
            case Permission.STREAM:
                self._permit_streams(caller, [value for key, value in target.query if key == "src"])
            case Permission.STREAM_PATH:
                self._permit_streams(caller, [target.params["stream"]])
            case _:
                pass

    def _permit_camera(self, caller: Caller, camera: str) -> None:
        if not caller.may_see(camera):
            raise _hidden(caller, f"camera '{camera}'")  # also one that does not exist: they must not tell
        if camera not in self._services.config.cameras:
            raise AccessError(404, "Camera not found")

    async def _permit_row(self, caller: Caller, target: Target, name: str) -> None:
        find, what = ROWS[name]
        camera = await self._camera_of(find, target.params[name])
        if camera is None:
            # Not handed on: the handler might find it in memory before it is in the database.
            message = f"{what.capitalize()} not found"
            raise AccessError(404, message, body=message if target.template == "/api/events/{event_id}" else None)
        if not caller.may_see(camera):
            raise _hidden(caller, f"{what} '{target.params[name]}'")

    async def _camera_of(self, find: Callable[[Connection, str], str | None], value: str) -> str | None:
        def look_up() -> str | None:
            with self._services.db.read() as connection:
                return find(connection, value)

        return await asyncio.to_thread(look_up)

    async def _permit_file(self, caller: Caller, path: str) -> None:
        """Let a file pass that belongs to the caller's cameras; whose an export is stands in its row."""
        if may_read(path, caller.cameras, self._services.config.cameras):
            return
        camera = None
        if (file := export_file(path)) is not None:
            camera = await self._camera_of(owners.camera_of_export_file, file)
        elif (export_id := export_picture(path)) is not None:
            camera = await self._camera_of(owners.camera_of_export, export_id)
        if camera is None or not caller.may_see(camera):
            raise AccessError(403, "Access denied")

    def _permit_streams(self, caller: Caller, names: list[str]) -> None:
        if not names:
            raise AccessError(403, "Access denied: no stream is named")
        for name in names:
            if caller.cameras is not None and self._services.streams.find(name, caller) is None:
                raise AccessError(403, f"Access denied to stream {name!r}")


def arrival(connection: HTTPConnection) -> Arrival:
    """Return how a request came in, of which `Authority` makes the client's address."""
    return Arrival(
        peer=connection.client.host if connection.client else "",
        forwarded_for=tuple(connection.headers.getlist("x-forwarded-for")),
        encrypted=connection.scope.get("scheme") in ("https", "wss"),
        forwarded_proto=tuple(connection.headers.getlist("x-forwarded-proto")),
        agent=connection.headers.get("user-agent", ""),
    )


def base_path(scope: Scope) -> str:
    """Return the prefix under which a proxy mounts us (`X-Ingress-Path`), without a slash at its end."""
    value = HTTPConnection(scope).headers.get("x-ingress-path", "").rstrip("/")
    plain = value.startswith("/") and not value.startswith("//") and value.replace("-", "").replace("_", "")
    return value if plain and all(part.isalnum() for part in plain[1:].split("/")) else ""


def _hidden(caller: Caller, what: str) -> ApiError:
    """Return the refusal of `what`, as the caller has called it; it names nothing else that the caller may not see."""
    return AccessError(403, f"Access denied to {what}. Allowed cameras: {sorted(caller.cameras or ())}")


def _check_origin(connection: HTTPConnection, allowed: frozenset[str]) -> None:
    """Refuse a page of another site that opens a WebSocket with the user's cookie or from the user's machine.

    Raises:
        ApiError: The `Origin` is not the host that was asked, nor `allowed`.
    """
    headers = connection.headers
    if not hosts.same_site(headers.get("origin"), _asked(headers), allowed):
        raise AccessError(403, "Access denied: another site's page may not connect")


def _asked(headers: Headers) -> list[str]:
    """Return the hosts that the browser asked, also where a proxy stands between."""
    return headers.getlist("x-forwarded-host") or headers.getlist("host")


def _with_cookie(send: Send, cookie: str) -> Send:
    """Return `send` that adds the refreshed cookie to an answer which sets none itself."""

    async def add(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.accept"):
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            if "set-cookie" not in headers:
                headers.append("set-cookie", cookie)
            message = {**message, "headers": headers.raw}
        await send(message)

    return add


async def _refuse(error: ApiError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
        await error_form(error)(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.close", "code": 1008})
