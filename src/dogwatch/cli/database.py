"""`dogwatch database`: backs the database up, restores, checks and moves it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dogwatch.cli import backup
from dogwatch.cli.options import config_option, data_option, load_or_exit
from dogwatch.errors import DogwatchError

if TYPE_CHECKING:
    from dogwatch.store.database import Database

DEFAULT = "dogwatch.db"
VARIABLE = "DOGWATCH_DATABASE_URL"
_OPEN_PASSWORD = re.compile(r"[\w+]+://(?:[^/@]*:(?!\{(?:FRIGATE|DOGWATCH)_\w+\}@)[^/]*@|.*[?&]password=)")
INDEX_ROWS = 50  # to make an index takes about as long as to copy this part of all rows


@dataclass(frozen=True, slots=True)
class Place:
    """Where a Dogwatch is: its data directory and its configuration."""

    data: Path
    config: Path

    @property
    def url(self) -> str:
        """The URL of its database.

        Raises:
            click.ClickException: There is no data directory, or the configuration has mistakes.
        """
        from dogwatch.config import Config
        from dogwatch.runtime.paths import Paths

        config = load_or_exit(self.config).config if self.config.exists() else Config()
        if not self.data.is_dir():
            raise click.ClickException(f"there is no data directory {self.data}")
        return Paths.below(self.data).database(config.database)


@click.group()
@data_option
@config_option
@click.pass_context
def database(context: click.Context, data: Path, config_path: Path | None) -> None:
    """Back up, restore, check and move the database."""
    context.obj = Place(data, config_path or data / "config.yml")


@database.command()
@click.argument("url", required=False)
@click.pass_obj
def move(place: Place, url: str | None) -> None:
    """Copy the database to URL, which is of another kind or place.

    URL is postgresql://user@host/database or the path of a file. What is there must be empty. The old database stays as
    it is. Dogwatch must not run meanwhile. A move that was cut off goes on when it is begun again.

    Other users of this machine see URL, so it should hold no password: write {DOGWATCH_DATABASE_PASSWORD} in its place,
    as in the configuration, or give - and type the URL, or leave it out and set DOGWATCH_DATABASE_URL.
    """
    from dogwatch.store import move as moving

    target = _target(_asked_for(url))
    with owned(place.data, place.url) as db:
        if target == place.url:
            raise click.ClickException("this is the database that is used now")
        rows, indexes = moving.total(db)
        one = max(1, rows // INDEX_ROWS)
        with click.progressbar(length=rows + indexes * one, label=f"Moving {rows} rows") as bar:
            moving.move(db, target, bar.update, lambda: bar.update(one))
    click.echo(f"{rows} rows were moved and counted. To use the new database, change {place.config}:")
    click.echo(_advice(place, target))
    click.echo("The old database is left as it is.")


for command in (backup.backup, backup.restore, backup.check):
    database.add_command(command)


@contextmanager
def owned(data: Path, url: str) -> Iterator[Database]:
    """Open the database of a data directory for this program alone; errors of Dogwatch are shown as one line."""
    from dogwatch.runtime.paths import own
    from dogwatch.store.database import Database

    try:
        with own(data):
            db = Database(url)
            try:
                db.migrate(owns=True)
                yield db
            finally:
                db.close()
    except DogwatchError as error:
        raise click.ClickException(str(error)) from error


def _asked_for(url: str | None) -> str:
    """Return the URL, which may have been given where nobody sees it.

    Raises:
        click.UsageError: It was not given at all.
    """
    if url is None:
        if not (url := os.environ.get(VARIABLE, "")):
            raise click.UsageError(f"give URL, or - to be asked for it, or set {VARIABLE}")
    elif url == "-":
        typed = sys.stdin.isatty()
        url = str(click.prompt("URL", hide_input=True) if typed else sys.stdin.readline()).strip()
    elif _OPEN_PASSWORD.match(url):
        click.echo(
            "WARNING: other users of this machine can see the password in this command, and your shell may keep it. "
            "Write {DOGWATCH_DATABASE_PASSWORD} in its place, or give - to be asked for the URL.",
            err=True,
        )
    return url


def _target(url: str) -> str:
    from dogwatch.config import ConfigErrors, parse
    from dogwatch.runtime.paths import Paths

    if "://" not in url or url.startswith("sqlite:///"):
        return f"sqlite:///{Path(url.removeprefix('sqlite:///')).absolute()}"
    try:
        settings = parse(f"database: {{url: {json.dumps(url)}}}\ncameras: {{}}\n").config.database
    except ConfigErrors as errors:
        reasons = "; ".join(dict.fromkeys(error.message for error in errors.errors))
        raise click.ClickException(
            f"give an address such as postgresql://user:password@host/database ({reasons})"
        ) from None
    return Paths.below(Path()).database(settings)


def _advice(place: Place, target: str) -> str:
    if not target.startswith("sqlite:"):
        return "  set database.url to the address given here, and remove database.path"
    path = Path(target.removeprefix("sqlite:///"))
    if path == (place.data / DEFAULT).absolute():
        return "  remove database.url and database.path"
    return f"  set database.path to {path}, and remove database.url"
