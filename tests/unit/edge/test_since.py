"""The time since which new files are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.edge.since import parse_since

AT = 1_775_046_622_004_211  # 2026-04-01T12:30:22.004211Z


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01T12:30:22.004211+00:00",
        "2026-04-01T12:30:22.004211 00:00",  # a `+` that was not escaped
        "2026-04-01T14:30:22.004211+02:00",
        "2026-04-01T14:30:22.004211 0200",
        "2026-04-01T10:30:22.004211-02:00",
        "2026-04-01T12:30:22.004211Z",
        "2026-04-01T12:30:22.004211",
        "2026-04-01 12:30:22.004211",
        "2026-04-01 14:30:22.004211 02:00",
    ],
)
def test_forms_of_one_time(text: str) -> None:
    assert parse_since(text) == AT


@pytest.mark.parametrize(
    "text", ["", None, "yesterday", "1775046622", "2026-13-01", "12:30", "0001-01-01T00:00:00+23:59", "2026" * 40, "\0"]
)
def test_what_is_no_time(text: str | None) -> None:
    assert parse_since(text) is None


@given(st.text(max_size=80))
def test_nothing_raises(text: str) -> None:
    parse_since(text)
