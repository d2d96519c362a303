"""The camera's own packets as a live viewer gets them."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.bus.messages import LiveFragment, LiveInit, LivePacket, PacketsBegin, SegmentOpened, StreamOpened
from dogwatch.media.padded_packet import padded_packet
from dogwatch.testing.ingest import IngestProcess, spec_for
from tests.integration.workers.ingest.made import make, number
from tests.rtsp import RtspServer, serving

Heard = PacketsBegin | LivePacket | LiveInit | LiveFragment


def heard(ingest: IngestProcess, seen: int, seconds: float) -> list[Heard]:
    """Return what comes within `seconds`, beyond the first `seen` messages."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ingest.pump(0.02)
    return [one for one in ingest.messages[seen:] if isinstance(one, Heard)]


def watched(ingest: IngestProcess, seconds: float) -> list[Heard]:
    """Watch packets for `seconds` from the first on."""
    seen = len(ingest.messages)
    ingest.watch(packets=(0,))
    ingest.wait_for(PacketsBegin, after=seen)
    return heard(ingest, seen, seconds)


def beginning(got: list[Heard]) -> PacketsBegin:
    assert isinstance(got[0], PacketsBegin)
    return got[0]


def packets(got: list[Heard], track: int) -> list[LivePacket]:
    return [one for one in got if isinstance(one, LivePacket) and one.track == track]


def decoded(begin: PacketsBegin, got: list[Heard], track: int) -> Iterator[Any]:
    """Decode one track as a player would that knows nothing but the messages."""
    about = begin.tracks[track]
    context: Any = av.CodecContext.create(about.codec, "r")
    if about.extradata:
        context.extradata = about.extradata
    if not about.video:
        context.sample_rate, context.layout = about.sample_rate, "stereo" if about.channels == 2 else "mono"
    for one in packets(got, track):
        packet = padded_packet(one.data)
        packet.pts, packet.dts = one.pts, one.dts
        yield from context.decode(packet)


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_viewer_gets_the_held_group_and_then_each_picture_at_once(tmp_path: Path, codec: str) -> None:
    video = make(tmp_path / "cam.mp4", codec, seconds=30, gop=40, audio="aac", rate=16000)
    with IngestProcess(spec_for(tmp_path, str(video))) as ingest:
        ingest.wait_for(SegmentOpened)
        time.sleep(1.5)  # into the middle of a group of pictures
        asked = time.time()
        got = watched(ingest, 3.0)
        begin = beginning(got)
        picture, sound = begin.tracks
        assert (picture.video, picture.codec) == (True, {"libx264": "h264", "libx265": "hevc"}[codec])
        assert (picture.width, picture.height, picture.clock_rate) == (256, 64, 90_000)
        assert (sound.codec, sound.sample_rate, sound.channels) == ("aac", 16000, 1)
        pictures = packets(got, 0)
        assert pictures[0].keyframe
        assert pictures[0].time < asked  # of the group that had begun
        assert all(b.time - a.time == pytest.approx(0.1, abs=0.02) for a, b in pairwise(pictures))
        assert all(b.dts > a.dts for a, b in pairwise(packets(got, 1)))
        numbers = [number(frame.to_ndarray(format="bgr24")) for frame in decoded(begin, got, 0)]
        assert len(numbers) > 25
        assert all(b - a == 1 for a, b in pairwise(numbers))
        ingest.watch()
        heard(ingest, len(ingest.messages), 0.5)
        assert not heard(ingest, len(ingest.messages), 1.0)


def test_packets_and_fragments_do_not_disturb_each_other(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", seconds=30, gop=20)
    with IngestProcess(spec_for(tmp_path, str(video))) as ingest:
        ingest.wait_for(SegmentOpened)
        got = watched(ingest, 1.0)
        seen = len(ingest.messages)
        ingest.watch(0, packets=(0,))
        ingest.wait_for(LiveInit, after=seen)
        both = got + heard(ingest, seen, 1.5)
        assert [type(one) for one in both].count(PacketsBegin) == 1
        assert any(isinstance(one, LiveFragment) for one in both)
        assert all(b.time - a.time == pytest.approx(0.1, abs=0.02) for a, b in pairwise(packets(both, 0)))


@pytest.mark.parametrize(
    ("sound", "codec", "rate"), [("alaw", "pcm_alaw", 8000), ("mulaw", "pcm_mulaw", 8000), ("opus", "opus", 48000)]
)
def test_sound_comes_as_the_camera_sends_it(tmp_path: Path, sound: str, codec: str, rate: int) -> None:
    video = make(tmp_path / "cam.mp4", seconds=30)
    with RtspServer(serving(video, audio=sound)) as server, IngestProcess(spec_for(tmp_path, server.url)) as ingest:
        ingest.wait_for(StreamOpened)
        ingest.wait_for(SegmentOpened)
        got = watched(ingest, 3.0)
        begin = beginning(got)
        about = begin.tracks[1]
        assert (about.codec, about.sample_rate, about.clock_rate) == (codec, rate, rate)
        sounds, pictures = packets(got, 1), packets(got, 0)
        assert not any(one.keyframe for one in sounds)
        samples = sum(frame.samples for frame in decoded(begin, got, 1))
        span = (sounds[-1].dts - sounds[0].dts) / rate
        assert samples / rate == pytest.approx(span, abs=0.3)
        assert span > 2
        assert sounds[-1].time == pytest.approx(pictures[-1].time, abs=0.5)
        assert all(b.dts > a.dts for a, b in pairwise(sounds))


def test_other_parameters_begin_anew(tmp_path: Path) -> None:
    small, large = make(tmp_path / "a.ts", seconds=3), make(tmp_path / "b.ts", seconds=3, width=512)
    both = tmp_path / "both.ts"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    with IngestProcess(spec_for(tmp_path, str(both))) as ingest:
        ingest.wait_for(SegmentOpened)
        got = watched(ingest, 6.0)
        begins = [n for n, one in enumerate(got) if isinstance(one, PacketsBegin)]
        widths = [one.tracks[0].width for one in got if isinstance(one, PacketsBegin)]
        assert {256, 512} <= set(widths)
        for n, first in zip(begins, [*begins[1:], len(got)], strict=True):
            part = got[n:first]
            assert {frame.width for frame in decoded(beginning(part), part, 0)} == {beginning(part).tracks[0].width}
