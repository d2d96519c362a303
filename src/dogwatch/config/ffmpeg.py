"""`ffmpeg`: a camera's inputs. The name is the family's; Dogwatch runs no ffmpeg program."""

from __future__ import annotations

from typing import Any, Literal

from dogwatch.config.base import Arguments, Section, key, required, section

Role = Literal["detect", "record", "audio"]
DEFAULT_INPUT_ARGS = "preset-rtsp-generic"
HWACCEL_PRESETS = (
    "auto",
    "preset-rpi-64-h264",
    "preset-rpi-64-h265",
    "preset-vaapi",
    "preset-intel-qsv-h264",
    "preset-intel-qsv-h265",
    "preset-nvidia",
    "preset-jetson-h264",
    "preset-jetson-h265",
    "preset-rkmpp",
)
"""Accepted, and ignored."""
RECORD_PRESETS = tuple(
    f"preset-record-{name}"
    for name in ("generic", "generic-audio-copy", "generic-audio-aac", "mjpeg", "jpeg", "ubiquiti")
)
"""Accepted, and ignored."""


class InputConfig(Section):
    """One stream of a camera."""

    path: str = required("Address of the stream, or a file. Takes `{FRIGATE_*}` and `{DOGWATCH_*}`.", min_length=1)
    roles: list[Role] = key([], "Uses of the stream: detect, record, audio. Optional for a single input.")
    global_args: Arguments | None = key(None, "Arguments of the ffmpeg program.", unused=True)
    hwaccel_args: Arguments | None = key(None, "Hardware decoding.", unused=True)
    input_args: Arguments | None = key(None, "Preset or arguments for this stream; by default the camera's.")


class OutputArgsConfig(Section):
    """Arguments for what the ffmpeg program writes."""

    detect: Arguments = key("-threads 2 -f rawvideo -pix_fmt yuv420p", "Detection.", unused=True)
    record: Arguments = key("preset-record-generic-audio-aac", "Recording.", unused=True)
    rtmp: Arguments | None = key(None, "Restreaming.", unused=True)


class FfmpegConfig(Section):
    """How streams are opened."""

    path: str = key("default", "The ffmpeg program.", unused=True)
    global_args: Arguments = key("-hide_banner -loglevel warning -threads 2", "Arguments first in line.", unused=True)
    hwaccel_args: Arguments = key("auto", "Hardware decoding.", unused=True)
    input_args: Arguments = key(
        DEFAULT_INPUT_ARGS, "Preset, or arguments such as `-rtsp_transport udp -timeout 5000000`."
    )
    output_args: OutputArgsConfig = section(OutputArgsConfig, "Arguments for outputs.", unused=True)
    retry_interval: float = key(10.0, "Longest interval in seconds between attempts to reconnect.", gt=0)
    apple_compatibility: bool = key(False, "Tag H.265 for Apple players.", unused=True)
    gpu: int = key(0, "Which graphics processor decodes.", unused=True)


class CameraFfmpegConfig(FfmpegConfig):
    """A camera's inputs and how they are opened."""

    inputs: list[InputConfig] = required("The camera's streams.", min_length=1)


def has_role(inputs: list[InputConfig], role: str) -> bool:
    """Tell whether any of `inputs` has `role`."""
    return any(role in source.roles for source in inputs)


def stream_entries(value: Any) -> list[str]:
    """Return the addresses of one `go2rtc.streams` entry, which may be a text, a list, or empty."""
    if isinstance(value, str):
        return [value]
    return [str(entry) for entry in value] if isinstance(value, list) else []
