"""`live`, `birdseye` and `go2rtc`: watching live."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict

from dogwatch.config.auth import address
from dogwatch.config.base import Section, key, section
from dogwatch.config.ffmpeg import stream_entries
from dogwatch.config.webrtc import WebRtcConfig

EVERYWHERE = "0.0.0.0"  # noqa: S104 - the RTSP server asks for a login there
BirdseyeMode = Literal["objects", "motion", "continuous"]


class LiveConfig(Section):
    """Live view."""

    streams: dict[str, str] = key({}, "Streams that the page offers: label to stream name.")
    height: int = key(
        720, "Height in pixels of the plain player's picture, which is never higher than the camera's.", ge=1
    )
    quality: int = key(8, "Quality of the plain player's picture, 1 (best) to 31.", ge=1, le=31)
    talk: Literal["admins", "everybody"] = key(
        "admins", "Who may talk through the camera's loudspeaker: administrators, or everybody who sees the camera."
    )


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


def _empty(value: Any) -> Any:
    return {} if value is None else value


def _streams(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: stream_entries(entry) for name, entry in value.items()}
    return value


_RTSP_LISTEN = re.compile(r"(?:(?:\[[0-9A-Fa-f:]{2,45}\]|[0-9.]{7,15})?:)?\d{1,5}|")


def _rtsp_listen(value: str) -> str:
    if _RTSP_LISTEN.fullmatch(value) is None:
        raise ValueError("expected a port, ':port' or 'ip:port'")
    host, port = address(value, EVERYWHERE) if value else (EVERYWHERE, 0)
    ip_address(host)
    if port > 65535:
        raise ValueError("ports go up to 65535")
    return value


class Go2rtcRtspConfig(Section):
    """The RTSP server."""

    model_config = ConfigDict(extra="ignore")  # the stream server's other keys are its own affair

    listen: Annotated[str, AfterValidator(_rtsp_listen)] = key(
        ":8554",
        "Port, on all addresses; or `ip:port`; empty turns RTSP off. Where nobody can log in, it is always 127.0.0.1.",
    )
    username: str | None = key(None, "Name of a login for all streams, beside the users of Dogwatch.", secret=True)
    password: str | None = key(None, "Its password.", secret=True)
    login_here: bool = key(False, "Ask for a login on this machine too: connections to 127.0.0.1 need none otherwise.")

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port; None if RTSP is off."""
        return address(self.listen, EVERYWHERE) if self.listen else None


class Go2rtcConfig(Section):
    """Streams by name. Inputs that name one of these use its address; others are read while somebody watches."""

    model_config = ConfigDict(extra="ignore")  # the stream server's modules are its own affair

    streams: Annotated[
        dict[str, list[str]], BeforeValidator(_streams, json_schema_input_type=dict[str, str | list[str] | None])
    ] = key({}, "Name to address or list of addresses.")
    webrtc: Annotated[WebRtcConfig, BeforeValidator(_empty)] = section(WebRtcConfig, "WebRTC.")
    rtsp: Annotated[Go2rtcRtspConfig, BeforeValidator(_empty)] = section(Go2rtcRtspConfig, "The RTSP server.")
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
