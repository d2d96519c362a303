"""Size, frame rate and image quality of the stream (docs/api/edge/stream.md)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from pydantic import Field

from dogwatch.api.edge.bodies import EdgeBody
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.edge import stream
from dogwatch.edge.camera import EdgeCamera
from dogwatch.edge.settings_schema import IspSettings
from dogwatch.errors import EdgeError

router = APIRouter(route_class=LateRoute)


class StreamChange(EdgeBody):
    """What is to be another."""

    width: int | None = Field(default=None, ge=320, le=4608)
    height: int | None = Field(default=None, ge=240, le=3040)
    fps: float | None = Field(default=None, ge=1, le=120)
    rotation_angle: Literal[0, 90, 180, 270] | None = None


KEYS = {"width": "StreamWidth", "height": "StreamHeight", "fps": "StreamFPS", "rotation_angle": "RotationAngle"}


@router.get("/stream_settings")
def stream_settings(edge: TheEdge) -> dict[str, Any]:
    """Return size, frame rate and how the stream is turned, and the image quality."""
    return stream.shown(edge.settings.current)


@router.post("/stream_settings")
def change_stream(edge: TheEdge, body: StreamChange) -> dict[str, Any]:
    """Change size, frame rate or rotation."""
    given = {KEYS[name]: value for name, value in body.model_dump(exclude_none=True).items()}
    if not given:
        raise EdgeError(400, "bad_field", "Give width, height, fps or rotation_angle", field="width")
    edge.settings.change(given)
    return _saved(edge, "Stream settings saved")


@router.get("/isp_settings")
def isp_settings(edge: TheEdge) -> dict[str, Any]:
    """Return the image quality."""
    return stream.quality(edge.settings.current)


@router.post("/isp_settings")
def change_isp(edge: TheEdge, body: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
    """Change the image quality."""
    unknown = sorted(body.keys() - IspSettings.model_fields.keys())
    if unknown or not body:
        text = f"There is no {unknown[0]}" if unknown else "Give at least one value"
        raise EdgeError(400, "bad_field", text, field=unknown[0] if unknown else "")
    edge.settings.change({"ISP": body})
    return _saved(edge, "Image settings saved")


def _saved(edge: EdgeCamera, message: str) -> dict[str, Any]:
    note = stream.limits(edge.context.config.cameras.get(edge.context.camera))
    return {"message": message, **({"warning": note} if note else {})}
