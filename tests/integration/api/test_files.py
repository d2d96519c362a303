"""Static files: what lies below the media root, and nothing else."""

import asyncio
import os
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.media import picture
from dogwatch.media.picture_pool import POOL
from dogwatch.store import events
from dogwatch.testing.app import Nvr, nvr

ID = "1682970645.13116-1ug7ns"  # has its thumbnails as WebP, as other servers keep them
NEW = "1782970645.13116-2ug7ns"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with nvr(tmp_path) as made:
        for name in (
            "recordings/2026-04-01/12/front/30.22.mp4",
            "recordings/.dogwatch-volume",
            f"clips/thumbs/front/{ID}.webp",
            f"clips/thumbs/back/{ID}.webp",
            f"clips/review/thumb-front-{ID}.webp",
            f"clips/front-{ID}-clean.jpg",
            "clips/a <b>.txt",
            "exports/front_1.mp4",
        ):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(name.encode())
            os.utime(path, (1_714_557_600, 1_714_557_600))
        (tmp_path / "clips" / "escape.txt").symlink_to(tmp_path / "dogwatch.db")
        (tmp_path / "clips" / "out").symlink_to(tmp_path)
        yield made


async def get(made: Nvr, path: str, user: str | None = None, method: str = "GET", **headers: str) -> httpx.Response:
    async with made.client(EXTERNAL if user else INTERNAL, user) as client:
        return await client.request(method, path, headers=headers)


async def test_files_with_their_types_and_caching(app: Nvr) -> None:
    thumb = await get(app, f"/clips/thumbs/front/{ID}.webp")
    assert (thumb.status_code, thumb.headers["content-type"]) == (200, "image/webp")
    assert thumb.headers["cache-control"] == "private, max-age=604800"
    assert thumb.headers["last-modified"] == "Wed, 01 May 2024 10:00:00 GMT"
    video = await get(app, "/recordings/2026-04-01/12/front/30.22.mp4", range="bytes=0-9")
    assert (video.status_code, video.content) == (206, b"recordings")
    assert video.headers["content-type"] == "video/mp4"
    again = await get(app, f"/clips/thumbs/front/{ID}.webp", **{"if-none-match": thumb.headers["etag"]})
    assert again.status_code == 304
    head = await get(app, "/exports/front_1.mp4", method="HEAD")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "19", b"")


THUMBNAILS = [f"/clips/thumbs/front/{NEW}", f"/clips/review/thumb-front-{NEW}"]


@pytest.fixture
def made(tmp_path: Path) -> bytes:
    """Thumbnails of an event and an item, as they lie on the disk."""
    data = picture.encode(np.full((175, 311, 3), (30, 90, 200), np.uint8), "jpg", 90)
    for path in THUMBNAILS:
        file = tmp_path / f"{path[1:]}.jpg"
        file.write_bytes(data)
        os.utime(file, (1_714_557_600, 1_714_557_600))
    return data


@pytest.mark.parametrize("path", THUMBNAILS)
async def test_thumbnails_are_served_as_jpeg_and_made_into_webp(app: Nvr, made: bytes, path: str) -> None:
    plain, thumb = await get(app, f"{path}.jpg"), await get(app, f"{path}.webp")
    assert (plain.status_code, plain.headers["content-type"], plain.content) == (200, "image/jpeg", made)
    assert (thumb.status_code, thumb.headers["content-type"]) == (200, "image/webp")
    assert thumb.content.startswith(b"RIFF")
    shown = picture.decode(thumb.content).astype(int)
    assert shown.shape == (175, 311, 3)
    assert np.abs(shown - (30, 90, 200)).max() < 8
    for answer in (plain, thumb):
        assert answer.headers["cache-control"] == "private, max-age=604800"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["last-modified"] == "Wed, 01 May 2024 10:00:00 GMT"
    assert plain.headers["etag"] != thumb.headers["etag"]


@pytest.mark.parametrize("path", THUMBNAILS)
async def test_webp_that_is_made_takes_conditions_ranges_and_head(app: Nvr, made: bytes, path: str) -> None:
    thumb = await get(app, f"{path}.webp")
    again = await get(app, f"{path}.webp", **{"if-none-match": thumb.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    part = await get(app, f"{path}.webp", range="bytes=0-3")
    assert (part.status_code, part.content) == (206, b"RIFF")
    head = await get(app, f"{path}.webp", method="HEAD")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(thumb.content)), b"")


@pytest.mark.parametrize("path", THUMBNAILS)
async def test_a_thumbnail_does_not_wait_for_large_pictures_and_is_made_once(
    app: Nvr, made: bytes, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    large = [POOL.submit("address 127.0.0.1", lambda: done.wait(20)) for _ in range(4)]
    try:
        async with asyncio.timeout(20):
            thumb = await get(app, f"{path.replace('/front/', '//front/')}.webp")
    finally:
        done.set()
        for turn in large:
            turn.release()
    assert thumb.status_code == 200
    monkeypatch.delattr(picture, "encode")
    head = await get(app, f"{path}.webp", method="HEAD")
    assert (head.status_code, head.headers["etag"]) == (200, thumb.headers["etag"])


@pytest.mark.parametrize("data", [b"", b"\xff\xd8no picture"])
async def test_a_damaged_thumbnail_is_no_webp(app: Nvr, made: bytes, data: bytes, tmp_path: Path) -> None:
    for path in THUMBNAILS:
        (tmp_path / f"{path[1:]}.jpg").write_bytes(data)
        answer = await get(app, f"{path}.webp")
        assert (answer.status_code, answer.json()["success"]) == (404, False)


async def test_a_webp_that_lies_there_is_served_as_it_is(app: Nvr, made: bytes, tmp_path: Path) -> None:
    for path in THUMBNAILS:
        (tmp_path / f"{path[1:]}.webp").write_bytes(b"as it is")
        assert (await get(app, f"{path}.webp")).content == b"as it is"


async def test_nothing_else_is_made_into_webp(app: Nvr, tmp_path: Path) -> None:
    (tmp_path / "clips/other.jpg").write_bytes(picture.encode(picture.black(8, 8), "jpg"))
    (tmp_path / f"clips/review/thumb-front-{NEW}.jpg").symlink_to(tmp_path / "dogwatch.db")
    for path in ("other.webp", f"thumbs/front/{NEW}.webp", f"review/thumb-front-{NEW}.webp", f"thumbs/{NEW}.webp"):
        assert (await get(app, f"/clips/{path}")).status_code == 404


async def test_recordings_and_exports_list_as_json(app: Nvr) -> None:
    assert [row["name"] for row in (await get(app, "/recordings/")).json()] == ["2026-04-01"]
    (row,) = (await get(app, "/recordings/2026-04-01/12/front/")).json()
    assert row == {"name": "30.22.mp4", "type": "file", "mtime": "Wed, 01 May 2024 10:00:00 GMT", "size": 40}
    (row,) = (await get(app, "/recordings/2026-04-01")).json()
    assert (row["name"], row["type"]) == ("12", "directory")
    assert [row["name"] for row in (await get(app, "/exports/")).json()] == ["front_1.mp4"]


async def test_clips_list_as_a_page(app: Nvr) -> None:
    page = await get(app, "/clips/")
    assert page.headers["content-type"].startswith("text/html")
    assert '<a href="thumbs/">thumbs/</a>' in page.text
    assert '<a href="a%20%3Cb%3E.txt">a &lt;b&gt;.txt</a>' in page.text
    moved = await get(app, "/clips/thumbs")
    assert (moved.status_code, moved.headers["location"]) == (301, "thumbs/")


@pytest.mark.parametrize(
    "path",
    [
        "/clips/none.jpg",
        "/clips/escape.txt",
        "/clips/out/dogwatch.db",
        "/clips/out/",
        "/recordings/.dogwatch-volume",
        "/recordings/2026-04-01/12/front/none.mp4",
        f"/clips/front-{ID}.jpg",
        f"/clips/front-{ID}-clean.webp",
    ],
)
async def test_what_is_missing_hidden_or_elsewhere(app: Nvr, path: str) -> None:
    got = await get(app, path)
    assert (got.status_code, got.json()["success"]) == (404, False)


@pytest.mark.parametrize(
    "path",
    [
        "/clips/../dogwatch.db",
        "/clips/%2e%2e/dogwatch.db",
        "/clips/%2e%2e%2fdogwatch.db",
        "/recordings/%2e/2026-04-01/",
    ],
)
async def test_traversal_is_refused(app: Nvr, path: str) -> None:
    async with app.client() as client:
        url = httpx.URL("http://nvr").copy_with(raw_path=path.encode())
        got = await client.request("GET", url)
    assert got.status_code in (403, 404)
    assert b"SQLite" not in got.content


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/recordings/2026-04-01/12/front/30.22.mp4", 200),
        ("/recordings/2026-04-01/", 200),
        ("/recordings/2026-04-01/12/", 403),
        (f"/clips/thumbs/front/{ID}.webp", 200),
        (f"/clips/thumbs/back/{ID}.webp", 403),
        (f"/clips/review/thumb-front-{ID}.webp", 200),
        (f"/clips/thumbs/front/{NEW}.jpg", 200),
        (f"/clips/thumbs/front/{NEW}.webp", 200),
        (f"/clips/thumbs/back/{NEW}.jpg", 403),
        (f"/clips/thumbs/back/{NEW}.webp", 403),
        (f"/clips/review/thumb-front-{NEW}.jpg", 200),
        (f"/clips/review/thumb-front-{NEW}.webp", 200),
        (f"/clips/review/thumb-back-{NEW}.jpg", 403),
        (f"/clips/review/thumb-back-{NEW}.webp", 403),
        (f"/clips/front-{ID}-clean.jpg", 200),
        ("/clips/", 403),
        ("/exports/front_1.mp4", 403),
        ("/exports/", 403),
    ],
)
async def test_limited_roles(app: Nvr, made: bytes, tmp_path: Path, path: str, status: int) -> None:
    for name in (f"thumbs/back/{NEW}.jpg", f"review/thumb-back-{NEW}.jpg"):
        (tmp_path / "clips" / name).write_bytes(made)
    assert (await get(app, path, "frida")).status_code == status
    assert (await get(app, path, "vera")).status_code == 200


async def test_snapshots_that_older_servers_had_on_disk_are_rendered(app: Nvr, tmp_path: Path) -> None:
    clean = picture.encode(picture.black(64, 36), "jpg")
    for camera, event_id in (("front", "1700000000.5-abcdef"), ("back", "1700000001.5-abcdef")):
        (tmp_path / f"clips/{camera}-{event_id}-clean.jpg").write_bytes(clean)
        row: dict[str, Any] = {"id": event_id, "camera": camera, "label": "person", "type": "object", "zones": []}
        data = {"box": [0.1, 0.1, 0.2, 0.2], "region": [0, 0, 1, 1], "score": 0.8}
        more = {"start_time": 1.7e9, "end_time": 1.7e9 + 5, "has_snapshot": True, "data": data}
        app.services.db.write(partial(events.put, values={**row, **more}))
    drawn = await get(app, "/clips/front-1700000000.5-abcdef.jpg", "frida")
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/jpeg")
    for extension in ("webp", "png"):
        plain = await get(app, f"/clips/front-1700000000.5-abcdef-clean.{extension}", "frida")
        assert (plain.status_code, plain.headers["content-type"]) == (200, f"image/{extension}")
    assert (await get(app, "/clips/back-1700000001.5-abcdef.jpg", "frida")).status_code == 403
    assert (await get(app, "/clips/front-1700000001.5-abcdef.jpg", "frida")).status_code == 404  # of another camera
