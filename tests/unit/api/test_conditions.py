"""Headers come from anybody: nothing that they say may raise."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from dogwatch.api.conditions import choose, http_date, parse_date

ABSURD = (
    "Fri, 01 Jan 9999 00:00:00 -9999",
    "Fri, 01 Jan 9999 23:59:59 -2359",
    "Mon, 01 Jan 0001 00:00:00 +2359",
    "Sun, 09 Sep 2001 01:46:40 +99999999999999999999",
    "Sun, 09 Sep 99999999999 01:46:40 GMT",
    "Sun, 99 Sep 2001 99:99:99 GMT",
    "9" * 5000,
    "Sun, 09 Sep 2001 01:46:40 " + "(" * 30,
    "",
    "-",
    ",",
)
DATES = st.builds(
    "{}, {} {} {} {}:{}:{} {}{}".format,
    st.sampled_from(["Mon", "", "Sunday"]), st.integers(-9, 99), st.sampled_from(["Jan", "Feb", "Xyz", ""]),
    st.integers(-1, 10**12), st.integers(-1, 99), st.integers(-1, 99), st.integers(-1, 99),
    st.sampled_from(["+", "-", "GMT", "Z", ""]), st.integers(0, 10**20),
)  # fmt: skip
VALUES = st.one_of(st.text(st.characters(max_codepoint=255), max_size=80), DATES, st.sampled_from(ABSURD))
NAMES = ("range", "if-range", "if-none-match", "if-modified-since")


@pytest.mark.parametrize("text", ABSURD)
def test_what_is_no_date(text: str) -> None:
    found = parse_date(text)
    assert found is None or -1e12 < found < 1e12


@pytest.mark.parametrize(
    "text", ["Sun, 09 Sep 2001 01:46:40 GMT", "Sunday, 09-Sep-01 01:46:40 GMT", "Sun Sep  9 01:46:40 2001"]
)
def test_the_three_forms(text: str) -> None:
    assert parse_date(text) == 1e9


@given(st.dictionaries(st.sampled_from(NAMES), VALUES), st.sampled_from([None, 0.0, 1e9]))
@example({"if-modified-since": ABSURD[0]}, 1e9)
def test_no_header_is_too_odd(headers: dict[str, str], modified: float | None) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    chosen = choose(Headers(raw=raw), 100, '"tag"', modified)
    assert chosen.status in (200, 206, 304, 416)
    assert 0 <= chosen.start <= chosen.end <= 100
    assert (chosen.status == 206) <= ("range" in headers)


def test_a_picture_that_changes_each_second_is_known_by_its_tag_alone() -> None:
    later = {"if-modified-since": http_date(2e9)}
    assert choose(Headers(later), 100, '"tag"', None).status == 200
    assert choose(Headers({"if-none-match": '"tag"'}), 100, '"tag"', None).status == 304
