"""What is told of a camera that is tampered with, and what is told of one that is not: `python -m bench.camera_health`.

Faults and harmless changes are applied to real pictures: OpenCV's sample video of a street, its moving pictures, and
photographs of its samples with the noise of a sensor (Debian: opencv-doc). One picture every ten seconds of a simulated
clock is shown, JPEG-compressed as keyframes are. Prints for each change what was told after how many seconds, and
exits with 1 when a harmless change was told or a fault of the `TEST` scenes was not. `TUNING` scenes are those that the
thresholds were chosen with. Last, the cost: processor time for a look, and as a share of decoding.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.vision.camera_health import LOOK_S, CameraHealth

Frame: TypeAlias = Any  # a picture, BGR, (HEIGHT, WIDTH, 3) uint8
Change = Callable[[Frame, float], Frame]
"""Makes of a picture, BGR, what the camera sees so many seconds after the change."""
Scene = Callable[[int], Frame]

STREET = Path(__file__).parents[2] / "shared" / "media" / "street_720p15.mp4"
SAMPLES = Path(os.environ.get("DOGWATCH_TEST_SAMPLES", "/usr/share/doc/opencv-doc/examples/data"))
WIDTH, HEIGHT = 1280, 720
LEARN_S, CHANGE_S = 900.0, 1200.0
TUNING = ("building.jpg", "home.jpg", "leuvenA.jpg", "basketball1.png", "tree.avi")
TEST = ("vtest.avi", "street", "aloeL.jpg", "rubberwhale1.png", "board.jpg", "aero1.jpg", "messi5.jpg")
START = 1_700_000_000.0


def moving(path: Path) -> Scene:
    """Return the pictures of a video, each a second and a half after the one before, over and over."""
    with av.open(str(path)) as container:
        kept = [
            cv2.resize(frame.to_ndarray(format="bgr24"), (WIDTH, HEIGHT))
            for number, frame in enumerate(container.decode(video=0))
            if number % 15 == 0
        ]
    return lambda number: kept[number % len(kept)]


def still(path: Path) -> Scene:
    """Return a photograph with the noise of a sensor."""
    read: Frame = cv2.imread(str(path))
    picture = cv2.resize(read, (WIDTH, HEIGHT))
    noise = noises(3.0)

    def frame(number: int) -> Frame:
        return np.asarray(cv2.add(picture, noise[number % len(noise)], dtype=cv2.CV_8U), np.uint8)

    return frame


@functools.cache
def noises(deviation: float) -> tuple[NDArray[np.int16], ...]:
    """Return pictures of noise."""
    rng = np.random.default_rng(int(deviation * 10))
    return tuple(rng.normal(0, deviation, (HEIGHT, WIDTH, 3)).astype(np.int16) for _ in range(7))


def compressed(frame: Frame) -> NDArray[np.uint8]:
    """Return I420 of what a keyframe of `frame` looks like."""
    data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    decoded: Frame = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2YUV_I420), np.uint8)


# ------------------------------------------------------------ changes


def scaled(factor: float, lift: float = 0.0) -> Change:
    return lambda frame, _: cv2.convertScaleAbs(frame, alpha=factor, beta=lift)


def night(frame: Frame, _at: float = 0.0) -> Frame:
    """Return a picture by infrared light: without colour, bright in the middle, noisy, with less contrast."""
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(np.float32)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    spot = 0.35 + 0.65 * np.exp(-(((x - WIDTH / 2) / 500) ** 2 + ((y - HEIGHT / 2) / 320) ** 2))
    noise = noises(4.0)
    lit = 30 + grey * 0.6 * spot + noise[int(frame[::40, ::40].sum()) % len(noise)][..., 0]
    return cv2.cvtColor(np.clip(lit, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)


def cloth(_frame: Frame, at: float) -> Frame:
    """Return a cloth over the lens: folds, no detail, a little light."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    folds = 60 + 18 * np.sin(x / 140 + at / 90) + 12 * np.cos(y / 110)
    noise = noises(2.0)[int(at / LOOK_S) % 7][..., 0]
    return cv2.cvtColor(np.clip(folds + noise, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)


def sprayed(frame: Frame, _at: float) -> Frame:
    """Return paint on most of the lens: opaque in the middle, blurred at its rim."""
    mask: Frame = np.zeros((HEIGHT, WIDTH), np.float32)
    rng = np.random.default_rng(7)
    for _ in range(60):
        place = (int(rng.integers(0, int(WIDTH * 0.85))), int(rng.integers(0, HEIGHT)))
        cv2.circle(mask, place, int(rng.integers(60, 160)), 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 25)[..., None]
    return (frame * (1 - mask) + np.float32(90) * mask).astype(np.uint8)


def lens(sigma: float) -> Change:
    return lambda frame, _: cv2.GaussianBlur(frame, (0, 0), sigma)


def turned(across: float, down: float, degrees: float = 0.0) -> Change:
    """Return the change of a camera that was knocked: its picture shifts by shares of its size, and turns."""
    matrix: Frame = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 1.06)
    matrix[:, 2] += (across * WIDTH, down * HEIGHT)
    return lambda frame, _: cv2.warpAffine(frame, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)


def another(scene: Scene) -> Change:
    return lambda _frame, at: scene(int(at / LOOK_S))


class Frozen:
    """Shows the first picture for ever."""

    def __init__(self) -> None:
        self.kept: Frame | None = None

    def __call__(self, frame: Frame, at: float) -> Frame:
        if self.kept is None or at == 0:
            self.kept = frame.copy()
        return self.kept


def web(frame: Frame, at: float) -> Frame:
    """Return threads close to the lens, out of focus, that reflect the infrared light and move in the wind."""
    dark = night(frame)
    threads = np.zeros((HEIGHT, WIDTH), np.float32)
    sway = 15 * np.sin(at / 7)
    for number in range(7):
        begin = (int(-100 + number * 190 + sway), 0)
        cv2.line(threads, begin, (int(begin[0] + 420 - sway), HEIGHT), 255.0, 22)
    glow = cv2.GaussianBlur(threads, (0, 0), 28)[..., None]
    return np.clip(dark + glow * 1.1, 0, 255).astype(np.uint8)


def dusk(frame: Frame, at: float) -> Frame:
    return cv2.convertScaleAbs(frame, alpha=1.0 - 0.75 * min(at / CHANGE_S, 1.0))


def fog(frame: Frame, at: float) -> Frame:
    share = 0.7 * min(at / CHANGE_S, 1.0)
    return (frame * (1 - share) + 170 * share).astype(np.uint8)


def lamp(frame: Frame, at: float) -> Frame:
    """Return a lamp that goes on and off every two minutes and lights the left half."""
    if int(at / 120) % 2:
        return frame
    light = np.clip(1.9 - np.linspace(0, 1.4, WIDTH), 0.8, 1.9)[None, :, None]
    return np.clip(frame * light, 0, 255).astype(np.uint8)


def shadows(frame: Frame, at: float) -> Frame:
    """Return hard shadows of trees that move with the sun."""
    x = np.arange(WIDTH)[None, :] + np.arange(HEIGHT)[:, None] * 0.6 - at / 6
    bars = 0.55 + 0.45 * ((x / 90) % 2 > 1)
    return (frame * bars[..., None]).astype(np.uint8)


def lorry(frame: Frame, at: float) -> Frame:
    """Return a lorry that stands before half of the picture for forty seconds, and drives on."""
    shown = frame.copy()
    if 60 <= at < 100:
        cv2.rectangle(shown, (250, 130), (1000, 690), (200, 205, 210), -1)
        cv2.rectangle(shown, (300, 180), (950, 400), (150, 60, 40), 12)
    return shown


def headlights(frame: Frame, at: float) -> Frame:
    """Return a street at night over which cars' lights sweep."""
    dark = night(frame)
    if int(at / LOOK_S) % 3 == 0:
        cv2.circle(dark, (int(200 + at % 900), 420), 150, (255, 255, 255), -1)
        dark = cv2.GaussianBlur(dark, (0, 0), 3)
    return dark


def rain(frame: Frame, at: float) -> Frame:
    shown = cv2.convertScaleAbs(frame, alpha=0.8, beta=15)
    rng = np.random.default_rng(int(at))
    for _ in range(300):
        x, y = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))
        cv2.line(shown, (x, y), (x + 6, y + 40), (190, 190, 190), 1)
    return shown


def exposure(frame: Frame, at: float) -> Frame:
    return cv2.convertScaleAbs(frame, alpha=(0.6, 1.0, 1.5)[int(at / 60) % 3])


def stepping(before: Change, after: Change) -> Change:
    """Return night mode that comes and goes, as at dusk."""
    return lambda frame, at: (before if int(at / 240) % 2 else after)(frame, at)


def unchanged(frame: Frame, _at: float = 0.0) -> Frame:
    return frame


FAULTS: dict[str, tuple[set[str], Change, Change]] = {
    "cloth": ({"covered"}, unchanged, cloth),
    "white paper": ({"covered", "blurred"}, unchanged, lambda frame, _: np.full_like(frame, 205)),
    "spray": ({"covered", "blurred"}, unchanged, sprayed),
    "out of focus, 3 px": ({"blurred"}, unchanged, lens(3.0)),
    "out of focus, 6 px": ({"blurred", "covered"}, unchanged, lens(6.0)),
    "turned by 3 %": ({"moved"}, unchanged, turned(0.03, 0.0)),
    "turned by 12 %": ({"moved"}, unchanged, turned(0.12, 0.05)),
    "tilted by 6 degrees": ({"moved"}, unchanged, turned(0.02, 0.02, 6.0)),
    "another scene": ({"moved", "covered", "blurred"}, unchanged, unchanged),
    "frozen": ({"frozen"}, unchanged, Frozen()),
    "cloth at night": ({"covered", "veiled", "blurred"}, night, lambda frame, at: night(cloth(frame, at))),
    "turned at night": ({"moved"}, night, lambda frame, at: night(turned(0.12, 0.05)(frame, at))),
    "web at night": ({"veiled"}, night, web),
}
HARMLESS: dict[str, tuple[Change, Change]] = {
    "nothing": (unchanged, unchanged),
    "dusk": (unchanged, dusk),
    "fog": (unchanged, fog),
    "a lamp": (unchanged, lamp),
    "light doubled": (unchanged, scaled(1.8)),
    "light halved": (unchanged, scaled(0.5)),
    "light off": (unchanged, scaled(0.06)),
    "night mode": (unchanged, night),
    "night mode to and fro": (unchanged, stepping(unchanged, night)),
    "shadows": (unchanged, shadows),
    "a lorry": (unchanged, lorry),
    "headlights": (night, headlights),
    "rain": (unchanged, rain),
    "exposure": (unchanged, exposure),
}


def trial(scene: Scene, before: Change, after: Change) -> Iterator[tuple[float, tuple[str, ...]]]:
    """Yield seconds since the change and what is told then; first of the time before it, with negative seconds."""
    health = CameraHealth()
    at = -LEARN_S
    number = 0
    while at < CHANGE_S:
        frame = scene(number)
        shown = before(frame, at + LEARN_S) if at < 0 else after(frame, at)
        yield at, health.observe(compressed(shown), START + at)
        at += LOOK_S
        number += 1


def run(scene: Scene, other: Scene, name: str, change: tuple[Change, Change]) -> dict[str, float]:
    """Return what is told and after how many seconds."""
    before, after = change
    if name == "another scene":
        after = another(other)
    told: dict[str, float] = {}
    for at, conditions in trial(scene, before, after):
        for one in conditions:
            told.setdefault(one, at)
    return told


def scenes(names: tuple[str, ...]) -> dict[str, Scene]:
    """Return the scenes that are there."""
    found: dict[str, Scene] = {}
    for name in names:
        path = STREET if name == "street" else SAMPLES / name
        if path.is_file():
            found[name] = moving(path) if path.suffix in (".avi", ".mp4") else still(path)
    return found


def table(title: str, names: tuple[str, ...]) -> tuple[int, int, int, int]:
    """Print what is told of every scene; return faults, those found, harmless changes, and those told."""
    every = scenes(names)
    print(f"\n{title}: {', '.join(every)}")
    others = list(every.values())
    faults = found = harmless = alarms = 0
    for name, (right, before, after) in FAULTS.items():
        cells = []
        for place, scene in enumerate(every.values()):
            told = run(scene, others[(place + 1) % len(others)], name, (before, after))
            good = [at for kind, at in told.items() if kind in right and at >= 0]
            faults, found = faults + 1, found + bool(good)
            wrong = [kind for kind in told if kind not in right]
            cells.append((f"{min(good):.0f} s" if good else "-") + (f" ({', '.join(wrong)})" if wrong else ""))
        print(f"  {name:24s} {'  '.join(f'{cell:>14s}' for cell in cells)}", flush=True)
    for name, change in HARMLESS.items():
        cells = []
        for scene in every.values():
            told = run(scene, scene, name, change)
            harmless, alarms = harmless + 1, alarms + bool(told)
            cells.append(", ".join(f"{kind} {at:.0f} s" for kind, at in told.items()) or "nothing")
        print(f"  {name:24s} {'  '.join(f'{cell:>14s}' for cell in cells)}", flush=True)
    print(f"  faults found {found} of {faults}; told of harmless changes {alarms} of {harmless}")
    return faults, found, harmless, alarms


def cost() -> None:
    """Print what a look costs, and as a share of decoding a camera's keyframes, and all of its pictures."""
    path = STREET
    if not path.is_file():
        return
    begun = time.process_time()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        pictures: list[Frame] = [
            frame.to_ndarray(format="yuv420p")
            for number, frame in enumerate(container.decode(stream))
            if number % 30 == 0
        ]
        length = float((stream.duration or 0) * (stream.time_base or 0))
    whole = time.process_time() - begun
    begun = time.process_time()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        stream.codec_context.skip_frame = "NONKEY"
        for _frame in container.decode(stream):
            pass
    keys = time.process_time() - begun
    cv2.setNumThreads(1)
    health = CameraHealth()
    for number in range(100):
        health.observe(pictures[number % len(pictures)], START + number * LOOK_S)
    begun, looks = time.process_time(), 500
    for number in range(100, 100 + looks):
        health.observe(pictures[number % len(pictures)], START + number * LOOK_S)
    each = (time.process_time() - begun) / looks
    share = each * length / LOOK_S
    print(f"\na look: {each * 1000:.2f} ms; {share / whole:.2%} of decoding all, {share / keys:.2%} of keyframes only")


def main() -> None:
    cost()
    table("TUNING", TUNING)
    faults, found, _, alarms = table("TEST", TEST)
    if alarms or found < 0.9 * faults:
        sys.exit(1)


if __name__ == "__main__":
    main()
