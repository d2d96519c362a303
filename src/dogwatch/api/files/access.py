"""The guard before every route of video files: who asks, and for which file.

What is wrong is told in a fixed order: 401, 400 for a malformed id, 403 for the scope, 404 for the file. A scope that
lists files is compared before it is looked whether there is such a file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from dogwatch.api.errors import AccessError
from dogwatch.api.files.opened import FILE, canonical, trace_number
from dogwatch.api.files.policy import FileNeeds
from dogwatch.api.files.services import FILE_CALLER, FileServices
from dogwatch.api.guard import Guarded
from dogwatch.api.services import CALLER_KEY
from dogwatch.auth.caller import Caller
from dogwatch.auth.file_access import FileCaller
from dogwatch.auth.file_tokens import FileAction
from dogwatch.errors import FileError

if TYPE_CHECKING:
    from dogwatch.api.guard import Guard

SAFE = ("GET", "HEAD")
JUST_OPENED = "dogwatch.file_just_opened"
"""In the scope of a request whose file was found a moment ago: the first check need not look for it again."""
ACTION: dict[FileNeeds, FileAction] = {
    FileNeeds.READ: "read",
    FileNeeds.MEDIA: "read",
    FileNeeds.WRITE: "write",
    FileNeeds.CREATE: "write",
}


def protector(services: FileServices, guard: Guard) -> Callable[[ASGIApp, FileNeeds], ASGIApp]:
    """Return what puts a need before a route."""
    return lambda app, needs: FileGuarded(app, needs, services, guard)


class FileGuarded(Guarded):
    """A route of video files behind what it needs."""

    def __init__(self, app: ASGIApp, needs: FileNeeds, services: FileServices, guard: Guard) -> None:
        """Use `protector`."""
        super().__init__(app, self._check_caller, guard)
        self._needs, self._services = needs, services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the caller and the file in the scope.

        Raises:
            FileError: The caller may not ask for this, or there is no such file.
        """
        verdict = await self._guard.identify(scope)
        if self._needs is FileNeeds.NOTHING:
            await self._app(scope, receive, send)
            return
        text = _shown(scope, self._needs)
        caller = await self._identified(scope, verdict.caller, text)
        scope[FILE_CALLER], scope[CALLER_KEY] = caller, caller.caller
        await self._open(scope, caller)
        if caller.token is not None or scope["method"] not in SAFE:
            await self._app(scope, receive, send)
        else:  # a session that ends, ends what it has begun
            send = self._guard.renewing(verdict, scope, send)
            scope[JUST_OPENED] = True
            await self._guard.follow(self._app, self._check_caller, caller.caller, scope, receive, send)

    async def _identified(self, scope: Scope, caller: Caller | None, text: str | None) -> FileCaller:
        """Return who asks: a token that is shown decides, also where nobody need log in.

        Raises:
            AccessError: 401; nobody, or the token is not valid.
        """
        nvr, access = self._services.nvr, self._services.access
        headers = Headers(scope=scope)
        if text is not None:
            found = await access.identify(text) if nvr.authority.admits(headers.getlist) else None
            if found is not None:
                return found
            # The token of a session may stand in the header too.
            caller = (
                (await nvr.authority.identify(headers.getlist, None)).caller if "authorization" in headers else None
            )
        if caller is not None:
            return access.of_caller(caller)
        invalid = "" if text is None else ' error="invalid_token"'
        raise AccessError(401, "Authentication required", headers={"WWW-Authenticate": f"Bearer{invalid}"})

    async def _open(self, scope: Scope, caller: FileCaller) -> None:
        """Find the file that the path names, if it names one, and put it into the scope."""
        action = ACTION.get(self._needs)
        if action is None:
            return
        if self._needs is FileNeeds.CREATE:
            if action not in caller.scope.actions or not isinstance(caller.scope.files, str):
                raise forbidden()
            return
        named = scope["path_params"]
        uuid = named["file_uuid"] = canonical(named["file_uuid"])
        if "trace_id" in named:
            trace_number(named["trace_id"])
        if not caller.may(action, uuid):
            raise forbidden()
        file = await asyncio.to_thread(self._services.library.catalogue.find, uuid)
        if file is None:
            raise FileError(404, "file_not_found", "There is no such file")
        if not caller.may_use(file.owner):
            raise forbidden()
        scope[FILE] = file

    async def _check_caller(self, scope: Scope, caller: Caller) -> None:
        """Check what a caller of the rest of Dogwatch may ask for; what else is wrong, the request itself is told.

        Raises:
            AccessError: 403.
        """
        if scope.pop(JUST_OPENED, False):
            return
        try:
            await self._open({**scope}, self._services.access.of_caller(caller))
        except FileError as error:
            if error.status == 403:
                raise AccessError(403, str(error)) from None


def forbidden() -> FileError:
    """Return the refusal of a file that the caller may not use."""
    return FileError(403, "file_forbidden", "This is not within the scope of the caller")


def _shown(scope: Scope, needs: FileNeeds) -> str | None:
    """Return the token that a request shows; None if it shows none.

    Raises:
        FileError: 400; it shows two that differ.
    """
    shown: list[str] = []
    for value in Headers(scope=scope).getlist("authorization"):
        scheme, _, text = value.partition(" ")
        shown.append(text.strip() if scheme.lower() == "bearer" else "")
    if needs is FileNeeds.MEDIA and scope["method"] in SAFE and b"token=" in scope["query_string"]:
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        shown += [value for name, value in query if name == "token"]
    if len(set(shown)) > 1:
        raise FileError(400, "duplicate_parameter", "The request shows two tokens that differ", parameter="token")
    return shown[0] if shown else None
