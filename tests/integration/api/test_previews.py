"""Previews over HTTP (contract, section 9): lists, pictures, and ranges in little."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import av
import cv2
import httpx
import numpy as np
import pytest

from dogwatch.media import jpeg, moving_picture, preview_film
from dogwatch.media.encoder_spec import PreviewSpec
from dogwatch.media.preview_files import PreviewSource, frame_name
from dogwatch.store import events, previews, reviews
from dogwatch.store.previews import Preview
from dogwatch.testing.app import CONFIG, EXTERNAL, Nvr, nvr

HOUR = 1_700_002_800
DASHED = CONFIG.replace("front_only: [front]", "front_only: [front]\n    side_only: [front-1]").replace(
    "  back:\n", "  front-1:\n    ffmpeg:\n      inputs: [{path: 'rtsp://192.0.2.3/main', roles: [record]}]\n  back:\n"
)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    users = {"admin": "admin", "vera": "viewer", "frida": "front_only", "sid": "side_only"}
    with nvr(tmp_path, DASHED, users) as made:
        yield made


def level(second: int) -> int:
    """Return how bright the picture of a second is."""
    return 20 + 7 * (second % 33)


def take(app: Nvr, camera: str, start: float, count: int, step: float = 1.0) -> Path:
    """Take pictures that are in no preview yet."""
    folder = app.services.previews.frames.folder / camera / str(int(start // 3600) * 3600)
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        bgr = np.full((180, 320, 3), level(n), np.uint8)
        (folder / frame_name(start + n * step)).write_bytes(jpeg.encode(bgr, 90))
    return folder


def make(app: Nvr, camera: str, start: float, count: int, step: float = 1.0) -> Preview:
    """Make a preview as of a past hour."""
    folder, end = take(app, camera, start, count, step), start + count * step
    path = f"clips/previews/{camera}/{start:.3f}-{end:.3f}.mp4"
    film = app.services.paths.media / path
    film.parent.mkdir(parents=True, exist_ok=True)
    preview_film.encode(PreviewSpec((PreviewSource(str(folder), start, end),), start, end, str(film), 20))
    for file in folder.iterdir():
        file.unlink()
    row = Preview(f"{camera}_{end:.3f}", camera, path, start, end)
    app.services.db.write(partial(previews.put, preview=row))
    return row


def shown(data: bytes, folder: Path) -> list[tuple[float, int]]:
    """Return of each picture of a GIF or MP4 when it is shown (s) and how bright it is."""
    file = folder / "shown"
    file.write_bytes(data)
    with av.open(str(file)) as container:
        return [
            (round(float(frame.time or 0), 2), int(np.median(frame.to_ndarray(format="rgb24"))))
            for frame in container.decode(video=0)
        ]


async def test_lists(app: Nvr) -> None:
    first, second, other = make(app, "front", HOUR, 3), make(app, "front", HOUR + 3600, 3), make(app, "back", HOUR, 3)
    async with app.client() as client:
        rows = (await client.get(f"/api/preview/front/start/{HOUR}/end/{HOUR + 7200}")).json()
        assert rows == [
            {
                "camera": "front", "src": f"/clips/previews/front/{HOUR}.000-{HOUR + 3}.000.mp4", "type": "video/mp4",
                "start": float(HOUR), "end": HOUR + 3.0,
            },
            {
                "camera": "front", "src": f"/{second.path}", "type": "video/mp4",
                "start": HOUR + 3600.0, "end": HOUR + 3603.0,
            },
        ]  # fmt: skip
        film = await client.get(rows[0]["src"])
        assert (film.status_code, film.headers["content-type"]) == (200, "video/mp4")
        assert film.content == (app.services.paths.media / first.path).read_bytes()
        alias = await client.get(f"/api/preview/ts/front/start/{HOUR}/end/{HOUR + 7200}")
        assert alias.json() == rows
        with pytest.MonkeyPatch.context() as patched:  # of too many, the newest
            patched.setattr("dogwatch.api.nvr.previews.MOST_LISTED", 1)
            assert (await client.get(f"/api/preview/front/start/{HOUR}/end/{HOUR + 7200}")).json() == rows[1:]
        every = (await client.get(f"/api/preview/all/start/{HOUR + 1}/end/{HOUR + 2.5}")).json()
        assert sorted(row["src"] for row in every) == [f"/{other.path}", f"/{first.path}"]
        for path in (
            f"front/start/{HOUR + 3}/end/{HOUR + 3600}",
            f"all/start/{HOUR + 4}/end/{HOUR + 5}",
            f"front-1/start/{HOUR}/end/{HOUR + 7200}",
        ):
            answer = await client.get(f"/api/preview/{path}")
            assert (answer.status_code, answer.json()["success"]) == (404, False)
        assert (await client.get(f"/api/preview/nowhere/start/{HOUR}/end/{HOUR + 9}")).status_code == 404


def local(date: tuple[int, int, int], hour: int, zone: str) -> float:
    """Return when a clock shows this hour, or would, for the first time."""
    day = datetime.datetime(*date, tzinfo=datetime.UTC) + datetime.timedelta(hours=hour)
    return day.replace(tzinfo=ZoneInfo(zone)).timestamp()


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")


@pytest.mark.parametrize("zone", ZONES)
async def test_hours_of_a_clock_when_it_is_turned(app: Nvr, zone: str) -> None:
    """Each UTC hour of two days has a preview; each hour of the local clock has those that lie in it."""
    turns = {"Europe/Berlin": (2023, 3, 26), "America/New_York": (2023, 11, 5), "Australia/Lord_Howe": (2023, 4, 2)}
    tz = ZoneInfo(zone)
    begin = int(datetime.datetime(*turns[zone], tzinfo=tz).timestamp()) // 3600 * 3600 - 3600
    for n in range(30):
        start = begin + n * 3600.0
        row = Preview(f"front_{start + 3600:.3f}", "front", f"clips/previews/front/{start}.mp4", start, start + 3600)
        app.services.db.write(partial(previews.put, preview=row))
    async with app.client() as client:
        for hour in range(24):
            date = "{:04}-{:02}/{:02}".format(*turns[zone])
            first, after = local(turns[zone], hour, zone), local(turns[zone], hour + 1, zone)
            all_starts = [begin + n * 3600.0 for n in range(30)]
            expected = [start for start in all_starts if start < after and start + 3600 > first]
            for form in (zone.replace("/", ","), zone):
                answer = await client.get(f"/api/preview/{date}/{hour:02}/front/{form}")
                found = [row["start"] for row in answer.json()] if answer.status_code == 200 else []
                assert found == (expected if after > first else []), (hour, form)
            every = await client.get(f"/api/preview/{date}/{hour:02}/all/{zone.replace('/', ',')}")
            assert (every.status_code == 200) == bool(found)
        for wrong in ("2023-02/31/00/front/utc", "2023-02/01/24/front/utc", "2023-02/01/00/front/Mars,Base"):
            assert (await client.get(f"/api/preview/{wrong}")).status_code == 400


async def test_pictures_that_are_in_no_preview_yet(app: Nvr) -> None:
    take(app, "front", HOUR + 0.25, 3)
    async with app.client() as client:
        names = (await client.get(f"/api/preview/front/start/{HOUR}/end/{HOUR + 3600}/frames")).json()
        assert names == [f"preview_front-{HOUR + n}.250000.webp" for n in range(3)]
        assert (await client.get(f"/api/preview/front/start/{HOUR + 1}/end/{HOUR + 2}/frames")).json() == names[1:2]
        assert (await client.get(f"/api/preview/back/start/{HOUR}/end/{HOUR + 3600}/frames")).json() == []
        for extension in ("jpg", "webp"):
            answer = await client.get(f"/api/preview/{names[2]}/thumbnail.{extension}")
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
            assert "max-age=31536000" in answer.headers["cache-control"]
            bgr = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
            assert bgr is not None
            assert bgr.shape == (180, 320, 3)
            assert abs(int(np.median(bgr)) - level(2)) <= 3
        missing = await client.get(f"/api/preview/preview_front-{HOUR}.500000.webp/thumbnail.webp")
        assert (missing.status_code, missing.json()["success"]) == (404, False)
        for name in (
            "front-1.5.webp",
            "preview_front",
            "preview_front-1.5.png",
            "preview_..-1.5.webp",
            "preview_-1.webp",
        ):
            assert (await client.get(f"/api/preview/{name}/thumbnail.webp")).status_code == 400, name


def ask(template: str, camera: str = "front", start: float = HOUR, end: float = HOUR + 20) -> str:
    return template.format(f"{camera}/start/{start}/end/{end}")


@pytest.mark.parametrize("made", [True, False], ids=["preview", "pictures"])
@pytest.mark.parametrize("prefix", ["/api/", "/"])
async def test_a_range_in_little(app: Nvr, tmp_path: Path, prefix: str, made: bool) -> None:
    (make if made else take)(app, "front", HOUR, 40)
    async with app.client() as client:
        for form, kind, age in (
            ("{}/preview.gif", "image/gif", 2592000), ("{}/preview.mp4", "video/mp4", 604800),
            ("{}/preview", "image/gif", 604800), ("{}/preview?format=mp4", "video/mp4", 604800),
            ("{}/preview.gif?max_cache_age=60", "image/gif", 60),
        ):  # fmt: skip
            answer = await client.get(prefix + ask(form, start=HOUR + 10, end=HOUR + 30))
            assert (answer.status_code, answer.headers["content-type"]) == (200, kind), answer.text
            assert answer.headers["cache-control"] == f"private, max-age={age}"
            found = shown(answer.content, tmp_path)
            assert 18 <= len(found) <= 21
            times, levels = [time for time, _ in found], [one for _, one in found]
            assert times == pytest.approx([(second - 10) * 0.12 for second in seconds_of(levels)], abs=0.03)
            assert levels == sorted(levels)
        for form in ("{}/preview.webp", "{}/preview?format=webp"):
            answer = await client.get(prefix + ask(form, start=HOUR + 10, end=HOUR + 30))
            assert answer.headers["content-type"] == "image/webp"
            assert answer.content[8:16] == b"WEBPVP8X"
            assert answer.content.count(b"ANMF") >= 9  # pictures that hardly differ are one to this encoder
        looping = (await client.get(prefix + ask("{}/preview.gif"))).content
        assert b"NETSCAPE2.0\x03\x01\x00\x00" in looping[:2000]


def seconds_of(levels: list[int]) -> list[int]:
    """Return the seconds whose pictures are nearest to these."""
    return [min(range(33), key=lambda second: abs(level(second) - one)) for one in levels]


@pytest.mark.parametrize("kind", ["gif", "webp", "mp4"])
def test_pictures_of_almost_the_same_time(kind: moving_picture.Kind) -> None:
    """When something begins to move, the next picture may follow at once."""
    times = [0.0, 1.04, 1.0405, 1.05, 3.0]
    pictures = [
        (at, av.VideoFrame.from_ndarray(np.full((180, 320, 3), 60 * n, np.uint8), "rgb24"))
        for n, at in enumerate(times)
    ]
    assert moving_picture.encode(kind, iter(pictures), 0.0, 4.0)


async def test_ranges_that_are_refused(app: Nvr) -> None:
    take(app, "front", HOUR, 3)
    async with app.client() as client:
        for target, status in (
            (ask("/api/{}/preview.gif", "back"), 404),
            (ask("/api/{}/preview.mp4", start=HOUR + 100, end=HOUR + 200), 404),
            (ask("/api/{}/preview.gif", end=HOUR), 400),
            (ask("/api/{}/preview.gif", end=HOUR + 90_000), 400),
            (ask("/api/{}/preview?format=avi"), 422),
            (ask("/api/{}/preview.gif", "nowhere"), 404),
        ):
            answer = await client.get(target)
            assert answer.status_code == status, target
            if status != 422:
                assert answer.json()["success"] is False
        assert (await client.get(ask("/api/{}/preview.gif?download=1"))).headers["content-disposition"] == (
            f"attachment; filename=preview_front-{HOUR}-{HOUR + 20}.gif"
        )


async def test_a_picture_stays_until_the_next(app: Nvr, tmp_path: Path) -> None:
    """At rest there is one picture in half a minute, and a range between two of them shows the first."""
    take(app, "front", HOUR, 3, step=30.0)
    async with app.client() as client:
        found = await client.get(ask("/api/{}/preview.mp4", start=HOUR + 35, end=HOUR + 45))
        assert [(time, abs(one - level(1)) <= 3) for time, one in shown(found.content, tmp_path)] == [(0.0, True)]
        with av.open(str(tmp_path / "shown")) as film:
            assert (film.duration or 0) / 1e6 == pytest.approx(1.2, abs=0.02)


async def test_pictures_at_rest_are_not_always_half_a_minute_apart(app: Nvr, tmp_path: Path) -> None:
    """Each is of the first keyframe of its half minute; see `tests/unit/workers/analysis/test_previews.py`."""
    folder = take(app, "front", HOUR, 2, step=36.0)
    async with app.client() as client:
        found = await client.get(ask("/api/{}/preview.mp4", start=HOUR + 34, end=HOUR + 35.5))
        assert found.status_code == 200
    film, source = tmp_path / "film.mp4", PreviewSource(str(folder), HOUR, HOUR + 3600)
    assert preview_film.encode(PreviewSpec((source,), HOUR, HOUR + 40, str(film), 24, skip_gaps=True)) == 2
    with av.open(str(film)) as container:
        assert (container.duration or 0) / 1e6 == pytest.approx(40, abs=0.1)


async def test_a_range_over_the_end_of_an_hour_and_one_without_footage(app: Nvr, tmp_path: Path) -> None:
    make(app, "front", HOUR + 3590, 10)
    take(app, "front", HOUR + 3600, 10)
    async with app.client() as client:
        found = shown(
            (await client.get(ask("/api/{}/preview.mp4", start=HOUR + 3590, end=HOUR + 3610))).content, tmp_path
        )
        assert len(found) >= 18
        assert [one for _, one in found] != sorted(one for _, one in found)
        gap = await client.get(ask("/api/{}/preview.mp4", start=HOUR + 3595, end=HOUR + 7200))
        assert gap.status_code == 200


async def test_a_day_is_thinned_out(app: Nvr, tmp_path: Path) -> None:
    make(app, "front", HOUR, 3600)
    async with app.client() as client:
        begun = time.process_time()
        answer = await client.get(ask("/api/{}/preview.gif", end=HOUR + 3600))
        assert 100 <= len(shown(answer.content, tmp_path)) <= 161
        assert time.process_time() - begun < 30


async def test_events_and_review_items(app: Nvr, tmp_path: Path) -> None:
    take(app, "front", HOUR, 120)
    row: dict[str, Any] = {
        "id": f"{HOUR + 20}.5-abcdef", "camera": "front", "label": "person", "type": "object",
        "start_time": HOUR + 20.5, "end_time": HOUR + 80.0, "zones": [], "data": {},
    }  # fmt: skip
    item = {
        "id": f"{HOUR + 20}.5-review", "camera": "front", "severity": "alert", "start_time": HOUR + 20.0,
        "end_time": HOUR + 30.0, "thumb_path": "", "data": {"detections": [], "objects": []},
    }  # fmt: skip
    app.services.db.write(partial(events.put, values=row))
    app.services.db.write(lambda connection: reviews.put(connection, item))
    async with app.client() as client:
        for kind in ("gif", "mp4", "webp"):
            answer = await client.get(f"/api/events/{row['id']}/preview.{kind}")
            assert answer.status_code == 200
            if kind != "webp":
                assert 18 <= len(found := shown(answer.content, tmp_path)) <= 21
                assert max(at for at, _ in found) <= 20 * 0.12
        for path in ("/api/review", "/review"):
            for query, kind in (("", "gif"), ("?format=mp4", "mp4"), ("?format=gif", "gif")):
                answer = await client.get(f"{path}/{item['id']}/preview{query}")
                assert answer.headers["content-type"].endswith(kind)
                assert 24 <= len(shown(answer.content, tmp_path)) <= 27
            assert (await client.get(f"{path}/nothing/preview")).status_code == 404
        answer = await client.get("/api/events/nothing/preview.gif")
        assert (answer.status_code, answer.json()["success"]) == (404, False)


async def test_who_may_see_what(app: Nvr) -> None:
    """Names with dashes belong to the longest camera that fits."""
    for camera in ("front", "front-1", "back"):
        take(app, camera, HOUR, 2)
        make(app, camera, HOUR + 3600, 2)
    async with app.client(EXTERNAL, "frida") as frida, app.client(EXTERNAL, "sid") as sid, app.client(EXTERNAL) as none:
        for client, own, other in ((frida, "front", "front-1"), (sid, "front-1", "front")):
            rows = (await client.get(f"/api/preview/all/start/{HOUR}/end/{HOUR + 7200}")).json()
            assert {row["camera"] for row in rows} == {own}
            for camera, status in ((own, 200), (other, 403), ("back", 403), ("nowhere", 403)):
                for path in (
                    f"/api/preview/{camera}/start/{HOUR}/end/{HOUR + 7200}",
                    f"/api/preview/ts/{camera}/start/{HOUR}/end/{HOUR + 7200}",
                    f"/api/preview/{camera}/start/{HOUR}/end/{HOUR + 7200}/frames",
                    f"/api/preview/preview_{camera}-{HOUR}.000000.webp/thumbnail.webp",
                    ask("/api/{}/preview.gif", camera),
                    ask("/{}/preview", camera),
                ):
                    assert (await client.get(path)).status_code == status, path
                    assert (await none.get(path)).status_code == 401
            hidden = await client.get(f"/clips/previews/{other}/{HOUR + 3600}.000-{HOUR + 3602}.000.mp4")
            assert hidden.status_code == 403
            assert (await client.get("/clips/preview_restart_cache/")).status_code == 403


async def test_a_camera_that_was_taken_out_of_the_configuration(app: Nvr) -> None:
    make(app, "gone", HOUR, 2)
    take(app, "gone", HOUR + 3600, 2)
    async with app.client() as client:
        assert (await client.get(f"/api/preview/all/start/{HOUR}/end/{HOUR + 7200}")).status_code == 404
        assert (await client.get(f"/api/preview/gone/start/{HOUR}/end/{HOUR + 7200}")).status_code == 404
        name = f"preview_gone-{HOUR + 3600}.000000.webp"
        assert (await client.get(f"/api/preview/{name}/thumbnail.webp")).status_code == 404


async def test_a_camera_that_is_off_shows_its_newest_preview(app: Nvr) -> None:
    async with app.client() as client:
        assert "x-frame-time" not in (await client.get("/api/front/latest.jpg")).headers
        make(app, "front", HOUR, 10)
        for expected in (HOUR + 9, HOUR + 3601):
            answer = await client.get("/api/front/latest.jpg?h=90")
            assert answer.headers["x-frigate-offline"] == "true"
            assert float(answer.headers["x-frame-time"]) == pytest.approx(expected, abs=0.01)
            assert jpeg.decode(answer.content).shape == (90, 160, 3)
            take(app, "front", HOUR + 3600, 2)


async def finished(client: httpx.AsyncClient, export_id: str) -> dict[str, Any]:
    end = time.monotonic() + 60
    while (row := (await client.get(f"/api/exports/{export_id}")).json())["in_progress"]:
        assert time.monotonic() < end
    return row  # type: ignore[no-any-return]


async def test_exports_of_previews(app: Nvr, tmp_path: Path) -> None:
    make(app, "front", HOUR, 60)
    take(app, "front", HOUR + 3600, 60)
    app.parts.jobs.start()
    async with app.client() as client:
        path = f"/api/export/front/start/{HOUR + 10}/end/{HOUR + 3640}"
        for playback, length in (("realtime", 91.0), ("timelapse_25x", 91 / 25)):
            answer = await client.post(path, json={"source": "preview", "playback": playback})
            assert answer.status_code == 202, answer.text
            row = await finished(client, answer.json()["export_id"])
            film = await client.get(row["video_path"].removeprefix("/media/frigate"))
            found = shown(film.content, tmp_path)
            with av.open(str(tmp_path / "shown")) as container:
                assert (container.duration or 0) / 1e6 == pytest.approx(length, abs=1.2)
                assert not container.streams.audio
            assert abs(found[0][1] - level(10)) <= 3
            thumb = await client.get(row["thumb_path"].removeprefix("/media/frigate"))
            assert thumb.status_code == 200
        none = await client.post(f"/api/export/back/start/{HOUR}/end/{HOUR + 60}", json={"source": "preview"})
        assert (none.status_code, none.json()["message"]) == (400, "No previews found for time range")
