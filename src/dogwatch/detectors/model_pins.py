"""The SHA-256 of well-known models, as their first download had it: later downloads must be the same file.

Makers of models publish no hashes. So the first download is trusted, as its https address is, and its hash is shown; a
file that is changed afterwards is noticed.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

FILE = "pins.json"


class ModelPins:
    """The hashes that are kept beside the models of a data directory."""

    def __init__(self, folder: Path) -> None:
        """Keep them in `folder`."""
        self._path = folder / FILE

    def of(self, name: str) -> str:
        """Return the hash of a model in hex, empty if it was never downloaded."""
        return self._all().get(name, "")

    def pin(self, name: str, sha256: str) -> bool:
        """Keep the hash of a model; return whether there was none before. `--sha256` replaces one."""
        pins = self._all()
        if pins.get(name) == sha256:
            return False
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(pins | {name: sha256}, indent=2, sort_keys=True) + "\n", "utf-8")
        fresh.replace(self._path)
        return name not in pins

    def _all(self) -> dict[str, str]:
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self._path.read_text("utf-8"))
            if isinstance(found, dict):
                return {str(name): str(value) for name, value in found.items()}
        return {}
