"""`dogwatch dataset`: lists, exports and checks the pictures that users have labelled."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dogwatch.cli.model import TYPES
from dogwatch.cli.options import config_option, data_option, load_or_exit

if TYPE_CHECKING:
    from dogwatch.dataset.comparison import DetectedBox, Score
    from dogwatch.dataset.folder import Dataset
    from dogwatch.dataset.labelled_picture import KnownBox, LabelledPicture
    from dogwatch.detectors.base import Detector
    from dogwatch.detectors.spec import DetectorSpec


@dataclass(frozen=True, slots=True)
class DatasetPlace:
    """Where a Dogwatch is, and which of its pictures are meant."""

    data: Path
    config: Path
    cameras: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def dataset(self) -> Dataset:
        """Its dataset."""
        from dogwatch.dataset.folder import Dataset
        from dogwatch.runtime.paths import Paths

        return Dataset(Paths.below(self.data).media / "dataset")

    def samples(self) -> list[LabelledPicture]:
        """Return the pictures that are meant."""
        return [
            sample
            for sample in self.dataset.samples()
            if (not self.cameras or sample.camera in self.cameras)
            and (not self.labels or any(box.label in self.labels for box in sample.boxes))
        ]


@click.group()
@data_option
@config_option
@click.option("--camera", "cameras", multiple=True, metavar="NAME", help="Only pictures of this camera; repeatable.")
@click.option("--label", "labels", multiple=True, metavar="NAME", help="Only pictures with this label; repeatable.")
@click.pass_context
def dataset(
    context: click.Context, data: Path, config_path: Path | None, cameras: tuple[str, ...], labels: tuple[str, ...]
) -> None:
    """List, export and check the pictures that users have labelled."""
    context.obj = DatasetPlace(data, config_path or data / "config.yml", cameras, labels)


@dataset.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_obj
def list_pictures(place: DatasetPlace, *, as_json: bool) -> None:
    """Count the pictures by label, camera and day (UTC)."""
    samples = place.samples()
    counts = {
        "labels": Counter(box.label for sample in samples for box in sample.boxes if not box.wrong),
        "false_positives": Counter(box.label for sample in samples for box in sample.boxes if box.wrong),
        "cameras": Counter(sample.camera for sample in samples),
        "days": Counter(f"{datetime.fromtimestamp(sample.time, UTC):%Y-%m-%d}" for sample in samples),
    }
    without = sum(not sample.boxes for sample in samples)
    if as_json:
        found = {name: dict(sorted(some.items())) for name, some in counts.items()}
        click.echo(json.dumps({"pictures": len(samples), "without_boxes": without, **found}))
        return
    click.echo(f"{len(samples)} pictures in {place.dataset.root}, {without} of them without boxes")
    for name, some in counts.items():
        for key, count in sorted(some.items()):
            click.echo(f"  {name.replace('_', ' ')}: {key}  {count}")


@dataset.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--split",
    type=click.Choice(["none", "camera", "time"]),
    default="none",
    show_default=True,
    help="Divide into train and val: whole cameras, or the newest pictures.",
)
@click.option(
    "--val", "share", type=click.FloatRange(0.01, 0.99), default=0.2, show_default=True, help="The share of val."
)
@click.pass_obj
def export(place: DatasetPlace, target: Path, split: Any, share: float) -> None:
    """Write the pictures as COCO into the directory TARGET, or into a file that ends with .zip."""
    from dogwatch.dataset import coco_file

    samples = place.samples()
    if not samples:
        raise click.ClickException("there are no such pictures")
    try:
        with _progress("Exporting", len(samples), shown=sys.stderr.isatty()) as step:
            coco_file.export(place.dataset, samples, target, split, share, step)
    except OSError as error:
        raise click.ClickException(f"{target} cannot be written: {error.strerror or error}") from error
    click.echo(f"{len(samples)} pictures in {target}")


@dataset.command()
@click.option("--detector", metavar="NAME", help="The detector of the configuration; by default the first one.")
@click.option("--model", metavar="NAME", help="A model that `dogwatch model list` shows, in place of the detector's.")
@click.option(
    "--type", "kind", type=click.Choice(TYPES), default="yolo-generic", show_default=True, help="The model's family."
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_obj
def check(place: DatasetPlace, detector: str | None, model: str | None, kind: str, *, as_json: bool) -> None:
    """Detect again on all pictures with boxes: how many objects of each label are found, and how many are none."""
    from dogwatch.dataset.comparison import compare, compare_cameras, mean_average_precision

    samples = [sample for sample in place.samples() if sample.boxes]
    if not samples:
        raise click.ClickException("there are no such pictures with boxes")
    loaded = _loaded(place, detector, model, kind)
    unreadable: list[str] = []
    with _progress("Detecting", len(samples), shown=not as_json and sys.stderr.isatty()) as step:
        found = list(_found(place.dataset, samples, loaded, unreadable, step))
    scores = compare((boxes, detections) for _, boxes, detections in found)
    by_camera = compare_cameras(found)
    mean = mean_average_precision(scores)
    if as_json:
        rows = [_json(score) for score in scores]
        answer = {"detector": loaded.info.name, "pictures": len(samples), "unreadable": unreadable}
        cameras = {camera: [_json(score) for score in some] for camera, some in by_camera.items()}
        click.echo(json.dumps({**answer, "labels": rows, "cameras": cameras, "mean_average_precision": mean}))
        return
    click.echo(f"{len(samples)} pictures, detector {loaded.info.name}")
    for name in unreadable:
        click.echo(f"  cannot be read: {name}")
    click.echo("label                 boxes  found  recall  false marks  hit  precision     AP  unknown")
    _print(scores)
    for camera, some in by_camera.items():
        click.echo(f"{camera}:")
        _print(some)
    click.echo(f"mean average precision at IoU 0.5: {_share(mean)}")


def _print(scores: Sequence[Score]) -> None:
    for one in scores:
        click.echo(
            f"{one.label:20}  {one.boxes:5}  {one.right:5}  {_share(one.recall):>6}  {one.marks:11}  {one.wrong:3}  "
            f"{_share(one.precision):>9}  {_share(one.average_precision):>5}  {one.unknown:7}"
        )


def _found(
    pictures: Dataset,
    samples: Sequence[LabelledPicture],
    detector: Detector,
    unreadable: list[str],
    step: Callable[[int], object],
) -> Iterator[tuple[str, Sequence[KnownBox], list[DetectedBox]]]:
    """Yield camera and boxes of each picture, and what is found on it; note those that cannot be read."""
    from dogwatch.errors import MediaError
    from dogwatch.replay.pictures import detections

    for sample in samples:
        step(1)
        path = pictures.picture(sample)
        try:
            found = detections(detector, sample, path.read_bytes())
        except (OSError, MediaError):
            unreadable.append(str(path))
            continue
        yield sample.camera, sample.boxes, found


def _loaded(place: DatasetPlace, name: str | None, model: str | None, kind: str) -> Detector:
    """Load a model, or a detector of the configuration; the built-in one without a configuration."""
    from dogwatch.config import find, parse
    from dogwatch.detectors.base import load
    from dogwatch.runtime.paths import Paths
    from dogwatch.runtime.specs import detection_specs

    if model is not None:
        file = place.data.absolute() / "models" / f"{model}.onnx"
        if "/" in model or not file.is_file():
            raise click.ClickException(f"there is no model '{model}': `dogwatch model list` shows them")
        return load(_with_model(file, kind))
    path = find(place.config)
    config = load_or_exit(path).config if path.exists() else parse("cameras: {}").config
    specs = {spec.detector.name: spec.detector for spec in detection_specs(config, Paths.below(place.data))}
    if name is not None and name not in specs:
        raise click.ClickException(f"there is no detector '{name}': there are {', '.join(specs)}")
    return load(specs[name] if name is not None else next(iter(specs.values())))


def _with_model(file: Path, kind: str) -> DetectorSpec:
    """Return a detector that runs a model of the data directory."""
    from dogwatch import coco
    from dogwatch.config.labels import read_labels
    from dogwatch.detectors.spec import DetectorSpec, ModelSpec

    beside = file.with_suffix(".labels.txt")
    labels = read_labels(beside.read_text("utf-8", errors="replace")) if beside.is_file() else coco.labels(kind)
    colours = "bgr" if kind == "yolox" else "rgb"
    model = ModelSpec(path=str(file), labels=labels, input_pixel_format=colours, model_type=kind)
    return DetectorSpec(name=file.stem, type="onnx", model=model)


@contextmanager
def _progress(label: str, length: int, *, shown: bool) -> Iterator[Callable[[int], object]]:
    """Show a progress bar, on a terminal only; yield what is called with the number of pictures done."""
    if not shown:
        yield lambda _: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


def _json(one: Score) -> dict[str, Any]:
    return {
        "label": one.label,
        "boxes": one.boxes,
        "found": one.right,
        "recall": one.recall,
        "false_marks": one.marks,
        "false_marks_hit": one.wrong,
        "precision": one.precision,
        "average_precision": one.average_precision,
        "unknown": one.unknown,
    }


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
