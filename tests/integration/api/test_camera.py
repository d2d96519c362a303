"""Live stills and motion JPEG out of a real frame ring."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.bus.messages import FrameTracks, RingMade
from dogwatch.bus.ring import FrameRing
from dogwatch.events.live_object import LiveObject
from dogwatch.live import encoding
from dogwatch.live import pictures as live_pictures
from dogwatch.live.drawing import Drawing, PictureStyle
from dogwatch.model import Box
from dogwatch.testing.app import Nvr
from tests.tracks import tracked

WIDTH, HEIGHT = 320, 180


@pytest.fixture
def ring(app: Nvr) -> Iterator[FrameRing]:
    made = FrameRing.create(str(app.services.paths.data), "ring-front", WIDTH, HEIGHT, 4)
    yield made
    made.close(unlink=True)


def put(ring: FrameRing, brightness: int, taken: float) -> None:
    seq, pixels = ring.begin(taken, keyframe=True)
    pixels[:HEIGHT] = brightness
    pixels[HEIGHT:] = 128
    ring.commit(seq)


def made(ring: FrameRing) -> RingMade:
    return RingMade("front", ring.name, WIDTH, HEIGHT)


def picture(data: bytes) -> NDArray[np.uint8]:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert found is not None
    return np.asarray(found, np.uint8)


async def test_before_the_first_picture(app: Nvr) -> None:
    async with app.client() as client:
        answer = await client.get("/api/front/latest.jpg")
        assert answer.status_code == 200
        assert answer.headers["x-frigate-offline"] == "true"
        assert picture(answer.content).shape == (360, 640, 3)


@pytest.mark.parametrize("path", ["/api/front/latest", "/api/camera/front/latest"])
@pytest.mark.parametrize(("extension", "kind"), [("jpg", "jpeg"), ("jpeg", "jpeg"), ("png", "png"), ("webp", "webp")])
async def test_latest(app: Nvr, ring: FrameRing, path: str, extension: str, kind: str) -> None:
    now = time.time()
    app.services.pictures.on_ring(made(ring))
    put(ring, 100, now - 0.2)
    put(ring, 200, now)
    async with app.client() as client:
        answer = await client.get(f"{path}.{extension}")
        assert answer.headers["content-type"] == f"image/{kind}"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-frame-time"] == f"{now:.6f}"
        assert "x-frigate-offline" not in answer.headers
        assert picture(answer.content).shape == (HEIGHT, WIDTH, 3)
        assert picture(answer.content).mean() > 190
        small = await client.get(f"{path}.{extension}?h=90&store=1&quality=20")
        assert small.headers["cache-control"] == "private, max-age=60"
        assert picture(small.content).shape == (90, 160, 3)


async def test_an_old_picture_says_so(app: Nvr, ring: FrameRing) -> None:
    app.services.pictures.on_ring(made(ring))
    put(ring, 200, time.time() - 60)
    async with app.client() as client:
        answer = await client.get("/api/front/latest.jpg")
        assert answer.headers["x-frigate-offline"] == "true"
        assert picture(answer.content).mean() > 190


@pytest.mark.parametrize("height", ["0", "-1", "x", "1.5", "", "9999999"])
async def test_bad_height(app: Nvr, height: str) -> None:
    async with app.client() as client:
        answer = await client.get(f"/api/front/latest.jpg?height={height}")
        assert answer.status_code == 400
        assert isinstance(answer.json(), str)


async def test_unknown_format(app: Nvr) -> None:
    async with app.client() as client:
        assert (await client.get("/api/front/latest.gif")).status_code == 404


async def test_drawing(app: Nvr, ring: FrameRing) -> None:
    now = time.time()
    pictures = app.services.pictures
    pictures.on_ring(made(ring))
    put(ring, 60, now - 0.2)
    put(ring, 200, now)
    pictures.on_tracks(FrameTracks("front", now - 0.2, 640, 360, 500, motion_boxes=(Box(100, 100, 300, 300),)))
    plain = picture(pictures.still("front", PictureStyle(extension="png")).data)
    drawn = pictures.still("front", PictureStyle(Drawing(motion=True), extension="png"))
    assert drawn.time == pytest.approx(now - 0.2)  # the frame that was analysed, not the newest
    assert picture(drawn.data)[50, 50].tolist() != picture(drawn.data)[10, 10].tolist()
    zones = picture(pictures.still("front", PictureStyle(Drawing(zones=True, timestamp=True), extension="png")).data)
    assert (zones != plain).any()


async def test_encoded_once_for_all(app: Nvr, ring: FrameRing, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = app.services.pictures
    pictures.on_ring(made(ring))
    put(ring, 100, time.time())
    calls: list[str] = []
    encode = encoding.encoded

    def counted(*args: Any) -> bytes:
        calls.append("x")
        return encode(*args)

    monkeypatch.setattr(live_pictures, "encoded", counted)
    await asyncio.gather(*(asyncio.to_thread(pictures.still, "front") for _ in range(8)))
    assert len(calls) == 1


async def test_motion_jpeg(app: Nvr, ring: FrameRing) -> None:
    pictures = app.services.pictures
    pictures.on_ring(made(ring))
    put(ring, 100, time.time())
    parts = pictures.mjpeg("front", PictureStyle(height=90), 30)
    assert await anext(parts) == b"--frame\r\n"
    first = await anext(parts)
    head, _, rest = first.partition(b"\r\n\r\n")
    assert b"Content-Type: image/jpeg" in head
    length = int(head.rpartition(b": ")[2])
    assert rest[length:] == b"\r\n--frame\r\n"
    assert picture(rest[:length]).shape == (90, 160, 3)
    assert ring.full_wanted()
    put(ring, 250, time.time())
    second = await anext(parts)
    assert picture(second.partition(b"\r\n\r\n")[2]).mean() > 240


async def test_too_many_viewers(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.pictures.MAX_VIEWERS", 0)
    async with app.client() as client:
        assert (await client.get("/api/front")).status_code == 503


def test_large_pictures_are_not_kept(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.pictures.CACHE_BYTES", 3000)
    pictures = app.services.pictures
    for height in (90, 720, 90):
        pictures.still("front", PictureStyle(height=height, extension="png"))
    kept = pictures._cameras["front"].cache
    assert [style.height for *_, style in kept] == [90]


def test_what_nobody_looks_at_is_let_go(app: Nvr, ring: FrameRing, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = app.services.pictures
    pictures.on_ring(made(ring))
    put(ring, 100, time.time())
    pictures.still("front")
    pictures.tidy()
    assert pictures._cameras["front"].cache
    monkeypatch.setattr("dogwatch.live.pictures.UNUSED_S", -1.0)
    pictures.tidy()
    assert not pictures._cameras["front"].cache


async def test_the_region_grid_is_drawn_with_what_is_known(app: Nvr, ring: FrameRing) -> None:
    app.services.pictures.on_ring(made(ring))
    put(ring, 0, time.time())
    async with app.client() as client:
        empty = await client.get("/api/front/grid.jpg")
        assert (empty.status_code, empty.headers["content-type"]) == (200, "image/jpeg")
        lines = picture(empty.content)
        assert lines[HEIGHT // 8, 10:-10, 1].min() > 120  # green
        assert lines[HEIGHT // 16, :, 1].max() > 120  # that of a column
        seen = tracked(camera="front", box=Box(100, 60, 140, 120))
        for _ in range(20):
            app.services.learnt.grids.note(LiveObject(seen, (WIDTH, HEIGHT)))
        numbers = picture((await client.get("/api/front/grid.jpg?font_scale=1")).content)
        cell = np.s_[4 * HEIGHT // 8 + 2 : 5 * HEIGHT // 8 - 2, 3 * WIDTH // 8 + 2 : 4 * WIDTH // 8 - 2]
        assert int(numbers[cell].max()) > 100 > int(lines[cell].max())
        red = picture((await client.get("/api/front/grid.jpg?color=red&font_scale=3")).content)
        assert red[HEIGHT // 8, WIDTH // 2, 2] > 120
        assert (await client.get("/api/front/grid.jpg?color=mauve")).content == (
            await client.get("/api/front/grid.jpg?color=green")
        ).content
        assert (await client.get("/api/front/grid.jpg?font_scale=x")).status_code == 422
        assert (await client.get("/api/attic/grid.jpg")).status_code == 404
        answer = await client.delete("/api/front/region_grid")
        assert (answer.status_code, answer.text) == (200, "OK")
        assert (await client.delete("/api/attic/region_grid")).status_code == 404
        assert picture((await client.get("/api/front/grid.jpg")).content)[cell].max() < 100
    assert [one.cells for one in app.services.learnt.grids.latest("front")] == [()]


async def test_false_places_are_listed_drawn_and_forgotten(app: Nvr, ring: FrameRing) -> None:
    app.services.pictures.on_ring(made(ring))
    put(ring, 0, time.time())
    places = app.services.learnt.false_places
    async with app.client() as client:
        empty = (await client.get("/api/front/false_places")).json()
        assert empty == {
            "camera": "front", "enabled": True, "half_life_days": 7.0, "begins_at": 3.0, "full_at": 12.0, "places": [],
        }  # fmt: skip
        plain = picture((await client.get("/api/front/false_places.jpg")).content)
        assert plain[60:120, 100:140].max() < 30
        for label, box, count in (("person", Box(100, 60, 140, 120), 12), ("car", Box(200, 60, 260, 120), 2)):
            seen = tracked(camera="front", label=label, box=box, false_positive=True)
            for _ in range(count):
                places.note_rejected(LiveObject(seen, (WIDTH, HEIGHT)))
        first, second = (await client.get("/api/front/false_places")).json()["places"]
        assert first == {
            "label": "person", "box": [0.3125, 0.3333, 0.125, 0.3333], "weight": 12.0, "more_evidence": 0.8,
            "rejected": 12.0, "deleted": 0.0, "marked_false": 0.0, "marked_correct": 0.0, "held_back": 0.0,
        }  # fmt: skip
        assert (second["label"], second["weight"], second["more_evidence"]) == ("car", 2.0, 0.0)
        assert len((await client.get("/api/front/false_places?label=car")).json()["places"]) == 1
        drawn = picture((await client.get("/api/front/false_places.jpg")).content)
        assert drawn[80:110, 98:103, 2].max() > 150  # the left edge, red
        assert drawn[80:110, 198:203, 1].max() > 100  # yellow
        one = picture((await client.get("/api/front/false_places.jpg?label=person")).content)
        assert one[80:110, 198:203].max() < 60
        for path in ("/api/attic/false_places", "/api/attic/false_places.jpg"):
            assert (await client.get(path)).status_code == 404
        assert (await client.get(f"/api/front/false_places?label={'x' * 101}")).status_code == 422
        assert (await client.delete("/api/attic/false_places")).status_code == 404
        answer = await client.delete("/api/front/false_places?label=car")
        assert (answer.status_code, answer.text) == (200, "OK")
        assert [one["label"] for one in (await client.get("/api/front/false_places")).json()["places"]] == ["person"]
        assert (await client.delete("/api/front/false_places")).status_code == 200
        assert (await client.get("/api/front/false_places")).json()["places"] == []
