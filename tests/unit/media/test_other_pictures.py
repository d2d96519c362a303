"""The sizes of pictures that other programs have made."""

import numpy as np
import pytest

from dogwatch.media import other_pictures, picture


@pytest.mark.parametrize("fmt", ["png", "webp"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (175, 175), (1920, 1080), (641, 359)])
def test_sizes(fmt: str, width: int, height: int) -> None:
    data = picture.encode(picture.black(width, height), fmt)
    assert other_pictures.size(data) == (width, height)
    for length in range(len(data[:40])):
        other_pictures.size(data[:length])


def test_lossless_and_extended_webp() -> None:
    import cv2

    done, data = cv2.imencode(".webp", np.zeros((90, 160, 4), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 101])
    assert done
    assert other_pictures.size(data.tobytes()) == (160, 90)
    extended = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00" + bytes([159, 0, 0, 89, 0, 0])
    assert other_pictures.size(extended) == (160, 90)


def test_others() -> None:
    for data in (b"", b"RIFF", b"\x89PNG", picture.encode(picture.black(8, 8), "jpg"), bytes(64)):
        assert other_pictures.size(data) is None
