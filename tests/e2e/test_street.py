"""A real street over RTSP, with the built-in detector: what is seen, recorded and played."""

from __future__ import annotations

import http.client
import io
import json
import time
import urllib.request
import zoneinfo
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from websockets.sync.client import connect

from dogwatch.live.fragments import CATCH_UP_S
from tests.e2e.footage import decode, probe
from tests.e2e.program import Program
from tests.media import street
from tests.rtsp import RtspServer, serving

WATCHED_S = 52.0  # of 60: then the server ends the stream
FPS, WIDTH, HEIGHT = 15, 1280, 720
FRAME_S = 1 / FPS
GOP_S, FRAGMENT_S = 2.0, 1.0
pytestmark = [pytest.mark.timeout(180), pytest.mark.in_pairs]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with RtspServer(serving(street(), audio="aac")) as server:
        running = Program.run(
            tmp_path_factory.mktemp("street") / "data",
            f'cameras: {{street: {{ffmpeg: {{inputs: [{{path: "{server.url}"}}]}}}}}}\n',
        )
        try:
            running.wait(lambda: running.segments("street"), 30, "recording")
            yield running
        finally:
            running.stop()


@dataclass(frozen=True, slots=True)
class Watched:
    """What there was before the stream's end; `segments` are closed, and cover `start` to `end`."""

    segments: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def start(self) -> float:
        return float(self.segments[0]["start_time"])

    @property
    def end(self) -> float:
        return float(self.segments[-1]["end_time"])

    @property
    def ended(self) -> dict[str, Any]:
        """A person that came and went while it was recorded."""
        return next(one for one in self.events if one["end_time"] and one["end_time"] < self.end)


@pytest.fixture(scope="module")
def watched(program: Program) -> Watched:
    begin = program.segments("street")[0]["start_time"]
    program.wait(lambda: time.time() - begin > WATCHED_S, WATCHED_S + 5, "end of watching")
    closed = program.segments("street")[:-1]  # the last one is being written
    return Watched(closed, program.events("&label=person"))


# ------------------------------------------------------------------ live, while it runs


def test_mse_plays_within_two_seconds(program: Program) -> None:
    begin = time.monotonic()
    url = f"{program.address.replace('http', 'ws')}/live/mse/api/ws?src=street"
    received = b""
    with connect(url) as socket:
        socket.send(json.dumps({"type": "mse", "value": "avc1.640029,mp4a.40.2"}))
        answer = json.loads(socket.recv(timeout=5))
        assert answer["type"] == "mse"
        assert answer["value"].startswith('video/mp4; codecs="avc1.')
        assert "mp4a.40.2" in answer["value"]
        while b"moof" not in received:
            message = socket.recv(timeout=5)
            assert isinstance(message, bytes)
            received += message
        first = time.monotonic() - begin
        while received.count(b"moof") < 16:
            message = socket.recv(timeout=5)
            assert isinstance(message, bytes)
            received += message
    assert first < 2, f"first picture after {first:.2f} s"
    live = decode(received)
    assert live.size == (WIDTH, HEIGHT)
    assert live.video[0] < 0.001, "the timeline begins at zero"
    # The player rushes through what is held since the last keyframe; from the newest picture on, all are a frame apart.
    held = sum(time < CATCH_UP_S for time in live.video)
    assert len(live.video) > held + 4
    assert held == 0 or live.video[held] == pytest.approx(CATCH_UP_S, abs=0.001)
    assert replace(live, video=live.video[held:]).largest_step_error(FPS) < FRAME_S / 4


def test_mjpeg_shows_picture_after_picture(program: Program) -> None:
    with urllib.request.urlopen(f"{program.address}/api/street", timeout=10) as answer:
        kind = answer.headers["Content-Type"]
        assert kind.startswith("multipart/x-mixed-replace")
        boundary = b"--" + kind.split("boundary=")[1].strip('"').encode()
        data = b""
        while data.count(b"\xff\xd9\r\n") < 3:
            data += answer.read1(65536)
    pictures = [part.split(b"\r\n\r\n", 1)[1] for part in data.split(boundary)[1:4]]
    decoded = [cv2.imdecode(np.frombuffer(one, np.uint8), cv2.IMREAD_COLOR) for one in pictures]
    assert all(one is not None and one.shape[1] / one.shape[0] == pytest.approx(16 / 9, rel=0.02) for one in decoded)
    assert len(set(pictures)) > 1, "pictures change"


# ------------------------------------------------------------------ what is seen


def test_people_are_seen(watched: Watched) -> None:
    assert len(watched.events) >= 6
    for event in watched.events:
        assert event["has_snapshot"], event
        x, y, w, h = event["data"]["box"]
        assert x >= 0, event
        assert y >= 0, event
        assert x + w <= 1.0001, event
        assert y + h <= 1.0001, event
        assert 80 <= h * HEIGHT <= 350, event
        assert 0.2 <= w * WIDTH / (h * HEIGHT) <= 0.9, event
        assert event["start_time"] <= event["data"]["snapshot_frame_time"]


def picture(data: bytes) -> NDArray[np.uint8]:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert found is not None
    return found.astype(np.uint8)


def shows_person(whole: NDArray[np.uint8], box: list[float]) -> bool:
    """Whether OpenCV's people detector finds somebody who fills `box` in an enlarged cut of `whole`."""
    x, y, w, h = (value * side for value, side in zip(box, (WIDTH, HEIGHT, WIDTH, HEIGHT), strict=True))
    margin = h * 0.35
    x1, y1 = int(max(0, x - margin)), int(max(0, y - margin))
    cut = whole[y1 : int(y + h + margin), x1 : int(x + w + margin)]
    scale = 160 / h
    cut = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    cut = cv2.copyMakeBorder(cut, 16, 16, 16, 16, cv2.BORDER_REPLICATE).astype(np.uint8)
    detector = cv2.HOGDescriptor()
    detector.setSVMDetector(np.array(cv2.HOGDescriptor.getDefaultPeopleDetector()))
    found, _ = detector.detectMultiScale(cut, winStride=(4, 4), scale=1.03)
    centre = ((x + w / 2 - x1) * scale + 16, (y + h / 2 - y1) * scale + 16)
    return any(a < centre[0] < a + c and b < centre[1] < b + d for a, b, c, d in found)


def test_snapshots_show_people(program: Program, watched: Watched) -> None:
    hits = 0
    for event in watched.events:
        status, data, headers = program.get(f"/api/events/{event['id']}/snapshot-clean.png")
        assert status == 200
        assert headers["content-type"] == "image/png"
        clean = picture(data)
        assert clean.shape == (HEIGHT, WIDTH, 3)
        now = program.json(f"/api/events/{event['id']}")  # a later, better picture may have come
        hits += shows_person(clean, now["data"]["box"])
    assert hits >= 0.75 * len(watched.events), f"{hits} of {len(watched.events)}"


def test_pictures_of_an_event(program: Program, watched: Watched) -> None:
    base = f"/api/events/{watched.ended['id']}"
    status, data, headers = program.get(f"{base}/snapshot.jpg?bbox=1&h=360")
    assert (status, headers["content-type"]) == (200, "image/jpeg")
    assert picture(data).shape == (360, 640, 3)
    _, crop, _ = program.get(f"{base}/snapshot.jpg?crop=1")
    assert picture(crop).shape[1] < WIDTH / 2
    for extension in ("jpg", "webp"):
        status, data, _ = program.get(f"{base}/thumbnail.{extension}")
        assert status == 200
        assert min(picture(data).shape[:2]) >= 100


def test_moments_and_review_of_an_event(program: Program, watched: Watched) -> None:
    event = watched.ended
    moments = program.json(f"/api/timeline?source_id={event['id']}")
    kinds = [one["class_type"] for one in moments]
    assert kinds[0] == "visible"
    assert kinds[-1] == "gone"
    assert all(one["camera"] == "street" and one["data"]["label"] == "person" for one in moments)
    reviews = program.json("/api/review?cameras=street")
    mine = [one for one in reviews if event["id"] in one["data"]["detections"]]
    assert len(mine) == 1
    assert mine[0]["severity"] == "alert"
    assert mine[0]["start_time"] <= event["start_time"] + 0.01


# ------------------------------------------------------------------ what is recorded


def test_recording_has_no_gaps(program: Program, watched: Watched) -> None:
    assert watched.end - watched.start > WATCHED_S - 12
    for before, after in pairwise(watched.segments):
        assert abs(after["start_time"] - before["end_time"]) < 0.05
    frames = 0
    for path in sorted((program.data / "recordings").rglob("*.mp4"))[: len(watched.segments)]:
        with av.open(str(path)) as container:
            frames += sum(1 for _ in container.decode(video=0))
    assert frames == pytest.approx((watched.end - watched.start) * FPS, rel=0.01)


def test_summary_of_recordings(program: Program, watched: Watched) -> None:
    def hour_of(at: float) -> tuple[str, int]:
        local = datetime.fromtimestamp(at, zoneinfo.ZoneInfo("Europe/Berlin"))
        return f"{local:%Y-%m-%d}", local.hour

    days = program.json("/api/street/recordings/summary?timezone=Europe/Berlin")
    hours = {(each["day"], int(one["hour"])): one for each in days for one in each["hours"]}
    assert hour_of(watched.start) in hours
    assert sum(one["duration"] for one in hours.values()) >= watched.end - watched.start - 1
    started = Counter(hour_of(one["start_time"]) for one in watched.events if one["has_clip"])
    assert started.total() >= len(watched.events) - 1
    assert all(one["events"] >= started[hour] for hour, one in hours.items())
    # An hour is listed when a segment that began in it is complete: so every hour but, at worst, the present one.
    assert started.keys() - hours.keys() <= {hour_of(time.time())}
    assert all(each["events"] >= sum(started[hour] for hour in started if hour[0] == each["day"]) for each in days)


@pytest.mark.parametrize("name", ["index.m3u8", "master.m3u8"])
def test_hls_plays_through(program: Program, watched: Watched, ffprobe: str, name: str) -> None:
    url = f"{program.address}/vod/street/start/{watched.start}/end/{watched.end}/{name}"
    packets = probe(ffprobe, url)
    video = [float(one["dts_time"]) for one in packets if one["codec_type"] == "video"]
    assert len(video) == pytest.approx((watched.end - watched.start) * FPS, abs=2)
    assert max(abs(after - before - FRAME_S) for before, after in pairwise(video)) < 0.01
    audio = [one for one in packets if one["codec_type"] == "audio"]
    length = float(audio[1]["duration_time"])
    times = [float(one["dts_time"]) for one in audio]
    assert max(abs(after - before - length) for before, after in pairwise(times)) < 0.01
    # A server may send the first sounds of a connection before the first keyframe: nothing to hear them with.
    assert abs(times[0] - video[0]) < 0.25
    assert len(times) * length == pytest.approx(watched.end - watched.start, abs=0.3)


def clip_path(watched: Watched) -> str:
    """A range that begins and ends inside of segments and crosses at least three borders."""
    start = watched.start + 3.3
    return f"/api/street/start/{start}/end/{min(start + 45, watched.end - 1.2)}/clip.mp4"


def test_clip_is_a_plain_file(program: Program, watched: Watched) -> None:
    status, data, headers = program.get(clip_path(watched))
    assert status == 200
    assert int(headers["content-length"]) == len(data)
    assert headers["content-type"] == "video/mp4"
    clip = decode(data)
    assert clip.size == (WIDTH, HEIGHT)
    wanted = min(45, watched.end - watched.start - 4.5)
    assert wanted > 30
    assert wanted <= len(clip.video) / FPS <= wanted + 2.2, "cut at the keyframe before the start"
    assert clip.largest_step_error(FPS) < 0.002
    assert clip.audio_start is not None
    assert abs(clip.audio_start - clip.video[0]) < 0.05

    middle = (len(data) // 3, len(data) // 3 + 100_000)
    part = ask(program, clip_path(watched), {"Range": f"bytes={middle[0]}-{middle[1]}"})
    assert part.status == 206
    assert part.headers["Content-Range"] == f"bytes {middle[0]}-{middle[1]}/{len(data)}"
    assert part.body == data[middle[0] : middle[1] + 1]
    tail = ask(program, clip_path(watched), {"Range": "bytes=-1000"})
    assert (tail.status, tail.body) == (206, data[-1000:])


def test_clip_begins_at_once(program: Program, watched: Watched) -> None:
    waits = [ask(program, clip_path(watched)).first_byte_s for _ in range(5)]
    assert min(waits) < 0.05, waits


def test_clip_of_an_event(program: Program, watched: Watched) -> None:
    event = watched.ended
    status, data, headers = program.get(f"/api/events/{event['id']}/clip.mp4")
    assert (status, headers["content-type"]) == (200, "video/mp4")
    length = event["end_time"] - event["start_time"]
    # From the keyframe before the start to the end of the fragment that holds the end.
    assert length <= len(decode(data).video) / FPS <= length + GOP_S + FRAGMENT_S + FRAME_S


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    first_byte_s: float


def ask(program: Program, path: str, headers: dict[str, str] | None = None) -> Answer:
    """GET `path` on a connection of its own and time the first byte of the body."""
    connection = http.client.HTTPConnection(urlsplit(program.address).netloc, timeout=10)
    try:
        begin = time.monotonic()
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        body = io.BytesIO(response.read(1))
        first = time.monotonic() - begin
        body.seek(0, io.SEEK_END)
        body.write(response.read())
        return Answer(response.status, response.headers, body.getvalue(), first)
    finally:
        connection.close()
