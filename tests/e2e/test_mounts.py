"""Disks that go while Dogwatch runs: nothing is written past them, and nothing that was told is lost."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import Program
from tests.mounts import Disk

CONFIG = """
record: {enabled: true, continuous: {days: 1}, space: {floor: 100}}
detectors: {instant: {type: fixed}}
cameras: {street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=10&size=640x360"}]}}}
"""


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[dict[str, Disk]]:
    """Disks of their own for what a data directory holds."""
    made: dict[str, Disk] = {}
    try:
        for name in ("recordings", "clips", "logs"):
            made[name] = Disk(tmp_path / f"disk-{name}", "300m")
        yield made
    finally:
        for disk in made.values():
            disk.close()


def manual_event(program: Program) -> str:
    wish = urllib.request.Request(f"{program.address}/api/events/street/parcel/create", b"{}", method="POST")
    wish.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(wish, timeout=30) as answer:
        return str(json.load(answer)["event_id"])


def delete(program: Program, event_id: str) -> int:
    try:
        wish = urllib.request.Request(f"{program.address}/api/events/{event_id}", method="DELETE")
        with urllib.request.urlopen(wish, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def pictured(program: Program, event_id: str) -> bool:
    return program.get(f"/api/events/{event_id}/snapshot.jpg")[0] == 200


def pictured_event(program: Program) -> str | None:
    """Make an event; None while the camera has shown nothing yet."""
    event_id = manual_event(program)
    return event_id if pictured(program, event_id) else None


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.timeout(240)
def test_disks_that_go_and_come_back(tmp_path: Path, disks: dict[str, Disk]) -> None:
    data = tmp_path / "data"
    for name, disk in disks.items():
        disk.mount(data / name)
    program = Program.run(data, CONFIG)
    try:
        program.wait(lambda: len(program.segments("street")) > 1, 40, "two segments")
        before = manual_event(program)
        program.wait(lambda: list((data / "clips").glob(f"*{before}*")), 10, "its picture")
        for disk in disks.values():
            disk.unmount()
        for name, process in program.workers().items():
            if name.startswith("ingest"):
                process.kill()  # the next one has never seen the disk
        program.wait(lambda: "can be begun" in program.output(), 40, "a word about recording")
        during = manual_event(program)
        assert pictured(program, during)
        assert delete(program, before) == 503, "its picture could not be deleted"
        assert files(data / "recordings") == files(data / "clips") == files(data / "logs") == []
        assert "the log goes on here only" in program.output()
        for name, disk in disks.items():
            disk.mount(data / name)
        program.wait(lambda: list((data / "clips").glob(f"*{during}*")), 30, "the picture that waited")
        newest = program.recorded_until("street")
        program.wait(lambda: program.recorded_until("street") > newest + 1, 30, "recording going on")
        assert pictured(program, before)
        assert delete(program, during) == 200
        assert list((data / "clips").rglob(f"*{during}*")) == []
        assert "Traceback" not in program.output()
        reasons = {row["reason"] for row in deletions(data)}
        assert reasons <= {"lost"}
    finally:
        assert program.stop() < 10
    disks["clips"].unmount()
    program = Program(data)
    try:
        program.wait(lambda: "is its disk mounted" in program.output(), 10, "a word about the disk")
        missing = program.wait(lambda: pictured_event(program), 20, "an event with a picture")
        assert files(data / "clips") == []
        disks["clips"].mount(data / "clips")
        program.wait(lambda: list((data / "clips").glob(f"*{missing}*")), 30, "the picture that waited")
    finally:
        assert program.stop() < 10


def deletions(data: Path) -> list[dict[str, str]]:
    import sqlite3

    with sqlite3.connect(data / "dogwatch.db") as connection:
        return [{"reason": row[0]} for row in connection.execute("SELECT reason FROM deletions")]
