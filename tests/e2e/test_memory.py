"""What the dearest pictures of a 1080p camera cost the core, and that it gets its memory back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil
import pytest

from tests.e2e.program import Program

MIB = 1 << 20
WIDTH, HEIGHT, FPS, SECONDS = 1920, 1080, 5, 8
ONE_MIB, FORTY_MIB, BACK_MIB = 64, 256, 20
BACK_S = 60.0
pytestmark = [
    pytest.mark.alone,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not psutil.LINUX, reason="only Linux tells what a process shares with none"),
]


def make_video(path: Path) -> None:
    """Write pictures that compress badly: each of them costs what a picture can."""
    noise = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH + 64, 3), np.uint8)
    with av.open(str(path), "w", format="mp4") as container:
        video: Any = container.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.gop_size = SECONDS * FPS
        video.options = {"preset": "ultrafast", "crf": "30", "refs": "4", "sc_threshold": "0"}
        for n in range(SECONDS * FPS):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(noise[:, n % 64 :][:, :WIDTH]), format="bgr24")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = n, Fraction(1, FPS)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))


class Peak:
    """The largest size of a process while it was looked at, and the one before, in bytes."""

    def __init__(self, process: psutil.Process) -> None:
        self.before = self.most = process.memory_info().rss

    @property
    def mib(self) -> float:
        return (self.most - self.before) / MIB


@contextmanager
def watched(process: psutil.Process) -> Iterator[Peak]:
    peak, over = Peak(process), threading.Event()

    def look() -> None:
        while not over.wait(0.005):
            peak.most = max(peak.most, process.memory_info().rss)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    make_video(tmp_path / "camera.mp4")
    inputs = f"inputs: [{{path: '{tmp_path / 'camera.mp4'}', roles: [record, detect]}}]"
    camera = f"{{ffmpeg: {{{inputs}}}, detect: {{enabled: false}}}}"
    made = Program.run(tmp_path / "data", f"cameras: {{front: {camera}}}\n")
    yield made
    made.stop()


def dear(program: Program) -> list[str]:
    """Wait until there is something to show; return the dearest pictures of it."""
    segment = program.wait(lambda: next(iter(program.segments("front")), None), 60, "recording")
    program.wait(lambda: program.segments("front")[0]["end_time"] - segment["start_time"] > SECONDS / 2, 60, "footage")
    program.wait(lambda: "x-frigate-offline" not in program.get("/api/front/latest.jpg?h=90")[2], 30, "live picture")
    status, body, _ = program.post("/api/events/front/bell/create", {"duration": 1})
    assert status == 200
    event = body["event_id"]
    program.wait(lambda: program.get(f"/api/events/{event}/snapshot.jpg")[0] == 200, 30, "snapshot")
    at = segment["start_time"] + SECONDS / 2 - 0.5
    return [
        "/api/front/latest.png?h=8192",
        "/api/front/latest.webp?quality=100",
        f"/api/events/{event}/snapshot.jpg?height=8192&quality=100&timestamp=1",
        f"/api/events/{event}/snapshot-clean.png",
        f"/api/events/{event}/snapshot-clean.webp",
        f"/api/front/recordings/{at}/snapshot.png?height=8192",
        f"/api/front/recordings/{at}/snapshot.jpg?height=8192",
        f"/api/front/start/{segment['start_time']}/end/{at}/clip.mp4",
    ]


def ask(program: Program, paths: Sequence[str]) -> list[int]:
    with ThreadPoolExecutor(len(paths)) as threads:
        return list(threads.map(lambda path: program.get(path, timeout=120)[0], paths))


def test_pictures_cost_little_and_what_they_cost_comes_back(program: Program) -> None:
    core = program.core()
    paths = dear(program)
    small = [path.replace("height=8192", "height=90") for path in paths if "height=8192" in path]
    assert set(ask(program, small)) == {200}
    own = core.memory_full_info().uss  # with the libraries, which the first picture of a kind loads for good
    for path in paths:
        with watched(core) as one:
            assert ask(program, [path]) == [200]
        assert one.mib < ONE_MIB, f"{path}: {one.mib:.0f} MiB"
    before = core.memory_info().rss
    with watched(core) as forty:
        assert set(ask(program, paths * 5)) == {200}
    assert forty.mib < FORTY_MIB, f"{forty.mib:.0f} MiB"
    end = time.monotonic() + BACK_S
    while core.memory_info().rss > before + BACK_MIB * MIB or core.memory_full_info().uss > own + BACK_MIB * MIB:
        grown = (core.memory_info().rss - before) // MIB, (core.memory_full_info().uss - own) // MIB
        assert time.monotonic() < end, f"{grown[0]} MiB more than before, {grown[1]} more than at the start"
        time.sleep(0.5)
