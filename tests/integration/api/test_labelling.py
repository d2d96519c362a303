"""Pictures that are sent to be labelled: into the local dataset, or to a service (docs/dataset.md)."""

import errno
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dogwatch.dataset.folder import Dataset
from dogwatch.dataset.labelled_picture import KnownBox
from dogwatch.events import labelling
from dogwatch.events.files import PictureFiles, write
from dogwatch.media import fragments, jpeg
from dogwatch.store import events, segments
from dogwatch.testing import recordings
from dogwatch.testing.app import CONFIG, Nvr, nvr
from dogwatch.testing.recordings import T0
from tests.integration.api.events.furnished import ask, event, get
from tests.tracks import jpeg as picture

ONE, BARE, RUNNING = f"{T0:.0f}.5-aaaaaa", f"{T0 + 10:.0f}-bbbbbb", f"{T0 + 20:.0f}-cccccc"


def fill(made: Nvr, folder: Path) -> None:
    rows = (
        event(ONE, "front", T0 + 1.5),
        event(BARE, "front", T0 + 10, has_snapshot=False, data={}),
        event(RUNNING, "front", T0 + 20, end_time=None),
    )
    for row in rows:
        made.services.db.write(partial(events.put, values=row))
    files = PictureFiles(folder)
    for key in (ONE, RUNNING):
        write(files.clean("front", key), picture())


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nvr]:
    monkeypatch.delenv("PLUS_API_KEY", raising=False)
    with nvr(tmp_path) as made:
        fill(made, tmp_path)
        yield made


async def submitted(made: Nvr, wanted: int) -> list[str]:
    return [row["id"] for row in (await get(made, f"/api/events?is_submitted={wanted}")).json()]


async def test_an_event_goes_into_the_dataset(app: Nvr, tmp_path: Path) -> None:
    answer = await ask(app, "POST", f"/api/events/{ONE}/plus", json={"include_annotation": 1})
    assert (answer.status_code, answer.json()) == (200, {"success": True, "plus_id": ONE})
    assert await submitted(app, 1) == [ONE]
    assert await submitted(app, 0) == [RUNNING, BARE]
    (sample,) = Dataset(tmp_path / "dataset").samples()
    assert (sample.id, sample.camera, sample.source, sample.time) == (ONE, "front", "event", T0 + 2.5)
    assert (sample.width, sample.height) == jpeg.size(picture())
    assert sample.boxes == (KnownBox("person", (0.25, 0.25, 0.25, 0.5), 0.7),)
    assert sample.region == (0.25, 0.25, 0.5, 0.5)
    assert Dataset(tmp_path / "dataset").picture(sample).read_bytes() == picture()
    again = await ask(app, "POST", f"/api/events/{ONE}/plus")
    assert (again.status_code, again.json()) == (400, {"success": False, "message": "Already submitted"})


async def test_a_box_is_called_wrong_also_after_it_was_sent(app: Nvr, tmp_path: Path) -> None:
    await ask(app, "POST", f"/api/events/{ONE}/plus", content=b"")
    answer = await ask(app, "PUT", f"/api/events/{ONE}/false_positive")
    assert (answer.status_code, answer.json()) == (200, {"success": True, "plus_id": ONE})
    (sample,) = Dataset(tmp_path / "dataset").samples()
    assert [box.wrong for box in sample.boxes] == [True]
    row = (await get(app, f"/api/events/{ONE}")).json()
    assert (row["false_positive"], row["plus_id"]) == (True, ONE)
    assert [one["false_positive"] for one in (await get(app, "/api/events")).json()] == [None, None, True]
    again = await ask(app, "PUT", f"/api/events/{ONE}/false_positive")
    assert (again.status_code, again.json()["message"]) == (400, "False positive already submitted")


async def test_a_picture_without_its_box(app: Nvr, tmp_path: Path) -> None:
    await ask(app, "POST", f"/api/events/{ONE}/plus", json={"include_annotation": 0})
    (sample,) = Dataset(tmp_path / "dataset").samples()
    assert sample.boxes == ()


@pytest.mark.parametrize("method", ["POST plus", "PUT false_positive"])
@pytest.mark.parametrize(
    ("key", "status", "message"),
    [
        ("nothing", 404, "Event nothing not found"),
        (RUNNING, 400, "Event is still in progress"),
        (BARE, 400, ("Event has no clean snapshot", "Event has no box")),
    ],
    ids=["unknown", "running", "bare"],
)
async def test_what_cannot_be_sent(app: Nvr, method: str, key: str, status: int, message: Any) -> None:
    verb, _, path = method.partition(" ")
    answer = await ask(app, verb, f"/api/events/{key}/{path}")
    assert answer.status_code == status
    assert answer.json()["success"] is False
    assert answer.json()["message"] in (message if isinstance(message, tuple) else (message,))


async def test_an_event_that_goes_leaves_its_picture(app: Nvr, tmp_path: Path) -> None:
    await ask(app, "POST", f"/api/events/{ONE}/plus")
    assert (await ask(app, "DELETE", f"/api/events/{ONE}")).status_code == 200
    assert [one.id for one in Dataset(tmp_path / "dataset").samples()] == [ONE]


@pytest.mark.parametrize("fault", ["disk", "database"])
async def test_what_fails_changes_nothing(
    app: Nvr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        if fault == "disk":
            broken.setattr("dogwatch.dataset.folder.os.fsync", full)
        else:
            broken.setattr(events, "submitted", full)
        for method, path in (("POST", "plus"), ("PUT", "false_positive")):
            answer = await ask(app, method, f"/api/events/{ONE}/{path}")
            assert (answer.status_code, answer.json()["success"]) == (507, False)
    assert await submitted(app, 1) == []
    assert list(Dataset(tmp_path / "dataset").samples()) == []
    assert (await ask(app, "POST", f"/api/events/{ONE}/plus")).status_code == 200
    monkeypatch.setattr(events, "submitted", full)
    assert (await ask(app, "PUT", f"/api/events/{ONE}/false_positive")).status_code == 507
    (sample,) = Dataset(tmp_path / "dataset").samples()
    assert [box.wrong for box in sample.boxes] == [False]


async def test_the_floor_of_the_disk_stays_free(app: Nvr, tmp_path: Path) -> None:
    app.services.space.configure(1 << 60)
    assert (await ask(app, "POST", f"/api/events/{ONE}/plus")).status_code == 507
    assert list(Dataset(tmp_path / "dataset").samples()) == []


async def test_a_recorded_frame(app: Nvr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in recordings.record(tmp_path, count=1):
        app.services.db.write(partial(segments.add, segment=one, init=fragments.scan(tmp_path / one.path).init))
    answer = await ask(app, "POST", f"/api/front/plus/{T0 + 1}", user="frida")
    assert (answer.status_code, answer.json()["success"]) == (200, True), answer.text
    (sample,) = Dataset(tmp_path / "dataset").samples()
    assert (sample.id, sample.source, sample.time, sample.boxes) == (answer.json()["plus_id"], "frame", T0 + 1, ())
    assert jpeg.size(Dataset(tmp_path / "dataset").picture(sample).read_bytes()) == (sample.width, sample.height)
    for path, user, status in (
        (f"/api/front/plus/{T0 + 999}", "frida", 404),
        (f"/api/back/plus/{T0 + 1}", "frida", 403),
        ("/api/front/plus/noon", "frida", 422),
        (f"/api/nowhere/plus/{T0}", "admin", 404),
    ):
        assert (await ask(app, "POST", path, user=user)).status_code == status, path
    monkeypatch.setattr(labelling, "MOST_FRAMES", 1)
    refused = await ask(app, "POST", f"/api/front/plus/{T0 + 2}")
    assert (refused.status_code, refused.json()["success"]) == (400, False)


async def test_two_requests_at_once_wait_for_each_other(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelling, "BUSY_S", 0.05)
    with labelling._one_at_a_time:
        assert (await ask(app, "POST", f"/api/events/{ONE}/plus")).status_code == 503
    assert (await ask(app, "POST", f"/api/events/{ONE}/plus")).status_code == 200


class Service(ThreadingHTTPServer):
    """A labelling service that notes what it gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[str, str, str]] = []
        self.status = 200


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Service)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.command, self.path, self.headers["Authorization"]))
        body = json.dumps({"id": "plus-7"}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_POST  # noqa: N815 - as the library calls it

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_with_a_key_pictures_go_to_the_service(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUS_API_KEY", "hunter2-key")
    url = f"http://127.0.0.1:{service.server_address[1]}"
    with nvr(tmp_path, CONFIG + f"plus: {{url: '{url}'}}\n") as app:
        fill(app, tmp_path)
        service.status = 500
        answer = await ask(app, "POST", f"/api/events/{ONE}/plus")
        assert (answer.status_code, answer.json()["success"]) == (400, False)
        assert await submitted(app, 1) == []
        service.status = 200
        answer = await ask(app, "POST", f"/api/events/{ONE}/plus")
        assert (answer.status_code, answer.json()) == (200, {"success": True, "plus_id": "plus-7"})
        assert (await ask(app, "PUT", f"/api/events/{ONE}/false_positive")).json()["plus_id"] == "plus-7"
        assert [one[:2] for one in service.got] == [
            ("POST", "/images"), ("POST", "/images"), ("PUT", "/images/plus-7/annotation"),
        ]  # fmt: skip
        assert {key for *_, key in service.got} == {"Bearer hunter2-key"}
        assert not (tmp_path / "dataset").exists()
        config = await get(app, "/api/config")
        assert config.json()["plus"] == {"enabled": True}
        assert "hunter2-key" not in config.text


async def test_without_a_key_the_configuration_says_so(app: Nvr) -> None:
    assert (await get(app, "/api/config")).json()["plus"] == {"enabled": False}


async def test_a_plate_is_set_and_searched_for(app: Nvr) -> None:
    path = f"/api/events/{ONE}/recognized_license_plate"
    body = {"recognizedLicensePlate": "AB 123", "recognizedLicensePlateScore": 0.9}
    answer = await ask(app, "POST", path, json=body)
    assert answer.json() == {"success": True, "message": f"Event {ONE} license plate set to AB 123"}
    row = (await get(app, f"/api/events/{ONE}")).json()
    assert row["data"]["recognized_license_plate"] == "AB 123"
    assert row["data"]["recognized_license_plate_score"] == 0.9
    assert [one["id"] for one in (await get(app, "/api/events?recognized_license_plate=AB 123")).json()] == [ONE]
    assert [one["id"] for one in (await get(app, "/api/events/search?query=ab123")).json()] == [ONE]
    assert (await get(app, "/api/recognized_license_plates")).json() == ["AB 123"]
    await ask(app, "POST", path, json={"recognizedLicensePlate": ""})
    assert (await get(app, "/api/recognized_license_plates")).json() == []
    assert (await ask(app, "POST", path.replace(ONE, "nothing"), json=body)).status_code == 404
    assert (await ask(app, "POST", path, json={})).status_code == 422
    assert (await ask(app, "POST", path, json=body, user="vera")).status_code == 403
