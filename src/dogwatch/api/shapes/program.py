"""The program, its figures, its configuration and its accounts (docs/api/system.md, config.md, authentication.md)."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType


class VersionAnswer(Struct):
    """The version of the program."""

    version: str


class ProfileAnswer(Struct):
    """Who asks, and which cameras they may see."""

    username: str
    role: str
    allowed_cameras: list[str]


class FirstLoginAnswer(Struct):
    """Whether the login page should say where the first password is."""

    admin_first_time_login: bool


class LoginProviderAnswer(Struct):
    """What the button of an OpenID Connect provider says."""

    label: str


class LoginMethodsAnswer(Struct):
    """How users can log in."""

    password: bool
    oidc: LoginProviderAnswer | None
    logout_url: str | None


class UserAnswer(Struct):
    """An account; `login` is there if its user logs in at a provider."""

    username: str
    role: str
    login: Literal["oidc"] | UnsetType = UNSET


class SessionAnswer(Struct):
    """A session of an account."""

    id: str
    created_at: float
    used_at: float
    expires_at: float
    address: str
    agent: str
    current: bool


class ProblemAnswer(Struct):
    """Something that is wrong; `detail` is for administrators only."""

    id: str
    kind: str
    severity: Literal["warning", "error"]
    camera: str | None
    since: float
    text: str
    cost: str
    action: str
    detail: str | UnsetType = UNSET


class HealthAnswer(Struct):
    """All that is wrong now."""

    status: Literal["ok", "warning", "error"]
    problems: list[ProblemAnswer]


class CameraFiguresAnswer(Struct):
    """The figures of a camera."""

    camera_fps: float
    process_fps: float
    skipped_fps: float
    detection_fps: float
    detection_enabled: bool
    pid: int
    capture_pid: int
    ffmpeg_pid: int
    audio_rms: float
    audio_dBFS: float  # noqa: N815 - as clients know it
    connection_quality: Literal["excellent", "fair", "poor", "unusable"]
    expected_fps: float
    reconnects_last_hour: int
    stalls_last_hour: int
    decoding: Literal["full", "keyframes", "off"]
    decoded_fps: float
    bytes_per_second: float
    repaired_timestamps: int
    audio_faults: int
    dropped_decode: int
    dropped_live: int
    dropped_messages: int
    dropped_sound: int


class DetectorFiguresAnswer(Struct):
    """The figures of a detector; times in ms."""

    inference_speed: float
    detection_start: float
    pid: int
    queue: int
    batches: int
    regions: int


class UsageAnswer(Struct):
    """What a process takes, in percent as text."""

    cpu: str
    mem: str
    cpu_average: str | UnsetType = UNSET
    cmdline: str | UnsetType = UNSET


class MemoryUsageAnswer(Struct):
    """The memory of a process, in percent as text."""

    mem: str


class ProcessFiguresAnswer(Struct):
    """A worker process."""

    pid: int
    cpu: str
    mem: str
    restarts: int
    dropped_messages: int


class VolumeAnswer(Struct):
    """A disk, in MiB."""

    total: float
    used: float
    free: float
    mount_type: str
    mnt_type: str
    available: float | UnsetType = UNSET
    camera_frame_size: float | UnsetType = UNSET


class ServiceAnswer(Struct):
    """The program itself."""

    uptime: int
    version: str
    latest_version: str
    last_updated: int
    storage: dict[str, VolumeAnswer]
    temperatures: dict[str, float]
    database: dict[str, Any]
    queues: dict[str, dict[str, float]]
    config_mistakes: int


class StatsAnswer(Struct):
    """The figures of cameras, detectors, processes and disks."""

    cameras: dict[str, CameraFiguresAnswer]
    detectors: dict[str, DetectorFiguresAnswer]
    camera_fps: float
    process_fps: float
    skipped_fps: float
    detection_fps: float
    embeddings: dict[str, Any]
    cpu_usages: dict[str, UsageAnswer]
    mem_usages: dict[str, MemoryUsageAnswer]
    gpu_usages: dict[str, dict[str, str]]
    npu_usages: dict[str, Any]
    bandwidth_usages: dict[str, Any]
    processes: dict[str, ProcessFiguresAnswer]
    service: ServiceAnswer


class LogAnswer(Struct):
    """Lines of the log."""

    totalLines: int  # noqa: N815 - as clients know it
    lines: list[str]


class ProbeAnswer(Struct):
    """What a stream consists of; `stderr` lists the reason if it cannot be opened, and `stdout` is empty then."""

    return_code: int
    stderr: str | list[str]
    stdout: str | dict[str, Any]
    metadata: dict[str, list[dict[str, Any]]] | UnsetType = UNSET


class KeyframesAnswer(Struct):
    """How far apart the keyframes of a camera are, in seconds."""

    camera: str
    keyframes: int
    seconds: float
    mean_interval: float | None
    shortest_interval: float | None
    longest_interval: float | None
    advice: str


class VaInfoAnswer(Struct):
    """The devices that VA-API may use, a line each."""

    return_code: int
    stderr: str
    stdout: str


class OutputPresetsAnswer(Struct):
    """Names of presets for what is written."""

    record: list[str]
    detect: list[str]


class PresetsAnswer(Struct):
    """The names of presets that the configuration takes."""

    hwaccel_args: list[str]
    input_args: list[str]
    output_args: OutputPresetsAnswer


class NamedProfileAnswer(Struct):
    """A profile of the configuration."""

    name: str
    friendly_name: str


class ActiveProfileAnswer(Struct):
    """The name of the active profile."""

    active_profile: str | None


class ProfilesAnswer(ActiveProfileAnswer):
    """All profiles, and when (epoch s) each was activated last."""

    profiles: list[NamedProfileAnswer]
    last_activated: dict[str, float]


class NotificationsAnswer(Struct):
    """Whether a camera notifies; `suspended_until` is in epoch seconds, `cooldown` in seconds."""

    enabled: bool
    suspended_until: float
    cooldown: float


class PathsAnswer(Struct):
    """The addresses of all inputs and streams, with their secrets."""

    cameras: dict[str, Any]
    go2rtc: dict[str, Any]


class ProducerAnswer(Struct):
    """Where a stream comes from."""

    url: str
    medias: list[str]


class ConsumerAnswer(Struct):
    """Who plays a stream, since when (epoch s), and how many pieces were left out; `user` is for administrators."""

    format_name: str
    since: float
    skipped: int
    user: str | UnsetType = UNSET


class StreamAnswer(Struct):
    """A stream that can be played."""

    producers: list[ProducerAnswer]
    consumers: list[ConsumerAnswer]


class SdpAnswer(Struct):
    """What answers an offer of WebRTC."""

    type: Literal["answer"]
    sdp: str


class FileEntryAnswer(Struct):
    """A file or a directory; only files have a `size`."""

    name: str
    type: Literal["directory", "file"]
    mtime: str
    size: int | UnsetType = UNSET


class ToolsAnswer(Struct):
    """The tools of a chat."""

    tools: list[Any]


class MonitorAnswer(Struct):
    """Whether a language model watches."""

    active: bool
