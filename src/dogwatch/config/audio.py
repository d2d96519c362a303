"""`audio`: what is listened for (docs/audio.md)."""

from __future__ import annotations

from dogwatch.config.base import Section, Strings, key


class AudioFilterConfig(Section):
    """What a sound must be like."""

    threshold: float = key(0.8, "Smallest score.", ge=0, le=1)


class AudioConfig(Section):
    """Sound; needs an input with the role audio."""

    enabled: bool = key(False, "Measure how loud it is, and make events of loud noises.")
    max_not_heard: int = key(30, "Seconds of silence that end a sound.", ge=1)
    min_volume: int = key(500, "Volume (RMS of 16-bit samples) below which sounds are ignored.", ge=0)
    loud_noise: bool = key(True, "Make an event when it is much louder than usual.")
    listen: Strings = key(["bark", "fire_alarm", "speech", "yell"], "Sounds to classify.", idle=True)
    filters: dict[str, AudioFilterConfig] = key({}, "Filter per sound.", idle=True)
    num_threads: int = key(2, "Threads.", ge=1, idle=True)
