"""`dogwatch reload`."""

from __future__ import annotations

from pathlib import Path

import click

from dogwatch.cli.options import data_option
from dogwatch.runtime.paths import Paths

TIMEOUT_S = 60.0


@click.command()
@data_option
def reload(data: Path) -> None:
    """Let a running Dogwatch read its configuration file again, and print what has changed or what is wrong."""
    from dogwatch.runtime.control import ask

    answer = ask(Paths.below(data).run, "reload", TIMEOUT_S)
    if answer is None:
        raise click.ClickException(f"no Dogwatch runs on {data.absolute()}")
    failed = not answer.get("success")
    for line in answer.get("lines", []):
        click.echo(line, err=failed)
    if failed:
        raise SystemExit(1)
