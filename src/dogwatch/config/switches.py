"""What may be switched while the program runs: one table, and the configuration in force under its values.

A switch changes a key of a camera's configuration without the file. What is switched is laid over what the file says
(`overlaid`). The result is an ordinary configuration, which everybody obeys. Names, values and rules are those of
docs/api/websocket.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import BaseModel

if TYPE_CHECKING:
    from dogwatch.config.camera import CameraConfig
    from dogwatch.config.root import Config

Value: TypeAlias = bool | int | str
Values: TypeAlias = Mapping[str, Value]
"""The values of one camera by switch."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One row of the table.

    `path` is where its value stands in a camera's configuration; `*` stands for the name of a zone or mask, which comes
    behind a `/` in the switch's name. Its values are on and off, or those of `numbers` (the lowest and the highest), or
    `words`. A switch that is `gated` goes on only where the file has it on. One that is `kept` outlives a restart.
    `obeyed_by` are the kinds of workers that it reaches, beside the core.
    """

    name: str
    path: tuple[str, ...]
    numbers: tuple[int, int] | None = None
    words: tuple[str, ...] = ()
    gated: bool = False
    kept: bool = False
    obeyed_by: tuple[str, ...] = ()

    def parse(self, text: str) -> Value | None:
        """Read a payload; None if it is no value of this switch. Only upper case counts."""
        if self.numbers:
            return int(text) if text.isdecimal() and len(text) < 10 else None
        if self.words:
            return text if text in self.words else None
        return {"ON": True, "OFF": False}.get(text)

    def takes(self, value: object) -> bool:
        """Tell whether `value` is one of this switch's."""
        if self.numbers:
            low, high = self.numbers
            return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return value in self.words if self.words else isinstance(value, bool)


BOTH = ("ingest", "analysis")
BIRDSEYE_MODES = ("CONTINUOUS", "MOTION", "OBJECTS")
TABLE: Mapping[str, Switch] = {
    row.name: row
    for row in (
        Switch("enabled", ("enabled",), gated=True, kept=True, obeyed_by=(*BOTH, "listening")),
        Switch("detect", ("detect", "enabled"), kept=True, obeyed_by=BOTH),
        Switch("motion", ("motion", "enabled"), obeyed_by=BOTH),
        Switch("recordings", ("record", "enabled"), gated=True, kept=True, obeyed_by=BOTH),
        Switch("snapshots", ("snapshots", "enabled"), kept=True),
        Switch("audio", ("audio", "enabled"), gated=True, kept=True, obeyed_by=("ingest", "listening")),
        Switch("improve_contrast", ("motion", "improve_contrast"), obeyed_by=("analysis",)),
        Switch("motion_threshold", ("motion", "threshold"), numbers=(1, 255), obeyed_by=("analysis",)),
        Switch("motion_contour_area", ("motion", "contour_area"), numbers=(1, 1_000_000), obeyed_by=("analysis",)),
        Switch("birdseye", ("birdseye", "enabled")),
        Switch("birdseye_mode", ("birdseye", "mode"), words=BIRDSEYE_MODES),
        Switch("ptz_autotracker", ("onvif", "autotracking", "enabled"), gated=True),
        Switch("review_alerts", ("review", "alerts", "enabled"), gated=True),
        Switch("review_detections", ("review", "detections", "enabled"), gated=True),
        Switch("object_descriptions", ("objects", "genai", "enabled"), gated=True),
        Switch("review_descriptions", ("review", "genai", "enabled"), gated=True),
        Switch("audio_transcription", ("audio_transcription", "enabled"), gated=True),
        Switch("notifications", ("notifications", "enabled"), gated=True),
        Switch("zone", ("zones", "*", "enabled"), gated=True, obeyed_by=("analysis",)),
        Switch("motion_mask", ("motion", "mask", "*", "enabled"), gated=True, obeyed_by=("analysis",)),
        Switch("object_mask", ("objects", "mask", "*", "enabled"), gated=True, obeyed_by=("analysis",)),
    )
}
"""Every switch, by its name or the part of it before the `/`."""


def row(name: str) -> Switch | None:
    """Return the row of a switch such as `detect` or `zone/porch`; None if there is none."""
    kind, _, item = name.partition("/")
    found = TABLE.get(kind)
    return found if found and bool(item) == ("*" in found.path) else None


def values_of(camera: CameraConfig) -> dict[str, Value]:
    """Return the value of every switch of a camera."""
    return dict(_values(camera))


def value_of(camera: CameraConfig, name: str) -> Value | None:
    """Return the value of one switch of a camera; None if it has no such switch."""
    found = row(name)
    if found is None:
        return None
    node: Any = camera
    for part in _path(found, name):
        node = _step(node, part)
    if found.words:
        return str(node).upper()
    if node is None:  # a zone that is not there; but a section without a key is off
        return None if "*" in found.path else False
    if found.name == "motion":
        return bool(node) or camera.detect.enabled
    return int(node) if found.numbers else bool(node)


def refusal(file: CameraConfig, now: CameraConfig, name: str, value: object) -> str | None:
    """Tell why a switch may not get a value; None if it may.

    Args:
        file: The camera as the file has it.
        now: The camera in force.
        name: The switch.
        value: What it is to be.
    """
    found, written = row(name), value_of(file, name)
    if found is None or written is None:
        return "there is no such switch"
    if not found.takes(value):
        return f"{value!r} is none of its values"
    if found.gated and value and not written:
        return "it is off in the configuration file"
    if found.name == "motion" and not value and now.detect.enabled:
        return "objects are detected, which needs motion"
    if found.name == "birdseye_mode" and not now.birdseye.enabled:
        return "the camera is not in birdseye"
    return None


def overlaid(config: Config, values: Mapping[str, Values]) -> Config:
    """Return the configuration in force: what the file says, with what is switched over it.

    Values of cameras, zones and masks that are no more, and those that the file no longer allows, count for nothing.

    Args:
        config: What the file says.
        values: What was switched, by camera and switch.
    """
    cameras = {name: _camera(camera, values.get(name, {})) for name, camera in config.cameras.items()}
    if all(cameras[name] is camera for name, camera in config.cameras.items()):
        return config
    return config.model_copy(update={"cameras": cameras})


def _camera(file: CameraConfig, values: Values) -> CameraConfig:
    camera = file
    for name, value in values.items():
        found, written = row(name), value_of(file, name)
        if found is None or written is None or not found.takes(value) or (found.gated and value and not written):
            continue
        if value != value_of(camera, name):
            camera = _with(camera, _path(found, name), str(value).lower() if found.words else value)
    if camera.detect.enabled and not camera.motion.enabled:  # detection needs motion
        camera = _with(camera, TABLE["motion"].path, value=True)
    return camera


def _values(camera: CameraConfig) -> Iterator[tuple[str, Value]]:
    for kind, found in TABLE.items():
        for item in _items(camera, found):
            name = f"{kind}/{item}" if item else kind
            value = value_of(camera, name)
            if value is not None:
                yield name, value


def _items(camera: CameraConfig, found: Switch) -> list[str]:
    """Return the names behind the `/` that a switch has in a camera; one empty name if it has none."""
    if "*" not in found.path:
        return [""]
    node: Any = camera
    for part in found.path[: found.path.index("*")]:
        node = _step(node, part)
    return [mask.name for mask in node if mask.name] if isinstance(node, list) else list(node)


def _path(found: Switch, name: str) -> tuple[str, ...]:
    item = name.partition("/")[2]
    return tuple(item if part == "*" else part for part in found.path)


def _step(node: Any, part: str) -> Any:
    """Return a section's key, a map's entry, or the mask of a list that has this name; None if it is not there."""
    if isinstance(node, BaseModel):
        return getattr(node, part)
    if isinstance(node, Mapping):
        return node.get(part)
    return next((one for one in node if one.name == part), None) if isinstance(node, list) else None


def _with(node: Any, path: tuple[str, ...], value: Value) -> Any:
    """Return `node` with the value at `path`; everything beside the path is the same object."""
    if not path:
        return value
    part, *rest = path
    if isinstance(node, BaseModel):
        return node.model_copy(update={part: _with(getattr(node, part), tuple(rest), value)})
    if isinstance(node, Mapping):
        return {**node, part: _with(node.get(part), tuple(rest), value)}
    if isinstance(node, list):
        return [_with(one, tuple(rest), value) if one.name == part else one for one in node]
    return node
