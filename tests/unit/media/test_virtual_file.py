"""Windows over files that consist of parts."""

from pathlib import Path

import pytest

from dogwatch.media.virtual_file import FileSlice, Part, VirtualFile, window

PATH = Path("x.mp4")
PARTS: tuple[Part, ...] = (b"abcde", FileSlice(PATH, 100, 10), b"", b"xyz")


def test_size() -> None:
    assert VirtualFile(PARTS, 0.0, "t").size == 18


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 18, [b"abcde", FileSlice(PATH, 100, 10), b"xyz"]),
        (3, 7, [b"de", FileSlice(PATH, 100, 2)]),
        (6, 9, [FileSlice(PATH, 101, 3)]),
        (14, 16, [FileSlice(PATH, 109, 1), b"x"]),
        (17, 99, [b"z"]),
        (18, 99, []),
        (4, 4, []),
    ],
)
def test_window(start: int, end: int, expected: list[Part]) -> None:
    assert list(window(PARTS, start, end)) == expected
