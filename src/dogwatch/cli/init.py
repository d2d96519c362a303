"""`dogwatch init`."""

from __future__ import annotations

from pathlib import Path

import click

from dogwatch.cli.options import config_option, data_option, load_or_exit


@click.command()
@data_option
@config_option
@click.option("--camera", "cameras", multiple=True, metavar="NAME=URL", help="A camera to begin with; repeatable.")
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
def init(data: Path, config_path: Path | None, cameras: tuple[str, ...], force: bool) -> None:
    """Write a commented configuration file to begin with."""
    from dogwatch.config.template import template

    path = config_path or data / "config.yml"
    if path.exists() and not force:
        raise click.ClickException(f"{path} already exists; --force replaces it")
    pairs = {}
    for item in cameras:
        name, separator, url = item.partition("=")
        if not separator or not name or not url:
            raise click.BadParameter(f"{item!r} is not NAME=URL", param_hint="--camera")
        pairs[name] = url
    try:
        text = template(pairs)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--camera") from error
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o600)  # camera URLs hold passwords
    try:
        load_or_exit(fresh)
    except SystemExit:
        fresh.unlink()
        raise
    fresh.replace(path)
    click.echo(f"Wrote {path}. Edit it, then: dogwatch check, dogwatch run")
