"""Clips as a stream of fragments: every frame once, with a timeline that goes on where files begin anew."""

import io
from itertools import pairwise
from pathlib import Path

import av
import pytest

from dogwatch.errors import NoFootageError
from dogwatch.media import long_clip
from dogwatch.model import Segment
from dogwatch.testing import recordings
from dogwatch.testing.recordings import T0, Shape
from tests import plain_recordings


def streamed(segments: list[Segment], start: float, end: float, root: Path) -> bytes:
    return b"".join(long_clip.stream(iter(segments), start, end, root))


def frames(data: bytes) -> list[tuple[float, int]]:
    with av.open(io.BytesIO(data), "r") as container:
        container.streams.video[0].thread_type = "NONE"
        found = [
            (float(f.time or 0), recordings.number(f.to_ndarray(format="bgr24"))) for f in container.decode(video=0)
        ]
    return [(round(time, 2), number) for time, number in found]


def sound(data: bytes) -> list[float]:
    with av.open(io.BytesIO(data), "r") as container:
        return [float(p.pts * p.time_base) for p in container.demux(audio=0) if p.pts is not None and p.time_base]


@pytest.mark.parametrize("shape", [Shape(), Shape(codec="libx265", audio=False), Shape(b_frames=2)])
def test_it_holds_every_frame_once_in_step_with_the_sound(tmp_path: Path, shape: Shape) -> None:
    segments = recordings.record(tmp_path, count=3, shape=shape)
    data = streamed(segments, T0, T0 + 12, tmp_path)
    shown = frames(data)
    first = shown[0][0]  # with B-frames a picture or two after the first decode time
    assert first <= 0.3
    assert [(round(time - first, 2), number) for time, number in shown] == [(round(n / 10, 2), n) for n in range(120)]
    if shape.audio:
        times = sound(data)
        assert abs(times[0] - first) < 0.07 + 0.2 * bool(shape.b_frames)
        assert all(after - before == pytest.approx(0.064, abs=0.001) for before, after in pairwise(times))


def test_it_begins_at_a_keyframe_and_leaves_long_gaps_out(tmp_path: Path) -> None:
    segments = recordings.record(tmp_path, count=1) + recordings.record(tmp_path, start=T0 + 1000, count=1)
    shown = frames(streamed(segments, T0 + 3, T0 + 2000, tmp_path))
    assert [number for _, number in shown] == [*range(20, 40), *range(40)]
    assert [time for time, _ in shown] == [round(n / 10, 2) for n in range(60)]


def test_a_short_gap_stays(tmp_path: Path) -> None:
    segments = recordings.record(tmp_path, count=1) + recordings.record(tmp_path, start=T0 + 5, count=1)
    shown = frames(streamed(segments, T0, T0 + 20, tmp_path))
    assert shown[39][0] == pytest.approx(3.9)
    assert shown[40][0] == pytest.approx(5.0)


def test_what_is_gone_damaged_or_of_another_form_is_left_out(tmp_path: Path) -> None:
    segments = recordings.record(tmp_path, count=4)
    other = recordings.record(tmp_path, "other", start=T0 + 16, count=1, shape=Shape(width=512))
    (tmp_path / segments[1].path).unlink()
    whole = (tmp_path / segments[3].path).read_bytes()
    (tmp_path / segments[3].path).write_bytes(whole[: len(whole) // 2])
    shown = [number for _, number in frames(streamed([*segments, *other], T0, T0 + 20, tmp_path))]
    assert shown[:80] == [*range(40), *range(80, 120)]
    assert len(shown) < 120
    with pytest.raises(NoFootageError):
        streamed(segments[1:2], T0, T0 + 20, tmp_path)


def test_plain_files_play_too(tmp_path: Path) -> None:
    segments = plain_recordings.record(tmp_path, Shape())
    shown = frames(streamed(segments, T0, T0 + 60, tmp_path))
    assert [number for _, number in shown] == list(range(len(shown)))
    assert len(shown) >= 80
    assert all(after - before == pytest.approx(0.1, abs=0.011) for (before, _), (after, _) in pairwise(shown))
