"""Faces that are drawn: OpenCV's cascade takes them for faces, and each person's is another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def drawn_face(person: int, variant: int = 0, side: int = 240) -> Picture:
    """Return a BGR picture of a head and shoulders, `side` pixels wide; variants differ in light, place and noise."""
    who, how = np.random.default_rng(1000 + person), np.random.default_rng(5000 + 97 * person + variant)
    scale = 4  # drawn large, then reduced: soft edges
    size = side * scale
    skin = np.array([130, 160, 205]) + who.integers(-25, 25)
    picture = np.full((size, size, 3), 90, np.uint8)
    unit = size / 100.0

    def at(x: float, y: float) -> tuple[int, int]:
        return round(x * unit), round(y * unit)

    def oval(x: float, y: float, across: float, down: float, color: object, turn: float = 0) -> None:
        shade = tuple(int(value) for value in np.clip(np.broadcast_to(np.asarray(color), 3), 0, 255))
        cv2.ellipse(picture, at(x, y), (round(across * unit), round(down * unit)), turn, 0, 360, shade, -1, cv2.LINE_AA)

    hair = who.integers(15, 70)
    oval(50, 100, 42, 16, who.integers(40, 110))
    oval(50, 42, 31, 36, hair)
    oval(50, 50, 27, 35, skin)
    eyes, apart, wide = 45 + who.uniform(-1, 1), 12 + who.uniform(-1, 1), 5.5 + who.uniform(-0.8, 0.8)
    for side_of in (-1, 1):
        x = 50 + side_of * apart
        oval(x, eyes, wide + 3.5, 5.0, skin * 0.66)  # eyes lie deep
        oval(x, eyes, wide, 2.4, (225, 225, 225))
        oval(x, eyes, 2.5, 2.5, (30, 30, 30))
        oval(x, eyes - 6.5 + who.uniform(-0.8, 0.8), wide + 1.5, 1.1 + who.uniform(-0.3, 0.6), hair, side_of * 6)
    oval(50, eyes + 2, 2.6, 10, skin * 1.12)
    oval(50, 61 + who.uniform(-1, 1), 5.0 + who.uniform(-1, 1), 2.0, skin * 0.62)
    mouth = 70 + who.uniform(-1.5, 1.5)
    oval(50, mouth, 9 + who.uniform(-2, 2), 2.4 + who.uniform(-0.7, 0.8), (60, 60, 140))
    oval(50, mouth, 8, 0.7, (40, 40, 70))
    oval(38, 60, 6, 5, skin * 1.08)
    oval(62, 60, 6, 5, skin * 1.08)
    for _ in range(int(who.integers(6, 14))):  # freckles, wrinkles
        x, y = who.uniform(32, 68), who.uniform(24, 80)
        oval(x, y, who.uniform(0.5, 2.2), who.uniform(0.5, 1.4), skin * who.uniform(0.55, 0.85), who.uniform(0, 180))
    for points, depth in ((9, 16.0), (24, 20.0)):  # bones and skin: what tells real faces apart
        relief = who.normal(0, depth, (points, points)).astype(np.float32)
        uneven = cv2.resize(relief, (size, size), interpolation=cv2.INTER_CUBIC)[..., None]
        picture = np.clip(picture + uneven, 0, 255).astype(np.uint8)
    small: NDArray[Any] = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    light = np.linspace(1.0, 1.0 + how.uniform(-0.15, 0.15), side)[None, :, None] * how.uniform(0.85, 1.15)
    small = small * light + how.normal(0, 2.0, small.shape)
    moved = np.array([[1, 0, how.uniform(-2, 2)], [0, 1, how.uniform(-2, 2)]])
    turned = cv2.getRotationMatrix2D((side / 2, side / 2), how.uniform(-3, 3), how.uniform(0.95, 1.05))
    for move in (moved, turned):
        small = cv2.warpAffine(small, move, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.clip(small, 0, 255).astype(np.uint8)


def jpeg(picture: Picture) -> bytes:
    """Return a picture as JPEG."""
    return cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, 92))[1].tobytes()


def crowd(*people: tuple[int, int], size: tuple[int, int] = (1280, 720)) -> Picture:
    """Return a frame with faces (person, variant) side by side."""
    frame = np.full((size[1], size[0], 3), 90, np.uint8)
    for place, (person, variant) in enumerate(people):
        face = drawn_face(person, variant)
        x = 40 + place * 300
        frame[200 : 200 + face.shape[0], x : x + face.shape[1]] = face
    return frame


def crowd_film(path: Path, *people: tuple[int, int], frames: int = 12) -> None:
    """Write a film of 8 frames a second with faces (person, variant) side by side, which move a little."""
    picture = crowd(*people)
    with av.open(path, "w") as out:
        stream: Any = out.add_stream("libx264", rate=8)
        stream.height, stream.width, stream.pix_fmt = *picture.shape[:2], "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "18"}
        for n in range(frames):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.roll(picture, (n % 2, n), (0, 1)), "bgr24")))
        out.mux(stream.encode(None))
