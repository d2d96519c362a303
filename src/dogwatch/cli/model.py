"""`dogwatch model`: a user's own detection models."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dogwatch.cli.options import config_option, data_option, load_or_exit
from dogwatch.redact import redact_url

if TYPE_CHECKING:
    from dogwatch.config import Loaded

TYPES = ("yolo-generic", "yolonas", "yolox", "nanodet", "ssd", "dfine", "rtdetr", "rfdetr")


@click.group()
def model() -> None:
    """Add and list detection models."""


@model.command()
@click.argument("source", metavar="NAME-URL-OR-PATH")
@click.option("--type", "kind", type=click.Choice(TYPES), default=None, help="Its family.  [default: yolo-generic]")
@click.option("--sha256", default="", metavar="HEX", help="What the file's SHA-256 must be; http addresses need it.")
@click.option("--from", "mirror", default="", metavar="URL-OR-PATH", help="Where to get a model of that name instead.")
@click.option("--name", default="", help="What to call it; the file's name if not given.")
@click.option(
    "--labels",
    "labels_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Text file with one label a line; those of COCO if not given.",
)
@click.option(
    "--pixel-format",
    type=click.Choice(["rgb", "bgr"]),
    default=None,
    help="[default: bgr for yolox and nanodet, else rgb]",
)
@click.option("--width", type=click.IntRange(0, 8192), default=0, help="Input width, for a model that takes any.")
@click.option("--height", type=click.IntRange(0, 8192), default=0, help="Input height, for a model that takes any.")
@data_option
@config_option
def add(
    source: str,
    kind: str | None,
    sha256: str,
    mirror: str,
    name: str,
    labels_path: Path | None,
    pixel_format: str | None,
    width: int,
    height: int,
    data: Path,
    config_path: Path | None,
) -> None:
    """Add an ONNX model: copy or download it, try it, and write it into the configuration.

    NAME is one of `dogwatch model known`. The model and its labels go to the data directory's `models`. It then detects
    in place of the built-in detector.
    """
    from dogwatch.detectors import model_files
    from dogwatch.detectors.fetch import fetch, file_name
    from dogwatch.detectors.known_models import KNOWN_MODELS
    from dogwatch.detectors.model_pins import ModelPins
    from dogwatch.errors import DetectorError

    known = None if Path(source).exists() else KNOWN_MODELS.get(source)
    if mirror and known is None:
        raise click.UsageError(f"--from goes with a name of `dogwatch model known`; {redact_url(source)} is none")
    config_path = config_path or data / "config.yml"
    loaded = load_or_exit(config_path)
    folder = data.absolute() / "models"
    target = folder / f"{file_name(name or source).removesuffix('.onnx') or 'model'}.onnx"
    fresh = target.with_name(f".{target.stem}.new.onnx")
    address = source
    kind, colours = kind or "yolo-generic", pixel_format
    if known is not None:
        address, kind = mirror or known.address, known.model_type
        width, height, colours = width or known.width, height or known.height, colours or known.pixel_format
        click.echo(f"{known.name}: {known.size_mb} MB, {known.licence}, from {redact_url(address)}")
    pins = ModelPins(folder)
    try:
        found = fetch(address, fresh, sha256 or (pins.of(known.name) if known else ""), _progress)
        labels = _labels(labels_path, kind)
        colours = colours or model_files.usual_colours(kind)
        info = model_files.try_model(fresh, kind, colours, labels, width, height)
        model_files.keep(fresh, target, labels, kind, colours, info)
    except DetectorError as error:
        raise click.ClickException(f"this model cannot be used: {error}") from error
    finally:
        fresh.unlink(missing_ok=True)
    _write_config(loaded, model_files.settings_of(target) or {})
    click.echo(f"{target}: {info.width}x{info.height}, {len(info.labels)} labels, SHA-256 {found}")
    if known is not None and pins.pin(known.name, found):
        click.echo("This is the first download: later ones must have the same SHA-256.")
    click.echo(f"Written to {config_path}. Restart Dogwatch to use it.")


@model.command("known")
def list_known() -> None:
    """List the models that `dogwatch model add NAME` fetches."""
    from dogwatch.detectors.known_models import KNOWN_MODELS

    widest = max(map(len, KNOWN_MODELS))
    click.echo(f"{'name':<{widest}}  input    size     COCO AP  licence     ")
    for one in KNOWN_MODELS.values():
        size = f"{one.width}x{one.height}"
        click.echo(
            f"{one.name:<{widest}}  {size}  {one.size_mb:4.1f} MB  {one.precision:>7}  {one.licence}  {one.about}"
        )


@model.command("list")
@data_option
@config_option
def list_models(data: Path, config_path: Path | None) -> None:
    """List the models of the data directory; a star marks the one in use."""
    config_path = config_path or data / "config.yml"
    used = _used(load_or_exit(config_path)) if config_path.exists() else set()
    files = sorted((data.absolute() / "models").glob("*.onnx"))
    for path in files:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        mark = "*" if str(path) in used else " "
        click.echo(f"{mark} {path.stem}  {path.stat().st_size / 1048576:.1f} MiB  {digest}")
    if not files:
        click.echo("There are none; `dogwatch model add` takes one in (`dogwatch model known` lists some).")


def _labels(path: Path | None, kind: str) -> dict[int, str]:
    """Return the labels in the file, or else those with which models of this type are usually trained."""
    from dogwatch import coco
    from dogwatch.config.labels import read_labels

    if path is None:
        return coco.labels(kind)
    labels = read_labels(path.read_text("utf-8", errors="replace"))
    if not labels:
        raise click.ClickException(f"{path} holds no labels")
    return labels


def _write_config(loaded: Loaded, model_keys: dict[str, Any]) -> None:
    """Write the model into the configuration."""
    from dogwatch.config.edit import edited_and_checked
    from dogwatch.config.model_changes import model_changes
    from dogwatch.config.text_file import write

    text, _ = edited_and_checked(loaded.text, model_changes(loaded.config, model_keys))
    write(loaded.path, text)


def _used(loaded: Loaded) -> set[str]:
    """Return the paths of the models that detectors load."""
    from dogwatch.config.labels import model_file

    return {model_file(loaded.config, detector) for detector in loaded.config.detectors.values()}


def _progress(done: int, size: int) -> None:
    """Show the progress of a download, on a terminal only."""
    if sys.stderr.isatty():
        share = f" of {size / 1048576:.0f}" if size else ""
        click.echo(f"\r{done / 1048576:.0f}{share} MiB", nl=done == size, err=True)
