"""Pictures of all routes are made in the pool, in turns, for who waits for them, and never enlarged."""

import asyncio
import threading
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import av
import cv2
import httpx
import numpy as np
import pytest
import simplejpeg
from fastapi.routing import APIRoute

from dogwatch.api.listener import EXTERNAL, INTERNAL, Marked
from dogwatch.media import picture
from dogwatch.media.picture_pool import POOL
from dogwatch.media.still import frame_at
from dogwatch.testing.app import Nvr, until
from dogwatch.testing.stocked import EVENT, HEIGHT, PARAMETERS, QUERIES, WIDTH, stocked
from tests.routes import all_routes

CODECS = [
    *((cv2, name) for name in ("imencode", "imdecode", "cvtColor", "resize", "putText", "rectangle")),
    *((simplejpeg, name) for name in ("encode_jpeg", "decode_jpeg")),
    (av, "open"),
]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with stocked(tmp_path) as made:
        yield made


@pytest.fixture
def outside(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> dict[bool, list[str]]:
    """Return the codecs that are used, by whether that is in the pool; begins when the app is stocked."""
    used: dict[bool, list[str]] = {True: [], False: []}

    def watched(module: Any, name: str) -> None:
        original = getattr(module, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            used[POOL.at_work()].append(name)
            return original(*args, **kwargs)

        monkeypatch.setattr(module, name, call)

    for module, name in CODECS:
        watched(module, name)
    return used


async def get(made: Nvr, path: str, user: str | None = None, **headers: str) -> httpx.Response:
    async with made.client(EXTERNAL if user else INTERNAL, user) as client:
        return await client.get(path, headers=headers)


async def beginning(made: Nvr, path: str) -> tuple[int, str]:
    """Ask like a client that leaves when it has something; return status and type."""
    enough = asyncio.Event()
    found: dict[str, Any] = {"body": b""}

    async def receive() -> MutableMapping[str, Any]:
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            found.update(status=message["status"], headers=dict(message["headers"]))
        else:
            found["body"] += message.get("body", b"")
            if len(found["body"]) > 500 or not message.get("more_body"):
                enough.set()

    plain, _, query = path.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": plain, "raw_path": plain.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"nvr")], "client": ("127.0.0.1", 1), "http_version": "1.1", "scheme": "http",
        "server": ("nvr", 80), "root_path": "", "asgi": {"version": "3.0"},
    }  # fmt: skip
    async with asyncio.timeout(20):
        await Marked(made.app, INTERNAL)(scope, receive, send)
    return found["status"], found["headers"].get(b"content-type", b"").decode()


def routes() -> list[str]:
    return sorted(
        route.path for route in all_routes() if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    )


def filled(path: str) -> str:
    query = QUERIES.get(path, "")
    for name, value in PARAMETERS.items():
        path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
    assert "{" not in path, "give the parameter a value in tests/stocked.py"
    return f"{path}?{query}" if query else path


async def test_every_route_that_makes_pictures_does_so_in_the_pool(
    app: Nvr, outside: dict[bool, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All routes are asked: those that answer with a picture use the pool, and none uses codecs outside of it."""
    turns: list[str] = []
    submit = POOL.submit

    def counted(caller: str, *args: Any, **options: Any) -> Any:
        turns.append(caller)
        return submit(caller, *args, **options)

    monkeypatch.setattr(POOL, "submit", counted)
    pictures = []
    for path in routes():
        before = len(turns)
        status, kind = await beginning(app, filled(path))
        assert outside[False] == [], path
        if kind.startswith(("image/", "multipart/")) or (kind == "video/mp4" and path.endswith("preview.mp4")):
            assert status == 200, path
            pictures.append(path)
            assert turns[before:], path
            assert set(turns) == {"address 127.0.0.1"}
        else:
            assert not turns[before:], path
    assert pictures == [
        "/api/camera/{camera}/best.jpg",
        "/api/camera/{camera}/latest.{extension}",
        "/api/events/{event_id}/preview.gif",
        "/api/events/{event_id}/preview.mp4",
        "/api/events/{event_id}/preview.webp",
        "/api/events/{event_id}/snapshot-clean.{extension}",
        "/api/events/{event_id}/snapshot.jpg",
        "/api/events/{event_id}/thumbnail.{extension}",
        "/api/preview/{file}/thumbnail.jpg",
        "/api/preview/{file}/thumbnail.webp",
        "/api/review/{review_id}/preview",
        "/api/{camera}",
        "/api/{camera}/false_places.jpg",
        "/api/{camera}/grid.jpg",
        "/api/{camera}/latest.{extension}",
        "/api/{camera}/recordings/{frame_time}/snapshot.{extension}",
        "/api/{camera}/start/{start}/end/{end}/preview",
        "/api/{camera}/start/{start}/end/{end}/preview.gif",
        "/api/{camera}/start/{start}/end/{end}/preview.mp4",
        "/api/{camera}/start/{start}/end/{end}/preview.webp",
        "/api/{camera}/{label}/best.jpg",
        "/api/{camera}/{label}/snapshot.jpg",
        "/api/{camera}/{label}/thumbnail.jpg",
        "/clips/{path:path}",
        "/review/{review_id}/preview",
        "/{camera}/start/{start}/end/{end}/preview",
        "/{camera}/start/{start}/end/{end}/preview.gif",
        "/{camera}/start/{start}/end/{end}/preview.mp4",
        "/{camera}/start/{start}/end/{end}/preview.webp",
    ]


async def test_other_ways_to_pictures(app: Nvr, outside: dict[bool, list[str]], tmp_path: Path) -> None:
    (tmp_path / f"clips/thumbs/front/{EVENT}.jpg").rename(tmp_path / "kept.jpg")
    for path in (
        f"/api/events/{EVENT}/thumbnail.webp?format=android",  # made of the clean picture
        "/api/front/person/best.jpg",
        "/api/front/nobody/best.jpg",
        "/api/front/nobody/snapshot.jpg",
        f"/clips/front-{EVENT}-clean.webp",
        f"/clips/review/thumb-front-{PARAMETERS['review_id']}.webp",
        f"/api/front/recordings/{PARAMETERS['frame_time']}/snapshot.jpg",
        "/api/front/latest.webp?bbox=1&timestamp=1&zones=1",
        "/api/back/latest.jpg",
    ):
        assert (await get(app, path)).status_code == 200, path
    async with app.client() as client:
        assert (await client.post("/api/events/front/bell/create", json={"duration": 1})).status_code == 200
    await asyncio.to_thread(app.services.events.outputs.workers.close)
    assert outside[False] == []


@pytest.mark.parametrize(
    "path",
    [
        "/api/front/latest.png?h=8192",
        f"/api/events/{EVENT}/snapshot.jpg?height=8192",
        f"/api/events/{EVENT}/snapshot.jpg?height=8192&crop=1",
        "/api/front/person/snapshot.jpg?h=65535",
        f"/api/front/recordings/{PARAMETERS['frame_time']}/snapshot.jpg?height=8192",
    ],
)
async def test_no_picture_is_enlarged(app: Nvr, path: str) -> None:
    answer = await get(app, path)
    rows, columns = picture.decode(answer.content).shape[:2]
    assert rows <= (64 if "recordings" in path else HEIGHT)
    assert columns <= WIDTH


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """Keep all threads of the pool busy until the event is set."""
    done = threading.Event()
    turns = [POOL.submit(f"other {n}", lambda: done.wait(20), quick=n > 1) for n in range(3)]
    yield done
    done.set()
    for turn in turns:
        turn.release()


async def test_one_caller_may_not_fill_the_queue(
    app: Nvr, held: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.media.picture_pool.WAITING_EACH", 3)
    paths = [f"/api/front/recordings/{PARAMETERS['frame_time']}/snapshot.jpg?height={n}" for n in range(30, 40)]
    asked = [asyncio.create_task(get(app, path, "frida")) for path in paths]
    await until(lambda: sum(task.done() for task in asked) == 7)
    other = asyncio.create_task(get(app, paths[0], "vera"))
    await until(lambda: POOL.statistics()["waiting"] == 4)
    held.set()
    answers = [task.result() for task in asked if task.done()]
    assert {answer.status_code for answer in answers} == {429}
    assert answers[0].json() == {"error": "Rate limit exceeded: 3 pictures at once"}
    assert answers[0].headers["retry-after"] == "5"
    assert (await other).status_code == 200
    assert sorted([(await task).status_code for task in asked]) == [200] * 3 + [429] * 7
    await until(lambda: not POOL.statistics()["waiting"])


async def test_too_long_a_wait(app: Nvr, held: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.pictures.WAIT_S", 0.1)
    answer = await get(app, "/api/front/latest.jpg")
    assert (answer.status_code, answer.json()["success"]) == (503, False)
    assert POOL.statistics()["waiting"] == 0


async def test_nothing_is_made_for_who_has_left(
    app: Nvr, held: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(*args: Any) -> Any:
        made.append("x")
        return frame_at(*args)

    monkeypatch.setattr("dogwatch.media.still.frame_at", counted)
    path = f"/api/front/recordings/{PARAMETERS['frame_time']}/snapshot.jpg"
    left = asyncio.Event()
    sent: list[Any] = []

    async def receive() -> MutableMapping[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "client": ("::1", 1),
        "http_version": "1.1", "scheme": "http", "server": ("nvr", 80), "root_path": "", "asgi": {"version": "3.0"},
    }  # fmt: skip
    asked = asyncio.create_task(Marked(app.app, INTERNAL)(scope, receive, send))
    await until(lambda: POOL.statistics()["waiting"] == 1)
    left.set()
    await asked
    assert POOL.statistics()["waiting"] == 0
    held.set()
    await until(lambda: POOL.statistics()["callers"] == 0)
    assert (made, sent) == ([], [])


RANGED = [
    f"/clips/front-{EVENT}.jpg",
    f"/clips/front-{EVENT}-clean.png",
    f"/clips/front-{EVENT}-clean.jpg",
    f"/clips/thumbs/front/{EVENT}.jpg",
    f"/clips/thumbs/front/{EVENT}.webp",
    f"/clips/review/thumb-front-{PARAMETERS['review_id']}.webp",
    f"/api/events/{EVENT}/snapshot.jpg",
    f"/api/events/{EVENT}/snapshot-clean.webp",
    f"/api/events/{EVENT}/thumbnail.webp",
    f"/api/front/recordings/{PARAMETERS['frame_time']}/snapshot.jpg",
    f"/api/events/{EVENT}/clip.mp4",
    f"/api/clips/front/{EVENT}.mp4",
    "/api/front/person/clip.mp4",
    f"/api/front/start/{PARAMETERS['start']}/end/{PARAMETERS['end']}/clip.mp4",
    "/recordings/2025-11-18/11/front/06.40.mp4",
]


@pytest.mark.parametrize("path", RANGED)
async def test_whatever_is_like_a_file_takes_ranges_and_conditions(app: Nvr, path: str) -> None:
    whole = await get(app, path)
    size, tag, modified = len(whole.content), whole.headers["etag"], whole.headers["last-modified"]
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
    assert whole.headers["content-length"] == str(size)
    part = await get(app, path, range="bytes=2-9")
    assert (part.status_code, part.content) == (206, whole.content[2:10])
    assert part.headers["content-range"] == f"bytes 2-9/{size}"
    assert (await get(app, path, range="bytes=-4")).content == whole.content[-4:]
    assert (await get(app, path, range=f"bytes={size}-")).status_code == 416
    for condition in (tag, modified):
        assert (await get(app, path, range="bytes=0-1", **{"if-range": condition})).status_code == 206
    assert (await get(app, path, range="bytes=0-1", **{"if-range": '"other"'})).content == whole.content
    assert (await get(app, path, **{"if-none-match": tag})).status_code == 304
    assert (await get(app, path, **{"if-modified-since": modified})).status_code == 304
    assert (await get(app, path, **{"if-modified-since": "Fri, 01 Jan 9999 23:59:59 -9999"})).status_code == 200
    async with app.client() as client:
        head = await client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers, "date": ""} == {**whole.headers, "date": ""}


async def test_a_picture_that_may_change_has_a_tag_but_no_time(app: Nvr) -> None:
    for path in ("/api/front/latest.jpg", "/api/front/person/best.jpg", "/api/front/person/snapshot.jpg"):
        answer = await get(app, path)
        assert "last-modified" not in answer.headers
        assert np.asarray(picture.decode(answer.content)).size
        assert (await get(app, path, **{"if-none-match": answer.headers["etag"]})).status_code == 304
