"""`dogwatch database`: backs the database up, restores, checks and moves it."""

from __future__ import annotations

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
@click.argument("url")
@click.pass_obj
def move(place: Place, url: str) -> None:
    """Copy the database to URL, which is of another kind or place.

    URL is postgresql://user:password@host/database or the path of a file. What is there must be empty. The old database
    stays as it is. Dogwatch must not run meanwhile. A move that was cut off goes on when it is begun again.
    """
    from dogwatch.store import move as moving

    target = _target(url)
    with _owned(place) as db:
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
def _owned(place: Place) -> Iterator[Database]:
    """Open the database for this program alone; errors of Dogwatch are shown as one line."""
    from dogwatch.runtime.paths import own
    from dogwatch.store.database import Database

    url = place.url
    try:
        with own(place.data):
            db = Database(url)
            try:
                db.migrate(owns=True)
                yield db
            finally:
                db.close()
    except DogwatchError as error:
        raise click.ClickException(str(error)) from error


def _target(url: str) -> str:
    from dogwatch.config.system import DatabaseConfig
    from dogwatch.runtime.paths import Paths

    if "://" not in url or url.startswith("sqlite:///"):
        return f"sqlite:///{Path(url.removeprefix('sqlite:///')).absolute()}"
    try:
        settings = DatabaseConfig(url=url)
    except ValueError:
        raise click.ClickException("give an address such as postgresql://user:password@host/database") from None
    return Paths.below(Path()).database(settings)


def _advice(place: Place, target: str) -> str:
    if not target.startswith("sqlite:"):
        return "  set database.url to the address given here, and remove database.path"
    path = Path(target.removeprefix("sqlite:///"))
    if path == (place.data / DEFAULT).absolute():
        return "  remove database.url and database.path"
    return f"  set database.path to {path}, and remove database.url"
