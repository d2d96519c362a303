"""`dogwatch run`."""

from __future__ import annotations

from pathlib import Path

import click

from dogwatch.cli.options import config_option, data_option
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.start import become_supervisor


@click.command()
@data_option
@config_option
def run(data: Path, config_path: Path | None) -> None:
    """Run Dogwatch until Ctrl-C or SIGTERM; a second signal ends it at once.

    Without a configuration file and a database, a first one is written, and the page helps to set cameras up.
    """
    if not data.parent.exists() and not (config_path and config_path.exists()):  # most likely a slip of the pen
        raise click.ClickException(f"{data.parent} does not exist: the data directory cannot be made there")
    config = ["--config", str(config_path)] if config_path else []
    become_supervisor(Paths.below(data), ["--data", str(data), *config])
