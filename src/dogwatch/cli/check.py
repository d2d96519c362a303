"""`dogwatch check`."""

from __future__ import annotations

from pathlib import Path

import click

from dogwatch.cli.options import config_option, data_option, load_or_exit


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@data_option
@config_option
def check(file: Path | None, data: Path, config_path: Path | None) -> None:
    """Say what is wrong with a configuration FILE, each mistake with its place, and what would be ignored."""
    path = file or config_path or data / "config.yml"
    loaded = load_or_exit(path)
    for notice in loaded.notices:
        click.echo(f"{path}:{notice.line}: {notice.path}: {notice.message}")
    cameras = ", ".join(loaded.config.cameras) or "none"
    click.echo(f"{path} is valid. Cameras: {cameras}.")
