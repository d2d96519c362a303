"""What the settings say of the stream and of its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from dogwatch.edge.settings_schema import EdgeSettings, IspSettings

if TYPE_CHECKING:
    from dogwatch.config.camera import CameraConfig

SOURCE = "rpicam:"
KEYS = ("StreamWidth", "StreamHeight", "StreamFPS", "RotationAngle", "RotationMode", "ISP")
"""The settings that the stream of this machine's own camera follows."""


def shown(settings: EdgeSettings) -> dict[str, Any]:
    """Return size, frame rate, how the pictures are turned, and their quality, as answers have it."""
    document = settings.document()
    turned = settings.rotation_mode == "stream" and settings.rotation_angle == 180
    flips = {"hflip": turned != bool(settings.isp.hflip), "vflip": turned != bool(settings.isp.vflip)}
    return {
        "width": settings.stream_width,
        "height": settings.stream_height,
        "fps": document["StreamFPS"],
        "rotation_angle": settings.rotation_angle,
        "rotation_mode": settings.rotation_mode,
        **quality(settings),
        **flips,
    }


def quality(settings: EdgeSettings) -> dict[str, Any]:
    """Return the quality of the pictures, with what the camera does where nothing is said."""
    defaults: dict[str, Any] = {
        "brightness": 0, "contrast": 1, "saturation": 1, "sharpness": 1, "ev": 0,
        "awb": "auto", "exposure": "normal", "denoise": "off", "metering": "centre",
    }  # fmt: skip
    return {**defaults, **settings.document()["ISP"]}


def source_of(path: str, settings: EdgeSettings) -> str:
    """Return the address of an input with what the settings say of a Raspberry Pi's own camera; what it says counts."""
    if not path.lower().startswith(SOURCE):
        return path
    wanted = shown(settings)
    said = {name: wanted[name] for name in ("width", "height", "fps")}
    # Other keys are stored too, and the program would not start with one that it does not know.
    said |= {name: value for name, value in settings.document()["ISP"].items() if name in IspSettings.model_fields}
    said |= {name: int(wanted[name]) for name in ("hflip", "vflip")}
    head, _, query = path.partition("?")
    given = dict(parse_qsl(query, keep_blank_values=True))
    return f"{head}?{urlencode({name: value for name, value in said.items() if value is not None} | given)}"


def limits(camera: CameraConfig | None) -> str | None:
    """Return what has to be said to who changes the stream of `camera`; None if it follows."""
    paths = [source.path for source in camera.ffmpeg.inputs] if camera else []
    if any(path.lower().startswith(SOURCE) for path in paths):
        return None
    return "The settings are kept, but this camera's stream comes from elsewhere, and Dogwatch cannot change it"
