"""What a configuration would be and cost, without writing it; and the file put in force (docs/api/config.md)."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from dogwatch.api import answers, raw_bodies
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheServices
from dogwatch.config import ConfigErrors
from dogwatch.recordings import forecast
from dogwatch.recordings.forecast import Forecast
from dogwatch.recordings.rules import SOUND_DBFS
from dogwatch.store.measured import Measured, measured_in

if TYPE_CHECKING:
    from dogwatch.config import Config

router = APIRouter(route_class=LateRoute)

WAIT_S = 5.0
MOST_RATES = 1000
Rate = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]
_turn = threading.Lock()  # a large file keeps a processor busy for seconds, and an editor asks while somebody types


class ForecastBody(BaseModel):
    """Keys to try, as nested maps, and how many bytes a second a camera sends if that is known better."""

    config: dict[str, Any] | None = None
    rates: Annotated[dict[str, Rate], Field(max_length=MOST_RATES)] = {}


@router.post(
    "/api/config/check",
    responses=answers.refusals(400),
    openapi_extra=raw_bodies.taken({"text/plain": raw_bodies.TEXT}),
)
async def check(request: Request, services: TheServices) -> JSONResponse:
    """Tell every mistake in the body as a configuration file, what would be ignored, and what it would change."""
    try:
        text = (await request.body()).decode()
    except UnicodeDecodeError:
        raise ApiError(400, "The configuration is not UTF-8 text") from None
    return JSONResponse(await run_in_threadpool(_checked, services, text))


@router.post("/api/config/apply", responses=answers.refusals(400))
def apply(services: TheServices) -> dict[str, Any]:
    """Read the file again and put it in force, as `dogwatch reload` does."""
    found = services.config_file.reload()
    more = f"; the core starts anew because of {', '.join(found.restart)}" if found.restart else ""
    return ok(f"The configuration is in force{more}", changes=list(found.lines()), restart=list(found.restart))


@router.post("/api/config/forecast")
def cost(services: TheServices, body: ForecastBody | None = None) -> dict[str, Any]:
    """Return what recordings would take in the end with the configuration in force, or with changes of it."""
    from dogwatch.config import edit

    asked = body or ForecastBody()
    config = services.config
    if asked.config:
        with _alone():
            config = services.keeper.with_layers(services.config_file.with_changes(edit.flatten(asked.config)))
    with services.db.read() as connection:
        known, used = measured_in(connection, time.time(), SOUND_DBFS)
    found = [
        forecast.forecast(camera, _measured(known.get(name), asked.rates.get(name)))
        for name, camera in config.cameras.items()
    ]
    return _costs(services, config, found, used)


def _checked(services: Services, text: str) -> dict[str, Any]:
    try:
        with _alone():
            loaded, changed = services.config_file.check(text)
    except ConfigErrors as wrong:
        errors = [
            {"line": one.line, "column": one.column, "path": one.path, "message": one.message, "hint": one.hint}
            for one in wrong.errors
        ]
        return {"valid": False, "errors": errors, "notices": [], "changes": [], "restart": []}
    notices = [{"line": one.line or None, "path": one.path, "message": one.message} for one in loaded.notices]
    return {
        "valid": True,
        "errors": [],
        "notices": notices,
        "changes": list(replace(changed, restart=()).lines()),
        "restart": list(changed.restart),
    }


def _measured(known: Measured | None, rate: float | None) -> Measured | None:
    return known if rate is None else replace(known or forecast.ASSUMED, bytes_per_second=rate)


def _costs(services: Services, config: Config, found: list[Forecast], used: int) -> dict[str, Any]:
    space, folder = services.space, services.paths.media / "recordings"
    needed, free = sum(one.size_bytes for one in found), space.free_now()
    floors = [camera.record.space.floor for camera in config.cameras.values()] or [config.record.space.floor]
    floor = max(floors) << 20
    return {
        "cameras": {
            one.camera: {
                "records": one.records,
                "bytes": one.size_bytes,
                "kept": [{"what": kept.what, "days": kept.days, "setting": kept.setting} for kept in one.kept],
                "basis": one.basis,
                "warnings": list(one.warnings),
            }
            for one in found
        },
        "needed_bytes": needed,
        "total_bytes": shutil.disk_usage(folder if folder.is_dir() else services.paths.media).total,
        "free_bytes": free,
        "used_bytes": used,
        "floor_bytes": floor,
        "fits": needed <= max(0, free + used - floor),
    }


@contextmanager
def _alone() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT_S):
        raise ApiError(503, "Another configuration is being read; try again")
    try:
        yield
    finally:
        _turn.release()
