"""Checks the permissions of the NVR's policy, after a request was matched to its route."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from sqlalchemy import Connection
from starlette.types import Scope

from dogwatch.api.errors import AccessError
from dogwatch.api.file_scope import export_file, export_picture, for_administrators, may_read, preview_picture
from dogwatch.api.nvr.policy import Permission
from dogwatch.auth.caller import Caller
from dogwatch.bus.encoded_names import BIRDSEYE
from dogwatch.live.birdseye.settings import offered
from dogwatch.store import owners

if TYPE_CHECKING:
    from dogwatch.api.guard import Check
    from dogwatch.api.services import Services

NOT_ADMIN = "Access denied. A user with the admin role is required."
Owner = Callable[[Connection, str], str | None]
"""Finds the camera that a row belongs to."""


class Permissions:
    """The checks of one program."""

    def __init__(self, services: Services) -> None:
        """Look cameras up in the configuration in force, and rows in the database."""
        self._services = services
        self._checks: dict[Permission, Check | None] = {
            Permission.PUBLIC: None,
            Permission.AUTHENTICATED: self._known,
            Permission.FILTERED: self._known,
            Permission.CAMERA: self._camera,
            Permission.PICTURES: self._pictures,
            Permission.EVENT: self._row("event_id", self._camera_of_event, "event"),
            Permission.REVIEW: self._row("review_id", owners.camera_of_review, "review item"),
            Permission.EXPORT: self._row("export_id", owners.camera_of_export, "export"),
            Permission.FILE: self._file,
            Permission.PREVIEW: self._preview,
            Permission.STREAM: self._streams,
            Permission.STREAM_PATH: self._stream_path,
            Permission.ADMIN: self._admin,
        }

    def check(self, permission: Permission) -> Check | None:
        """Return the check of `permission`; None if nobody needs to be logged in."""
        return self._checks[permission]

    async def _known(self, scope: Scope, caller: Caller) -> None:
        """Accept every caller who has been identified."""

    async def _admin(self, _: Scope, caller: Caller) -> None:
        if not caller.is_admin:
            raise AccessError(403, NOT_ADMIN)

    async def _camera(self, scope: Scope, caller: Caller) -> None:
        camera = scope["path_params"]["camera"]
        if not caller.may_see(camera):
            raise _hidden(
                caller, f"camera '{camera}'"
            )  # the same for one that does not exist: the answer must not tell
        if camera not in self._services.config.cameras:
            raise AccessError(404, "Camera not found")

    async def _pictures(self, scope: Scope, caller: Caller) -> None:
        """Accept whoever may see the camera; for the picture of all cameras, whoever may see all of them."""
        is_birdseye = scope["path_params"]["camera"] == BIRDSEYE and offered(self._services.config)
        if not is_birdseye or caller.cameras is not None:
            await self._camera(scope, caller)

    def _row(self, parameter: str, owner: Owner, what: str) -> Check:
        """Return the check of a path `parameter` that names a row, whose camera `owner` finds."""

        async def check(scope: Scope, caller: Caller) -> None:
            if caller.cameras is None:
                return
            value = scope["path_params"][parameter]
            camera = await self._camera_of(owner, value)
            if camera is None or not caller.may_see(camera):  # alike, as above
                raise _hidden(caller, f"{what} '{value}'")

        return check

    def _camera_of_event(self, connection: Connection, event_id: str) -> str | None:
        """Return the camera of an event, which may be in memory before it is in the database."""
        live = self._services.events.live(event_id)
        return live.obj.camera if live is not None else owners.camera_of_event(connection, event_id)

    async def _file(self, scope: Scope, caller: Caller) -> None:
        """Accept files of the caller's cameras; the camera of an export is looked up in its row."""
        path: str = scope["path"]
        if for_administrators(path):
            await self._admin(scope, caller)
        if may_read(path, caller.cameras, self._services.config.cameras):
            return
        camera = None
        if (file := export_file(path)) is not None:
            camera = await self._camera_of(owners.camera_of_export_file, file)
        elif (export_id := export_picture(path)) is not None:
            camera = await self._camera_of(owners.camera_of_export, export_id)
        if camera is None or not caller.may_see(camera):
            raise AccessError(403, "Access denied")

    async def _preview(self, scope: Scope, caller: Caller) -> None:
        """Accept pictures of the caller's cameras, and names that are none, which the handler refuses."""
        found = preview_picture(scope["path_params"]["file"], self._services.config.cameras)
        if found is not None and not caller.may_see(found[0]):
            raise _hidden(caller, f"camera '{found[0]}'")

    async def _streams(self, scope: Scope, caller: Caller) -> None:
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        names = [value for key, value in query if key == "src"]
        if not names:
            raise AccessError(403, "Access denied: no stream is named")
        for name in names:
            self._stream(name, caller)

    async def _stream_path(self, scope: Scope, caller: Caller) -> None:
        self._stream(scope["path_params"]["stream"], caller)

    def _stream(self, name: str, caller: Caller) -> None:
        if caller.cameras is not None and self._services.streams.find(name, caller) is None:
            raise AccessError(403, f"Access denied to stream {name!r}")

    async def _camera_of(self, owner: Owner, value: str) -> str | None:
        def look_up() -> str | None:
            with self._services.db.read(once=True) as connection:
                return owner(connection, value)

        return await asyncio.to_thread(look_up)


def _hidden(caller: Caller, what: str) -> AccessError:
    """Return the refusal of `what`. It contains no name that the caller did not send or may not see."""
    return AccessError(403, f"Access denied to {what}. Allowed cameras: {sorted(caller.cameras or ())}")
