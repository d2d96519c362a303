"""Somebody walks through the built-in street: a search finds that in the street, and nothing in the sky."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Program

CONFIG = 'cameras: {street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=1&fps=10&size=1280x720"}]}}}\n'
STREET = [[0.05, 0.4], [0.95, 0.4], [0.95, 0.97], [0.05, 0.97]]
SKY = [[0.05, 0.1], [0.95, 0.1], [0.95, 0.2], [0.05, 0.2]]
pytestmark = pytest.mark.timeout(240)


def search(program: Program, polygon: list[list[float]], since: float, **more: Any) -> dict[str, Any]:
    """Search until now, and return the whole answer."""
    wanted = {"start_time": since, "end_time": time.time(), "polygon_points": polygon, "min_area": 0.3, **more}
    job = program.post("/api/street/search/motion", wanted)[1]["job_id"]
    path = f"/api/street/search/motion/{job}"

    def done() -> dict[str, Any] | None:
        answer: dict[str, Any] = program.json(path)
        return answer if answer["status"] not in ("queued", "running") else None

    found = program.wait(done, 90, "the end of the search")
    assert found["status"] == "success", found
    return found


def test_who_walks_through_the_street_is_found(tmp_path: Path) -> None:
    begun = time.time()
    program = Program.run(tmp_path / "data", CONFIG)
    try:

        def analysed() -> list[dict[str, Any]]:
            return [row for row in program.segments("street") if row["motion_heatmap"]]

        [first, *_] = program.wait(analysed, 90, "a segment with motion")
        cells = {int(cell) for cell in first["motion_heatmap"]}
        assert min(cell // 16 for cell in cells) >= 4  # nobody walks in the sky
        program.core().kill()
        program.follow(2, 30)
        program.wait(lambda: len(analysed()) >= 2, 90, "another one, of the next core")
        assert analysed()[0] == first
        found = search(program, STREET, begun)
        assert found["segments_with_motion"] >= 2
        assert found["candidates"]
        overlapping = [
            one
            for one in found["results"]
            if one["start_time"] < first["end_time"] and one["end_time"] > first["start_time"]
        ]
        assert overlapping, (first, found)
        for one in found["results"]:
            _, y, _, h = one["box"]
            assert 0.4 <= y <= y + h <= 0.98
        nothing = search(program, SKY, begun)
        assert nothing["results"] == []
        assert nothing["segments_with_motion"] == 0
    finally:
        program.stop()
