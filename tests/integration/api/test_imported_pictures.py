"""Pictures that another program has made are served, and removed, as own ones are."""

import io
from pathlib import Path
from typing import Any

import av
import httpx
import pytest

from dogwatch.store import events
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.recordings import T0
from tests import installation

EVENT = f"{T0 + 3}-abcdef"


def add(made: Nvr) -> None:
    data = {"box": [0.2, 0.2, 0.2, 0.4], "region": [0.1, 0.1, 0.5, 0.5], "attributes": []}
    row: dict[str, Any] = {
        "id": EVENT, "camera": "front", "label": "person", "type": "object", "start_time": T0 + 3, "end_time": T0 + 5,
        "zones": [], "has_clip": False, "has_snapshot": True, "data": data, "score": 0.8,
    }  # fmt: skip
    made.services.db.write(lambda connection: events.put(connection, row))


async def get(made: Nvr, path: str) -> httpx.Response:
    async with made.client() as client:
        return await client.get(path)


def size(data: bytes) -> tuple[int, int]:
    with av.open(io.BytesIO(data), "r") as picture:
        frame = next(picture.decode(video=0))
        return frame.width, frame.height


@pytest.mark.parametrize("fmt", ["png", "webp"])
async def test_a_clean_picture_of_another_format(tmp_path: Path, fmt: str) -> None:
    with nvr(tmp_path) as made:
        add(made)
        path = tmp_path / "clips" / f"front-{EVENT}-clean.{fmt}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(installation.large(fmt))
        snapshot = await get(made, f"/api/events/{EVENT}/snapshot.jpg?bbox=1&crop=1&height=90")
        assert (snapshot.status_code, size(snapshot.content)[1]) == (200, 90)
        assert size((await get(made, f"/api/events/{EVENT}/thumbnail.jpg")).content) == (175, 175)
        for wanted, magic in (("png", b"\x89PNG"), ("webp", b"RIFF")):
            clean = await get(made, f"/api/events/{EVENT}/snapshot-clean.{wanted}")
            assert clean.content.startswith(magic)
            assert size(clean.content) == (640, 360)
        assert size((await get(made, f"/clips/front-{EVENT}.jpg")).content) == (640, 360)
        async with made.client() as client:
            assert (await client.delete(f"/api/events/{EVENT}")).status_code == 200
        assert not path.exists()


async def test_a_picture_that_was_drawn_on(tmp_path: Path) -> None:
    with nvr(tmp_path) as made:
        add(made)
        path = tmp_path / "clips" / f"front-{EVENT}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(installation.large("jpg"))
        assert size((await get(made, f"/api/events/{EVENT}/snapshot.jpg?crop=1&bbox=1")).content) == (640, 360)
        assert (await get(made, f"/clips/front-{EVENT}.jpg")).content == installation.large("jpg")
        assert (await get(made, f"/api/events/{EVENT}/snapshot-clean.png")).status_code == 404
        async with made.client() as client:
            await client.delete(f"/api/events/{EVENT}")
        assert not path.exists()
