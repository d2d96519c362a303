"""Pictures and clips of events, through the whole app."""

import base64
import time
from functools import partial
from pathlib import Path

import pytest

from dogwatch.events.files import PictureFiles, write
from dogwatch.media import picture
from dogwatch.store import events
from dogwatch.testing.app import Nvr
from dogwatch.testing.recordings import T0
from tests.integration.api.events.furnished import (
    FRONT,
    ask,
    event,
    get,
)
from tests.tracks import best, frame, jpeg, tracked


@pytest.mark.parametrize(
    ("extension", "magic"), [("jpg", b"\xff\xd8"), ("jpeg", b"\xff\xd8"), ("png", b"\x89PNG"), ("webp", b"RIFF")]
)
async def test_thumbnails(app: Nvr, extension: str, magic: bytes) -> None:
    answer = await get(app, f"/api/events/{FRONT}/thumbnail.{extension}?max_cache_age=60")
    assert answer.headers["content-type"] == f"image/{'jpeg' if extension == 'jpg' else extension}"
    assert answer.headers["cache-control"] == "private, max-age=60"
    assert answer.content.startswith(magic)
    wide = await get(app, f"/api/events/{FRONT}/thumbnail.{extension}?format=android")
    height, width = picture.decode(wide.content).shape[:2]
    assert width == 2 * height


@pytest.mark.parametrize("extension", ["jpg", "webp"])
async def test_thumbnails_that_lie_there_as_webp(app: Nvr, tmp_path: Path, extension: str) -> None:
    path = PictureFiles(tmp_path).thumb("front", FRONT)
    old = picture.encode(picture.decode(path.read_bytes()), "webp")
    write(path.with_suffix(".webp"), old)
    path.unlink()
    answer = await get(app, f"/api/events/{FRONT}/thumbnail.{extension}")
    assert (answer.status_code, picture.decode(answer.content).shape[0]) == (200, 175)
    row = (await get(app, f"/api/events/{FRONT}")).json()
    assert base64.b64decode(row["thumbnail"]) == old
    assert (await get(app, f"/clips/thumbs/front/{FRONT}.webp")).content == old


async def test_snapshots_take_their_parameters_always(app: Nvr) -> None:
    answer = await get(app, f"/api/events/{FRONT}/snapshot.jpg?download=1&bbox=0&crop=1&h=99&quality=90")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-frame-time"] == str(T0 + 2.5)
    assert answer.headers["cache-control"] == "private, max-age=31536000"
    assert answer.headers["content-disposition"] == f"attachment; filename=snapshot-{FRONT}.jpg"
    assert picture.decode(answer.content).shape == (99, 176, 3)
    plain = picture.decode((await get(app, f"/api/events/{FRONT}/snapshot.jpg?bbox=0")).content)
    boxed = picture.decode((await get(app, f"/api/events/{FRONT}/snapshot.jpg")).content)
    assert plain.shape == boxed.shape == (360, 640, 3)
    assert (plain != boxed).any()


@pytest.mark.parametrize(("extension", "magic"), [("png", b"\x89PNG"), ("webp", b"RIFF")])
async def test_clean_snapshots(app: Nvr, extension: str, magic: bytes) -> None:
    answer = await get(app, f"/api/events/{FRONT}/snapshot-clean.{extension}?download=1")
    assert answer.content.startswith(magic)
    assert answer.headers["content-disposition"] == f"attachment; filename=snapshot-{FRONT}-clean.{extension}"


async def test_clips(app: Nvr) -> None:
    answer = await get(app, f"/api/events/{FRONT}/clip.mp4?padding=1&download=1")
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content[4:8] == b"ftyp"
    longer = await get(app, f"/api/events/{FRONT}/clip.mp4?padding=5")
    assert len(longer.content) > len(answer.content)
    part = await ask(app, "GET", f"/api/events/{FRONT}/clip.mp4?padding=1", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, answer.content[:10])
    alias = await get(app, f"/api/clips/front/{FRONT}.mp4")
    assert alias.headers["content-disposition"].startswith("attachment")
    assert (await get(app, "/api/front/any/clip.mp4")).content == alias.content
    rows = (await get(app, "/api/clips/front?limit=5")).json()
    assert [(row["id"], row["thumbnail"]) for row in rows] == [(FRONT, None)]


async def test_a_clip_is_not_given_before_it_is_whole(app: Nvr) -> None:
    now = time.time()
    key = f"{now:.3f}-dddddd"
    row = event(key, "front", now - 6, end_time=now - 2)
    app.services.db.write(partial(events.put, values=row))
    answer = await get(app, f"/api/events/{key}/clip.mp4")
    assert (answer.status_code, answer.json()["success"]) == (404, False)


@pytest.mark.parametrize(
    "path", ["/api/front/any/best.jpg", "/api/front/person/thumbnail.jpg", "/api/camera/front/best.jpg"]
)
async def test_the_latest_picture_of_a_label(app: Nvr, path: str) -> None:
    answer = await get(app, path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "private, max-age=60"
    shown = picture.decode(answer.content)
    assert shown.shape[0] == 175
    assert (shown.max() > 9) == ("person" in path)  # the latest of any label has no picture


async def test_the_latest_snapshot_of_a_label(app: Nvr) -> None:
    found = picture.decode((await get(app, "/api/front/any/snapshot.jpg?h=90")).content)
    assert found.shape[0] == 90
    nothing = await get(app, "/api/front/bear/snapshot.jpg")
    assert picture.decode(nothing.content).shape == (720, 1280, 3)


async def test_a_running_event_is_served_from_memory(app: Nvr) -> None:
    hub = app.services.events
    hub.on_picture(best(0, jpeg=jpeg()))
    hub.on_tracks(frame(0, tracked(0)))
    app.services.db.write(lambda _: None)
    key = tracked(0).id
    row = (await get(app, f"/api/events/{key}")).json()
    assert (row["end_time"], row["has_snapshot"]) == (None, True)
    for path in ("snapshot.jpg", "thumbnail.webp", "snapshot-clean.webp"):
        answer = await get(app, f"/api/events/{key}/{path}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
