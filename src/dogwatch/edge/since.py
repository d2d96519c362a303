"""Reads the time since which new files are counted, as clients write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

LONGEST = 64
_BLANK_OFFSET = re.compile(r"(\d{4}-?\d{2}-?\d{2}[T ][\d:.,]+) (\d{2}:?\d{2})")


def parse_since(text: str | None) -> int | None:
    """Return ISO 8601 `text` as epoch microseconds; None if it is none.

    Without an offset it is UTC. A blank before the offset stands for the `+` that a client forgot to escape.
    """
    if not text or len(text) > LONGEST:
        return None
    text = text.strip()
    if blank := _BLANK_OFFSET.fullmatch(text):
        text = "+".join(blank.groups())
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        passed = found.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return (passed.days * 86400 + passed.seconds) * 1_000_000 + passed.microseconds
