"""The core may die or be restarted at any moment: recording goes on, and all else is back soon.

DOGWATCH_CORE_KILLS sets how often the core is killed (default 4; 100 for the long trial), DOGWATCH_RESTARTS how often
it is restarted over the API (2; 20), DOGWATCH_INGEST_KILLS how often a recording process is killed (3; 50).
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from websockets.sync.client import connect

from dogwatch.errors import MediaError
from dogwatch.media.fragments import scan
from tests.e2e.program import Program
from tests.e2e.test_kills import files, gone, recording_since
from tests.media import street
from tests.mounts import small_disk
from tests.rtsp import RtspServer, serving

KILLS = int(os.environ.get("DOGWATCH_CORE_KILLS", "4"))
RESTARTS = int(os.environ.get("DOGWATCH_RESTARTS", "2"))
INGEST_KILLS = int(os.environ.get("DOGWATCH_INGEST_KILLS", "3"))
FPS = 10
BACK_S = 3.0
# On a machine of usual speed a new process loads these in 0.6 s; where others take its processors, in twice as long.
LIBRARIES = "import fastapi, uvicorn, sqlalchemy, numpy, cv2"
BACK_LOADS = 3.0
AGAIN_S = 0.5
SPELL_S = 10.5  # behind which the next start comes as soon as the first
DETECTOR = 'detectors: {instant: {type: fixed, boxes: "person,0.9,110,60,210,280"}}\n'
CAMERAS = ("front", "back")
pytestmark = pytest.mark.in_pairs


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 20 s with a keyframe every second, which a camera plays over and over."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    noise = np.random.default_rng(1).integers(0, 255, (180, 640, 3), dtype=np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "x264-params": "scenecut=0"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 320, 180, "yuv420p", FPS
        for number in range(20 * FPS):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(noise[:, number : number + 320]), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def program(tmp_path: Path, film: Path) -> Iterator[Program]:
    cameras = ", ".join(f'{name}: {{ffmpeg: {{inputs: [{{path: "{film}"}}]}}}}' for name in CAMERAS)
    made = Program.run(tmp_path / "data", f"cameras: {{{cameras}}}\n{DETECTOR}")
    try:
        for camera in CAMERAS:
            made.wait(lambda camera=camera: made.segments(camera), 30, "first segment")  # type: ignore[misc]
        yield made
    finally:
        pids = [process.pid for process in made.family()]
        assert made.stop() < 10
        assert gone(pids, 5)


def ingests(program: Program) -> set[int]:
    return {process.pid for key, process in program.workers().items() if key.startswith("ingest")}


def newest_picture(program: Program, camera: str) -> float:
    """Return when the newest live picture was taken, 0 if there is none."""
    _, _, headers = program.get(f"/api/{camera}/latest.jpg?h=90")
    return float(headers.get("x-frame-time", 0)) if "x-frigate-offline" not in headers else 0.0


def plays_live(program: Program, camera: str) -> bool:
    """Whether a browser gets the beginning of a live stream and a fragment, within a second."""
    received = b""
    with connect(f"{program.address.replace('http', 'ws')}/live/mse/api/ws?src={camera}") as socket:
        socket.send(json.dumps({"type": "mse", "value": "avc1.640029"}))
        socket.recv(timeout=1)
        while b"moof" not in received:
            message = socket.recv(timeout=1)
            assert isinstance(message, bytes)
            received += message
    return True


def everything_is_back(program: Program, starts: int, ended: float) -> float:
    """Wait until API, live pictures, live streams and the newest footage are back; return how long that took."""
    program.follow(starts, 15)
    for camera in CAMERAS:
        program.wait(lambda camera=camera: newest_picture(program, camera) > ended, 10, "live picture")  # type: ignore[misc]
        assert plays_live(program, camera)
        program.wait(lambda camera=camera: program.segments(camera)[-1]["end_time"] > ended, 10, "footage")  # type: ignore[misc]
    return time.time() - ended


def check_footage(data: Path) -> None:
    """Every file has one row that says what is in it, and no camera has a gap."""
    with sqlite3.connect(data / "dogwatch.db") as connection:
        listed = connection.execute("SELECT path, start_time, end_time FROM segments").fetchall()
    assert sorted(path for path, *_ in listed) == sorted(str(path.relative_to(data)) for path in files(data))
    for path, start, end in listed:
        index = scan(data / path)
        assert (index.start_time, index.end_time) == pytest.approx((start, end), abs=0.001), path
    for camera in CAMERAS:
        times: list[float] = []
        for path in files(data):
            if path.parent.name == camera:
                with av.open(str(path)) as container:
                    video = container.streams.video[0]
                    times += [float(p.dts * video.time_base) for p in container.demux(video) if p.dts is not None]  # type: ignore[operator]
        steps = [(round(after - before, 3), before) for before, after in pairwise(times)]
        assert max(steps)[0] < 1.5 / FPS, f"{camera}: {max(steps)}"
        assert min(steps)[0] > 0.5 / FPS, f"{camera}: {min(steps)}"


@pytest.mark.timeout(120 + 20 * (KILLS + RESTARTS))
def test_recording_outlives_the_core(program: Program) -> None:
    chance = random.Random(20261128)
    recorders, took = ingests(program), []
    ends = ["kill"] * KILLS + ["restart"] * RESTARTS
    chance.shuffle(ends)
    for number, end in enumerate(ends, 2):
        time.sleep(chance.uniform(0.0, 4.0))
        ended = time.time()
        if end == "kill":
            core = program.core()
            core.kill()
        else:
            assert program.post("/api/restart", {})[0] == 200
        took.append(everything_is_back(program, number, ended))
        assert ingests(program) == recorders
    stats = program.json("/api/stats")
    assert {stats["cameras"][camera]["capture_pid"] for camera in CAMERAS} == recorders
    program.stop()
    check_footage(program.data)
    limit = max(BACK_S, BACK_LOADS * time_to_load())
    assert sorted(took)[int(0.95 * (len(took) - 1))] < limit, (took, limit)


def time_to_load() -> float:
    """Return the seconds that a new process takes to load what every core has to load, the best of three."""
    best = 60.0
    for _ in range(3):
        begin = time.monotonic()
        subprocess.run([sys.executable, "-c", LIBRARIES], check=True)
        best = min(best, time.monotonic() - begin)
    return best


def test_an_ingest_process_that_dies_without_a_core_comes_back(program: Program) -> None:
    before = ingests(program)
    core = program.core()
    core.suspend()  # it cannot start anything
    victim = psutil.Process(min(before))
    victim.kill()
    program.wait(lambda: len(ingests(program)) == len(before) and ingests(program) != before, 10, "another process")
    core.kill()
    everything_is_back(program, 2, time.time())
    assert program.json("/api/stats")["cameras"]["front"]["camera_fps"] >= 0


def test_below_the_floor_and_without_a_core_recording_goes_on(tmp_path: Path, film: Path) -> None:
    """Nobody deletes then; only a disk that has no room at all ends recording."""
    with small_disk(tmp_path / "disk", "160m") as disk:
        floor = "record: {enabled: true, continuous: {days: 5}, space: {floor: 100}}\n"
        cameras = f'cameras: {{front: {{ffmpeg: {{inputs: [{{path: "{film}"}}]}}}}}}\n'
        program = Program.run(disk / "data", floor + cameras + DETECTOR)
        try:
            program.wait(lambda: program.segments("front"), 30, "first segment")
            core = program.core()
            core.suspend()
            (disk / "ballast").write_bytes(bytes(90_000_000))
            below = time.time()
            program.wait(lambda: recording_since(program.data, below), 25, "recording below the floor")
            (disk / "ballast").unlink()  # or the core, once it goes on, deletes what was just recorded
            core.resume()
            program.wait(lambda: program.recorded_until("front") > below + 3, 15, "its rows")
            rows = program.segments("front")
            assert all(b["start_time"] - a["end_time"] < 0.05 for a, b in pairwise(rows))
        finally:
            program.stop()


def test_everything_leaves_when_the_supervisor_is_killed(program: Program) -> None:
    pids = [process.pid for process in program.family()]
    assert len(pids) >= 6
    os.kill(program.process.pid, signal.SIGKILL)
    program.process.wait()
    assert gone(pids, 8)


@pytest.mark.timeout(120 + 15 * INGEST_KILLS)
def test_a_killed_ingest_process_records_again_at_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with RtspServer(serving(street())) as server:
        camera = f"cameras: {{front: {{ffmpeg: {{inputs: [{{path: '{server.url}'}}]}}}}}}\n"
        program = Program.run(data, camera + DETECTOR)
        kills: list[float] = []
        try:
            for _ in range(INGEST_KILLS):
                program.wait(lambda: ingests(program), 10, "a recording process")
                time.sleep(SPELL_S)
                (victim,) = ingests(program)
                kills.append(time.time())
                os.kill(victim, signal.SIGKILL)
            program.wait(lambda: recording_since(data, kills[-1]), 10, "recording")
        finally:
            program.stop()
    starts = []
    for path in files(data):
        with contextlib.suppress(MediaError):  # killed before its first fragment was whole
            starts.append(scan(path).start_time)
    lost = [min(start for start in starts if start > kill) - kill for kill in kills]
    assert sorted(lost)[int(0.95 * (len(lost) - 1))] < AGAIN_S, lost  # the server begins with a keyframe


def test_a_signal_for_the_core_alone_ends_no_recording(tmp_path: Path) -> None:
    """`kill` with the core's process id, and what watches over memory, send SIGTERM."""
    camera = '{ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=5&size=320x180", roles: [record]}]}}'
    program = Program.run(tmp_path / "data", f"cameras:\n  front: {camera}\n")
    try:
        before = program.wait(lambda: set(program.workers()), 20, "worker")
        program.core().terminate()
        program.follow(2, 30)
        assert set(program.workers()) >= before
    finally:
        program.stop()
    assert program.process.returncode == 0
