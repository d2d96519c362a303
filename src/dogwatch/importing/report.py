"""What an import has brought over, and what it has left out and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dogwatch.importing.layout import LeftOutError

EXAMPLES = 3


@dataclass(slots=True)
class _Reason:
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ImportReport:
    """Counts by kind (`events`, `recordings` ...), and notes about the whole.

    `missing` counts pictures of events that the installation itself does not have.
    """

    brought: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    there: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    left_out: dict[tuple[str, str], _Reason] = field(default_factory=lambda: defaultdict(_Reason))
    missing: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    notes: list[str] = field(default_factory=list)

    def bring(self, kind: str, number: int = 1) -> None:
        """Count what has come over."""
        self.brought[kind] += number

    def keep(self, kind: str, number: int = 1) -> None:
        """Count what was there already."""
        self.there[kind] += number

    def leave(self, kind: str, reason: str, example: object = "", number: int = 1) -> None:
        """Count what is left out for a reason; of the first few the name is kept."""
        found = self.left_out[kind, reason]
        found.count += number
        if example and len(found.examples) < EXAMPLES:
            found.examples.append(str(example)[:100])

    def miss(self, kind: str) -> None:
        """Count a picture that the installation does not have."""
        self.missing[kind] += 1

    def note(self, text: str) -> None:
        """Add a note, once."""
        if text not in self.notes:
            self.notes.append(text)

    @contextmanager
    def leaving(self, kind: str, example: object) -> Iterator[None]:
        """Leave something out if a `LeftOutError` says so."""
        try:
            yield
        except LeftOutError as error:
            self.leave(kind, str(error), example)

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return not self.left_out

    def as_json(self) -> dict[str, Any]:
        """Return it in the form of docs/frigate.md."""
        return {
            "complete": self.complete,
            "brought": dict(self.brought),
            "already_there": {kind: number for kind, number in self.there.items() if number},
            "left_out": [
                {"kind": kind, "reason": reason, "count": found.count, "examples": found.examples}
                for (kind, reason), found in self.left_out.items()
            ],
            "missing": dict(self.missing),
            "notes": self.notes,
        }

    def lines(self, *, planned: bool) -> Iterator[str]:
        """Yield the lines that people read; `planned` says that nothing has been written."""
        for kind in dict.fromkeys([*self.brought, *self.there]):
            there = self.there.get(kind, 0)
            already = f", {there} were there already" if there else ""
            yield f"{kind}: {self.brought.get(kind, 0)} {'would be ' if planned else ''}brought over{already}"
        for (kind, reason), found in self.left_out.items():
            examples = f" ({', '.join(found.examples)}{', ...' if found.count > len(found.examples) else ''})"
            yield f"left out: {found.count} {kind}: {reason}{examples if found.examples else ''}"
        for kind, number in self.missing.items():
            yield f"missing: {number} {kind}, which the installation itself does not have"
        yield from (f"note: {note}" for note in self.notes)
