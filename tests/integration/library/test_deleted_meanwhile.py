"""Files that are deleted, or vanish, while others or they themselves are looked at."""

import asyncio
import hashlib
import threading
from pathlib import Path
from typing import Any

import pytest

from dogwatch.library.catalogue import FileCatalogue, NewFile
from dogwatch.library.file_store import FileStore, StoreLimits
from dogwatch.store.database import Database
from dogwatch.store.video_files import VideoFileFilter
from dogwatch.testing.app import until
from dogwatch.testing.video_files import FACTS


class SlowIndexer:
    """Looks at each file until it is told to go on."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.go_on = threading.Event()

    def index(self, source: Path, folder: Path) -> dict[str, Any]:
        self.seen.append(source.name)
        assert self.go_on.wait(10)
        return FACTS


@pytest.fixture
def indexer() -> SlowIndexer:
    return SlowIndexer()


@pytest.fixture
def catalogue(tmp_path: Path, db: Database, indexer: SlowIndexer, monkeypatch: pytest.MonkeyPatch) -> FileCatalogue:
    monkeypatch.setattr("dogwatch.library.catalogue.PATIENCE_S", 0.05)
    made = FileCatalogue(db, FileStore(tmp_path / "files", StoreLimits(0, None, 1 << 20)), indexer)
    made.roots = (str(tmp_path),)
    return made


def made(path: Path) -> Path:
    path.write_bytes(path.name.encode())
    return path


async def begun(catalogue: FileCatalogue, path: Path) -> str:
    """Register a file, and stop while it is looked at, as when the core is killed."""
    file, _ = await catalogue.register(str(made(path)), NewFile("vera", ""))
    await catalogue.close()
    return file.uuid


async def test_a_deleted_file_does_not_come_back_when_its_turn_comes(
    catalogue: FileCatalogue, indexer: SlowIndexer, tmp_path: Path
) -> None:
    first, second = [await begun(catalogue, tmp_path / name) for name in ("a.mp4", "b.mp4")]
    indexer.seen.clear()
    task = asyncio.create_task(catalogue.resume())
    await until(lambda: indexer.seen)
    waiting = catalogue.find(second)
    assert waiting is not None
    await catalogue.delete(waiting)
    indexer.go_on.set()
    await task
    _, found = catalogue.listed(VideoFileFilter())
    assert [(one.uuid, one.status) for one in found] == [(first, "ready")]
    assert not catalogue.store.folder(second).exists()


async def test_a_file_that_vanishes_while_it_is_looked_at_has_failed(
    catalogue: FileCatalogue, indexer: SlowIndexer, tmp_path: Path
) -> None:
    path = made(tmp_path / "a.mp4")
    file, _ = await catalogue.register(str(path), NewFile("vera", ""))
    path.unlink()
    indexer.go_on.set()
    found = await catalogue.looked_at(file)
    assert (found.status, found.error) == ("failed", "source_missing")


async def test_the_hash_of_a_large_file_is_made_after_a_restart(
    catalogue: FileCatalogue, indexer: SlowIndexer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = threading.Event()
    with monkeypatch.context() as patched:
        patched.setattr("dogwatch.library.catalogue._hash", lambda _: str(reading.wait(10)))
        uuid = await begun(catalogue, tmp_path / "a.mp4")
        reading.set()
    indexer.go_on.set()
    await catalogue.resume()
    found = catalogue.find(uuid)
    assert found is not None
    assert (found.status, found.content_hash) == ("ready", hashlib.sha256(b"a.mp4").hexdigest())
