"""Video files as a surface, below `/api/v1/` on the listeners of the NVR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.types import Scope

from dogwatch.api import files as package
from dogwatch.api.files.access import protector
from dogwatch.api.files.error_form import error_form
from dogwatch.api.files.policy import POLICY, FileNeeds
from dogwatch.api.files.services import FileServices
from dogwatch.api.files.uploads import PATH, MethodInHeader
from dogwatch.api.nvr.surface import listeners
from dogwatch.api.surface import Surface, routers_in
from dogwatch.api.wire import MAX_BODY

if TYPE_CHECKING:
    from dogwatch.api.guard import Guard

PREFIX = "/api/v1/"
FORM_BYTES = 1 << 20
"""What a form may have beside its file."""


def surface(services: FileServices, guard: Guard) -> Surface[FileNeeds]:
    """Return the API of video files."""
    protect = protector(services, guard)

    def body_limit(scope: Scope) -> int:
        """Files are larger than any other body, which is not kept in memory."""
        path: str = scope["path"].rstrip("/")
        sends = scope["method"] in ("POST", "PATCH") and (path == f"{PREFIX}files" or path.startswith(PATH))
        return services.library.settings.limits.file_bytes + FORM_BYTES if sends else MAX_BODY

    return Surface(
        name="files",
        routers=routers(),
        policy=POLICY,
        protect=protect,
        protect_rest=lambda app: protect(app, FileNeeds.CALLER),
        error_form=error_form,
        listeners=listeners(services.nvr.config),
        services=services,
        prefix=PREFIX,
        before=MethodInHeader,
        body_limit=body_limit,
    )


def routers() -> tuple[APIRouter, ...]:
    """Return the router of every module in `api.files` that has one."""
    return routers_in(package)
