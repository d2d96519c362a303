"""Options that several commands share, and how they show a configuration's problems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

from dogwatch.errors import ConfigError
from dogwatch.runtime.paths import default_data

if TYPE_CHECKING:
    from dogwatch.config import ConfigErrors, Loaded

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_data,
    show_default="$DOGWATCH_DATA, ./data or /var/lib/dogwatch",
    help="The data directory.",
)
config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration file, if it is not config.yml in the data directory.",
)
Command = TypeVar("Command", bound=Callable[..., object])


def taking_in(command: Command) -> Command:
    """Give a command the video files that it takes in, and how: `paths`, `owner` and `in_place`."""
    for option in (
        click.option("--in-place", is_flag=True, help="Serve them where they lie, below a directory of files.roots."),
        click.option("--owner", default="admin", show_default=True, help="Whose files they will be."),
        click.argument(
            "paths",
            metavar="PATH...",
            nargs=-1,
            required=True,
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
        ),
    ):
        command = option(command)
    return command


def place(error: ConfigError, path: Path) -> str:
    """Return an error as compilers print it: `file:line:column: key: message (hint)`."""
    where = [str(path)] + [str(number) for number in (error.line, error.column) if number is not None]
    key = f" {error.path}:" if error.path else ""
    hint = f" ({error.hint})" if error.hint else ""
    return f"{':'.join(where)}:{key} {error.message}{hint}"


def load_or_exit(path: Path) -> Loaded:
    """Load a configuration; on mistakes print all of them and leave with status 1."""
    from dogwatch.config import ConfigErrors, find, load

    if not find(path).exists():
        raise click.ClickException(f"{path} does not exist; `dogwatch init` writes one")
    try:
        return load(path)
    except ConfigErrors as errors:
        refuse(errors, path)


def refuse(errors: ConfigErrors, path: Path) -> NoReturn:
    """Print all mistakes of the file at `path` and leave with status 1."""
    for error in errors.errors:
        click.echo(place(error, path), err=True)
    click.echo(f"{len(errors.errors)} mistake(s) in {path}; nothing was started", err=True)
    raise SystemExit(1)
