"""What JSON columns hold."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dogwatch.store.json_text import compact, dumps

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


@given(VALUES)
def test_what_is_written_is_read_again(value: Any) -> None:
    text = dumps(value)
    text.encode()
    assert json.loads(text) == value


@given(VALUES)
def test_what_earlier_versions_have_written_loses_its_spaces_alone(value: Any) -> None:
    text = compact(json.dumps(value))
    text.encode()
    assert json.loads(text) == value


def test_letters_stand_as_they_are() -> None:
    assert compact(json.dumps({"name": "größe \U0001f600"})) == '{"name":"größe \U0001f600"}'
    assert compact('["a", "b"]') == dumps(["a", "b"]) == '["a","b"]'
