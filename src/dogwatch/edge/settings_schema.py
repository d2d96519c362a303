"""The edge camera's settings: what `client/settings/settings.json` holds, by the names that clients know.

Values are checked as they are: `"10"` is no number. Keys that are not known are kept.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, model_validator

from dogwatch.edge.identity_keys import parse_key
from dogwatch.edge.sensors.choice import SensorChoice
from dogwatch.errors import EdgeError

_ADDRESS = re.compile(r"([0-9A-F]{2}:){5}[0-9A-F]{2}")
MOST_DEVICES = 64


class EdgeModel(BaseModel):
    """A part of the settings."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow", allow_inf_nan=False, protected_namespaces=())


def _address(value: str) -> str:
    upper = value.upper()
    if not _ADDRESS.fullmatch(upper):
        raise ValueError("expected an address such as AA:BB:CC:DD:EE:FF")
    return upper


def _short(value: float) -> float:
    return int(value) if float(value).is_integer() else value


Number = Annotated[float, PlainSerializer(_short, return_type=Any)]
"""A number; whole ones are written without a point."""
Address = Annotated[str, AfterValidator(_address)]
"""A Bluetooth or Wi-Fi address, in capitals."""


class TrackedDevice(EdgeModel):
    """A device whose owner is at home when it is there."""

    address: Address
    name: str = Field(default="", max_length=256)

    @model_validator(mode="after")
    def _key_is_one(self) -> Self:
        if (key := self.irk) is not None:
            parse_key(key)
        return self

    @property
    def irk(self) -> str | None:
        """The identity key of a phone whose address changes, if it has been given."""
        key = (self.model_extra or {}).get("irk")
        if key is not None and not isinstance(key, str):
            raise ValueError("an identity resolving key is a text")
        return key


def _unique(devices: list[TrackedDevice]) -> list[TrackedDevice]:
    if len({device.address for device in devices}) != len(devices):
        raise ValueError("an address is there twice")
    return devices


Devices = Annotated[list[TrackedDevice], Field(max_length=MOST_DEVICES), AfterValidator(_unique)]


class SensorSettings(EdgeModel):
    """The trigger sensor; `edge.sensors.types` knows the types."""

    type: str = Field(default="reed_switch", max_length=64)
    gpio: int | None = Field(default=22, ge=0, le=27)
    enabled: bool = False
    hold_seconds: Number = Field(default=10, ge=0, le=3600)
    invert_logic: bool = False
    calibration: dict[str, Number] = {}

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        try:
            SensorChoice.of(self).kind()
        except EdgeError as error:
            raise ValueError(str(error)) from None
        return self


class StorageLimitSettings(EdgeModel):
    """Deletion of the oldest recordings."""

    enabled: bool = False
    max_percent: Number = Field(default=85, ge=10, le=95)


class CaptivePortalSettings(EdgeModel):
    """Redirection of the access point's clients to the dashboard."""

    enabled: bool = True


Resolution = Literal["original", "640:480", "640x480", "320:240", "320x240"]


class TimelapseSettings(EdgeModel):
    """One frame every few minutes."""

    enabled: bool = False
    interval_minutes: Number = Field(default=5, ge=1, le=60)
    fps: int = Field(default=24, ge=1, le=60)
    resolution: Resolution = "640x480"


class AuthSettings(EdgeModel):
    """The token and the password; only `edge.auth` makes them."""

    enabled: bool = False
    token: str = Field(default="", max_length=256, repr=False)
    password_hash: str = Field(default="", max_length=512, repr=False)


Awb = Literal["auto", "incandescent", "tungsten", "fluorescent", "indoor", "daylight", "cloudy", "custom"]
Exposure = Literal["normal", "short", "long", "custom"]
Denoise = Literal["off", "cdn_off", "cdn_fast", "cdn_hq"]
Metering = Literal["centre", "spot", "matrix", "custom"]


class IspSettings(EdgeModel):
    """Image quality; what is not given is left to the camera."""

    brightness: Number | None = Field(default=None, ge=-1, le=1)
    contrast: Number | None = Field(default=None, ge=0, le=16)
    saturation: Number | None = Field(default=None, ge=0, le=16)
    sharpness: Number | None = Field(default=None, ge=0, le=16)
    ev: Number | None = Field(default=None, ge=-10, le=10)
    awb: Awb | None = None
    exposure: Exposure | None = None
    denoise: Denoise | None = None
    metering: Metering | None = None
    hflip: bool | None = None
    vflip: bool | None = None


class EdgeSettings(EdgeModel):
    """All settings."""

    bluetooth_devices: Devices = Field(default=[], alias="TARGET_BT_ADDRESSES")
    wifi_devices: Devices = Field(default=[], alias="TARGET_AP_MAC_ADDRESSES")
    save_location: str = Field(default="./recordings", alias="VideoSaveLocation", min_length=1, max_length=4096)
    rotation_angle: Literal[0, 90, 180, 270] = Field(default=0, alias="RotationAngle")
    rotation_mode: Literal["display", "stream"] = Field(default="display", alias="RotationMode")
    stream_width: int = Field(default=1296, ge=320, le=4608, alias="StreamWidth")
    stream_height: int = Field(default=972, ge=240, le=3040, alias="StreamHeight")
    stream_fps: Number = Field(default=30, ge=1, le=120, alias="StreamFPS")
    isp: IspSettings = Field(default=IspSettings(), alias="ISP")
    sensor: SensorSettings = Field(default=SensorSettings(), alias="Sensor")
    storage_limit: StorageLimitSettings = Field(default=StorageLimitSettings(), alias="StorageLimit")
    captive_portal: CaptivePortalSettings = Field(default=CaptivePortalSettings(), alias="CaptivePortal")
    timelapse: TimelapseSettings = Field(default=TimelapseSettings(), alias="Timelapse")
    auth: AuthSettings = Field(default=AuthSettings(), alias="Auth")

    @model_validator(mode="after")
    def _turned_in_hardware(self) -> Self:
        if self.rotation_mode == "stream" and self.rotation_angle not in (0, 180):
            raise ValueError("the stream itself can only be turned by 0 or 180 degrees")
        return self

    def document(self) -> dict[str, Any]:
        """Return all settings by the names that clients know; values that nobody gave of `ISP` are left out."""
        found = self.model_dump(mode="json", by_alias=True)
        found["ISP"] = {key: value for key, value in found["ISP"].items() if value is not None}
        return found


KEYS = tuple(field.alias or name for name, field in EdgeSettings.model_fields.items())
"""The names of all settings."""
