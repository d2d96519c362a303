"""The spec of the listening process."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import structs

from dogwatch.bus.spec import Spec

NAME = "sounds"  # there is one such process at most


class SoundModelSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The model, and what it takes; as in `audio.model`, but times in seconds. `labels` are by number."""

    path: str
    labels: dict[int, str] = {}
    threads: int = 2
    input: Literal["log_mel", "waveform"] = "log_mel"
    output: str = ""
    activation: Literal["none", "sigmoid", "softmax"] = "none"
    sample_rate: int = 16000
    seconds: float = 0.975
    frames: int = 96
    window_s: float = 0.025
    hop_s: float = 0.010
    bands: int = 64
    min_hz: float = 125.0
    max_hz: float = 7500.0
    scale: Literal["htk", "slaney"] = "htk"
    power: bool = False
    decibel: bool = False
    offset: float = 0.001


class ListeningSpec(Spec, frozen=True, kw_only=True):
    """The listening process. `cameras` are the smallest scores of the sounds that each camera listens for."""

    model: SoundModelSpec
    cameras: dict[str, dict[str, float]]


def hot(old: ListeningSpec, new: ListeningSpec) -> bool:
    """Whether a process that follows `old` can continue with `new`: with the same model, it can."""
    return new == structs.replace(old, log_level=new.log_level, cameras=new.cameras)
