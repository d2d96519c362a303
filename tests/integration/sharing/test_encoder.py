"""Covered copies: a face is not to be recognised in any of their pictures."""

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media import picture
from dogwatch.media.encoder_spec import CoverBox
from dogwatch.sharing import encoder
from dogwatch.sharing.faces import FaceFinder
from dogwatch.sharing.spec import CoveredSpec, HeadPath

WIDTH, HEIGHT, FPS = 640, 360, 10
FACE = 80  # pixels
AWAY = range(12, 18)  # pictures in which the face cannot be found


def draw_face(bgr: NDArray[np.uint8], x: int, y: int, *, turned: bool = False) -> None:
    """Draw a face around a point, as a cascade takes it for one; `turned` has detail, but none of a face."""

    def ellipse(across: float, down: float, wide: float, high: float, grey: int) -> None:
        place, axes = (x + int(FACE * across), y + int(FACE * down)), (int(FACE * wide), int(FACE * high))
        cv2.ellipse(bgr, place, axes, 0, 0, 360, (grey, grey, grey), -1)

    ellipse(0, 0, 0.5, 0.66, 200)
    if turned:
        for number in range(-7, 8, 2):
            ellipse(number / 16, 0, 0.03, 0.4, 60 if number % 4 == 1 else 140)
        return
    for side in (-0.2, 0.2):
        ellipse(side, -0.12, 0.13, 0.07, 60)
        ellipse(side, -0.25, 0.16, 0.04, 70)
    ellipse(0, 0.12, 0.07, 0.16, 225)
    ellipse(0, 0.28, 0.09, 0.03, 120)
    ellipse(0, 0.42, 0.2, 0.05, 90)


def place(number: int) -> tuple[int, int]:
    return 150 + number * 8, 150


def film(path: Path, count: int = 30) -> None:
    """Write a film of a face that moves to the right, before a background with detail."""
    background = np.random.default_rng(5).integers(90, 130, (HEIGHT, WIDTH, 3), np.uint8)
    with av.open(str(path), "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"crf": "18", "preset": "ultrafast"}
        for number in range(count):
            bgr = background.copy()
            draw_face(bgr, *place(number), turned=number in AWAY)
            smooth = cv2.GaussianBlur(bgr, (0, 0), 1.5).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(smooth, "bgr24")))
        container.mux(stream.encode(None))


def pictures(path: Path) -> list[NDArray[Any]]:
    with av.open(str(path), "r") as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def detail(gray: NDArray[Any], number: int) -> float:
    """Return how much detail there is where the eyes, nose and mouth of the face are."""
    x, y = place(number)
    part = gray[y - FACE // 3 : y + FACE // 2, x - FACE // 3 : x + FACE // 3]
    return float(cv2.Laplacian(part, cv2.CV_64F).var())


def seen(finder: FaceFinder, gray: NDArray[Any], number: int) -> bool:
    """Whether the face is found."""
    x, y = place(number)
    boxes = finder.find(gray.astype(np.uint8), all_sides=True)
    return any(box.x1 < x / WIDTH < box.x2 and box.y1 < y / HEIGHT < box.y2 for box in boxes)


def spec(path: Path, out: Path, **changes: Any) -> CoveredSpec:
    values: dict[str, Any] = {
        "paths": (str(path),), "start": 0.0, "end": 100.0, "out": str(out), "polygons": (), "faces": True,
    }  # fmt: skip
    return CoveredSpec(**values | changes)


def test_a_face_is_blurred_in_every_picture_also_where_it_is_not_found(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4")
    before = pictures(tmp_path / "film.mp4")
    finder = FaceFinder()
    found = [seen(finder, gray, number) for number, gray in enumerate(before)]
    assert sum(found) > 20  # otherwise the test shows nothing
    assert sum(found[number] for number in AWAY) < len(AWAY) / 2, found
    shares: list[float] = []
    assert encoder.make(spec(tmp_path / "film.mp4", tmp_path / "out.mp4"), shares.append) == 30
    after = pictures(tmp_path / "out.mp4")
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        assert detail(new, number) < detail(old, number) / 10, f"picture {number}"
    assert not any(seen(finder, gray, number) for number, gray in enumerate(after))
    # The rest of the picture is as it was.
    assert (
        abs(
            float(cv2.Laplacian(after[3][250:, :], cv2.CV_64F).var())
            / cv2.Laplacian(before[3][250:, :], cv2.CV_64F).var()
            - 1
        )
        < 0.5
    )
    assert shares == sorted(shares)


def test_without_a_wish_faces_stay(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4", 12)
    mask = ((0.0, 0.8), (1.0, 0.8), (1.0, 1.0), (0.0, 1.0))
    encoder.make(spec(tmp_path / "film.mp4", tmp_path / "out.mp4", faces=False, polygons=(mask,)))
    for number, (old, new) in enumerate(
        zip(pictures(tmp_path / "film.mp4"), pictures(tmp_path / "out.mp4"), strict=True)
    ):
        assert detail(new, number) > detail(old, number) / 2
        assert new[int(HEIGHT * 0.8) + 4 :].max() < 24


def test_the_head_of_a_tracked_person_is_covered_where_no_face_is_found(tmp_path: Path) -> None:
    film(tmp_path / "film.mp4", 12)
    # A head far from any face: in the lower right corner, from epoch time 1000.5 to 1001.
    corner = CoverBox(0.8, 0.7, 0.95, 0.95)
    path = HeadPath((1002.5, 1003.0), (corner, corner))
    encoder.make(
        spec(tmp_path / "film.mp4", tmp_path / "out.mp4", start=1000.0, end=1100.0, heads=(path,), shifts=(1000.0,))
    )
    before, after = pictures(tmp_path / "film.mp4"), pictures(tmp_path / "out.mp4")

    def rough(gray: NDArray[Any]) -> float:
        return float(cv2.Laplacian(gray[260:335, 520:600], cv2.CV_64F).var())

    assert rough(after[11]) > rough(before[11]) / 3  # at 1001.1, more than a second before
    encoder.make(
        spec(tmp_path / "film.mp4", tmp_path / "out.mp4", start=1001.5, end=1100.0, heads=(path,), shifts=(1001.5,))
    )
    assert all(rough(gray) < rough(before[0]) / 5 for gray in pictures(tmp_path / "out.mp4"))


def test_a_picture_is_covered(tmp_path: Path) -> None:
    bgr = np.random.default_rng(5).integers(90, 130, (HEIGHT, WIDTH, 3), np.uint8)
    draw_face(bgr, 300, 150)
    (tmp_path / "clean").write_bytes(picture.encode(cv2.GaussianBlur(bgr, (0, 0), 1.5).astype(np.uint8), "jpg", 95))
    only = {"paths": (), "picture": str(tmp_path / "clean"), "picture_out": str(tmp_path / "out.jpg")}
    assert encoder.make(spec(tmp_path / "none", tmp_path / "out.mp4", **only)) == 0
    made = cv2.cvtColor(picture.decode((tmp_path / "out.jpg").read_bytes()), cv2.COLOR_BGR2GRAY)
    assert not FaceFinder().find(made.astype(np.uint8), all_sides=True)
    assert not (tmp_path / "out.mp4").exists()


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film")
    with pytest.raises(MediaError):
        encoder.make(spec(tmp_path / "film.mp4", tmp_path / "out.mp4"))
    with pytest.raises(NoFootageError):
        encoder.make(spec(tmp_path / "gone.mp4", tmp_path / "out.mp4"))
