"""A drawn street with walking people: the picture of the synthetic camera, of demonstrations and of tests.

A frame depends on `width, height, fps, seed` and its number alone. The figures are drawn so that OpenCV's built-in
people detector finds them. The clock is burnt in, as cameras do it. A strip of blocks along the bottom edge holds the
frame number. It survives compression and scaling, so that a test can tell exactly which frame it got.

The strip is thin and Gray coded, with its fast bits far apart. From one frame to the next two small blocks change: too
little for motion detection, so that the scene is quiet while nobody walks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.errors import MediaError
from dogwatch.media.figure import FilledShape, walker
from dogwatch.model import Box

Image = NDArray[np.uint8]

ACT_S = 24.0  # the period in which people appear once; each has left after at most 19 s of it
SKY, INK = (225, 196, 168), (104, 86, 72)
DARK, LIGHT = 75, 170  # the strip's blocks: far enough apart for compression
BITS = 32
CELLS = BITS + 4  # light, dark, 32 bits, parity, light
STRIP_HEIGHT = 1 / 144  # of the picture's height: less than a pixel of what motion detection looks at
# The cell of bit b is b * 5 mod 32: the neighbours of a bit are 13 bits away from it.
_CELL_OF_BIT = [2 + bit * 5 % BITS for bit in range(BITS)]

_CLOTHES = (  # jacket, trousers (BGR): dark against the wall and the pavement
    ((58, 32, 28), (40, 34, 30)),
    ((36, 26, 96), (52, 38, 34)),
    ((44, 62, 24), (34, 34, 40)),
    ((34, 34, 36), (92, 54, 34)),
    ((84, 30, 62), (30, 28, 34)),
)
_SKIN = ((96, 122, 164), (70, 92, 132), (58, 74, 104))


@dataclass(frozen=True, slots=True)
class _Walk:
    """One person's walk across the picture; times in seconds, lengths in pixels."""

    start: float
    duration: float
    rightwards: bool
    feet_y: float
    height: float
    look: int
    phase: float


class StreetScene:
    """The scene of one seed at one size and rate.

    Args:
        width: Picture width in pixels.
        height: Picture height in pixels.
        fps: Frames per second, which ties frame numbers to the clock and to the figures' pace.
        seed: Chooses the houses, and who walks when. Frame 0 is empty; somebody walks 2 to 4 s later.
    """

    def __init__(self, width: int, height: int, fps: float, seed: int = 0) -> None:
        self.width, self.height, self.fps, self.seed = width, height, fps, seed
        self._background = _street(width, height, np.random.default_rng([seed, 1]))
        self._acts: dict[int, list[_Walk]] = {}

    def render(self, n: int) -> Image:
        """Draw frame `n` (0 or more, below 2**32): BGR, shape `(height, width, 3)`, the caller's own."""
        frame = self._background.copy()
        for shapes in self._figures(n):
            for shape in shapes:
                shape.draw(frame)
        self._burn_in(frame, n)
        return frame

    def truth(self, n: int) -> list[Box]:
        """Return the box of every figure that is at least partly visible in frame `n`, the furthest one first."""
        boxes = []
        for shapes in self._figures(n):
            low = np.min([shape.low for shape in shapes], axis=0)
            high = np.max([shape.high for shape in shapes], axis=0)
            box = Box(math.floor(low[0]), math.floor(low[1]), math.floor(high[0]) + 1, math.floor(high[1]) + 1)
            boxes.append(box.clipped(self.width, self.height))
        return [box for box in boxes if box.area > 0]

    def _figures(self, n: int) -> list[list[FilledShape]]:
        """Return the shapes of each figure in frame `n`, the furthest figure first."""
        time = n / self.fps
        figures = []
        for walk in self._act(int(time // ACT_S)):
            passed = (time - walk.start) / walk.duration
            if not 0 <= passed <= 1:
                continue
            reach = self.width + walk.height  # from just outside to just outside
            x = passed * reach - walk.height / 2
            stride = walk.phase + passed * reach / (walk.height * 0.42) * math.pi
            jacket, trousers = _CLOTHES[walk.look % len(_CLOTHES)]
            skin = _SKIN[walk.look % len(_SKIN)]
            x = x if walk.rightwards else self.width - x
            figures.append(walker(x, walk.feet_y, walk.height, stride, walk.rightwards, (jacket, trousers, skin)))
        return figures

    def _act(self, number: int) -> list[_Walk]:
        """Return who walks between `number * ACT_S` and the next act, the furthest first."""
        if number not in self._acts:
            rng = np.random.default_rng([self.seed, 2, number])
            start = number * ACT_S + rng.uniform(1.0, 2.0)
            walks = []
            for index in range(int(rng.integers(1, 4))):
                near = rng.uniform(0, 1)
                walks.append(
                    _Walk(
                        start=start + index * rng.uniform(1.5, 2.5),
                        duration=rng.uniform(8.5, 11.5),
                        rightwards=bool(rng.integers(2)),
                        feet_y=self.height * (0.70 + 0.14 * near),
                        height=self.height * (140 + 80 * near) / 720,
                        look=int(rng.integers(15)),
                        phase=rng.uniform(0, math.tau),
                    )
                )
            self._acts = {number: sorted(walks, key=lambda walk: walk.feet_y)}
        return self._acts[number]

    def _burn_in(self, frame: Image, n: int) -> None:
        """Write the clock, the frame number and the strip."""
        ticks = round(n / self.fps * 1000)
        seconds = ticks // 1000
        clock = f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ticks % 1000:03} #{n:06}"
        scale = max(0.3, self.height / 1300)
        origin = (round(self.width * 0.01), round(self.height * 0.035))
        # No outline, and fainter in small pictures, where strokes fill whole pixels: readable, but no motion.
        faint = min(0.6, max(0.0, 1 - self.height / 720))
        ink = [round(part + (sky - part) * faint) for part, sky in zip(INK, SKY, strict=True)]
        cv2.putText(frame, clock, origin, cv2.FONT_HERSHEY_SIMPLEX, scale, ink, max(1, self.height // 720), cv2.LINE_AA)
        edges = [round(self.width * cell / CELLS) for cell in range(CELLS + 1)]
        top = self.height - max(2, int(self.height * STRIP_HEIGHT))
        for cell, light in enumerate(_cells(n)):
            frame[top:, edges[cell] : edges[cell + 1]] = LIGHT if light else DARK


def read_frame_number(picture: Image) -> int:
    """Read the frame number from the strip of a picture that `StreetScene` drew, of any size, BGR or gray.

    Raises:
        MediaError: There is no strip, or it is damaged.
    """
    height, width = picture.shape[:2]
    strip = max(2, int(height * STRIP_HEIGHT))
    rows = picture[height - strip + strip // 4 : height - strip // 4].astype(np.float32)
    profile = rows.mean(axis=tuple(axis for axis in range(rows.ndim) if axis != 1))
    cell = width / CELLS
    values = [
        float(profile[int((i + 0.3) * cell) : max(int((i + 0.3) * cell) + 1, int((i + 0.7) * cell))].mean())
        for i in range(CELLS)
    ]
    middle, contrast = (values[0] + values[1]) / 2, values[0] - values[1]
    lit = [value > middle for value in values]
    if contrast < (LIGHT - DARK) / 3 or not lit[-1]:
        raise MediaError("the picture carries no frame number strip")
    if sum(lit[2:-1]) % 2 or min(abs(value - middle) for value in values) < contrast / 8:
        raise MediaError("the picture's frame number strip is damaged")
    gray = sum(1 << bit for bit, place in enumerate(_CELL_OF_BIT) if lit[place])
    number = gray
    for shift in (1, 2, 4, 8, 16):
        number ^= number >> shift
    return number


def _cells(n: int) -> list[bool]:
    """Return which cells of the strip are light for frame `n`; the parity cell makes the parity even."""
    gray = (n ^ n >> 1) & 0xFFFFFFFF
    cells = [True, False] + [False] * BITS + [gray.bit_count() % 2 == 1, True]
    for bit, place in enumerate(_CELL_OF_BIT):
        cells[place] = bool(gray >> bit & 1)
    return cells


def _street(width: int, height: int, rng: np.random.Generator) -> Image:
    """Draw the still background: sky, houses, pavement, road."""
    picture = np.empty((height, width, 3), np.uint8)
    sky, kerb, road = round(height * 0.16), round(height * 0.87), round(height * 0.89)
    pavement = round(height * 0.66)
    fade = np.linspace(0, 1, sky)[:, None, None]
    picture[:sky] = np.array(SKY) * (1 - fade) + np.array([232, 222, 212]) * fade
    picture[sky:pavement] = (178, 190, 198)
    picture[pavement:kerb] = (186, 188, 188)
    picture[kerb:road] = (205, 207, 208)
    picture[road:] = (104, 102, 100)
    _houses(picture, sky, pavement, rng)
    slab = max(8, height // 12)
    for x in range(-width, 2 * width, slab * 2):
        # Paving joints lead towards a vanishing point; they are faint, so that they do not look like limbs.
        cv2.line(
            picture, (x, kerb), (width // 2 + (x - width // 2) * 7 // 10, pavement), (176, 178, 178), 1, cv2.LINE_AA
        )
    for x in range(0, width, slab * 3):
        cv2.rectangle(picture, (x, round(height * 0.935)), (x + slab, round(height * 0.945)), (190, 196, 200), -1)
    grain = cv2.GaussianBlur(rng.normal(0, 9, (height, width)).astype(np.float32), (0, 0), 1.2)
    return np.asarray(np.clip(picture + grain[:, :, None], 0, 255), np.uint8)


def _houses(picture: Image, sky: int, ground: int, rng: np.random.Generator) -> None:
    """Draw a row of houses with windows above a plain ground floor."""
    height, width = picture.shape[:2]
    x = 0
    while x < width:
        wide = round(height * rng.uniform(0.28, 0.5))
        roof = sky - round(height * rng.uniform(0.0, 0.1))
        tone = np.array([168, 182, 194]) + rng.integers(-14, 15, 3)
        cv2.rectangle(picture, (x, roof), (x + wide - 1, ground - 1), tone.tolist(), -1)
        cv2.rectangle(picture, (x, roof), (x + wide - 1, roof + height // 60), (tone * 0.72).tolist(), -1)
        cv2.rectangle(picture, (x, ground - height // 50), (x + wide - 1, ground - 1), (tone * 0.9).tolist(), -1)
        pane, step = round(height * 0.05), round(height * 0.11)
        for top in range(roof + round(height * 0.05), round(height * 0.36), round(height * 0.12)):
            for left in range(x + step // 2, x + wide - pane, step):
                corner = (left + pane, top + round(pane * 1.4))
                cv2.rectangle(picture, (left - 2, top - 2), (corner[0] + 2, corner[1] + 2), (tone * 1.12).tolist(), -1)
                cv2.rectangle(picture, (left, top), corner, (128, 112, 100), -1)
        x += wide
