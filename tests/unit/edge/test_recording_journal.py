"""What is known of recordings that are not finished."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from dogwatch.edge.files import StateFile
from dogwatch.edge.recording_journal import EdgeClip, RecordingJournal, clip_of

MANUAL = EdgeClip(Path("/a/output_1.mp4"), 1_775_046_622.123456, "manual")
SENSOR = EdgeClip(Path("/a/output_2.mp4"), 1_775_046_623.0, "sensor", "reed_switch")


def journal(folder: Path) -> RecordingJournal:
    return RecordingJournal(StateFile(folder / "recordings.json", threading.RLock()))


@pytest.mark.parametrize("clip", [MANUAL, SENSOR], ids=lambda clip: clip.reason)
def test_the_name_that_ingest_has_tells_all(clip: EdgeClip) -> None:
    assert clip_of(clip.name, clip.path) == clip


@pytest.mark.parametrize("name", ["", "a", "1.0", "1.0/other/", "x/manual/"])
def test_what_is_no_name(name: str) -> None:
    assert clip_of(name, Path("/a")) is None


def test_what_is_not_finished_is_known_after_a_restart(tmp_path: Path) -> None:
    before = journal(tmp_path)
    before.add(MANUAL)
    before.add(SENSOR)
    before.set_event(SENSOR, "event")
    before.remove(MANUAL)
    before.set_event(MANUAL, "late")
    after = journal(tmp_path)
    assert after.find(SENSOR.name) is None
    (left,) = after.load()
    assert (left.name, left.path, left.event) == (SENSOR.name, SENSOR.path, "event")
    assert after.find(SENSOR.name) == left


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", '[{"clip": "x", "path": "y", "event": 7}]'])
def test_a_file_of_something_else_is_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "recordings.json").write_text(text)
    assert journal(tmp_path).load() == []
