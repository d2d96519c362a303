"""`go2rtc.webrtc`: how browsers reach the cameras over WebRTC. The form is that of the stream server go2rtc."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict

from dogwatch.config.base import Section, Strings, key

DEFAULT_PORT = 8555
_ADDRESS = re.compile(r"(?:(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]*):)?(?P<port>[0-9]{1,5})", re.ASCII)


def host_and_port(text: str) -> tuple[str, int] | None:
    """Return host and port of `host:port`, `:port` or `port`, the host empty without one; None if it is none."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None or int(match["port"]) > 65535:
        return None
    return (match["host"] or "").strip("[]"), int(match["port"])


def _listen(value: object) -> object:
    """Leave out the protocol (`:8555/tcp`), which go2rtc takes."""
    return value.strip().partition("/")[0] if isinstance(value, str) else value


def _address(value: str) -> str:
    if value and host_and_port(value) is None:
        raise ValueError("expected host:port or :port")
    return value


def _candidates(values: list[str]) -> list[str]:
    for value in values:
        if host_and_port(value.removeprefix("stun:")) is None:
            raise ValueError(f"{value!r}: expected host:port, stun:port, or stun:host:port")
    return values


def _servers(value: Any) -> Any:
    return [] if value is None else value


class IceServerConfig(Section):
    """A server that tells peers their public address."""

    model_config = ConfigDict(extra="ignore")

    urls: Strings = key([], "Addresses: `stun:host:port`. Others are not used.")


class WebRtcConfig(Section):
    """WebRTC."""

    model_config = ConfigDict(extra="ignore")  # go2rtc has more

    listen: Annotated[str, BeforeValidator(_listen), AfterValidator(_address)] = key(
        ":8555", "UDP address and port that all browsers share. It is only open while somebody watches over WebRTC."
    )
    candidates: Annotated[Strings, AfterValidator(_candidates)] = key(
        [],
        "More addresses under which browsers are to try that port: `host:port` (IPv4), or `stun:host:port`, a server "
        "that is asked for the public address. `stun:port` asks the first of `ice_servers`.",
    )
    ice_servers: Annotated[list[IceServerConfig], BeforeValidator(_servers)] = key(
        [], "Servers to ask for the public address if a candidate says `stun:`."
    )
