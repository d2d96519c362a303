"""What the handlers of video files work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from dogwatch.auth.file_access import FileCaller
from dogwatch.library.library import FileLibrary

if TYPE_CHECKING:
    from dogwatch.api.services import Services
    from dogwatch.auth.file_access import FileAccess

FILE_CALLER = "dogwatch.file_caller"


@dataclass(frozen=True, slots=True)
class FileServices:
    """The library, the tokens for it, and the services of the rest of Dogwatch."""

    library: FileLibrary
    access: FileAccess
    nvr: Services


async def get_file_services(connection: HTTPConnection) -> FileServices:
    """Return the services; a FastAPI dependency."""
    services: FileServices = connection.app.state.services
    return services


async def get_library(connection: HTTPConnection) -> FileLibrary:
    """Return the library; a FastAPI dependency."""
    services: FileServices = connection.app.state.services
    return services.library


async def get_file_caller(connection: HTTPConnection) -> FileCaller:
    """Return who asks; a FastAPI dependency of routes that are not public."""
    caller: FileCaller = connection.scope[FILE_CALLER]
    return caller


TheFileServices = Annotated[FileServices, Depends(get_file_services)]
TheLibrary = Annotated[FileLibrary, Depends(get_library)]
TheFileCaller = Annotated[FileCaller, Depends(get_file_caller)]
