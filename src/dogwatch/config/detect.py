"""`detect`: the detect frame, its rate, and when objects begin, become stationary and end."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from dogwatch.config.base import Section, key, section

DEFAULT_FPS = 5.0


class MaxFramesConfig(Section):
    """How long stationary objects are tracked."""

    default: int | None = key(None, "Frames after which a stationary object ends; by default never.", ge=1)
    objects: dict[str, int] = key({}, "The same by label.")


class StationaryConfig(Section):
    """Objects that do not move."""

    interval: int | None = key(
        None,
        "Frames between two detections of a stationary object; by default 10 x fps. With 0, it is detected again only "
        "when something moves there, as in version 0.13.",
        ge=0,
    )
    threshold: int | None = key(
        None, "Frames without movement before an object is stationary; by default 10 x fps.", ge=1
    )
    max_frames: MaxFramesConfig = section(MaxFramesConfig, "How long it is tracked.")
    classifier: bool = key(True, "Compare pictures to distinguish stationary from moving objects.", unused=True)


class DetectConfig(Section):
    """Object detection."""

    enabled: bool = key(False, "Find objects. On by default in a file whose `version` is missing or older than 0.16.")
    width: int | None = key(
        None, "Width of the detect frame in pixels; by default that of the stream.", ge=16, le=16384
    )
    height: int | None = key(
        None, "Height of the detect frame in pixels; by default that of the stream.", ge=16, le=16384
    )
    fps: float = key(DEFAULT_FPS, "Frames that are analysed per second.", gt=0, le=60)
    min_initialized: int | None = key(
        None, "Detections in consecutive frames that start a tracked object; by default fps / 2, at least 2.", ge=1
    )
    max_disappeared: int | None = key(
        None, "Frames without a detection after which an object ends; by default 5 x fps.", ge=1
    )
    stationary: StationaryConfig = section(StationaryConfig, "Objects that do not move.")
    annotation_offset: int = key(0, "Milliseconds by which clients shift boxes over recordings.")
    idle_after: float = key(
        10.0,
        "Seconds without motion before only keyframes are decoded; 0 means never. A stream with keyframes more "
        "than 5 s apart is always decoded whole.",
        ge=0,
        le=3600,
    )

    deblock: bool = key(
        False,
        "Apply the codec's in-loop filter, which smooths block edges, to the pictures for detection and snapshots. "
        "That makes decoding about a third slower, and is visible only at low bit rates with keyframes far apart. "
        "Recordings are not affected.",
    )

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, data: Any) -> Any:
        """Fill in what follows from `fps` (docs/configuration.md)."""
        if not isinstance(data, dict):
            return data
        try:
            fps = float(data.get("fps", DEFAULT_FPS))
        except (TypeError, ValueError, OverflowError):
            return data
        if not 0 < fps <= 60:
            return data
        filled = {name: value for name, value in data.items() if value is not None}
        filled.setdefault("min_initialized", max(2, int(fps / 2)))
        filled.setdefault("max_disappeared", max(1, round(5 * fps)))
        stationary = filled.get("stationary", {})
        if isinstance(stationary, dict):
            given = {name: value for name, value in stationary.items() if value is not None}
            ten_seconds = max(1, round(10 * fps))
            filled["stationary"] = {"interval": ten_seconds, "threshold": ten_seconds, **given}
        return filled

    @model_validator(mode="after")
    def _both_or_neither(self) -> DetectConfig:
        if (self.width is None) != (self.height is None):
            raise ValueError("width and height must be given together")
        return self
