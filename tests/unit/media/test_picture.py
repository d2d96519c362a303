import numpy as np
import pytest

from dogwatch import framing
from dogwatch.errors import MediaError
from dogwatch.media import picture


def gradient(width: int = 64, height: int = 48) -> picture.Picture:
    bgr = picture.black(width, height)
    bgr[:, :, 0] = np.linspace(0, 255, width, dtype=np.uint8)
    bgr[:, :, 2] = 200
    return bgr


@pytest.mark.parametrize(
    ("fmt", "magic"), [("jpg", b"\xff\xd8"), ("jpeg", b"\xff\xd8"), ("png", b"\x89PNG"), ("webp", b"RIFF")]
)
def test_every_format_comes_back_as_it_was(fmt: str, magic: bytes) -> None:
    data = picture.encode(gradient(), fmt, 95)
    assert data.startswith(magic)
    assert np.abs(picture.decode(data).astype(int) - gradient()).mean() < 4


def test_quality_makes_smaller_files() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    for fmt in ("jpg", "webp"):
        assert len(picture.encode(noise, fmt, 20)) < len(picture.encode(noise, fmt, 90))


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\xff\xd8\xff"])
def test_broken_pictures_are_refused(data: bytes) -> None:
    with pytest.raises(MediaError):
        picture.decode(data)


def test_unknown_formats_are_refused() -> None:
    with pytest.raises(MediaError, match="gif"):
        picture.encode(gradient(), "gif")
    with pytest.raises(MediaError):
        picture.encode(gradient()[:0], "jpg")


def test_yuv_becomes_bgr() -> None:
    i420 = np.full((72, 64), 128, np.uint8)
    bgr = picture.i420_to_bgr(i420)
    assert bgr.shape == (48, 64, 3)
    assert np.ptp(bgr) <= 2


@pytest.mark.parametrize(("height", "shape"), [(24, (24, 32)), (96, (96, 128)), (0, (1, 1)), (48, (48, 64))])
def test_resizing_keeps_the_ratio(height: int, shape: tuple[int, int]) -> None:
    assert picture.resize_to_height(gradient(), height).shape[:2] == shape


def test_an_absurd_height_stays_within_what_can_be_encoded() -> None:
    assert max(picture.resize_to_height(picture.black(2, 1), 10**9).shape) <= framing.MAX_SIDE


def test_padding_adds_black_at_both_sides() -> None:
    padded = picture.pad_to_ratio(gradient(50, 50), 2.0)
    assert padded.shape == (50, 100, 3)
    assert padded[:, :25].max() == 0
    assert padded[:, 75:].max() == 0
    assert picture.pad_to_ratio(gradient(150, 50), 2.0).shape == (50, 150, 3)
