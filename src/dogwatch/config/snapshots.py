"""`snapshots` and `timestamp_style`: pictures that are kept, and the time drawn on pictures."""

from __future__ import annotations

from typing import Literal

from dogwatch.config.base import Section, Strings, key, section


class SnapshotRetainConfig(Section):
    """How long snapshots are kept."""

    default: float = key(10, "Days.", ge=0)
    mode: str | None = key(None, "Which are kept.", unused=True)
    objects: dict[str, float] = key({}, "Days per label.")


class SnapshotsConfig(Section):
    """Snapshots."""

    enabled: bool = key(False, "Store the best picture of every tracked object.")
    clean_copy: bool = key(True, "Also store a picture without drawings; Dogwatch always does.", unused=True)
    timestamp: bool = key(False, "Draw the time.")
    bounding_box: bool = key(True, "Draw the object's box.")
    crop: bool = key(False, "Crop to the object.")
    required_zones: Strings = key([], "Only for objects that have entered one of these zones.")
    height: int | None = key(None, "Height in pixels; by default that of the stream.", ge=1)
    retain: SnapshotRetainConfig = section(SnapshotRetainConfig, "How long.")
    quality: int = key(60, "JPEG quality.", ge=0, le=100)


class ColorConfig(Section):
    """A colour."""

    red: int = key(255, "0 to 255.", ge=0, le=255)
    green: int = key(255, "0 to 255.", ge=0, le=255)
    blue: int = key(255, "0 to 255.", ge=0, le=255)


class TimestampStyleConfig(Section):
    """The time drawn on pictures."""

    position: Literal["tl", "tr", "bl", "br"] = key("tl", "Corner: tl, tr, bl or br.")
    format: str = key("%m/%d/%Y %H:%M:%S", "Format, in `strftime` notation.")
    color: ColorConfig = section(ColorConfig, "Colour of the letters.")
    thickness: int = key(2, "Thickness of the letters.", ge=1)
    effect: Literal["solid", "shadow"] | None = key(None, "`solid` background or `shadow`.")
