"""A film of single pictures: what av reads of it."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from dogwatch.errors import MediaError
from dogwatch.media import frames_film, jpeg
from dogwatch.media.encoder_spec import FramesSpec


def frame(path: Path, level: int, width: int = 64, height: int = 48) -> str:
    path.write_bytes(jpeg.encode(np.full((height, width, 3), level, np.uint8), 90))
    return str(path)


def levels(path: Path) -> list[int]:
    """Return the brightness in the middle of each picture."""
    with av.open(str(path)) as container:
        grey = [picture.to_ndarray(format="gray") for picture in container.decode(video=0)]
    return [int(picture[picture.shape[0] // 2, picture.shape[1] // 2]) for picture in grey]


def test_frames_become_a_film(tmp_path: Path) -> None:
    paths = tuple(frame(tmp_path / f"{n}.jpg", 40 + 10 * n) for n in range(10))
    spec = FramesSpec(paths, 3, str(tmp_path / "out.mp4"), str(tmp_path / "out.jpg"))
    shares = list[float]()
    assert frames_film.encode(spec, shares.append) == 10
    assert shares == [0.0]
    data = (tmp_path / "out.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # fast start
    with av.open(spec.out) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height, stream.average_rate, stream.frames) == (64, 48, Fraction(3), 10)
        times = [picture.time for picture in container.decode(video=0)]
    assert times == pytest.approx([n / 3 for n in range(10)], abs=0.001)
    # Grey of a JPEG has all 256 levels, that of a video 219; av widens it again.
    assert levels(tmp_path / "out.mp4") == pytest.approx([40 + 10 * n for n in range(10)], abs=3)
    small = jpeg.decode((tmp_path / "out.jpg").read_bytes())
    assert small.shape == (240, 320, 3)
    assert small.mean() == pytest.approx(130, abs=4)  # the one at 3 s


def test_frames_of_other_sizes_and_broken_ones(tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    paths = (
        str(tmp_path / "cut.jpg"),
        frame(tmp_path / "a.jpg", 200, 65, 47),
        str(tmp_path / "gone.jpg"),
        frame(tmp_path / "b.jpg", 200, 128, 24),
        frame(tmp_path / "c.jpg", 200, 24, 96),
    )
    spec = FramesSpec(paths, 24, str(tmp_path / "out.mp4"), str(tmp_path / "out.jpg"))
    assert frames_film.encode(spec) == 3
    with av.open(spec.out) as container:
        pictures = [picture.to_ndarray(format="gray") for picture in container.decode(video=0)]
    assert {picture.shape for picture in pictures} == {(46, 64)}
    first, wide, high = pictures
    assert first.min() > 180
    assert wide[:14].max() < 40
    assert wide[20:26].min() > 180
    assert wide[-14:].max() < 40
    assert high[:, :24].max() < 40
    assert high[:, 29:35].min() > 180
    assert jpeg.decode((tmp_path / "out.jpg").read_bytes()).mean() > 180  # no picture at 3 s: the first one


def test_without_a_picture_there_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    spec = FramesSpec((str(tmp_path / "a.jpg"),), 24, str(tmp_path / "out.mp4"), str(tmp_path / "out.jpg"))
    with pytest.raises(MediaError, match="none of the files"):
        frames_film.encode(spec)


def test_a_film_that_cannot_be_written(tmp_path: Path) -> None:
    spec = FramesSpec(
        (frame(tmp_path / "a.jpg", 9),), 24, str(tmp_path / "none" / "out.mp4"), str(tmp_path / "out.jpg")
    )
    with pytest.raises(MediaError, match="cannot be made"):
        frames_film.encode(spec)
