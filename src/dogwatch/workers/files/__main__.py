"""`python -m dogwatch.workers.files DESCRIPTOR`: the template of file workers; its parent is at that socket."""

from __future__ import annotations

import importlib
import os
import sys

from dogwatch.workers.files import template

READY = ("indexing", "still", "clip")
"""Tasks whose modules are loaded before forking; others would make every fork larger."""


def main() -> None:
    """Serve until the parent has gone."""
    for name in READY:
        importlib.import_module(f"dogwatch.workers.files.{name}")
    template.serve(int(sys.argv[1]))
    os._exit(0)


if __name__ == "__main__":
    main()
