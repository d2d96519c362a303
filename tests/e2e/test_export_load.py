"""A hundred exports queued at once cost no footage; at most the configured number are made at a time."""

from __future__ import annotations

import time
import urllib.request
from itertools import pairwise
from pathlib import Path

import av
import pytest

from tests.e2e.program import Program

EXPORTS = 100
TIMELAPSES = 15  # in front: they take long enough for the others to be cancelled before their turn
AT_ONCE = 3  # `record.export.max_concurrent` unless told otherwise
FPS = 10
FOOTAGE_S = 12.0
CONFIG = """
record: {enabled: true, continuous: {days: 1}}
cameras:
  street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=10&size=640x360"}]}}
  lane: {ffmpeg: {inputs: [{path: "synthetic://street?seed=4&fps=10&size=640x360"}]}}
detectors: {instant: {type: fixed, boxes: "person,0.9,110,60,210,280"}}
"""
pytestmark = pytest.mark.alone


def cancel(program: Program, export_id: str) -> None:
    request = urllib.request.Request(f"{program.address}/api/jobs/export/{export_id}", method="DELETE")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def test_a_hundred_exports_cost_no_footage(tmp_path: Path) -> None:
    program = Program.run(tmp_path / "data", CONFIG)
    try:
        begin = program.wait(lambda: first_time(tmp_path / "data", "street"), 20, "a recording")
        program.wait(lambda: time.time() > begin + FOOTAGE_S + 10 or None, 40, "footage")
        end = program.wait(lambda: recorded_until(program, begin + FOOTAGE_S), 30, "a whole segment")
        playbacks = ["timelapse_25x"] * TIMELAPSES + ["realtime"] * (EXPORTS - TIMELAPSES)
        path = f"/api/export/street/start/{begin}/end/{end}"
        asked = [program.post(path, {"playback": playback})[1]["export_id"] for playback in playbacks]
        cancelled = asked[EXPORTS // 2 :: 2]
        for export_id in cancelled:
            cancel(program, export_id)
        most = 0
        patience = time.monotonic() + 180
        while True:
            states = {one["id"]: one["status"] for one in program.json("/api/jobs/export")}
            assert set(states) >= set(asked)
            most = max(most, sum(state == "running" for state in states.values()))
            if not {states[one] for one in asked} & {"queued", "running"}:
                break
            assert time.monotonic() < patience, states
            time.sleep(0.1)
        assert most <= AT_ONCE
        assert {states[one] for one in cancelled} == {"cancelled"}
        assert {states[one] for one in asked if one not in cancelled} == {"success"}
        listed = {one["id"] for one in program.json("/api/exports")}
        assert listed == set(asked) - set(cancelled)
    finally:
        program.stop()
    for camera in ("street", "lane"):
        times = packets(tmp_path / "data", camera)
        assert times[-1] - times[0] > FOOTAGE_S
        assert max(after - before for before, after in pairwise(times)) < 1.5 / FPS


def first_time(data: Path, camera: str) -> float | None:
    files = sorted((data / "recordings").glob(f"*/*/{camera}/*.mp4"))
    return packets(data, camera)[0] if files and files[0].stat().st_size > 10_000 else None


def recorded_until(program: Program, time: float) -> float | None:
    """Return `time` once a segment that lasts until then has its row."""
    return time if any(one["end_time"] >= time for one in program.segments("street")) else None


def packets(data: Path, camera: str) -> list[float]:
    """Return the decode times (epoch s) of all packets that `camera` has recorded."""
    times: list[float] = []
    for path in sorted((data / "recordings").glob(f"*/*/{camera}/*.mp4")):
        with av.open(str(path)) as container:
            times += [
                float(packet.dts * packet.time_base)
                for packet in container.demux(video=0)
                if packet.dts is not None and packet.time_base is not None
            ]
    return times
