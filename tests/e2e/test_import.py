"""An installation of Frigate is imported as a user does it, and its past is there over HTTP."""

import io
import json
import os
import re
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

import av
import pytest

from dogwatch.testing import recordings
from dogwatch.testing.recordings import T0
from tests import installation
from tests.e2e.program import BASE, Program

CONFIG = """
auth: {hash_iterations: 1000, roles: {garden: [garden]}}
record: {enabled: true, continuous: {days: 3650}, motion: {days: 3650}}
snapshots: {enabled: true, retain: {default: 3650}}
cameras:
  front: {enabled: false, ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/main"}]}}
  garden: {enabled: false, ffmpeg: {inputs: [{path: "rtsp://192.0.2.2/main"}]}}
"""


def shown(data: bytes) -> list[int]:
    with av.open(io.BytesIO(data), "r") as container:
        container.streams.video[0].thread_type = "NONE"
        return [recordings.number(frame.to_ndarray(format="bgr24")) for frame in container.decode(video=0)]


@pytest.mark.timeout(180)
def test_an_installation_is_imported_and_served(tmp_path: Path) -> None:
    made, data = installation.build(tmp_path / "frigate", "0.16"), tmp_path / "data"
    (made.root / "config" / "config.yml").write_text(BASE.replace("snapshots: {enabled: true}", "") + CONFIG)
    command = [sys.executable, "-m", "dogwatch", "import", str(made.root), "--data", str(data), "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["brought"]["recordings"] == 6
    program = Program(data)
    try:
        _ask(program, made)
        refused = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ)
        assert refused.returncode == 1
        assert "already runs" in refused.stderr
    finally:
        program.stop()
    assert all(path.is_file() for path in (made.media / "recordings").rglob("*.mp4"))


def _ask(program: Program, made: installation.Installation) -> None:
    key, span = made.event_id(5), f"start/{T0:.0f}/end/{T0 + 12:.0f}"
    assert [row["id"] for row in program.events("&cameras=front")] == [key, made.event_id(1)]
    assert program.get(f"/api/events/{key}/thumbnail.jpg")[1][:2] == b"\xff\xd8"
    assert program.get(f"/api/events/{key}/snapshot.jpg?bbox=1&height=180")[1][:2] == b"\xff\xd8"
    assert program.get(f"/api/events/{key}/snapshot-clean.webp")[1][:4] == b"RIFF"
    assert program.get(f"/clips/front-{key}.jpg")[1] == installation.large("jpg", 60)
    moments = program.json(f"/api/timeline?source_id={key}")
    assert [row["class_type"] for row in moments] == ["visible", "gone"]
    (item,) = program.json(f"/api/review?cameras=front&after={T0 - 60}&before={T0 + 60}")
    assert item["data"]["detections"] == [made.event_id(1)]
    assert program.get(item["thumb_path"].removeprefix("/media/frigate"))[0] == 200
    listed = program.json(f"/api/front/recordings?after={T0}&before={T0 + 60}")
    assert [row["motion"] for row in listed] == [40, 41, 42]
    (day,) = program.json("/api/front/recordings/summary")
    assert day["events"] == 2
    playlist = program.get(f"/vod/front/{span}/index.m3u8")[1].decode()
    names = [line for line in playlist.splitlines() if line and not line.startswith("#")]
    init = program.get(f"/vod/front/{span}/init-v1-a1.mp4")[1]
    assert shown(init + b"".join(program.get(f"/vod/front/{span}/{name}")[1] for name in names)) == list(range(120))
    assert shown(program.get(f"/api/front/{span}/clip.mp4")[1]) == list(range(120))
    assert program.get(f"/api/front/recordings/{T0 + 5.35}/snapshot.jpg")[0] == 200
    (film,) = program.json(f"/api/preview/front/{span}")
    assert program.get(film["src"])[0] == 200
    assert program.get(f"/api/front/start/{T0:.0f}/end/{T0 + 8:.0f}/preview.gif")[1][:3] == b"GIF"
    (export,) = program.json("/api/exports")
    assert export["name"] == "The postman"
    assert len(shown(program.get(export["video_path"].removeprefix("/media/frigate"))[1])) == 40
    assert program.get(export["thumb_path"].removeprefix("/media/frigate"))[0] == 200
    roles = {user["username"]: user["role"] for user in program.json("/api/users")}
    assert roles == {"admin": "admin", "gerd": "garden", "vera": "viewer"}
    _log_in(program, "vera")


def _log_in(program: Program, user: str) -> None:
    address = program.wait(lambda: re.search(r"https://127\.0\.0\.1:\d+", program.output()), 10, "the address").group()
    body = json.dumps({"user": user, "password": installation.PASSWORD}).encode()
    request = urllib.request.Request(f"{address}/api/login", body, {"Content-Type": "application/json"})
    trusting = ssl._create_unverified_context()  # the certificate is the program's own
    with urllib.request.urlopen(request, timeout=30, context=trusting) as answer:
        assert "frigate_token=" in answer.headers["set-cookie"]
