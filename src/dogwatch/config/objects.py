"""`objects`: which labels are tracked, and what is filtered out."""

from __future__ import annotations

from typing import Any

from dogwatch.config.base import Section, Strings, key
from dogwatch.config.masks import Masks


class FilterConfig(Section):
    """What a detection must be like; areas in pixels of the detect frame or, up to 1, as fractions of it."""

    min_area: float = key(0, "Smallest box.", ge=0)
    max_area: float = key(24_000_000, "Largest box.", ge=0)
    min_ratio: float = key(0, "Smallest width / height.", ge=0)
    max_ratio: float = key(24_000_000, "Largest width / height.", ge=0)
    threshold: float = key(0.7, "Median score from which a tracked object is not a false positive.", ge=0, le=1)
    min_score: float = key(0.5, "Score below which a detection is dropped; 0.7 for attributes.", ge=0, le=1)
    mask: Masks = key([], "Where this label is not looked for.")


class ObjectsConfig(Section):
    """Tracked objects."""

    track: Strings = key(["person"], "Labels that are tracked.")
    filters: dict[str, FilterConfig] = key({}, "Filter per label.")
    mask: Masks = key([], "Where no object is looked for.")
    false_places: bool = key(
        True,
        "Learn where detections are often false, and ask for more evidence there (see `docs/vision.md`). What moves "
        "away from such a place is not affected, and who stands there is reported a second or two later.",
    )
    genai: dict[str, Any] | None = key(None, "Descriptions by a language model.", unused=True)
