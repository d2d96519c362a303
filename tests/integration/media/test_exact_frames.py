"""Frames by their numbers, in all the ways in which containers make counting hard."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.media import file_facts, foreign_file, frame_indexing
from dogwatch.media.direct_frames import direct_frames
from dogwatch.media.exact_frames import exact_frames
from dogwatch.media.frame_index import FrameIndex
from dogwatch.media.frame_indexing import PacketSource
from dogwatch.media.upright import rgb, upright
from dogwatch.testing.numbered import (
    HEIGHT,
    ODD_HEIGHT,
    ODD_WIDTH,
    WIDTH,
    Codec,
    NumberedFilm,
    Variant,
    available,
    make,
    number_of,
)

FILMS = [(codec, variant) for codec in Codec for variant in Variant if available(codec, variant)]
RANGES = 12


@dataclass(frozen=True)
class Opened:
    film: NumberedFilm
    container: Any
    index: FrameIndex

    def numbers(self, start: int, end: int) -> list[int]:
        """Decode a range, and read what its pictures show."""
        found = list(exact_frames(self.container, self.index, start, end))
        assert [n for n, _ in found] == list(range(start, end + 1))
        assert [frame.pts for _, frame in found] == [int(self.index.ticks[n]) for n in range(start, end + 1)]
        return [number_of(rgb(upright(frame))) for _, frame in found]


@contextmanager
def opened(film: NumberedFilm) -> Iterator[Opened]:
    descriptor = os.open(film.path, os.O_RDONLY)
    try:
        with foreign_file.opened(descriptor) as container:
            yield Opened(
                film, container, frame_indexing.build(container, PacketSource(film.path.stat().st_size, descriptor))
            )
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(("codec", "variant"), FILMS, ids=lambda value: str(value))
def test_frames_are_those_that_are_displayed(tmp_path: Path, codec: Codec, variant: Variant) -> None:
    with opened(make(tmp_path, codec, variant)) as file:
        total = file.index.total
        assert total == len(file.film.numbers)
        assert file.numbers(0, total - 1) == list(file.film.numbers)
        assert file.index.times() == pytest.approx([float(time) for time in file.film.times], abs=0.0006)
        some = random.Random(f"{codec} {variant}")
        for _ in range(RANGES):
            start = some.randrange(total)
            end = min(total - 1, start + some.choice((0, 0, 1, 7)))
            assert file.numbers(start, end) == list(file.film.numbers[start : end + 1])
        assert file.numbers(total - 1, total - 1) == [file.film.numbers[-1]]


@pytest.mark.parametrize(("codec", "variant"), FILMS, ids=lambda value: str(value))
def test_a_file_that_is_opened_again_has_the_same_frames(tmp_path: Path, codec: Codec, variant: Variant) -> None:
    """Each in a container of its own, as thumbnails are made."""
    film = make(tmp_path, codec, variant)
    with opened(film) as file:
        index, reordered = file.index, bool(file.container.streams.video[0].codec_context.has_b_frames)
    some = random.Random(f"{codec} {variant}")
    descriptor = os.open(film.path, os.O_RDONLY)
    for n in [0, index.total - 1, *(some.randrange(index.total) for _ in range(8))]:
        os.lseek(descriptor, 0, os.SEEK_SET)
        with foreign_file.opened_again(descriptor, reordered=reordered) as container:
            ((_, frame),) = exact_frames(container, index, n, n, threads=2)
            assert number_of(rgb(upright(frame))) == film.numbers[n]
    os.close(descriptor)


@pytest.mark.parametrize(("codec", "variant"), FILMS, ids=lambda value: str(value))
def test_frames_without_their_container(tmp_path: Path, codec: Codec, variant: Variant) -> None:
    """A packet table leads to the same frames; there is none where packets alone do not tell."""
    film = make(tmp_path, codec, variant)
    with opened(film) as file:
        index = FrameIndex.decode(file.index.encode())
        plain = film.path.suffix == ".mp4" and variant is not Variant.EDITED  # which hides pictures
        assert (index.packets is not None) is (plain and codec is not Codec.MPEG4)  # whose packets do not tell
    some = random.Random(f"{codec} {variant}")
    descriptor = os.open(film.path, os.O_RDONLY)
    for n in [0, index.total - 1, *(some.randrange(index.total) for _ in range(8))]:
        end = min(index.total - 1, n + some.choice((0, 0, 1, 7, 30)))
        found = list(direct_frames(descriptor, index, n, end, 2))
        direct = index.packets is not None and index.entry(n) >= 0
        assert [number for number, _ in found] == (list(range(n, end + 1)) if direct else [])
        for number, frame in found:
            assert frame.pts == index.ticks[number]
            turned = upright(frame, 90 if variant is Variant.ROTATED else 0)
            assert number_of(rgb(turned)) == film.numbers[number]
    os.close(descriptor)


@pytest.mark.parametrize(
    ("variant", "size", "rotation"),
    [
        (Variant.CONSTANT, (WIDTH, HEIGHT), 0),
        (Variant.ROTATED, (HEIGHT, WIDTH), 90),
        (Variant.ODD, (ODD_WIDTH, ODD_HEIGHT), 0),
        (Variant.COVER, (WIDTH, HEIGHT), 0),
    ],
)
def test_facts(tmp_path: Path, variant: Variant, size: tuple[int, int], rotation: int) -> None:
    with opened(make(tmp_path, Codec.H264, variant)) as file:
        _, frame = next(exact_frames(file.container, file.index, 0, 0))
        facts = file_facts.facts_of(file.container, file.index, frame)
        pixels = rgb(upright(frame))
    assert (facts.width, facts.height) == size == (pixels.shape[1], pixels.shape[0])
    assert facts.rotation == rotation
    assert (facts.fps_num, facts.fps_den, facts.vfr) == (30, 1, False)
    assert (facts.total_frames, facts.duration) == (75, 2.5)
    assert (facts.video.codec, facts.video.has_b_frames, facts.audio) == ("h264", True, None)


def broken(film: NumberedFilm, packets: range) -> NumberedFilm:
    """Damage some packets behind their first bytes, so that they do not decode, and only decoding shows it."""
    with av.open(str(film.path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    data = bytearray(film.path.read_bytes())
    for n in packets:
        place, size = places[n]
        assert place is not None
        data[place + 5 : place + size] = b"\xff" * (size - 5)
    film.path.write_bytes(data)
    return film


@pytest.fixture
def damaged(tmp_path: Path) -> NumberedFilm:
    """A film in which a GOP in the middle does not decode but for its beginning, with an index made before that."""
    return make(tmp_path, Codec.H264, Variant.CONSTANT, 450)


def test_what_cannot_be_decoded_is_shown_by_what_is_before_it(damaged: NumberedFilm) -> None:
    descriptor = os.open(damaged.path, os.O_RDONLY)
    with foreign_file.opened(descriptor) as container:
        index = frame_indexing.build(container, PacketSource(damaged.path.stat().st_size, descriptor))
    assert not index.damaged
    broken(damaged, range(155, 165))
    lost: dict[int, int] = {}
    os.lseek(descriptor, 0, os.SEEK_SET)
    with foreign_file.opened(descriptor) as container:
        found = [
            (n, frame.pts, number_of(rgb(frame)))
            for n, frame in exact_frames(container, index, 140, 190, 1, lost.__setitem__)
        ]
        assert [n for n, _, _ in found] == list(range(140, 191)), "complete"
        assert [pts for _, pts, _ in found] == index.ticks[140:191].tolist(), "and in time"
        assert lost
        assert {n: shown for n, _, shown in found if n != shown} == lost
        assert all(other < n and other not in lost for n, other in lost.items())
        for n in [*lost, 150, 154, 170]:  # the same picture, wherever decoding begins
            ((_, frame),) = exact_frames(container, index, n, n)
            assert number_of(rgb(frame)) == lost.get(n, n)
    for n in lost:
        assert not list(direct_frames(descriptor, index, n, n, 1))
    assert [n for n, _ in direct_frames(descriptor, index, 140, 190, 1)] == list(range(140, min(lost)))
    os.close(descriptor)


def test_damage_that_packets_tell_is_known_from_the_beginning(tmp_path: Path) -> None:
    film = make(tmp_path, Codec.H264, Variant.CONSTANT, 450)
    with av.open(str(film.path)) as container:
        packet = next(one for n, one in enumerate(container.demux(video=0)) if n == 200)
        place = packet.pos
    assert place is not None
    data = bytearray(film.path.read_bytes())
    data[place : place + 3000] = bytes(3000)
    film.path.write_bytes(data)
    with opened(film) as file:
        assert file.index.damaged
        assert 350 < file.index.total < 450
        shown = file.numbers(0, file.index.total - 1)
        assert (shown[:190], shown[-100:]) == (list(range(190)), list(range(350, 450)))
