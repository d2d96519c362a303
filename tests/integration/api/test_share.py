"""Links that need no login: what they show, to whom, how long, and that they show nothing else."""

import asyncio
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest

from dogwatch.api.nvr.share_pages import _film
from dogwatch.auth.caller import ANONYMOUS_ADMIN
from dogwatch.config import parse
from dogwatch.errors import StoreError
from dogwatch.events.files import PictureFiles, write
from dogwatch.media import fragments, picture
from dogwatch.recordings import removal
from dogwatch.sharing import shares as sharing
from dogwatch.store import event_expiry, events, exports, segments, shares
from dogwatch.store.exports import Export
from dogwatch.testing import recordings
from dogwatch.testing.app import CONFIG, EXTERNAL, INTERNAL, Nvr, nvr, until
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT, HEIGHT, OTHER, WIDTH, event
from tests.integration.api.test_proxy_headers import MAPPED, SECRET, behind
from tests.routes import exchange

SHARING = CONFIG + "sharing: {roles: [admin, viewer, front_only], blur_roles: []}\n"
RANGE = {"camera": "front", "start_time": T0, "end_time": T0 + 6}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with shown(tmp_path, SHARING) as made:
        yield made


@contextmanager
def shown(directory: Path, text: str) -> Iterator[Nvr]:
    """Build an app whose two cameras have footage, and an event with a picture each."""
    with nvr(directory, text) as made:
        clean = picture.encode(np.random.default_rng(7).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8), "jpg", 90)
        for key, camera in ((EVENT, "front"), (OTHER, "back")):
            made.services.db.write(partial(events.put, values=event(key, camera)))
            write(PictureFiles(directory).clean(camera, key), clean)
            for one in recordings.record(directory, camera):
                init = fragments.scan(directory / one.path).init
                made.services.db.write(partial(segments.add, segment=one, init=init))
        yield made


async def made(app: Nvr, body: dict[str, Any], user: str | None = "admin") -> dict[str, Any]:
    """Make a link and return the answer."""
    async with app.client(EXTERNAL if user else INTERNAL, user) as client:
        answer = await client.post("/api/share", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def opened(app: Nvr, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """Ask for `path` without a login."""
    async with app.client(EXTERNAL) as client:
        return await client.get(path, headers=headers)


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


def _configure(app: Nvr, change: str) -> None:
    app.services.keeper.change(parse(change, path=Path("config.yml"), env={}))


async def test_a_link_ends_with_its_event(app: Nvr) -> None:
    answer = await made(app, {"event_id": EVENT})
    async with app.client(EXTERNAL, "admin") as client:
        assert (await client.delete(f"/api/events/{EVENT}")).status_code == 200
    await _is_over(app, answer, "the event was deleted")


async def test_a_link_ends_with_its_footage(app: Nvr, tmp_path: Path) -> None:
    answer = await made(app, RANGE)
    with app.services.db.read() as connection:
        spans = segments.oldest(connection, 100, "front")
    removal.remove(app.services.db, tmp_path, spans, "api", "a test")
    await _is_over(app, answer, "its footage was deleted")


async def test_a_link_ends_with_its_camera(app: Nvr) -> None:
    answer = await made(app, RANGE, None)
    gone = (
        SHARING.replace("  front:\n", "  other:\n").replace("[front]", "[other]").replace("Main: front", "Main: other")
    )
    _configure(app, gone)
    assert (await opened(app, answer["path"])).status_code == 404
    _configure(app, SHARING)
    await _is_over(app, answer, "the camera was removed")


async def test_a_link_ends_when_its_maker_may_not_see_the_camera_any_more(app: Nvr) -> None:
    answer = await made(app, RANGE, "frida")
    _configure(app, SHARING.replace("front_only: [front]", "front_only: [back]"))
    await _is_over(app, answer, "its maker may not see the camera any more")
    _configure(app, SHARING)  # what has ended stays ended
    assert (await opened(app, answer["path"])).status_code == 404


async def test_a_link_ends_when_the_role_of_its_maker_may_not_share_any_more(app: Nvr) -> None:
    answer = await made(app, RANGE, "vera")
    async with app.client() as client:
        await client.put("/api/users/vera/role", json={"role": "front_only"})
    assert (await opened(app, answer["path"])).status_code == 200
    _configure(app, CONFIG)
    await _is_over(app, answer, "the role of its maker may not share any more")


async def test_a_link_ends_with_the_account_of_its_maker(app: Nvr) -> None:
    answer = await made(app, RANGE, "vera")
    async with app.client() as client:
        await client.delete("/api/users/vera")
        await client.post("/api/users", json={"username": "vera", "password": "correct horse battery"})
    await _is_over(app, answer, "the account was deleted")


async def test_masks_that_the_camera_does_not_have_are_refused(app: Nvr) -> None:
    async with app.client() as client:
        answer = await client.post("/api/share", json={**RANGE, "privacy_masks": True})
    assert (answer.status_code, "no privacy masks" in answer.text) == (400, True)
    await made(app, {**RANGE, "privacy_masks": True, "polygons": ["0,0,0.5,0,0.5,1"]})


async def test_a_role_that_must_blur_now_ends_its_links_that_are_not(app: Nvr) -> None:
    answer = await made(app, RANGE, "vera")
    _configure(app, SHARING.replace("blur_roles: []", "blur_roles: [viewer]"))
    await _is_over(app, answer, "what the role of its maker shares must be blurred now")


async def test_while_sharing_is_off_no_link_works(app: Nvr) -> None:
    answer = await made(app, RANGE)
    _configure(app, SHARING.replace("sharing: {", "sharing: {enabled: false, "))
    assert (await opened(app, answer["path"])).status_code == 404
    _configure(app, SHARING)
    assert (await opened(app, answer["path"])).status_code == 200


async def test_a_shorter_limit_counts_for_links_that_there_are(app: Nvr) -> None:
    answer = await made(app, {**RANGE, "hours": 100})
    app.services.db.write(
        lambda connection: connection.exec_driver_sql(f"UPDATE shares SET created_at = {time.time() - 7200}") and None
    )
    _configure(app, SHARING.replace("sharing: {", "sharing: {max_hours: 1, default_hours: 1, "))
    await _is_over(app, answer, "its time was over")


async def _is_over(app: Nvr, answer: dict[str, Any], reason: str) -> None:
    assert (await opened(app, answer["path"])).status_code == 404
    async with app.client() as client:
        told = (await client.get(f"/api/share/{answer['share']['id']}")).json()
    assert (told["state"], told["reason"]) == ("ended", reason)


async def test_uses_are_told_once_a_minute_and_only_the_newest(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "USES_KEPT", 3)
    answer = await made(app, RANGE)
    share_id = answer["share"]["id"]
    for _ in range(3):
        await opened(app, answer["path"])
        await opened(app, answer["path"] + "/clip.mp4")
    share = app.services.shares.one(ANONYMOUS_ADMIN, share_id)
    for number in range(4):
        app.services.shares.used(share, "page", f"192.0.2.{number}", "agent " * 50)
    app.services.db.write(lambda _: None)
    async with app.client() as client:
        told = (await client.get(f"/api/share/{share_id}")).json()
    assert told["uses"] == 2 + 4
    assert [use["address"] for use in told["latest_uses"]] == ["192.0.2.3", "192.0.2.2", "192.0.2.1"]
    assert told["latest_uses"][0]["what"] == "page"
    assert len(told["latest_uses"][0]["agent"]) <= 100


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


async def test_guessing_is_limited(app: Nvr) -> None:
    answer = await made(app, RANGE)
    for _ in range(40):  # who has a link may ask as often as he likes
        assert (await opened(app, answer["path"])).status_code == 200
    statuses = [(await opened(app, f"/share/{'x' * 31}{number}")).status_code for number in range(32)]
    assert statuses[:30] == [404] * 30
    assert statuses[30:] == [429] * 2
    assert (await opened(app, answer["path"])).status_code == 429  # so that 404 tells nothing either


async def test_a_film_breaks_off_when_its_link_is_revoked(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.ranges.CHUNK_BYTES", 1000)
    answer = await made(app, RANGE)
    sent = bytearray()

    async def send(message: Any) -> None:
        sent.extend(message.get("body", b""))
        if message["type"] == "http.response.body" and len(sent) <= 1000:
            await asyncio.to_thread(app.services.shares.revoke, ANONYMOUS_ADMIN, answer["share"]["id"])
        complete.append(message["type"] == "http.response.body" and not message.get("more_body"))

    complete: list[bool] = []
    share = app.services.shares.open(answer["path"].removeprefix("/share/"))
    assert share is not None
    film = _film(app.services, share, "")
    assert film is not None

    async def receive() -> Any:
        await asyncio.sleep(3600)

    await film({"type": "http", "method": "GET", "headers": []}, receive, send)
    assert len(sent) == 1000
    assert not any(complete)


async def test_links_work_below_a_prefix(app: Nvr) -> None:
    async with app.client(EXTERNAL, "admin") as client:
        answer = (await client.post("/api/share", json=RANGE, headers={"X-Ingress-Path": "/nvr"})).json()
    assert answer["path"].startswith("/nvr/share/")
    page = await opened(app, answer["path"].removeprefix("/nvr"))
    assert 'src="/' not in page.text  # relative


async def test_ended_links_are_told_for_a_while_and_their_copies_deleted(app: Nvr, tmp_path: Path) -> None:
    answer = await made(app, RANGE)
    folder = app.services.shares.content.folder
    folder.mkdir(parents=True)
    for name in (answer["share"]["id"], "nobody"):
        (folder / f"{name}.mp4").write_bytes(b"x")
    app.services.shares.tick()
    assert [path.name for path in folder.iterdir()] == [f"{answer['share']['id']}.mp4"]
    app.services.shares.revoke(ANONYMOUS_ADMIN, answer["share"]["id"])
    assert list(folder.iterdir()) == []
    with app.services.db.read() as connection:
        assert shares.one(connection, answer["share"]["id"]) is not None
    app.services.db.write(partial(shares.prune, before=time.time() + 1, most=10))
    with app.services.db.read() as connection:
        assert shares.one(connection, answer["share"]["id"]) is None


async def test_there_is_a_limit_of_links(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MOST_EACH", 2)
    for _ in range(2):
        await made(app, RANGE)
    async with app.client(EXTERNAL, "admin") as client:
        assert (await client.post("/api/share", json=RANGE)).status_code == 409


async def test_a_camera_that_is_removed_takes_its_links_along(app: Nvr) -> None:
    await made(app, {"camera": "back", "start_time": T0, "end_time": T0 + 6})
    app.services.jobs.start()
    async with app.client() as client:
        assert (await client.delete("/api/cameras/back")).status_code == 200
        await until(lambda: all(one.state == "success" for one in app.services.jobs.listed("camera_removal", None)))
        assert (await client.get("/api/share")).json() == []


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


async def test_covered_parts_are_in_no_answer(app: Nvr) -> None:
    app.services.jobs.start()
    answer = await made(app, {"event_id": EVENT, "polygons": ["0,0,0.5,0,0.5,1,0,1"], "blur_faces": True})
    assert answer["share"]["state"] == "preparing"
    page = await opened(app, answer["path"])
    assert "being prepared" in page.text
    assert (await opened(app, answer["path"] + "/clip.mp4")).status_code == 404
    assert (await opened(app, answer["path"] + "/snapshot.jpg")).status_code == 404
    share_id = answer["share"]["id"]
    await until(lambda: app.services.shares.one(ANONYMOUS_ADMIN, share_id).state != "preparing")
    assert app.services.shares.one(ANONYMOUS_ADMIN, share_id).reason == ""
    still = picture.decode((await opened(app, answer["path"] + "/snapshot.jpg")).content)
    assert still[:, : WIDTH // 2 - 8].max() < 16
    assert still[:, WIDTH // 2 + 8 :].mean() > 60
    small = picture.decode((await opened(app, answer["path"] + "/thumbnail.jpg")).content)
    assert small[:, :60].max() < 32
    film = (await opened(app, answer["path"] + "/clip.mp4")).content
    with av.open(io.BytesIO(film), "r") as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert frame[:, : frame.shape[1] // 2 - 8].max() < 16
    copies = list(app.services.shares.content.folder.iterdir())
    assert {path.suffix for path in copies} == {".mp4", ".jpg"}
    app.services.shares.revoke(ANONYMOUS_ADMIN, share_id)
    assert not any(path.exists() for path in copies)


async def test_roles_that_must_blur_do_so_unasked(app: Nvr) -> None:
    masks = SHARING.replace("blur_roles: []", "blur_roles: [viewer]").replace(
        "    zones:\n      porch",
        "    privacy_masks: {window: {coordinates: '0,0,0.2,0,0.2,0.2'}}\n    zones:\n      porch",
    )
    _configure(app, masks)
    answer = await made(app, RANGE, "vera")
    assert (answer["share"]["blur_faces"], answer["share"]["masks"], answer["share"]["state"]) == (True, 1, "preparing")
    plain = await made(app, RANGE, "admin")
    assert (plain["share"]["blur_faces"], plain["share"]["masks"], plain["share"]["state"]) == (False, 0, "ready")


async def test_a_copy_goes_with_the_first_part_of_its_footage(app: Nvr, tmp_path: Path) -> None:
    app.services.jobs.start()
    answer = await made(app, {**RANGE, "polygons": ["0,0,0.5,0,0.5,1"]})
    share_id = answer["share"]["id"]
    await until(lambda: app.services.shares.one(ANONYMOUS_ADMIN, share_id).state == "ready")
    assert (await opened(app, answer["path"] + "/clip.mp4")).status_code == 200
    with app.services.db.read() as connection:
        spans = segments.oldest(connection, 1, "front")
    removal.remove(app.services.db, tmp_path, spans, "api", "a test")
    await _is_over(app, answer, "its footage was deleted")
    assert list(app.services.shares.content.folder.iterdir()) == []


async def test_a_link_whose_copy_cannot_be_made_ends(app: Nvr, tmp_path: Path) -> None:
    answer = await made(app, {**RANGE, "polygons": ["0,0,0.5,0,0.5,1"]})
    for path in await asyncio.to_thread(lambda: [*tmp_path.glob("recordings/*/*/front/*.mp4")]):
        path.write_bytes(b"no film")
    app.services.jobs.start()
    share_id = answer["share"]["id"]
    await until(lambda: app.services.shares.one(ANONYMOUS_ADMIN, share_id).state == "ended")
    assert "no copy could be made" in app.services.shares.one(ANONYMOUS_ADMIN, share_id).reason
    assert (await opened(app, answer["path"])).status_code == 404


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
        _configure(app, proxy.replace("auth:\n  enabled: false", "auth:"))
        await _is_over(app, answer, "its maker has no account or no role any more")


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


async def test_a_copy_ends_when_the_camera_gets_another_privacy_mask(app: Nvr) -> None:
    def masked(masks: str) -> str:
        return SHARING.replace("    zones:\n      porch", f"    privacy_masks: {{{masks}}}\n    zones:\n      porch")

    window, door = "window: {coordinates: '0,0,0.2,0,0.2,0.2'}", "door: {coordinates: '0.5,0.5,0.7,0.5,0.7,0.7'}"
    _configure(app, masked(window))
    answer = await made(app, {**RANGE, "privacy_masks": True})
    own = await made(app, {**RANGE, "polygons": ["0,0,0.5,0,0.5,1"]})
    app.services.shares.tick()
    assert app.services.shares.one(ANONYMOUS_ADMIN, answer["share"]["id"]).state == "preparing"
    _configure(app, masked(f"{window}, {door}"))
    await _is_over(app, answer, "the camera has another privacy mask now")
    app.services.shares.tick()
    assert app.services.shares.one(ANONYMOUS_ADMIN, own["share"]["id"]).state == "preparing"


async def test_a_role_that_must_blur_now_ends_its_links_without_privacy_masks(app: Nvr) -> None:
    answer = await made(app, {**RANGE, "blur_faces": True}, "vera")
    _configure(app, SHARING.replace("blur_roles: []", "blur_roles: [viewer]"))
    await _is_over(app, answer, "what the role of its maker shares must be blurred now")


async def test_a_film_breaks_off_after_the_account_of_its_maker_was_deleted(app: Nvr) -> None:
    token = (await made(app, RANGE, "vera"))["path"].removeprefix("/share/")
    share = app.services.shares.open(token)
    assert share is not None
    app.services.shares.tick()
    assert app.services.shares.works(share)
    async with app.client() as client:
        await client.delete("/api/users/vera")
    app.services.shares.tick()
    assert not app.services.shares.works(share)


async def test_a_link_that_works_cannot_be_hidden_behind_others(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "LISTED", 2)
    monkeypatch.setattr(sharing, "MOST_KEPT", 3)
    first = await made(app, RANGE, "vera")
    for _ in range(5):
        other = await made(app, RANGE, "vera")
        app.services.shares.revoke(ANONYMOUS_ADMIN, other["share"]["id"])
    listed = [share.id for share in app.services.shares.listed(ANONYMOUS_ADMIN)]
    assert listed == [other["share"]["id"], first["share"]["id"]]
    app.services.shares.tick()
    with app.services.db.read() as connection:
        assert len(shares.listed(connection, None, 100)) == 1 + 3


async def test_nobody_takes_all_places_of_copies_that_wait(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MOST_WAITING", 1)
    body = {**RANGE, "polygons": ["0,0,0.5,0,0.5,1"]}
    await made(app, body, "vera")
    async with app.client(EXTERNAL, "vera") as client:
        assert (await client.post("/api/share", json=body)).status_code == 409
        assert (await client.post("/api/share", json=RANGE)).status_code == 201
    await made(app, body, "admin")


async def test_a_covered_picture_goes_with_the_snapshot_of_its_event(app: Nvr) -> None:
    app.services.jobs.start()
    answer = await made(app, {"event_id": EVENT, "polygons": ["0,0,0.5,0,0.5,1"]})
    share_id = answer["share"]["id"]
    await until(lambda: app.services.shares.one(ANONYMOUS_ADMIN, share_id).state == "ready")
    assert (await opened(app, answer["path"] + "/snapshot.jpg")).status_code == 200
    app.services.db.write(partial(event_expiry.forget_snapshots, ids=[EVENT]))
    for name in ("snapshot.jpg", "thumbnail.jpg"):
        assert (await opened(app, f"{answer['path']}/{name}")).status_code == 404
    assert "snapshot.jpg" not in (await opened(app, answer["path"])).text
    assert (await opened(app, answer["path"] + "/clip.mp4")).status_code == 200


async def test_requests_that_fail_are_no_guesses(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await made(app, RANGE)

    def fail(_: str) -> None:
        raise StoreError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(app.services.shares, "open", fail)
        for _ in range(35):
            assert (await opened(app, answer["path"])).status_code == 503
    assert (await opened(app, answer["path"])).status_code == 200


async def test_masks_in_pixels_are_those_of_the_detect_frame(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    window, gone = "window: {coordinates: '0,0,800,0,800,900,0,900'}", "gone: {coordinates: '5000,0,6000,0,6000,9'}"
    mask = f"    privacy_masks: {{{window}, {gone}}}\n"
    _configure(app, SHARING.replace("    detect: {enabled: false}\n", f"    detect: {{enabled: false}}\n{mask}"))
    body = {**RANGE, "camera": "back", "privacy_masks": True}
    async with app.client() as client:
        answer = await client.post("/api/share", json=body)
        assert (answer.status_code, "detect.width" in answer.text) == (400, True)
    monkeypatch.setattr(app.services.shares, "_sizes", lambda: {"back": (1600, 900)})
    share = app.services.shares.one(ANONYMOUS_ADMIN, (await made(app, body))["share"]["id"])
    assert share.cover is not None
    assert share.cover["polygons"] == [[[0, 0], [0.5, 0], [0.5, 1], [0, 1]]]
    app.services.shares.tick()
    assert app.services.shares.one(ANONYMOUS_ADMIN, share.id).state == "preparing"


async def test_the_head_of_a_person_who_is_still_there_is_covered_to_the_end(app: Nvr) -> None:
    there = {**event(f"{T0 + 1}-there", "front"), "end_time": None}
    there["data"] = {**there["data"], "box": [0.4, 0.4, 0.1, 0.4]}
    app.services.db.write(partial(events.put, values=there))
    answer = await made(app, {**RANGE, "blur_faces": True})
    kind: Any = app.services.jobs._kinds["share"]
    heads = kind._heads(app.services.shares.one(ANONYMOUS_ADMIN, answer["share"]["id"]))
    assert [head.at(T0 + 5.9) is not None for head in heads if head.times[0] == T0 + 1] == [True]
