"""The analysis of a video file whose program, or whose worker, is killed with no warning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest

from dogwatch.testing.numbered import Codec, Variant, make
from tests.e2e.program import Program

pytestmark = pytest.mark.timeout(180)
FRAMES = 100
CONFIG = """
cameras: {}
files: {roots: [ROOT]}
detectors: {slow: {type: fixed, boxes: "person,0.9,10,10,60,90", delay_ms: DELAY}}
"""


def job_of(program: Program, path: str) -> dict[str, Any]:
    job: dict[str, Any] = program.json(f"{path}/progress")["job"]
    return job


def workers(program: Program) -> list[psutil.Process]:
    return [one for one in program.family() if one.is_running() and one.name() == "file worker"]


def test_killed_it_begins_again_and_what_was_found_before_stays(tmp_path: Path) -> None:
    film = make(tmp_path, Codec.H264, Variant.CONSTANT, FRAMES).path
    text = CONFIG.replace("ROOT", str(tmp_path)).replace("DELAY", "30")
    program = Program.run(tmp_path / "data", text)
    try:
        _, answer, _ = program.post("/api/v1/files/register", {"file_path": str(film)})
        path = f"/api/v1/file/{answer['file_uuid']}"
        program.wait(lambda: program.json(path)["file"]["status"] == "ready", 30, "index")
        program.post(f"{path}/process", {"every": 10})
        program.wait(lambda: job_of(program, path)["status"] == "done", 60, "first analysis")
        before = program.json(f"{path}/traces")["traces"]
        assert before

        program.post(f"{path}/process", {"replace": True})
        program.wait(lambda: job_of(program, path)["frames_done"], 60, "progress")
        core = program.core()
        core.kill()
        core.wait(10)
        program.follow(2, 60)  # to the port of the new core
        job = job_of(program, path)
        if job["status"] != "done":  # the core is back before the job has ended again
            assert program.json(f"{path}/traces")["traces"] == before or job_of(program, path)["status"] == "done"
        program.wait(lambda: job_of(program, path)["status"] == "done", 90, "second analysis")
        after = program.json(f"{path}/traces")["traces"]
        assert min(one["trace_id"] for one in after) > max(one["trace_id"] for one in before)
        assert not [one for one in workers(program) if one.status() != psutil.STATUS_ZOMBIE]

        program.post(f"{path}/process", {"replace": True})
        program.wait(lambda: job_of(program, path)["frames_done"], 60, "progress")
        (worker,) = workers(program)
        worker.kill()
        job = program.wait(lambda: _ended(program, path), 30, "end of a job whose worker has died")
        assert job["status"] == "failed"
        assert "decoded" in job["error"]
        assert program.json(f"{path}/traces")["traces"] == after
    finally:
        program.stop()


def _ended(program: Program, path: str) -> dict[str, Any] | None:
    job = job_of(program, path)
    return job if "finished_at" in job else None


def test_stopped_in_the_usual_way_it_begins_again(tmp_path: Path) -> None:
    film = make(tmp_path, Codec.H264, Variant.CONSTANT, FRAMES).path
    data = tmp_path / "data"
    program = Program.run(data, CONFIG.replace("ROOT", str(tmp_path)).replace("DELAY", "30"))
    try:
        _, answer, _ = program.post("/api/v1/files/register", {"file_path": str(film)})
        path = f"/api/v1/file/{answer['file_uuid']}"
        program.wait(lambda: program.json(path)["file"]["status"] == "ready", 30, "index")
        program.post(f"{path}/process", {})
        program.wait(lambda: job_of(program, path)["frames_done"], 60, "progress")
        program.stop()
        program = Program(data)
        job = program.wait(lambda: _ended(program, path), 90, "end of the analysis")
        assert job["status"] == "done", job
    finally:
        program.stop()
