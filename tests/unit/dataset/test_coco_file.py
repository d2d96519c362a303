import json
from typing import Any

import pytest

from dogwatch.dataset.coco_file import divided, instances, labels_of
from dogwatch.dataset.labelled_picture import KnownBox, LabelledPicture, is_name
from dogwatch.errors import RefusedError

T = 1_763_464_001.0


def sample(key: str, camera: str = "front", time: float = T, *boxes: KnownBox) -> LabelledPicture:
    return LabelledPicture(key, camera, time, 640, 360, "event", T, boxes)


def box(label: str, x: float, y: float, w: float, h: float, *, wrong: bool = False) -> KnownBox:
    return KnownBox(label, (x, y, w, h), wrong=wrong)


def test_pictures_are_described_as_coco_does() -> None:
    samples = [
        sample("a", "front", T, box("person", 0.25, 0.5, 0.5, 0.25), box("car", 0, 0, 0.1, 0.1)),
        sample("b", "back", T, box("person", 0.9, 0.9, 0.2, 0.2), box("dog", 0, 0, 1, 1, wrong=True)),
        sample("c"),
    ]
    labels = labels_of(samples)
    assert labels == ["car", "dog", "person"]
    found: dict[str, Any] = json.loads(json.dumps(instances(samples, labels)))
    assert [one["name"] for one in found["categories"]] == labels
    assert [(one["id"], one["file_name"], one["width"], one["height"]) for one in found["images"]] == [
        (1, "front/a.jpg", 640, 360),
        (2, "back/b.jpg", 640, 360),
        (3, "front/c.jpg", 640, 360),
    ]
    names = {one["id"]: one["name"] for one in found["categories"]}
    assert [(one["id"], one["image_id"], names[one["category_id"]], one["bbox"]) for one in found["annotations"]] == [
        (1, 1, "person", [160.0, 180.0, 320.0, 90.0]),
        (2, 1, "car", [0.0, 0.0, 64.0, 36.0]),
        (3, 2, "person", [576.0, 324.0, 64.0, 36.0]),
    ]
    assert [one["area"] for one in found["annotations"]] == [28800.0, 2304.0, 2304.0]
    assert all(one["iscrowd"] == 0 for one in found["annotations"])
    assert found["images"][1]["false_positives"] == [{"category_id": 2, "bbox": [0.0, 0.0, 640.0, 360.0]}]
    assert found["images"][0]["date_captured"] == "2025-11-18 11:06:41"


def test_a_division_by_camera_parts_no_camera() -> None:
    samples = [
        sample(f"{camera}{n}", camera, T + n) for camera, many in (("a", 8), ("b", 3), ("c", 1)) for n in range(many)
    ]
    parts = divided(samples, "camera", 0.2)
    cameras = {name: {one.camera for one in some} for name, some in parts.items()}
    assert cameras == {"train": {"a"}, "val": {"b", "c"}} or cameras == {"train": {"a", "b"}, "val": {"c"}}
    assert sorted(one.id for some in parts.values() for one in some) == sorted(one.id for one in samples)


def test_a_division_by_time_parts_no_scene() -> None:
    times = [*(T + 10 * n for n in range(6)), *(T + 5000 + 10 * n for n in range(3)), T + 9000]
    samples = [sample(str(n), time=time) for n, time in enumerate(times)]
    parts = divided(samples, "time", 0.35)
    assert [one.id for one in parts["val"]] == ["6", "7", "8", "9"]
    newest, oldest = max(one.time for one in parts["train"]), min(one.time for one in parts["val"])
    assert oldest - newest >= 300


@pytest.mark.parametrize("how", ["camera", "time"])
def test_what_belongs_together_cannot_be_divided(how: Any) -> None:
    with pytest.raises(RefusedError, match="cannot be divided"):
        divided([sample("a"), sample("b", time=T + 9)], how, 0.5)
    assert divided([sample("a")], "none", 0.5) == {"": [sample("a")]}


@pytest.mark.parametrize(
    ("text", "usable"),
    [("1763464001.5-abcdef", True), ("front_1", True), ("..", False), (".x", False), ("a/b", False), ("", False)],
)
def test_names_stay_in_their_directory(text: str, *, usable: bool) -> None:
    assert is_name(text) is usable
