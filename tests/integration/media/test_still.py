"""The picture at a moment, exactly."""

from pathlib import Path

import pytest

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media import still
from dogwatch.testing import recordings
from dogwatch.testing.recordings import T0, Shape


@pytest.mark.parametrize("shape", [Shape(), Shape(codec="libx265"), Shape(audio=False)])
@pytest.mark.parametrize(("at", "frame"), [(0, 0), (0.05, 0), (0.1, 1), (1.95, 19), (3.999, 39), (4, 40), (7.3, 73)])
def test_it_is_the_frame_that_was_on(tmp_path: Path, shape: Shape, at: float, frame: int) -> None:
    segments = recordings.record(tmp_path, count=2, shape=shape)
    picture = still.frame_at(segments, T0 + at, tmp_path)
    assert picture.shape == (recordings.HEIGHT, recordings.WIDTH, 3)
    assert recordings.number(picture) == frame


def test_with_b_frames_the_decode_order_does_not_matter(tmp_path: Path) -> None:
    segments = recordings.record(tmp_path, count=2, shape=Shape(b_frames=2, audio=False))
    shown = {recordings.number(still.frame_at(segments, T0 + 5.2 + n / 10, tmp_path)) for n in range(5)}
    assert len(shown) == 5


def test_scaled_to_a_height(tmp_path: Path) -> None:
    segments = recordings.record(tmp_path, count=1)
    picture = still.frame_at(segments, T0 + 1, tmp_path, height=32)
    assert picture.shape == (32, recordings.WIDTH // 2, 3)
    assert recordings.number(picture) == 10


def test_no_footage(tmp_path: Path) -> None:
    segments = recordings.record(tmp_path, count=1)
    with pytest.raises(NoFootageError):
        still.frame_at(segments, T0 + 4, tmp_path)
    (tmp_path / segments[0].path).unlink()
    with pytest.raises(NoFootageError):
        still.frame_at(segments, T0 + 1, tmp_path)


def test_what_cannot_be_decoded(tmp_path: Path) -> None:
    (segment,) = recordings.record(tmp_path, count=1)
    path = tmp_path / segment.path
    data = path.read_bytes()
    at = segment.fragments[0].offset
    path.write_bytes(data[:at] + bytes(len(data) - at))
    with pytest.raises(MediaError):
        still.frame_at([segment], T0 + 0.5, tmp_path)
