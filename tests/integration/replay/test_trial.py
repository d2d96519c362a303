"""Other settings tried on footage: what is gained and lost, why, with pictures, and what could not be read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dogwatch.api.shapes.trials import TrialResultAnswer
from dogwatch.config import Config, parse
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.errors import DogwatchError, NoFootageError
from dogwatch.events.rules import rules_of
from dogwatch.media import footage as media_footage
from dogwatch.media import jpeg
from dogwatch.media.packets import Unit
from dogwatch.replay import trial
from dogwatch.runtime.settings_trial import TrialSettings, TrialSpec
from dogwatch.runtime.specs import analysis_settings
from dogwatch.testing import walkers
from dogwatch.testing.recordings import T0

CONFIG = """\
cameras:
  front:
    ffmpeg: {{inputs: [{{path: "rtsp://10.0.0.2/main", roles: [record, detect]}}]}}
    {more}
record: {{enabled: true, continuous: {{days: 1}}}}
snapshots: {{enabled: true}}
detect: {{enabled: true}}
"""
LENGTH = 26.0
LEFT = "zones: {left: {coordinates: '0,0,0.3,0,0.3,1,0,1', inertia: 1}}"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walkers.film(tmp_path_factory.mktemp("film") / "film.mp4", LENGTH, walking=(18.0, 23.0))


@pytest.fixture
def media(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A media root with the film as the recording of `front`, and a detector that finds the walkers."""
    monkeypatch.setattr(trial, "load", lambda _: walkers.SquareDetector())
    folder = tmp_path / "recordings" / "2025-11-18" / "11" / "front"
    folder.mkdir(parents=True)
    shutil.copy(film, folder / "06.40.mp4")
    (tmp_path / "out").mkdir()
    return tmp_path


def settings(more: str) -> TrialSettings:
    config: Config = parse(CONFIG.format(more=more)).config
    camera = config.cameras["front"]
    return TrialSettings(analysis_settings(config, "front"), rules_of(config)["front"], camera.detect.deblock)


def attempt(media: Path, before: str, after: str, end: float = T0 + LENGTH) -> dict[str, Any]:
    out = media / "out" / "result.json"
    spec = TrialSpec(
        "front", str(media), T0, end, settings(before), settings(after),
        DetectorSpec(name="squares", type="fixed", model=ModelSpec()), str(out),
    )  # fmt: skip
    spec = msgspec.json.decode(msgspec.json.encode(spec), type=TrialSpec)  # as it comes to the process
    shares: list[float] = []
    trial.try_settings(spec, shares.append)
    assert shares == sorted(shares)
    assert 0.5 < max(shares) <= 1
    msgspec.json.decode(out.read_bytes(), type=TrialResultAnswer)
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def pictures(media: Path) -> set[str]:
    return {path.stem for path in (media / "out").glob("*.jpg")}


def test_what_is_lost_is_told_with_its_reason_and_picture(media: Path) -> None:
    found = attempt(media, "", "objects: {filters: {person: {min_score: 0.95}}}")
    assert found["before"]["events"] == len(found["lost"]) == found["counts"]["lost"] > 0
    assert found["after"]["events"] == 0
    assert found["gained"] == found["changed"] == found["unchanged"] == found["missing"] == []
    assert found["seconds"] == pytest.approx(LENGTH, abs=0.5)
    for one in found["lost"]:
        (reason,) = one["reasons"]
        assert reason["setting"] == "objects.filters.person.min_score"
        assert (reason["value"], reason["limit"]) == (pytest.approx(0.9), 0.95)
        assert T0 + 17.5 <= one["start_time"] < one["end_time"] <= T0 + LENGTH
        assert one["has_thumbnail"]
        assert one["why"]["text"]
        _, y, width, height = one["box"]
        assert (width, height) == (pytest.approx(40 / 640, abs=0.03), pytest.approx(80 / 360, abs=0.03))
        assert y == pytest.approx(60 / 360, abs=0.05) or y == pytest.approx(220 / 360, abs=0.05)
        picture = jpeg.decode((media / "out" / f"{one['id']}.jpg").read_bytes())
        assert picture.shape == (175, 175, 3)
        assert picture.max() > 200 > 120 > picture.min(), "the walker is in it, and the street"
    assert pictures(media) == {one["id"] for one in found["lost"]}


def test_what_is_gained_is_told_by_what_the_present_settings_miss(media: Path) -> None:
    found = attempt(media, "motion: {mask: '0,0,1,0,1,1,0,1'}", "")
    assert found["gained"]
    assert not found["lost"]
    for one in found["gained"]:
        assert [reason["text"] for reason in one["reasons"]] == [
            "nothing of it was detected: its place was not looked at, or only when it was not seen well"
        ]
    assert pictures(media) == {one["id"] for one in found["gained"]}


def test_required_zones_and_changes(media: Path) -> None:
    rule = LEFT + "\n    review: {alerts: {required_zones: [left]}, detections: {required_zones: [left]}}"
    narrow = rule.replace("0.3", "0.01") + "\n    snapshots: {required_zones: [left]}"
    found = attempt(media, "", narrow)
    assert found["counts"]["lost"] > 0
    reasons = {reason["setting"] for one in found["lost"] for reason in one["reasons"]}
    assert {"review.alerts.required_zones", "snapshots.required_zones"} <= reasons
    found = attempt(media, "", LEFT)
    assert found["counts"]["lost"] == found["counts"]["gained"] == 0
    (zone,) = {zone for one in found["changed"] for zone in one["after"]["zones"]}
    assert zone == "left"
    assert all(one["before"]["zones"] == [] for one in found["changed"])
    same = attempt(media, LEFT, LEFT)
    assert same["counts"] == {"gained": 0, "lost": 0, "changed": 0, "unchanged": same["before"]["events"]}


def test_a_time_without_footage_is_told(media: Path) -> None:
    found = attempt(media, "", LEFT, T0 + 600)
    assert len(found["missing"]) == 1
    assert found["missing"][0]["start_time"] == pytest.approx(T0 + LENGTH, abs=0.5)
    assert found["missing"][0]["end_time"] == T0 + 600


def test_a_file_that_is_deleted_meanwhile_is_told(media: Path, film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = media / "recordings" / "2025-11-18" / "11" / "front" / "07.10.mp4"
    shutil.copy(film, later)
    read = media_footage.read

    def read_after_deletion(path: Path, shift: float = 0.0) -> Iterator[Unit]:
        later.unlink(missing_ok=True)
        return read(path, shift)

    monkeypatch.setattr(media_footage, "read", read_after_deletion)
    found = attempt(media, "", "objects: {filters: {person: {min_score: 0.95}}}", T0 + 30 + LENGTH)
    spans = [(one["start_time"], one["end_time"]) for one in found["missing"]]
    assert (T0 + 30, pytest.approx(T0 + 30 + LENGTH, abs=0.5)) in spans
    assert found["lost"]


def test_without_footage(media: Path) -> None:
    shutil.rmtree(media / "recordings")
    with pytest.raises(NoFootageError, match="nothing of front is recorded"):
        attempt(media, "", LEFT)


def test_what_takes_too_long(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "LONGEST_S", -1.0)
    with pytest.raises(DogwatchError, match="takes longer"):
        attempt(media, "", LEFT)


def test_events_beyond_the_limit_are_counted(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "MOST_EVENTS", 1)
    found = attempt(media, "", LEFT)
    assert found["before"]["events"] > 1
    assert sum(found["counts"].values()) == 1
