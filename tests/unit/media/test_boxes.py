"""Box headers meet whole, truncated and malformed bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.errors import MediaError
from dogwatch.media import boxes


@pytest.mark.parametrize("size", [2, 7, 99])
def test_an_impossible_size_is_refused(size: int) -> None:
    with pytest.raises(MediaError, match="impossible"):
        boxes.header(struct.pack(">I4s", size, b"moof") + bytes(8), 0, 16)


def test_a_large_size_and_a_size_to_the_end() -> None:
    assert boxes.header(struct.pack(">I4sQ", 1, b"mdat", 1 << 33), 0, 1 << 34).end == 1 << 33
    assert boxes.header(struct.pack(">I4s", 0, b"mdat"), 0, 500).end == 500


@given(st.integers(0, 40), st.sampled_from([0, 1, 7, 8, 9, 30, 40, 41, 2**32 - 1]), st.binary(min_size=4, max_size=40))
def test_the_extent_is_what_the_header_says(offset: int, size: int, rest: bytes) -> None:
    data = bytes(offset) + (struct.pack(">I", size) + rest)[: 48 - offset]
    try:
        span = boxes.header(data, offset, 48)
    except MediaError:
        with pytest.raises(MediaError):
            boxes.extent(data, offset, 48)
    else:
        assert boxes.extent(data, offset, 48) == (span.kind, span.end)
