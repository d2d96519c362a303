from typing import Any

import pytest

from dogwatch.auth.login_state import LIFETIME_S, LoginState, LoginStates
from dogwatch.auth.oidc import claim, texts
from dogwatch.auth.secret import SigningKey
from dogwatch.config.oidc import is_safe


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("groups", ["a"]),
        ("realm_access.roles", ["b"]),
        ("https://nvr.example/roles", ["c"]),
        ("groups.x", None),
        ("realm_access.none", None),
        ("none", None),
    ],
)
def test_claims(name: str, value: Any) -> None:
    claims = {"groups": ["a"], "realm_access": {"roles": ["b"]}, "https://nvr.example/roles": ["c"]}
    assert claim(claims, name) == value


@pytest.mark.parametrize(
    ("value", "groups"),
    [(["a", 5, "b c"], ["a", "b c"]), ("a b,c", ["a", "b", "c"]), ("", [""]), (None, []), ({"a": 1}, []), (7, [])],
    ids=range(6),
)
def test_groups(value: Any, groups: list[str]) -> None:
    assert texts(value) == groups


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://sso.example/x", True),
        ("http://127.0.0.1:80", True),
        ("http://[::1]/x", True),
        ("http://localhost", True),
        ("http://sso.example", False),
        ("http://127.0.0.1.example", False),
        ("https://user@sso.example", False),
        ("https://sso.example:port", False),
        ("https://", False),
        ("https:///x", False),
        ("ftp://sso.example", False),
        ("javascript:alert(1)", False),
        ("//sso.example", False),
        ("https://[::1", False),
        ("https://sso.example/#x", False),
    ],
)
def test_where_secrets_may_go(url: str, safe: bool) -> None:
    assert is_safe(url) is safe


def states(now: list[float], secret: bytes = b"0123456789abcdef") -> LoginStates:
    return LoginStates(SigningKey(secret), lambda: now[0])


def test_a_state_opens_once() -> None:
    now = [1000.0]
    one = states(now)
    begun = one.begin("https://nvr/back")
    sealed = one.seal(begun)
    assert begun.verifier not in sealed
    assert one.open(sealed, "another") is None
    assert states(now, b"another secret, as long").open(sealed, begun.state) is None
    assert one.open(sealed[:-4] + "AAAA", begun.state) is None
    assert one.open("", begun.state) is None
    assert one.open(sealed, begun.state) == begun
    assert one.open(sealed, begun.state) is None


def test_a_state_outlives_a_restart_but_not_its_time() -> None:
    now = [1000.0]
    begun = states(now).begin("https://nvr/back")
    sealed = states(now).seal(begun)
    now[0] += LIFETIME_S - 1
    assert states(now).open(sealed, begun.state) == begun
    now[0] += 1
    assert states(now).open(sealed, begun.state) is None
    now[0] = -10_000  # the clock was set back
    assert states(now).open(sealed, begun.state) is None


def test_states_that_are_used_are_forgotten_when_they_have_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.auth.login_state.USED_LIMIT", 3)
    now = [1000.0]
    one = states(now)

    def use() -> LoginState | None:
        begun = one.begin("x")
        return one.open(one.seal(begun), begun.state)

    assert all(use() for _ in range(5))
    assert len(one._used) == 3
    now[0] += LIFETIME_S
    assert use()
    assert len(one._used) == 1
