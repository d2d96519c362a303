"""The JSON examples of docs/api/ have the keys and types of what the program answers."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dogwatch.api.shapes.trials import TrialAnswer
from dogwatch.bus.messages import StreamOpened
from dogwatch.model import Segment
from dogwatch.onvif.discovery import FoundCamera
from dogwatch.outputs.push import messages, web_push
from dogwatch.outputs.push.occasions import notice_of
from dogwatch.recognition.face_files import FaceAttempt
from dogwatch.stats.problems import Finding
from dogwatch.store import segments, timeline
from dogwatch.testing.app import CONFIG, Nvr, nvr, until
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import stocked
from tests.integration.events.house import House
from tests.media import street
from tests.onvif_camera import PASSWORD, USER, onvif_camera
from tests.push_service import push_service
from tests.rtsp import RtspServer, serving

PAGES = Path(__file__).parents[3] / "docs" / "api"
RANGE = f"after={T0 - 60}&before={T0 + 60}"


def examples() -> dict[str, Any]:
    """Return the examples by page and heading; the second one below a heading by ` 2`. `...` stands for more."""
    found: dict[str, Any] = {}
    for page in sorted(PAGES.glob("*.md")):
        for part in page.read_text().split("\n## ")[1:]:
            heading, _, text = part.partition("\n")
            for number, shown in enumerate(re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL), 1):
                key = f"{page.stem}: {heading}" + (f" {number}" if number > 1 else "")
                found[key] = json.loads(shown.replace(", ...", ""))
    return found


EXAMPLES = examples()
ASKED = {
    "authentication: Profile": "/api/profile",
    "authentication: Listing users": "/api/users",
    "cameras: False places": "/api/front/false_places",
    "config: Addresses with their secrets": "/api/config/raw_paths",
    "config: Zones": "/api/zones",
    "config: Birdseye": "/api/birdseye",
    "config: First run": "/api/first_run",
    "config: Notifications": "/api/camera/notifications",
    "events: Counts": "/api/events/summary",
    "exports: The export": "/api/exports",
    "exports: Cases": "/api/cases",
    "exports: Jobs": "/api/jobs/export",
    "exports: Jobs of every kind": "/api/jobs",
    "health: Problems": "/api/health",
    "live: Streams": "/api/go2rtc/streams",
    "previews: Hours": f"/api/preview/all/start/{T0 - 3600}/end/{T0}",
    "previews: Pictures": f"/api/preview/front/start/{T0}/end/{T0 + 60}/frames",
    "probes: Keyframes": "/api/keyframe_analysis?camera=front",
    "probes: Graphics processors": "/api/vainfo",
    "probes: Presets": "/api/ffmpeg/presets",
    "recordings: Segments": f"/api/front/recordings?{RANGE}",
    "recordings: Days and hours of a camera": "/api/front/recordings/summary",
    "recordings: Gaps": f"/api/recordings/unavailable?{RANGE}",
    "recordings: Space": "/api/recordings/storage",
    "review: Summary": "/api/review/summary",
    "storage: Who uses what": "/api/storage",
    "system: Figures": "/api/stats",
    "system: Log": "/api/logs/frigate",
    "vod: Mappings": f"/api/vod/front/start/{T0}/end/{T0 + 4}",
}
BY_NAME = {"front", "core", "ingest:front", "opencv", "102", "porch"}
"""Keys that name something of the installation; answers have others in their place."""


@asynccontextmanager
async def furnished(directory: Path) -> AsyncIterator[Nvr]:
    with stocked(directory) as made:
        made.services.db.write(lambda connection: connection.exec_driver_sql("update segments set cells = X'7603'"))
        made.services.streams.on_opened(StreamOpened("front", ("record",), "h264", 1, 1, 5.0, "aac"))
        made.services.stats.note_process("ingest", "front", 102, 0)
        made.services.problems.update("test", [Finding("no_footage", "Nothing of front is recorded.", "front")])
        async with made.client() as client:
            await client.post(f"/api/export/front/start/{T0}/end/{T0 + 4}", json={"name": "the parcel"})
            await client.post("/api/cases", json={"name": "the parcel"})
        yield made


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Nvr]:
    async with furnished(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is answered to all that is `ASKED`, which changes nothing."""

    async def ask() -> dict[str, Any]:
        async with furnished(tmp_path_factory.mktemp("asked")) as made, made.client() as client:
            return {key: (await client.get(path)).json() for key, path in ASKED.items()}

    return asyncio.run(ask())


@pytest.mark.parametrize("key", ASKED)
def test_an_answer(answers: dict[str, Any], key: str) -> None:
    compare(EXAMPLES[key], answers[key])


async def test_profiles(app: Nvr) -> None:
    async with app.client() as client:
        data = {"profiles": {"away": {"friendly_name": "Nobody home"}}}
        await client.put("/api/config/set", json={"requires_restart": 0, "config_data": data})
        await client.put("/api/camera/*/set/profile", json={"value": "away"})
        compare(EXAMPLES["config: Profiles"], (await client.get("/api/profiles")).json())


async def test_a_configuration_that_is_tried(app: Nvr) -> None:
    async with app.client() as client:
        wrong = await client.post("/api/config/check", content="cameras: {front: {detect: {fps: never}}}")
        compare(EXAMPLES["config: Checking a text"], wrong.json())
        compare(EXAMPLES["config: Applying the file"], (await client.post("/api/config/apply")).json())
        config = {"cameras": {"front": {"record": {"enabled": True}}}}
        cost = await client.post("/api/config/forecast", json={"config": config})
        compare(EXAMPLES["config: What recordings will take"], cost.json())
        chosen = {"settings": EXAMPLES["authentication: Choices in the page"]["settings"]}
        compare(
            EXAMPLES["authentication: Choices in the page"], (await client.put("/api/profile/ui", json=chosen)).json()
        )


async def test_what_was_deleted(app: Nvr) -> None:
    async with app.client() as client:
        await client.delete(f"/api/recordings/start/{T0}/end/{T0 + 1}", headers={"X-CSRF-TOKEN": "1"})
        compare(EXAMPLES["storage: What was deleted, and why"], (await client.get("/api/storage/deletions")).json())


async def test_days_of_storage(app: Nvr) -> None:
    one = Segment("front", "recordings/new.mp4", time.time() - 60, time.time() - 50, 9, "i", ())
    app.services.db.write(partial(segments.add, segment=one, init=b"init"))
    async with app.client() as client:
        found = (await client.get("/api/storage/days")).json()
    shown = EXAMPLES["storage: By day"]
    compare(shown["days"][0], found["days"][0])


async def test_models(app: Nvr) -> None:
    folder = app.services.paths.data / "models"
    folder.mkdir()
    (folder / "yolox-tiny.onnx").write_bytes(b"model")
    (folder / "yolox-tiny.labels.txt").write_text("0 person\n")
    how = {"width": 416, "height": 416, "model_type": "yolox", "input_pixel_format": "bgr"}
    (folder / "yolox-tiny.json").write_text(json.dumps(how))
    async with app.client() as client:
        compare(EXAMPLES["models: Using a model"], (await client.post("/api/models/yolox-tiny/use")).json())
        compare(EXAMPLES["models: Listing models"], (await client.get("/api/models")).json())


async def test_a_trial(app: Nvr) -> None:
    shown = EXAMPLES["trials: What a trial has found"]
    msgspec.convert(shown, TrialAnswer)
    async with app.client() as client:
        asked = EXAMPLES["trials: Trying settings"] | {"from": T0, "to": T0 + 9}
        begun = (await client.post("/api/front/try", json=asked)).json()
        compare(EXAMPLES["trials: Trying settings 2"], begun)
        found = (await client.get(f"/api/front/try/{begun['job_id']}")).json()
    compare({**shown, "job": {**shown["job"], "results": None}, "result": None}, found)


async def test_figures_over_time(app: Nvr) -> None:
    app.services.stats.remember()
    async with app.client() as client:
        compare(EXAMPLES["system: Figures over time"], (await client.get("/api/stats/series")).json())


async def test_a_batch(app: Nvr) -> None:
    items = [{"camera": "front", "start_time": T0, "end_time": T0 + 4, "client_item_id": "1"}]
    async with app.client() as client:
        compare(
            EXAMPLES["exports: Many exports at once"],
            (await client.post("/api/exports/batch", json={"items": items})).json(),
        )


async def test_a_sync(app: Nvr) -> None:
    app.services.jobs.start()
    async with app.client() as client:
        job = (await client.post("/api/media/sync", json={"dry_run": True})).json()["job"]
        await until(lambda: app.services.jobs.find(job["id"]).state == "success")
        found = (await client.get(f"/api/media/sync/status/{job['id']}")).json()
    compare(EXAMPLES["system: Files and rows"], found)


async def test_a_deletion(app: Nvr) -> None:
    async with app.client() as client:
        answer = await client.delete(
            f"/api/recordings/start/{T0}/end/{T0 + 1}?keep=motion", headers={"X-CSRF-TOKEN": "1"}
        )
    compare(EXAMPLES["recordings: Deleting a range"], answer.json())


async def test_a_motion_search(app: Nvr) -> None:
    app.services.jobs.start()
    polygon = [[0, 0], [1, 0], [1, 1], [0, 1]]
    body = {"start_time": T0, "end_time": T0 + 12, "polygon_points": polygon, "min_area": 1, "threshold": 1}
    async with app.client() as client:
        started = (await client.post("/api/front/search/motion", json=body)).json()
        await until(lambda: app.services.jobs.find(started["job_id"]).state == "success")
        found = (await client.get(f"/api/front/search/motion/{started['job_id']}")).json()
    compare(EXAMPLES["recordings: Motion search"], started)
    assert found["results"]
    compare(EXAMPLES["recordings: Results of a motion search"], found)


async def test_ways_to_log_in(tmp_path: Path) -> None:
    provider = "auth: {oidc: {issuer: 'https://login.example', client_id: x, client_secret: y, default_role: viewer}}\n"
    with nvr(tmp_path, f"mqtt: {{enabled: false}}\n{provider}cameras: {{}}") as app:
        async with app.client() as client:
            compare(EXAMPLES["authentication: Ways to log in"], (await client.get("/api/auth/methods")).json())


async def test_a_link(app: Nvr) -> None:
    shown = EXAMPLES["share: Making and ending links"]
    async with app.client() as client:
        (event, *_) = (await client.get("/api/events?camera=front&in_progress=0")).json()
        made = await client.post("/api/share", json={"event_id": event["id"], "blur_faces": True})
    compare(shown, made.json())


async def test_sessions(app: Nvr) -> None:
    accounts = app.services.authority.accounts
    accounts.add("ann", "a long password", "viewer")
    user = accounts.find("ann")
    assert user is not None
    accounts.sessions.open(user, 60.0, "192.0.2.7", "curl")
    async with app.client() as client:
        compare(EXAMPLES["authentication: Sessions"], (await client.get("/api/users/ann/sessions")).json())


async def test_a_stream(tmp_path: Path) -> None:
    drawn = "mqtt: {enabled: false}\ncameras: {front: {ffmpeg: {inputs: [{path: 'synthetic://street?size=320x180'}]}}}"
    with nvr(tmp_path, drawn) as app:
        async with app.client() as client:
            found = (await client.get("/api/ffprobe?paths=camera:front")).json()
    compare(EXAMPLES["probes: What a stream consists of"], found)


async def test_a_stream_that_is_tried(app: Nvr) -> None:
    with RtspServer(serving(street())) as server:
        async with app.client() as client:
            found = (await client.post("/api/ffprobe", json={"url": server.url, "seconds": 1})).json()
    compare(EXAMPLES["probes: Trying a stream"], found)


async def test_files(app: Nvr) -> None:
    async with app.client() as client:
        for path, number in (("/recordings/", 0), ("/recordings/2025-11-18/11/front/", 1)):
            compare(EXAMPLES["files: Recordings and exports"][number], (await client.get(path)).json()[0])


async def test_rows_and_messages_of_an_object(tmp_path: Path) -> None:
    house = House(tmp_path)
    key = house.walk()
    house.leave(4)
    house.settle()
    (row,), (item,) = house.rows(), house.items()
    compare(EXAMPLES["events: The row"], {**row, "thumbnail": base64.b64encode(b"x").decode()})
    compare(EXAMPLES["review: The item"], item)
    assert row["id"] == key
    compare(EXAMPLES["websocket: From Dogwatch"], house.messages("events")[0]["after"])
    with house.db.read() as connection:
        moments = [json.loads(text) for _, text in timeline.find(connection)]
    compare(EXAMPLES["timeline: Timeline"], moments)
    await house.close()


async def test_moments_by_hour(app: Nvr) -> None:
    async with app.client() as client:
        await client.post("/api/events/front/person/create")
        answer = (await client.get("/api/timeline/hourly")).json()
    shown = EXAMPLES["timeline: Timeline by hour"]
    assert shown.keys() == answer.keys()
    assert [int(hour) % 3600 for hour in [*shown["hours"], *answer["hours"]]] == [0, 0]


async def test_activity(app: Nvr) -> None:
    app.services.db.write(lambda connection: connection.exec_driver_sql("update segments set motion = 9, dbfs = -20.0"))
    async with app.client() as client:
        for number, kind in (("", "motion"), (" 2", "audio")):
            shown = EXAMPLES["review: Motion and sound over time" + number]
            compare(shown, (await client.get(f"/api/review/activity/{kind}?{RANGE}")).json())


async def test_changes_of_the_configuration(app: Nvr) -> None:
    async with app.client() as client:
        answer = await client.put("/api/config/set", json=EXAMPLES["config: Changing keys"])
        compare(EXAMPLES["config: Changing keys 2"], answer.json())
        text = (await client.get("/api/config/raw")).json()
        saved = await client.post("/api/config/save?save_option=saveonly", content=text)
        compare(EXAMPLES["config: Replacing the file"], saved.json())


async def test_cameras_on_the_network(tmp_path: Path) -> None:
    with onvif_camera() as camera:
        onvif = f"{{host: 127.0.0.1, port: {camera.port}, user: {USER}, password: '{PASSWORD}'}}"
        with nvr(tmp_path, CONFIG.replace("  front:\n", f"  front:\n    onvif: {onvif}\n", 1)) as app:
            async with app.client() as client:
                compare(EXAMPLES["cameras: Turning"], (await client.get("/api/front/ptz/info")).json())
                asked: dict[str, str | int]
                asked = {"host": "127.0.0.1", "port": camera.port, "username": USER, "password": PASSWORD}
                found = (await client.get("/api/onvif/probe", params=asked)).json()
                assert (await client.post("/api/onvif/probe", json=asked)).json() == found
    found["proposal"]["stand_in"].pop("onvif")
    compare(EXAMPLES["probes: What a camera has"], found)
    one = FoundCamera("192.0.2.7", 80, "http://192.0.2.7/onvif/device_service", "Yard", "X1", "")
    compare(EXAMPLES["probes: Cameras on the network"], [one.body()])


async def test_notifications(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with push_service(tmp_path) as service:
        monkeypatch.setenv("SSL_CERT_FILE", str(service.certificate))
        web_push._trusted.cache_clear()
        on = f"notifications: {{enabled: true, private_hosts: ['{service.host}']}}\n"
        with nvr(tmp_path, CONFIG + on) as app:
            async with app.client() as client:
                body = {"sub": service.browser("phone").subscription}
                registered = await client.post("/api/notifications/register", json=body)
                compare(EXAMPLES["notifications: Registering a browser"], registered.json())
                tested = await client.post("/api/notifications/test")
                compare(EXAMPLES["notifications: A test"], tested.json())
                compare(EXAMPLES["notifications: Devices"], (await client.get("/api/notifications/devices")).json())
    web_push._trusted.cache_clear()
    shown = EXAMPLES["notifications: What a device gets"]
    notice = notice_of(EXAMPLES["review: The item"], "new", "Front", first=True)
    compare(shown, json.loads(messages.of_notice(notice, "https://nvr.example.org").body))


async def test_faces(app: Nvr) -> None:
    library = app.services.faces.library
    library.add("Bob", b"picture")
    library.attempt(FaceAttempt("1763464001.5-abcdef", 1763464002.5, "unknown", 0.41), b"picture", 1)
    async with app.client() as client:
        data = {"face_recognition": {"enabled": True}}
        await client.put("/api/config/set", json={"requires_restart": 0, "config_data": data})
        answer = (await client.get("/api/faces")).json()
    compare(EXAMPLES["faces: Listing"], answer)
    assert answer["train"] == EXAMPLES["faces: Listing"]["train"]


def test_every_example_is_tried() -> None:
    source = Path(__file__).read_text()
    assert not [key for key in EXAMPLES if key not in ASKED and f'EXAMPLES["{key.removesuffix(" 2")}' not in source]


def compare(shown: Any, answer: Any, where: str = "") -> None:
    """Require the same keys and kinds of values, as deep as the example goes."""
    if isinstance(answer, list) and isinstance(shown, dict) and not where:
        answer = answer[0]  # the page shows one of the list
    if isinstance(shown, dict):
        assert isinstance(answer, dict), where
        fixed = shown.keys() - BY_NAME - {name for name in shown if re.fullmatch(r"\d{4}-\d\d-\d\d", name)}
        if len(fixed) == len(shown):
            assert fixed == answer.keys(), where
        for name, value in shown.items():
            if name in answer:
                compare(value, answer[name], f"{where}.{name}")
            else:
                assert name not in fixed, f"{where}.{name}"
    elif isinstance(shown, list):
        assert isinstance(answer, list), where
        if shown and answer:
            compare(shown[0], answer[0], f"{where}[]")
    elif shown is not None and answer is not None:
        assert kind(shown) == kind(answer), f"{where}: {shown!r}, {answer!r}"


def kind(value: Any) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)
