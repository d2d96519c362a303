"""Pictures out of frame rings, encoded by a real process: which number does a player see, and where?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.bus.encoded_names import H264, JSMPEG
from dogwatch.bus.messages import LiveFragment, LiveInit, LivePacket, PacketsBegin, PictureCell, ShowCells, Watch
from dogwatch.bus.ring import Reader
from dogwatch.testing.encoding import EncodingRun, NumberedRing, decoded
from dogwatch.testing.numbered import number_of
from dogwatch.workers.encoding.spec import EncodingSpec

NAME = "encoded:front/pictures"


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[NumberedRing]:
    made = NumberedRing(tmp_path, "front")
    yield made
    made.close()


def spec_in(directory: Path, **changes: object) -> EncodingSpec:
    return EncodingSpec(**{"name": NAME, "run_dir": "", "ring_dir": str(directory), **changes})  # type: ignore[arg-type]


def whole(ring: NumberedRing, camera: str = "front", width: int = 640, height: int = 360) -> ShowCells:
    return ShowCells(width, height, (PictureCell(camera, ring.name, 0, 0, width, height),))


def transport_stream(run: EncodingRun) -> bytes:
    return b"".join(one.data for one in run.all(LiveFragment) if one.input == JSMPEG)


def put_until(run: EncodingRun, ring: NumberedRing, fragments: int) -> list[int]:
    """Put numbered pictures at about 10 a second until there are so many fragments; return the numbers."""
    put: list[int] = []
    for number in count(1):
        if len(run.all(LiveFragment)) >= fragments:
            return put
        assert number < 400
        ring.put(number)
        put.append(number)
        time.sleep(0.1)  # the camera's rate
    raise AssertionError


def test_jsmpeg_shows_the_pictures_of_the_ring(ring: NumberedRing, tmp_path: Path) -> None:
    ring.put(0)
    with EncodingRun(spec_in(tmp_path, every_frame=True)) as run:
        run.tell(Watch((JSMPEG,)))
        run.tell(whole(ring))
        assert run.wait_for(LiveInit).codecs == "mpeg1video"
        first = run.wait_for(LiveFragment)
        assert first.keyframe
        assert [number_of(one) for one in decoded(first.data, "mpegts")] == [0]
        put = put_until(run, ring, 30)
        numbers = [number_of(one) for one in decoded(transport_stream(run), "mpegts")]
        assert ring.ring.full_wanted()
    assert numbers == sorted(numbers)
    assert len(set(numbers)) >= 28
    assert set(numbers) <= {0, *put}
    # One keyframe in two seconds, and each begins a piece that plays by itself.
    keyframes = [one for one in run.all(LiveFragment) if one.keyframe]
    assert 2 <= len(keyframes) <= 6
    assert number_of(decoded(keyframes[-1].data, "mpegts")[0]) in put


def test_nothing_is_sent_twice_and_who_comes_later_need_not_wait(ring: NumberedRing, tmp_path: Path) -> None:
    ring.put(7)
    with EncodingRun(spec_in(tmp_path)) as run:
        run.tell(whole(ring))
        run.tell(Watch((JSMPEG,)))
        run.wait_for(LiveFragment)
        time.sleep(1)  # nothing may come
        assert len(run.all(LiveFragment)) == 1
        run.tell(Watch(()))
        run.tell(Watch((JSMPEG,)))
        again = run.wait_for(LiveFragment, after=len(run.messages))
        assert [number_of(one) for one in decoded(again.data, "mpegts")] == [7]
        assert not ring.ring.full_wanted()


def test_h264_as_fragments_and_as_packets(ring: NumberedRing, tmp_path: Path) -> None:
    ring.put(0)
    with EncodingRun(spec_in(tmp_path)) as run:
        run.tell(whole(ring))
        run.tell(Watch((H264,), (H264,)))
        begin = run.wait_for(LiveInit)
        tracks = run.wait_for(PacketsBegin).tracks
        put_until(run, ring, 20)
        fragments = b"".join(one.data for one in run.all(LiveFragment))
        packets = run.all(LivePacket)
    assert begin.codecs.startswith("avc1.42")
    assert [(one.codec, one.width, one.height) for one in tracks] == [("h264", 640, 360)]
    shown = [number_of(one) for one in decoded(begin.init + fragments, "mp4")]
    assert len(set(shown)) >= 18
    assert shown == sorted(shown)
    # Parameter sets come with each keyframe, so the packets alone are a stream.
    packed = [number_of(one) for one in decoded(b"".join(one.data for one in packets), "h264")]
    assert packed[: len(shown)] == shown
    assert packets[0].keyframe
    assert abs(packets[-1].pts / 90_000 - time.time()) < 30


def test_h264_goes_on_while_nothing_changes(ring: NumberedRing, tmp_path: Path) -> None:
    ring.put(3)
    with EncodingRun(spec_in(tmp_path)) as run:
        run.tell(whole(ring))
        run.tell(Watch((), (H264,)))
        run.wait_for(LivePacket, lambda _: len(run.all(LivePacket)) >= 4)


def test_several_cameras_and_then_none(tmp_path: Path) -> None:
    with ExitStack() as stack:
        rings = [
            NumberedRing(tmp_path, f"ring{n}", *size) for n, size in enumerate([(640, 360), (360, 640), (640, 480)])
        ]
        for n, one in enumerate(rings):
            stack.callback(one.close)
            one.put(100 + n)
        cells = (
            PictureCell("a", "ring0", 0, 0, 640, 360),
            PictureCell("b", "ring1", 640, 0, 200, 356),
            PictureCell("c", "ring2", 0, 360, 480, 360),
            PictureCell("gone", "no ring", 900, 360, 300, 200),
        )
        run = stack.enter_context(EncodingRun(spec_in(tmp_path, name="birdseye", most_fps=10.0, quality=2)))
        run.tell(ShowCells(1280, 720, cells))
        run.tell(Watch((JSMPEG,)))
        (drawn,) = decoded(run.wait_for(LiveFragment).data, "mpegts")
        assert [number_of(cut(drawn, cell)) for cell in cells[:3]] == [100, 101, 102]
        assert drawn[400:500, 950:1150].max() < 30
        rings[2].put(77)
        last = run.wait_for(LiveFragment, after=len(run.messages))
        pictures = decoded(transport_stream(run), "mpegts")
        assert [number_of(cut(pictures[-1], cell)) for cell in cells[:3]] == [100, 101, 77]
        run.tell(ShowCells(1280, 720, ()))
        run.wait_for(LiveFragment, lambda one: one.time > last.time, after=len(run.messages))
        idle = decoded(transport_stream(run), "mpegts")[-1]
        assert idle[:300].max() < 40
        assert 60 < idle[300:420].max() < 200


def cut(picture: NDArray[np.uint8], cell: PictureCell) -> NDArray[np.uint8]:
    return np.ascontiguousarray(picture[cell.y : cell.y + cell.height, cell.x : cell.x + cell.width])


def test_another_size_begins_anew(ring: NumberedRing, tmp_path: Path) -> None:
    ring.put(5)
    with EncodingRun(spec_in(tmp_path)) as run:
        run.tell(whole(ring))
        run.tell(Watch((JSMPEG,)))
        run.wait_for(LiveFragment)
        seen = len(run.messages)
        run.tell(whole(ring, width=320, height=180))
        run.wait_for(LiveInit, after=seen)
        (small,) = decoded(run.wait_for(LiveFragment, after=seen).data, "mpegts")
        assert small.shape == (180, 320, 3)
        assert number_of(small) == 5


def test_without_a_core_nothing_is_encoded(ring: NumberedRing, tmp_path: Path) -> None:
    ring.put(1)
    with EncodingRun(spec_in(tmp_path, every_frame=True)) as run:
        run.tell(whole(ring))
        run.tell(Watch((JSMPEG,)))
        run.wait_for(LiveFragment)
        run.core.close()
        time.sleep(1.5)
        ring.ring.demand_full(Reader.CORE, 0.0)
        time.sleep(1.5)  # a process that still encodes would ask again
        assert not ring.ring.full_wanted()


def test_the_picture_is_repeated_and_limited_as_often_as_configured(ring: NumberedRing, tmp_path: Path) -> None:
    ring.put(9)
    with EncodingRun(spec_in(tmp_path, heartbeat_fps=5.0, most_fps=5.0)) as run:
        run.tell(whole(ring))
        run.tell(Watch((JSMPEG,)))
        run.wait_for(LiveFragment)
        for n in range(60):
            ring.put(n)
            time.sleep(0.02)  # more often than pictures may be sent
        sent = [one.time for one in run.all(LiveFragment) if one.keyframe or one.data]
        times = sorted(set(sent))
        assert all(after - before > 0.15 for before, after in pairwise(times))
        put = len(times)
        run.wait_for(LiveFragment, lambda _: len({one.time for one in run.all(LiveFragment)}) >= put + 5)
