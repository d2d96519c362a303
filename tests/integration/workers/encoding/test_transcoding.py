"""A camera's packets, from a real ingest process, encoded as H.264 by a real encoding process."""

from __future__ import annotations

import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.bus.encoded_names import H264
from dogwatch.bus.messages import (
    LiveFragment,
    LiveInit,
    LivePacket,
    PacketsBegin,
    TranscodeBegin,
    TranscodePacket,
    Watch,
)
from dogwatch.testing.encoding import EncodingRun, decoded
from dogwatch.testing.ingest import IngestProcess, spec_for
from dogwatch.testing.numbered import Codec, Variant, make, number_of, picture
from dogwatch.workers.encoding.spec import EncodingSpec

FRAMES = 75


def motion_jpeg(folder: Path) -> Path:
    path = folder / "motion.mkv"
    with av.open(path, "w") as container:
        stream: Any = container.add_stream("mjpeg", rate=15, options={"qmin": "2", "qmax": "2"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuvj420p"
        stream.codec_context.time_base = Fraction(1, 15)
        for number in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(picture(number, 320, 240), format="rgb24").reformat(format="yuvj420p")
            frame.pts, frame.time_base = number, Fraction(1, 15)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def film(folder: Path, codec: str) -> Path:
    if codec == "mjpeg":
        return motion_jpeg(folder)
    return make(folder, Codec.HEVC, Variant.SOUND if codec == "hevc with sound" else Variant.CONSTANT, FRAMES).path


class Relay:
    """Passes packets from ingest to the encoding process, as the core does."""

    def __init__(self, ingest: IngestProcess, encoding: EncodingRun) -> None:
        self.ingest, self.encoding, self.seen = ingest, encoding, 0

    def pump(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.ingest.pump(0.05)
            for message in self.ingest.messages[self.seen :]:
                if isinstance(message, PacketsBegin):
                    self.encoding.tell(TranscodeBegin(message.tracks))
                elif isinstance(message, LivePacket):
                    one = message
                    self.encoding.tell(TranscodePacket(one.track, one.time, one.pts, one.dts, one.keyframe, one.data))
            self.seen = len(self.ingest.messages)
            self.encoding.all(LiveInit)


@pytest.mark.parametrize("codec", ["hevc", "hevc with sound", "mjpeg"])
def test_another_codec_as_h264(tmp_path: Path, codec: str) -> None:
    spec = EncodingSpec(name="encoded:front/0", run_dir="", ring_dir=str(tmp_path), most_height=90)
    url = film(tmp_path, codec).as_uri()
    with (
        IngestProcess(spec_for(tmp_path, url, record=False, detect=False)) as ingest,
        EncodingRun(spec) as encoding,
    ):
        encoding.tell(Watch((H264,), (H264,)))
        ingest.tell(Watch((), (0,)))
        relay = Relay(ingest, encoding)
        end = time.monotonic() + 60
        while len(encoding.all(LiveFragment)) < 20:
            relay.pump(0.2)
            assert time.monotonic() < end, encoding.log()
        begun, packets = encoding.all(PacketsBegin)[0], encoding.all(LivePacket)
        init, fragments = encoding.all(LiveInit)[0], encoding.all(LiveFragment)
    sounds = codec == "hevc with sound"
    assert init.codecs.startswith("avc1.42")
    assert ("mp4a" in init.codecs) == sounds
    assert [track.codec for track in begun.tracks] == ["h264", "aac"][: 1 + sounds]
    assert begun.tracks[0].height == 90
    shown = decoded(init.init + b"".join(one.data for one in fragments), "mp4")
    numbers = [number_of(one) for one in shown]
    assert len(numbers) >= 15
    # The film is played again and again.
    assert all((after - before) % FRAMES in (0, 1, 2) for before, after in pairwise(numbers))
    assert {one.track for one in packets} == set(range(1 + sounds))
    video = [one for one in packets if one.track == 0]
    assert video[0].keyframe
    assert [one.pts for one in video] == sorted({one.pts for one in video})
    assert abs(video[-1].time - time.time()) < 30
