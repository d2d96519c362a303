"""Decodes a model's raw outputs to boxes: one pure function for each family of models.

Every decoder takes the outputs by name, in the model's order (float32, batch first), and the input's width and height.
It returns the boxes of each picture of the batch, without those whose score is below `MIN_SCORE`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dogwatch.detectors.suppress import Floats, suppress
from dogwatch.errors import DetectorError

MIN_SCORE = 0.2  # the lowest sensible `min_score`; lower ones are noise and cost time
OVERLAP = 0.5
MAX_DETECTIONS = 50  # in one picture
NANODET_STRIDES, NANODET_STEPS = (8, 16, 32, 64), 8
MAX_END_TO_END_ROWS = 1000  # more than a model with built-in suppression gives, fewer than the anchors of any model

Outputs = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class DecodedBoxes:
    """Detections in a picture, best first: boxes `(n, 4)` as x1, y1, x2, y2 in input pixels, scores, classes `(n,)`."""

    boxes: Floats
    scores: Floats
    classes: NDArray[np.intp]


def yolo_generic(outputs: Outputs, width: int, height: int) -> list[DecodedBoxes]:
    """Decode YOLO exports with one output of three dimensions; its shape tells the layout.

    - `(N, 4 + classes, anchors)`: v8, v9, v11: centre, size, class scores.
    - `(N, anchors, 5 + classes)`: v5, v7: the same with an objectness before the classes.
    - `(N, detections, 6)`: v10, and exports with built-in suppression: corners, score, class.

    Boxes are pixels, in exports to TensorFlow Lite fractions.
    """
    out = _only(outputs, 3)
    if out.shape[2] == 6 and 6 < out.shape[1] <= MAX_END_TO_END_ROWS:
        return [_top(_pixels(rows[:, :4], width, height), rows[:, 4], rows[:, 5]) for rows in out]
    if out.shape[1] < out.shape[2]:
        return [_classes(_corners(_pixels(rows[:4].T, width, height)), rows[4:].T) for rows in out]
    return [_classes(_corners(_pixels(rows[:, :4], width, height)), rows[:, 4:5] * rows[:, 5:]) for rows in out]


def yolonas(outputs: Outputs, width: int, height: int) -> list[DecodedBoxes]:
    """Decode YOLO-NAS: boxes `(N, anchors, 4)` as corners and scores `(N, anchors, classes)`.

    An export with built-in suppression has one output `(detections, 7)`: picture, corners, score, class.
    """
    del width, height
    if len(outputs) == 1:
        rows = _only(outputs, 2)
        count = int(rows[:, 0].max()) + 1 if len(rows) else 1
        return [_top(mine[:, 1:5], mine[:, 5], mine[:, 6]) for mine in (rows[rows[:, 0] == i] for i in range(count))]
    boxes, scores = _pick(outputs, ("box", "score"), (0, 1))
    if boxes.shape[-1] != 4 and scores.shape[-1] == 4:
        boxes, scores = scores, boxes
    return [_classes(*pair) for pair in zip(boxes, scores, strict=True)]


def yolox(outputs: Outputs, width: int, height: int) -> list[DecodedBoxes]:
    """Decode YOLOX `(N, anchors, 5 + classes)`: offsets within the grids of strides 8, 16 and 32, logs of sizes."""
    out = _only(outputs, 3)
    places, strides = [], []
    for stride in (8, 16, 32):
        rows, columns = height // stride, width // stride
        y, x = np.mgrid[:rows, :columns]
        places.append(np.stack([x.ravel(), y.ravel()], axis=1))
        strides.append(np.full((rows * columns, 1), stride))
    grid, step = np.concatenate(places).astype(np.float32), np.concatenate(strides).astype(np.float32)
    if len(grid) != out.shape[1]:
        raise DetectorError(f"a yolox model of {width}x{height} has {len(grid)} anchors, this one {out.shape[1]}")
    centre = (out[:, :, :2] + grid) * step
    size = np.exp(np.minimum(out[:, :, 2:4], 10)) * step
    boxes = np.concatenate([centre - size / 2, centre + size / 2], axis=2)
    return [_classes(*pair) for pair in zip(boxes, out[:, :, 4:5] * out[:, :, 5:], strict=True)]


def nanodet(outputs: Outputs, width: int, height: int) -> list[DecodedBoxes]:
    """Decode NanoDet-Plus `(N, points, classes + 32)`: for each point the class scores, then the box.

    Points lie on grids of strides 8, 16, 32 and 64. A box is four distances from its point (left, top, right, bottom),
    each the mean of eight steps of a stride, weighted by the softmax of its eight values. Some exports give scores as
    logits.
    Source: github.com/RangiLyu/nanodet, NanoDet-Plus; docs.openvino.ai, Open Model Zoo, nanodet-plus-m-1.5x-416.
    """
    out = _only(outputs, 3)
    points, strides = _points(width, height)
    classes = out.shape[2] - 4 * NANODET_STEPS
    if len(points) != out.shape[1] or classes < 1:
        shape = "x".join(map(str, out.shape))
        raise DetectorError(f"a nanodet model of {width}x{height} has {len(points)} points; this output is {shape}")
    scores, values = out[:, :, :classes], out[:, :, classes:].reshape(len(out), -1, 4, NANODET_STEPS)
    if scores.min(initial=0) < 0 or scores.max(initial=0) > 1:
        scores = 1 / (1 + np.exp(-scores.clip(-50, 50)))
    weights = np.exp(values - values.max(axis=3, keepdims=True))
    distances = (weights @ np.arange(NANODET_STEPS, dtype=np.float32)) / weights.sum(axis=3) * strides[:, None]
    boxes = np.concatenate([points - distances[:, :, :2], points + distances[:, :, 2:]], axis=2)
    limits = np.array([width, height, width, height], np.float32)
    return [_classes(*pair) for pair in zip(boxes.clip(0, limits), scores, strict=True)]


def ssd(outputs: Outputs, width: int, height: int) -> list[DecodedBoxes]:
    """Decode SSD with built-in suppression: boxes `(N, n, 4)` as y1, x1, y2, x2 fractions, classes, scores, counts.

    The outputs are told apart by their names or, if the names say nothing, by their values. OpenVINO's models have one
    output `(1, 1, n, 7)`: picture (-1 after the last detection), class, score, x1, y1, x2, y2.
    """
    scale = np.array([width, height, width, height], np.float32)
    if len(outputs) == 1:
        rows = _only(outputs, 4, 7).reshape(-1, 7)
        ended = np.flatnonzero(rows[:, 0] < 0)
        rows = rows[: ended[0]] if len(ended) else rows
        count = int(rows[:, 0].max()) + 1 if len(rows) else 1
        pictures = (rows[rows[:, 0] == i] for i in range(count))
        return [_top(mine[:, 3:] * scale, mine[:, 2], mine[:, 1]) for mine in pictures]
    boxes, classes, scores, counts = _pick(_ssd_order(outputs), ("box", "class", "score", "num"), (0, 1, 2, 3))
    answer = []
    for i, count in enumerate(counts.ravel().astype(int)):
        corners = boxes[i, :count][:, [1, 0, 3, 2]] * scale
        answer.append(_top(corners, scores[i, :count], classes[i, :count]))
    return answer


def dfine(outputs: Outputs, width: int, height: int) -> list[DecodedBoxes]:
    """Decode D-FINE and RT-DETR: labels `(N, queries)`, boxes `(N, queries, 4)` as corners, scores `(N, queries)`."""
    del width, height
    labels, boxes, scores = _pick(outputs, ("label", "box", "score"), (0, 1, 2))
    return [_top(*one) for one in zip(boxes, scores, labels, strict=True)]


def rfdetr(outputs: Outputs, width: int, height: int) -> list[DecodedBoxes]:
    """Decode RF-DETR: dets `(N, queries, 4)` as centre and size fractions, labels `(N, queries, classes)` as logits."""
    dets, logits = _pick(outputs, ("det", "label"), (0, 1))
    scale = np.array([width, height, width, height], np.float32)
    scores = 1 / (1 + np.exp(-logits.clip(-50, 50)))
    best = scores.argmax(axis=2)
    return [_top(_corners(dets[i] * scale), scores[i].max(axis=1), best[i]) for i in range(len(dets))]


Decoder = Callable[[Outputs, int, int], list[DecodedBoxes]]
DECODERS: dict[str, Decoder] = {
    "yolo-generic": yolo_generic,
    "yolonas": yolonas,
    "yolox": yolox,
    "nanodet": nanodet,
    "ssd": ssd,
    "dfine": dfine,
    "rtdetr": dfine,
    "rfdetr": rfdetr,
}


def _points(width: int, height: int) -> tuple[Floats, Floats]:
    """Return NanoDet's points in input pixels `(points, 2)`, and the stride of each `(points,)`."""
    places, strides = [], []
    for stride in NANODET_STRIDES:
        y, x = np.mgrid[: -(-height // stride), : -(-width // stride)]
        places.append(np.stack([x.ravel(), y.ravel()], axis=1) * stride)
        strides.append(np.full(x.size, stride))
    return np.concatenate(places).astype(np.float32), np.concatenate(strides).astype(np.float32)


def _ssd_order(outputs: Outputs) -> Outputs:
    """Return SSD's outputs as boxes, classes, scores, counts, by shapes and values: converters change their order."""
    boxes = [name for name, array in outputs.items() if array.ndim == 3]
    counts = [name for name, array in outputs.items() if array.ndim < 2]
    rows = [name for name, array in outputs.items() if array.ndim == 2]
    if len(boxes) != 1 or len(counts) != 1 or len(rows) != 2:
        return outputs
    # Scores are at most 1 and hardly ever whole numbers; classes always are.
    rows.sort(key=lambda name: (bool((outputs[name] % 1).any()), bool((outputs[name] <= 1).all())))
    return {name: outputs[name] for name in (*boxes, *rows, *counts)}


def _pixels(boxes: Floats, width: int, height: int) -> Floats:
    """Convert fractions to pixels, unless some box exceeds two pixels: then they are pixels already."""
    if boxes.max(initial=0) > 2:
        return boxes
    return boxes * np.array([width, height, width, height], np.float32)


def _corners(boxes: Floats) -> Floats:
    """Turn centre and size into corners."""
    half = boxes[:, 2:] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)


def _classes(boxes: Floats, scores: Floats) -> DecodedBoxes:
    """Keep the best class of each anchor, and the best of overlapping anchors."""
    classes = scores.argmax(axis=1)
    best = np.take_along_axis(scores, classes[:, None], axis=1)[:, 0]
    likely = best >= MIN_SCORE
    boxes, best, classes = boxes[likely], best[likely], classes[likely]
    kept = suppress(boxes, best, classes, OVERLAP)[:MAX_DETECTIONS]
    return DecodedBoxes(boxes[kept], best[kept], classes[kept])


def _top(boxes: Floats, scores: Floats, classes: NDArray[np.floating] | NDArray[np.intp]) -> DecodedBoxes:
    """Keep detections with a high enough score, from a model with built-in suppression."""
    order = np.argsort(-scores, kind="stable")
    kept = order[scores[order] >= MIN_SCORE][:MAX_DETECTIONS]
    return DecodedBoxes(boxes[kept], scores[kept], np.round(classes[kept]).astype(np.intp))


def _only(outputs: Outputs, dimensions: int, columns: int | None = None) -> Floats:
    """Return the first output, which must have `dimensions` dimensions, and `columns` values in the last if given."""
    out = next(iter(outputs.values()))
    if out.ndim != dimensions or columns not in (None, out.shape[-1]):
        shape = "x".join(map(str, out.shape))
        raise DetectorError(f"the model's output is {shape}, not one of this model_type; check model_type")
    return out


def _pick(outputs: Outputs, words: tuple[str, ...], order: tuple[int, ...]) -> list[Floats]:
    """Return the outputs whose names contain `words`, or if no names do, those at the places `order`."""
    named = [[array for name, array in outputs.items() if word in name.lower()] for word in words]
    if all(len(arrays) == 1 for arrays in named):
        return [arrays[0] for arrays in named]
    arrays = list(outputs.values())
    if len(arrays) < len(words):
        raise DetectorError(
            f"the model has {len(arrays)} outputs ({', '.join(outputs)}), not {len(words)}; check model_type"
        )
    return [arrays[place] for place in order]
