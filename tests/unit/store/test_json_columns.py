"""What JSON columns hold."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dogwatch.store.connections import json_text

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


@given(VALUES)
def test_what_is_written_is_read_again(value: Any) -> None:
    text = json_text(value)
    text.encode()
    assert json.loads(text) == value


def test_lists_are_written_as_they_always_were() -> None:
    """Those of zones are compared as text."""
    assert json_text(["porch", "drive"]) == '["porch", "drive"]'
