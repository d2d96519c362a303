"""`dogwatch edge`: what a small computer with one camera has for it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from dogwatch.cli.options import config_option, data_option, load_or_exit


@click.group()
def edge() -> None:
    """Look after an edge camera."""


@edge.command()
@data_option
@config_option
def check(data: Path, config_path: Path | None) -> None:
    """Print what hardware and programs for an edge camera there are, and what to do about those that are missing."""
    from dogwatch.config import Config
    from dogwatch.edge.parts_check import Places, parts

    file = config_path or data / "config.yml"
    config = load_or_exit(file).config if file.exists() else Config()
    found = asyncio.run(parts(Places(Path(config.edge.sysfs)), config.edge.unit))
    width = max(len(part.name) for part in found)
    for part in found:
        click.echo(f"{'found  ' if part.present else 'missing'}  {part.name:{width}}  {part.text}")
    if config.edge.camera is None:
        click.echo(f"No camera has an edge API: set edge.camera in {file}.")
    else:
        click.echo(f"The edge API serves the camera {config.edge.camera} on port {config.edge.port}.")
