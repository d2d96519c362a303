"""`dogwatch database backup`, `restore` and `check`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dogwatch.errors import DogwatchError

if TYPE_CHECKING:
    from dogwatch.cli.database import Place
    from dogwatch.store.database import Database
    from dogwatch.store.inspection import Inspection


@click.command()
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def backup(place: Place, target: Path | None) -> None:
    """Make a whole copy of the database, also while Dogwatch runs.

    TARGET is a directory or the name of a new file. Without it, the copy is made in the directory backups beside the
    database, where old ones are deleted.
    """
    from dogwatch.store import backup as backups

    with _file(place, "copy it with pg_dump") as file:
        if target is None:
            made = backups.make(file, time.time())
        else:
            made = target / backups.name_for(file, time.time()).name if target.is_dir() else target
            backups.write(file, made)
    click.echo(f"{made} ({made.stat().st_size:,} bytes)")


@click.command()
@click.argument("copy", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def restore(place: Place, copy: Path | None) -> None:
    """Put a copy in the place of the database, or list the copies if none is named.

    COPY is a file, or the name of one in the directory backups. Dogwatch must not run. The present database is kept.
    """
    from dogwatch.runtime.paths import own
    from dogwatch.store import backup as backups
    from dogwatch.store.restoring import restore as put_in_place

    with _file(place, "restore what pg_dump has copied with pg_restore", missing=True) as file:
        if copy is None:
            for path in backups.existing(file):
                stat = path.stat()
                made = datetime.fromtimestamp(stat.st_mtime, UTC)
                click.echo(f"{path.name}\t{made:%Y-%m-%d %H:%M:%S} UTC\t{stat.st_size:,} bytes")
            if not backups.existing(file):
                click.echo(f"there are no backups in {backups.folder(file)}")
            return
        if not copy.is_file():
            copy = backups.folder(file) / copy
        if not copy.is_file():
            raise click.ClickException(f"there is no file {copy}")
        with own(place.data):
            aside = put_in_place(file, copy)
    click.echo(f"{file} is now as {copy.name}" + (f"; the file from before is {aside}" if aside else ""))
    click.echo("Accounts and passwords are those of the copy too, and everybody has to log in again.")


@click.command()
@click.pass_obj
def check(place: Place) -> None:
    """Check the database, and whether the files of its segments exist; leave with status 1 if something is wrong."""
    from dogwatch.runtime.paths import Paths
    from dogwatch.store.inspection import inspect, inspect_server

    url, media = place.url, Paths.below(place.data).media
    if url.startswith("sqlite:"):
        with _file(place) as file:
            found = inspect(file, media)
        lines = [*_file_lines(found), *_lines(found)]
    else:
        with _server(url) as db:
            found = inspect_server(db, media)
        lines = ["server: keeps references itself; whether its files are intact, its own tools tell (pg_amcheck)"]
        lines += _lines(found)
    for line in lines:
        click.echo(line)
    if not found.is_sound:
        raise SystemExit(1)


def _file_lines(found: Inspection) -> Iterator[str]:
    yield f"file: {'intact' if not found.damage else 'damaged; `dogwatch run` mends it, or restore a backup'}"
    yield from (f"  {line}" for line in found.damage)
    yield f"references: {sum(found.orphans.values())} rows refer to rows that do not exist"
    yield from (f"  {table}: {count}" for table, count in sorted(found.orphans.items()))


def _lines(found: Inspection) -> Iterator[str]:
    from dogwatch.store.inspection import SHOWN

    hint = (
        "" if found.is_current else ", which is not that of this version; `dogwatch run` brings an older one up to date"
    )
    yield f"schema: revision {found.revision}{hint}"
    yield f"segments: {found.segments}, of which {len(found.missing)} have no file" + (
        "; `dogwatch run` removes their rows" if found.missing else ""
    )
    yield from (f"  {path}" for path in found.missing[:SHOWN])
    yield "everything is in order" if found.is_sound else "something is wrong"


@contextmanager
def _file(place: Place, instead: str = "", *, missing: bool = False) -> Iterator[Path]:
    """Give the database's file; errors of Dogwatch are shown as one line.

    `instead` says what to do with a database on a server.
    """
    scheme, _, path = place.url.partition(":///")
    if scheme != "sqlite":
        raise click.ClickException(
            f"the database is on a PostgreSQL server, of which Dogwatch makes no copies: {instead}. Nothing was done"
        )
    file = Path(path).absolute()
    if not missing and not file.is_file():
        raise click.ClickException(f"there is no database {file}")
    try:
        yield file
    except DogwatchError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _server(url: str) -> Iterator[Database]:
    """Open a database on a server; errors of Dogwatch are shown as one line."""
    from dogwatch.store.database import Database

    try:
        db = Database(url)
        try:
            yield db
        finally:
            db.close()
    except DogwatchError as error:
        raise click.ClickException(str(error)) from error
