"""What is decoded for the pictures that are due, and that these are what decoding everything yields."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dogwatch.media import decode
from dogwatch.media.decode import VideoDecoder
from dogwatch.media.packets import Unit, VideoInfo
from dogwatch.workers.ingest import selection
from dogwatch.workers.ingest.counters import Counters
from dogwatch.workers.ingest.grid import DetectGrid
from dogwatch.workers.ingest.selection import BURST_S, KEPT_UNITS, DecoderSettings, PictureSelector
from tests.unit.workers.ingest.coded import coded

START = 1_790_000_000.0


@dataclass
class Sink:
    """Takes pictures; it wants every one."""

    pictures: dict[float, NDArray[np.uint8]] = field(default_factory=dict)
    wanted: bool = True
    consumed: int = -1

    def publish(self, frame: Any, at: float, *, keyframe: bool, probe: bool) -> int:
        if not probe:
            self.pictures[at] = frame.to_ndarray()
        self.consumed += 1
        return self.consumed

    def demanded(self) -> bool:
        return self.wanted

    def wait_for_room(self) -> bool:
        return True


@dataclass
class Selection:
    """A selector that takes `units`, and what was published and decoded after each of them."""

    info: VideoInfo
    fps: float = 5.0
    sink: Sink = field(default_factory=Sink)
    counters: Counters = field(default_factory=Counters)
    published: list[list[float]] = field(default_factory=list)
    decoded: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.selector = PictureSelector(DecoderSettings(self.fps, 10.0, detect=True), self.sink, self.counters)
        self.selector.begin(self.info)

    def take(self, units: list[Unit]) -> "Selection":
        for unit in units:
            pictures, decoded = len(self.sink.pictures), self.counters.decoded
            self.selector.take(unit)
            self.published.append(list(self.sink.pictures)[pictures:])
            self.decoded.append(self.counters.decoded - decoded)
        return self


def everything(info: VideoInfo, units: list[Unit]) -> dict[float, NDArray[np.uint8]]:
    decoder = VideoDecoder(info, deblock=False)
    return {decode.time_of(frame, unit): frame.to_ndarray() for unit in units for frame in decoder.decode(unit)}


def check(found: Selection, units: list[Unit], fps: float) -> None:
    """The published pictures are those due on the grid, and bit for bit what decoding everything yields."""
    whole = everything(found.info, units)
    keyframes = {unit.time for unit in units if unit.keyframe}
    grid = DetectGrid(fps)
    shown = [at for at in sorted(whole) if grid.is_due(at, keyframe=at in keyframes)]
    assert list(found.sink.pictures) == shown
    assert all(np.array_equal(picture, whole[at]) for at, picture in found.sink.pictures.items())


@pytest.mark.parametrize(
    ("gop", "fps", "decoded"),
    [(30, 5.0, 28), (15, 5.0, 13), (30, 1.0, 16), (30, 2.0, 23), (30, 0.5, 1), (30, 15.0, 30)],
)
def test_the_end_of_a_gop_is_not_decoded(gop: int, fps: float, decoded: int) -> None:
    info, units = coded(120, fps=15, gop=gop, start=START + 0.07)
    found = Selection(info, fps).take(units)
    check(found, units, fps)
    first = 2 * gop  # by then the distance of keyframes is known
    assert [sum(found.decoded[n : n + gop]) for n in range(first, 120 - gop, gop)] == [decoded] * (120 // gop - 3)


@given(
    gop=st.sampled_from([1, 2, 7, 20, 30, 32]),
    b_frames=st.sampled_from([0, 2]),
    fps=st.sampled_from([0.5, 1.0, 3.0, 5.0, 7.0, 15.0, 60.0]),
    begin=st.integers(0, 40),
)
def test_the_pictures_are_those_of_full_decoding(gop: int, b_frames: int, fps: float, begin: int) -> None:
    info, units = coded(120, fps=15, gop=gop, b_frames=b_frames, start=START)
    begin = next(n for n in range(begin, 120) if units[n].keyframe)
    found = Selection(info, fps).take(units[begin:])
    check(found, units[begin:], fps)


@pytest.mark.parametrize("fps", [5.0, 2.0, 0.5])
def test_a_due_picture_comes_with_its_packet(fps: float) -> None:
    info, units = coded(120, fps=15, gop=30, start=START)
    found = Selection(info, fps).take(units)
    assert all(at == unit.time for unit, times in zip(units, found.published, strict=True) for at in times)


def test_little_is_left_to_decode_when_a_picture_is_due_in_the_middle_of_a_gop() -> None:
    info, units = coded(200, fps=15, gop=75, start=START)
    found = Selection(info, 1.0).take(units)
    due = [decoded for decoded, times in zip(found.decoded, found.published, strict=True) if times]
    assert max(due) <= BURST_S * 15 + 1


def test_no_more_packets_are_kept_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    info, units = coded(120, fps=15, gop=120, start=START)
    kept = [len(found.selector._kept) for found in [Selection(info, 0.1)] for unit in units if found.take([unit])]
    assert max(kept) < KEPT_UNITS
    monkeypatch.setattr(selection, "KEPT_BYTES", 1)
    found = Selection(info, 5.0).take(units)
    assert found.decoded == [1] * len(units)


def test_nothing_is_left_out_before_a_keyframe_to_which_earlier_pictures_may_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(selection, "is_closed_gop_start", lambda *_: False)
    info, units = coded(62, fps=15, gop=20, start=START)
    found = Selection(info).take(units[:61])
    assert sum(found.decoded) == 61
    check(found, units[:61], 5.0)


def unreferenced(unit: Unit) -> Unit:
    """Return `unit` as no reference: in H.264, the type of a slice says so."""
    data = bytearray(bytes(unit.packet))
    at = data.index(b"\0\0\1\x41")  # a slice of a P picture, nal_ref_idc 2
    data[at + 3] = 0x01
    packet = type(unit.packet)(bytes(data))
    packet.pts, packet.dts, packet.time_base = unit.packet.pts, unit.packet.dts, unit.packet.time_base
    return replace(unit, packet=packet)


@pytest.mark.parametrize(("fps", "decoded"), [(5.0, 59), (15.0, 61)])
def test_a_picture_to_which_none_refers_is_decoded_only_if_it_is_due(
    monkeypatch: pytest.MonkeyPatch, fps: float, decoded: int
) -> None:
    info, whole = coded(62, fps=15, gop=20, start=START)
    monkeypatch.setattr(selection, "is_closed_gop_start", lambda _, packet: packet is whole[0].packet)
    units = [unreferenced(unit) if n % 20 == 19 else unit for n, unit in enumerate(whole[:61])]
    found = Selection(info, fps).take(units)
    assert sum(found.decoded) == decoded  # of 19, 39 and 59, the second is due at 5 a second
    check(found, units, fps)


def late(decode: Callable[[VideoDecoder, Unit], Iterator[Any]]) -> Callable[[VideoDecoder, Unit], Iterator[Any]]:
    """Return `decode` that yields each picture with the next packet, as where two packets make a picture."""
    waiting: list[Any] = []

    def decode_late(self: VideoDecoder, unit: Unit) -> Iterator[Any]:
        pictures, waiting[:] = [*waiting], list(decode(self, unit))
        return iter(pictures)

    return decode_late


def test_where_pictures_come_late_every_packet_is_decoded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    info, units = coded(90, fps=15, gop=30, start=START)
    monkeypatch.setattr(VideoDecoder, "decode", late(VideoDecoder.decode))
    found = Selection(info).take(units)
    assert found.decoded == [0] + [1] * 89
    assert list(found.sink.pictures) == [units[n].time for n in range(0, 89, 3)]


def test_after_a_damaged_packet_the_ends_of_gops_are_left_out_again() -> None:
    info, units = coded(120, fps=15, gop=30, start=START)
    units = [replace(unit, packet=type(unit.packet)(b"\0\0\0\1\x41" + bytes(9))) if n == 33 else unit
             for n, unit in enumerate(units)]  # fmt: skip
    found = Selection(info).take(units)
    assert sum(found.decoded[90:]) == 28


def test_when_a_clock_is_set_nothing_is_missed() -> None:
    info, units = coded(60, fps=15, gop=30, start=START)
    _, back = coded(60, fps=15, gop=30, start=START - 3600)
    found = Selection(info).take([*units, replace(back[0], jumped=True), *back[1:]])
    assert len(found.sink.pictures) == 40


def test_another_detect_rate_holds_from_the_next_packet_on() -> None:
    info, units = coded(120, fps=15, gop=30, start=START)
    found = Selection(info).take(units[:62])
    found.selector.configure(DecoderSettings(15.0, 10.0, detect=True))
    found.take(units[62:])
    whole = everything(info, units)
    assert [at for at in found.sink.pictures if at > units[61].time] == [unit.time for unit in units[62:]]
    assert all(np.array_equal(picture, whole[at]) for at, picture in found.sink.pictures.items())


def test_catching_up_leaves_the_ends_of_gops_out() -> None:
    info, units = coded(120, fps=15, gop=30, start=START)
    found = Selection(info, sink=Sink(wanted=False)).take(units[:95])
    found.sink.wanted = True
    found.selector.catch_up_if_wanted()
    found.take(units[95:])
    whole = everything(info, units)
    assert list(found.sink.pictures) == [units[n].time for n in range(60, 120, 3) if n > 60]
    assert all(np.array_equal(picture, whole[at]) for at, picture in found.sink.pictures.items())
