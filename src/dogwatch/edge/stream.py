"""What the settings say of the stream and of its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dogwatch.edge.settings_schema import EdgeSettings

if TYPE_CHECKING:
    from dogwatch.config.camera import CameraConfig

SOURCE = "rpicam:"


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


def limits(camera: CameraConfig | None) -> str | None:
    """Return what has to be said to who changes the stream of `camera`; None if it follows."""
    paths = [source.path for source in camera.ffmpeg.inputs] if camera else []
    if any(path.startswith(SOURCE) for path in paths):
        return None
    return "The settings are kept, but this camera's stream comes from elsewhere, and Dogwatch cannot change it"
