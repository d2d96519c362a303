"""Links that need no login: what they show, to whom, how long, and that they show nothing else."""

import asyncio
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dogwatch.auth.caller import ANONYMOUS_ADMIN
from dogwatch.store import events, exports
from dogwatch.store.exports import Export
from dogwatch.testing.app import CONFIG, EXTERNAL, Nvr
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT, OTHER, event
from tests.integration.api.test_proxy_headers import MAPPED, SECRET, behind
from tests.routes import exchange
from tests.shared_links import RANGE, configure, is_over, made, opened, shown


async def test_a_clip_is_shown_to_who_has_the_link_and_nothing_else(app: Nvr) -> None:
    answer = await made(app, RANGE)
    page = await opened(app, answer["path"])
    assert page.status_code == 200
    assert "front" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    clip = await opened(app, answer["path"] + "/clip.mp4")
    assert clip.status_code == 200
    assert clip.content[4:8] == b"ftyp"
    assert clip.headers["cache-control"] == "no-store"
    part = await opened(app, answer["path"] + "/clip.mp4", {"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == clip.content[100:200]
    for other in ("/snapshot.jpg", "/thumbnail.jpg", "/other", "/../api/events"):
        assert (await opened(app, answer["path"] + other)).status_code in (403, 404)


async def test_an_event_is_shown_with_its_clip_and_its_pictures(app: Nvr) -> None:
    answer = await made(app, {"event_id": EVENT, "title": "A <parcel> & a person"})
    page = await opened(app, answer["path"])
    assert "A &lt;parcel&gt; &amp; a person" in page.text
    assert EVENT not in page.text
    for name, begin in (("snapshot.jpg", b"\xff\xd8"), ("thumbnail.jpg", b"\xff\xd8"), ("clip.mp4", b"\0\0\0")):
        media = await opened(app, f"{answer['path']}/{name}")
        assert (media.status_code, media.content[: len(begin)]) == (200, begin), name
        assert media.headers["cache-control"] == "no-store"


async def test_an_export_is_shown(app: Nvr, tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir(exist_ok=True)
    (tmp_path / "exports" / "front_x.mp4").write_bytes(b"0123456789")
    row = Export("front_x", "front", "x", T0, T0 + 5, "front_x.mp4", False, 10, T0, None)
    app.services.db.write(partial(exports.add, export=row))
    answer = await made(app, {"export_id": "front_x"})
    assert (await opened(app, answer["path"] + "/clip.mp4")).content == b"0123456789"
    beyond = await exchange(app, EXTERNAL, None, "GET", answer["path"] + "/clip.mp4", [("Range", "bytes=10-")])
    told = dict(beyond.headers)
    assert (beyond.status, beyond.body, told["content-range"]) == (416, b"", "bytes */10")
    assert (told["x-robots-tag"], told["cache-control"]) == ("noindex, nofollow, noarchive", "no-store")
    assert told["content-type"].startswith("text/html")
    async with app.client(EXTERNAL, "admin") as client:
        await client.delete("/api/export/front_x")
    assert (await opened(app, answer["path"])).status_code == 404


async def test_the_token_is_long_and_not_stored(app: Nvr, tmp_path: Path) -> None:
    tokens = {(await made(app, RANGE))["path"].removeprefix("/share/") for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) >= 32 for token in tokens)  # of six bits each
    app.services.db.write(lambda _: None)
    stored = b"".join(path.read_bytes() for path in await asyncio.to_thread(lambda: [*tmp_path.glob("dogwatch.db*")]))
    assert not any(token.encode() in stored for token in tokens)


@pytest.mark.parametrize("suffix", ["", "/clip.mp4", "/snapshot.jpg", "/thumbnail.jpg"])
async def test_links_that_never_were_have_ended_or_were_revoked_are_answered_alike(app: Nvr, suffix: str) -> None:
    revoked, over = await made(app, RANGE), await made(app, RANGE)
    async with app.client(EXTERNAL, "admin") as client:
        assert (await client.delete(f"/api/share/{revoked['share']['id']}")).status_code == 200
    app.services.db.write(
        lambda connection: (
            connection.exec_driver_sql(
                f"UPDATE shares SET expires_at = {time.time() - 1} WHERE id = '{over['share']['id']}'"
            )
            and None
        )
    )
    paths = ("/share/" + "x" * 32, "/share/" + "y" * 5000, revoked["path"], over["path"])
    answers = [await exchange(app, EXTERNAL, None, "GET", path + suffix) for path in paths]
    assert {one.status for one in answers} == {404}
    assert all(one == answers[0] for one in answers)


async def test_only_roles_that_the_configuration_names_may_share(tmp_path: Path) -> None:
    with shown(tmp_path, CONFIG) as app:
        async with app.client(EXTERNAL, "vera") as client:
            answer = await client.post("/api/share", json=RANGE)
        assert answer.status_code == 403
        assert "sharing.roles" in answer.text
        await made(app, RANGE)


@pytest.mark.parametrize(
    "body",
    [
        {"camera": "back", "start_time": T0, "end_time": T0 + 6},
        {"camera": "nowhere", "start_time": T0, "end_time": T0 + 6},
        {"event_id": OTHER},
        {"event_id": "1.5-nothing"},
        {"export_id": "back_x"},
    ],
    ids=["camera", "unknown camera", "event", "unknown event", "export"],
)
async def test_who_cannot_see_a_camera_cannot_share_it(app: Nvr, body: dict[str, Any]) -> None:
    row = Export("back_x", "back", "x", T0, T0 + 5, "back_x.mp4", False, 10, T0, None)
    app.services.db.write(partial(exports.add, export=row))
    async with app.client(EXTERNAL, "frida") as client:
        answer = await client.post("/api/share", json=body)
    assert answer.status_code == 404
    assert "back" not in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"camera": "front"}, 400),
        ({**RANGE, "event_id": EVENT}, 400),
        ({**RANGE, "hours": 1000}, 400),
        ({**RANGE, "hours": 0}, 422),
        ({**RANGE, "end_time": T0 - 5}, 400),
        ({**RANGE, "start_time": T0 - 9000}, 400),
        ({**RANGE, "start_time": T0 - 900, "end_time": T0 - 800}, 404),
        ({**RANGE, "polygons": ["0.1,0.1,0.5"]}, 400),
        ({**RANGE, "polygons": ["0,0,300,0,300,300"]}, 400),
        ({**RANGE, "polygons": ["0,0,1,0,1,1"] * 21}, 422),
        ({**RANGE, "title": "x" * 201}, 422),
    ],
    ids=lambda value: str(value)[-40:] if isinstance(value, dict) else "",
)
async def test_what_makes_no_sense_is_refused(app: Nvr, body: dict[str, Any], status: int) -> None:
    async with app.client() as client:
        answer = await client.post("/api/share", json=body)
    assert answer.status_code == status, answer.text
    assert not app.services.shares.listed(ANONYMOUS_ADMIN)


async def test_only_the_maker_and_administrators_know_of_a_link(app: Nvr) -> None:
    own = await made(app, RANGE, "frida")
    hidden = await made(app, {"camera": "back", "start_time": T0, "end_time": T0 + 6}, "vera")
    listed = {}
    for user in ("frida", "vera", "admin"):
        async with app.client(EXTERNAL, user) as client:
            listed[user] = {row["id"] for row in (await client.get("/api/share")).json()}
            for one in (own, hidden):
                seen = one["share"]["id"] in listed[user]
                assert (await client.get(f"/api/share/{one['share']['id']}")).status_code == (200 if seen else 404)
                if not seen:
                    assert (await client.delete(f"/api/share/{one['share']['id']}")).status_code == 404
    assert listed == {
        "frida": {own["share"]["id"]},
        "vera": {hidden["share"]["id"]},
        "admin": {own["share"]["id"], hidden["share"]["id"]},
    }
    assert "path" not in listed


async def test_links_work_below_a_prefix(app: Nvr) -> None:
    async with app.client(EXTERNAL, "admin") as client:
        answer = (await client.post("/api/share", json=RANGE, headers={"X-Ingress-Path": "/nvr"})).json()
    assert answer["path"].startswith("/nvr/share/")
    page = await opened(app, answer["path"].removeprefix("/nvr"))
    assert 'src="/' not in page.text  # relative


def test_an_event_without_an_end_is_not_shared(app: Nvr) -> None:
    row = {
        "id": f"{T0 + 3}-running", "camera": "front", "label": "person", "type": "object", "start_time": T0 + 3,
        "end_time": None, "zones": [], "has_clip": True, "data": {},
    }  # fmt: skip
    app.services.db.write(partial(events.put, values=row))

    async def ask() -> int:
        async with app.client() as client:
            return (await client.post("/api/share", json={"event_id": row["id"]})).status_code

    assert asyncio.run(ask()) == 400


async def test_who_a_proxy_names_shares_as_that_until_logins_are_switched_on(tmp_path: Path) -> None:
    proxy = "sharing: {roles: [admin, front_only]}\n" + behind(MAPPED)
    with shown(tmp_path, proxy) as app:
        async with app.client(EXTERNAL) as client:
            made_by = dict([SECRET, ("Remote-User", "fred"), ("Remote-Groups", "front_only")])
            answer = (await client.post("/api/share", json=RANGE, headers=made_by)).json()
            assert answer["share"]["made_by"] == "fred"
            hidden = {**RANGE, "camera": "back"}
            assert (await client.post("/api/share", json=hidden, headers=made_by)).status_code == 404
            other = dict([SECRET, ("Remote-User", "fay"), ("Remote-Groups", "front_only")])
            assert (await client.get("/api/share", headers=other)).json() == []
        assert (await opened(app, answer["path"])).status_code == 200
        configure(app, proxy.replace("auth:\n  enabled: false", "auth:"))
        await is_over(app, answer, "its maker has no account or no role any more")


async def test_a_link_to_a_manual_event_shows_nothing_that_comes_later(app: Nvr) -> None:
    ahead = {**event(f"{T0 + 1}-ahead", "front"), "type": "api", "end_time": time.time() + 86_400}
    app.services.db.write(partial(events.put, values=ahead))
    async with app.client() as client:
        assert (await client.post("/api/share", json={"event_id": ahead["id"]})).status_code == 400
    ended = {**event(f"{T0 + 1}-ended", "front"), "type": "api", "start_time": T0 + 1, "end_time": T0 + 2}
    app.services.db.write(partial(events.put, values=ended))
    answer = await made(app, {"event_id": ended["id"]})
    film = (await opened(app, answer["path"] + "/clip.mp4")).content
    app.services.db.write(lambda connection: events.change(connection, ended["id"], {"end_time": T0 + 6}, {}) and None)
    assert (await opened(app, answer["path"] + "/clip.mp4")).content == film
