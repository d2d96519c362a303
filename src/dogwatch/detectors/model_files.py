"""The user's own models in the data directory: taking one in, and what lies beside it.

`<name>.onnx` is the model, `<name>.labels.txt` its labels, `<name>.json` how it is run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dogwatch.bus.messages import DetectorInfo

KEYS = ("width", "height", "model_type", "input_pixel_format")


def labels_file(model: Path) -> Path:
    """Return where the labels of a model are."""
    return model.with_suffix(".labels.txt")


def usual_colours(kind: str) -> str:
    """Return the order of colours with which models of a family are usually trained."""
    return "bgr" if kind in ("yolox", "nanodet") else "rgb"


def try_model(path: Path, kind: str, colours: str, labels: dict[int, str], width: int, height: int) -> DetectorInfo:
    """Load the model and run it once; return its description.

    Raises:
        DetectorError: The model cannot be used.
    """
    import numpy as np

    from dogwatch.detectors.base import load
    from dogwatch.detectors.spec import DetectorSpec, ModelSpec

    given = ModelSpec(
        path=str(path), width=width, height=height, labels=labels, input_pixel_format=colours, model_type=kind
    )
    detector = load(DetectorSpec(name=path.stem, type="onnx", model=given))
    info = detector.info
    detector.detect([np.full((info.height, info.width, 3), 114, np.uint8)])
    return info


def keep(fresh: Path, target: Path, labels: Mapping[int, str], kind: str, colours: str, info: DetectorInfo) -> None:
    """Put a model that has been tried in its place, and write beside it what its labels are and how it is run.

    Raises:
        OSError: It cannot be written.
    """
    labels_file(target).write_text("".join(f"{number} {label}\n" for number, label in sorted(labels.items())), "utf-8")
    how = {"width": info.width, "height": info.height, "model_type": kind, "input_pixel_format": colours}
    target.with_suffix(".json").write_text(json.dumps(how) + "\n", "utf-8")
    fresh.replace(target)


def settings_of(model: Path) -> dict[str, Any] | None:
    """Return the keys of the section `model` that run this file; None if they are not known."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        how = json.loads(model.with_suffix(".json").read_text("utf-8"))
        found = {key: how[key] for key in KEYS}
        return {"path": str(model), "labelmap_path": str(labels_file(model)), "labelmap": None, **found}
    return None


def remove(model: Path) -> None:
    """Delete a model and what lies beside it; the model goes first.

    Raises:
        OSError: It cannot be deleted.
    """
    model.unlink()
    for path in (labels_file(model), model.with_suffix(".json")):
        path.unlink(missing_ok=True)
