"""Number plates through the whole app, with the real reader."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.events import manual
from dogwatch.events.manual import ManualEvent
from dogwatch.model import Box, Detection
from dogwatch.testing.app import CONFIG, Nvr, nvr
from tests.tracks import HEIGHT, WIDTH, best, evidence, frame, tracked

READING = f"lpr: {{enabled: true, min_area: 500, known_plates: {{Ann: [A123BC77]}}}}\n{CONFIG}".replace(
    "    live: {streams: {Main",
    "    record: {enabled: true}\n    snapshots: {enabled: true}\n    live: {streams: {Main",
)
CAR, PLATE = Box(40, 30, 280, 160), Box(80, 100, 160, 118)
WAIT_S = 90.0


def car(text: str) -> bytes:
    """Return a JPEG of a car with a plate, four times as large as the detect frame."""
    picture = np.full((HEIGHT * 4, WIDTH * 4, 3), 90, np.uint8)
    x1, y1, x2, y2 = (4 * value for value in (PLATE.x1, PLATE.y1, PLATE.x2, PLATE.y2))
    cv2.rectangle(picture, (x1, y1), (x2, y2), (240, 240, 240), -1)
    cv2.putText(picture, text, (x1 + 10, y2 - 16), cv2.FONT_HERSHEY_DUPLEX, 1.6, (15, 15, 15), 3, cv2.LINE_AA)
    return cv2.imencode(".jpg", picture)[1].tobytes()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    with nvr(tmp_path_factory.mktemp("plates"), READING) as made:
        yield made
        made.services.plates.close()


def drive(app: Nvr, text: str, key: str = "a") -> str:
    """Let a car with a plate come, stand there to be seen, and go."""
    hub = app.services.events
    seen = tracked(0, key, label="car", box=CAR)
    hub.on_tracks(frame(0, seen, evidence=(evidence(0, key),)))
    plate = Detection("license_plate", 0.9, PLATE)
    hub.on_picture(best(1, key, label="car", box=CAR, jpeg=car(text), attributes=(plate,)))
    hub.on_tracks(frame(2, tracked(2, key, label="car", box=CAR), evidence=(evidence(2, key),)))
    hub.outputs.wait(lambda _: None)
    return seen.id


async def ask(app: Nvr, method: str, path: str, user: str | None = None) -> httpx.Response:
    async with app.client(EXTERNAL if user else INTERNAL, user) as client:
        return await client.request(method, path)


async def test_a_car_gets_its_plate_and_the_name_of_its_owner(app: Nvr) -> None:
    with app.services.broadcast.subscribe() as told:
        key = drive(app, "A123BC77")
        deadline = time.monotonic() + WAIT_S
        while True:
            row = (await ask(app, "GET", f"/api/events/{key}")).json()
            if row.get("sub_label"):
                break
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
        assert (row["data"]["recognized_license_plate"], row["sub_label"]) == ("A123BC77", "Ann")
        assert row["data"]["recognized_license_plate_score"] > 0.9
        while (message := await told.get()).topic != "tracked_object_update" or message.payload["type"] != "lpr":  # type: ignore[index]
            pass
    payload = message.payload
    assert isinstance(payload, dict)
    assert (payload["plate"], payload["name"], payload["camera"]) == ("A123BC77", "Ann", "front")
    assert payload["plate_box"] == [4 * value for value in (PLATE.x1, PLATE.y1, PLATE.x2, PLATE.y2)]


async def test_a_plate_is_read_again_when_asked(app: Nvr) -> None:
    key = drive(app, "B555KK99", "b")
    path = f"/api/lpr/reprocess?event_id={key}"
    answer = await ask(app, "PUT", path)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["success"], body["plate"], body["name"]) == (True, "B555KK99", None)
    assert (await ask(app, "GET", f"/api/events/{key}")).json()["data"]["recognized_license_plate"] == "B555KK99"
    assert (await ask(app, "PUT", "/api/lpr/reprocess?event_id=1.5-nobody")).status_code == 404
    assert (await ask(app, "PUT", "/api/lpr/reprocess")).status_code == 422
    assert (await ask(app, "PUT", path, "vera")).status_code == 403


async def test_what_shows_no_plate_is_told(app: Nvr) -> None:
    key = drive(app, "", "c")
    answer = await ask(app, "PUT", f"/api/lpr/reprocess?event_id={key}")
    assert (answer.status_code, answer.json()) == (
        400,
        {"success": False, "message": "No license plate was recognized"},
    )


def test_nothing_is_read_while_it_is_off(tmp_path: Path) -> None:
    with nvr(tmp_path, CONFIG) as made:
        drive(made, "A123BC77")
        assert not made.services.plates.queue.started


async def test_the_plate_of_a_camera_that_only_sees_plates_is_read_again(app: Nvr) -> None:
    x, y, width, height = PLATE.x1 / WIDTH, PLATE.y1 / HEIGHT, PLATE.width / WIDTH, PLATE.height / HEIGHT
    event = ManualEvent("front", "license_plate", draw={"boxes": [{"box": [x, y, width, height]}]})
    key = await asyncio.to_thread(manual.create, app.services.events, event, lambda: car("C777DE12"))
    answer = (await ask(app, "PUT", f"/api/lpr/reprocess?event_id={key}")).json()
    assert (answer["success"], answer["plate"]) == (True, "C777DE12")
