"""Fetches a well-known model and tries it, for the job of `runtime.model_install`.

Run as `python -m dogwatch.runtime.model_child`: `ModelInstallSpec` comes as a line of JSON on standard input, and what
the model is goes into the file that it names. See `media.encoder` for the rest.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from dogwatch import coco
from dogwatch.detectors import model_files
from dogwatch.detectors.fetch import fetch
from dogwatch.detectors.known_models import KNOWN_MODELS
from dogwatch.detectors.model_pins import ModelPins
from dogwatch.errors import DogwatchError
from dogwatch.media.encoder import serve
from dogwatch.runtime.model_install import ModelInstallSpec, fresh_file

DOWNLOADED = 0.95  # of the work


def install(spec: ModelInstallSpec, tell: Callable[[float], None]) -> int:
    """Take the model in; return 1.

    Raises:
        DogwatchError: It cannot be fetched, or cannot be used.
    """
    known, folder = KNOWN_MODELS[spec.name], Path(spec.folder)
    target, pins = folder / f"{known.name}.onnx", ModelPins(folder)
    fresh = fresh_file(folder, known.name)
    size = int(known.size_mb * 1e6)
    try:
        digest = fetch(
            known.address,
            fresh,
            pins.of(known.name),
            lambda done, all_of_it: tell(min(1.0, done / (all_of_it or size)) * DOWNLOADED),
        )
        labels = coco.labels(known.model_type)
        info = model_files.try_model(fresh, known.model_type, known.pixel_format, labels, known.width, known.height)
        model_files.keep(fresh, target, labels, known.model_type, known.pixel_format, info)
        pins.pin(known.name, digest)
    except OSError as error:
        raise DogwatchError(f"the model cannot be written: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)
    body = {
        "name": known.name,
        "sha256": digest,
        "size_bytes": target.stat().st_size,
        "width": info.width,
        "height": info.height,
        "labels": len(info.labels),
    }
    Path(spec.out).write_text(json.dumps(body))
    return 1


def main() -> int:
    """Do what standard input asks for; return the exit code."""
    return serve(ModelInstallSpec, install)


if __name__ == "__main__":
    os._exit(main())  # as `media.encoder`
