"""What `onvif` takes from the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dogwatch.config import Config


@dataclass(frozen=True, slots=True)
class OnvifAddress:
    """Where a camera's ONVIF service is, and who asks; no `repr` shows that."""

    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    tls_insecure: bool = False
    adjust_time: bool = False
    profile: str = ""


@dataclass(frozen=True, slots=True)
class TrackingSettings:
    """How a camera follows objects; see `config.onvif.AutotrackingConfig`."""

    enabled: bool
    zooming: Literal["disabled", "absolute", "relative"]
    zoom_factor: float
    labels: frozenset[str]
    zones: frozenset[str]
    return_preset: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class OnvifCamera:
    """One camera."""

    address: OnvifAddress
    tracking: TrackingSettings


def onvif_of(config: Config) -> Mapping[str, OnvifCamera]:
    """Return the cameras that have an ONVIF service and are switched on."""
    return {
        name: OnvifCamera(
            OnvifAddress(
                host=one.host,
                port=one.port,
                user=one.user or "",
                password=one.password or "",
                tls_insecure=one.tls_insecure,
                adjust_time=one.ignore_time_mismatch,
                profile=one.profile or "",
            ),
            TrackingSettings(
                enabled=one.autotracking.enabled,
                zooming=one.autotracking.zooming,
                zoom_factor=one.autotracking.zoom_factor,
                labels=frozenset(one.autotracking.track),
                zones=frozenset(one.autotracking.required_zones),
                return_preset=one.autotracking.return_preset.lower(),
                timeout_s=float(one.autotracking.timeout),
            ),
        )
        for name, camera in config.cameras.items()
        if (one := camera.onvif).host and camera.enabled
    }
