import pytest

from dogwatch.api.paths import LONGEST, merged, original


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/api/config", ("/api/config", "")),
        ("/api/front/latest.jpg?h=1&x=%2F", ("/api/front/latest.jpg", "h=1&x=%2F")),
        ("https://nvr.example:8971/api/config?a=b", ("/api/config", "a=b")),
        ("HTTPS://nvr/api/config", ("/api/config", "")),
        ("ws://nvr/ws", ("/ws", "")),
        ("https://nvr", ("/", "")),
        ("http://[::1]:8971/api/config", ("/api/config", "")),
        ("https://nvr?a=b", ("/", "a=b")),
        ("//api/config/raw", ("/api/config/raw", "")),
        ("///api///config//raw", ("/api/config/raw", "")),
        ("/%2fapi/config/raw", ("/api/config/raw", "")),
        ("/api%2fconfig%2Fraw", ("/api/config/raw", "")),
        ("/api/%63onfig", ("/api/config", "")),
        (
            "/vod/2026-01/02/03/front/Europe%2FBerlin/index.m3u8",
            ("/vod/2026-01/02/03/front/Europe/Berlin/index.m3u8", ""),
        ),
        ("/api/front/%E4%BA%BA/best.jpg", ("/api/front/人/best.jpg", "")),
    ],
)
def test_what_is_asked_for(text: str, found: tuple[str, str]) -> None:
    assert original(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api/config",
        "nvr/api/config",
        "*",
        "ftp://nvr/api/config",
        "javascript:x",
        "https:/api/config",
        "https:///api/config",
        "https://user@nvr/api/config",
        "https://user:word@nvr/api/config",
        "https://nvr#/api/config",
        "http://[::1",
        "http://a:b:c/api/config",
        "/api/config;x",
        "/api/config%3bx",
        "/api/config%3Fraw",
        "/api/config%23",
        "/api/config#raw",
        "/api\\config",
        "/api%5cconfig",
        "/api/config%00",
        "/api/con\0fig",
        "/api/config%0a",
        "/api/config ",
        "/api/config%20",
        "/api/config%7f",
        "/api/%2563onfig",
        "/%252fapi/config",
        "/api%c0%afconfig",
        "/api/%c0%ae%c0%ae/config",
        "/api/%ffconfig",
        "/api/config\u00e9",
        "/api/\uff43onfig",
        "/" + "a" * LONGEST,
    ],
)
def test_what_may_be_understood_in_another_way(text: str) -> None:
    assert original(text) is None


@pytest.mark.parametrize(
    ("path", "found"), [("/a/b", "/a/b"), ("//a", "/a"), ("/a///b//", "/a/b/"), ("//", "/"), ("", ""), ("/", "/")]
)
def test_merged(path: str, found: str) -> None:
    assert merged(path) == found
    assert merged(found) == found
