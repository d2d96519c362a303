"""Nothing that a limited role is told names another camera, shows its figures, or tells whether it exists."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from websockets.asyncio.client import connect

from dogwatch.api.listener import EXTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.api.nvr.stats import visible
from dogwatch.auth.caller import Caller
from dogwatch.bus.messages import AnalysisStats, DetectorStats, IngestStats, StreamOpened
from dogwatch.media import fragments
from dogwatch.stats.problems import Finding
from dogwatch.store import events, exports, jobs, segments, timeline
from dogwatch.store.tables import reviews
from dogwatch.testing import recordings
from dogwatch.testing.app import Nvr, nvr, until
from dogwatch.testing.recordings import T0
from tests.routes import ROUTES, Exchange, exchange, url

HIDDEN, UNKNOWN = "vaultcam", "nosuchcm"
TELLTALE = re.compile(r"vault|61\.37|791911|787711|777123|4773|8837", re.IGNORECASE)
"""What everything of the hidden camera has in its names, and its figures."""
CONFIG = """
auth:
  hash_iterations: 10
  roles: {front_only: [front], vault_watch: [front, vaultcam], vault_only: [vaultcam]}
proxy: {header_map: {user: Remote-User, role: Remote-Groups, role_map: {vault_only: [vaultmen], admin: [ops]}}}
logger: {logs: {dogwatch.vault: debug}}
mqtt: {enabled: false}
camera_groups:
  vault_group: {cameras: [vaultcam], order: 1}
  all: {cameras: [front, vaultcam, birdseye], order: 2}
go2rtc:
  streams:
    front_sub: rtsp://192.0.2.1/sub
    shared: rtsp://192.0.2.77/vaultpath
    vaultstream: rtsp://192.0.2.77/vaultpath
cameras:
  vaultcam:
    friendly_name: The vault
    webui_url: http://vault.example/
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.77/vaultpath", roles: [record, detect]}]}
    detect: {enabled: true, width: 640, height: 360}
    record: {enabled: true}
    objects: {track: [vaultlabel]}
    live: {streams: {Vault: vaultstream, Shared: shared}}
    zones: {vaultzone: {coordinates: "0.1,0.1,0.9,0.1,0.9,0.9"}}
  front:
    ffmpeg:
      inputs:
        - {path: "rtsp://192.0.2.1/main", roles: [record]}
        - {path: "rtsp://127.0.0.1:8554/front_sub", roles: [detect]}
    detect: {enabled: true, width: 640, height: 360}
    record: {enabled: true}
    live: {streams: {Main: front, Sub: front_sub, Shared: shared}}
    zones: {porch: {coordinates: "0.1,0.1,0.9,0.1,0.9,0.9"}}
"""
QUERY = (
    f"ids=1700000000.5-front,1700000000.5-{HIDDEN}&after={T0 - 100}&before={T0 + 100}"
    f"&camera=all&cameras=front,{HIDDEN},{UNKNOWN}&limit=100&include_thumbnails=0&query={HIDDEN}"
)


def rows(connection: Connection, *, hidden: bool = True) -> None:
    """One event, moment and review item of each camera."""
    for camera, name in (("front", "person"), (HIDDEN, "vaultlabel"))[: 1 + hidden]:
        key, zone = f"1700000000.5-{camera}", "porch" if camera == "front" else "vaultzone"
        common: dict[str, Any] = {"id": key, "camera": camera, "start_time": T0 + 1, "end_time": T0 + 3}
        plate = "FR 1" if camera == "front" else "VAULT 1"
        event = {"label": name, "sub_label": f"{name}s", "type": "object", "zones": [zone], "has_clip": True}
        data = {"camera": camera, "label": name, "zones": [zone], "detections": [key], "objects": [name]}
        events.put(connection, {**common, **event, "recognized_license_plate": plate, "data": data})
        connection.execute(insert(reviews).values(**common, severity="alert", thumb_path=f"{camera}.webp", data=data))
        moment = {"timestamp": T0 + 1, "camera": camera, "source": "tracked_object", "source_id": key}
        timeline.add(connection, [{**moment, "class_type": "visible", "data": data}])
        case = exports.Case(key, f"of {camera}", "", 0.0, 0.0)
        exports.add_case(connection, case)
        kept = exports.Export(key, camera, f"of {camera}", 0.0, 1.0, f"{camera}.mp4", False, 5, 0.0, case_id=key)
        exports.add(connection, kept)
        job = jobs.Job(key, "export", camera, camera, "queued", {}, None, "", "queued", 0, 0, False, 0, None, None)
        jobs.add(connection, job)


@contextmanager
def furnished(directory: Path, config: str = CONFIG, *, hidden: bool = True) -> Iterator[Nvr]:
    """Build an app with something of everything of `front`, and of the hidden camera too unless `hidden` is False."""
    with nvr(directory, config) as made:
        services = made.services
        services.db.write(partial(rows, hidden=hidden))
        for camera, start in (("front", T0), (HIDDEN, T0), (HIDDEN, T0 + 86400))[: 1 + 2 * hidden]:
            for one in recordings.record(directory, camera, start, 2):
                init = fragments.scan(directory / one.path).init
                services.db.write(partial(segments.add, segment=one, init=init))
        stats = services.stats
        stats.note_process("ingest", "front", 4242, 1)
        stats.note_process("analysis", "0", 4343, 0)
        stats.on_message(IngestStats("front", 15.0, 15.0, 5.0, 1000.0, "full"))
        stats.on_message(AnalysisStats("front", 4343, 5.0, 0.0, 2.5))
        stats.events["front", "person"] = 3
        batches = 8837 if hidden else 0
        stats.on_message(DetectorStats("opencv", 4444, 12.5, float(batches), batches))
        if hidden:
            stats.note_process("ingest", HIDDEN, 787711, 4773)
            stats.on_message(IngestStats(HIDDEN, 61.37, 61.37, 61.37, 777123.0, "full"))
            stats.on_message(AnalysisStats(HIDDEN, 791911, 61.37, 61.37, 61.37))
            stats.events[HIDDEN, "vaultlabel"] = 8837
            services.problems.update("test", [Finding("no_footage", "Nothing of vaultcam is recorded.", HIDDEN)])
            services.streams.on_opened(StreamOpened(HIDDEN, ("record", "detect"), "vaultcodec", 1, 1, 5.0, "aac"))
        services.paths.log.write_text("vaultcam is online")
        for folder in ("clips/thumbs", "clips/previews", "exports"):
            for camera in ("front", HIDDEN)[: 1 + hidden]:
                (directory / folder / camera).mkdir(parents=True)
        yield made


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with furnished(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def furnished_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    with furnished(tmp_path_factory.mktemp("hidden")) as made:
        yield made


@pytest.fixture
def shared(furnished_once: Nvr) -> Iterator[Nvr]:
    """The app of all tests that only read; everybody logs in anew, as one of the routes logs out."""
    yield furnished_once
    furnished_once.tokens.clear()


def told(answer: Exchange, *asked: str) -> list[str]:
    """Return what an answer gives away; what was `asked` for may be said back."""
    text = f"{answer.headers} {answer.body.decode('utf-8', 'replace')}"
    for word in (QUERY, *asked):
        text = text.replace(word, "ASKED")
    return TELLTALE.findall(text)


READS = [key for key, _ in ROUTES if key[0] == "GET"]


@pytest.mark.parametrize("template", [template for _, template in READS])
async def test_no_answer_gives_a_hidden_camera_away(shared: Nvr, template: str) -> None:
    own = url("GET", template, "front")
    for target in (own, with_query(own)):
        assert told(await exchange(shared, EXTERNAL, "frida", "GET", target)) == [], target
    asked = url("GET", template, HIDDEN)
    if asked == own:
        return
    answer = await exchange(shared, EXTERNAL, "frida", "GET", asked)
    assert answer.status in (403, 404)
    by_id = "1700000000.5" in asked and not re.search(r"{(camera}|path|file)", template)
    assert told(answer, f"1700000000.5-{HIDDEN}" if by_id else HIDDEN) == []
    other = await exchange(shared, EXTERNAL, "frida", "GET", url("GET", template, UNKNOWN))
    assert answer.status == other.status
    assert answer.body.decode() == other.body.decode().replace(UNKNOWN, HIDDEN)
    assert [one for one in answer.headers if one[0] != "date"] == [one for one in other.headers if one[0] != "date"]


def with_query(target: str) -> str:
    return f"{target}{'&' if '?' in target else '?'}{QUERY}"


@pytest.mark.parametrize("key", [key for key, _ in ROUTES if key[0] not in ("GET", "WS")], ids=" ".join)
async def test_nor_does_a_write(app: Nvr, key: tuple[str, str]) -> None:
    method, template = key
    answers = {}
    for camera in (HIDDEN, UNKNOWN):
        target = url(method, template, camera)
        answer = await exchange(app, EXTERNAL, "frida", method, target)
        assert told(answer, HIDDEN) == [], target
        answers[camera] = answer.status, answer.body.decode().replace(UNKNOWN, HIDDEN)
    assert answers[HIDDEN] == answers[UNKNOWN]


async def test_others_see_it(app: Nvr) -> None:
    """The test above cannot fail where nothing is told to anybody."""
    seen = set()
    for _, template in READS:
        app.tokens.clear()  # one of the routes logs out
        if told(await exchange(app, EXTERNAL, "admin", "GET", with_query(url("GET", template, "front")))):
            seen.add(template)
    assert seen >= {
        "/api/config", "/api/config/raw", "/api/stats", "/api/metrics", "/api/events", "/api/events/explore",
        "/api/events/search", "/api/events/summary", "/api/event_ids", "/api/labels", "/api/sub_labels",
        "/api/recognized_license_plates", "/api/timeline", "/api/timeline/hourly", "/api/review", "/api/review_ids",
        "/api/zones", "/api/profile", "/api/camera/notifications", "/api/go2rtc/streams", "/api/recordings/storage",
        "/api/exports", "/api/cases", "/api/jobs/export", "/api/health",
    }  # fmt: skip


async def test_the_figures_of_a_limited_role(app: Nvr) -> None:
    async with app.client(EXTERNAL, "frida") as client:
        stats = (await client.get("/api/stats")).json()
        assert list(stats["cameras"]) == ["front"]
        sums = [stats[key] for key in ("camera_fps", "process_fps", "skipped_fps", "detection_fps")]
        assert sums == [15.0, 5.0, 0.0, 2.5]
        assert list(stats["processes"]) == ["ingest:front"]
        assert set(stats["cpu_usages"]) <= {"4242", "4343"}
        assert stats["detectors"]["opencv"]["inference_speed"] == 12.5
        assert stats["service"]["storage"] == {}
        assert stats["service"]["version"]
        metrics = (await client.get("/api/metrics")).text
        assert 'frigate_camera_events_total{camera="front",label="person"} 3.0' in metrics
        assert "frigate_detection_total_fps 2.5" in metrics
        config = (await client.get("/api/config")).json()
        assert config["camera_groups"]["all"]["cameras"] == ["front", "birdseye"]
        assert list(config["camera_groups"]) == ["all"]
        assert config["auth"]["roles"] == {"front_only": ["front"]}
    async with app.client(EXTERNAL, "vera") as client:
        assert (await client.get("/api/stats")).json()["camera_fps"] == 76.37


async def test_a_process_that_serves_a_hidden_camera_too_shows_no_load(app: Nvr) -> None:
    app.services.stats.on_message(AnalysisStats(HIDDEN, 4343, 5.0, 0.0, 2.5))
    snapshot = app.services.stats.snapshot()
    busy = {"cpu": "33.0", "cpu_average": "33.0", "mem": "3.0", "cmdline": "dogwatch vision 0"}
    snapshot["cpu_usages"] |= {"4343": busy, "4242": busy}
    seen = visible(snapshot, Caller("frida", "front_only", frozenset({"front"})))["cpu_usages"]
    assert seen["4343"] == {"cpu": "0.0", "cpu_average": "0.0", "mem": "0.0"}
    assert seen["4242"] == {"cpu": "33.0", "cpu_average": "33.0", "mem": "3.0"}


async def test_days_of_recordings_are_those_of_ones_own_cameras(app: Nvr) -> None:
    async with app.client(EXTERNAL, "frida") as client:
        assert [row["name"] for row in (await client.get("/recordings/")).json()] == ["2025-11-18"]
        assert [row["name"] for row in (await client.get("/recordings/2025-11-18/")).json()] == ["11"]
        for day in ("2025-11-19", "2020-01-01"):
            assert (await client.get(f"/recordings/{day}/")).status_code == 404
    async with app.client(EXTERNAL, "vera") as client:
        assert [row["name"] for row in (await client.get("/recordings/")).json()] == ["2025-11-18", "2025-11-19"]


async def test_a_stream_of_two_cameras_is_ones_own(app: Nvr) -> None:
    async with app.client(EXTERNAL, "frida") as client:
        found = (await client.get("/api/go2rtc/streams/shared")).json()
        assert found["producers"][0]["url"] == "rtsp://192.0.2.1/main"
    async with app.client(EXTERNAL, "vera") as client:
        found = (await client.get("/api/go2rtc/streams/shared")).json()
        assert "vaultpath" in found["producers"][0]["url"]


async def test_the_websocket(app: Nvr, listeners: Listeners) -> None:
    url_ = listeners.urls[EXTERNAL].replace("http", "ws", 1) + "/ws"
    broadcast = app.services.broadcast
    heard: list[str] = []
    headers = {"Authorization": f"Bearer {app.token('frida')}"}
    # With its usual queue the client does not read on to the server's answer when it closes, and waits ten seconds.
    async with connect(url_, additional_headers=headers, max_queue=None) as socket:
        await until(lambda: broadcast.statistics()["listeners"])
        for topic in ("onConnect", "modelState", "jobState", "birdseyeLayout", "audioDetections"):
            await socket.send(json.dumps({"topic": topic, "payload": ""}))
        app.services.switches.publish_all()
        broadcast.publish("stats", app.services.stats.snapshot())
        broadcast.publish("camera_activity", app.services.activity.snapshot())
        broadcast.publish("health", app.services.problems.health(), retain=True)
        for topic, payload in (
            (f"{HIDDEN}/vaultlabel", 1), (f"{HIDDEN}/motion", "ON"), ("vaultzone/person", 1), ("all/vaultlabel", 1),
            ("birdseye_layout", {HIDDEN: {}}), ("audio_detections", {HIDDEN: {}}), ("camera_monitoring", {HIDDEN: {}}),
            ("events", {"type": "new", "before": {"camera": HIDDEN}, "after": {"camera": HIDDEN}}),
            ("reviews", {"after": {"camera": HIDDEN}}), ("tracked_object_update", {"camera": HIDDEN}),
            ("triggers", {"camera": HIDDEN}), ("job_state", {"export": {"id": "vault", "camera": HIDDEN}}),
            ("events", "vault"), ("vault", None),
            ("front/person", 8),
        ):  # fmt: skip
            broadcast.publish(topic, payload)
        async with asyncio.timeout(10):
            while '"front/person"' not in (heard[-1] if heard else ""):
                heard.append(await socket.recv(decode=True))
    topics = {json.loads(text)["topic"] for text in heard}
    assert {"stats", "camera_activity", "front/detect/state", "health"} <= topics
    assert [text for text in heard if TELLTALE.search(text)] == []
