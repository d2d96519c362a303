"""Analysis in file workers: the boxes of a moving square lie on it, in the very frame that they name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest

from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import FileError
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.indexing import FileIndexer
from dogwatch.testing.numbered import Codec, NumberedFilm, Variant, available, make
from dogwatch.workers.files.spec import (
    AnalysedFrames,
    AnalyseTask,
    Finding,
    FoundBox,
    FoundBoxes,
    FoundTrace,
    Search,
)  # fmt: skip

PATTERN = DetectorSpec(name="pattern", type="pattern")
SIDE, STEP, LEFT = 12, 3, 2  # the red square of numbered films: at (3 n, 2), 12 pixels wide and high
SLACK = 1.5  # half of the way to the next frame: no box may fit a neighbouring frame as well


@pytest.fixture(scope="module")
def workers() -> Iterator[FileWorkers]:
    made = FileWorkers()
    yield made
    made.close()


def search(detector: DetectorSpec = PATTERN, *kinds: str, **more: Any) -> Search:
    return Search(detector=detector, kinds=kinds or ("face", "object"), **more)


class Findings:
    """What a worker has told."""

    def __init__(self) -> None:
        self.traces: list[tuple[FoundTrace, list[FoundBox]]] = []
        self.done = 0

    def told(self, value: Any) -> None:
        match msgspec.convert(value, Finding):
            case FoundTrace() as trace:
                self.traces.append((trace, []))
            case FoundBoxes(boxes):
                self.traces[-1][1].extend(boxes)
            case AnalysedFrames(done):
                assert done > self.done
                self.done = done

    @property
    def boxes(self) -> list[FoundBox]:
        return [box for _, boxes in self.traces for box in boxes]


def analysed(workers: FileWorkers, film: NumberedFilm, folder: Path, every: int = 1, **more: Any) -> Findings:
    FileIndexer(workers).index(film.path, folder)
    found = Findings()
    task = AnalyseTask(searches=(search(),), every=every, threads=2, **more)
    assert workers.run(task, film.path, folder / "frames.idx", told=found.told) == len(found.traces)
    return found


@pytest.mark.parametrize(
    ("codec", "variant"),
    [
        pytest.param(codec, variant, id=f"{codec}-{variant}")
        for codec in Codec
        for variant in Variant
        if available(codec, variant) and (codec is Codec.H264 or variant in (Variant.VARIABLE, Variant.ROTATED))
    ],
)
def test_boxes_lie_on_the_square_in_the_frame_that_they_name(
    workers: FileWorkers, tmp_path: Path, codec: Codec, variant: Variant
) -> None:
    film = make(tmp_path, codec, variant)
    found = analysed(workers, film, tmp_path)
    assert {trace.label for trace, _ in found.traces} == {"person"}
    detected = [box for box in found.boxes if not box[6]]
    assert len(detected) >= (0.6 if codec is Codec.MPEG4 else 0.9) * len(film.numbers)  # MPEG-4 smears colours
    assert max(Counter(box[0] for box in detected).values()) == 1
    width = {Variant.ROTATED: 108, Variant.ODD: 193}.get(variant, 192)
    errors = []
    for frame, x, y, w, h, confidence, _, _ in detected:
        errors.append((x + w / 2) - (film.numbers[frame] * STEP % (width - 16) + SIDE / 2))
        assert abs((y + h / 2) - (LEFT + SIDE / 2)) <= 1.5
        assert confidence >= 0.8
    assert abs(sum(errors) / len(errors)) < 0.5  # in a neighbouring frame, it would be 3
    assert max(abs(one) for one in errors) < (STEP if codec is Codec.MPEG4 else SLACK)


def test_every_second_frame_and_what_lies_between_is_filled_in(workers: FileWorkers, tmp_path: Path) -> None:
    film = make(tmp_path, Codec.H264, Variant.CONSTANT, 58)  # the square goes from left to right once
    found = analysed(workers, film, tmp_path, every=2)
    assert {box[0] for box in found.boxes if not box[6]} <= set(range(0, 58, 2))
    filled = [box for box in found.boxes if box[6]]
    assert len(filled) > 20
    for frame, x, _, w, *_ in filled:
        assert abs((x + w / 2) - (frame * STEP + SIDE / 2)) <= SLACK


def test_a_detector_that_finds_nothing_of_the_kind_is_told(workers: FileWorkers, tmp_path: Path) -> None:
    film = make(tmp_path, Codec.H264, Variant.SINGLE)
    FileIndexer(workers).index(film.path, tmp_path)
    task = AnalyseTask(searches=(search(labels=("zebra",)),))
    with pytest.raises(FileError) as caught:
        workers.run(task, film.path, tmp_path / "frames.idx")
    assert (caught.value.status, caught.value.code) == (503, "no_detector")
    assert "zebra" in str(caught.value)


def test_the_built_in_detector_finds_the_people_of_the_street(workers: FileWorkers, tmp_path: Path) -> None:
    street = Path(__file__).parents[4] / "shared" / "media" / "street_720p15.mp4"
    if not street.is_file():
        pytest.skip("the shared films are not here")
    film = tmp_path / "street.mp4"
    _first_seconds(street, film, 6)
    FileIndexer(workers).index(film, tmp_path)
    found = Findings()
    task = AnalyseTask(searches=(search(DetectorSpec(name="d", type="opencv")),), every=3, threads=2)
    workers.run(task, film, tmp_path / "frames.idx", told=found.told)
    people = [boxes for trace, boxes in found.traces if trace.label == "person"]
    assert len(people) >= 4
    assert sum(len(boxes) for boxes in people) >= 200  # in 90 frames
    for boxes in people:
        assert [box[0] for box in boxes] == list(range(boxes[0][0], boxes[-1][0] + 1))
        assert not boxes[0][6]
        assert not boxes[-1][6]
        for _, x, y, w, h, *_ in boxes:
            assert 0 <= x < x + w <= 1280
            assert 0 <= y < y + h <= 720


def _first_seconds(path: Path, out: Path, seconds: float) -> None:
    with av.open(path) as source, av.open(out, "w") as target:
        stream: Any = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None and packet.pts * stream.time_base < seconds:
                packet.stream = copy
                target.mux(packet)
