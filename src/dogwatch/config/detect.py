"""`detect`: the detect frame, its rate, and when objects come, rest and go."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from dogwatch.config.base import Section, key, section

DEFAULT_FPS = 5.0


class MaxFramesConfig(Section):
    """How long stationary objects are tracked."""

    default: int | None = key(None, "Frames; for ever if not given.", ge=1)
    objects: dict[str, int] = key({}, "Frames per label.")


class StationaryConfig(Section):
    """Objects that do not move."""

    interval: int | None = key(
        None,
        "Look at a stationary object every so many frames; 10 x fps if not given. With 0 only when something moves "
        "there, which is what 0.13 meant by it.",
        ge=0,
    )
    threshold: int | None = key(None, "Frames without a move that make it stationary; 10 x fps if not given.", ge=1)
    max_frames: MaxFramesConfig = section(MaxFramesConfig, "How long it is tracked.")
    classifier: bool = key(True, "Compare pictures to tell a resting object from a moving one.", unused=True)


class DetectConfig(Section):
    """Object detection."""

    enabled: bool = key(False, "Find objects. On by default in a file whose `version` is missing or older than 0.16.")
    width: int | None = key(None, "Width of the detect frame in pixels; the stream's if not given.", ge=16, le=16384)
    height: int | None = key(None, "Height of the detect frame in pixels; the stream's if not given.", ge=16, le=16384)
    fps: float = key(DEFAULT_FPS, "Frames looked at a second.", gt=0, le=60)
    min_initialized: int | None = key(
        None, "Frames in a row that make an object; fps / 2, at least 2, if not given.", ge=1
    )
    max_disappeared: int | None = key(None, "Frames without it that end an object; 5 x fps if not given.", ge=1)
    stationary: StationaryConfig = section(StationaryConfig, "Objects that do not move.")
    annotation_offset: int = key(0, "Milliseconds by which boxes are shifted over recordings.")
    idle_after: float = key(
        10.0,
        "Seconds of quiet before only keyframes are decoded; 0 always decodes everything, as do keyframes more than "
        "5 s apart.",
        ge=0,
        le=3600,
    )

    deblock: bool = key(
        False,
        "Smooth block edges in the pictures for detection and snapshots as the codec does (in-loop filter). That makes "
        "decoding about a third dearer, and only shows at low bit rates with keyframes far apart. Recordings are whole "
        "anyway.",
    )

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, data: Any) -> Any:
        """Fill in what follows from `fps` (docs/configuration.md)."""
        if not isinstance(data, dict):
            return data
        try:
            fps = float(data.get("fps", DEFAULT_FPS))
        except (TypeError, ValueError):
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
