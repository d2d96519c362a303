"""Video files on a disk that is full, and with a database that takes nothing: a clear answer, and nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from dogwatch.testing.app import EXTERNAL, Nvr
from dogwatch.testing.video_files import MARK, files_nvr
from tests.integration.contract.files.conftest import CONTENT, done, fails, uploaded
from tests.integration.contract.files.test_3_files import left
from tests.mounts import small_disk

BIG = MARK + bytes(8 << 20)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "6m") as disk:
        yield disk


@pytest.fixture
def app(disk: Path) -> Iterator[Nvr]:
    """An app whose files may use the disk to the last byte: what is tried is that it is full."""
    with files_nvr(disk, "max_total_mb: 100") as made:
        library = made.parts.files
        assert library is not None
        library.configure(replace(library.settings, limits=replace(library.settings.limits, floor_bytes=-(64 << 20))))
        yield made


async def test_a_disk_that_is_full(app: Nvr, disk: Path) -> None:
    async with app.client(EXTERNAL, "vera") as vera:
        file = await uploaded(vera)
        before = left(disk / "files")
        fails(await vera.post("/api/v1/files", files={"file": ("big.mp4", BIG)}), 507, "no_space")
        assert left(disk / "files") == before
        again = await uploaded(vera, CONTENT + b"more")
        assert (await vera.get(f"/api/v1/file/{again['file_uuid']}/video")).content == CONTENT + b"more"
        done(await vera.delete(f"/api/v1/file/{file['file_uuid']}"))


async def test_a_database_that_takes_nothing(app: Nvr, disk: Path) -> None:
    async with app.client(EXTERNAL, "vera") as vera:
        await uploaded(vera)
        before = left(disk / "files")
        path = disk / "roots" / "a.mp4"
        path.write_bytes(CONTENT + b"registered")
        pragma = "PRAGMA query_only={}"
        app.services.db.write(lambda connection: connection.exec_driver_sql(pragma.format("ON")) and None)
        for answer in (
            await vera.post("/api/v1/files", files={"file": ("b.mp4", CONTENT + b"b")}),
            await vera.post("/api/v1/files/register", json={"file_path": str(path)}),
            await vera.post("/api/v1/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "5"}),
        ):
            assert answer.status_code in (503, 507), answer.text
            assert answer.json()["success"] is False
        assert left(disk / "files") == before
        backend = cast("Any", app.services.db._backend)
        backend.connection.connection.driver_connection.execute(pragma.format("OFF"))
        assert done(await vera.get("/api/v1/files"))["total"] == 1
        await uploaded(vera, CONTENT + b"b")


async def test_a_source_that_is_lost_while_it_is_looked_at(app: Nvr, disk: Path) -> None:
    async with app.client(EXTERNAL, "vera") as vera:
        file = await uploaded(vera)
        app.services.db.write(
            lambda connection: connection.exec_driver_sql("update video_files set status = 'probing'") and None
        )
        folder = disk / "files" / file["file_uuid"][:2] / file["file_uuid"]
        (folder / "source.mp4").unlink()
        assert app.parts.files is not None
        await app.parts.files.order.resume()
        shown = done(await vera.get(f"/api/v1/file/{file['file_uuid']}"))["file"]
        assert (shown["status"], shown["error"]) == ("failed", {"code": "source_missing"})
