"""`dogwatch files`: video files of a Dogwatch."""

from __future__ import annotations

import click

from dogwatch.cli.files_analyse import analyse
from dogwatch.cli.files_library import add, list_files, remove
from dogwatch.cli.files_place import place


@click.group()
def files() -> None:
    """Add, list, remove and analyse video files, and put old films into a camera's recordings."""


for command in (add, list_files, remove, analyse, place):
    files.add_command(command)
