"""Each output layout, with boxes at known places."""

from __future__ import annotations

import numpy as np
import pytest

from dogwatch.detectors import decode
from dogwatch.detectors.decode import DecodedBoxes, Outputs
from dogwatch.errors import DetectorError

SIZE = 64
BOX = [8.0, 16.0, 24.0, 56.0]  # x1, y1, x2, y2
CENTRE = [16.0, 36.0, 16.0, 40.0]


def arrays(**outputs: object) -> Outputs:
    return {name: np.array(value, np.float32) for name, value in outputs.items()}


def expect(found: list[DecodedBoxes], number: int = 2, score: float = 0.9) -> None:
    assert len(found) == 1
    np.testing.assert_allclose(found[0].boxes, [BOX], atol=1e-3)
    np.testing.assert_allclose(found[0].scores, [score], atol=1e-5)
    assert found[0].classes.tolist() == [number]


def test_yolo_with_channels_first() -> None:
    out = np.zeros((1, 4 + 3, 84), np.float32)
    out[0, :, 40] = [*CENTRE, 0.1, 0.2, 0.9]
    out[0, :, 41] = [17.0, 36.0, 16.0, 40.0, 0.1, 0.2, 0.7]  # overlaps, goes
    expect(decode.yolo_generic({"output0": out}, SIZE, SIZE))


def test_yolo_with_objectness() -> None:
    out = np.zeros((1, 84, 5 + 3), np.float32)
    out[0, 5] = [*CENTRE, 0.9, 0.0, 0.3, 1.0]
    expect(decode.yolo_generic({"output": out}, SIZE, SIZE))


def test_yolo_of_one_class_with_objectness_is_not_taken_for_finds() -> None:
    out = np.zeros((1, 2100, 6), np.float32)
    out[0, 5] = [*CENTRE, 0.9, 1.0]
    expect(decode.yolo_generic({"output": out}, SIZE, SIZE), number=0)


def test_yolo_that_suppresses_by_itself() -> None:
    out = np.zeros((1, 300, 6), np.float32)
    out[0, 0] = [*BOX, 0.9, 2]
    expect(decode.yolo_generic({"output0": out}, SIZE, SIZE))


def test_yolo_keeps_pictures_apart_and_classes_too() -> None:
    out = np.zeros((2, 4 + 3, 84), np.float32)
    out[1, :, 1] = [*CENTRE, 0.9, 0.0, 0.0]
    out[1, :, 2] = [*CENTRE, 0.0, 0.8, 0.0]
    nothing, two = decode.yolo_generic({"o": out}, SIZE, SIZE)
    assert len(nothing.scores) == 0
    assert two.classes.tolist() == [0, 1]


@pytest.mark.parametrize("names", [("boxes", "scores"), ("913", "904")])
def test_yolonas_with_two_outputs(names: tuple[str, str]) -> None:
    boxes, scores = np.zeros((1, 84, 4)), np.zeros((1, 84, 3))
    boxes[0, 9], scores[0, 9] = BOX, [0, 0, 0.9]
    expect(decode.yolonas(arrays(**{names[0]: boxes, names[1]: scores}), SIZE, SIZE))
    expect(decode.yolonas(arrays(**{"0": scores, "1": boxes}), SIZE, SIZE))


def test_yolonas_flat() -> None:
    expect(decode.yolonas(arrays(graph2_flat_predictions=[[0, *BOX, 0.9, 2]]), SIZE, SIZE))
    first, second = decode.yolonas(arrays(flat=[[1, *BOX, 0.9, 2]]), SIZE, SIZE)
    assert (len(first.scores), len(second.scores)) == (0, 1)


def test_yolox_grid() -> None:
    out = np.zeros((1, 64 + 16 + 4, 5 + 3), np.float32)
    # Row 4, column 2 of the grid of stride 8: 8 * (2 + 0), 8 * (4 + 0.5); exp(log(2)) * 8 = 16.
    out[0, 4 * 8 + 2] = [0.0, 0.5, np.log(2), np.log(5), 0.9, 0, 0, 1.0]
    expect(decode.yolox({"output": out}, SIZE, SIZE))
    wide = np.zeros((1, 84, 8), np.float32)
    # Row 1, column 0 of the grid of stride 16, behind the 64 places of stride 8.
    wide[0, 64 + 4] = [1.0, 1.25, 0.0, np.log(2.5), 0.9, 0, 0, 1.0]
    expect(decode.yolox({"output": wide}, SIZE, SIZE))


def test_yolox_of_another_size_is_refused() -> None:
    with pytest.raises(DetectorError, match="has 84 anchors, this one 80"):
        decode.yolox({"output": np.zeros((1, 80, 8), np.float32)}, SIZE, SIZE)


def nanodet(points: int, place: int, steps: tuple[float, ...], score: float) -> Outputs:
    out = np.zeros((1, points, 3 + 4 * 8), np.float32)
    out[0, place, 2] = score
    for side, distance in enumerate(steps):
        low = int(distance)
        values = out[0, place, 3 + 8 * side : 11 + 8 * side]
        values[:] = -40
        values[low] = 0
        if distance > low:
            values[low + 1] = np.log((distance - low) / (1 - distance + low))  # the mean of both is the distance
    return {"output": out}


def test_nanodet_of_each_stride() -> None:
    # 64x64: 64 points of stride 8, 16 of stride 16, 4 of stride 32, 1 of stride 64.
    expect(decode.nanodet(nanodet(85, 4 * 8 + 2, (1, 2, 1, 3), 0.9), SIZE, SIZE))
    expect(decode.nanodet(nanodet(85, 64 + 2 * 4 + 1, (0.5, 1, 0.5, 1.5), 0.9), SIZE, SIZE))


def test_nanodet_with_logits() -> None:
    outputs = nanodet(85, 34, (1, 2, 1, 3), float(np.log(9)))
    outputs["output"][0, :, :2] = -9
    outputs["output"][0, :34, 2] = outputs["output"][0, 35:, 2] = -9
    expect(decode.nanodet(outputs, SIZE, SIZE))


@pytest.mark.parametrize(("size", "points"), [(320, 2125), (416, 3598)])
def test_nanodet_has_as_many_points_as_its_published_models(size: int, points: int) -> None:
    (found,) = decode.nanodet(nanodet(points, 0, (0, 0, 2, 1), 0.9), size, size)
    assert found.boxes.tolist() == [[0, 0, 16, 8]]
    with pytest.raises(DetectorError, match=f"has {points} points; this output is 1x{points - 1}x35"):
        decode.nanodet(nanodet(points - 1, 0, (0, 0, 2, 1), 0.9), size, size)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 3, 1, 0)])
def test_ssd(order: tuple[int, ...]) -> None:
    outputs = [
        ("detection_boxes:0", [[[0.25, 0.125, 0.875, 0.375], [0, 0, 1, 1]]]),
        ("detection_classes:0", [[2, 7]]),
        ("detection_scores:0", [[0.9, 0.8]]),
        ("num_detections:0", [1]),
    ]
    expect(decode.ssd(arrays(**dict(outputs[i] for i in order)), SIZE, SIZE))


def test_ssd_by_order_when_names_tell_nothing() -> None:
    expect(decode.ssd(arrays(a=[[[0.25, 0.125, 0.875, 0.375]]], b=[[2]], c=[[0.9]], d=[[1]]), SIZE, SIZE))


def test_dfine() -> None:
    expect(decode.dfine(arrays(labels=[[2, 1]], boxes=[[BOX, BOX]], scores=[[0.9, 0.05]]), SIZE, SIZE))
    expect(decode.dfine(arrays(scores=[[0.9, 0.05]], boxes=[[BOX, BOX]], labels=[[2, 1]]), SIZE, SIZE))


def test_rfdetr() -> None:
    logit = float(np.log(0.9 / 0.1))
    dets = [[[0.25, 0.5625, 0.25, 0.625], [0.5, 0.5, 0.1, 0.1]]]
    expect(decode.rfdetr(arrays(dets=dets, labels=[[[-9, -9, logit], [-9, -9, -9]]]), SIZE, SIZE))


def test_what_is_of_another_layout_is_refused() -> None:
    with pytest.raises(DetectorError, match="check model_type"):
        decode.yolo_generic(arrays(a=[1.0]), SIZE, SIZE)
    with pytest.raises(DetectorError, match="check model_type"):
        decode.ssd(arrays(a=[[[[1.0] * 32] * 3]]), SIZE, SIZE)
    with pytest.raises(DetectorError, match="1 outputs"):
        decode.rfdetr(arrays(a=[[[1.0]]]), SIZE, SIZE)


def test_a_flood_of_finds_is_cut_to_the_best() -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, :, 4] = np.linspace(0.3, 0.9, 300)
    (found,) = decode.yolo_generic({"o": rows}, SIZE, SIZE)
    assert len(found.scores) == decode.MAX_DETECTIONS
    assert found.scores[0] == pytest.approx(0.9)
