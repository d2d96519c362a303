"""A stream that may become a camera is looked at, whatever its first packets are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.errors import SourceError
from dogwatch.media import jpeg
from dogwatch.media.source import SourceRequest
from dogwatch.media.stream_trial import try_stream
from tests.media import street


def spoilt(path: Path, last: float) -> Path:
    """Make a film whose pictures until `last` (s) cannot be decoded."""
    with av.open(street()) as source, av.open(path, "w") as out:
        stream = source.streams.video[0]
        copied = out.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.pts is None or packet.time_base is None or (at := float(packet.pts * packet.time_base)) > 12:
                continue
            if at <= last:
                spare: Any = av.Packet(b"\x00\x00\x00\x08nonsense")
                spare.pts, spare.dts, spare.time_base = packet.pts, packet.dts, packet.time_base
                spare.is_keyframe = packet.is_keyframe
                packet = spare
            packet.stream = copied
            out.mux(packet)
    return path


def test_a_packet_that_cannot_be_decoded_costs_only_itself(tmp_path: Path) -> None:
    found = try_stream(SourceRequest(str(spoilt(tmp_path / "a.mkv", 0.3)), {}, timeout=10.0), 10.0, picture=True)
    assert found.picture is not None
    assert jpeg.size(found.picture) == (found.width, found.height) == (1280, 720)
    assert found.seconds > 9


def test_a_stream_without_any_good_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no picture"):
        try_stream(SourceRequest(str(spoilt(tmp_path / "a.mkv", 99.0)), {}, timeout=10.0), 2.0, picture=True)
