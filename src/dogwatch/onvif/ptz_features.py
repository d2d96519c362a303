"""What a camera can do, from its answers about a media profile. Pure; the answers are plain dictionaries and lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FOV = "TranslationSpaceFov"
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spaces:
    """Addresses of the coordinates in which a camera takes movements; empty if it does not take them.

    `fov` counts in parts of the picture: 1 is from its middle to its edge (ONVIF PTZ service, section 5.7.3.3).
    """

    pan_tilt_speed: str = ""
    zoom_speed: str = ""
    pan_tilt_by: str = ""
    zoom_by: str = ""
    zoom_to: str = ""
    fov: str = ""


@dataclass(frozen=True, slots=True)
class PtzInfo:
    """What a camera tells of itself: `features` as clients know them, `presets` as name to token."""

    profile: str
    spaces: Spaces
    presets: Mapping[str, str]
    profiles: Sequence[tuple[str, str]]
    focus: bool = False
    video_source: str = ""
    home: bool = False
    features: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Name the features."""
        spaces = self.spaces
        found = {
            "pt": spaces.pan_tilt_speed,
            "zoom": spaces.zoom_speed,
            "pt-r": spaces.pan_tilt_by,
            "zoom-r": spaces.zoom_by,
            "zoom-a": spaces.zoom_to,
            "pt-r-fov": spaces.fov,
            "focus": self.focus,
        }
        object.__setattr__(self, "features", tuple(name for name, there in found.items() if there))


def choose(profiles: Sequence[Answer], wanted: str) -> Answer | None:
    """Return the profile that turns the camera: that of a name or token, else the first that can.

    Args:
        profiles: The answer to `GetProfiles`.
        wanted: Name or token, empty for any.
    """
    able = [one for one in profiles if one.get("PTZConfiguration") and one.get("VideoEncoderConfiguration")]
    able = able or [one for one in profiles if one.get("PTZConfiguration")]
    if wanted:
        able = [one for one in profiles if wanted in (one.get("Name"), one.get("token"))]
    return able[0] if able else None


def spaces_of(configuration: Answer, options: Answer | None) -> Spaces:
    """Return the spaces that a PTZ configuration names as its defaults, and `fov` from the options of it."""
    by = _uris(options, "RelativePanTiltTranslationSpace")
    return Spaces(
        pan_tilt_speed=_text(configuration, "DefaultContinuousPanTiltVelocitySpace")
        or _first(_uris(options, "ContinuousPanTiltVelocitySpace")),
        zoom_speed=_text(configuration, "DefaultContinuousZoomVelocitySpace")
        or _first(_uris(options, "ContinuousZoomVelocitySpace")),
        pan_tilt_by=_text(configuration, "DefaultRelativePanTiltTranslationSpace") or _first(by),
        zoom_by=_text(configuration, "DefaultRelativeZoomTranslationSpace")
        or _first(_uris(options, "RelativeZoomTranslationSpace")),
        zoom_to=_text(configuration, "DefaultAbsoluteZoomPositionSpace")
        or _first(_uris(options, "AbsoluteZoomPositionSpace")),
        fov=_first([uri for uri in by if uri.endswith(FOV)]),
    )


def presets_of(answer: Sequence[Answer] | None) -> dict[str, str]:
    """Return the tokens of stored positions by their names in lower case."""
    found: dict[str, str] = {}
    for one in answer or ():
        token = str(one.get("token") or "")
        if token:
            found.setdefault(str(one.get("Name") or f"preset {token}").strip().lower(), token)
    return found


def named(profiles: Sequence[Answer]) -> list[tuple[str, str]]:
    """Return name and token of each profile."""
    return [(str(one.get("Name") or one.get("token")), str(one.get("token"))) for one in profiles]


def _uris(options: Answer | None, name: str) -> list[str]:
    spaces = (options or {}).get("Spaces") or {}
    return [str(one["URI"]) for one in spaces.get(name) or () if one.get("URI")]


def _text(answer: Answer, name: str) -> str:
    return str(answer.get(name) or "")


def _first(values: Sequence[str]) -> str:
    return values[0] if values else ""
