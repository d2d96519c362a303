"""Decoders read behind the bytes of a packet; that these end where the memory ends must not matter."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.media import direct_frames
from dogwatch.media.live_decoder import LiveDecoder
from dogwatch.media.needed_pictures import NeededPictures, Packet
from dogwatch.media.opus_sound import OpusTranscoder
from dogwatch.testing.numbered import SAMPLE_RATE, Codec, Variant, available, make
from tests.guarded_memory import guarded
from tests.integration.media.test_decoder_threads import indexed
from tests.media import ROOT

CODECS = [codec for codec in (Codec.H264, Codec.HEVC, Codec.VP9) if available(codec, Variant.CONSTANT)]
PATIENCE_S = 60


def live(path: str) -> int:
    """Decode a film as live video; return how many pictures it has."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        decoder = LiveDecoder(stream.codec_context.name, stream.codec_context.extradata or b"", 1000)
        packets = [packet for packet in container.demux(stream) if packet.size]
        found = sum(len(decoder.decode(guarded(bytes(one)), n, n)) for n, one in enumerate(packets))
    assert decoder.faults == 0
    return found


def direct(path: str) -> int:
    """Decode a film without its container; return how many pictures it has."""

    class Guarded(NeededPictures):
        def of(self, packets: Iterator[Packet], first: int, last: int) -> Iterator[Packet]:
            return ((guarded(data), tick) for data, tick in super().of(packets, first, last))

    setattr(direct_frames, "NeededPictures", Guarded)  # noqa: B010
    descriptor = os.open(path, os.O_RDONLY)
    index = indexed(descriptor)
    return len(list(direct_frames.direct_frames(descriptor, index, 0, index.total - 1, 2)))


def sound(path: str) -> int:
    """Decode a film's sound as that of a camera; return how many packets it makes."""
    with av.open(path) as container:
        stream: Any = container.streams.audio[0]
        opus = OpusTranscoder(stream.codec_context.name, stream.codec_context.extradata or b"", SAMPLE_RATE, 1)
        found = sum(len(opus.feed(guarded(bytes(packet)))) for packet in container.demux(stream) if packet.size)
    assert opus.faults == 0
    return found


WAYS: dict[str, Callable[[str], int]] = {"live": live, "direct": direct, "sound": sound}


@pytest.mark.parametrize(
    ("way", "codec", "variant"),
    [
        *(("live", codec, Variant.CONSTANT) for codec in CODECS),
        *(("direct", codec, Variant.CONSTANT) for codec in CODECS),
        ("sound", Codec.H264, Variant.SOUND),
    ],
)
def test_nothing_is_read_behind_a_packet(tmp_path: Path, way: str, codec: Codec, variant: Variant) -> None:
    film = make(tmp_path, codec, variant)
    ran = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", __name__, film.path, way],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        cwd=ROOT,
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) >= len(film.numbers) // 2


def test_nobody_else_makes_packets_of_bytes() -> None:
    folder = ROOT / "src/dogwatch"
    made = {path.name: re.findall(r"\bav\.Packet\((.*)\)", path.read_text()) for path in folder.rglob("*.py")}
    # The one refers to a packet of libav's own.
    assert {name: of for name, of in made.items() if of} == {
        "packets.py": ["packet"],
        "padded_packet.py": ["len(data)"],
    }


if __name__ == "__main__":
    sys.stdout.write(str(WAYS[sys.argv[2]](sys.argv[1])))
