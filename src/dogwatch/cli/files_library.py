"""`dogwatch files add`, `list` and `remove`: work on the database and the store, also while Dogwatch runs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dogwatch.cli.options import config_option, data_option, load_or_exit, taking_in
from dogwatch.errors import DogwatchError

if TYPE_CHECKING:
    from dogwatch.library.library import FileLibrary
    from dogwatch.store.video_files import VideoFile

BLOCK_BYTES = 4 << 20
ANSWER_S = 30.0
MOST = 100_000


@click.command()
@taking_in
@data_option
@config_option
def add(paths: tuple[Path, ...], owner: str, data: Path, config_path: Path | None, *, in_place: bool) -> None:
    """Take in video files."""
    with open_library(data, config_path) as library:
        failed = [path for path in paths if not _added(library, path, owner, in_place=in_place)]
    if failed:
        sys.exit(1)


@click.command("list")
@data_option
@config_option
def list_files(data: Path, config_path: Path | None) -> None:
    """List all video files: id, status, owner, seconds, bytes, name."""
    from dogwatch.store.video_files import VideoFileFilter

    with open_library(data, config_path) as library:
        _, found = library.catalogue.listed(VideoFileFilter(limit=MOST, sort="created_at", descending=False))
    for file in found:
        seconds = "" if file.duration is None else f"{file.duration:.2f}"
        click.echo("\t".join((file.uuid, file.status, file.owner, seconds, str(file.size_bytes), file.name)))


@click.command()
@click.argument("uuids", metavar="ID...", nargs=-1, required=True)
@data_option
@config_option
def remove(uuids: tuple[str, ...], data: Path, config_path: Path | None) -> None:
    """Delete video files, and what was made of them; what was added in place stays where it lies."""
    from dogwatch.runtime.control import FILES, ask
    from dogwatch.runtime.paths import Paths

    with open_library(data, config_path) as library:
        found = {uuid: library.catalogue.find(uuid.lower()) for uuid in uuids}
        if unknown := [uuid for uuid, file in found.items() if file is None]:
            raise click.ClickException(f"there is no video file {', '.join(unknown)}")
        for file in filter(None, found.values()):
            library.catalogue.mark(file)
        # A running core ends what it does with them, and removes them.
        if ask(Paths.below(data).run, FILES, ANSWER_S) is None:
            library.catalogue.finish_deletions()
        for file in filter(None, found.values()):
            click.echo(f"removed {file.name}")


def _added(library: FileLibrary, path: Path, owner: str, *, in_place: bool) -> bool:
    """Take in one file and tell so; whether it was taken."""
    file, known = take_in(library, path, owner, in_place=in_place)
    if file is not None:
        click.echo(f"{file.uuid}\t{'was there already' if known else 'added'}\t{path.name}")
    return file is not None


def take_in(library: FileLibrary, path: Path, owner: str, *, in_place: bool) -> tuple[VideoFile | None, bool]:
    """Take in one file; return it, and whether it was there. If it is not taken, tell why and return None."""
    try:
        size = path.stat().st_size
        taken = _registered(library, path.absolute(), owner) if in_place else _copied(library, path, size, owner)
        file, known = asyncio.run(taken)
    except (DogwatchError, OSError) as error:
        click.echo(f"{path}: {error}", err=True)
        return None, False
    if file.status == "failed":
        click.echo(f"{path}: {file.error}", err=True)
        return None, False
    return file, known


async def _registered(library: FileLibrary, path: Path, owner: str) -> tuple[VideoFile, bool]:
    from dogwatch.library.catalogue import NewFile

    file, known = await library.catalogue.register(str(path), NewFile(owner, path.name))
    return await library.catalogue.looked_at(file), known


async def _copied(library: FileLibrary, path: Path, size: int, owner: str) -> tuple[VideoFile, bool]:
    from dogwatch.library.catalogue import NewFile

    with click.progressbar(length=size, label=path.name, file=sys.stderr) as bar:
        file, known = await library.uploads.take(_read(path, bar.update), size, lambda: NewFile(owner, path.name))
    return await library.catalogue.looked_at(file), known


async def _read(path: Path, read: Callable[[int], None]) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while block := await asyncio.to_thread(file.read, BLOCK_BYTES):
            yield block
            read(len(block))


@contextmanager
def open_library(data: Path, config_path: Path | None) -> Iterator[FileLibrary]:
    """Open the library of an instance; errors of Dogwatch are shown as one line."""
    from dogwatch.library.library import FileLibrary, library_of
    from dogwatch.runtime.film_faces import FilmFaces, recognition_of
    from dogwatch.runtime.paths import Paths
    from dogwatch.runtime.specs import file_searches
    from dogwatch.store.database import Database

    config = load_or_exit(config_path or data / "config.yml").config
    if not data.is_dir():
        raise click.ClickException(f"there is no data directory {data}")
    db = Database(Paths.below(data).database(config.database))
    library: FileLibrary | None = None
    paths = Paths.below(data)
    faces = recognition_of(config, paths.media)
    try:
        db.migrate()
        searches = partial(file_searches, config, paths)
        library = FileLibrary(db, data / "files", library_of(config), searches, faces=FilmFaces(faces))
        yield library
    except (DogwatchError, OSError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        if library is not None:
            library.workers.close()
        faces.close()
        db.close()
