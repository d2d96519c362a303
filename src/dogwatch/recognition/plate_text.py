"""What a reading of a number plate means: pure functions over texts (docs/plates.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dogwatch.recognition.plate_spec import PlateTexts

MOST_READINGS = 50  # of one object; later ones replace the weakest
LONGEST_TEXT = 64  # what is longer is no plate


@dataclass(frozen=True, slots=True)
class PlateRules:
    """The settings of `lpr` that decide about texts.

    `format` is what a plate must match as a whole, None for anything. `replacements` are patterns and what they are
    replaced by, in order. `known` are patterns of plates by the name of who drives there.
    """

    recognition_threshold: float = 0.9
    min_length: int = 4
    format: re.Pattern[str] | None = None
    match_distance: int = 1
    known: Mapping[str, Sequence[re.Pattern[str]]] = field(default_factory=dict)
    replacements: Sequence[tuple[re.Pattern[str], str]] = ()


def compiled(texts: PlateTexts) -> PlateRules:
    """Return the rules of settings, with their regular expressions compiled."""
    return PlateRules(
        min_length=texts.min_length,
        format=re.compile(texts.format) if texts.format else None,
        match_distance=texts.match_distance,
        known={
            name: tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
            for name, patterns in texts.known.items()
        },
        replacements=tuple((re.compile(pattern), by) for pattern, by in texts.replacements),
    )


@dataclass(frozen=True, slots=True)
class PlateReading:
    """A text that was read, its score (0 to 1), where it is (x1, y1, x2, y2 in pixels of the picture), and whose."""

    text: str
    score: float
    box: tuple[int, int, int, int]
    owner: str | None = None


def cleaned(text: str, rules: PlateRules) -> str:
    """Return a text as plates are compared: capitals and digits, after the replacements of the configuration.

    What becomes longer than any plate, as each replacement may make it many times as long, is cut off behind that.
    """
    plain = "".join(letter for letter in text.upper() if letter.isalnum())
    for pattern, by in rules.replacements:
        plain = pattern.sub(by, plain[: LONGEST_TEXT + 1])
    return plain[: LONGEST_TEXT + 1]


def usable(text: str, rules: PlateRules) -> bool:
    """Whether a cleaned text can be a plate."""
    return rules.min_length <= len(text) <= LONGEST_TEXT and (
        rules.format is None or rules.format.fullmatch(text) is not None
    )


def owner(text: str, rules: PlateRules) -> str | None:
    """Return the name of a known plate: one whose pattern matches, else one that differs in few letters.

    Only patterns that are plain texts can differ; of several names the first counts.
    """
    for name, patterns in rules.known.items():
        if any(pattern.fullmatch(text) for pattern in patterns):
            return name
    for name, patterns in rules.known.items():
        for pattern in patterns:
            plain = cleaned(pattern.pattern, PlateRules())
            if pattern.pattern.upper() == plain and distance(text, plain) <= rules.match_distance:
                return name
    return None


def distance(one: str, other: str) -> int:
    """Return how many letters must be added, taken away or changed to make `other` of `one` (Levenshtein)."""
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != against)))
        before = now
    return before[-1]


class PlateVotes:
    """The readings of one object, of which one is chosen. Not thread-safe."""

    def __init__(self) -> None:
        """Begin without readings."""
        self._readings: list[PlateReading] = []

    def add(self, reading: PlateReading) -> None:
        """Take in a reading, whose text is cleaned."""
        self._readings.append(reading)
        if len(self._readings) > MOST_READINGS:
            self._readings.remove(min(self._readings, key=lambda one: one.score))

    def best(self, rules: PlateRules) -> PlateReading | None:
        """Return the text that was read with the most score in all, with its mean score; None if that is too low.

        Readings that differ by at most `match_distance` letters speak for each other.
        """
        texts: dict[str, list[PlateReading]] = {}
        for reading in self._readings:
            texts.setdefault(reading.text, []).append(reading)
        if not texts:
            return None

        def support(text: str) -> float:
            near = (one for one in self._readings if distance(text, one.text) <= rules.match_distance)
            return sum(one.score for one in near)

        own = {text: sum(one.score for one in readings) for text, readings in texts.items()}
        chosen = max(texts, key=lambda text: (support(text), own[text], text))
        readings = texts[chosen]
        score, best = own[chosen] / len(readings), max(readings, key=lambda one: one.score)
        if score < rules.recognition_threshold:
            return None
        return PlateReading(chosen, round(score, 4), best.box, readings[-1].owner)
