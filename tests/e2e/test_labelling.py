"""A user of the running program labels what it has found, finds it by words, and measures the detector."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Program
from tests.media import street
from tests.rtsp import RtspServer, serving

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with RtspServer(serving(street())) as server:
        camera = f"cameras: {{street: {{ffmpeg: {{inputs: [{{path: '{server.url}'}}]}}}}}}\n"
        running = Program.run(tmp_path_factory.mktemp("labelling") / "data", camera)
        try:
            yield running
        finally:
            running.stop()


def ask(program: Program, method: str, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(program.address + path, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def command(data: Path, *arguments: str) -> str:
    called = [sys.executable, "-m", "dogwatch", "dataset", "--data", str(data), *arguments]
    return subprocess.run(called, capture_output=True, text=True, check=True, timeout=120).stdout


def test_from_the_event_to_the_measured_detector(program: Program, tmp_path: Path) -> None:
    listing = "/api/events?has_snapshot=1&in_progress=0&include_thumbnails=0"
    program.wait(lambda: len(program.json(listing)) >= 2, 120, "two events with snapshots")
    right, wrong = (one["id"] for one in program.json(listing)[:2])

    assert ask(program, "POST", f"/api/events/{right}/plus", {}) == {"success": True, "plus_id": right}
    assert ask(program, "PUT", f"/api/events/{wrong}/false_positive")["success"] is True
    assert {one["id"] for one in program.json("/api/events?is_submitted=1")} == {right, wrong}
    recorded = program.wait(lambda: program.segments("street"), 30, "a recording")[0]
    frame = ask(program, "POST", f"/api/street/plus/{recorded['start_time'] + 1}")["plus_id"]

    ask(program, "POST", f"/api/events/{right}/description", {"description": "Somebody with a yellow umbrella"})
    assert [one["id"] for one in program.json("/api/events/search?query=street+umbrella")] == [right]

    assert ask(program, "DELETE", f"/api/events/{right}")["success"] is True
    assert program.json("/api/events/search?query=umbrella") == []

    data = program.data
    counts = json.loads(command(data, "list", "--json"))
    assert (counts["pictures"], counts["without_boxes"]) == (3, 1)
    assert sum(counts["labels"].values()) == sum(counts["false_positives"].values()) == 1
    command(data, "export", str(tmp_path / "coco"))
    found = json.loads((tmp_path / "coco" / "instances.json").read_text())
    assert {one["file_name"] for one in found["images"]} == {f"street/{key}.jpg" for key in (right, wrong, frame)}
    assert all((tmp_path / "coco" / "images" / one["file_name"]).is_file() for one in found["images"])
    assert len(found["annotations"]) == 1

    measured = json.loads(command(data, "check", "--json"))
    assert (measured["pictures"], measured["unreadable"]) == (2, [])
    boxes = sum(one["boxes"] for one in measured["labels"])
    marks = sum(one["false_marks"] for one in measured["labels"])
    assert (boxes, marks) == (1, 1)
    # The detector that has found them finds them again, in the same region of the same picture.
    assert sum(one["found"] for one in measured["labels"]) == 1
    assert sum(one["false_marks_hit"] for one in measured["labels"]) == 1
