"""Why an event was made is the same in the running program and in a replay of the footage."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from dogwatch.testing import walkers
from tests.e2e.program import Program
from tests.rtsp import RtspServer, serving

CONFIG = """
objects: {{filters: {{person: {{threshold: 0.6, min_area: 800}}}}}}
detectors: {{squares: {{type: remote, api_url: "{detector}", model: {{width: 320, height: 320}}}}}}
cameras:
  street:
    detect: {{enabled: true, fps: 1, idle_after: 0}}
    ffmpeg: {{inputs: [{{path: "{camera}"}}]}}
    zones: {{all: {{coordinates: "0,0,1,0,1,1,0,1", inertia: 2}}}}
"""
FPS = 1
pytestmark = pytest.mark.in_pairs


class Squares(BaseHTTPRequestHandler):
    """Finds the walkers, surer of large ones."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        grey = cv2.imdecode(np.frombuffer(body.partition(b"\r\n\r\n")[2], np.uint8), cv2.IMREAD_GRAYSCALE)
        assert grey is not None
        found = [
            {"label": one.label, "confidence": min(0.55 + one.box.area / 50_000, 0.99)}
            | dict(zip(("x_min", "y_min", "x_max", "y_max"), one.box.as_list(), strict=True))
            for one in walkers.squares(np.asarray(grey, np.uint8))
        ]
        answer = json.dumps({"success": True, "predictions": found}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def detector() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Squares)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/detect"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ended(program: Program) -> list[dict[str, Any]]:
    return [one for one in program.events("&label=person") if one["end_time"]]


def lived(data: Path, camera: str, config: str) -> tuple[list[dict[str, Any]], dict[str, Any], float, float]:
    """Let the program see the street; return why its events were made, what a job makes of it, and the range."""
    program = Program.run(data, config)
    try:
        begin = program.wait(lambda: program.segments(camera), 30, "recording")[0]["start_time"]
        program.wait(lambda: len(ended(program)) >= 2, 60, "the end of two events")
        end = max(one["end_time"] for one in ended(program)) + 3
        program.wait(lambda: program.segments(camera)[-1]["start_time"] > end, 40, "the footage on disk")
        why = [program.json(f"/api/events/{one['id']}/why") for one in ended(program)]
        asked = {"camera": camera, "start_time": begin - 1, "end_time": end}
        assert program.post("/api/debug_replay/start", asked)[0] == 202
        job = program.wait(lambda: replayed_by_job(program), 60, "the end of the replay")
    finally:
        program.stop()
    return why, job, begin, end


def replayed_by_job(program: Program) -> dict[str, Any] | None:
    status = program.json("/api/debug_replay/status")
    return None if status["active"] else dict(status["job"])


def replayed(data: Path, camera: str, start: float, end: float) -> list[dict[str, Any]]:
    """Return the events that `dogwatch replay` makes of recorded footage."""
    command = [sys.executable, "-m", "dogwatch", "replay", "--data", str(data), "--recorded", camera, "--json"]
    done = subprocess.run([*command, "--from", str(start), "--to", str(end)], capture_output=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)["events"]
    return found


def decisions(why: dict[str, Any]) -> list[str]:
    return [one["decision"] for one in why["decisions"]]


@pytest.mark.timeout(200)
def test_why_names_the_threshold_and_the_frames_that_a_replay_prints(tmp_path: Path) -> None:
    """That every figure is the same when no frame is skipped, `test_replay` shows."""
    film = walkers.film(tmp_path / "film.mp4", 60.0, walking=(6.0, 18.0))
    data = tmp_path / "data"
    with detector() as address, RtspServer(serving(film)) as server:
        live, job, begin, end = lived(data, "street", CONFIG.format(camera=server.url, detector=address))
        events = replayed(data, "street", begin - 1, end)
        again = [one["why"] for one in events]
    assert job["status"] == "success", job["error_message"]
    assert job["results"]["events"] == events
    for why in live:
        assert why["kept"]
        same = min(again, key=lambda one: abs(one["scores"]["first"]["time"] - why["scores"]["first"]["time"]))
        assert why["scores"]["threshold"] == same["scores"]["threshold"] == 0.6
        limits = {one["setting"]: one["limit"] for one in why["filters"]}
        assert limits == {one["setting"]: one["limit"] for one in same["filters"]}
        assert limits == {"objects.filters.person.min_score": 0.5, "objects.filters.person.min_area": 800}
        assert [stay["zone"] for stay in why["zones"]] == [stay["zone"] for stay in same["zones"]] == ["all"]
        assert decisions(why) == decisions(same) == ["alert", "clip", "snapshot"]
        # The live camera may skip frames when the machine does other things, but both look at the same ones.
        frames = [time for time, _ in why["scores"]["reached"]]
        shift = [(time - same["scores"]["reached"][-1][0]) * FPS for time in frames]
        assert [one - round(one) for one in shift] == pytest.approx([0.0] * len(shift), abs=0.1)
        scores = ", ".join(f"{score:.2f}" for _, score in why["scores"]["reached"])
        assert why["text"][0].endswith(f"and threshold asks for 0.60 (scores {scores})")
