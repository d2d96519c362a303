"""A film that is being made: whether it is made on when who watches it leaves."""

import asyncio
from pathlib import Path

import pytest

from dogwatch.library.renditions import Growing, WantedFilm
from dogwatch.workers.files.spec import RenditionTask


def growing(wanted: WantedFilm, path: Path) -> Growing:
    film = Growing(wanted, path)
    film.part = path.with_suffix(".part")
    film.part.write_bytes(b"bytes")
    return film


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "deleted"])
async def test_a_film_of_a_deleted_file_ends_with_its_last_reader(tmp_path: Path, kept: bool) -> None:
    wanted = WantedFilm("0" * 32, "bbox", (), tmp_path, tmp_path, lambda: RenditionTask(start=0, end=0))
    film = growing(wanted, tmp_path / "film.mp4")
    film.making = making = asyncio.create_task(asyncio.sleep(60))
    film.grew(5)
    readers = [film.read(), film.read()]
    for reader in readers:
        assert await anext(reader) == b"bytes"
    film.kept = kept
    await readers[0].aclose()
    await asyncio.sleep(0)
    assert not making.done()
    await readers[1].aclose()
    await asyncio.sleep(0)
    assert making.cancelled() is not kept
    making.cancel()
