"""Files that are deleted, or vanish, while others or they themselves are looked at, or pictures are made of them."""

import asyncio
import hashlib
import threading
from pathlib import Path
from typing import Any

import pytest

from dogwatch.library.catalogue import FileCatalogue, NewFile
from dogwatch.library.catalogue_order import CatalogueOrder
from dogwatch.library.file_store import FileStore, StoreLimits
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.still_cache import StillCache
from dogwatch.library.stills import FrameStill, FrameStills
from dogwatch.store.database import Database
from dogwatch.store.video_files import VideoFileFilter
from dogwatch.testing.app import until
from dogwatch.testing.video_files import FACTS
from dogwatch.workers.files.spec import StillTask


class WaitingIndexer:
    """Looks at each file until it is told to go on."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.go_on = threading.Event()

    def index(self, source: Path, folder: Path) -> dict[str, Any]:
        self.seen.append(source.name)
        assert self.go_on.wait(10)
        return FACTS


@pytest.fixture
def indexer() -> WaitingIndexer:
    return WaitingIndexer()


@pytest.fixture
def catalogue(tmp_path: Path, db: Database, indexer: WaitingIndexer, monkeypatch: pytest.MonkeyPatch) -> FileCatalogue:
    monkeypatch.setattr("dogwatch.library.file_looks.PATIENCE_S", 0.05)
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
    catalogue: FileCatalogue, indexer: WaitingIndexer, db: Database, tmp_path: Path
) -> None:
    first, second = [await begun(catalogue, tmp_path / name) for name in ("a.mp4", "b.mp4")]
    indexer.seen.clear()
    order = CatalogueOrder(db, catalogue)
    task = asyncio.create_task(order.resume())
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
    catalogue: FileCatalogue, indexer: WaitingIndexer, tmp_path: Path
) -> None:
    path = made(tmp_path / "a.mp4")
    file, _ = await catalogue.register(str(path), NewFile("vera", ""))
    path.unlink()
    indexer.go_on.set()
    found = await catalogue.looked_at(file)
    assert (found.status, found.error) == ("failed", "source_missing")


async def test_the_hash_of_a_large_file_is_made_after_a_restart(
    catalogue: FileCatalogue, indexer: WaitingIndexer, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = threading.Event()
    with monkeypatch.context() as patched:
        patched.setattr("dogwatch.library.catalogue.hash_of_file", lambda _: str(reading.wait(10)))
        uuid = await begun(catalogue, tmp_path / "a.mp4")
        reading.set()
    indexer.go_on.set()
    await CatalogueOrder(db, catalogue).resume()
    found = catalogue.find(uuid)
    assert found is not None
    assert (found.status, found.content_hash) == ("ready", hashlib.sha256(b"a.mp4").hexdigest())


async def test_no_picture_is_left_of_a_file_that_was_deleted_while_it_was_made(
    catalogue: FileCatalogue, indexer: WaitingIndexer, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexer.go_on.set()
    file, _ = await catalogue.register(str(made(tmp_path / "a.mp4")), NewFile("vera", ""))
    await catalogue.looked_at(file)
    workers, cache = FileWorkers(), StillCache(tmp_path / "stills", 1 << 20)
    stills, deletes = FrameStills(db, workers, cache), False
    catalogue.on_drop(lambda file: cache.drop(file.uuid))

    async def ask(*_: object, **__: object) -> tuple[bytes, None]:
        if deletes:
            await catalogue.delete(file)
        return b"jpeg", None

    monkeypatch.setattr(workers, "ask", ask)
    for frame, left in ((0, 1), (1, 0)):
        deletes = frame == 1
        still = FrameStill(file.uuid, tmp_path / "a.mp4", tmp_path / "frames.idx", StillTask(frame=frame), (1,))
        assert await stills.jpeg(still) == b"jpeg"
        await stills.kept()
        assert len(list(cache.directory.iterdir())) == left
