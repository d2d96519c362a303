"""`onvif`: turning a camera and following objects with it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from dogwatch.config.base import Section, Strings, key, section
from dogwatch.config.polygons import numbers


def _weights(value: Any) -> Any:
    """Read what calibration writes: numbers with commas, of either sign; a list, also of texts, is left as it is."""
    return numbers(value) if isinstance(value, str) else value


class AutotrackingConfig(Section):
    """Following objects."""

    enabled: bool = key(False, "Follow objects; needs required_zones.")
    calibrate_on_startup: bool = key(
        False, "Measure the camera's movement at start: every movement is measured anyway.", unused=True
    )
    zooming: Literal["disabled", "absolute", "relative"] = key("disabled", "How to zoom.")
    zoom_factor: float = key(0.3, "How much to zoom.", ge=0.1, le=0.75)
    track: Strings = key(["person"], "Labels that are followed.")
    required_zones: Strings = key([], "Zones in which following begins.")
    return_preset: str = key("home", "Preset to go back to.")
    timeout: int = key(10, "Seconds before going back.", ge=0)
    movement_weights: Annotated[list[float], BeforeValidator(_weights, json_schema_input_type=str | list[float])] = key(
        [], "Result of the calibration of another program.", idle=True
    )


class OnvifConfig(Section):
    """ONVIF."""

    host: str = key("", "Host name or address. Takes `{FRIGATE_*}` and `{DOGWATCH_*}`.")
    port: int = key(8000, "Port.", ge=1, le=65535)
    user: str | None = key(None, "User name.", secret=True)
    password: str | None = key(None, "Password.", secret=True)
    tls_insecure: bool = key(False, "Do not check the certificate.")
    profile: str | None = key(None, "Media profile, by name or token.")
    ignore_time_mismatch: bool = key(False, "Log in even if the camera's clock is wrong.")
    autotracking: AutotrackingConfig = section(AutotrackingConfig, "Following objects.")
