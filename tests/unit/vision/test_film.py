"""The analysis of a film, with pictures that are numbers: the detector here sees what a script says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from dogwatch.model import Box, Detection
from dogwatch.vision.film import DetectorInputs, FilmAnalysis, FilmQuery
from dogwatch.vision.regions import TensorSize
from dogwatch.vision.traces import Trace

WIDTH, HEIGHT, FPS = 320, 240, 10.0
WHOLE = TensorSize(320, 320, 320)
Script = Callable[[int], list[tuple[str, Box]]]


class Film:
    """Shows a noisy scene with a bright rectangle for each object of a script, and detects exactly these."""

    def __init__(self, script: Script, query: FilmQuery, small: int = 320) -> None:
        self.script, self.every = script, query.every
        self.sizes: list[tuple[int, ...]] = []
        inputs = DetectorInputs(WHOLE, TensorSize(small, small, small), "gray")
        self.film = FilmAnalysis(query, (WIDTH, HEIGHT), FPS, inputs, self._detect)
        self.levels = {"person": 250, "car": 230, "face": 210}

    def play(self, frames: int, cuts: tuple[int, ...] = ()) -> list[Trace]:
        return sorted(self._play(frames, cuts), key=lambda one: (one.sightings[0].frame, one.label))

    def _play(self, frames: int, cuts: tuple[int, ...]) -> Iterator[Trace]:
        for n in range(0, frames, self.every):
            cut = any(n - self.every < one <= n for one in cuts)
            yield from self.film.take(n, n / FPS, self._picture(n), cut=cut)
        yield from self.film.finish()

    def _picture(self, frame: int) -> NDArray[np.uint8]:
        made = np.random.default_rng(frame).integers(90, 96, (HEIGHT * 3 // 2, WIDTH)).astype(np.uint8)
        for label, box in self.script(frame):
            made[box.y1 : box.y2, box.x1 : box.x2] = self.levels[label]
        return made

    def _detect(self, tensors: list[NDArray[np.uint8]]) -> list[list[Detection]]:
        self.sizes += [one.shape for one in tensors]
        return [self._look(one) for one in tensors]

    def _look(self, tensor: NDArray[np.uint8]) -> list[Detection]:
        found = []
        for label, level in self.levels.items():
            rows, columns = np.nonzero(abs(tensor.astype(np.int16) - level) < 8)
            if len(rows) > 40:
                box = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
                found.append(Detection(label, 0.9, box))
        return found


def walker(frame: int) -> list[tuple[str, Box]]:
    return [("person", Box(10 + 4 * frame, 100, 40 + 4 * frame, 160))]


def test_a_walker_is_one_trace_and_its_boxes_lie_on_it_from_the_first_frame() -> None:
    (trace,) = Film(walker, FilmQuery(("person",))).play(40)
    assert [one.frame for one in trace.sightings] == list(range(40))
    for one in trace.sightings:
        (_, box), found = walker(one.frame)[0], one.box
        assert max(abs(a - b) for a, b in zip(found.as_list(), box.as_list(), strict=True)) <= 1


def test_every_third_frame() -> None:
    (trace,) = Film(walker, FilmQuery(("person",), every=3)).play(40)
    assert [one.frame for one in trace.sightings] == list(range(0, 40, 3))


def test_one_that_stands_still_is_one_trace_too() -> None:
    (trace,) = Film(lambda _: [("person", Box(100, 80, 140, 160))], FilmQuery(("person",))).play(300)
    assert (trace.sightings[0].frame, trace.sightings[-1].frame) == (0, 299)
    assert max(b.frame - a.frame for a, b in zip(trace.sightings, trace.sightings[1:], strict=False)) == 1


def test_who_stands_in_a_short_shot_is_a_trace() -> None:
    film = Film(lambda _: [("person", Box(100, 100, 130, 160))], FilmQuery(("person",)))
    (one,) = film.play(8)
    assert one.sightings[0].frame == 0


def test_a_hidden_second_begins_a_new_trace_and_half_a_second_does_not() -> None:
    def script(hidden: int) -> Script:
        return lambda n: [] if 30 <= n < 30 + hidden else [("person", Box(100 + n, 80, 140 + n, 160))]

    assert len(Film(script(5), FilmQuery(("person",))).play(80)) == 1
    traces = Film(script(13), FilmQuery(("person",))).play(80)
    assert [(one.sightings[0].frame, one.sightings[-1].frame) for one in traces] == [(0, 29), (43, 79)]


def test_a_cut_begins_a_new_trace_although_somebody_is_at_the_same_place() -> None:
    film = Film(lambda _: [("person", Box(100, 80, 140, 160))], FilmQuery(("person",), every=3))
    traces = film.play(60, cuts=(20,))
    assert [(one.sightings[0].frame, one.sightings[-1].frame) for one in traces] == [(0, 18), (21, 57)]


def test_only_the_labels_asked_for_are_told() -> None:
    def both(_: int) -> list[tuple[str, Box]]:
        return [("person", Box(100, 80, 140, 160)), ("face", Box(110, 85, 125, 100)), ("car", Box(200, 100, 260, 140))]

    (face,) = Film(both, FilmQuery(("face",))).play(20)
    assert (face.kind, face.label) == ("face", "face")
    assert all(one.sharpness is not None for one in face.sightings)
    assert {one.label for one in Film(both, FilmQuery(("person", "car"))).play(20)} == {"person", "car"}


def test_a_small_input_is_used_once_the_whole_picture_was_searched() -> None:
    film = Film(walker, FilmQuery(("person",)), small=128)
    (trace,) = film.play(30)
    assert film.sizes[0] == (320, 320)
    assert set(film.sizes[4:]) == {(128, 128)}
    assert len(trace.sightings) == 30


def test_a_single_detection_is_no_trace_unless_one_is_enough() -> None:
    def script(n: int) -> list[tuple[str, Box]]:
        return [("person", Box(100, 80, 140, 160))] if n == 0 else []

    assert Film(script, FilmQuery(("person",))).play(10) == []
    assert len(Film(script, FilmQuery(("person",), sightings=1)).play(1)) == 1


def test_the_same_film_gives_the_same_traces() -> None:
    assert Film(walker, FilmQuery(("person",))).play(30) == Film(walker, FilmQuery(("person",))).play(30)
