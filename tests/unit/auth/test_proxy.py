import pytest

from dogwatch.auth.proxy import mapped_role, mapped_user

KNOWN = ("admin", "viewer", "front_only")
MAP = {"front_only": ["family"], "viewer": ["guests"], "admin": ["ops", "owners"]}


def test_user() -> None:
    assert mapped_user({"x-forwarded-user": " ann "}, "X-Forwarded-User") == "ann"
    assert mapped_user({}, "X-Forwarded-User") == "viewer"
    assert mapped_user({"x-forwarded-user": "ann"}, None) == "viewer"
    assert mapped_user({"x-anything": "ann"}, "X-Anything") == "viewer"


@pytest.mark.parametrize(
    ("value", "role_map", "default", "role"),
    [
        ("", {}, "viewer", "viewer"),
        ("", {}, "front_only", "front_only"),
        ("", {}, "unknown", "viewer"),
        ("Admin", {}, "viewer", "admin"),
        ("front_only, admin", {}, "viewer", "admin"),
        ("nobody, front_only", {}, "viewer", "front_only"),
        ("nobody", {}, "front_only", "front_only"),
        ("family", MAP, "viewer", "front_only"),
        ("guests, family", MAP, "viewer", "front_only"),
        ("guests,owners", MAP, "viewer", "admin"),
        ("admin", MAP, "viewer", "viewer"),
        (",,", MAP, "viewer", "viewer"),
        ("lost", {"lost": ["lost"]}, "viewer", "viewer"),
    ],
)
def test_role(value: str, role_map: dict[str, list[str]], default: str, role: str) -> None:
    headers = {"remote-groups": value}
    assert mapped_role(headers, "Remote-Groups", role_map, KNOWN, default=default, separator=",") == role


def test_separator() -> None:
    headers = {"remote-groups": "guests|ops"}
    assert mapped_role(headers, "Remote-Groups", MAP, KNOWN, default="viewer", separator="|") == "admin"
