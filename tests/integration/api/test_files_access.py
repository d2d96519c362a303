"""Every route of video files, for everybody, for every file: the order of refusals, scopes, and what a token can do."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from dogwatch.api.files import surface
from dogwatch.api.files.access import SAFE
from dogwatch.api.files.policy import POLICY, FileNeeds
from dogwatch.api.surface import Key, keys, routes_of
from dogwatch.auth import file_tokens, tokens
from dogwatch.auth.caller import Caller
from dogwatch.auth.file_tokens import FileAction, FileScope
from dogwatch.store import video_files
from dogwatch.store.video_files import VideoFile
from dogwatch.testing.app import EXTERNAL, INTERNAL, KEY, Nvr
from dogwatch.testing.video_files import FACTS, files_nvr
from tests.routes import exchange

MINE, THEIRS, NOBODYS = "a" * 32, "b" * 32, "c" * 32
FILES = {"mine": MINE, "theirs": THEIRS, "nobody's": NOBODYS}
ROUTES = pytest.mark.parametrize("key", sorted(POLICY), ids=" ".join)
OF_FILE = (FileNeeds.READ, FileNeeds.MEDIA, FileNeeds.WRITE)
VALUES = {"trace_id": "1", "job_id": "none"}


def filled(template: str, uuid: str = MINE) -> str:
    """Return the path of a route for a file."""
    return re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], uuid), template)


REQUIRED = {
    "/api/v1/file/{file_uuid}/thumbnail": "frame=0&",
    "/api/v1/file/{file_uuid}/clip": "start_frame=0&end_frame=0&",
}
"""What routes need in their query."""


def stored(uuid: str, owner: str) -> VideoFile:
    return VideoFile(
        uuid, owner, "a.mp4", "mp4", None, None, "ready", 5, 1.0, 1.0, content_hash=uuid * 2, duration=10.0, facts=FACTS
    )


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with files_nvr(tmp_path) as made:
        for uuid, owner in ((MINE, "vera"), (THEIRS, "frida")):
            made.services.db.write(partial(video_files.put, file=stored(uuid, owner)))
        yield made


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: on a listener, with a token for files, or that of a session."""

    listener: str = EXTERNAL
    token: str | None = None
    session: str | None = None


def token(app: Nvr, user: str, files: str | list[str], *actions: FileAction) -> str:
    """Return a token of `user` with a scope."""
    found = files if files in ("own", "all") else frozenset(files)
    scope = FileScope(found, frozenset(actions or file_tokens.ACTIONS))  # type: ignore[arg-type]
    role = app.services.file_access.of_caller(Caller(user, "admin" if user == "admin" else "viewer")).role
    made = file_tokens.new_token(user, role, scope, time.time(), 3600)
    return file_tokens.encode(file_tokens.file_key(KEY), made)


def askers(app: Nvr) -> dict[str, Asker]:
    """Return everybody."""
    return {
        "nobody": Asker(),
        "stranger": Asker(token="x.y.z"),
        "forged": Asker(token=token(app, "vera", "own")[:-4] + "AAAA"),
        "session": Asker(session="vera"),
        "own": Asker(token=token(app, "vera", "own")),
        "reads own": Asker(token=token(app, "vera", "own", "read")),
        "lists mine": Asker(token=token(app, "vera", [MINE])),
        "lists theirs": Asker(token=token(app, "vera", [THEIRS])),
        "lists nobody's": Asker(token=token(app, "vera", [NOBODYS])),
        "admin": Asker(token=token(app, "admin", "all")),
        "admin's session": Asker(session="admin"),
        "internal": Asker(INTERNAL),
        "internal with a token": Asker(INTERNAL, token(app, "vera", "own")),
        "internal with a bad token": Asker(INTERNAL, "x.y.z"),
    }


def allowed(who: str, needs: FileNeeds, file: str) -> int | None:
    """Return the status with which a request is refused, None if it is not."""
    if needs is FileNeeds.NOTHING:
        return None
    if who in ("nobody", "stranger", "forged", "internal with a bad token"):
        return 401
    if needs is FileNeeds.CALLER:
        return None
    if who == "reads own" and needs in (FileNeeds.WRITE, FileNeeds.CREATE):
        return 403
    if who.startswith("lists"):
        return None if needs is not FileNeeds.CREATE and file == who.removeprefix("lists ") else 403
    if needs is FileNeeds.CREATE:
        return None
    if file == "nobody's":
        return 404
    is_admin = who in ("admin", "admin's session", "internal")
    return 403 if file == "theirs" and not is_admin else None


async def status(app: Nvr, asker: Asker, method: str, path: str) -> tuple[int, bytes]:
    """Ask; return status and body."""
    sent = [("Authorization", f"Bearer {asker.token}")] if asker.token else []
    found = await exchange(app, asker.listener, asker.session, method, path, sent, b"")
    return found.status, found.body


@ROUTES
async def test_route(app: Nvr, key: Key) -> None:
    method, template = key
    needs = POLICY[key]
    for who, asker in askers(app).items():
        for file, uuid in FILES.items() if needs in OF_FILE else {"mine": MINE}.items():
            if who.startswith("lists ") and who.removeprefix("lists ") == "nobody's" == file:
                continue  # a file that the token names, and that there is not
            if method == "DELETE" and allowed(who, needs, file) is None:
                continue  # tried in the contract tests: it is gone for the next one
            for way in (method, "HEAD") if method == "GET" else (method,):
                found, body = await status(app, asker, way, filled(template, uuid))
                expected = allowed(who, needs, file)
                assert (found in (401, 403)) is (expected in (401, 403)), f"{who}: {way} {template} of {file}: {found}"
                assert expected is None or found == expected, f"{who}: {way} {template} of {file}: {found} {body!r}"


@ROUTES
async def test_a_listed_scope_tells_nothing_of_other_files(app: Nvr, key: Key) -> None:
    """Byte for byte, a file that is somebody else's is answered as one that there is not."""
    if POLICY[key] not in OF_FILE:
        return
    asker = askers(app)["lists mine"]
    answers = [await status(app, asker, key[0], filled(key[1], uuid)) for uuid in (THEIRS, NOBODYS)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 403


@ROUTES
async def test_an_id_that_is_none_is_told_before_the_scope_and_after_the_login(app: Nvr, key: Key) -> None:
    if POLICY[key] not in OF_FILE:
        return
    for uuid in ("a" * 31, "a" * 33, "g" * 32, f"{'a' * 8}-{'a' * 24}", "ａ" * 32, "%20" + "a" * 32):
        path = filled(key[1], uuid)
        assert (await status(app, Asker(), key[0], path))[0] == 401
        found, body = await status(app, askers(app)["lists theirs"], key[0], path)
        assert found == 400
        assert b'"bad_file_uuid"' in body
    if "{trace_id}" in key[1]:
        for number in ("0", "-1", "x", "1.0", "01", "9" * 30):
            path = filled(key[1], THEIRS).replace("/trace/1", f"/trace/{number}")
            found, body = await status(app, askers(app)["lists mine"], key[0], path)
            assert found == 400
            assert b'"bad_trace_id"' in body


@ROUTES
async def test_a_token_in_the_query_is_for_media_alone(app: Nvr, key: Key) -> None:
    method, template = key
    if method not in SAFE or POLICY[key] is FileNeeds.NOTHING:
        return
    text = token(app, "vera", "own")
    media = POLICY[key] is FileNeeds.MEDIA
    path = f"{filled(template)}?{REQUIRED.get(template, '')}"
    for way in ("GET", "HEAD"):
        found, _ = await status(app, Asker(), way, f"{path}token={text}")
        assert (found != 401) is media
        if media:
            other = Asker(token=token(app, "vera", "own", "read"))
            assert (await status(app, other, way, f"{path}token={text}"))[0] == 400
            same = Asker(token=text)
            assert (await status(app, same, way, f"{path}token={text}"))[0] != 400
            assert (await status(app, Asker(), way, f"{path}token={text}&token=x"))[0] == 400
            assert (await status(app, Asker(INTERNAL), way, f"{path}token=x.y.z"))[0] == 401


@ROUTES
async def test_other_methods_and_paths(app: Nvr, key: Key) -> None:
    methods = {method for method, template in POLICY if template == key[1]}
    path = filled(key[1])
    assert (await status(app, Asker(), "PROPFIND", path))[0] == 401
    found = await exchange(app, EXTERNAL, "vera", "PROPFIND", path)
    assert found.status == 405
    assert set(dict(found.headers)["allow"].split(", ")) == methods | ({"HEAD"} if "GET" in methods else set())
    assert b'"method_not_allowed"' in found.body
    assert (await status(app, Asker(), "GET", f"{path}/nothing/at/all"))[0] == 401
    assert (await status(app, Asker(session="vera"), "GET", f"{path}/nothing/at/all"))[0] == 404


@ROUTES
async def test_pages_of_other_sites_change_nothing(app: Nvr, key: Key) -> None:
    if key[0] in ("GET", "OPTIONS"):
        return
    for asker in (askers(app)["session"], askers(app)["internal"], askers(app)["own"]):
        sent = [("Origin", "https://elsewhere.example")]
        sent += [("Authorization", f"Bearer {asker.token}")] if asker.token else []
        found = await exchange(app, asker.listener, asker.session, key[0], filled(key[1]), sent, b"")
        assert (found.status, b"CSRF" in found.body) == (401, True)


async def test_a_session_of_the_nvr_is_no_token_for_files_and_the_other_way_round(app: Nvr) -> None:
    """They are signed with keys of their own: neither can be made into the other."""
    own = token(app, "admin", "all")
    assert tokens.read(KEY, own, time.time()) is None
    assert file_tokens.decode(file_tokens.file_key(KEY), app.token("admin"), time.time()) is None
    async with app.client(EXTERNAL) as client:
        assert (await client.get("/api/config", headers={"Authorization": f"Bearer {own}"})).status_code == 401


async def test_a_cookie_works_and_a_bad_token_beside_it_does_not(app: Nvr) -> None:
    async with app.client(EXTERNAL) as client:
        client.cookies.set(app.services.authority.cookie_name, app.token("vera"))
        assert (await client.get("/api/v1/auth/me")).json()["user"] == {"username": "vera", "role": "user"}
        bad = {"Authorization": "Bearer x.y.z"}
        assert (await client.get("/api/v1/auth/me", headers=bad)).status_code == 401
        basic = {"Authorization": "Basic dmVyYTp4"}
        assert (await client.get("/api/v1/auth/me", headers=basic)).status_code == 401


async def test_a_proxy_is_told_what_is_within_the_scope(app: Nvr) -> None:
    for user, path, expected in (
        ("vera", f"/api/v1/file/{MINE}", 202), ("vera", f"/api/v1/file/{THEIRS}", 403),
        ("admin", f"/api/v1/file/{THEIRS}", 202),
        ("vera", "/api/v1/files", 202), ("vera", "/api/v1/nothing", 403),
    ):  # fmt: skip
        async with app.client(EXTERNAL, user) as client:
            assert (await client.get("/api/auth", headers={"X-Original-URI": path})).status_code == expected, (
                user,
                path,
            )


async def test_odd_paths(app: Nvr) -> None:
    for path in ("/api/v1/file/../files", "/api/v1/./files", "/api/v1/files\\x", "/api/v1/file/a\0"):
        assert (await exchange(app, INTERNAL, None, "GET", path)).status == 403
    assert (await exchange(app, INTERNAL, None, "GET", "/api//v1/files")).status == 200
    assert (await exchange(app, INTERNAL, None, "GET", "/api/v1/files?q=%00")).status == 400


def test_every_route_of_the_surface_is_in_the_policy() -> None:
    assert {key for router in surface.routers() for route in routes_of(router) for key in keys(route)} == set(POLICY)
    assert {key for key, needs in POLICY.items() if needs in OF_FILE} == {
        key for key in POLICY if "{file_uuid}" in key[1]
    }


async def test_without_video_files_there_is_no_surface(tmp_path: Path) -> None:
    with files_nvr(tmp_path, "enabled: false") as app:
        assert [one.name for one in app.app.surfaces] == ["nvr"]
        assert app.parts.files is None


async def test_who_logs_out_without_a_token_for_files_ends_the_session(app: Nvr) -> None:
    async with app.client(EXTERNAL, "vera") as client:
        assert (await client.post("/api/v1/auth/logout")).status_code == 200
        assert (await client.get("/api/v1/auth/me")).status_code == 401
        assert (await client.get("/api/profile")).status_code == 401
