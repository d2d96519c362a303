"""What JSON columns hold."""

import json
from typing import Any

import msgspec
import numpy as np
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


def test_numbers_and_texts_of_other_kinds_are_written() -> None:
    class Name(str):
        __slots__ = ()

    assert json.loads(dumps({"score": np.float64(0.5), "name": Name("Ann")})) == {"score": 0.5, "name": "Ann"}


def test_a_struct_with_half_of_a_surrogate_pair_is_written() -> None:
    class Named(msgspec.Struct):
        name: str

    assert json.loads(dumps([Named("a\ud800b")])) == [{"name": "a\ud800b"}]
