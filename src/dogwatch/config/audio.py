"""`audio`: sounds that are listened for."""

from __future__ import annotations

from dogwatch.config.base import Section, Strings, key


class AudioFilterConfig(Section):
    """What a sound must be like."""

    threshold: float = key(0.8, "Smallest score.", ge=0, le=1)


class AudioConfig(Section):
    """Sound detection; needs an input with the role audio."""

    enabled: bool = key(False, "Listen.")
    max_not_heard: int = key(30, "Seconds of silence that end a sound.", ge=1)
    min_volume: int = key(500, "Volume below which nothing is looked at.", ge=0)
    listen: Strings = key(["bark", "fire_alarm", "speech", "yell"], "Sounds that matter.")
    filters: dict[str, AudioFilterConfig] = key({}, "Filter per sound.")
    num_threads: int = key(2, "Threads.", ge=1)
