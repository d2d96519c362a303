"""Frames are the same whether or not what they do not need is decoded, however their references are arranged."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.media import foreign_file, frame_indexing, h264_headers, nal, needed_pictures
from dogwatch.media.direct_frames import direct_frames
from dogwatch.media.frame_index import FrameIndex
from dogwatch.media.frame_indexing import PacketSource
from dogwatch.media.h264_headers import PictureHeaders, UnusualPictureError
from dogwatch.media.needed_pictures import NeededPictures, Packet

WIDTH, HEIGHT, FRAMES, GOP = 176, 144, 130, 60
SPARED = [
    "bframes=3:b-adapt=0:ref=1",
    "bframes=3:b-adapt=0:ref=1:direct=temporal",
    "bframes=7:b-adapt=0:ref=1:weightb=1",
    "bframes=3:b-adapt=0:ref=1:slices=4",
    "bframes=3:b-adapt=0:ref=1:open-gop=1",
    "bframes=5:b-adapt=0:ref=1:b-pyramid=strict",
    "bframes=3:b-adapt=0:ref=1:nal-hrd=vbr:vbv-maxrate=300:vbv-bufsize=600:aud=1",
    "bframes=3:b-adapt=0:ref=1:deblock=1,1",
    "bframes=3:b-adapt=0:ref=1:keyint=infinite",
    "bframes=2:b-adapt=0:ref=2:open-gop=1:direct=temporal",
    "bframes=3:b-adapt=0:ref=1:no-deblock=1",
]
"""Films in which some reference pictures can be left out, by the parameters of x264."""
OTHERS = [
    "bframes=3:b-adapt=2:ref=3:weightp=2",
    "bframes=8:b-adapt=2:ref=16:weightp=2:8x8dct=1",
    "bframes=0:ref=1",
    "bframes=0:ref=4:intra-refresh=1",
    "bframes=3:ref=2:b-pyramid=none",
    "bframes=3:b-adapt=0:ref=1:cabac=0",
    "bframes=3:b-adapt=0:ref=1:interlaced=1",
]


def pictures() -> Iterator[NDArray[np.uint8]]:
    """Yield pictures with motion, noise and a fade, so that encoders use what they may."""
    some = np.random.default_rng(1)
    ground = some.integers(0, 200, (HEIGHT + 2 * FRAMES, WIDTH + 2 * FRAMES, 3), np.uint8)
    ground = np.repeat(np.repeat(ground[::8, ::8], 8, 0), 8, 1)
    for n in range(FRAMES):
        one = ground[n : n + HEIGHT, 2 * n : 2 * n + WIDTH].astype(np.float32)
        one[40:80, (5 * n) % 120 : (5 * n) % 120 + 40] = 20 + n
        one = one * (0.5 + 0.5 * abs(np.cos(n / 15))) + some.normal(0, 4, one.shape)
        yield np.clip(one, 0, 255).astype(np.uint8)


def film(path: Path, parameters: str) -> Path:
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        keys = "" if "keyint" in parameters else f"keyint={GOP}:scenecut=0:"
        stream.options = {"crf": "30", "preset": "veryfast", "x264-params": f"{keys}{parameters}"}
        for n, picture in enumerate(pictures()):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, 30)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


@contextmanager
def indexed(path: Path) -> Iterator[tuple[int, FrameIndex]]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with foreign_file.opened(descriptor) as container:
            yield descriptor, frame_indexing.build(container, PacketSource(path.stat().st_size, descriptor))
    finally:
        os.close(descriptor)


def shown(path: Path) -> list[bytes]:
    """Return the pixels of all frames, decoded one after another."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


def chosen(index: FrameIndex, n: int, packets: list[Packet]) -> list[Packet]:
    """Return what the decoder gets for frame `n` of these packets, up to it."""
    assert index.packets is not None
    tick = int(index.ticks[n])
    found = list(NeededPictures(index.packets.decoder).of(iter(packets), tick, tick))
    return found[: 1 + [at for _, at in found].index(tick)]


def packets_of(descriptor: int, index: FrameIndex, n: int) -> list[Packet]:
    table = index.packets
    assert table is not None
    return [(os.pread(descriptor, size, place), at) for place, at, size in table.from_entry(index.entry(n))]


def emptied(descriptor: int, index: FrameIndex, n: int) -> int:
    """Return of how many pictures the decoder gets no more than the header for frame `n`."""
    packets = packets_of(descriptor, index, n)
    return len(set(chosen(index, n, packets)) - set(packets))


@pytest.mark.parametrize("parameters", [*SPARED, *OTHERS])
def test_frames_are_those_of_a_full_decode(tmp_path: Path, parameters: str) -> None:
    path = film(tmp_path / "film.mp4", parameters)
    all_frames = shown(path)
    assert len(all_frames) == FRAMES
    some = random.Random(parameters)
    with indexed(path) as (descriptor, index):
        assert index.packets is not None
        ranges = [(n, n) for n in range(GOP - 8, FRAMES)]
        ranges += [(n, min(FRAMES - 1, n + some.randrange(1, 40))) for n in some.sample(range(FRAMES), 8)]
        for start, end in ranges:
            found = list(direct_frames(descriptor, index, start, end, 1 + start % 4))
            assert [n for n, _ in found] == list(range(start, end + 1))
            for n, frame in found:
                assert frame.to_ndarray().tobytes() == all_frames[n], (start, end, n)
        spared = sum(emptied(descriptor, index, n) > 0 for n in range(FRAMES))
    assert (spared > FRAMES / 4) is (parameters in SPARED)


def test_references_that_only_their_neighbours_need_are_left_out(tmp_path: Path) -> None:
    """Of each four pictures one is needed: two are no references, and the third one is emptied."""
    path = film(tmp_path / "film.mp4", SPARED[0])
    with indexed(path) as (descriptor, index):
        found = chosen(index, 48, packets_of(descriptor, index, 48))
        assert len(found) == 1 + 12 + 11
        assert emptied(descriptor, index, 48) == 11
        assert sum(len(data) < 64 for data, _ in found) >= 11


def test_the_first_packet_is_passed_on_before_others_are_read(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", SPARED[0])
    with indexed(path) as (descriptor, index):
        assert index.packets is not None
        packets = packets_of(descriptor, index, 48)
        tick = int(index.ticks[48])
        left = iter(packets)
        found = NeededPictures(index.packets.decoder).of(left, tick, tick)
        assert next(found) == packets[0]
        assert next(left) == packets[1]


def test_a_long_way_leaves_everything_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = film(tmp_path / "film.mp4", SPARED[0])
    with indexed(path) as (descriptor, index):
        packets = packets_of(descriptor, index, 48)
        way = packets[: 1 + [at for _, at in packets].index(int(index.ticks[48]))]
        for name, most in (("MOST_PACKETS", len(way)), ("MOST_BYTES", sum(len(data) for data, _ in way))):
            with monkeypatch.context() as patched:
                patched.setattr(needed_pictures, name, most)
                assert chosen(index, 48, packets) != way
                patched.setattr(needed_pictures, name, most // 2)
                assert chosen(index, 48, packets) == way


def test_more_references_than_there_may_be_are_refused() -> None:
    """Each picture would take longer to look at than the one before it."""
    sizes = "010" * 2 + "1" * 2  # ue(1): two macroblocks each way, in frames
    for references, refused in ((16, False), (17, True)):
        number = f"{references + 1:b}"
        bits = "1" + "1" * 2 + "1" + "0" * (len(number) - 1) + number + "0" + sizes  # no, 4 and 4 bits; no gaps
        data = b"\x67\x4d\x00\x1e" + int(bits.ljust(64, "0"), 2).to_bytes(8)
        if refused:
            with pytest.raises(UnusualPictureError):
                h264_headers.sequence(data)
        else:
            assert h264_headers.sequence(data).references == references


def test_a_damaged_header_leaves_everything_in(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", SPARED[0])
    with indexed(path) as (descriptor, index):
        whole = packets_of(descriptor, index, 0)[:20]
        n = index.ticks.tolist().index(whole[-1][1])
        assert chosen(index, n, whole) != whole
        for at, (data, tick) in enumerate(whole[1:], 1):
            damaged = [*whole]
            damaged[at] = data[:5] + b"\xff" * (len(data) - 5), tick
            assert chosen(index, n, damaged) == damaged


def test_hostile_headers_are_refused(tmp_path: Path) -> None:
    """Whatever the bits are, there is a picture or an error, within the time of a few bits."""
    path = film(tmp_path / "film.mp4", SPARED[0])
    some = random.Random(5)
    with indexed(path) as (descriptor, index):
        table = index.packets
        assert table is not None
        headers = PictureHeaders(table.decoder.extradata)
        for place, _, size in list(table.from_entry(0))[:10]:
            data = os.pread(descriptor, size, place)
            for _ in range(300):
                changed = bytearray(data[:200])
                for _ in range(some.randrange(1, 6)):
                    changed[some.randrange(len(changed))] = some.randrange(256)
                try:
                    picture = headers.read(bytes(changed))
                except UnusualPictureError:
                    continue
                assert nal.split_by_lengths(picture.empty, 4)
        for cut in range(len(table.decoder.extradata)):
            try:
                PictureHeaders(table.decoder.extradata[:cut])
            except UnusualPictureError:
                continue
