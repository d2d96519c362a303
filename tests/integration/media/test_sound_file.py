"""The sound of a file is the same whether or not its video is looked at."""

import os
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.errors import FileError
from dogwatch.media import foreign_file
from dogwatch.media.exact_sound import exact_sound
from dogwatch.media.sound_file import opened_for_sound
from dogwatch.testing.numbered import Codec, Variant, make

SPAN = Fraction(1, 3), Fraction(2)


def heard(container: Any, span: tuple[Fraction, Fraction] = SPAN) -> NDArray[Any]:
    with container:
        frames = list(exact_sound(container, container.streams.audio[0], *span))
    return np.hstack([frame.to_ndarray() for frame in frames])


def film(directory: Path, variant: Variant) -> int:
    return os.open(make(directory, Codec.H264, variant).path, os.O_RDONLY)


def test_an_mp4_file_is_opened_without_its_video(tmp_path: Path) -> None:
    descriptor = film(tmp_path, Variant.SOUND)
    with opened_for_sound(descriptor, *SPAN) as container:
        assert [stream.type for stream in container.streams] == ["audio"]
    assert np.abs(heard(foreign_file.opened(descriptor, alone=False))).max() > 0.01
    assert (heard(opened_for_sound(descriptor, *SPAN)) == heard(foreign_file.opened(descriptor, alone=False))).all()
    os.close(descriptor)


@pytest.mark.parametrize("variant", [Variant.CONSTANT, Variant.FRAGMENTED, Variant.TRANSPORT, Variant.VARIABLE])
def test_files_that_are_others_are_opened_whole(tmp_path: Path, variant: Variant) -> None:
    descriptor = film(tmp_path, variant)
    with opened_for_sound(descriptor, *SPAN) as container:
        assert "video" in [stream.type for stream in container.streams]
    os.close(descriptor)


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_bytes(b"\x00\x00\x00\x08moov" + b"text" * 100)
    descriptor = os.open(tmp_path / "text.mp4", os.O_RDONLY)
    with pytest.raises(FileError):
        opened_for_sound(descriptor, *SPAN)
    os.close(descriptor)


def test_endless_boxes_end(tmp_path: Path) -> None:
    (tmp_path / "many.mp4").write_bytes(b"\x00\x00\x00\x08free" * 100_000)
    descriptor = os.open(tmp_path / "many.mp4", os.O_RDONLY)
    with pytest.raises(FileError):
        opened_for_sound(descriptor, *SPAN)
    os.close(descriptor)


LONG_S, RATE = 60, 44_100


def long_film(
    path: Path, codec: str = "aac", late: int = 0, gap: int = 0, options: dict[str, str] | None = None
) -> int:
    """Write a film of a minute whose sound begins `late` (s), and goes on so much later in its middle (`gap`, s)."""
    with av.open(str(path), "w", options=options or {}) as out:
        video: Any = out.add_stream("libx264", rate=1, options={"bf": "0"})
        video.width = video.height = 64
        sound: Any = out.add_stream(codec, rate=RATE, layout="mono")
        samples = sweep(LONG_S * RATE).astype(np.float32)
        for n in range(LONG_S):
            picture = av.VideoFrame(64, 64, "yuv420p")
            picture.pts, picture.time_base = n, Fraction(1)
            out.mux(video.encode(picture))
            second = samples[n * RATE : (n + 1) * RATE][None]
            if sound.format.name == "s16":
                second = (second * 32_000).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(second, format=sound.format.name, layout="mono")
            frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
            frame.pts = (n + late + (gap if n > LONG_S // 2 else 0)) * RATE
            out.mux(sound.encode(frame))
        out.mux(video.encode(None))
        out.mux(sound.encode(None))
    return os.open(path, os.O_RDONLY)


def sweep(samples: int) -> NDArray[Any]:
    at = np.arange(samples) / RATE
    return np.asarray(np.sin(2 * np.pi * (200 + 50 * at) * at) / 2)


def packets(container: Any) -> int:
    return sum(packet.size > 0 for packet in container.demux(audio=0))


MADE: dict[str, dict[str, Any]] = {
    "plain": {},
    "late": {"late": 20},
    "gap": {"gap": 7},
    "tables first": {"options": {"movflags": "faststart"}},
    "no edit list": {"options": {"use_editlist": "0"}},
    "one sample size": {"codec": "pcm_s16le"},
    "other frames": {"codec": "ac3"},
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE.keys())
def test_of_a_long_film_the_part_is_heard_as_of_the_whole(tmp_path: Path, made: dict[str, Any]) -> None:
    descriptor = long_film(tmp_path / ("film.mov" if "codec" in made else "film.mp4"), **made)
    for begin in (0, 1, 9, 15, 21, 28, 31, 38, 44, 57, 59, 66, 80):
        span = Fraction(begin) + Fraction(1, 7), Fraction(begin + 2)
        whole = heard(foreign_file.opened(descriptor, alone=False), span)
        assert (heard(opened_for_sound(descriptor, *span), span) == whole).all(), begin
        assert len(whole[0]) == round((span[1] - span[0]) * 48_000)
    os.close(descriptor)


def test_only_the_tables_of_the_part_are_read(tmp_path: Path) -> None:
    descriptor = long_film(tmp_path / "film.mp4")
    with opened_for_sound(descriptor, Fraction(40), Fraction(41)) as container:
        assert 11 * RATE / 1024 <= packets(container) <= 13 * RATE / 1024
    with foreign_file.opened(descriptor, alone=False) as container:
        assert packets(container) >= LONG_S * RATE / 1024
    os.close(descriptor)


def test_damaged_tables_do_no_harm(tmp_path: Path) -> None:
    """Whatever they say, opening ends with sound or with an error that is told."""
    whole = tmp_path / "film.mp4"
    os.close(long_film(whole))
    data, rnd = whole.read_bytes(), random.Random(5)
    tables = [data.rindex(kind) for kind in (b"stsd", b"stts", b"stsc", b"stsz", b"stco", b"mdhd", b"elst", b"stbl")]
    used = 0
    for _ in range(300):
        broken = bytearray(data)
        place = rnd.choice(tables) - 4 + rnd.randrange(24)
        broken[place] = rnd.choice((0, 1, 0x7F, 0x80, 0xFF, rnd.randrange(256)))
        (tmp_path / "broken.mp4").write_bytes(broken)
        descriptor = os.open(tmp_path / "broken.mp4", os.O_RDONLY)
        try:
            with opened_for_sound(descriptor, Fraction(40), Fraction(41)) as container:
                used += bool(container.streams.audio)
        except FileError:
            pass
        os.close(descriptor)
    assert used > 100


def outcome(container: Any, span: tuple[Fraction, Fraction]) -> bytes | str:
    """Return what is heard, or what libav says."""
    try:
        return heard(container, span).tobytes()
    except av.error.FFmpegError as error:
        return str(error)


def test_of_tables_that_disagree_the_same_is_heard(tmp_path: Path) -> None:
    """Of an `stsc` that gives chunks more or fewer samples than there are, libav chooses what is heard."""
    whole = tmp_path / "film.mp4"
    os.close(long_film(whole))
    data = whole.read_bytes()
    table = data.rindex(b"stsc") + 4
    rows = int.from_bytes(data[table + 4 : table + 8])
    for row in {0, 1, rows // 2, rows - 1}:
        for each in (1, 1000, 0x7FFFFFFF):
            broken, place = bytearray(data), table + 8 + 12 * row + 4
            broken[place : place + 4] = each.to_bytes(4)
            (tmp_path / "broken.mp4").write_bytes(broken)
            descriptor = os.open(tmp_path / "broken.mp4", os.O_RDONLY)
            for begin in (5, 15, 40):
                span = Fraction(begin), Fraction(begin + 2)
                expected = outcome(foreign_file.opened(descriptor, alone=False), span)
                assert outcome(opened_for_sound(descriptor, *span), span) == expected, (row, each, begin)
            os.close(descriptor)


def test_a_film_without_its_header_is_heard_as_libav_takes_it(tmp_path: Path) -> None:
    whole = tmp_path / "film.mp4"
    os.close(long_film(whole))
    data = whole.read_bytes()
    (tmp_path / "odd.mp4").write_bytes(b"free".join(data.rsplit(b"mvhd", 1)))
    descriptor = os.open(tmp_path / "odd.mp4", os.O_RDONLY)
    expected = heard(foreign_file.opened(descriptor, alone=False))
    assert np.array_equal(heard(opened_for_sound(descriptor, *SPAN)), expected)
    os.close(descriptor)


def test_edits_that_their_list_does_not_count_are_made_as_libav_makes_them(tmp_path: Path) -> None:
    whole = tmp_path / "film.mp4"
    os.close(long_film(whole, late=20))
    data = bytearray(whole.read_bytes())
    count = data.rindex(b"elst") + 8
    data[count : count + 4] = bytes(4)
    (tmp_path / "odd.mp4").write_bytes(data)
    descriptor = os.open(tmp_path / "odd.mp4", os.O_RDONLY)
    for begin in (15, 40, 57):
        span = Fraction(begin), Fraction(begin + 2)
        expected = heard(foreign_file.opened(descriptor, alone=False), span)
        assert np.array_equal(heard(opened_for_sound(descriptor, *span), span), expected), begin
    os.close(descriptor)
