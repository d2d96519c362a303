"""Reads logs: entries of rotated files, newest first, and the logs of scripts."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dogwatch.edge.files import inside

MOST, DEFAULT = 2000, 500
FILE_BYTES = 16 << 20
"""Of a larger file only the end is read."""
KEPT_RUNS = 20
SERVICES = frozenset({"api", "mediamtx"})
_OWN = re.compile(r"(?P<ts>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \[(?P<level>\w+)\] (?P<source>[^:\n]+): (?P<message>.*)")
_MEDIA = re.compile(
    r"(?P<ts>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) (?P<level>[A-Z]{3}) (?:\[(?P<source>[^\]\n]+)\] )?(?P<message>.*)"
)
_LEVELS = {"INF": "INFO", "WAR": "WARNING", "ERR": "ERROR", "DEB": "DEBUG", "DBG": "DEBUG"}
_RUN = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d")
MEDIA_SOURCE = "mediamtx"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry; `text` is all its lines as they stand in the file."""

    ts: str
    level: str
    source: str
    message: str
    text: str

    def body(self) -> dict[str, str]:
        """Return it as answers have it."""
        return {"ts": self.ts, "level": self.level, "source": self.source, "message": self.message}


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which entries are wanted; empty texts want all."""

    limit: int = DEFAULT
    level: str = ""
    search: str = ""
    source: str = ""

    def wants(self, entry: LogEntry) -> bool:
        """Whether an entry is one of them."""
        return (
            (not self.level or entry.level.casefold() == self.level.casefold())
            and (not self.search or self.search.casefold() in entry.text.casefold())
            and (not self.source or entry.source == self.source)
        )


def limit_of(text: str | None) -> int:
    """Return how many entries a client wants: 1 to 2000; 500 if it says nothing, or nonsense."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdecimal()) or not text.strip("0"):
        return DEFAULT
    return MOST if len(text) > len(str(MOST)) else min(int(text), MOST)


def read(path: Path, query: LogQuery) -> list[dict[str, str]]:
    """Return entries of the log at `path` and of its older parts, newest first.

    Raises:
        OSError: It cannot be read.
    """
    found: list[dict[str, str]] = []
    for entry in _entries(path):
        if query.wants(entry):
            found.append(entry.body())
            if len(found) == query.limit:
                break
    return found


def _entries(path: Path) -> Iterator[LogEntry]:
    """Yield all entries, newest first. Lines that begin none belong to the entry before them, of an older file too."""
    orphans: list[str] = []
    for file in (path, *(path.with_name(f"{path.name}.{number}") for number in (1, 2, 3))):
        lines = _lines(file)
        end = len(lines)
        below = orphans
        for number in range(len(lines) - 1, -1, -1):
            entry = _entry(lines[number], [*lines[number + 1 : end], *below])
            if entry is not None:
                yield entry
                end, below = number, []
        orphans = [*lines[:end], *below]


def _entry(line: str, more: list[str]) -> LogEntry | None:
    found = _OWN.fullmatch(line) or _MEDIA.fullmatch(line)
    if found is None:
        return None
    ts, level, source, message = found["ts"], found["level"], found["source"], found["message"]
    return LogEntry(
        ts.replace("/", "-"),
        _LEVELS.get(level, level),
        source or MEDIA_SOURCE,
        "\n".join([message, *more]),
        "\n".join([line, *more]),
    )


def _lines(file: Path) -> list[str]:
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, 2)
            opened.seek(max(0, size - FILE_BYTES))
            # Not splitlines: texts in a line may hold other characters that it takes for ends of lines.
            return opened.read(FILE_BYTES).decode(errors="replace").removesuffix("\n").split("\n")
    except FileNotFoundError:
        return []


def scripts(folder: Path) -> list[dict[str, Any]]:
    """Return the logs of scripts, newest first by the time in their names; those without one come last."""
    found: list[tuple[bool, str, dict[str, Any]]] = []
    for file in folder.glob("*/*.log"):
        category = file.parent.name
        if category in SERVICES or script(folder, category, file.name) is None:
            continue
        try:
            size = file.stat().st_size
        except OSError:
            continue
        row = {"name": f"{category}/{file.name}", "size": size, "category": category}
        found.append((_RUN.match(file.name) is not None, file.name, row))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2], reverse=True)]


def prune(folder: Path) -> None:
    """Delete the oldest logs of scripts: the newest 20 of each category stay."""
    kept: dict[str, int] = {}
    for row in scripts(folder):
        kept[row["category"]] = kept.get(row["category"], 0) + 1
        if kept[row["category"]] > KEPT_RUNS:
            with contextlib.suppress(OSError):
                (folder / row["name"]).unlink()


def script(folder: Path, category: str, name: str) -> Path | None:
    """Return the log of a script; None if there is none of that name."""
    if category in SERVICES or "/" in category or category in ("", ".", ".."):
        return None
    inner = folder / category
    found = inside(inner, name, r"[^/]+\.log")
    if found is None or found.parent != inner.resolve() or folder.resolve() != inner.resolve().parent:
        return None
    return found if found.is_file() else None
