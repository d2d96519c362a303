"""Tiny ONNX models, made here, whose outputs are constants or follow from the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

TYPES = {
    np.dtype(np.float32): TensorProto.FLOAT,
    np.dtype(np.uint8): TensorProto.UINT8,
    np.dtype(np.float16): TensorProto.FLOAT16,
}


def save(
    path: Path,
    outputs: dict[str, NDArray[np.float32]],
    shape: list[int | str],
    dtype: type[np.generic] = np.float32,
    extra: str = "",
) -> str:
    """Write a model that gives `outputs` whatever it sees, for each picture of the batch; return its path.

    `outputs` have no batch dimension. Each is repeated for the batch (by adding zeros made from the picture).
    """
    nodes = [
        helper.make_node("Cast", ["images"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["real", "axes"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["zeros"]),
    ]
    constants = [
        numpy_helper.from_array(np.array([1, 2, 3], np.int64), "axes"),
        numpy_helper.from_array(np.array(0, np.float32), "zero"),
    ]
    infos = []
    for name, value in outputs.items():
        constants.append(numpy_helper.from_array(np.asarray(value, np.float32)[None], f"{name}_value"))
        constants.append(numpy_helper.from_array(np.array([-1] + [1] * np.ndim(value), np.int64), f"{name}_shape"))
        nodes.append(helper.make_node("Reshape", ["zeros", f"{name}_shape"], [f"{name}_zeros"]))
        nodes.append(helper.make_node("Add", [f"{name}_value", f"{name}_zeros"], [name]))
        infos.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [shape[0], *np.shape(value)]))
    return write(path, nodes, constants, infos, shape, dtype, extra)


def save_bright_spot(
    path: Path, shape: list[int | str], dtype: type[np.generic] = np.float32, *, nchw: bool = True
) -> str:
    """Write a yolo-generic model of one finds-row: its box is fixed, its score the mean of the first colour.

    Output `(N, 7, 6)`: corners 8, 16, 24, 56, the mean as score, class 0; six rows of nothing.
    """
    axes, channel = ([2, 3], 1) if nchw else ([1, 2], 3)
    row = np.zeros((1, 7, 6), np.float32)
    row[0, 0, :4] = [8, 16, 24, 56]
    place = np.zeros((1, 7, 6), np.float32)
    place[0, 0, 4] = 1
    nodes = [
        helper.make_node("Cast", ["images"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["real", "first"], ["colour"], axis=channel),
        helper.make_node("ReduceMean", ["colour", "axes"], ["mean"], keepdims=1),
        helper.make_node("Reshape", ["mean", "flat"], ["score"]),
        helper.make_node("Mul", ["score", "place"], ["placed"]),
        helper.make_node("Add", ["placed", "row"], ["output0"]),
    ]
    constants = [
        numpy_helper.from_array(np.array([0], np.int64), "first"),
        numpy_helper.from_array(np.array(axes, np.int64), "axes"),
        numpy_helper.from_array(np.array([-1, 1, 1], np.int64), "flat"),
        numpy_helper.from_array(place, "place"),
        numpy_helper.from_array(row, "row"),
    ]
    info = helper.make_tensor_value_info("output0", TensorProto.FLOAT, [shape[0], 7, 6])
    return write(path, nodes, constants, [info], shape, dtype, "")


def write(
    path: Path,
    nodes: list[onnx.NodeProto],
    constants: list[onnx.TensorProto],
    outputs: list[onnx.ValueInfoProto],
    shape: list[int | str],
    dtype: type[np.generic],
    extra: str,
) -> str:
    """Write a checked model with the input `images` and, if `extra` names one, a second input of sizes."""
    inputs = [helper.make_tensor_value_info("images", TYPES[np.dtype(dtype)], shape)]
    if extra:
        inputs.append(helper.make_tensor_value_info(extra, TensorProto.INT64, [shape[0], 2]))
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return str(path)
