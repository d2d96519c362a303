"""What streams and graphics processors are, for somebody who sets up a camera (docs/api/probes.md)."""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Interval
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from dogwatch.address import with_login
from dogwatch.api import answers
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheServices
from dogwatch.config import inputs
from dogwatch.config.ffmpeg import HWACCEL_PRESETS, RECORD_PRESETS
from dogwatch.errors import SourceError
from dogwatch.recordings.keyframes import analyse
from dogwatch.stats import gpu

if TYPE_CHECKING:
    from dogwatch.media.source import SourceRequest

router = APIRouter(route_class=LateRoute)

CAMERA = "camera:"
MOST_PATHS = 16
AT_ONCE = 4
PROBE_S = 10.0
ANALYSED_S = 300.0
Patience = Annotated[int, Interval(ge=1, le=60)]
_SEPARATOR = re.compile(r",(?=\w+://|camera:)")
_turns = threading.BoundedSemaphore(2)


class StreamBody(BaseModel):
    """The address of a stream, and how long to look at it."""

    url: Annotated[str, Field(max_length=2000)]
    username: Annotated[str, Field(max_length=200)] = ""
    password: Annotated[str, Field(max_length=200)] = ""
    seconds: Annotated[float, Field(ge=1, le=15, allow_inf_nan=False)] = 5.0
    picture: bool = True


@router.get("/api/ffprobe")
def ffprobe(services: TheServices, paths: str = "", detailed: bool = False) -> JSONResponse:
    """Return what the streams at `paths` consist of, in their order."""
    wanted = [one for part in _SEPARATOR.split(paths) if part for one in _requests(services, part)]
    if not wanted:
        raise ApiError(404, "No address of a stream is given")
    if len(wanted) > MOST_PATHS:
        raise ApiError(400, f"More than {MOST_PATHS} streams at once")
    with _turn(), ThreadPoolExecutor(AT_ONCE) as pool:
        return JSONResponse(list(pool.map(lambda one: _probed(one, detailed=detailed), wanted)))


@router.post("/api/ffprobe", responses=answers.refusals(408, 502))
def try_stream(body: StreamBody) -> dict[str, Any]:
    """Read some seconds of a stream that need not be configured: what it consists of, its rate, and a picture."""
    from dogwatch.media import stream_trial
    from dogwatch.media.source_errors import SourceStalledError

    request = _foreign(with_login(body.url, body.username, body.password), PROBE_S)
    with _turn():
        try:
            found = stream_trial.try_stream(request, body.seconds, picture=body.picture)
        except SourceStalledError as error:
            raise ApiError(408, str(error)) from None
        except SourceError as error:
            raise ApiError(502, str(error)) from None
    return ok(
        "The stream has answered.",
        streams=found.tracks,
        width=found.width,
        height=found.height,
        seconds=round(found.seconds, 2),
        bytes_per_second=_rounded(found.bytes_per_second),
        fps=_rounded(found.fps),
        keyframe_interval=_rounded(found.keyframe_interval),
        picture=None if found.picture is None else base64.b64encode(found.picture).decode(),
    )


@router.get(
    "/api/ffprobe/snapshot",
    responses=answers.body(answers.JPEG) | answers.refusals(408, 500),
)
def snapshot(url: str = "", timeout: Patience = 10) -> Response:
    """Return the first picture of a stream."""
    from dogwatch.media import probe  # here: PyAV takes memory, and few ask
    from dogwatch.media.source_errors import SourceStalledError

    with _turn():
        try:
            data = probe.snapshot(_foreign(url, float(timeout)))
        except SourceStalledError as error:
            raise ApiError(408, str(error)) from None
        except SourceError as error:
            raise ApiError(500, str(error)) from None
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.get("/api/keyframe_analysis")
def keyframe_analysis(services: TheServices, camera: str = "") -> JSONResponse:
    """Tell how far apart the keyframes of a camera's newest recordings are."""
    if camera not in services.config.cameras:
        raise ApiError(404, "Camera not found")
    now = time.time()
    return JSONResponse(analyse(camera, services.catalogue.segments(camera, now - ANALYSED_S, now)))


@router.get("/api/vainfo")
def vainfo() -> JSONResponse:
    """Return the devices that VA-API may use."""
    found = gpu.render_devices()
    none = "" if found else "there is no render device"
    return JSONResponse({"return_code": 0 if found else 1, "stderr": none, "stdout": "\n".join(found)})


@router.get("/api/nvinfo")
def nvinfo() -> JSONResponse:
    """Return the NVIDIA processors."""
    return JSONResponse(gpu.described())


@router.get("/api/ffmpeg/presets")
def presets() -> JSONResponse:
    """Return the presets that the configuration takes."""
    outputs = {"record": list(RECORD_PRESETS), "detect": []}
    found = {"hwaccel_args": list(HWACCEL_PRESETS), "input_args": list(inputs.PRESETS), "output_args": outputs}
    return JSONResponse(found)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(blocking=False):
        raise ApiError(503, "Other streams are being looked at; try again")
    try:
        yield
    finally:
        _turns.release()


def _requests(services: Services, part: str) -> list[SourceRequest]:
    if not part.startswith(CAMERA):
        return [_foreign(part, PROBE_S)]
    camera = services.config.cameras.get(part.removeprefix(CAMERA))
    if camera is None or not camera.enabled:
        raise ApiError(404, "Camera not found, or it is switched off")
    from dogwatch.media.source import SourceRequest

    found = []
    for source in camera.ffmpeg.inputs:
        path = inputs.resolved(source.path, services.config.go2rtc.streams)
        opened = inputs.input_options(path, source.input_args or camera.ffmpeg.input_args)
        found.append(SourceRequest(path, dict(opened.options), opened.format, timeout=PROBE_S))
    return found


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)


def _foreign(url: str, timeout: float) -> SourceRequest:
    """Return the request of an address that is not in the configuration: no file of this machine may be read."""
    from dogwatch.media import probe
    from dogwatch.media.source import SourceRequest

    if not probe.is_network(url):
        raise ApiError(400, f"Only streams can be looked at: {', '.join(probe.NETWORK_SCHEMES)}")
    return SourceRequest(url, {}, timeout=timeout)


def _probed(request: SourceRequest, *, detailed: bool) -> dict[str, Any]:
    from dogwatch.media import probe

    try:
        streams = probe.probe(request)
    except SourceError as error:
        return {"return_code": 1, "stderr": [str(error)], "stdout": ""}
    found: dict[str, Any] = {"return_code": 0, "stderr": "", "stdout": {"programs": [], "streams": streams}}
    if detailed:
        found["metadata"] = {kind: [one for one in streams if one["codec_type"] == kind] for kind in ("video", "audio")}
    return found
