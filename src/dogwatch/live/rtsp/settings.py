"""What the configuration says of the RTSP server: where it listens, and who may log in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dogwatch.config.inputs import reads_another_server

if TYPE_CHECKING:
    from dogwatch.config import Config

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - compared, and bound only where somebody must log in


@dataclass(frozen=True, slots=True)
class RtspSettings:
    """Where to listen, and the login beside those of users; without a `username` there is none.

    `login_here`: also programs on this machine log in.
    """

    host: str
    port: int
    ipv6: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    login_here: bool = False

    @property
    def has_login(self) -> bool:
        """Whether there is a login beside those of users."""
        return bool(self.username)

    @property
    def hosts(self) -> list[str]:
        """The addresses to bind."""
        if self.ipv6 and self.host == EVERYWHERE:
            return [EVERYWHERE, "::"]
        if self.ipv6 and self.host == LOOPBACK:
            return [LOOPBACK, "::1"]
        return [self.host]


def rtsp_of(config: Config) -> RtspSettings | None:
    """Return the settings; None if the server is off, or another one must be at its port because a camera reads it.

    Where nobody can log in, it listens on this machine alone.
    """
    rtsp = config.go2rtc.rtsp
    if rtsp.address is None:
        return None
    host, port = rtsp.address
    paths = [source.path for camera in config.cameras.values() for source in camera.ffmpeg.inputs]
    if reads_another_server(paths, config.go2rtc.streams, port):
        return None
    if not (config.auth.enabled or rtsp.username) and not is_loopback(host):
        host = LOOPBACK
    return RtspSettings(
        host, port, config.networking.ipv6.enabled, rtsp.username or "", rtsp.password or "", rtsp.login_here
    )


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach what listens at `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
