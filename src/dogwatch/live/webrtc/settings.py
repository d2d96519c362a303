"""What the configuration says of WebRTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dogwatch.config.webrtc import DEFAULT_PORT, host_and_port

if TYPE_CHECKING:
    from dogwatch.config import Config

STUN_PORT = 3478
STUN = "stun:"
ANY_HOST = "0.0.0.0"  # noqa: S104 - who may connect has a login and a password of ICE


@dataclass(frozen=True, slots=True)
class WebRtcSettings:
    """Where peers connect: the UDP address of the shared port, and further addresses that lead to it.

    `stun` is the server that is asked for the public address; None asks nobody.
    """

    listen: tuple[str, int] = (ANY_HOST, DEFAULT_PORT)
    announced: tuple[tuple[str, int], ...] = ()
    stun: tuple[str, int] | None = None


def webrtc_of(config: Config) -> WebRtcSettings:
    """Return what `go2rtc.webrtc` says."""
    section = config.go2rtc.webrtc
    host, port = host_and_port(section.listen) or ("", DEFAULT_PORT)
    announced: list[tuple[str, int]] = []
    stun: tuple[str, int] | None = None
    servers = [url.removeprefix(STUN) for server in section.ice_servers for url in server.urls if url.startswith(STUN)]
    for candidate in section.candidates:
        if not candidate.startswith(STUN):
            name, at = host_and_port(candidate) or ("", 0)
            announced += [(name, at)] if name else []
        elif stun is None:
            own = candidate.removeprefix(STUN)
            stun = _server(own) if ":" in own else next((_server(one) for one in servers), None)
    return WebRtcSettings((host or ANY_HOST, port), tuple(announced), stun)


def _server(text: str) -> tuple[str, int]:
    """Return host and port of a server, which may go without a port."""
    host, _, port = text.partition("?")[0].rpartition(":")
    return (host, int(port)) if host and port.isdigit() else (text, STUN_PORT)
