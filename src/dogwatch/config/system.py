"""`database`, `logger`, `ui`, `telemetry` and `camera_groups`."""

from __future__ import annotations

import os
import re
import zoneinfo
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, model_validator

from dogwatch.config.base import Section, Strings, key, section

_SERVER = re.compile(r"postgres(ql)?(\+psycopg)?://[^\s\0]*\Z")
Level = Literal["debug", "info", "warning", "error", "critical"]
DateStyle = Literal["full", "long", "medium", "short"]


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _timezone(value: str) -> str:
    known = zoneinfo.available_timezones()
    if known and value not in known:
        raise ValueError("expected a time zone such as 'Europe/Berlin'")
    return value


def _server(value: str) -> str:
    if not _SERVER.match(value):
        raise ValueError("expected an address such as 'postgresql://user:password@host/database'")
    return value


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError("expected an address such as 'https://index.example.org/dogwatch/json'")
    return value


def _variable(name: str) -> str:
    if not name or "=" in name:
        raise ValueError("no environment variable can have this name")
    return _settable(name)


def _settable(text: str) -> str:
    """Refuse what the system cannot put into the environment; the text itself may be a secret."""
    try:
        whole = b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        whole = False
    if not whole:
        raise ValueError("no environment variable can hold such characters")
    return text


Variables = dict[Annotated[str, AfterValidator(_variable)], Annotated[str, AfterValidator(_settable)]]
LogLevel = Annotated[Level, BeforeValidator(_lower)]


class DatabaseConfig(Section):
    """The database."""

    path: str | None = key(None, "SQLite file; by default `dogwatch.db` in the data directory.")
    url: Annotated[str, AfterValidator(_server)] | None = key(
        None,
        "PostgreSQL instead of SQLite: `postgresql://user:password@host:port/database`. Takes `{FRIGATE_*}` and "
        "`{DOGWATCH_*}`.",
        secret=True,
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.path and self.url:
            raise ValueError("give either 'path' or 'url'")
        return self


class LoggerConfig(Section):
    """How much is logged."""

    default: LogLevel = key("info", "Level of all loggers: debug, info, warning, error or critical.")
    logs: dict[str, LogLevel] = key({}, "Level by logger name.")


class UiConfig(Section):
    """How the web page shows things."""

    timezone: Annotated[str, AfterValidator(_timezone)] | None = key(None, "IANA timezone; by default the browser's.")
    time_format: Literal["browser", "12hour", "24hour"] = key("browser", "12 or 24 hours, or as the browser has it.")
    unit_system: Literal["metric", "imperial"] = key("metric", "km/h or mph for speeds.")
    date_style: DateStyle = key("short", "Length of dates shown.")
    time_style: DateStyle = key("medium", "Length of times shown.")
    strftime_fmt: str | None = key(None, "Format of times, in `strftime` notation.")


class TelemetryStatsConfig(Section):
    """What the statistics measure."""

    amd_gpu_stats: bool = key(True, "Load of AMD graphics.", unused=True)
    intel_gpu_stats: bool = key(True, "Load of Intel graphics.", unused=True)
    intel_gpu_device: str | None = key(None, "Which Intel graphics.", unused=True)
    sriov: bool | None = key(None, "Virtualised Intel graphics.", unused=True)
    network_bandwidth: bool = key(False, "Network use per process.", unused=True)


class TelemetryConfig(Section):
    """Statistics about the machine."""

    network_interfaces: list[str] = key([], "Interfaces whose use is measured.", unused=True)
    stats: TelemetryStatsConfig = section(TelemetryStatsConfig, "What is measured.")
    version_check: bool = key(True, "Ask once a day for the newest version.")
    version_url: Annotated[str, AfterValidator(_address)] | None = key(
        None,
        "Where to ask: an address that answers with the JSON of a package index, `{info: {version}}`. By default pip's "
        "index is asked.",
    )


class CameraGroupConfig(Section):
    """A group of cameras on the page."""

    cameras: Strings = key([], "Cameras, or `birdseye`.")
    icon: str = key("generic", "Icon's name.")
    order: int = key(0, "Position among the groups.")
