"""The program itself: health, version, restart and logs (docs/api/system.md)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from dogwatch.api import answers
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Whole
from dogwatch.api.services import TheServices
from dogwatch.config import ConfigErrors, load_again

router = APIRouter(route_class=LateRoute)
log = logging.getLogger(__name__)

OTHER_SERVICES = ("nginx", "go2rtc")  # there are none here, but clients ask for their logs
POLL_S = 1.0
STREAM_START_BYTES = 64 * 1024


@router.get("/api/", responses=answers.body(answers.TEXT))
def health() -> PlainTextResponse:
    """Say that the server runs."""
    return PlainTextResponse("Dogwatch is running. Alive and healthy!")


@router.get("/api/version", responses=answers.body(answers.TEXT, answers.JSON))
def version(request: Request, services: TheServices) -> Response:
    """Return the version as bare text; as JSON only to clients that accept nothing else."""
    accept = request.headers.get("accept", "")
    if "application/json" in accept and "text/" not in accept and "*/*" not in accept:
        return JSONResponse({"version": services.version})
    return PlainTextResponse(services.version, headers={"Cache-Control": "no-store"})


@router.post("/api/restart")
def restart(services: TheServices) -> JSONResponse:
    """Restart the core once this answer has been sent, unless the configuration file has mistakes."""
    try:
        load_again(services.loaded)
    except ConfigErrors as errors:
        log.error("not restarted, because the configuration file is wrong:\n%s", errors)
        raise
    message = "Restarting (this can take up to one minute)..."
    return JSONResponse(ok(message), background=BackgroundTask(services.restart))


@router.get("/api/logs/{service}", responses=answers.body(answers.JSON, answers.TEXT) | answers.refusals(500))
def logs(
    service: str,
    services: TheServices,
    start: Whole = 0,
    end: Whole | None = None,
    download: bool = False,
    stream: bool = False,
) -> Response:
    """Return lines of the log; `download` returns it whole as a JSON string, `stream` follows it."""
    if service in OTHER_SERVICES:
        return JSONResponse("" if download else {"totalLines": 0, "lines": []})
    if service != "frigate":
        raise ApiError(404, "There is no such log")
    file = services.paths.log
    if stream:
        return StreamingResponse(_follow(file), media_type="text/plain")
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        raise ApiError(500, "The log file cannot be read") from None
    if download:
        return JSONResponse(text)
    lines = collapsed(text.splitlines())
    found: dict[str, Any] = {"totalLines": len(lines), "lines": lines[start:end]}
    return JSONResponse(found)


def collapsed(lines: list[str]) -> list[str]:
    """Return `lines` with runs of equal ones in one, and a note of how many there were."""
    result: list[str] = []
    repeated = 0
    for line in [*lines, None]:
        if line is not None and result and line == result[-1]:
            repeated += 1
            continue
        if repeated:
            result[-1] += f" (repeated {repeated} times)"
            repeated = 0
        if line is not None:
            result.append(line)
    return result


async def _follow(file: Path) -> AsyncIterator[bytes]:
    """Yield the end of a file, then what is written to it, across its rotation."""
    position = -1
    while True:
        data, position = await asyncio.to_thread(_read_from, file, position)
        if data:
            yield data
        await asyncio.sleep(POLL_S)


def _read_from(file: Path, position: int) -> tuple[bytes, int]:
    try:
        with file.open("rb") as source:
            size = source.seek(0, 2)
            if position < 0:
                position = max(0, size - STREAM_START_BYTES)
            source.seek(position if position <= size else 0)  # a shorter file is a new one
            data = source.read()
            return data, source.tell()
    except OSError:
        return b"", 0
