"""Clips and renditions of all films that are hard to count in: their frames, their times, their sound."""

import io
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.media import foreign_file, frame_indexing
from dogwatch.media.exact_film import ExactSource, write_film
from dogwatch.media.file_overlay import ROW, FileOverlay, colour_of
from dogwatch.media.film_copy import copied_packets, is_copyable, write_silent
from dogwatch.media.film_encoder import FRAGMENTED_MP4, TRANSPORT_STREAM, TS_TICKS, FilmEncoder, FilmRate, ticks_for
from dogwatch.media.finished_film import head_of
from dogwatch.media.frame_indexing import PacketSource
from dogwatch.media.overlay_rows import Overlay
from dogwatch.media.sound_file import opened_for_sound
from dogwatch.media.virtual_file import portions
from dogwatch.testing.numbered import (
    HEIGHT,
    SAMPLE_RATE,
    WIDTH,
    Codec,
    NumberedFilm,
    Variant,
    available,
    make,
    number_of,
    sweep,
)

FILMS = [(codec, variant) for codec in Codec for variant in Variant if available(codec, variant)]
RANGES = 5
OFFSET_S = 0.010


@contextmanager
def sourced(film: NumberedFilm, *, sound: bool = True) -> Iterator[ExactSource]:
    descriptor = os.open(film.path, os.O_RDONLY)
    try:
        with foreign_file.opened(descriptor) as container:
            index = frame_indexing.build(container, PacketSource(film.path.stat().st_size, descriptor))
        rotation = 90 if "rotated" in film.path.name else 0
        yield ExactSource(
            lambda: foreign_file.opened(descriptor, alone=False),
            partial(opened_for_sound, descriptor),
            index,
            rotation,
            sound,
            descriptor,
        )
    finally:
        os.close(descriptor)


def clip(source: ExactSource, start: int, end: int, overlay: FileOverlay | None = None) -> Any:
    out = io.BytesIO()
    write_film(source, start, end, out, TRANSPORT_STREAM, TS_TICKS, overlay)
    return av.open(io.BytesIO(out.getvalue()), format="mpegts")


def pictures(container: Any) -> list[Any]:
    return list(container.decode(video=0))


def numbers(frames: list[Any]) -> list[int]:
    return [number_of(frame.to_ndarray(format="rgb24")) for frame in frames]


def gaps(frames: list[Any]) -> list[Fraction]:
    return [(frame.pts - frames[0].pts) * frame.time_base for frame in frames]


def samples(container: Any) -> tuple[Fraction, NDArray[np.float32]]:
    """Return when the sound begins, and its left channel."""
    frames = list(container.decode(audio=0))
    assert {(frame.sample_rate, frame.layout.name) for frame in frames} == {(48_000, "stereo")}
    return frames[0].pts * frames[0].time_base, np.hstack([frame.to_ndarray()[0] for frame in frames])


@pytest.mark.parametrize(("codec", "variant"), FILMS, ids=lambda value: str(value))
def test_a_clip_has_the_frames_of_its_range(tmp_path: Path, codec: Codec, variant: Variant) -> None:
    film = make(tmp_path, codec, variant)
    with sourced(film) as source:
        total = source.index.total
        some = random.Random(f"clips {codec} {variant}")
        starts = [0, total - 1, *(int(n) for n in np.flatnonzero(source.index.keys)[:2])]
        starts += [some.randrange(total) for _ in range(RANGES)]
        for start in starts:
            end = min(total - 1, start + some.choice((0, 1, 14, 29)))
            made = clip(source, start, end)
            frames = pictures(made)
            assert numbers(frames) == list(film.numbers[start : end + 1]), (start, end)
            wanted = [source.seconds(start, n) for n in range(start, end + 1)]
            assert gaps(frames) == pytest.approx(wanted, abs=1 / 90_000)
            video = made.streams.video[0]
            assert (video.codec_context.profile, video.pix_fmt) == ("High", "yuv420p")
            assert frames[0].key_frame
            assert len(made.streams.audio) == (variant in (Variant.SOUND, Variant.TRANSPORT))


@pytest.mark.parametrize(
    ("variant", "size"),
    [(Variant.ROTATED, (HEIGHT, WIDTH)), (Variant.ODD, (194, 110)), (Variant.CONSTANT, (WIDTH, HEIGHT))],
)
def test_pictures_are_upright_and_have_even_sides(tmp_path: Path, variant: Variant, size: tuple[int, int]) -> None:
    with sourced(make(tmp_path, Codec.H264, variant)) as source:
        frames = pictures(clip(source, 15, 17))  # from a keyframe on
    assert [(frame.width, frame.height) for frame in frames] == [size] * 3
    assert [frame.rotation for frame in frames] == [0] * 3


@pytest.mark.parametrize("variant", [Variant.SOUND, Variant.TRANSPORT])
def test_sound_lasts_as_long_as_the_frames_and_is_in_its_place(tmp_path: Path, variant: Variant) -> None:
    film = make(tmp_path, Codec.H264, variant, 150)
    whole = sweep(150 / 30)
    some = random.Random("sound")
    with sourced(film) as source:
        for start, length in [(0, 30), (30, 15), *((some.randrange(100), some.randrange(1, 50)) for _ in range(6))]:
            end = min(149, start + length - 1)
            made = clip(source, start, end)
            begin = pictures(made)[0]
            made.seek(0)
            at, sound = samples(clip(source, start, end))
            lead = round((begin.pts * begin.time_base - at) * SAMPLE_RATE)
            assert 0 <= lead <= 1024
            heard = sound[lead:]
            wanted = whole[start * 1600 : (end + 1) * 1600]
            assert len(wanted) <= len(heard) <= len(wanted) + 1024
            assert abs(offset(heard[: len(wanted)], whole, start * 1600)) <= OFFSET_S * SAMPLE_RATE


def offset(heard: NDArray[np.float32], whole: NDArray[np.float32], at: int) -> int:
    """Return by how many samples `heard` is away from its place `at` in `whole`, up to 40 ms."""
    least, length = 1920, min(len(heard), 24_000)
    found = {}
    for moved in range(-least, least + 1):
        if 0 <= at + moved <= len(whole) - length:
            found[moved] = float(np.abs(heard[:length] - whole[at + moved : at + moved + length]).mean())
    return min(found, key=lambda moved: (round(found[moved], 4), abs(moved)))


def test_a_clip_without_sound_has_no_sound(tmp_path: Path) -> None:
    with sourced(make(tmp_path, Codec.H264, Variant.SOUND), sound=False) as source:
        assert not clip(source, 3, 5).streams.audio


def test_pictures_are_copied_where_that_is_exact(tmp_path: Path) -> None:
    with sourced(make(tmp_path, Codec.H264, Variant.CONSTANT)) as source, source.open() as container:
        copyable = [
            (start, end)
            for start in range(0, 75, 5)
            for end in range(start, 75)
            if is_copyable(container, source.index, start, end)
        ]
        assert (0, 74) in copyable
        assert (15, 29) in copyable
        assert {start for start, _ in copyable} == {0, 15, 30, 45, 60}
        theirs = [len(bytes(packet)) for packet in copied_packets(container, source.index, 15, 29)]
        mine = [len(bytes(packet)) for packet in clip(source, 15, 29).demux(video=0) if packet.size]
        assert len(mine) == 15
        assert all(abs(one - other) < 100 for one, other in zip(mine[1:], theirs[1:], strict=True))  # parameter sets
        for start, end in copyable[:: max(1, len(copyable) // 25)]:
            assert numbers(pictures(clip(source, start, end))) == list(range(start, end + 1))


@pytest.mark.parametrize("variant", [Variant.OPEN_GOP, Variant.ODD])
def test_what_would_not_be_exact_is_not_copied(tmp_path: Path, variant: Variant) -> None:
    with sourced(make(tmp_path, Codec.H264, variant)) as source, source.open() as container:
        assert not [n for n in range(1, 60) if is_copyable(container, source.index, n, n + 10)]


@pytest.mark.parametrize(("codec", "variant"), FILMS, ids=lambda value: str(value))
def test_silent_copies_and_finished_films_keep_frames_and_times(tmp_path: Path, codec: Codec, variant: Variant) -> None:
    film = make(tmp_path, codec, variant)
    part, whole = tmp_path / "film.part", tmp_path / "film.mp4"
    with sourced(film, sound=False) as source:
        index, ticks = source.index, ticks_for(source.index.time_base)
        with part.open("wb") as out, source.open() as container:
            copied = write_silent(container, index, out)
            if not copied:
                write_film(source, 0, index.total - 1, out, FRAGMENTED_MP4, ticks)
        assert copied or variant in (Variant.EDITED, Variant.AVI)
    with whole.open("wb") as out:
        for piece in head_of(part).parts(part):
            for data in portions(piece):
                out.write(data)
    for path in (part, whole):
        with av.open(path) as made:
            assert not made.streams.audio
            frames = pictures(made)
        turned = [np.rot90(frame.to_ndarray(format="rgb24"), frame.rotation // 90) for frame in frames]
        assert [number_of(np.ascontiguousarray(one)) for one in turned] == list(film.numbers)
        assert gaps(frames) == pytest.approx([source.seconds(0, n) for n in range(index.total)], abs=1e-4)


def test_a_film_with_sound_begins_at_zero_when_it_is_finished(tmp_path: Path) -> None:
    part, whole = tmp_path / "film.part", tmp_path / "film.mp4"
    with sourced(make(tmp_path, Codec.HEVC, Variant.SOUND)) as source, part.open("wb") as out:
        write_film(
            source, 0, 74, out, FRAGMENTED_MP4, ticks_for(source.index.time_base), FileOverlay.of(Overlay.NOTHING)
        )
    with whole.open("wb") as out:
        for piece in head_of(part).parts(part):
            for data in portions(piece):
                out.write(data)
    with av.open(whole) as made:
        frames = pictures(made)
        made.seek(0)
        at, sound = samples(made)
    assert (frames[0].pts, len(frames), float(at)) == (0, 75, 0.0)
    assert abs(offset(sound, sweep(2.5), 0)) <= 24
    assert data_order(whole) == [b"ftyp", b"moov", b"mdat"]


def data_order(path: Path) -> list[bytes]:
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        found.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4])
    return found


@pytest.mark.parametrize("variant", [Variant.CONSTANT, Variant.VARIABLE, Variant.TRANSPORT, Variant.EDITED])
def test_an_overlay_lies_on_its_frame_and_on_no_other(tmp_path: Path, variant: Variant) -> None:
    film = make(tmp_path, Codec.H264, variant)
    with sourced(film) as source:
        total = source.index.total
        wanted = list(range(3, total, 7))
        rows = np.zeros(len(wanted), ROW)
        for row, n in zip(rows, wanted, strict=True):
            row["frame"], row["trace"], row["x"], row["y"], row["width"], row["height"] = n, 1, n, 80, 40, 20
        overlay = FileOverlay.of(Overlay.LABELS, rows.tobytes(), ("",))
        frames = [
            frame.to_ndarray(format="rgb24").astype(int) for frame in pictures(clip(source, 0, total - 1, overlay))
        ]
        bare = [frame.to_ndarray(format="rgb24").astype(int) for frame in pictures(clip(source, 0, total - 1))]
    colour = np.array(colour_of(1))
    for n, (frame, plain) in enumerate(zip(frames, bare, strict=True)):
        if n in wanted:
            ring = np.ones((20, 40), bool)
            ring[2:-2, 2:-2] = False
            assert np.abs(frame[80:100, n : n + 40][ring] - colour).mean() < 40
            assert np.abs(frame[:70] - plain[:70]).mean() < 6
        else:
            assert np.abs(frame - plain).mean() < 6


def test_the_first_picture_goes_out_before_the_second_one_comes() -> None:
    out = io.BytesIO()
    sound = (made_sound(n) for n in range(100))
    film = FilmEncoder(out, TRANSPORT_STREAM, TS_TICKS, lambda: sound)
    for n in range(2):
        before = len(out.getvalue())
        film.encode(av.VideoFrame(64, 48, "yuv420p"), Fraction(n, 30), FilmRate(Fraction(30), steady=True), Fraction(1))
        assert len(out.getvalue()) > before
        assert len(pictures(av.open(io.BytesIO(out.getvalue()), format="mpegts"))) == n + 1
    film.finish()


def made_sound(n: int) -> Any:
    frame = av.AudioFrame.from_ndarray(np.full((2, 1024), 0.1, np.float32), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = 48_000, n * 1024, Fraction(1, 48_000)
    return frame
