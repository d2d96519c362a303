"""Pictures of single frames (contract, section 9)."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest

from dogwatch.media import jpeg
from dogwatch.media.upright import rgb
from dogwatch.testing.app import INTERNAL, Nvr
from dogwatch.testing.numbered import HEIGHT, ODD_HEIGHT, ODD_WIDTH, WIDTH, Codec, Variant, make, number_of
from tests.integration.contract.files.conftest import done, fails
from tests.integration.contract.files.films import analysed, film, until, working_nvr
from tests.integration.media.test_exact_frames import broken

WRONG = [
    ("", "frame_required"),
    ("x=1&y=1&w=1&h=1", "frame_required"),
    ("frame=", "bad_frame"),
    ("frame=-1", "bad_frame"),
    ("frame=1.0", "bad_frame"),
    ("frame=0x1", "bad_frame"),
    ("frame=1e1", "bad_frame"),
    ("frame=%201", "bad_frame"),
    ("frame=1&frame=1", "duplicate_parameter"),
    ("frame=1&x=1&y=1&w=1", "crop_incomplete"),
    ("frame=1&h=1", "crop_incomplete"),
    ("frame=1&x=-1&y=1&w=1&h=1", "bad_crop"),
    ("frame=1&x=1&y=1&w=0&h=1", "bad_crop"),
    ("frame=1&x=1&y=1&w=1&h=1.5", "bad_crop"),
    ("frame=1&x=&y=1&w=1&h=1", "bad_crop"),
    ("frame=1&mode=Debug", "bad_mode"),
    ("frame=1&audio=no", "bad_audio"),
    ("frame=999999&mode=x", "bad_mode"),
]
thumbnail = pytest.mark.files_endpoint("GET /api/v1/file/{file_uuid}/thumbnail")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with working_nvr(tmp_path) as made:
        yield made


@pytest.fixture
async def client(app: Nvr) -> AsyncIterator[httpx.AsyncClient]:
    async with app.client(INTERNAL) as made:
        yield made


def other(directory: Path) -> Path:
    """Return another directory, in which a film can be made again."""
    found = directory / "again"
    found.mkdir(exist_ok=True)
    return found


async def taken(client: httpx.AsyncClient, directory: Path, variant: Variant) -> dict[str, Any]:
    """Register a film, and return its facts."""
    uuid = (await film(client, directory, variant))["file_uuid"]
    file: dict[str, Any] = done(await client.get(f"/api/v1/file/{uuid}"))["file"]
    return file


async def picture(client: httpx.AsyncClient, uuid: str, query: str) -> jpeg.Picture:
    """Return a thumbnail's pixels."""
    answer = await client.get(f"/api/v1/file/{uuid}/thumbnail?{query}")
    assert answer.status_code == 200, answer.text[:300]
    return jpeg.decode(answer.content)


@thumbnail
@pytest.mark.parametrize(
    "variant", [Variant.VARIABLE, Variant.TRANSPORT, Variant.EDITED, Variant.ROTATED, Variant.SINGLE]
)
async def test_a_thumbnail_shows_its_frame(client: httpx.AsyncClient, tmp_path: Path, variant: Variant) -> None:
    file = await taken(client, tmp_path, variant)
    numbers = make(other(tmp_path), Codec.H264, variant).numbers
    some = random.Random(variant)
    for n in {0, len(numbers) - 1, *(some.randrange(len(numbers)) for _ in range(4))}:
        pixels = await picture(client, file["file_uuid"], f"frame={n}")
        assert number_of(pixels) == numbers[n]
        assert pixels.shape[:2] == (file["height"], file["width"])


@thumbnail
async def test_how_it_is_answered(client: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(client, tmp_path))["file_uuid"]
    url = f"/api/v1/file/{uuid}/thumbnail?frame=7"
    answer = await client.get(url)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert "authorization" in answer.headers["vary"].lower()
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.content[:2] == b"\xff\xd8"
    assert b"\xff\xc0" in answer.content  # baseline
    again = await client.get(url)
    assert (again.content, again.headers["etag"]) == (answer.content, answer.headers["etag"])
    assert not again.headers["etag"].startswith("W/")
    unchanged = await client.get(url, headers={"If-None-Match": answer.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    other = await client.get(f"/api/v1/file/{uuid}/thumbnail?frame=8")
    assert other.headers["etag"] != answer.headers["etag"]
    head = await client.head(url)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(answer.content)), b"")
    part = await client.get(url, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, answer.content[:10])


@thumbnail
@pytest.mark.parametrize("variant", [Variant.CONSTANT, Variant.ROTATED, Variant.ODD])
async def test_a_part_is_exactly_what_is_asked_for(client: httpx.AsyncClient, tmp_path: Path, variant: Variant) -> None:
    """Odd places and sizes too: nothing is moved, and nothing is rounded."""
    file = await taken(client, tmp_path, variant)
    uuid, width, height = file["file_uuid"], file["width"], file["height"]
    assert {width, height} == ({ODD_WIDTH, ODD_HEIGHT} if variant is Variant.ODD else {WIDTH, HEIGHT})
    whole = (await picture(client, uuid, "frame=22")).astype(int)
    for x, y, w, h in [(0, 0, 17, 15), (33, 21, 17, 15), (width - 1, height - 1, 1, 1), (0, 0, width, height)]:
        part = await picture(client, uuid, f"frame=22&x={x}&y={y}&w={w}&h={h}")
        assert part.shape[:2] == (h, w)
        assert np.abs(part - whole[y : y + h, x : x + w]).mean() < 12  # both are compressed


@thumbnail
async def test_what_is_wrong_by_itself(client: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(client, tmp_path, Variant.SINGLE))["file_uuid"]
    for query, code in WRONG:
        fails(await client.get(f"/api/v1/file/{uuid}/thumbnail?{query}"), 400, code)


@thumbnail
async def test_what_is_missing_of_a_part_is_named(client: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(client, tmp_path, Variant.SINGLE))["file_uuid"]
    answer = await client.get(f"/api/v1/file/{uuid}/thumbnail?frame=0&y=1&w=1")
    fails(answer, 400, "crop_incomplete", missing=["x", "h"])


@thumbnail
async def test_what_this_file_does_not_have(client: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(client, tmp_path, Variant.EDITED))["file_uuid"]
    total = len(make(other(tmp_path), Codec.H264, Variant.EDITED).numbers)
    url = f"/api/v1/file/{uuid}/thumbnail"
    fails(await client.get(f"{url}?frame={total}"), 422, "frame_out_of_range", total_frames=total)
    for beyond in (1 << 52, "99999999999999999999"):
        fails(await client.get(f"{url}?frame={beyond}"), 422, "frame_out_of_range", total_frames=total)
    for crop in (f"x=0&y=0&w={WIDTH + 1}&h=1", f"x={WIDTH - 3}&y=0&w=4&h=1", f"x=0&y={HEIGHT}&w=1&h=1"):
        answer = await client.get(f"{url}?frame=0&{crop}")
        fails(answer, 422, "crop_out_of_range", width=WIDTH, height=HEIGHT)


@thumbnail
async def test_debug_draws_the_frame_line_and_the_boxes_of_this_frame(
    app: Nvr, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    uuid = (await film(client, tmp_path))["file_uuid"]
    analysed(app, uuid, [{"trace_id": 1, "frame": 30}])
    plain = (await picture(client, uuid, "frame=30")).astype(int)
    drawn = (await picture(client, uuid, "frame=30&mode=debug")).astype(int)
    changed = np.abs(plain - drawn).sum(2) > 100
    assert changed[-7:, :40].any()  # the line
    for row, column in ((60, 45), (89, 45), (75, 20), (75, 69)):  # the middle of each side
        assert changed[row - 1 : row + 2, column - 1 : column + 2].any()
    assert not changed[70:80, 30:60].any()  # inside
    for n in (29, 31):
        before = (await picture(client, uuid, f"frame={n}")).astype(int)
        debug = (await picture(client, uuid, f"frame={n}&mode=debug")).astype(int)
        assert not (np.abs(before - debug).sum(2) > 100)[55:80].any()
    part = (await picture(client, uuid, "frame=30&mode=debug&x=20&y=60&w=50&h=30")).astype(int)
    assert np.abs(part - drawn[60:90, 20:70]).mean() < 20


@thumbnail
async def test_many_who_ask_at_once_share_one_picture(app: Nvr, client: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(client, tmp_path))["file_uuid"]
    answers = await asyncio.gather(*(client.get(f"/api/v1/file/{uuid}/thumbnail?frame=50") for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert number_of(jpeg.decode(answers[0].content)) == 50


@thumbnail
async def test_too_many_pictures_at_once_are_refused(client: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(client, tmp_path))["file_uuid"]
    answers = await asyncio.gather(*(client.get(f"/api/v1/file/{uuid}/thumbnail?frame={n}") for n in range(60)))
    assert {answer.status_code for answer in answers} == {200, 503}
    busy = next(answer for answer in answers if answer.status_code == 503)
    fails(busy, 503, "busy")
    assert int(busy.headers["retry-after"]) > 0


@thumbnail
async def test_a_file_that_was_changed_or_has_gone(client: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(client, tmp_path))["file_uuid"]
    url = f"/api/v1/file/{uuid}/thumbnail?frame=1"
    path = tmp_path / "h264-sound.mp4"
    path.write_bytes(path.read_bytes() + b"more")
    fails(await client.get(url), 409, "source_changed")
    path.unlink()
    fails(await client.get(url), 404, "source_missing")


@thumbnail
async def test_a_damaged_frame_is_stood_in_for_and_the_file_says_so(client: httpx.AsyncClient, tmp_path: Path) -> None:
    """The damage lies between the places that are decoded to see whether the packets tell the truth."""
    path = broken(make(tmp_path, Codec.H264, Variant.CONSTANT, 450), range(200, 208)).path
    registered = done(await client.post("/api/v1/files/register", json={"file_path": str(path)}), 201)
    url = f"/api/v1/file/{registered['file_uuid']}"

    async def facts() -> dict[str, Any]:
        file: dict[str, Any] = done(await client.get(url))["file"]
        return file

    async def ready() -> bool:
        return bool((await facts())["status"] == "ready")

    async def known() -> bool:
        return bool((await facts()).get("damaged"))

    await until(ready)
    assert ((await facts())["total_frames"], await known()) == (450, False)
    before = done(await client.get(f"{url}/probe"))
    standing_in: dict[int, bytes] = {}
    for n in range(195, 215):
        for _ in range(2):  # made, and from the cache
            answer = await client.get(f"{url}/thumbnail?frame={n}")
            assert answer.status_code == 200
            shown = number_of(jpeg.decode(answer.content))  # the decoder may conceal damage by another picture
            assert shown == n or 196 <= n < 210
            if "x-frame-shown" in answer.headers:
                assert int(answer.headers["x-frame-shown"]) < n
                assert standing_in.setdefault(n, answer.content) == answer.content
    assert standing_in
    assert "damaged" not in before
    await until(known)
    assert done(await client.get(f"{url}/probe")) == {**before, "damaged": True}
    answer = await client.get(f"{url}/clip?start_frame=195&end_frame=214")
    with av.open(io.BytesIO(answer.content), "r") as clip:
        pictures = [number_of(rgb(frame)) for frame in clip.decode(video=0)]
    assert len(pictures) == 20
    assert (pictures[0], pictures[-5:]) == (195, list(range(210, 215)))
