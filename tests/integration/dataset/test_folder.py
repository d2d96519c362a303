"""The directory of the dataset, and its export."""

import errno
import json
import zipfile
from pathlib import Path

import pytest

from dogwatch.dataset import coco_file
from dogwatch.dataset.folder import Dataset
from dogwatch.dataset.labelled_picture import KnownBox, LabelledPicture
from dogwatch.errors import ConflictError, RefusedError

T = 1_763_464_001.0
JPEG = b"\xff\xd8picture\xff\xd9"


def sample(key: str, camera: str = "front", time: float = T) -> LabelledPicture:
    return LabelledPicture(key, camera, time, 64, 36, "event", T, (KnownBox("person", (0.1, 0.1, 0.5, 0.5)),))


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return Dataset(tmp_path / "dataset")


def test_pictures_are_kept_and_found(dataset: Dataset) -> None:
    assert list(dataset.samples()) == []
    for one in (sample("b"), sample("a"), sample("c", "back")):
        dataset.add(one, JPEG)
    assert [(one.camera, one.id) for one in dataset.samples()] == [("back", "c"), ("front", "a"), ("front", "b")]
    assert dataset.find("front", "a") == sample("a")
    assert dataset.find("front", "c") is None
    assert dataset.picture(sample("a")).read_bytes() == JPEG
    assert dataset.count("front") == 2
    dataset.remove(sample("a"))
    assert [one.id for one in dataset.samples("front")] == ["b"]
    assert dataset.remove_camera("front") == 1
    assert [one.id for one in dataset.samples()] == ["c"]
    assert not (dataset.root / "images" / "front").exists()


@pytest.mark.parametrize(("camera", "key"), [("..", "a"), ("front", "../../x"), ("", "a"), ("front", "a/b")])
def test_nothing_is_written_beside_it(dataset: Dataset, camera: str, key: str) -> None:
    with pytest.raises(RefusedError):
        dataset.add(sample(key, camera), JPEG)
    assert dataset.find(camera, key) is None
    assert dataset.remove_camera(camera) == 0 or camera == "front"
    assert not dataset.root.exists()


def test_damaged_descriptions_and_lost_pictures_are_left_out(
    dataset: Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    for key in "abcd":
        dataset.add(sample(key), JPEG)
    notes = dataset.root / "annotations" / "front"
    (notes / "a.json").write_bytes((notes / "a.json").read_bytes()[:20])
    (notes / "b.json").write_bytes((notes / "c.json").read_bytes())
    (notes / ".d.json.1.2").write_text("half written")
    dataset.picture(sample("d")).unlink()
    assert [one.id for one in dataset.samples()] == ["c"]
    assert "a.json" in caplog.text
    assert "of another picture" in caplog.text


def test_the_floor_of_the_disk_is_kept(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path / "dataset", lambda _: 1000)
    dataset.add(sample("a"), JPEG, 500)
    with pytest.raises(OSError, match="fill the disk") as caught:
        dataset.add(sample("b"), JPEG, 1000)
    assert caught.value.errno == errno.ENOSPC
    assert [one.id for one in dataset.samples()] == ["a"]


@pytest.mark.parametrize("fails_at", [1, 2], ids=["picture", "description"])
def test_what_could_not_be_written_leaves_nothing_half(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    dataset.add(sample("a"), JPEG)
    calls = 0

    def full(_: int) -> None:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("dogwatch.dataset.folder.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        dataset.add(sample("b"), JPEG)
    assert [one.id for one in dataset.samples()] == ["a"]
    assert [path.name for path in dataset.root.rglob(".*")] == []


@pytest.mark.parametrize("name", ["coco", "coco.zip"])
def test_an_export_is_whole_or_not_there(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    samples = [sample("a"), sample("b", time=T + 9000), sample("c", "back")]
    for one in samples:
        dataset.add(one, JPEG)
    target = tmp_path / name
    told: list[int] = []
    coco_file.export(dataset, samples, target, "time", 0.3, told.append)
    assert sum(told) == 3
    if target.is_dir():
        files = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    else:
        with zipfile.ZipFile(target) as archive:
            assert archive.testzip() is None
            files = {name: archive.read(name) for name in archive.namelist()}
    assert files.keys() == {
        "instances_train.json", "instances_val.json", "images/front/a.jpg", "images/front/b.jpg", "images/back/c.jpg",
    }  # fmt: skip
    val = json.loads(files["instances_val.json"])
    assert [one["file_name"] for one in val["images"]] == ["front/b.jpg"]
    assert files["images/front/b.jpg"] == JPEG
    with pytest.raises(ConflictError):
        coco_file.export(dataset, samples, target)

    def broken(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    other = tmp_path / f"other{target.suffix}"
    with pytest.raises(OSError, match="No space"):
        coco_file.export(dataset, samples, other, progress=broken)
    assert [path.name for path in tmp_path.iterdir() if "other" in path.name] == []
