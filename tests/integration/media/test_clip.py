"""Clips that libav plays: every frame once, in step with the sound, cut at keyframes."""

import io
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.errors import NoFootageError
from dogwatch.media import clip
from dogwatch.media.virtual_file import VirtualFile
from dogwatch.model import Segment
from dogwatch.testing import recordings
from dogwatch.testing.recordings import T0, Shape


def content(file: VirtualFile) -> bytes:
    out = bytearray()
    for part in file.parts:
        if isinstance(part, bytes):
            out += part
        else:
            out += part.path.read_bytes()[part.offset : part.offset + part.size]
    assert len(out) == file.size
    return bytes(out)


def frames(data: bytes) -> list[tuple[float, int]]:
    """Decode all pictures into (time, the number they carry)."""
    with av.open(io.BytesIO(data), "r") as container:
        container.streams.video[0].thread_type = "NONE"
        decoded = container.decode(video=0)
        return [(round(f.time or 0.0, 3), recordings.number(f.to_ndarray(format="bgr24"))) for f in decoded]


def audio_times(data: bytes) -> list[float]:
    with av.open(io.BytesIO(data), "r") as container:
        packets: Sequence[Any] = [p for p in container.demux(audio=0) if p.pts is not None]
        return [float(p.pts * p.time_base) for p in packets]


@pytest.mark.parametrize(
    "shape", [Shape(), Shape(audio=False), Shape(codec="libx265"), Shape(b_frames=2, audio=False), Shape(b_frames=2)]
)
def test_a_clip_over_segments_holds_every_frame_once(tmp_path: Path, shape: Shape) -> None:
    segments = recordings.record(tmp_path, count=3, shape=shape)
    data = content(clip.plan(segments, T0, T0 + 12, tmp_path))
    assert frames(data) == [(round(n / 10, 3), n) for n in range(120)]
    with av.open(io.BytesIO(data), "r") as container:
        assert container.duration == pytest.approx(12_000_000, abs=70_000)
        assert len(container.streams.audio) == shape.audio
    if shape.audio:
        times = audio_times(data)
        assert abs(times[0]) < 0.07
        steps = [after - before for before, after in pairwise(times)]
        assert all(step == pytest.approx(0.064, abs=0.001) for step in steps)
        assert times[-1] == pytest.approx(12, abs=0.3)


def test_it_is_a_plain_file_with_its_head_in_front(tmp_path: Path) -> None:
    data = content(clip.plan(recordings.record(tmp_path, count=2), T0, T0 + 8, tmp_path))
    kinds, at = [], 0
    while at < len(data):
        kinds.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    assert kinds == [b"ftyp", b"moov", b"mdat"]


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [(1, 3, 0, 29), (2, 5, 20, 49), (3.9, 4.1, 20, 49), (9, 99, 80, 119), (-50, 1, 0, 9)],
)
def test_trimmed_at_keyframes(tmp_path: Path, start: float, end: float, first: int, last: int) -> None:
    segments = recordings.record(tmp_path, count=3)
    shown = frames(content(clip.plan(segments, T0 + start, T0 + end, tmp_path)))
    assert [number for _, number in shown] == list(range(first, last + 1))
    assert shown[0][0] == 0.0


def test_seeking_lands_on_the_picture_asked_for(tmp_path: Path) -> None:
    data = content(clip.plan(recordings.record(tmp_path, count=3), T0, T0 + 12, tmp_path))
    with av.open(io.BytesIO(data), "r") as container:
        container.seek(7_000_000)
        first = next(container.decode(video=0))
        assert first.time == pytest.approx(6.0)
        assert recordings.number(first.to_ndarray(format="bgr24")) == 60


def test_a_short_gap_holds_the_last_picture(tmp_path: Path) -> None:
    segments = [recordings.write(tmp_path, "front", T0, 0, 4), recordings.write(tmp_path, "front", T0 + 5, 4, 4)]
    shown = frames(content(clip.plan(segments, T0, T0 + 9, tmp_path)))
    assert [number for _, number in shown] == list(range(80))
    assert shown[39][0] == pytest.approx(3.9)
    assert shown[40][0] == pytest.approx(5.0)


@pytest.mark.parametrize("gap", [10.0, 3600.0, -1.5])
def test_long_gaps_and_clocks_set_back_are_closed_up_in_sound_and_picture(tmp_path: Path, gap: float) -> None:
    segments = [recordings.write(tmp_path, "front", T0, 0, 4), recordings.write(tmp_path, "back", T0 + 4 + gap, 4, 4)]
    data = content(clip.plan(segments, T0, T0 + 4000, tmp_path))
    shown = frames(data)
    assert shown == [(round(n / 10, 3), n) for n in range(80)]
    times = audio_times(data)
    assert times[-1] == pytest.approx(8, abs=0.2)
    assert max(after - before for before, after in pairwise(times)) < 0.2


def test_a_change_of_stream_becomes_a_second_sample_description(tmp_path: Path) -> None:
    other = Shape(width=recordings.WIDTH // 2)
    segments = [recordings.write(tmp_path, "front", T0, 0, 4), recordings.write(tmp_path, "front", T0 + 4, 4, 4, other)]
    data = content(clip.plan(segments, T0, T0 + 8, tmp_path))
    assert [number for _, number in frames(data)] == list(range(80))
    with av.open(io.BytesIO(data), "r") as container:
        widths = [frame.width for frame in container.decode(video=0)]
    assert widths == [recordings.WIDTH] * 40 + [recordings.WIDTH // 2] * 40


def test_sound_that_begins_later_stays_in_step(tmp_path: Path) -> None:
    segments = [
        recordings.write(tmp_path, "front", T0, 0, 4, Shape(audio=False)),
        recordings.write(tmp_path, "front", T0 + 4, 4, 4),
    ]
    data = content(clip.plan(segments, T0, T0 + 8, tmp_path))
    assert [number for _, number in frames(data)] == list(range(80))
    assert audio_times(data)[0] == pytest.approx(4.0, abs=0.1)


def test_files_that_have_gone_are_left_out(tmp_path: Path) -> None:
    segments = recordings.record(tmp_path, count=3)
    (tmp_path / segments[1].path).unlink()
    shown = frames(content(clip.plan(segments, T0, T0 + 12, tmp_path)))
    assert [number for _, number in shown] == [*range(40), *range(80, 120)]


def test_a_file_that_was_written_over_is_left_out(tmp_path: Path) -> None:
    segments = recordings.record(tmp_path, count=2)
    path = tmp_path / segments[1].path
    path.write_bytes(bytes(path.stat().st_size))
    assert len(frames(content(clip.plan(segments, T0, T0 + 8, tmp_path)))) == 40


def test_a_torn_file_gives_what_it_has(tmp_path: Path) -> None:
    (whole,) = recordings.record(tmp_path, count=1)
    path = tmp_path / whole.path
    path.write_bytes(path.read_bytes()[: whole.fragments[2].offset + 100])
    torn = recordings.segment(tmp_path, "front", whole.path)
    assert len(frames(content(clip.plan([torn], T0, T0 + 4, tmp_path)))) == 20


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(NoFootageError):
        clip.plan([], T0, T0 + 1, tmp_path)
    with pytest.raises(NoFootageError):
        clip.plan(recordings.record(tmp_path, count=1), T0 + 4, T0 + 9, tmp_path)


def test_the_tag_tells_clips_apart(tmp_path: Path) -> None:
    segments = recordings.record(tmp_path, count=3)
    plans = [clip.plan(segments, T0, T0 + end, tmp_path) for end in (4, 4, 8)]
    assert plans[0].tag == plans[1].tag != plans[2].tag


def test_an_hour_is_planned_in_bounded_time(tmp_path: Path) -> None:
    (one,) = recordings.record(tmp_path, count=1)
    many: list[Segment] = [replace(one) for _ in range(900)]
    began = time.process_time()
    plan = clip.plan(many, T0, T0 + 4, tmp_path)
    assert len(plan.parts) == 901
    assert time.process_time() - began < 5


def test_of_files_read_together_only_the_damaged_one_is_left_out(tmp_path: Path) -> None:
    segments = recordings.record(tmp_path, count=5)
    path = tmp_path / segments[2].path
    data = bytearray(path.read_bytes())
    at = data.index(b"trun", segments[2].fragments[1].offset)
    data[at + 8] = 0x7F  # so many samples as no second has
    path.write_bytes(data)
    shown = frames(content(clip.plan(segments, T0, T0 + 20, tmp_path)))
    assert [number for _, number in shown] == [*range(80), *range(120, 200)]


def test_many_files_are_read_in_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    segments = recordings.record(tmp_path, count=5)
    whole = clip.plan(segments, T0, T0 + 20, tmp_path)
    monkeypatch.setattr(clip, "TOGETHER", 5)
    assert clip.plan(segments, T0, T0 + 20, tmp_path) == whole
