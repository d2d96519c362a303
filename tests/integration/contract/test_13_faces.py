"""Section 13.1: faces, switched on and off."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dogwatch.api.nvr.policy import FACES
from dogwatch.config import parse
from dogwatch.recognition.face_files import FaceAttempt
from dogwatch.store import events
from dogwatch.testing.stocked import EVENT
from tests.drawn_faces import drawn_face, jpeg
from tests.integration.contract.conftest import UNKNOWN, Contract, done, fails, rows

endpoint = pytest.mark.endpoint
Library = dict[str, list[str]]
ATTEMPT = FaceAttempt(EVENT, 1763464002.5, "unknown", 0.41)
OFF = "Face recognition is not enabled"


def listed(contract: Contract) -> Library:
    found: Library = rows(contract.admin.get("/api/faces"), Library)
    return found


def form(picture: bytes) -> dict[str, Any]:
    return {"file": ("me.jpg", picture, "image/jpeg")}


def register(contract: Contract, name: str, person: int) -> httpx.Response:
    return contract.admin.post(f"/api/faces/{name}/register", files=form(jpeg(drawn_face(person))))


@pytest.fixture
def on(contract: Contract) -> Iterator[Contract]:
    """The app with faces switched on, and no faces."""
    keeper = contract.app.services.keeper
    before = keeper.loaded
    text = before.path.read_text()
    keeper.change(parse(f"face_recognition: {{enabled: true}}\n{text}", path=before.path))
    yield contract
    keeper.change(before)
    shutil.rmtree(contract.app.services.faces.library.root, ignore_errors=True)


@endpoint(*(" ".join(key) for key in FACES))
def test_13_1_faces_that_are_off(contract: Contract) -> None:
    for method, template in FACES:
        path = template.format(name="Bob", old_name="Bob") if "{" in template else template
        for client in (contract.viewer, contract.limited):
            fails(client.request(method, path), 403)
        fails(contract.stranger.request(method, path), 401)
        answer = contract.admin.request(method, path, json={})
        if method == "GET":
            assert rows(answer, Library) == {}
        else:
            assert fails(answer, 400) == OFF
    assert fails(contract.admin.post("/api/faces/reprocess"), 400) == OFF  # rather than of the missing body


@endpoint("GET /api/faces", "POST /api/faces/{name}/create", "PUT /api/faces/{old_name}/rename")
def test_13_1_persons(on: Contract) -> None:
    admin = on.admin
    assert listed(on) == {}
    done(admin.post("/api/faces/Bob/create", json={}))
    done(admin.post("/api/faces/Bob/create"))
    assert listed(on) == {"Bob": []}
    done(admin.put("/api/faces/Bob/rename", json={"new_name": "Ann Lee"}))
    assert listed(on) == {"Ann Lee": []}
    for old, new in (("Bob", "Eve"), ("Ann Lee", "a/b"), ("Ann Lee", ".."), ("Ann Lee", "train"), ("Ann Lee", " ")):
        fails(admin.put(f"/api/faces/{old}/rename", json={"new_name": new}), 400)
    fails(admin.put("/api/faces/Ann Lee/rename", json={}), 422)
    for name in ("train", "%2e%2e%2e", "unknown", "x" * 101):
        fails(admin.post(f"/api/faces/{name}/create"), 400)
    for name in ("%2e%2e", "a%2Fb", "a%5Cb"):
        assert admin.post(f"/api/faces/{name}/create").status_code in (400, 403, 404)
    assert listed(on) == {"Ann Lee": []}


@endpoint("POST /api/faces/{name}/register", "POST /api/faces/recognize", "POST /api/faces/{name}/delete")
def test_13_1_pictures_are_registered_and_recognised(on: Contract) -> None:
    admin = on.admin
    asked = jpeg(drawn_face(1, 5))
    found = rows(admin.post("/api/faces/recognize", files=form(asked)), dict[str, Any])
    assert found == {"success": True, "face_name": "unknown", "score": 0.0}  # there is nobody yet
    for name, person in (("Bob", 1), ("Ann", 2)):
        done(register(on, name, person))
    library = listed(on)
    assert library.keys() == {"Ann", "Bob"}
    (file,) = library["Bob"]
    assert file.startswith("Bob-")
    assert file.endswith(".webp")
    found = rows(admin.post("/api/faces/recognize", files=form(asked)), dict[str, Any])
    assert (found["success"], found["face_name"]) == (True, "Bob")
    assert 0.8 <= found["score"] <= 1
    picture = admin.get(f"/clips/faces/Bob/{file}")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    fails(on.limited.get(f"/clips/faces/Bob/{file}"), 403)
    fails(on.viewer.get(f"/clips/faces/Bob/{file}"), 403)  # whose library `GET /api/faces` does not list either
    fails(on.stranger.get(f"/clips/faces/Bob/{file}"), 401)
    for path in ("/api/faces/recognize", "/api/faces/Bob/register"):
        assert "face" in fails(admin.post(path, files=form(jpeg(drawn_face(1)[:60]))), 400)
        fails(admin.post(path, files=form(b"GIF89a no picture")), 400)
        fails(admin.post(path, files={"other": b"x"}), 400)
        fails(admin.post(path, files=form(b"\xff\xd8\xff" + bytes(21 << 20))), 413)
        fails(admin.post(path, files=form(b"\xff\xd8\xff" + bytes(20 << 20) + b"x")), 413)
    fails(register(on, "train", 1), 400)
    as_phones_send = jpeg(drawn_face(1, 5)) + bytes(12 << 20)  # behind the picture, where decoders do not look
    assert rows(admin.post("/api/faces/recognize", files=form(as_phones_send)), dict[str, Any])["face_name"] == "Bob"
    done(admin.post("/api/faces/Zoe/register", files=form(as_phones_send)))
    fails(admin.post("/api/faces/Zoe/delete", content=b" " * (3 << 20)), 413)  # no other body is so large
    done(admin.post("/api/faces/Zoe/delete", json={"ids": listed(on)["Zoe"]}))
    assert listed(on) == library
    done(admin.post("/api/faces/Bob/delete", json={"ids": [file, "gone.webp"]}))
    assert listed(on).keys() == {"Ann"}
    fails(admin.post("/api/faces/Bob/delete", json={"ids": []}), 404)
    fails(admin.post("/api/faces/Ann/delete", json={"ids": ["../Ann/x.webp"]}), 400)
    fails(admin.post("/api/faces/Ann/delete", json={}), 422)


@endpoint(
    "POST /api/faces/reprocess",
    "POST /api/faces/train/{name}/classify",
    "POST /api/faces/{name}/reclassify",
)
def test_13_1_attempts_are_sorted(on: Contract) -> None:
    admin, faces = on.admin, on.app.services.faces
    faces.library.attempt(ATTEMPT, faces.look(jpeg(drawn_face(3))).picture, 200)
    assert listed(on) == {"train": [ATTEMPT.file]}
    done(register(on, "Zoe", 3))
    found = rows(admin.post("/api/faces/reprocess", json={"training_file": ATTEMPT.file}), dict[str, Any])
    assert (found["success"], found["face_name"]) == (True, "Zoe")
    file = found["training_file"]
    assert listed(on)["train"] == [file]
    assert file.startswith(f"{EVENT}-1763464002.500000-Zoe-")
    fails(admin.post("/api/faces/reprocess", json={"training_file": ATTEMPT.file}), 404)
    fails(admin.post("/api/faces/reprocess", json={}), 422)
    done(admin.post("/api/faces/train/Bob/classify", json={"training_file": file}))
    library = listed(on)
    assert library["train"] == []
    (moved,) = library["Bob"]
    done(admin.post("/api/faces/Bob/reclassify", json={"id": moved, "new_name": "Zoe"}))
    library = listed(on)
    assert (len(library["Bob"]), len(library["Zoe"])) == (0, 2)
    fails(admin.post("/api/faces/Bob/reclassify", json={"id": moved, "new_name": "Zoe"}), 404)
    fails(admin.post("/api/faces/Bob/reclassify", json={"id": moved}), 422)
    for body, status in (
        ({}, 400),
        ({"training_file": file}, 404),
        ({"training_file": "../x.webp"}, 400),
        ({"event_id": UNKNOWN}, 404),
        ({"event_id": EVENT}, 400),  # its picture shows nobody
    ):
        fails(admin.post("/api/faces/train/Bob/classify", json=body), status)


@endpoint("POST /api/faces/train/{name}/classify")
def test_13_1_the_face_of_an_event_is_kept(on: Contract) -> None:
    app = on.app.services
    with app.db.read() as connection:
        row = events.one(connection, EVENT)
    assert row is not None
    path = app.events.outputs.files.clean(row["camera"], EVENT)
    before = app.events.outputs.files.read(path)
    path.write_bytes(jpeg(drawn_face(4)))
    app.db.write(lambda connection: events.change(connection, EVENT, {}, {"box": [0.0, 0.0, 1.0, 1.0]}))
    try:
        done(on.admin.post("/api/faces/train/Max/classify", json={"event_id": EVENT}))
    finally:
        path.write_bytes(before) if before is not None else path.unlink()
        app.db.write(lambda connection: events.change(connection, EVENT, {}, {"box": row["data"].get("box")}))
    assert len(listed(on)["Max"]) == 1
