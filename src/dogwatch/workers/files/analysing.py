"""Finds faces and objects in a video: the live pipeline without a clock. Traces are told when they end."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.detectors.base import Detector, load, module_of
from dogwatch.errors import FileError
from dogwatch.media.film_pictures import FilmPicture, FilmPictures
from dogwatch.media.frame_index import FrameIndex
from dogwatch.model import Detection
from dogwatch.vision.cuts import CutFinder
from dogwatch.vision.film import DetectorInputs, FilmAnalysis, FilmQuery
from dogwatch.vision.regions import TensorSize
from dogwatch.vision.traces import Trace, boxes, kind_of
from dogwatch.workers.files.child import Out, TaskFile
from dogwatch.workers.files.spec import AnalysedFrames, AnalyseTask, FoundBoxes, FoundTrace, Search

TELL_S = 0.5
BOXES_AT_ONCE = 2000
LEAST_PX = 16  # a picture that is less wide or high shows nothing
COPIED = ("opencv", "pattern")  # cheap detectors without threads of their own: there is one for each thread

Tensors = list[NDArray[np.uint8]]


def run(task: AnalyseTask, source: TaskFile, out: Out) -> int:
    """Look at the film; return how many traces were found."""
    index = source.index()
    found = _Found(out, index)
    told, lost = 0.0, list[tuple[int, int]]()
    with source.open() as container, Detectors(task) as detectors:
        notes = lambda *frames: lost.append(frames)  # noqa: E731 - it is told by this thread
        with FilmPictures(container, index, task.every, CutFinder().is_cut, task.threads, notes) as pictures:
            films: list[FilmAnalysis] | None = None
            for picture in pictures:
                films = films or [*_films(detectors, task, index, picture)]
                at = index.time(picture.frame)
                for film in films:
                    found.add(film.take(picture.frame, at, picture.i420, cut=picture.cut))
                if (now := time.monotonic()) - told >= TELL_S:
                    told = now
                    out.tell(AnalysedFrames(picture.frame + 1))
        for one in lost[:1]:
            out.lost(*one)
        for film in films or ():
            found.add(film.finish())
    return found.count


def _films(detectors: Detectors, task: AnalyseTask, index: FrameIndex, first: FilmPicture) -> Iterator[FilmAnalysis]:
    height, width = first.i420.shape[0] * 2 // 3, first.i420.shape[1]
    if min(width, height) < LEAST_PX:
        return
    fps = index.total / index.duration
    sightings = 2 if index.total > task.every else 1  # of one picture there is no second one
    for one in detectors.all:
        query = FilmQuery(one.labels, one.min_confidence, task.every, sightings)
        yield FilmAnalysis(query, (width, height), fps, one.inputs, one.detect)


class Detectors:
    """The detectors of a task, and the threads that they work in."""

    def __init__(self, task: AnalyseTask) -> None:
        """Load them.

        Raises:
            DetectorError: One cannot be loaded.
            FileError: 503; one finds nothing of what is asked for.
        """
        self._pool = ThreadPoolExecutor(task.threads, thread_name_prefix="detect")
        self.all = [LoadedDetector(search, task.threads, self._pool) for search in task.searches]

    def __enter__(self) -> Detectors:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)


class LoadedDetector:
    """A detector of a search, in one or several copies."""

    def __init__(self, search: Search, threads: int, pool: ThreadPoolExecutor) -> None:
        """Load it; see `Detectors`."""
        spec = msgspec.structs.replace(search.detector, threads=threads)
        copies = threads if module_of(spec) in COPIED else 1
        self._copies: list[Detector] = [load(spec) for _ in range(copies)]
        self._pool = pool
        info = self._copies[0].info
        self.labels = tuple(
            label for label in info.labels
            if kind_of(label) in search.kinds and (not search.labels or label in search.labels)
        )  # fmt: skip
        if not self.labels:
            asked = ", ".join(search.labels or search.kinds)
            raise FileError(503, "no_detector", f"detector {info.name} finds none of these: {asked}")
        self.min_confidence = search.min_confidence
        whole = TensorSize(info.width, info.height, info.min_region)
        small = TensorSize(info.least, info.least, info.least) if info.least else whole
        self.inputs = DetectorInputs(whole, small, info.pixel_format)
        self._batch = info.batch

    def detect(self, tensors: Tensors) -> list[list[Detection]]:
        """Return what is in each tensor; with several copies, they share the tensors."""
        if len(self._copies) == 1:
            batches = [tensors[at : at + self._batch] for at in range(0, len(tensors), self._batch)]
            return list(itertools.chain.from_iterable(self._copies[0].detect(batch) for batch in batches))
        left = iter(range(len(tensors)))  # of which `next` is atomic
        found: dict[int, list[Detection]] = {}

        def work(detector: Detector) -> None:
            while (n := next(left, None)) is not None:
                found[n] = detector.detect([tensors[n]])[0]

        list(self._pool.map(work, self._copies[: len(tensors)]))
        return [found[n] for n in range(len(tensors))]


class _Found:
    """Tells the traces that were found."""

    def __init__(self, out: Out, index: FrameIndex) -> None:
        self._out, self._index = out, index
        self.count = 0

    def add(self, traces: Iterator[Trace]) -> None:
        for trace in traces:
            self.count += 1
            first, last = trace.sightings[0], trace.sightings[-1]
            self._out.tell(
                FoundTrace(
                    trace.kind, trace.label, first.frame, last.frame, first.time, last.time, trace.avg_confidence
                )
            )
            rows = boxes(trace.sightings, self._index.time)
            while some := tuple(itertools.islice(rows, BOXES_AT_ONCE)):
                self._out.tell(FoundBoxes([msgspec.structs.astuple(one) for one in some]))
