import subprocess
import sys

import numpy as np
import pytest

from dogwatch.errors import MediaError
from dogwatch.media import jpeg, picture


def gradient(width: int = 64, height: int = 48) -> picture.Picture:
    bgr = picture.black(width, height)
    bgr[:, :, 0] = np.linspace(0, 255, width, dtype=np.uint8)
    bgr[:, :, 1] = np.linspace(0, 255, height, dtype=np.uint8)[:, None]
    bgr[:, :, 2] = 100
    return bgr


def difference(one: picture.Picture, other: picture.Picture) -> float:
    return float(np.abs(one.astype(int) - other).mean())


def test_a_picture_comes_back_as_it_was() -> None:
    data = jpeg.encode(gradient(), 95)
    assert difference(jpeg.decode(data), gradient()) < 4
    assert difference(picture.decode(data), gradient()) < 4


@pytest.mark.parametrize("by", [1, 2, 4, 8])
def test_reduced_sizes_are_rounded_up(by: int) -> None:
    data = picture.encode(gradient(65, 51), "jpg", 95)
    assert jpeg.decode(data, reduced=by).shape == (-(-51 // by), -(-65 // by), 3)


@pytest.mark.parametrize(("width", "height"), [(64, 48), (72, 56), (1920, 1080)])
@pytest.mark.parametrize("by", [1, 2, 4, 8])
def test_reduced_pictures_show_the_same(width: int, height: int, by: int) -> None:
    small = jpeg.decode(picture.encode(gradient(width, height), "jpg", 95), reduced=by)
    assert small.shape == (-(-height // by), -(-width // by), 3)
    assert difference(small, picture.resize(gradient(width, height), small.shape[1], small.shape[0])) < 4


def test_the_size_is_in_the_header() -> None:
    assert jpeg.size(picture.encode(gradient(), "jpg")) == (64, 48)
    for other in (
        picture.encode(gradient(), "png"),
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe0\x00\x04",
        b"\xff\xd8xxxxxxxxxx",
    ):
        assert jpeg.size(other) is None


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\xff\xd8\xff", picture.encode(gradient(), "png")])
def test_what_is_no_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(MediaError):
        jpeg.decode(data)


def test_broken_jpegs_are_refused() -> None:
    data = jpeg.encode(gradient(), 90)
    with pytest.raises(MediaError):
        jpeg.decode(data[:200])


def test_nothing_cannot_be_encoded() -> None:
    with pytest.raises(MediaError):
        jpeg.encode(gradient()[:0], 90)


@pytest.mark.parametrize(("width", "height"), [(64, 48), (40, 30), (33, 25), (128, 96), (50, 48), (1, 1)])
def test_scaled_pictures_show_the_same(width: int, height: int) -> None:
    small = jpeg.scale(gradient(), width, height)
    assert small.shape == (height, width, 3)
    assert small.dtype == np.uint8
    if width > 1:
        assert difference(small, picture.resize(gradient(), width, height)) < 2


def test_it_needs_no_opencv() -> None:
    code = """
import sys
import numpy as np
from dogwatch.events import rendering
from dogwatch.media import jpeg

clean = jpeg.encode(np.zeros((90, 160, 3), np.uint8), 90)
rendering.review_thumbnail(clean, [])
rendering.thumbnail(clean, [0.1, 0.1, 0.2, 0.2])
sys.exit("cv2" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
