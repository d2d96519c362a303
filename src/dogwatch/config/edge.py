"""`edge`: the edge API of one camera, on a small computer that has it (docs/api/edge/README.md)."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from dogwatch.config.base import NAME, Section, Strings, key, section
from dogwatch.config.edge_modes import ModesConfig, OutputConfig


def _host(value: str) -> str:
    ipaddress.ip_address(value)
    return value


class EdgeConfig(Section):
    """The edge API."""

    camera: str | None = key(None, "The camera that the edge API serves; without one, there is no edge API.")
    host: Annotated[str, AfterValidator(_host)] | None = key(
        None, "Address to listen on; by default 127.0.0.1 while the edge API needs no token, else all addresses."
    )
    port: int = key(5005, "Port; 0 takes any free one.", ge=0, le=65535)
    camera_shows_time: bool = key(
        False, "The camera itself writes date and time into its picture; timelapse frames then get none."
    )
    nvr_admin: bool = key(
        False, "While the edge API needs its token, who has that is also an administrator of the NVR API."
    )
    unit: str = key("security-cam", "systemd unit that `POST /system/restart` restarts.", pattern=r"^[\w@.:-]+$")
    checkout: str | None = key(
        None, "Git checkout whose updates are looked for; by default that in which Dogwatch lies, if any."
    )
    boot: Strings = key(["/boot/firmware", "/boot"], "Where a file named `reset-auth` resets the edge API's login.")
    sysfs: str = key("/sys", "Where the system tells of temperatures and of the card.")
    proc: str = key("/proc", "Where the system tells of processes and disks.")
    modes: ModesConfig = section(ModesConfig, "Modes of all cameras: armed, home, night and off.")
    outputs: dict[Annotated[str, StringConstraints(pattern=NAME, max_length=64)], OutputConfig] = key(
        {}, "Sirens, lamps and relays.", max_length=16
    )
