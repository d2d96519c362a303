"""`dogwatch files`: video files of a Dogwatch."""

from __future__ import annotations

import click

from dogwatch.cli.files_place import place


@click.group()
def files() -> None:
    """Put old films into a camera's recordings."""


files.add_command(place)
