"""A notifier's requests in their order, over a real socket, as a plain HTTP client sends them."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from dogwatch.api.listener import EXTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.api.nvr.surface import listeners as nvr_listeners
from dogwatch.events.files import PictureFiles, write
from dogwatch.media import fragments, picture
from dogwatch.store import events, segments
from dogwatch.store.tables import reviews
from dogwatch.testing import recordings
from dogwatch.testing.app import CONFIG, PASSWORD, Nvr, nvr
from dogwatch.testing.recordings import T0

EVENT, REVIEW = f"{T0 + 1.5}-abcdef", f"{T0 + 1.5}-review"
CREDENTIALS = json.dumps({"user": "vera", "password": PASSWORD}).encode()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    """An app with 12 s of `front`, an event of it with pictures, and its review item."""
    with nvr(
        tmp_path, CONFIG.replace("    live: {streams", "    snapshots: {enabled: true}\n    live: {streams")
    ) as made:
        write_ = made.services.db.write
        for one in recordings.record(tmp_path, count=3):
            write_(partial(segments.add, segment=one, init=fragments.scan(tmp_path / one.path).init))
        row = {"id": EVENT, "camera": "front", "label": "person", "type": "object", "zones": [], "has_clip": True}
        times = {"start_time": T0 + 1.5, "end_time": T0 + 5.5}
        boxes = {"box": [0.2, 0.2, 0.2, 0.2], "region": [0.1, 0.1, 0.5, 0.5], "snapshot_frame_time": T0 + 2}
        write_(partial(events.put, values={**row, **times, "has_snapshot": True, "data": boxes}))
        item = {"id": REVIEW, "camera": "front", "severity": "alert", "thumb_path": "", "data": {"detections": [EVENT]}}
        write_(lambda connection: connection.execute(insert(reviews).values(**item, **times)) and None)
        write(PictureFiles(tmp_path).clean("front", EVENT), picture.encode(picture.black(640, 360), "jpg", 80))
        yield made


@pytest.fixture
async def address(app: Nvr, tmp_path: Path) -> AsyncIterator[str]:
    config = app.services.config
    plain = config.model_copy(update={"tls": config.tls.model_copy(update={"enabled": False})})
    made = Listeners(app.app, nvr_listeners(plain), tmp_path, any_port=True)
    await made.start()
    yield made.urls[EXTERNAL]
    await made.stop()


def ask(url: str, token: str = "", body: bytes | None = None) -> tuple[int, bytes, str]:
    """Send a request without any header that is not asked for; return status, body and the cookie."""
    request = urllib.request.Request(url, body, {"Authorization": f"Bearer {token}"} if token else {})
    if body is not None:
        request.add_unredirected_header("Content-type", "")  # else urllib calls it a form
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers.get("Set-Cookie", "")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), ""


async def test_the_walk(address: str) -> None:
    async def get(path: str, token: str = "") -> tuple[int, bytes, str]:
        return await asyncio.to_thread(ask, f"{address}{path}", token)

    async def log_in() -> str:
        status, body, cookie = await asyncio.to_thread(ask, f"{address}/api/login", "", CREDENTIALS)
        assert (status, body) == (200, b"")
        assert cookie.startswith("frigate_token=")
        return cookie.removeprefix("frigate_token=").partition(";")[0]

    token = await log_in()

    async def found(path: str) -> Any:
        status, body, _ = await get(path, token)
        assert status == 200, (path, body)
        return body

    assert json.loads(await found("/api/profile"))["username"] == "vera"
    assert int((await found("/api/version")).split(b".")[1]) >= 14
    assert "front" in json.loads(await found("/api/config"))["cameras"]
    newest = json.loads(await found("/api/events?limit=1&include_thumbnails=0"))
    assert json.loads(await found(f"/api/events?include_thumbnails=0&after={T0 + 0.25}")) == newest
    assert newest[0]["id"] == EVENT
    items = json.loads(await found(f"/api/review?limit=1&after={T0 - 10}"))
    assert json.loads(await found(f"/api/review/{items[0]['id']}"))["id"] == REVIEW
    for event_id in items[0]["data"]["detections"]:
        assert json.loads(await found(f"/api/events/{event_id}"))["label"] == "person"
    assert (await found(f"/api/events/{EVENT}/snapshot.jpg?bbox=1&timestamp=1&crop=0")).startswith(b"\xff\xd8")
    assert b"ftyp" in (await found(f"/api/events/{EVENT}/clip.mp4"))[:12]
    assert (await found(f"/api/front/recordings/{T0 + 2}/snapshot.jpg")).startswith(b"\xff\xd8")
    # Its token ends; it learns so from a 401, and logs in again.
    await get("/api/logout", token)
    assert (await get("/api/profile", token))[0] == 401
    token = await log_in()
    assert (await get("/api/profile", token))[0] == 200


@pytest.mark.parametrize(
    "kind",
    [None, "", "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "application/json", "x"],
)
async def test_any_json_body_counts(app: Nvr, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    async with app.client(EXTERNAL) as client:
        assert (await client.post("/api/login", content=CREDENTIALS, headers=headers)).status_code == 200
        no_json = await client.post("/api/login", content=b"user=vera&password=x", headers=headers)
        assert (no_json.status_code, no_json.json()["detail"][0]["type"]) == (422, "json_invalid")
    async with app.client(EXTERNAL, "admin") as client:
        body = json.dumps({"ids": [REVIEW], "reviewed": True})
        assert (await client.post("/api/reviews/viewed", content=body, headers=headers)).status_code == 200
        assert (await client.put("/api/users/vera/role", content='{"role": "viewer"}', headers=headers)).is_success
        create = await client.post("/api/events/front/person/create", content="", headers=headers)
        assert create.status_code == 200  # a body that may be missing


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://nvr"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_what_a_page_of_another_site_can_send_does_not(app: Nvr, kind: str, headers: dict[str, str]) -> None:
    cookie = {"Cookie": f"frigate_token={app.token('admin')}", "Content-Type": kind}
    async with app.client(EXTERNAL) as client:
        sent: httpx.Response = await client.request(
            "POST", "/api/events/front/person/create", content="{}", headers={**cookie, **headers}
        )
        assert (sent.status_code, sent.json()["message"]) == (401, "Missing CSRF header")
