"""Tiny TensorFlow Lite models, written with the file format's own schema, whose outputs follow from the picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

TYPES = {
    np.dtype(np.float32): schema.TensorType.FLOAT32,
    np.dtype(np.uint8): schema.TensorType.UINT8,
    np.dtype(np.int8): schema.TensorType.INT8,
    np.dtype(np.int32): schema.TensorType.INT32,
}
Quantisation = tuple[float, int]


class Flat:
    """A graph under construction; tensors are told by their numbers."""

    def __init__(self) -> None:
        self._graph = schema.SubGraphT()
        self._graph.tensors, self._graph.operators = [], []
        self._buffers = [schema.BufferT()]  # the first one is that of tensors without content
        self._codes: list[Any] = []

    def tensor(
        self,
        name: str,
        shape: tuple[int, ...],
        dtype: type[np.generic] = np.float32,
        quantisation: Quantisation | None = None,
        signature: tuple[int, ...] | None = None,
    ) -> int:
        made = schema.TensorT()
        made.name, made.shape, made.type, made.buffer = name, list(shape), TYPES[np.dtype(dtype)], 0
        if signature is not None:
            made.shapeSignature = list(signature)
        if quantisation is not None:
            made.quantization = schema.QuantizationParametersT()
            made.quantization.scale, made.quantization.zeroPoint = [quantisation[0]], [quantisation[1]]
        self._graph.tensors.append(made)
        return len(self._graph.tensors) - 1

    def constant(self, values: NDArray[Any]) -> int:
        number = self.tensor(f"constant{len(self._buffers)}", values.shape, values.dtype.type)
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
        self._buffers.append(buffer)
        self._graph.tensors[number].buffer = len(self._buffers) - 1
        return number

    def operate(self, code: int, inputs: list[int], output: int, kind: int = 0, options: Any = None) -> int:
        made, entry = schema.OperatorT(), schema.OperatorCodeT()
        entry.builtinCode, entry.deprecatedBuiltinCode, entry.version = code, min(code, 127), 1
        self._codes.append(entry)
        made.opcodeIndex, made.inputs, made.outputs = len(self._codes) - 1, inputs, [output]
        made.builtinOptionsType, made.builtinOptions = kind, options
        self._graph.operators.append(made)
        return output

    def write(self, path: Path, inputs: list[int], outputs: list[int]) -> str:
        self._graph.inputs, self._graph.outputs = inputs, outputs
        model = schema.ModelT()
        model.version, model.subgraphs, model.buffers, model.operatorCodes = (
            3,
            [self._graph],
            self._buffers,
            self._codes,
        )
        builder = flatbuffers.Builder(4096)
        builder.Finish(model.Pack(builder), b"TFL3")
        path.write_bytes(bytes(builder.Output()))
        return str(path)


def save(
    path: Path,
    outputs: dict[str, NDArray[np.float32]],
    size: int,
    dtype: type[np.generic] = np.float32,
    *,
    bright: dict[str, int] | None = None,
    quantisation: Quantisation | None = None,
    signature: tuple[int, ...] | None = None,
) -> str:
    """Write a model with the input `images`, `(1, size, size, 3)`; return its path.

    It gives `outputs` (without their batch dimension) whatever it sees; to the number at place `bright[name]` of an
    output the mean of the first colour is added. Quantised inputs and outputs have `quantisation`.
    """
    flat = Flat()
    image = flat.tensor("images", (1, size, size, 3), dtype, quantisation, signature)
    ops, kinds = schema.BuiltinOperator, schema.BuiltinOptions
    real = image
    if dtype != np.float32:
        real = flat.operate(ops.DEQUANTIZE, [image], flat.tensor("real", (1, size, size, 3)))
    means = flat.tensor("means", (1, 3))
    flat.operate(
        ops.MEAN,
        [real, flat.constant(np.array([1, 2], np.int32))],
        means,
        kinds.ReducerOptions,
        schema.ReducerOptionsT(),
    )
    made = []
    for name, value in outputs.items():
        weights = np.zeros((max(1, value.size), 3), np.float32)
        if bright and name in bright:
            weights[bright[name], 0] = 1
        row = flat.tensor(f"{name}_row", (1, weights.shape[0]))
        bias = flat.constant(np.asarray(value, np.float32).reshape(-1))
        options = schema.FullyConnectedOptionsT()
        flat.operate(
            ops.FULLY_CONNECTED, [means, flat.constant(weights), bias], row, kinds.FullyConnectedOptions, options
        )
        shape = (1, *value.shape)
        reshaped = schema.ReshapeOptionsT()
        reshaped.newShape = list(shape)
        quantised = quantisation is not None
        out = flat.tensor(f"{name}_real" if quantised else name, shape)
        flat.operate(ops.RESHAPE, [row, flat.constant(np.array(shape, np.int32))], out, kinds.ReshapeOptions, reshaped)
        if quantised:
            out = flat.operate(ops.QUANTIZE, [out], flat.tensor(name, shape, dtype, quantisation))
        made.append(out)
    return flat.write(path, [image], made)
