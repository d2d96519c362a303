"""The built-in detector on the drawn street and, where there is some, on recorded video."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.detectors.opencv import SIZE, OpenCVDetector
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.media.street import StreetScene
from dogwatch.model import Box, Detection
from tests import media

Gray = NDArray[np.uint8]


def detector(**options: str | int | float | bool) -> OpenCVDetector:
    return OpenCVDetector(DetectorSpec(name="cpu", type="opencv", options=options))


def gray(bgr: NDArray[np.uint8]) -> Gray:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)


def region_around(box: Box, width: int, height: int) -> Box:
    x = min(max((box.x1 + box.x2 - SIZE) // 2, 0), width - SIZE)
    y = min(max((box.y1 + box.y2 - SIZE) // 2, 0), height - SIZE)
    return Box(x, y, x + SIZE, y + SIZE)


def look(it: OpenCVDetector, picture: Gray, region: Box) -> list[Detection]:
    """Return the finds of a region at its native size, in picture coordinates."""
    (found,) = it.detect([picture[region.y1 : region.y2, region.x1 : region.x2]])
    x, y = region.x1, region.y1
    return [
        Detection(one.label, one.score, Box(one.box.x1 + x, one.box.y1 + y, one.box.x2 + x, one.box.y2 + y))
        for one in found
    ]


@pytest.mark.parametrize("seed", [0, 1, 5])
def test_the_figures_of_the_street_are_found(seed: int) -> None:
    scene, it = StreetScene(1280, 720, 15, seed), detector(face=False)
    hits: list[bool] = []
    for n in range(20, 340, 10):
        truth = scene.truth(n)
        whole = [
            box
            for box in truth
            if box.x1 > 0 and box.x2 < 1280 and not any(o is not box and o.intersection(box) for o in truth)
        ]
        for box in whole:
            found = look(it, gray(scene.render(n)), region_around(box, 1280, 720))
            hits.append(any(one.score >= 0.7 and one.box.iou(box) >= 0.4 for one in found))
    assert len(hits) >= 8
    assert sum(hits) >= 0.7 * len(hits)


def test_the_empty_street_is_empty() -> None:
    it, picture = detector(), gray(StreetScene(1280, 720, 15, 2).render(0))
    for x in (0, 432, 864):
        for y in (0, 304):
            found = look(it, picture, Box(x, y, x + SIZE, y + SIZE))
            assert all(one.score < 0.6 for one in found)


def draw_face(picture: Gray, x: int, y: int, size: int) -> None:
    """Draw what a Haar cascade takes for a face: bright oval, dark eyes below brows, shaded nose, dark mouth."""

    def at(dx: float, dy: float) -> tuple[int, int]:
        return round(x + dx * size), round(y + dy * size)

    def part(dx: float, dy: float, rx: float, ry: float, shade: int) -> None:
        axes = (max(1, round(rx * size)), max(1, round(ry * size)))
        cv2.ellipse(picture, at(dx, dy), axes, 0, 0, 360, shade, -1, cv2.LINE_AA)

    part(0, -0.1, 0.5, 0.66, 60)
    part(0, 0, 0.42, 0.58, 200)
    for side in (-1, 1):
        part(side * 0.17, -0.15, 0.12, 0.09, 130)
        part(side * 0.17, -0.13, 0.08, 0.04, 40)
        part(side * 0.17, -0.23, 0.12, 0.025, 60)
    part(0, 0.0, 0.05, 0.13, 225)
    part(0, 0.13, 0.08, 0.03, 150)
    part(0, 0.28, 0.16, 0.04, 90)


def test_a_face_is_found_where_it_is() -> None:
    picture = np.full((SIZE, SIZE), 140, np.uint8)
    draw_face(picture, 200, 180, 110)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 2), np.uint8)
    (found,) = detector(face_anywhere=True).detect([picture])
    assert [one.label for one in found] == ["face"]
    assert found[0].score > 0.6
    assert found[0].box.iou(Box(145, 120, 255, 240)) > 0.5
    assert detector().detect([picture]) == [[]], "by default faces are looked for on people only"


def test_people_in_recorded_video_score_high_and_the_empty_street_low() -> None:
    it = detector()
    busy: list[float] = []
    empty: list[float] = []
    for path, frames, scores in (
        (media.real_street(), (100, 500, 800), busy),
        (media.real_quiet(), (30, 120, 700), empty),
    ):
        video = cv2.VideoCapture(str(path))
        for frame in frames:
            video.set(cv2.CAP_PROP_POS_FRAMES, frame)
            done, bgr = video.read()
            assert done
            picture = gray(np.asarray(bgr, np.uint8))
            for x in (0, 288, 576, 864):
                for y in (0, 304):
                    found = look(it, picture, Box(x, y, x + SIZE, y + SIZE))
                    scores.extend(one.score for one in found)
        video.release()
    assert sum(score >= 0.7 for score in busy) >= 6
    assert max(empty, default=0.0) < 0.6
