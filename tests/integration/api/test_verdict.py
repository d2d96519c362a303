"""What a proxy is told that asks whether somebody may ask for an address."""

import itertools
from collections.abc import Iterator

import pytest

from dogwatch.api.listener import EXTERNAL
from dogwatch.api.nvr.policy import Permission
from dogwatch.testing.app import PASSWORD, Nvr, nvr
from tests.routes import ROUTES, exchange, url

RAW = "/api/config/raw"
DISGUISES = [
    "//api/config/raw",
    "/api//config/raw",
    "/api/config//raw",
    "/api/config/raw/",
    "/api/config/raw//",
    "/%2fapi/config/raw",
    "/api%2Fconfig%2fraw",
    "/API/config/raw",
    "/api/Config/Raw",
    "/api/config/raw;x",
    "/api;x/config/raw",
    "/api/config/raw%3Bx",
    "/./api/config/raw",
    "/api/../api/config/raw",
    "/api/front/../config/raw",
    "/api/%2e/config/raw",
    "/api/x/%2e%2e/config/raw",
    "/api\\config\\raw",
    "/api%5Cconfig/raw",
    "/api/config/raw%00",
    "/api/config/raw%00.jpg",
    "/api/config/raw?",
    "/api/config/raw%3f",
    "/api/config/raw#x",
    "/api/config/raw%23x",
    "/api/config/%72aw",
    "/api/config/%2572aw",
    "/api/config/ra%c1%b7",
    "/api/config/\uff52aw",
    "/api/config/raw%20",
    "/api/config/raw%09",
    " /api/config/raw",
    "api/config/raw",
    "http://nvr/api/config/raw",
    "http://nvr//api/config/raw",
    "http://user@nvr/api/config/raw",
    "http://nvr@evil/api/config/raw",
    "//nvr/api/config/raw",
    "/no/such/page",
    "/apiconfig/raw",
    "",
    "/" + "x/" * 5000,
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    """One for all, of which nobody changes anything."""
    with nvr(tmp_path_factory.mktemp("verdict")) as made:
        yield made


async def verdict(app: Nvr, user: str, *headers: tuple[str, str], method: str = "GET") -> int:
    sent = [*headers, ("X-Original-Method", method)]
    return (await exchange(app, EXTERNAL, user, "GET", "/api/auth", sent)).status


def said(text: str) -> str:
    """Return `text` as it comes out of a header in UTF-8."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize("path", DISGUISES)
@pytest.mark.parametrize("header", ["X-Original-URI", "X-Original-URL"])
async def test_no_disguise_helps(app: Nvr, header: str, path: str) -> None:
    for user in ("vera", "frida"):
        assert await verdict(app, user, (header, said(path))) == 403, path


async def test_an_admin_may_ask_for_what_there_is(app: Nvr) -> None:
    for path in (RAW, "http://nvr/api/config/raw", "//api/config/raw", "/api/config/%72aw", "/", "/login"):
        assert await verdict(app, "admin", ("X-Original-URI", path)) == 202, path
    for path in ("/api/config/raw/", "/API/config/raw", "/api/config/raw;x", "/no/such/page", "/api/front/x/y/z"):
        assert await verdict(app, "admin", ("X-Original-URI", path)) == 403, path
    assert await verdict(app, "admin", ("X-Original-URI", RAW), method="DELETE") == 403
    assert await verdict(app, "admin", ("X-Original-URI", "/api/users/x"), method="DELETE") == 202
    assert await verdict(app, "vera", ("X-Original-URI", "/api/users/x"), method="DELETE") == 403


async def test_each_header_counts(app: Nvr) -> None:
    """A proxy sets one of them, and hands on what the client has sent as the other, or a second time."""
    good, bad = "/api/front/latest.jpg", RAW
    for one, two in itertools.product(("X-Original-URI", "X-Original-URL"), repeat=2):
        assert await verdict(app, "vera", (one, good), (two, good)) == 202
        assert await verdict(app, "vera", (one, good), (two, bad)) == 403
        assert await verdict(app, "vera", (one, bad), (two, good)) == 403
        assert await verdict(app, "vera", (one, good), (two, "")) == 403


async def test_the_verdict_is_what_the_route_would_say(app: Nvr) -> None:
    for (method, template), permission in ROUTES:
        for camera, user in itertools.product(("front", "back", "nowhere"), ("frida", "vera", "admin")):
            asked = url(method, template, camera)
            told = await verdict(app, user, ("X-Original-URI", asked), method="GET" if method == "WS" else method)
            if permission is Permission.ADMIN:
                assert (told == 202) is (user == "admin"), asked
            elif permission is Permission.CAMERA:
                may = camera == "front" or (camera == "back" and user != "frida")
                assert (told == 202) is may, (asked, user)


async def test_a_prefix_of_the_proxy(app: Nvr) -> None:
    at = ("X-Ingress-Path", "/nvr")
    for path, status in (
        ("/nvr/api/front/latest.jpg", 202),
        ("/api/front/latest.jpg", 202),
        ("/nvr/api/back/latest.jpg", 403),
        ("/nvr/api/config/raw", 403),
        ("/nvr//api/config/raw", 403),
        ("/nvr", 403),
    ):
        assert await verdict(app, "frida", at, ("X-Original-URI", path)) == status, path
    # One that the client makes up turns no forbidden path into another.
    forged = ("X-Ingress-Path", "/exports")
    assert await verdict(app, "frida", forged, ("X-Original-URI", "/exports/login")) == 403


@pytest.mark.parametrize("path", ["//api/profile", "/api//profile", "///api///profile"])
async def test_doubled_slashes_are_one(app: Nvr, path: str) -> None:
    assert (await exchange(app, EXTERNAL, "vera", "GET", path)).status == 200
    assert (await exchange(app, EXTERNAL, None, "GET", path)).status == 401
    assert (await exchange(app, EXTERNAL, "vera", "GET", path.replace("profile", "users"))).status == 403
    assert (await exchange(app, EXTERNAL, "frida", "GET", path.replace("profile", "back//latest.jpg"))).status == 403
    body = f'{{"user": "vera", "password": "{PASSWORD}"}}'.encode()
    assert (await exchange(app, EXTERNAL, None, "POST", path.replace("profile", "login"), body=body)).status == 200
    assert (await exchange(app, EXTERNAL, "vera", "WS", "//ws")).status == 101
    assert (await exchange(app, EXTERNAL, None, "WS", "//ws")).status == 401
