"""Reading and changing the configuration file (docs/api/config.md)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from dogwatch.api import answers, raw_bodies
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheServices
from dogwatch.config import ConfigErrors

router = APIRouter(route_class=LateRoute)


class SetBody(BaseModel):
    """Keys to change, as nested maps, and when that is to be in force."""

    requires_restart: Annotated[int, Field(ge=0, le=1)] = 1
    update_topic: Annotated[str | None, Field(max_length=1000)] = None
    config_data: dict[str, Any] | None = None
    skip_save: bool = False


@router.get("/api/config/raw")
def raw(services: TheServices) -> JSONResponse:
    """Return the text of the configuration file, as a JSON string."""
    from dogwatch.config.load import text_of

    try:
        return JSONResponse(text_of(services.loaded.path))
    except ConfigErrors:
        raise ApiError(404, "The configuration file cannot be read") from None


@router.get("/api/config/raw_paths")
def raw_paths(services: TheServices) -> dict[str, Any]:
    """Return the addresses of all inputs and streams with their user names and passwords."""
    config = services.config
    inputs = {
        name: [{"path": source.path, "roles": list(source.roles)} for source in camera.ffmpeg.inputs]
        for name, camera in config.cameras.items()
    }
    return {
        "cameras": {name: {"ffmpeg": {"inputs": found}} for name, found in inputs.items()},
        "go2rtc": {"streams": {name: list(sources) for name, sources in config.go2rtc.streams.items()}},
    }


@router.put("/api/config/set", responses=answers.refusals(500))
def change(request: Request, services: TheServices, body: SetBody | None = None) -> JSONResponse:
    """Change single keys of the configuration, which the query or the body names."""
    from dogwatch.config import edit

    asked = body or SetBody()
    changes = (
        edit.flatten(asked.config_data) if asked.config_data else edit.from_query(request.query_params.multi_items())
    )
    live = not asked.requires_restart or asked.skip_save
    found = services.config_file.change(changes, live=live, write=not asked.skip_save)
    if not live:
        return JSONResponse(ok("Config successfully updated, restart to apply"))
    more = f"; the core starts anew because of {', '.join(found.restart)}" if found.restart else ""
    return JSONResponse(ok(f"Config successfully updated{more}", changes=list(found.lines())))


@router.post(
    "/api/config/save",
    responses=answers.refusals(500),
    openapi_extra=raw_bodies.taken({"text/plain": raw_bodies.TEXT}),
)
async def save(
    request: Request, services: TheServices, save_option: Annotated[Literal["restart", "saveonly"], Query()] = "restart"
) -> JSONResponse:
    """Replace the configuration file by the body, if nothing in it is wrong, and restart the core if requested."""
    try:
        text = (await request.body()).decode()
    except UnicodeDecodeError:
        raise ApiError(400, "The configuration is not UTF-8 text") from None
    await run_in_threadpool(services.config_file.save, text)
    if save_option == "saveonly":
        return JSONResponse(ok("Config successfully saved"))
    message = "Config successfully saved, restarting (this can take up to one minute)..."
    return JSONResponse(ok(message), background=BackgroundTask(services.restart))
