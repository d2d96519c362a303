"""From a model's raw outputs to boxes: one pure function for each family's output layout.

Every decoder takes the outputs by name, in the model's order (float32, batch first), and the input's width and height;
it returns what each picture of the batch holds. Scores below `MIN_SCORE` are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dogwatch.detectors.suppress import Floats, suppress
from dogwatch.errors import DetectorError

MIN_SCORE = 0.2  # the lowest `min_score` that anybody sets; less is noise and costs time
OVERLAP = 0.5
MOST = 50  # finds a picture
END_TO_END = 1000  # more rows than a model that suppresses by itself gives, fewer than any has anchors

Outputs = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Found:
    """Finds in one picture, best first: boxes `(n, 4)` as x1, y1, x2, y2 in input pixels, scores and classes `(n,)`."""

    boxes: Floats
    scores: Floats
    classes: NDArray[np.intp]


def yolo_generic(outputs: Outputs, width: int, height: int) -> list[Found]:
    """Decode YOLO exports with one output of three dimensions; the layout shows in its shape.

    - `(N, 4 + classes, anchors)`: v8, v9, v11: centre, size, class scores.
    - `(N, anchors, 5 + classes)`: v5, v7: the same with an objectness before the classes.
    - `(N, finds, 6)`: v10, and exports that suppress by themselves: corners, score, class.

    Boxes are pixels, in exports to TensorFlow Lite fractions.
    """
    out = _only(outputs, 3)
    if out.shape[2] == 6 and 6 < out.shape[1] <= END_TO_END:
        return [_top(_pixels(rows[:, :4], width, height), rows[:, 4], rows[:, 5]) for rows in out]
    if out.shape[1] < out.shape[2]:
        return [_classes(_corners(_pixels(rows[:4].T, width, height)), rows[4:].T) for rows in out]
    return [_classes(_corners(_pixels(rows[:, :4], width, height)), rows[:, 4:5] * rows[:, 5:]) for rows in out]


def yolonas(outputs: Outputs, width: int, height: int) -> list[Found]:
    """Decode YOLO-NAS: boxes `(N, anchors, 4)` as corners and scores `(N, anchors, classes)`.

    An export with its own suppression has one output `(finds, 7)`: picture, corners, score, class.
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


def yolox(outputs: Outputs, width: int, height: int) -> list[Found]:
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


def ssd(outputs: Outputs, width: int, height: int) -> list[Found]:
    """Decode SSD with its own suppression: boxes `(N, finds, 4)` as y1, x1, y2, x2 fractions, classes, scores, counts.

    Told apart by their names; without telling names by what is in them. OpenVINO's have one output `(1, 1, finds, 7)`:
    picture (-1 after the last find), class, score, x1, y1, x2, y2.
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


def dfine(outputs: Outputs, width: int, height: int) -> list[Found]:
    """Decode D-FINE and RT-DETR: labels `(N, queries)`, boxes `(N, queries, 4)` as corners, scores `(N, queries)`."""
    del width, height
    labels, boxes, scores = _pick(outputs, ("label", "box", "score"), (0, 1, 2))
    return [_top(*one) for one in zip(boxes, scores, labels, strict=True)]


def rfdetr(outputs: Outputs, width: int, height: int) -> list[Found]:
    """Decode RF-DETR: dets `(N, queries, 4)` as centre and size fractions, labels `(N, queries, classes)` as logits."""
    dets, logits = _pick(outputs, ("det", "label"), (0, 1))
    scale = np.array([width, height, width, height], np.float32)
    scores = 1 / (1 + np.exp(-logits.clip(-50, 50)))
    best = scores.argmax(axis=2)
    return [_top(_corners(dets[i] * scale), scores[i].max(axis=1), best[i]) for i in range(len(dets))]


Decoder = Callable[[Outputs, int, int], list[Found]]
DECODERS: dict[str, Decoder] = {
    "yolo-generic": yolo_generic,
    "yolonas": yolonas,
    "yolox": yolox,
    "ssd": ssd,
    "dfine": dfine,
    "rtdetr": dfine,
    "rfdetr": rfdetr,
}


def _ssd_order(outputs: Outputs) -> Outputs:
    """Return SSD's outputs as boxes, classes, scores, counts, by their shapes and values: converters shuffle them."""
    boxes = [name for name, array in outputs.items() if array.ndim == 3]
    counts = [name for name, array in outputs.items() if array.ndim < 2]
    rows = [name for name, array in outputs.items() if array.ndim == 2]
    if len(boxes) != 1 or len(counts) != 1 or len(rows) != 2:
        return outputs
    # Scores are at most 1 and hardly ever whole, classes always are.
    rows.sort(key=lambda name: (bool((outputs[name] % 1).any()), bool((outputs[name] <= 1).all())))
    return {name: outputs[name] for name in (*boxes, *rows, *counts)}


def _pixels(boxes: Floats, width: int, height: int) -> Floats:
    """Turn fractions into pixels. Pixel boxes of a whole grid reach further than two pixels."""
    if boxes.max(initial=0) > 2:
        return boxes
    return boxes * np.array([width, height, width, height], np.float32)


def _corners(boxes: Floats) -> Floats:
    """Turn centre and size into corners."""
    half = boxes[:, 2:] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)


def _classes(boxes: Floats, scores: Floats) -> Found:
    """Keep each anchor's best class, and of overlapping anchors the best."""
    classes = scores.argmax(axis=1)
    best = np.take_along_axis(scores, classes[:, None], axis=1)[:, 0]
    likely = best >= MIN_SCORE
    boxes, best, classes = boxes[likely], best[likely], classes[likely]
    kept = suppress(boxes, best, classes, OVERLAP)[:MOST]
    return Found(boxes[kept], best[kept], classes[kept])


def _top(boxes: Floats, scores: Floats, classes: NDArray[np.floating] | NDArray[np.intp]) -> Found:
    """Keep what is likely enough of finds that the model has suppressed already."""
    order = np.argsort(-scores, kind="stable")
    kept = order[scores[order] >= MIN_SCORE][:MOST]
    return Found(boxes[kept], scores[kept], np.round(classes[kept]).astype(np.intp))


def _only(outputs: Outputs, dimensions: int, columns: int | None = None) -> Floats:
    """Return the first output, which must have `dimensions` dimensions, and `columns` values in the last if given."""
    out = next(iter(outputs.values()))
    if out.ndim != dimensions or columns not in (None, out.shape[-1]):
        shape = "x".join(map(str, out.shape))
        raise DetectorError(f"the model's output is {shape}, not one of this model_type; check model_type")
    return out


def _pick(outputs: Outputs, words: tuple[str, ...], order: tuple[int, ...]) -> list[Floats]:
    """Return the outputs whose names contain `words`; where names tell nothing, those at the places of `order`."""
    named = [[array for name, array in outputs.items() if word in name.lower()] for word in words]
    if all(len(arrays) == 1 for arrays in named):
        return [arrays[0] for arrays in named]
    arrays = list(outputs.values())
    if len(arrays) < len(words):
        raise DetectorError(
            f"the model has {len(arrays)} outputs ({', '.join(outputs)}), not {len(words)}; check model_type"
        )
    return [arrays[place] for place in order]
