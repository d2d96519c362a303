"""Which frames vision gets, with a real codec and a real ring, but without processes."""

import itertools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dogwatch.bus.messages import FrameReady, Message, RingMade
from dogwatch.bus.ring import FrameRing, Reader
from dogwatch.media.decode import VideoDecoder
from dogwatch.media.packets import Unit, VideoInfo
from dogwatch.media.padded_packet import padded_packet
from dogwatch.workers.ingest import decoder as decoder_module
from dogwatch.workers.ingest import frames as frames_module
from dogwatch.workers.ingest.counters import Counters
from dogwatch.workers.ingest.decoder import NICE, DetectDecoder
from dogwatch.workers.ingest.frames import FramePublisher
from dogwatch.workers.ingest.grid import DetectGrid
from dogwatch.workers.ingest.selection import DecoderSettings
from tests.unit.workers.ingest.coded import coded, number

START = 1_790_000_000.0


class Vision:
    """Reads the ring as vision does, and remembers which picture came when."""

    def __init__(self, directory: Path, slots: int = 8) -> None:
        self.directory, self.slots = directory, slots
        self.seen: list[tuple[float, int, bool]] = []
        self.ring: FrameRing | None = None
        self.alarm_at: int | None = None
        self.made: list[RingMade] = []
        self.reads = True
        self.counters = Counters()

    def send(self, message: Message) -> None:
        assert isinstance(message, RingMade)
        self.made.append(message)
        self.ring = FrameRing.open(str(self.directory), message.ring)

    def announce(self, frame: FrameReady) -> None:
        if not self.reads:
            return
        assert self.ring is not None
        picture = self.ring.picture(frame.seq)
        assert picture is not None
        n = number(picture.luma)
        self.seen.append((frame.time, n, frame.probe))
        self.ring.consume(frame.seq)
        if frame.probe and self.alarm_at is not None and n >= self.alarm_at:
            self.ring.demand_full(Reader.VISION, time.time() + 60)

    def decoder(self, *, fps: float = 5.0, idle_after: float = 10.0, detect: bool = True) -> DetectDecoder:
        publisher = FramePublisher("front", str(self.directory), self.slots, self.send, self.announce)
        return DetectDecoder(DecoderSettings(fps, idle_after, detect), publisher, self.counters)

    def published(self, *, probes: bool) -> list[tuple[float, int]]:
        return [(at, n) for at, n, probe in self.seen if probe is probes]


def run(vision: Vision, info: VideoInfo, units: list[Unit], **settings: Any) -> None:
    """Feed `units` and wait until all are decoded."""
    decoder = vision.decoder(**settings)
    decoder.begin(None, info)  # type: ignore[arg-type]
    for unit in units:
        decoder.feed(unit)
    assert decoder.stop(20)


@pytest.mark.parametrize("b_frames", [0, 2])
def test_full_decoding_publishes_at_the_detect_rate(tmp_path: Path, b_frames: int) -> None:
    info, units = coded(60, fps=15, gop=30, b_frames=b_frames, start=START)
    vision = Vision(tmp_path)
    run(vision, info, units, idle_after=0)
    times, numbers = zip(*vision.published(probes=False), strict=True)
    assert list(numbers) == list(range(0, 60 - 2 * (b_frames > 0), 3))[: len(numbers)]
    assert len(numbers) >= 19
    assert times[0] == pytest.approx(START)
    assert np.allclose(np.diff(times), 0.2, atol=0.001)
    assert vision.published(probes=True) == []
    assert list(tmp_path.iterdir()) == []  # the ring is unlinked at the end


@pytest.mark.skipif(sys.platform != "linux", reason="only there threads have priorities")
def test_decoding_leaves_processors_to_recording(tmp_path: Path) -> None:
    info, units = coded(1, fps=15, gop=30, start=START)
    vision = Vision(tmp_path)

    def decoded() -> tuple[int, int]:
        """Return the priority of the input's thread, which the user has lowered, and that of the decoder's."""
        given = os.nice(4)
        decoder = vision.decoder()
        decoder.begin(None, info)  # type: ignore[arg-type]
        decoder.feed(units[0])
        wait_until(lambda: bool(vision.seen))
        thread = decoder._thread.native_id
        assert thread is not None
        found = os.getpriority(os.PRIO_PROCESS, thread) - given
        assert decoder.stop(10)
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) - given, found

    with ThreadPoolExecutor(1) as user:
        assert user.submit(decoded).result() == (0, NICE)


def test_a_reader_that_cannot_be_reached_does_not_end_the_decoding(tmp_path: Path) -> None:
    info, units = coded(1, fps=15, gop=30, start=START)
    vision = Vision(tmp_path)
    tried = []

    def refuse() -> None:
        tried.append(1)
        raise PermissionError

    publisher = FramePublisher("front", str(tmp_path), 8, vision.send, vision.announce)
    decoder = DetectDecoder(DecoderSettings(5.0, 10.0, detect=True), publisher, Counters(), refuse)
    wait_until(lambda: bool(tried))
    decoder.begin(None, info)  # type: ignore[arg-type]
    decoder.feed(units[0])
    wait_until(lambda: bool(vision.seen))
    assert decoder.stop(10)


@pytest.mark.parametrize(("b_frames", "after"), [(0, [0, 3, 6, 9]), (2, list(range(11)))])
def test_packets_wait_for_one_that_may_complete_a_picture_that_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, b_frames: int, after: list[int]
) -> None:
    monkeypatch.setattr(decoder_module, "POLL_S", 30.0)
    info, units = coded(30, fps=15, gop=30, b_frames=b_frames, start=START)
    vision = Vision(tmp_path)
    decoder = vision.decoder(idle_after=0)
    decoder.begin(None, info)  # type: ignore[arg-type]
    decoder.feed(units[0])
    wait_until(lambda: decoder.mode == "full" and not len(decoder._queue))
    urgent = [0] + [n for n in range(1, 11) if decoder._is_urgent(units[n])]
    assert urgent == after
    assert decoder.stop(10)


def test_what_no_due_picture_needs_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder_module, "POLL_S", 30.0)
    info, units = coded(62, fps=15, gop=20, start=START)
    vision, grid = Vision(tmp_path), DetectGrid(5.0)
    decoder = vision.decoder(idle_after=0)
    decoder.begin(None, info)  # type: ignore[arg-type]
    for unit in units[:61]:
        decoder.feed(unit)
        if grid.is_due(unit.time, keyframe=unit.keyframe):
            wait_until(lambda: not len(decoder._queue))
    assert decoder.stop(10)
    # Of 20 pictures, 0, 3 ... 18 are due and 19 is left out; then 21 ... 39, and none; then 42 ... 57, and 58 and 59.
    expected = [*range(0, 20, 3), *range(21, 40, 3), *range(42, 61, 3)]
    assert [n for _, n in vision.published(probes=False)] == expected
    assert vision.counters.decoded == 61 - 3


@pytest.mark.parametrize(("alarm_at", "b_frames"), [(90, 0), (90, 2), (120, 0)])
def test_catching_up_yields_what_full_decoding_would_have(tmp_path: Path, alarm_at: int, b_frames: int) -> None:
    info, units = coded(240, fps=15, gop=30, b_frames=b_frames, start=START)
    full = Vision(tmp_path)
    run(full, info, units, idle_after=0)
    idle = Vision(tmp_path)
    idle.alarm_at = alarm_at
    run(idle, info, units)
    judged = alarm_at - 30  # the keyframe before the one that raised the alarm
    expected = [entry for entry in full.published(probes=False) if entry[1] > judged]
    got = idle.published(probes=False)
    assert got == expected
    assert len(got) > 20
    probes = [n for _, n in idle.published(probes=True)]
    assert probes == list(range(0, alarm_at + 1, 30))
    assert all(before < after for before, after in itertools.pairwise(at for at, _ in got))


@pytest.mark.parametrize(("gop", "first"), [(150, 3), (75, None)])
def test_where_keyframes_are_rare_everything_is_decoded(tmp_path: Path, gop: int, first: int | None) -> None:
    """Somebody who comes and goes within ten seconds is seen, even between two keyframes."""
    info, units = coded(400, fps=15, gop=gop, start=START)
    vision = Vision(tmp_path)
    run(vision, info, units)
    numbers = [n for _, n in vision.published(probes=False) if n > 2]  # the ring is new in the first pictures
    assert numbers == ([] if first is None else list(range(first, 400, 3)))


@pytest.mark.parametrize("detect", [True, False])
def test_where_keyframes_are_no_pictures_everything_is_decoded(tmp_path: Path, detect: bool) -> None:
    """Some cameras renew the picture bit by bit: a decoder that joins them has a picture only after a while."""
    info, units = coded(150, fps=15, gop=30, start=START, refresh=True)
    vision = Vision(tmp_path)
    run(vision, info, units[30:], detect=detect)
    shown = [n for _, n in vision.published(probes=False)]
    assert 30 < shown[0] <= 60
    assert np.allclose(np.diff(shown)[1:], 3)
    assert shown[-1] > 145


def test_a_damaged_keyframe_does_not_count_as_none(tmp_path: Path) -> None:
    info, units = coded(120, fps=15, gop=15, start=START)
    broken = [
        replace(one, packet=padded_packet(b"\0\0\0\1\x65" + bytes(40))) if n in (15, 30) else one
        for n, one in enumerate(units)
    ]
    vision = Vision(tmp_path)
    run(vision, info, broken)
    assert vision.published(probes=False) == []


def test_an_alarm_that_comes_late_loses_nothing(tmp_path: Path) -> None:
    """Vision looks at the third keyframe only while the fifth group is under way."""
    info, units = coded(150, fps=15, gop=30, start=START)
    vision = Vision(tmp_path)
    decoder = vision.decoder()
    decoder.begin(None, info)  # type: ignore[arg-type]
    for unit in units[:60]:
        decoder.feed(unit)
    wait_until(lambda: len(vision.seen) >= 2)
    vision.reads = False
    for unit in units[60:140]:
        decoder.feed(unit)
    wait_until(lambda: vision.ring is not None and vision.ring.head >= 4)
    vision.reads = True
    assert vision.ring is not None
    vision.ring.consume(vision.ring.head)
    vision.ring.demand_full(Reader.VISION, time.time() + 60)
    for unit in units[140:]:
        decoder.feed(unit)
    assert decoder.stop(20)
    numbers = [n for _, n in vision.published(probes=False) if n > 2]
    assert numbers == list(range(33, 150, 3))


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_without_detection_keyframes_keep_the_latest_picture_fresh(tmp_path: Path) -> None:
    info, units = coded(120, fps=15, gop=30, start=START)
    vision = Vision(tmp_path)
    run(vision, info, units, detect=False, idle_after=0)
    assert [(n, probe) for _, n, probe in vision.seen] == [(0, True), (30, True), (60, True), (90, True)]
    assert vision.counters.decoded == 4


def test_a_new_ring_when_the_picture_changes_its_size(tmp_path: Path) -> None:
    vision = Vision(tmp_path)
    decoder = vision.decoder(idle_after=0)
    for width, start in ((256, START), (512, START + 10)):
        info, units = coded(10, fps=5, gop=5, start=start, width=width)
        decoder.begin(None, info)  # type: ignore[arg-type]
        for unit in units:
            decoder.feed(unit)
        decoder.end()
    assert decoder.stop(20)
    assert [(made.width, made.height) for made in vision.made] == [(256, 64), (512, 64)]
    assert [n for _, n, _ in vision.seen] == list(range(10)) * 2


def test_intra_only_streams_are_decoded_only_when_due(tmp_path: Path) -> None:
    info, units = coded(60, codec="mjpeg", fps=15, start=START)
    vision = Vision(tmp_path)
    run(vision, info, units, idle_after=0)
    assert [n for _, n, _ in vision.seen] == list(range(0, 60, 3))
    assert vision.counters.decoded == 20


def test_intra_only_streams_are_probed_about_once_a_second(tmp_path: Path) -> None:
    info, units = coded(60, codec="mjpeg", fps=15, start=START)
    vision = Vision(tmp_path)
    run(vision, info, units)
    assert 3 <= len(vision.published(probes=True)) <= 5


def test_no_shared_memory_is_said_once_and_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    info, units = coded(20, fps=5, gop=5, start=START)
    vision = Vision(tmp_path / "missing")
    run(vision, info, units, idle_after=0)
    assert vision.seen == []
    assert len([record for record in caplog.records if "nothing can be detected" in record.message]) == 1


def test_shared_memory_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, units = coded(1, width=128)
    vision = Vision(tmp_path)
    info, _ = coded(1, width=128)
    (frame,) = VideoDecoder(info).decode_alone(units[0])
    publisher = FramePublisher("front", str(tmp_path / "full"), 4, vision.send, vision.announce)
    assert publisher.publish(frame, START, keyframe=True, probe=True) == -1
    vision.directory = tmp_path / "full"
    vision.directory.mkdir()
    assert publisher.publish(frame, START, keyframe=True, probe=True) == -1
    monkeypatch.setattr(frames_module, "RETRY_S", 0.0)
    assert publisher.publish(frame, START, keyframe=True, probe=True) == 0
    publisher.close()


@pytest.mark.parametrize("codec", ["libx264", "mjpeg"])
def test_without_deblocking_the_pictures_are_nearly_the_same(codec: str) -> None:
    info, units = coded(30, codec=codec, start=START)
    whole, fast = VideoDecoder(info), VideoDecoder(info, deblock=False)
    pairs = [pair for unit in units for pair in zip(whole.decode(unit), fast.decode(unit), strict=True)]
    assert len(pairs) >= 29
    for one, other in pairs:
        assert one.pts == other.pts
        error = one.to_ndarray(format="gray").astype(float) - other.to_ndarray(format="gray")
        assert (error**2).mean() < 20, "below 35 dB"


def test_a_decoder_that_breaks_is_made_again_and_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process must go on: it records."""
    info, units = coded(60, start=START)
    vision = Vision(tmp_path)
    monkeypatch.setattr(decoder_module, "RETRY_S", -1.0)
    calls: list[int] = []
    decode = VideoDecoder.decode

    def broken(self: VideoDecoder, unit: Unit) -> Iterator[Any]:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("no decoder is free of faults")
        yield from decode(self, unit)

    monkeypatch.setattr(VideoDecoder, "decode", broken)
    run(vision, info, units, idle_after=0)
    assert len(calls) > 1
    assert vision.seen


def test_other_settings_hold_for_what_comes_behind_them(tmp_path: Path) -> None:
    info, units = coded(90, fps=15, gop=30, start=START)
    vision = Vision(tmp_path)
    decoder = vision.decoder(fps=5.0, idle_after=0)
    decoder.begin(None, info)  # type: ignore[arg-type]
    for settings, some in (
        (None, units[:30]),
        (DecoderSettings(15.0, 0.0, detect=True, deblock=True), units[30:60]),
        (DecoderSettings(3.0, 0.0, detect=True), units[60:]),
    ):
        if settings is not None:
            decoder.configure(settings)
        for unit in some:
            decoder.feed(unit)
    assert decoder.stop(20)
    numbers = [n for _, n in vision.published(probes=False)]
    assert numbers == [*range(0, 30, 3), *range(30, 60), *range(60, 90, 5)]


def test_what_is_decoded_while_quiet_can_change(tmp_path: Path) -> None:
    info, units = coded(90, fps=15, gop=30, start=START)
    vision = Vision(tmp_path)
    decoder = vision.decoder(idle_after=10.0)
    decoder.begin(None, info)  # type: ignore[arg-type]
    for unit in units[:45]:
        decoder.feed(unit)
    wait_until(lambda: not len(decoder._queue))
    assert len(vision.published(probes=False)) <= 1  # before there is a ring
    decoder.configure(DecoderSettings(5.0, 0.0, detect=True))
    for unit in units[45:]:
        decoder.feed(unit)
    assert decoder.stop(20)
    numbers = [n for _, n in vision.published(probes=False)]
    assert numbers[-1] == 87
    assert len(numbers) > 15


def test_while_all_is_decoded_only_the_present_gop_is_kept(tmp_path: Path) -> None:
    info, units = coded(60, fps=15, gop=15, start=START)
    vision = Vision(tmp_path)
    decoder = vision.decoder(idle_after=0)
    decoder.begin(None, info)  # type: ignore[arg-type]
    for unit in units:
        decoder.feed(unit)
    wait_until(lambda: not len(decoder._queue))
    assert decoder.stop(20)
    assert decoder._selector._gops.units() == units[45:]
