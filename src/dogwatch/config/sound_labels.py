"""The labels of a sound model, from the file that the user names."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from dogwatch.config.audio import SoundModelConfig
from dogwatch.config.labels import LONGEST_NUMBER, read_labels

LARGEST_FILE = 256 << 10
LONGEST_LABEL = 64
TAKEN = frozenset({"all", "dbfs", "loud_noise", "rms", "set", "state", "transcription"})
"""What other topics have behind `<camera>/audio/`, in lower case."""


def sound_labels(model: SoundModelConfig) -> dict[int, str]:
    """Return the labels of a model by number, as events and topics name them; none if there is no such file."""
    path = Path(model.labelmap_path or "")
    if not path.is_file():  # opening a pipe would wait for its writer
        return {}
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE).decode("utf-8-sig", "replace")
    except OSError:
        return {}
    lines = text.splitlines()
    try:
        found = _of_csv(lines) if lines and "display_name" in lines[0].lower().split(",") else read_labels(text)
    except csv.Error:  # no table
        return {}
    return {number: name for number, label in found.items() if (name := plain(label))}


def plain(label: str) -> str:
    """Return a label in the form of events and topics: `Fire alarm` is `fire_alarm`."""
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:LONGEST_LABEL]


def _of_csv(lines: list[str]) -> dict[int, str]:
    """Read a table with the columns `index` and `display_name`, such as the class map of YAMNet."""
    rows = csv.DictReader(lines[1:], [name.strip().lower() for name in lines[0].split(",")])
    named = [((row.get("index") or "").strip(), row.get("display_name")) for row in rows]
    return {
        int(number): name for number, name in named if name and number.isdecimal() and len(number) <= LONGEST_NUMBER
    }
