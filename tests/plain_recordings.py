"""Makes recordings the way another program does: plain MP4 files of some seconds, whose times begin at zero."""

from __future__ import annotations

import io
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.media import fragments, plain_file
from dogwatch.model import Segment
from dogwatch.testing import recordings
from dogwatch.testing.recordings import T0, Shape


def write(path: Path, first_s: float, length_s: float, shape: Shape | None = None, *, faststart: bool = True) -> None:
    """Write `length_s` from `first_s` of a stream of `dogwatch.testing.recordings` by copying packets."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"movflags": "+faststart"} if faststart else {}
    with (
        av.open(io.BytesIO(recordings.stream(shape or Shape())), "r") as source,
        av.open(str(path), "w", format="mp4", options=options) as container,
    ):
        outs: dict[int, Any] = {one.index: container.add_stream_from_template(one) for one in source.streams}
        packets: list[Any] = [packet for packet in source.demux() if packet.dts is not None]
        packets.sort(key=lambda packet: packet.dts * packet.time_base)
        zero = min(packet.dts * packet.time_base for packet in packets if packet.stream.type == "video")
        for packet in packets:
            at = float(packet.dts * packet.time_base - zero)
            if first_s - 1e-6 <= at < first_s + length_s - 1e-6:
                moved = round(Fraction(first_s) / packet.time_base)
                packet.dts, packet.pts, packet.stream = (
                    packet.dts - moved,
                    packet.pts - moved,
                    outs[packet.stream.index],
                )
                container.mux(packet)


def segmented(folder: Path, shape: Shape, length_s: int) -> list[Path]:
    """Cut a whole stream into files with ffmpeg's segment muxer; the test is skipped where there is no ffmpeg."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs the ffmpeg program")
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "source.mp4"
    source.write_bytes(recordings.stream(shape))
    command = ["ffmpeg", "-v", "error", "-i", str(source), "-c", "copy", "-f", "segment"]
    command += ["-segment_time", str(length_s), "-segment_format", "mp4", "-reset_timestamps", "1"]
    command += ["-segment_format_options", "movflags=+faststart", str(folder / "%03d.mp4")]
    subprocess.run(command, check=True)
    source.unlink()
    return sorted(folder.iterdir())


def segment(root: Path, relative: str, start: float, previous_end: float | None = None) -> Segment:
    """Scan a file into the row that an import makes."""
    found = plain_file.scan(root / relative, start, previous_end)
    return Segment(
        relative.split("/")[3] if relative.count("/") == 4 else "front",
        relative,
        found.start_time,
        found.end_time,
        found.valid_bytes,
        found.init_id,
        found.fragments,
        found.has_audio,
    )


def record(
    root: Path, shape: Shape | None = None, count: int = 3, length_s: float = 4.0, *, faststart: bool = True
) -> list[Segment]:
    """Write `count` segments of `front` that follow each other without a gap."""
    found: list[Segment] = []
    for n in range(count):
        relative = recordings.path_of("front", T0 + n * length_s)
        write(root / relative, n * length_s, length_s, shape, faststart=faststart)
        found.append(segment(root, relative, T0 + n * length_s, found[-1].end_time if found else None))
    return found


def init(root: Path, one: Segment) -> bytes:
    """Return the init section of a segment, of either kind."""
    path = root / one.path
    return plain_file.opened(path).init if one.plain else fragments.scan(path).init
