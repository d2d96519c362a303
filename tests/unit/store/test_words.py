import pytest

from dogwatch.errors import RefusedError
from dogwatch.store.words import LONGEST_WORD, MOST_TERMS, distinct, joined, terms, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A Red-Car, 2 dogs", ["a", "red", "car", "2", "dogs"]),
        ("Zoë's front_yard", ["zoe", "s", "front", "yard"]),
        ("STRASSE straße ŁÓDŹ", ["strasse", "strasse", "łodz"]),
        ("赤い car", ["赤", "い", "car"]),
        ("%_'\"\0\ud800", []),
        ("x" * 200, ["x" * LONGEST_WORD]),
    ],
)
def test_words_have_no_case_and_no_accents(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("query", "text", "there"),
    [
        ("bob", "Bobby", True),
        ("bob", "Robobby", False),
        ('"bob"', "Bobby", False),
        ('"bob"', "bob", True),
        ("red car", "a car in red", True),
        ('"red car"', "a car in red", False),
        ('"red car"', "a RED, car", True),
        ('"red car"', "a red cart", False),
        ("front-ya", "front_yard", True),
        ("josé", "JOSE", True),
        ('"unclosed one', "an unclosed one", True),
        ("red nothing", "red", False),
    ],
)
def test_a_query_asks_for_beginnings_of_words_and_for_whole_phrases(query: str, text: str, there: bool) -> None:
    assert all(term.is_in(joined([text])) for term in terms(query)) is there


def test_a_phrase_does_not_go_from_one_text_into_the_next() -> None:
    text = joined(["red", None, "", "car"])
    assert not terms('"red car"')[0].is_in(text)
    assert distinct(text) == {"red", "car"}
    assert joined([None, "", "..."]) == ""


def test_a_query_has_a_limit() -> None:
    assert terms(' "" ... ') == ()
    assert len(terms("a b a")) == 2
    with pytest.raises(RefusedError):
        terms(" ".join(str(number) for number in range(MOST_TERMS + 1)))


def test_the_longest_whole_word_finds_a_phrase_best() -> None:
    assert [term.key for term in terms('"the postman" post red-ca')] == [
        ("postman", True),
        ("post", False),
        ("red", True),
    ]
