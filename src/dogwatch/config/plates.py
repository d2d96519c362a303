"""`lpr`: number plates (docs/plates.md)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, model_validator

from dogwatch.config.base import Section, Strings, key

LONGEST_PATTERN = 200


def _pattern(value: str) -> str:
    if len(value) > LONGEST_PATTERN:
        raise ValueError(f"a regular expression may have {LONGEST_PATTERN} characters")
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return value


def _patterns(values: list[str]) -> list[str]:
    return [_pattern(value) for value in values]


Pattern = Annotated[str, AfterValidator(_pattern)]
Patterns = Annotated[Strings, AfterValidator(_patterns)]


class ReplaceRule(Section):
    """Replaces what is often read wrong."""

    pattern: Pattern = key("", "Regular expression.")
    replacement: str = key("", "What it is replaced by.")

    @model_validator(mode="after")
    def _refers_to_groups(self) -> ReplaceRule:
        """Refuse a replacement with groups that the pattern does not have."""
        try:
            re.sub(self.pattern, self.replacement, "")
        except (re.error, IndexError) as error:
            raise ValueError(f"replacement does not fit pattern: {error}") from error
        return self


class CameraLprConfig(Section):
    """Number plates of one camera."""

    enabled: bool = key(False, "Read the plates of cars and motorcycles; needs `pip install 'dogwatch[plates]'`.")
    expire_time: int = key(
        3, "Seconds after which a plate is gone that a `type: lpr` camera does not see; at least 1 counts.", ge=0
    )
    min_area: int = key(1000, "Smallest area of a plate in pixels of the picture.", ge=0)
    enhancement: int = key(0, "How much contrast and edges are sharpened before reading.", ge=0, le=10)


class LprConfig(CameraLprConfig):
    """Number plates."""

    model_size: str = key("small", "Size of the model.", idle=True)
    device: str | None = key(None, "Device.", idle=True)
    detection_threshold: float = key(0.7, "Smallest score of a plate that a model has found.", ge=0, le=1)
    recognition_threshold: float = key(0.9, "Smallest mean score of a text.", ge=0, le=1)
    min_plate_length: int = key(4, "Fewest letters of a plate.", ge=1, le=20)
    format: Pattern | None = key(None, "Regular expression that a whole plate must match.")
    match_distance: int = key(1, "By how many letters a reading may differ from a known plate.", ge=0, le=10)
    known_plates: dict[str, Patterns] = key({}, "Plates, or regular expressions of plates, by the name of their owner.")
    replace_rules: list[ReplaceRule] = key([], "Replacements, in order.")
    debug_save_plates: bool = key(False, "Keep pictures of plates.", idle=True)
