"""Plain MP4 files of another program play as if they had been recorded in fragments."""

import io
import struct
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.errors import MediaError
from dogwatch.media import clip, fragments, plain_file
from dogwatch.media.pieces import cut
from dogwatch.media.still import frame_at
from dogwatch.model import Segment
from dogwatch.testing import recordings
from dogwatch.testing.recordings import T0, Shape
from tests import plain_recordings
from tests.integration.media.test_clip import audio_times, content, frames

SHAPES = [
    pytest.param(Shape(), id="sound"),
    pytest.param(Shape(audio=False), id="silent"),
    pytest.param(Shape(codec="libx265"), id="h265"),
    pytest.param(Shape(b_frames=2), id="b-frames"),
    pytest.param(Shape(gop_s=0.5), id="short-gops"),
]


def as_fragments(root: Path, one: Segment) -> bytes:
    """Return what a player gets of a whole segment: init section, `moof` and `mdat`."""
    piece = cut(one, one.start_time, one.end_time)
    assert piece is not None
    plain = plain_file.opened(root / one.path)
    body = (root / one.path).read_bytes()[piece.offset : piece.offset + piece.size_bytes]
    return plain.init + plain.head(piece) + body


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("faststart", [True, False])
def test_clips_hold_every_frame_once(tmp_path: Path, shape: Shape, faststart: bool) -> None:
    segments = plain_recordings.record(tmp_path, shape, faststart=faststart)
    data = content(clip.plan(segments, T0, T0 + 12, tmp_path))
    assert frames(data) == [(round(n / 10, 3), n) for n in range(120)]
    if shape.audio:
        steps = [after - before for before, after in pairwise(audio_times(data))]
        assert all(step == pytest.approx(0.064, abs=0.07) for step in steps)


@pytest.mark.parametrize("shape", SHAPES)
def test_fragments_tell_wall_clock_times(tmp_path: Path, shape: Shape) -> None:
    one = plain_recordings.record(tmp_path, shape, count=1)[0]
    with av.open(io.BytesIO(as_fragments(tmp_path, one)), "r") as container:
        container.streams.video[0].thread_type = "NONE"
        shown = [(f.time, recordings.number(f.to_ndarray(format="bgr24"))) for f in container.decode(video=0)]
    assert [n for _, n in shown] == list(range(40))
    assert [time for time, _ in shown] == pytest.approx([T0 + n / 10 for n in range(40)], abs=0.001)


def test_what_is_made_is_what_recording_makes(tmp_path: Path) -> None:
    one = plain_recordings.record(tmp_path, Shape(), count=1)[0]
    (tmp_path / "made.mp4").write_bytes(as_fragments(tmp_path, one))
    made = fragments.scan(tmp_path / "made.mp4")
    assert made.complete
    assert (made.init_id, made.codec, made.audio_codec) == (one.init_id, "avc1.42c00a", "mp4a.40.2")
    assert (made.start_time, made.end_time) == (one.start_time, one.end_time)


@pytest.mark.parametrize("shape", SHAPES)
def test_files_of_a_stream_share_their_init_section(tmp_path: Path, shape: Shape) -> None:
    assert len({one.init_id for one in plain_recordings.record(tmp_path, shape)}) == 1


@pytest.mark.parametrize(("start", "end", "first", "last"), [(1, 3, 0, 29), (2, 5, 20, 49), (3.9, 4.1, 20, 49)])
def test_trimmed_at_keyframes(tmp_path: Path, start: float, end: float, first: int, last: int) -> None:
    # A part lasts from one keyframe to the next, so the end is rounded up to the next keyframe.
    segments = plain_recordings.record(tmp_path, Shape())
    shown = [n for _, n in frames(content(clip.plan(segments, T0 + start, T0 + end, tmp_path)))]
    assert shown[0] == first
    assert last <= shown[-1] < last + 20
    assert shown == list(range(first, shown[-1] + 1))


@pytest.mark.parametrize("time", [0.0, 1.95, 2.0, 3.99, 7.3])
def test_stills(tmp_path: Path, time: float) -> None:
    bgr = frame_at(plain_recordings.record(tmp_path, Shape()), T0 + time, tmp_path)
    assert recordings.number(bgr) == int(time * 10 + 1e-6)


def test_a_file_goes_on_where_the_one_before_it_ends(tmp_path: Path) -> None:
    plain_recordings.write(tmp_path / "a.mp4", 0, 4)
    for previous, start in [(T0 + 0.6, T0 + 0.6), (T0, T0), (T0 + 1.2, T0), (T0 - 0.3, T0), (None, T0)]:
        assert plain_file.scan(tmp_path / "a.mp4", T0, previous).start_time == pytest.approx(start, abs=0.0001)
    # A time that is not of whole seconds comes from no name.
    assert plain_file.scan(tmp_path / "a.mp4", T0 + 0.25, T0 + 0.6).start_time == pytest.approx(T0 + 0.25, abs=0.0001)


@pytest.mark.parametrize("shape", SHAPES)
def test_files_of_the_segment_muxer(tmp_path: Path, shape: Shape) -> None:
    files = plain_recordings.segmented(tmp_path / "cut", shape, 6)
    found: list[Segment] = []
    for path in files:
        begin = found[-1].end_time if found else T0
        found.append(plain_recordings.segment(tmp_path, str(path.relative_to(tmp_path)), begin))
    assert len(found) == 5
    data = content(clip.plan(found, T0, T0 + 60, tmp_path))
    assert [n for _, n in frames(data)] == list(range(300))
    with av.open(io.BytesIO(as_fragments(tmp_path, found[1])), "r") as container:
        packets: list[Any] = [p for p in container.demux(video=0) if p.pts is not None]
    assert float(packets[0].dts * packets[0].time_base) == pytest.approx(found[1].start_time, abs=0.001)


def test_other_files_are_refused(tmp_path: Path) -> None:
    one = recordings.write(tmp_path, "front", T0, 0, 4)
    with pytest.raises(MediaError, match="no pictures"):
        plain_file.scan(tmp_path / one.path, T0)
    for data in (b"", b"nothing", bytes(64), b"\0\0\0\x08moov", b"\0\0\0\x10ftypisom" + bytes(4)):
        (tmp_path / "bad.mp4").write_bytes(data)
        with pytest.raises(MediaError):
            plain_file.scan(tmp_path / "bad.mp4", T0)


def test_files_out_of_time_are_refused(tmp_path: Path) -> None:
    plain_recordings.write(tmp_path / "a.mp4", 0, 4)
    whole = (tmp_path / "a.mp4").read_bytes()
    durations, edits = bytearray(whole), bytearray(whole)
    table = whole.index(b"stts") + 4
    (rows,) = struct.unpack_from(">I", whole, table + 4)
    for row in range(rows):
        struct.pack_into(">I", durations, table + 12 + 8 * row, 0)
    struct.pack_into(">I", edits, whole.index(b"elst") + 16, 0x7FFFFFFF)
    for data, reason in ((durations, "last no time"), (edits, "edit list")):
        (tmp_path / "bad.mp4").write_bytes(data)
        with pytest.raises(MediaError, match=reason):
            plain_file.scan(tmp_path / "bad.mp4", T0)


def test_damaged_tables_are_refused_or_play(tmp_path: Path) -> None:
    plain_recordings.write(tmp_path / "a.mp4", 0, 4)
    whole = (tmp_path / "a.mp4").read_bytes()
    moov = whole.index(b"moov")
    for at in range(moov, moov + 2400, 7):
        for value in (0, 0xFF):
            data = bytearray(whole)
            data[at] = value
            (tmp_path / "bad.mp4").write_bytes(data)
            try:
                found = plain_file.scan(tmp_path / "bad.mp4", T0)
            except MediaError:
                continue
            assert all(0 <= one.offset <= one.offset + one.size_bytes <= len(data) for one in found.fragments)
    for size in range(0, len(whole), 997):
        (tmp_path / "bad.mp4").write_bytes(whole[:size])
        with pytest.raises(MediaError):
            plain_file.scan(tmp_path / "bad.mp4", T0)
