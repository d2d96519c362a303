"""Sounds that can be told apart, and small ONNX models that do it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from dogwatch.audio.log_mel import LogMel, LogMelSettings

RATE = 16000
KINDS = ("tone", "siren", "hiss")
SHARPNESS = 2.0
Floats = NDArray[np.float64]


def sound(kind: str, seconds: float, rate: int = RATE, level: float = 0.3) -> Floats:
    """Return a sound of shape `(samples,)`, whose loudest sample is about `level`.

    A tone of 440 Hz, a siren that goes up and down between 600 and 1400 Hz, or noise.
    """
    at = np.arange(round(seconds * rate)) / rate
    if kind == "tone":
        return np.asarray(level * np.sin(2 * np.pi * 440 * at))
    if kind == "siren":
        frequency = 1000 + 400 * np.sin(2 * np.pi * 1.5 * at)
        return np.asarray(level * np.sin(2 * np.pi * np.cumsum(frequency) / rate))
    return np.asarray(level / 3 * np.random.default_rng(5).standard_normal(len(at)))


def spectrogram_model(path: Path, layout: str = "1 frames bands", settings: LogMelSettings | None = None) -> Path:
    """Write a model that takes a log-mel spectrogram and tells the kinds apart, whatever their level.

    It compares the mean of each band with that of each kind. `layout` has the input's dimensions, such as
    `1 1 frames bands`; `?` stands for one that the model leaves open.
    """
    settings = settings or LogMelSettings()
    front = LogMel(settings)
    templates = []
    for kind in KINDS:
        bands = front.spectrogram(
            sound(kind, front.samples / settings.sample_rate + 0.1, settings.sample_rate)[: front.samples].astype(
                np.float32
            )
        ).mean(axis=0)
        templates.append(bands - bands.mean())
    rows = np.asarray(templates, np.float32) * SHARPNESS / settings.bands
    bias = -0.5 * (np.asarray(templates, np.float32) ** 2).sum(axis=1) * SHARPNESS / settings.bands
    words = layout.split()
    sizes: dict[str, int | None] = {"frames": settings.frames, "bands": settings.bands, "1": 1, "?": None}
    shape = [sizes[word] for word in words]
    swapped = "bands" in words and "frames" in words and words.index("bands") < words.index("frames")
    flat = [-1, settings.bands, settings.frames] if swapped else [-1, settings.frames, settings.bands]
    nodes = [
        helper.make_node("Reshape", ["spectrogram", "flat"], ["rows"]),
        helper.make_node("ReduceMean", ["rows"], ["bands"], axes=[2 if swapped else 1], keepdims=0),
        helper.make_node("ReduceMean", ["bands"], ["level"], axes=[1], keepdims=1),
        helper.make_node("Sub", ["bands", "level"], ["form"]),
        helper.make_node("MatMul", ["form", "templates"], ["likeness"]),
        helper.make_node("Add", ["likeness", "bias"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["scores"], axis=1),
    ]
    constants = {"flat": np.asarray(flat), "templates": np.ascontiguousarray(rows.T), "bias": bias}
    return _saved(path, nodes, ("spectrogram", shape), {"bands": settings.bands, "scores": len(KINDS)}, constants)


def waveform_model(path: Path, samples: int | None = 15600, *, batch: bool = False) -> Path:
    """Write a model of the classes `loud` and `quiet` that takes samples: ten times the mean square, and the rest."""
    nodes = [
        helper.make_node("Mul", ["waveform", "waveform"], ["squares"]),
        helper.make_node("ReduceMean", ["squares"], ["power"], keepdims=0),
        helper.make_node("Mul", ["power", "ten"], ["loud"]),
        helper.make_node("Sub", ["one", "loud"], ["quiet"]),
        helper.make_node("Unsqueeze", ["loud", "axis"], ["first"]),
        helper.make_node("Unsqueeze", ["quiet", "axis"], ["second"]),
        helper.make_node("Concat", ["first", "second"], ["scores"], axis=0),
    ]
    constants = {"ten": np.float32(10), "one": np.float32(1), "axis": np.asarray([0])}
    shape = [1, samples] if batch else [samples]
    return _saved(path, nodes, ("waveform", shape), {"scores": 2}, constants)


def map_model(path: Path) -> Path:
    """Write a model whose output is no tensor, but a map of each class to its score, as scikit-learn's models have."""
    scores = helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    graph = helper.make_graph(
        [
            helper.make_node(
                "ZipMap", ["waveform"], ["scores"], domain="ai.onnx.ml", classlabels_int64s=list(range(100))
            )
        ],
        "sounds",
        [helper.make_tensor_value_info("waveform", TensorProto.FLOAT, [1, 100])],
        [helper.make_value_info("scores", helper.make_sequence_type_proto(scores))],
    )
    versions = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    onnx.save(helper.make_model(graph, opset_imports=versions, ir_version=9), str(path))
    return path


def labels_file(path: Path, *names: str) -> Path:
    """Write a label file."""
    path.write_text("".join(f"{name}\n" for name in names or KINDS))
    return path


def _saved(
    path: Path,
    nodes: list[Any],
    taken: tuple[str, list[int | None]],
    given: dict[str, int],
    constants: dict[str, Any],
) -> Path:
    graph = helper.make_graph(
        nodes,
        "sounds",
        [helper.make_tensor_value_info(taken[0], TensorProto.FLOAT, taken[1])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in given],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(path))
    return path
