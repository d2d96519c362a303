"""Each picture of a film lies at its time, whatever the container; only what an edit list hides comes before it."""

from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np
import pytest

from dogwatch.config import parse
from dogwatch.detectors.fixed import make
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.events.rules import rules_of
from dogwatch.library import placed_rows
from dogwatch.library.placing_spec import PlacingSpec
from dogwatch.media import foreign_file, frame_indexing
from dogwatch.media.frame_index import FrameIndex
from dogwatch.media.frame_indexing import PacketSource
from dogwatch.replay.placing import place
from dogwatch.runtime.specs import analysis_settings
from dogwatch.testing import numbered
from dogwatch.testing.numbered import Codec, NumberedFilm, Variant, number_of

START = 1_700_000_000.0
CONFIG = parse(
    "cameras: {front: {ffmpeg: {inputs: [{path: 'rtsp://192.0.2.1/main'}]}}}\ndetect: {enabled: true, fps: 5}\n"
).config
FILMS = [
    (codec, variant)
    for codec in (Codec.H264, Codec.HEVC)
    for variant in Variant
    if numbered.available(codec, variant) and variant not in (Variant.ROTATED, Variant.AVI)
]


def indexed(film: NumberedFilm) -> FrameIndex:
    descriptor = os.open(film.path, os.O_RDONLY)
    try:
        with foreign_file.opened(descriptor) as container:
            return frame_indexing.build(container, PacketSource(film.path.stat().st_size), lambda _: None)
    finally:
        os.close(descriptor)


def placed(film: NumberedFilm, root: Path) -> dict[int, float]:
    """Place a film; return when each of its pictures is shown (s after the start)."""
    stage, index = root / "stage", indexed(film)
    stage.mkdir()
    detector = DetectorSpec(name="none", type="fixed", model=ModelSpec())
    spec = PlacingSpec(
        path=str(film.path), camera="front", stage=str(stage), start=START,
        first=float(index.ticks[0] * index.time_base), length=index.duration, ranges=((START - 100, START + 100),),
        segment_seconds=10.0, settings=analysis_settings(CONFIG, "front"), rules=rules_of(CONFIG)["front"],
        detector=detector, deblock=False, audio=True, crf=28, out=str(root / "rows"),
    )  # fmt: skip
    place(spec, make(detector), lambda _: None)
    found: dict[int, float] = {}
    for one in placed_rows.read(root / "rows").segments:
        with av.open(str(stage / one.segment.path)) as container:
            for frame in container.decode(video=0):
                assert frame.pts is not None
                assert frame.time_base is not None
                number = number_of(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
                found[number] = float(frame.pts * frame.time_base) - START
    return found


@pytest.mark.parametrize(("codec", "variant"), FILMS)
def test_pictures_lie_at_their_times(tmp_path: Path, codec: Codec, variant: Variant) -> None:
    film = numbered.make(tmp_path, codec, variant, 60)
    found = placed(film, tmp_path)
    for number, time in zip(film.numbers, film.times, strict=True):
        assert found[number] == pytest.approx(float(time), abs=2e-5)
    hidden = {number: time for number, time in found.items() if number not in film.numbers}
    assert all(time < 0 for time in hidden.values())
    assert not hidden or variant is Variant.EDITED


def test_an_avi_file_whose_pictures_are_reordered_says_nothing_of_their_times(tmp_path: Path) -> None:
    """So such a film is refused, see `library.placing`."""
    assert indexed(numbered.make(tmp_path, Codec.H264, Variant.AVI, 60)).by_order
