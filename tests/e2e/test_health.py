"""The running program tells of a camera that is gone, and that it is back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.program import Program
from tests.media import street
from tests.rtsp import RtspServer, serving


def ids(program: Program) -> set[str]:
    return {one["id"] for one in program.json("/api/health")["problems"]}


@pytest.mark.timeout(150)
def test_a_camera_that_goes_and_comes_back(tmp_path: Path) -> None:
    with RtspServer(serving(street())) as server:
        camera = f"cameras: {{front: {{ffmpeg: {{inputs: [{{path: '{server.url}'}}]}}}}}}\n"
        program = Program.run(tmp_path / "data", camera + "detectors: {instant: {type: fixed}}\n")
        try:
            program.wait(lambda: program.segments("front"), 30, "first segment")
            assert ids(program) == set()
            assert program.json("/api/health") == {"status": "ok", "problems": []}
            server.kill()
            wanted = {"camera_unreachable:front", "no_footage:front"}
            program.wait(lambda: ids(program) == wanted, 40, "both problems")
            found = program.json("/api/health")
            assert found["status"] == "error"
            assert all(str(server.port) in one["detail"] for one in found["problems"] if "unreachable" in one["id"])
            server.start()
            program.wait(lambda: not ids(program), 40, "the end of both problems")
        finally:
            assert program.stop() < 10
