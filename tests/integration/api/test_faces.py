"""Faces through the whole app, with the real process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.model import Box, Detection
from dogwatch.outputs.broadcast import Subscription
from dogwatch.recognition.face_events import tell_face
from dogwatch.recognition.face_votes import FaceVerdict
from dogwatch.testing.app import CONFIG, Nvr, nvr
from tests.drawn_faces import drawn_face, jpeg
from tests.tracks import HEIGHT, WIDTH, best, evidence, frame, tracked

RECOGNISING = f"face_recognition: {{enabled: true}}\n{CONFIG}".replace(
    "    live: {streams: {Main",
    "    record: {enabled: true}\n    snapshots: {enabled: true}\n    live: {streams: {Main",
)
BODY, FACE = Box(40, 20, 140, 170), Box(60, 40, 120, 100)
WAIT_S = 90.0


def seen(person: int, variant: int) -> bytes:
    """Return a JPEG of somebody, four times as large as the detect frame."""
    picture = np.full((HEIGHT * 4, WIDTH * 4, 3), 90, np.uint8)
    face = cv2.resize(drawn_face(person, variant), (400, 400))
    picture[100:500, 160:560] = face
    return jpeg(picture)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    with nvr(tmp_path_factory.mktemp("faces"), RECOGNISING) as made:
        made.services.faces.register("Bob", jpeg(drawn_face(1)))
        yield made
        made.services.faces.close()


def come(app: Nvr, person: int, key: str, variant: int = 3) -> str:
    """Let somebody come, and be seen."""
    hub = app.services.events
    there = tracked(0, key, label="person", box=BODY)
    hub.on_tracks(frame(0, there, evidence=(evidence(0, key),)))
    face = Detection("face", 0.9, FACE)
    hub.on_picture(best(1, key, label="person", box=BODY, jpeg=seen(person, variant), attributes=(face,)))
    hub.on_tracks(frame(2, tracked(2, key, label="person", box=BODY), evidence=(evidence(2, key),)))
    hub.outputs.wait(lambda _: None)
    return there.id


async def ask(app: Nvr, method: str, path: str, user: str | None = None, **more: Any) -> httpx.Response:
    async with app.client(EXTERNAL if user else INTERNAL, user) as client:
        return await client.request(method, path, **more)


async def told_of(told: Subscription, event_id: str) -> dict[str, Any]:
    """Wait for what is told of the face of an event."""
    async with asyncio.timeout(WAIT_S):
        while True:
            message = await told.get()
            body = message.payload
            if message.topic == "tracked_object_update" and isinstance(body, dict) and body["id"] == event_id:
                return body


async def test_an_event_gets_the_name_of_who_is_known(app: Nvr) -> None:
    with app.services.broadcast.subscribe() as told:
        key = come(app, 1, "a")
        body = await told_of(told, key)
    assert {name: value for name, value in body.items() if name not in ("score", "timestamp")} == {
        "type": "face", "id": key, "name": "Bob", "camera": "front",
    }  # fmt: skip
    assert 0.9 <= body["score"] <= 1
    assert abs(body["timestamp"] - time.time()) < WAIT_S
    row = (await ask(app, "GET", f"/api/events/{key}")).json()
    assert row["sub_label"] == "Bob"
    assert row["data"]["sub_label_score"] == pytest.approx(body["score"])
    assert any(key in file and "-Bob-" in file for file in (await ask(app, "GET", "/api/faces")).json()["train"])


async def test_who_is_not_known_has_no_name(app: Nvr) -> None:
    with app.services.broadcast.subscribe() as told:
        key = come(app, 5, "b")
        body = await told_of(told, key)
    assert (body["name"], body["score"] < 0.8) == (None, True)
    assert (await ask(app, "GET", f"/api/events/{key}")).json()["sub_label"] is None
    answer = await ask(app, "POST", "/api/faces/train/Eve/classify", json={"event_id": key})
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    found = await ask(app, "POST", "/api/faces/recognize", files={"file": ("x.jpg", jpeg(drawn_face(5, 2)))})
    assert found.json()["face_name"] == "Eve"
    await ask(app, "POST", "/api/faces/Eve/delete", json={"ids": (await ask(app, "GET", "/api/faces")).json()["Eve"]})


async def test_a_name_that_a_user_has_given_stays(app: Nvr) -> None:
    hub = app.services.events
    there = tracked(0, "c", label="person", box=BODY)
    hub.on_tracks(frame(0, there, evidence=(evidence(0, "c"),)))
    hub.outputs.wait(lambda _: None)
    answer = await ask(app, "POST", f"/api/events/{there.id}/sub_label", json={"subLabel": "Grandfather"})
    assert answer.status_code == 200
    with app.services.broadcast.subscribe() as told:
        key = come(app, 1, "c")
        assert (await told_of(told, key))["name"] == "Bob"
    assert (await ask(app, "GET", f"/api/events/{key}")).json()["sub_label"] == "Grandfather"


async def test_a_name_that_a_user_has_taken_away_does_not_come_back(app: Nvr) -> None:
    hub = app.services.events
    there = tracked(0, "d", label="person", box=BODY)
    hub.on_tracks(frame(0, there, evidence=(evidence(0, "d"),)))
    hub.outputs.wait(lambda _: None)
    tell_face(hub, there.id, "front", FaceVerdict("Bob", 0.95), None)
    assert (await ask(app, "GET", f"/api/events/{there.id}")).json()["sub_label"] == "Bob"
    assert (await ask(app, "POST", f"/api/events/{there.id}/sub_label", json={"subLabel": ""})).status_code == 200
    tell_face(hub, there.id, "front", FaceVerdict("Bob", 0.97), "Bob")
    assert (await ask(app, "GET", f"/api/events/{there.id}")).json()["sub_label"] is None


async def test_a_name_is_taken_away_unless_a_user_has_given_it(app: Nvr) -> None:
    hub = app.services.events
    there = tracked(0, "e", label="person", box=BODY)
    hub.on_tracks(frame(0, there, evidence=(evidence(0, "e"),)))
    hub.outputs.wait(lambda _: None)
    tell_face(hub, there.id, "front", FaceVerdict("Bob", 0.95), None)
    with app.services.broadcast.subscribe() as told:
        tell_face(hub, there.id, "front", FaceVerdict(None, 0.95), "Bob")
        assert (await told_of(told, there.id))["name"] is None
    row = (await ask(app, "GET", f"/api/events/{there.id}")).json()
    assert (row["sub_label"], row["data"].get("sub_label_score")) == (None, None)
    body = {"subLabel": "Grandfather"}
    assert (await ask(app, "POST", f"/api/events/{there.id}/sub_label", json=body)).status_code == 200
    tell_face(hub, there.id, "front", FaceVerdict(None, 0.4), "Bob")
    tell_face(hub, there.id, "front", FaceVerdict(None, 0.4), None)
    assert (await ask(app, "GET", f"/api/events/{there.id}")).json()["sub_label"] == "Grandfather"


async def test_only_administrators_see_faces(app: Nvr) -> None:
    (file,) = (await ask(app, "GET", "/api/faces")).json()["Bob"]
    for user, status in ((None, 200), ("admin", 200), ("vera", 403), ("frida", 403)):
        for path in (
            "faces/",
            f"faces/Bob/{file}",
            f"/faces//Bob/{file}",
            f"%66aces/Bob/{file}",
            f"%2e/faces/Bob/{file}",
        ):
            answer = await ask(app, "GET", f"/clips/{path}", user)
            assert answer.status_code == (403 if path.startswith("%2e") else status), (user, path)
    for user in ("vera", "frida"):
        assert (await ask(app, "GET", "/api/faces", user)).status_code == 403
