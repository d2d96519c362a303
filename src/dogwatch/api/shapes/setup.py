"""Setting Dogwatch up: the first run, a configuration that is tried, a stream that is looked at."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from dogwatch.api.shapes.done import DoneAnswer


class FirstDetectorAnswer(Struct):
    """A detector that is configured, and the name of its model if it has one."""

    type: str
    model: str | None


class FirstDiskAnswer(Struct):
    """The disk of the recordings."""

    total_bytes: int
    free_bytes: int
    floor_bytes: int


class FirstRunAnswer(Struct):
    """Whether cameras have to be set up, and what there is."""

    due: bool
    cameras: int
    version: str
    config_path: str
    detectors: dict[str, FirstDetectorAnswer]
    disk: FirstDiskAnswer


class MistakeAnswer(Struct):
    """A mistake in a configuration."""

    line: int | None
    column: int | None
    path: str
    message: str
    hint: str | None


class NoticeAnswer(Struct):
    """What a configuration says without effect."""

    line: int | None
    path: str
    message: str


class ConfigCheckAnswer(Struct):
    """What is wrong with a configuration, and what it would change."""

    valid: bool
    errors: list[MistakeAnswer]
    notices: list[NoticeAnswer]
    changes: list[str]
    restart: list[str]


class ConfigAppliedAnswer(DoneAnswer):
    """What has changed in force."""

    changes: list[str]
    restart: list[str]


class KeptFootageAnswer(Struct):
    """Footage of one kind, for how long it is kept, and because of which setting."""

    what: str
    days: float
    setting: str


class CameraForecastAnswer(Struct):
    """What a camera's recordings will take in the end."""

    records: bool
    bytes: int
    kept: list[KeptFootageAnswer]
    basis: str
    warnings: list[str]


class ForecastAnswer(Struct):
    """What all recordings will take, and whether the disk has room for it."""

    cameras: dict[str, CameraForecastAnswer]
    needed_bytes: int
    total_bytes: int
    free_bytes: int
    used_bytes: int
    floor_bytes: int
    fits: bool


class StreamTrialAnswer(DoneAnswer):
    """What a stream consists of, its rate, and a JPEG in base64."""

    streams: list[dict[str, Any]]
    width: int
    height: int
    seconds: float
    bytes_per_second: float | None
    fps: float | None
    keyframe_interval: float | None
    picture: str | None


class UiChoicesAnswer(Struct):
    """What a user has chosen in the page."""

    settings: dict[str, Any]
    version: int
    updated_at: float | None


Values = list[float | None]


class SeriesAnswer(Struct):
    """Figures over time; lists are as long as `times`."""

    step: Literal[15, 120]
    times: list[float]
    machine: dict[str, Values]
    processes: dict[str, dict[str, Values]]
    cameras: dict[str, dict[str, Values]]
    detectors: dict[str, dict[str, Values]]
    disks: dict[str, dict[str, Values]]
    gpus: dict[str, dict[str, Values]]
    temperatures: dict[str, dict[str, Values]]


class KnownModelAnswer(Struct):
    """A model that can be installed by its name."""

    name: str
    type: str
    width: int
    height: int
    size_bytes: int
    precision: float
    licence: str
    about: str
    installed: bool


class InstalledModelAnswer(Struct):
    """A model of the data directory."""

    name: str
    size_bytes: int
    sha256: str
    type: str | None
    labels: int | None
    in_use: bool


class ModelsAnswer(Struct):
    """The models that are known, and those that are there."""

    known: list[KnownModelAnswer]
    installed: list[InstalledModelAnswer]
    in_use: list[str]


class ModelUsedAnswer(DoneAnswer):
    """What has changed in force."""

    changes: list[str]
