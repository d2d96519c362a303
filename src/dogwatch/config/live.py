"""`live`, `birdseye` and `go2rtc`: watching live."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict

from dogwatch.config.base import Section, key, section
from dogwatch.config.ffmpeg import stream_entries

BirdseyeMode = Literal["objects", "motion", "continuous"]


class LiveConfig(Section):
    """Live view."""

    streams: dict[str, str] = key({}, "Streams that the page offers: label to stream name.")
    height: int = key(
        720, "Height in pixels of the plain player's picture, which is never higher than the camera's.", ge=1
    )
    quality: int = key(8, "Quality of the plain player's picture, 1 (best) to 31.", ge=1, le=31)


class LayoutConfig(Section):
    """How cameras are laid out."""

    scaling_factor: float = key(
        2.0, "How high one camera may be, in halves of the picture; 2 and more is all of it.", ge=1, le=5
    )
    max_cameras: int | None = key(None, "Largest number of cameras at a time.", ge=1)


class BirdseyeConfig(Section):
    """One picture of all cameras."""

    enabled: bool = key(True, "Compose the picture.")
    mode: BirdseyeMode = key("objects", "Show cameras with objects, with motion, or always (`continuous`).")
    restream: bool = key(False, "Offer it as a stream, and as `latest.jpg`.")
    width: int = key(1280, "Width in pixels.", ge=16)
    height: int = key(720, "Height in pixels.", ge=16)
    quality: int = key(8, "1 (best) to 31.", ge=1, le=31)
    inactivity_threshold: int = key(30, "Seconds for which a quiet camera stays in the picture.", gt=0)
    layout: LayoutConfig = section(LayoutConfig, "Layout.")
    idle_heartbeat_fps: float = key(0, "Frames a second while nothing changes; streams have one at least.", ge=0, le=10)


class CameraBirdseyeConfig(Section):
    """A camera's place in the picture of all cameras."""

    enabled: bool = key(True, "Show this camera.")
    mode: BirdseyeMode = key("objects", "When to show it.")
    order: int = key(0, "Its position.")


def _streams(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: stream_entries(entry) for name, entry in value.items()}
    return value


class Go2rtcConfig(Section):
    """Streams by name. Inputs that name one of these use its address; others are read while somebody watches."""

    model_config = ConfigDict(extra="ignore")  # the stream server's modules are its own affair

    streams: Annotated[
        dict[str, list[str]], BeforeValidator(_streams, json_schema_input_type=dict[str, str | list[str] | None])
    ] = key({}, "Name to address or list of addresses.")
    webrtc: Any = key(None, "WebRTC settings of the stream server.", unused=True)
    rtsp: Any = key(None, "RTSP settings of the stream server.", unused=True)
    log: Any = key(None, "Logging of the stream server.", unused=True)
    ffmpeg: Any = key(None, "ffmpeg settings of the stream server.", unused=True)
    api: Any = key(None, "API settings of the stream server.", unused=True)
    hass: Any = key(None, "Home Assistant settings of the stream server.", unused=True)
    homekit: Any = key(None, "HomeKit settings of the stream server.", unused=True)
    srtp: Any = key(None, "SRTP settings of the stream server.", unused=True)
    publish: Any = key(None, "Publishing of the stream server.", unused=True)
    preload: Any = key(None, "Preloading of the stream server.", unused=True)
    app: Any = key(None, "Modules of the stream server.", unused=True)
    env: Any = key(None, "Environment of the stream server.", unused=True)
