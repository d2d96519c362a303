"""`dogwatch dataset`: what users see of the pictures that they have labelled."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dogwatch.cli import group
from dogwatch.dataset.folder import Dataset
from dogwatch.dataset.labelled_picture import Fractions, KnownBox, LabelledPicture
from dogwatch.media import picture

T = 1_763_464_001.0
WALKER: Fractions = (0.25, 0.25, 0.25, 0.5)
FIXED = """
detectors:
  fixed: {type: fixed, boxes: "person,0.8,80,45,160,135"}
cameras: {}
"""


def add(dataset: Dataset, key: str, camera: str, *boxes: KnownBox, day: int = 0) -> None:
    jpeg = picture.encode(picture.black(640, 360), "jpg")
    dataset.add(LabelledPicture(key, camera, T + day * 86_400, 640, 360, "event", T, boxes), jpeg)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    dataset = Dataset(tmp_path / "dataset")
    add(dataset, "a", "front", KnownBox("person", WALKER, 0.7))
    add(dataset, "b", "front", KnownBox("person", (0.7, 0.1, 0.2, 0.2)), day=1)
    add(dataset, "c", "back", KnownBox("person", WALKER, wrong=True), KnownBox("car", (0, 0, 0.2, 0.2)))
    add(dataset, "d", "back")
    return tmp_path


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["dataset", "--data", str(data), *arguments])


def read(data: Path, *arguments: str) -> Any:
    found = run(data, *arguments, "--json")
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


def test_pictures_are_counted(data: Path) -> None:
    assert read(data, "list") == {
        "pictures": 4, "without_boxes": 1, "labels": {"car": 1, "person": 2}, "false_positives": {"person": 1},
        "cameras": {"back": 2, "front": 2}, "days": {"2025-11-18": 3, "2025-11-19": 1},
    }  # fmt: skip
    assert read(data, "--camera", "front", "list")["pictures"] == 2
    assert read(data, "--label", "car", "list")["cameras"] == {"back": 1}
    told = run(data, "list").output
    assert "4 pictures in" in told
    assert "false positives: person  1" in told


def test_pictures_are_exported(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "coco"
    found = run(data, "export", str(target), "--split", "camera", "--val", "0.4")
    assert found.exit_code == 0, found.output
    parts = [json.loads((target / f"instances_{name}.json").read_text()) for name in ("train", "val")]
    assert {one["camera"] for one in parts[0]["images"]}.isdisjoint(one["camera"] for one in parts[1]["images"])
    for part in parts:
        for image in part["images"]:
            assert (target / "images" / image["file_name"]).is_file()
    again = run(data, "export", str(target))
    assert again.exit_code == 1
    assert "exists already" in str(again.exception or again.output)
    none = run(data, "--camera", "nowhere", "export", str(tmp_path / "x.zip"))
    assert none.exit_code == 1
    assert "no such pictures" in none.output


def test_a_detector_is_measured(data: Path) -> None:
    (data / "config.yml").write_text(FIXED)
    dataset = Dataset(data / "dataset")
    dataset.picture(LabelledPicture("b", "front", T, 1, 1, "event", T)).write_bytes(b"no picture")
    found = read(data, "check")
    assert (found["detector"], found["pictures"], len(found["unreadable"])) == ("fixed", 3, 1)
    car, person = found["labels"]
    assert (car["label"], car["boxes"], car["found"], car["recall"], car["precision"]) == ("car", 1, 0, 0.0, None)
    assert (person["boxes"], person["found"], person["recall"]) == (1, 1, 1.0)
    assert (person["false_marks"], person["false_marks_hit"], person["precision"]) == (1, 1, 0.5)
    assert (person["average_precision"], found["mean_average_precision"]) == (0.5, 0.25)
    (person,) = found["cameras"]["front"]
    assert (person["label"], person["recall"], person["precision"]) == ("person", 1.0, 1.0)
    car, person = found["cameras"]["back"]
    assert (car["recall"], person["recall"], person["precision"]) == (0.0, None, 0.0)
    told = run(data, "check")
    assert "cannot be read:" in told.output
    assert [line for line in told.output.splitlines() if line.endswith(":")] == ["back:", "front:"]
    assert "mean average precision at IoU 0.5: 0.250" in told.output
    unknown = run(data, "check", "--detector", "other")
    assert unknown.exit_code == 1
    assert "there are fixed" in unknown.output
    assert "no model 'x'" in run(data, "check", "--model", "x").output


def test_the_built_in_detector_needs_no_configuration(data: Path) -> None:
    assert {one["label"] for one in read(data, "check")["labels"]} == {"car", "person"}
