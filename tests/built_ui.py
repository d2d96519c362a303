"""The web page of this checkout, built if it is not yet, and what its build has written."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatch_build import Page


@functools.cache
def built() -> Path:
    """Return the folder of the built page."""
    page = Page()
    page.make()
    return page.built


def chunks() -> dict[str, dict[str, Any]]:
    """Return the files that the build has made, by what it calls them."""
    found: dict[str, dict[str, Any]] = json.loads((built() / ".vite" / "manifest.json").read_text())
    return found


def needed(*names: str) -> Iterator[str]:
    """Yield the scripts and style sheets that have to be there before the chunks of these names run."""
    there, waiting = chunks(), list(names)
    seen: set[str] = set()
    while waiting:
        if (name := waiting.pop()) not in seen:
            seen.add(name)
            yield there[name]["file"]
            yield from there[name].get("css", ())
            waiting += there[name].get("imports", ())
