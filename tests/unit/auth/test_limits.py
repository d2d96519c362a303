import pytest

from dogwatch.auth.limits import MAX_ADDRESSES, RateLimit, Rule, parse
from dogwatch.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (None, ()),
        ("", ()),
        ("1/second", (Rule(1, 1, "1 per 1 second"),)),
        ("5 per minute; 20/hour", (Rule(5, 60, "5 per 1 minute"), Rule(20, 3600, "20 per 1 hour"))),
        ("3/5minutes", (Rule(3, 300, "3 per 5 minute"),)),
        ("2/Day", (Rule(2, 86400, "2 per 1 day"),)),
    ],
)
def test_parse(text: str | None, rules: tuple[Rule, ...]) -> None:
    assert parse(text) == rules


@pytest.mark.parametrize("text", ["5", "5/week", "x/minute", "0/minute", "-1/minute", "5/minute;x"])
def test_no_limit(text: str) -> None:
    with pytest.raises(ConfigError):
        parse(text)


def test_all_windows_must_have_room() -> None:
    now = 0.0
    limit = RateLimit(parse("1/second;3/minute"), lambda: now)
    assert limit.exceeded("a") is None
    assert limit.exceeded("a") == Rule(1, 1, "1 per 1 second")
    assert limit.exceeded("b") is None
    now = 1.0
    assert limit.exceeded("a") is None  # the third of this minute: refused tries count too
    now = 2.0
    assert limit.exceeded("a") == Rule(3, 60, "3 per 1 minute")
    now = 60.0
    assert limit.exceeded("a") is None


def test_addresses_are_bounded() -> None:
    limit = RateLimit(parse("1/year"), lambda: 0.0)
    for n in range(MAX_ADDRESSES + 50):
        limit.exceeded(str(n))
    assert len(limit._windows) == MAX_ADDRESSES


def test_a_try_may_be_forgiven() -> None:
    limit = RateLimit(parse("1/minute;2/hour"), lambda: 0.0)
    for _ in range(5):
        assert limit.exceeded("a") is None
        limit.forgive("a")
    assert limit.exceeded("a") is None
    assert limit.exceeded("a") is not None
    limit.forgive("nobody has tried from here")
