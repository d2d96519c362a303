"""The dataset in the form of COCO: `instances.json` and the pictures that it names.

Source of the form: cocodataset.org, "Data format", object detection. Keys of our own stand beside its keys: the camera
of an image, and `false_positives`, places where there is no object of that category.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from dogwatch.dataset.folder import Dataset
from dogwatch.dataset.labelled_picture import KnownBox, LabelledPicture
from dogwatch.errors import ConflictError, RefusedError

Split = Literal["none", "camera", "time"]
APART_S = 300.0
"""Pictures closer than this in time may show the same scene: they are not divided."""


def instances(samples: Sequence[LabelledPicture], labels: Sequence[str]) -> dict[str, Any]:
    """Return the contents of `instances.json`; `labels` are the categories, numbered from 1."""
    numbers = {label: number for number, label in enumerate(labels, 1)}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, sample in enumerate(samples, 1):
        wrong = []
        for one in sample.boxes:
            box = _pixels(one, sample)
            if one.wrong:
                wrong.append({"category_id": numbers[one.label], "bbox": box})
                continue
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": numbers[one.label],
                    "bbox": box,
                    "area": round(box[2] * box[3], 2),
                    "segmentation": [],
                    "iscrowd": 0,
                }
            )
        images.append(
            {
                "id": image_id,
                "file_name": name_of(sample),
                "width": sample.width,
                "height": sample.height,
                "date_captured": datetime.fromtimestamp(sample.time, UTC).strftime("%Y-%m-%d %H:%M:%S"),
                "camera": sample.camera,
                "false_positives": wrong,
            }
        )
    categories = [{"id": number, "name": label, "supercategory": "object"} for label, number in numbers.items()]
    info = {"description": "Pictures labelled with Dogwatch", "version": "1"}
    return {"info": info, "licenses": [], "images": images, "annotations": annotations, "categories": categories}


def name_of(sample: LabelledPicture) -> str:
    """Return the name that a picture has below `images/`."""
    return f"{sample.camera}/{sample.id}.jpg"


def labels_of(samples: Iterable[LabelledPicture]) -> list[str]:
    """Return the labels of all boxes, sorted."""
    return sorted({box.label for sample in samples for box in sample.boxes})


def divided(samples: Sequence[LabelledPicture], how: Split, share: float) -> dict[str, list[LabelledPicture]]:
    """Divide pictures into `train` and `val`, which has about `share` of them; all are in `""` if `how` is `none`.

    Nothing that is in one is in the other: no camera, or no scene of the same minutes.

    Raises:
        RefusedError: They cannot be divided.
    """
    if how == "none":
        return {"": list(samples)}
    groups = _by_camera(samples) if how == "camera" else _by_time(samples)
    if len(groups) < 2:
        what = "are of one camera" if how == "camera" else f"are within {APART_S:.0f} s of each other"
        raise RefusedError(f"the pictures {what}: they cannot be divided by {how}")
    val: list[LabelledPicture] = []
    for group in groups[:-1]:
        if val and len(val) + len(group) / 2 > share * len(samples):
            break
        val += group
    chosen = {(one.camera, one.id) for one in val}
    train = [one for one in samples if (one.camera, one.id) not in chosen]
    return {"train": train, "val": [one for one in samples if (one.camera, one.id) in chosen]}


def export(
    dataset: Dataset,
    samples: Sequence[LabelledPicture],
    target: Path,
    how: Split = "none",
    share: float = 0.2,
    progress: Callable[[int], object] = lambda _: None,
) -> None:
    """Write pictures and `instances.json` into the directory `target`, or into a file that ends with `.zip`.

    Raises:
        ConflictError: There is something at `target` already.
        RefusedError: The pictures cannot be divided as asked.
        OSError: It cannot be written; nothing is left at `target`.
    """
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise ConflictError(f"{target} exists already")
    labels = labels_of(samples)
    files = {
        f"instances{'_' if name else ''}{name}.json": msgspec.json.format(
            msgspec.json.encode(instances(some, labels)), indent=1
        )
        for name, some in divided(samples, how, share).items()
    }
    part = target.with_name(f".{target.name}.part")
    try:
        if target.suffix == ".zip":
            _write_zip(dataset, samples, files, part, progress)
        else:
            _write_folder(dataset, samples, files, part, progress)
        part.replace(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)
        raise


def _write_zip(
    dataset: Dataset,
    samples: Sequence[LabelledPicture],
    files: dict[str, bytes],
    part: Path,
    progress: Callable[[int], object],
) -> None:
    part.unlink(missing_ok=True)
    with part.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
            for sample in samples:
                archive.write(dataset.picture(sample), f"images/{name_of(sample)}", zipfile.ZIP_STORED)
                progress(1)
        file.flush()
        os.fsync(file.fileno())


def _write_folder(
    dataset: Dataset,
    samples: Sequence[LabelledPicture],
    files: dict[str, bytes],
    part: Path,
    progress: Callable[[int], object],
) -> None:
    if part.is_dir():
        shutil.rmtree(part)
    part.mkdir(parents=True)
    for name, data in files.items():
        (part / name).write_bytes(data)
    for sample in samples:
        place = part / "images" / name_of(sample)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(dataset.picture(sample), place)
        progress(1)


def _by_camera(samples: Sequence[LabelledPicture]) -> list[list[LabelledPicture]]:
    """Return the pictures of each camera, those with the fewest first."""
    cameras: dict[str, list[LabelledPicture]] = {}
    for sample in samples:
        cameras.setdefault(sample.camera, []).append(sample)
    return sorted(cameras.values(), key=lambda some: (len(some), some[0].camera))


def _by_time(samples: Sequence[LabelledPicture]) -> list[list[LabelledPicture]]:
    """Return pictures that are close in time together, the newest first."""
    groups: list[list[LabelledPicture]] = []
    for sample in sorted(samples, key=lambda one: one.time, reverse=True):
        if groups and groups[-1][-1].time - sample.time < APART_S:
            groups[-1].append(sample)
        else:
            groups.append([sample])
    return groups


def _pixels(one: KnownBox, sample: LabelledPicture) -> list[float]:
    x, y, w, h = one.box
    left, top = min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
    right, bottom = min(max(x + w, left), 1.0), min(max(y + h, top), 1.0)
    sides = (left * sample.width, top * sample.height, (right - left) * sample.width, (bottom - top) * sample.height)
    return [round(side, 2) for side in sides]
