"""Every route of the app, for everybody, for every camera."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIWebSocketRoute
from sqlalchemy import Connection, insert

from dogwatch.api.app import create_app
from dogwatch.api.files.policy import POLICY as FILES_POLICY
from dogwatch.api.guard import Guarded
from dogwatch.api.guarded_route import specificity
from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.nvr.policy import POLICY, PROTECTED, Permission
from dogwatch.api.surface import Route, keys
from dogwatch.api.surfaces import all_surfaces
from dogwatch.errors import DogwatchError
from dogwatch.store import exports as store
from dogwatch.store import jobs, users
from dogwatch.store.tables import events, reviews
from dogwatch.testing.app import CONFIG, Nvr, nvr
from tests.integration.api.test_proxy_headers import MAPPED, SECRET, behind
from tests.routes import ROUTES, all_routes, exchange, url

STRANGERS = ("nobody", "forged", "roleless")
CAMERA_WORDS = {"front": "allowed", "back": "forbidden", "nowhere": "unknown"}


async def ask(app: Nvr, listener: str, user: str | None, method: str, target: str) -> int:
    """Ask for `target` and return the status."""
    return (await exchange(app, listener, user, method, target)).status


def write_rows(connection: Connection) -> None:
    """One event, review item, export, case and job for each camera, and a user whose role is gone."""
    users.add(connection, users.User("ron", "gone", "", 0.0))
    for camera in ("front", "back"):
        common: dict[str, Any] = {
            "id": f"1700000000.5-{camera}",
            "camera": camera,
            "start_time": 1700000000.5,
            "end_time": 1700000009.0,
            "data": {},
        }
        event = {"label": "person", "type": "object", "zones": [], "has_clip": False}
        connection.execute(insert(events).values({**common, **event}))
        shown = {"severity": "alert", "thumb_path": "", "data": {"detections": [common["id"]]}}
        connection.execute(insert(reviews).values({**common, **shown}))
        case = store.Case(common["id"], f"what {camera} saw", "", 0.0, 0.0)
        store.add_case(connection, case)
        export = store.Export(
            common["id"], camera, f"of {camera}", 0.0, 1.0, f"{camera}.mp4", False, 5, 0.0, case_id=case.id
        )
        store.add(connection, export)
        jobs.add(
            connection,
            jobs.Job(common["id"], "export", camera, "", "queued", {}, None, "", "queued", 0, 0, False, 0, None, None),
        )


@pytest.fixture
def rows(app: Nvr) -> None:
    app.services.db.write(write_rows)


@pytest.fixture(scope="module", params=[CONFIG], ids=["login"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    """An app with these rows for all tests that change nothing of it."""
    with nvr(tmp_path_factory.mktemp("shared"), request.param) as made:
        made.services.db.write(write_rows)
        yield made


Asking = tuple[str, str | None, list[tuple[str, str]]]
"""A listener, whose token comes along if any, and headers."""

LOGGED_IN: dict[str, Asking] = {
    "nobody": (EXTERNAL, None, []),
    "forged": (EXTERNAL, "stranger", []),
    "roleless": (EXTERNAL, "ron", []),
    "restricted": (EXTERNAL, "frida", []),
    "viewer": (EXTERNAL, "vera", []),
    "admin": (EXTERNAL, "admin", []),
    "internal": (INTERNAL, None, []),
    "internal with a forged token": (INTERNAL, "stranger", []),
    "internal with a restricted token": (INTERNAL, "frida", []),
}


def behind_a_proxy(user: str, group: str, secret: str = SECRET[1]) -> list[tuple[str, str]]:
    return [(SECRET[0], secret), ("Remote-User", user), ("Remote-Groups", group)]


IDENTIFIED_BY_A_PROXY: dict[str, Asking] = {
    "nobody": (EXTERNAL, None, []),
    "forged": (EXTERNAL, "admin", behind_a_proxy("admin", "admin", "a guess")),
    "restricted": (EXTERNAL, "admin", behind_a_proxy("frida", "front_only")),
    "viewer": (EXTERNAL, "admin", behind_a_proxy("vera", "viewer")),
    "admin": (EXTERNAL, None, behind_a_proxy("boss", "admin")),
    "internal": (INTERNAL, None, []),
    "internal with a restricted identity": (INTERNAL, None, behind_a_proxy("frida", "front_only")),
}


def routes_that(*, change: bool) -> pytest.MarkDecorator:
    """Give a test the routes that only read, or all others; who logs out changes something too."""
    found = [row for row in ROUTES if change == (row[0][0] != "GET" or row[0][1].endswith("/logout"))]
    return pytest.mark.parametrize(("key", "permission"), found, ids=[" ".join(key) for key, _ in found])


BEHIND_A_PROXY = behind(MAPPED)


@routes_that(change=False)
async def test_route_that_reads(shared: Nvr, key: tuple[str, str], permission: Permission | None) -> None:
    await try_all(shared, key, permission, LOGGED_IN)


@routes_that(change=True)
@pytest.mark.usefixtures("rows")
async def test_route_that_changes(app: Nvr, key: tuple[str, str], permission: Permission | None) -> None:
    await try_all(app, key, permission, LOGGED_IN)


@pytest.mark.parametrize("shared", [BEHIND_A_PROXY], ids=["proxy"], indirect=True)
@routes_that(change=False)
async def test_route_that_reads_behind_a_proxy(
    shared: Nvr, key: tuple[str, str], permission: Permission | None
) -> None:
    await try_all(shared, key, permission, IDENTIFIED_BY_A_PROXY)


@pytest.mark.parametrize("config", [BEHIND_A_PROXY], ids=["proxy"], indirect=True)
@routes_that(change=True)
@pytest.mark.usefixtures("rows")
async def test_route_that_changes_behind_a_proxy(app: Nvr, key: tuple[str, str], permission: Permission | None) -> None:
    await try_all(app, key, permission, IDENTIFIED_BY_A_PROXY)


async def try_all(
    app: Nvr,
    key: tuple[str, str],
    permission: Permission | None,
    callers: dict[str, Asking],
    *,
    plainly: bool = False,
) -> None:
    """Ask for a route as everybody, of every camera; a route that is read also with HEAD and a doubled slash."""
    assert permission is not None, f"{key} has no row in the policy table"
    method, template = key
    for camera, standing in CAMERA_WORDS.items():
        target = url(method, template, camera)
        for way, path in [
            (method, target),
            *([("HEAD", target), ("GET", f"/{target}")] if method == "GET" and not plainly else []),
        ]:
            seen = {
                who: (await exchange(app, listener, user, way, path, headers)).status
                for who, (listener, user, headers) in callers.items()
            }
            problems = list(_problems(permission, standing, seen))
            assert not problems, f"{way} {path} ({permission.name}): {problems}; statuses {seen}"


TEMPLATES = sorted({template for (_, template), _ in ROUTES if template.startswith(PROTECTED)})


@pytest.mark.parametrize("template", TEMPLATES)
async def test_methods_that_a_route_does_not_have_need_a_login(shared: Nvr, template: str) -> None:
    for listener, user, status in ((EXTERNAL, None, 401), (EXTERNAL, "stranger", 401), (EXTERNAL, "frida", 405),
                                   (EXTERNAL, "admin", 405), (INTERNAL, None, 405)):  # fmt: skip
        only_socket = {key[0] for key, _ in ROUTES if key[1] == template} == {"WS"}
        expected = 404 if only_socket and status == 405 else status
        assert await ask(shared, listener, user, "PROPFIND", url("PROPFIND", template, "front")) == expected


def _problems(permission: Permission, standing: str, seen: dict[str, int]) -> Iterator[str]:
    refused = (401, 403)
    if permission is Permission.PUBLIC:
        yield from (f"{who} is refused" for who, status in seen.items() if status in refused)
        return
    yield from (f"{who} gets in" for who in STRANGERS if seen.get(who, 401) != 401)
    named = permission not in (Permission.AUTHENTICATED, Permission.FILTERED, Permission.ADMIN)
    by_self = permission is Permission.AUTHENTICATED  # setting another's password is refused by the handler
    yield from (f"{who} is refused" for who in seen if who.startswith(("admin", "internal")) and seen[who] in refused)
    if permission is Permission.ADMIN:
        yield from (f"{who} gets in" for who in ("restricted", "viewer") if seen[who] != 403)
        return
    if seen["viewer"] in refused and not by_self:
        yield "the viewer is refused"
    if named and standing == "forbidden" and seen["restricted"] != 403:
        yield "the restricted role gets to a forbidden camera"
    by_id = permission in (Permission.EVENT, Permission.REVIEW, Permission.EXPORT)
    if named and standing == "unknown" and seen["restricted"] not in ((403, 404) if by_id else (403,)):
        yield "an unknown camera is told from a forbidden one"
    if permission is Permission.CAMERA and standing == "unknown":
        yield from (
            f"an unknown camera is not 404 to {who}" for who in ("viewer", "admin", "internal") if seen[who] != 404
        )
    if named and standing == "allowed" and permission is not Permission.FILE and seen["restricted"] in refused:
        yield "the restricted role is refused its own camera"


FILTERED = [path for (method, path), permission in ROUTES if permission is Permission.FILTERED and method == "GET"]


@pytest.mark.parametrize("path", FILTERED)
async def test_filtered_answers_name_no_other_camera(shared: Nvr, path: str) -> None:
    query = "ids=1700000000.5-front,1700000000.5-back&after=1699999000&before=1700001000&camera=all&cameras=front,back"
    query += "&query=back"
    async with shared.client(EXTERNAL, "frida") as restricted, shared.client(EXTERNAL, "vera") as viewer:
        if path.startswith("/api/preview/"):
            path = url("GET", path, "front")
            assert (await restricted.get(path)).status_code == (await viewer.get(path)).status_code == 404
            return
        answer = await restricted.get(f"{path}?{query}")
        if path == "/api/review_ids":  # which answers all or nothing
            assert answer.status_code == 404
            return
        if "_id}" in path or path.endswith("/{case_id}/download"):  # of an id that there is not
            assert answer.status_code == 404
            return
        assert answer.status_code == 200
        assert not re.search(r"\bback\b", answer.text)
        assert (await viewer.get(f"{path}?{query}")).status_code == 200


PICTURES = [key for key, permission in ROUTES if permission is Permission.PICTURES]


@pytest.mark.parametrize("key", PICTURES, ids=[" ".join(key) for key in PICTURES])
async def test_the_picture_of_all_cameras_is_for_roles_without_a_limit(shared: Nvr, key: tuple[str, str]) -> None:
    method, template = key
    target = url(method, template, "birdseye")
    seen = {
        who: (await exchange(shared, listener, user, method, target, headers)).status
        for who, (listener, user, headers) in LOGGED_IN.items()
    }
    allowed = (101,) if method == "WS" else (200, 404)  # 404 without `birdseye.restream`
    expected = dict.fromkeys(STRANGERS, (401,)) | {"restricted": (403,)}
    assert {who: status for who, status in seen.items() if status not in expected.get(who, allowed)} == {}


async def test_every_row_has_a_route() -> None:
    present = {key for route in all_routes() for key in keys(route)}
    assert set(POLICY) - present == set()


async def test_unknown_paths_below_the_api_need_a_login(app: Nvr) -> None:
    for path in ("/api/no/such/thing/at/all", "/vod/x", "/live/webrtc/x"):
        assert await ask(app, EXTERNAL, None, "GET", path) == 401
        assert await ask(app, EXTERNAL, "vera", "GET", path) == 404


@pytest.mark.parametrize("path", ["/clips/../dogwatch.db", "/api/./config", "/recordings/2026/..", "/clips/a\0b"])
async def test_dot_segments_are_nobodys(app: Nvr, path: str) -> None:
    assert await ask(app, INTERNAL, None, "GET", path) == 403


async def test_head_is_guarded_as_get(app: Nvr) -> None:
    assert await ask(app, EXTERNAL, None, "HEAD", "/api/config") == 401
    assert await ask(app, EXTERNAL, "frida", "HEAD", "/api/back/latest.jpg") == 403
    assert await ask(app, EXTERNAL, "frida", "HEAD", "/api/front/latest.jpg") == 200


async def test_a_route_without_policy_does_not_start(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(POLICY, ("GET", "/api/stats"))
    with pytest.raises(DogwatchError, match="/api/stats has no policy"):
        create_app(all_surfaces(app.services))


async def test_the_bodies_of_refusals(app: Nvr) -> None:
    async with app.client(EXTERNAL) as client:
        answer = await client.get("/api/config", headers={"X-Ingress-Path": "/nvr"})
        assert answer.status_code == 401
        assert answer.json()["detail"] == "Authentication required"
        assert answer.headers["location"] == "/nvr/login"
    async with app.client(EXTERNAL, "frida") as client:
        assert (await client.get("/api/back/latest.jpg")).json() == {
            "success": False,
            "message": "Access denied to camera 'back'. Allowed cameras: ['front']",
            "detail": "Access denied to camera 'back'. Allowed cameras: ['front']",
        }
        assert (await client.get("/api/users")).json()["detail"] == (
            "Access denied. A user with the admin role is required."
        )
        assert (await client.get("/api/nowhere/latest.jpg")).json()["detail"] == (
            "Access denied to camera 'nowhere'. Allowed cameras: ['front']"
        )
    async with app.client(EXTERNAL, "vera") as client:
        assert (await client.get("/api/nowhere/latest.jpg")).json()["detail"] == "Camera not found"
    async with app.client(EXTERNAL, "frida") as client:
        both = await client.get("/api/go2rtc/api/streams?src=front&src=back")
        assert both.status_code == 403


async def test_clients_cannot_claim_an_identity(app: Nvr) -> None:
    claims = {"Remote-User": "admin", "Remote-Role": "admin", "X-Server-Port": "5000", "dogwatch.listener": "internal"}
    async with app.client(EXTERNAL) as client:
        assert (await client.get("/api/profile", headers=claims)).status_code == 401
    async with app.client(EXTERNAL, "vera") as client:
        assert (await client.get("/api/profile", headers=claims)).json()["username"] == "vera"


@pytest.mark.parametrize(
    ("fixed", "other"),
    [
        ("/api/config", "/api/{camera}"),
        ("/api/events/{event_id}", "/api/{camera}/{label}"),
        ("/api/{camera}/latest.{extension}", "/api/{camera}/{label}"),
        ("/api/clips/{camera}", "/{path:path}"),
    ],
)
def test_fixed_segments_win(fixed: str, other: str) -> None:
    assert specificity(fixed) < specificity(other)


def test_every_surface_is_tried(app: Nvr) -> None:
    """Those of video files are in `test_files_access`."""
    present = {(surface.name, key) for surface in app.app.surfaces for route in surface.routes() for key in keys(route)}
    assert present == {("nvr", key) for key, _ in ROUTES} | {("files", key) for key in FILES_POLICY}


def test_an_app_leaves_the_routers_as_they_are(app: Nvr) -> None:
    """Two apps, each with services of its own, are made of the same routers; so is the OpenAPI document."""
    for surface in app.app.surfaces:
        for route in surface.routes():
            assert not isinstance(route.app, Guarded)
            assert isinstance(route, APIWebSocketRoute) or "HEAD" not in (route.methods or ())


def test_all_routes_are_plain() -> None:
    routes: list[Route] = list(all_routes())
    assert len({key for route in routes for key in keys(route)}) == sum(len(keys(route)) for route in routes)


async def profile(app: Nvr, listener: str, host: str) -> tuple[int, Any]:
    async with app.client(listener) as client:
        answer = await client.get("/api/profile", headers={"Host": host})
        return answer.status_code, answer.json()


async def test_the_internal_port_answers_to_no_name_that_a_page_can_take(app: Nvr) -> None:
    for host in ("127.0.0.1:5000", "[::1]:5000", "localhost", "nvr:5000"):
        assert (await profile(app, INTERNAL, host))[0] == 200
    status, body = await profile(app, INTERNAL, "evil.example:5000")
    assert status == 403
    assert body["success"] is False
    assert "internal_hosts" in body["message"]
    assert (await profile(app, EXTERNAL, "evil.example:5000"))[0] == 401  # which asks for a login, whatever the name
    async with app.client(INTERNAL) as client:
        # Public routes too: nothing behind this port is for other sites' pages.
        assert (await client.get("/api/version", headers={"Host": "evil.example"})).status_code == 403


@pytest.mark.parametrize(
    ("listen", "status"),
    [
        ("{internal_hosts: [NVR.example.org]}", 200),
        ("{internal_hosts: nvr.example.org}", 200),
        ("{internal_hosts: ['*']}", 200),
        ("{internal_hosts: [example.org]}", 403),
        ("{internal: '127.0.0.9:5000'}", 403),
        ("{internal: '0.0.0.0:5000'}", 200),
    ],
)
async def test_hosts_that_the_configuration_names(tmp_path: Path, listen: str, status: int) -> None:
    with nvr(tmp_path, f"networking:\n  listen: {listen}\n{CONFIG}") as app:
        assert (await profile(app, INTERNAL, "nvr.example.org:5000"))[0] == status


@pytest.mark.parametrize("path", ["/api/front/latest.jpg", "/api/front", "/api/config", "/", "/clips/x.jpg"])
async def test_a_page_of_another_site_shows_nothing_of_the_internal_port(app: Nvr, path: str) -> None:
    site = [("Host", "127.0.0.1:5000"), ("Sec-Fetch-Site", "cross-site"), ("Referer", "https://evil.example/")]
    assert (await exchange(app, INTERNAL, None, "GET", path, [*site, ("Sec-Fetch-Mode", "no-cors")])).status == 403
    link = await exchange(app, INTERNAL, None, "GET", path, [*site, ("Sec-Fetch-Mode", "navigate")])
    own = await exchange(
        app, INTERNAL, None, "GET", path, [("Host", "127.0.0.1:5000"), ("Sec-Fetch-Site", "same-origin")]
    )
    assert link.status == own.status != 403
