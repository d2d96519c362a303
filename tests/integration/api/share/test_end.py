"""When links that need no login end, and what ends with them."""

import asyncio
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dogwatch.api.nvr.share_pages import _film
from dogwatch.auth.caller import ANONYMOUS_ADMIN
from dogwatch.recordings import removal
from dogwatch.store import segments, shares
from dogwatch.testing.app import CONFIG, EXTERNAL, Nvr, until
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT
from tests.shared_links import RANGE, SHARING, configure, is_over, made, opened


async def test_a_link_ends_with_its_event(app: Nvr) -> None:
    answer = await made(app, {"event_id": EVENT})
    async with app.client(EXTERNAL, "admin") as client:
        assert (await client.delete(f"/api/events/{EVENT}")).status_code == 200
    await is_over(app, answer, "the event was deleted")


async def test_a_link_ends_with_its_footage(app: Nvr, tmp_path: Path) -> None:
    answer = await made(app, RANGE)
    with app.services.db.read() as connection:
        spans = segments.oldest(connection, 100, "front")
    removal.remove(app.services.db, tmp_path, spans, "api", "a test")
    await is_over(app, answer, "its footage was deleted")


async def test_a_link_ends_with_its_camera(app: Nvr) -> None:
    answer = await made(app, RANGE, None)
    gone = (
        SHARING.replace("  front:\n", "  other:\n").replace("[front]", "[other]").replace("Main: front", "Main: other")
    )
    configure(app, gone)
    assert (await opened(app, answer["path"])).status_code == 404
    configure(app, SHARING)
    await is_over(app, answer, "the camera was removed")


async def test_a_link_ends_when_its_maker_may_not_see_the_camera_any_more(app: Nvr) -> None:
    answer = await made(app, RANGE, "frida")
    configure(app, SHARING.replace("front_only: [front]", "front_only: [back]"))
    await is_over(app, answer, "its maker may not see the camera any more")
    configure(app, SHARING)  # what has ended stays ended
    assert (await opened(app, answer["path"])).status_code == 404


async def test_a_link_ends_when_the_role_of_its_maker_may_not_share_any_more(app: Nvr) -> None:
    answer = await made(app, RANGE, "vera")
    async with app.client() as client:
        await client.put("/api/users/vera/role", json={"role": "front_only"})
    assert (await opened(app, answer["path"])).status_code == 200
    configure(app, CONFIG)
    await is_over(app, answer, "the role of its maker may not share any more")


async def test_a_link_ends_with_the_account_of_its_maker(app: Nvr) -> None:
    answer = await made(app, RANGE, "vera")
    async with app.client() as client:
        await client.delete("/api/users/vera")
        await client.post("/api/users", json={"username": "vera", "password": "correct horse battery"})
    await is_over(app, answer, "the account was deleted")


async def test_a_role_that_must_blur_now_ends_its_links_that_are_not(app: Nvr) -> None:
    answer = await made(app, RANGE, "vera")
    configure(app, SHARING.replace("blur_roles: []", "blur_roles: [viewer]"))
    await is_over(app, answer, "what the role of its maker shares must be blurred now")


async def test_a_role_that_must_blur_now_ends_its_links_without_privacy_masks(app: Nvr) -> None:
    answer = await made(app, {**RANGE, "blur_faces": True}, "vera")
    configure(app, SHARING.replace("blur_roles: []", "blur_roles: [viewer]"))
    await is_over(app, answer, "what the role of its maker shares must be blurred now")


async def test_while_sharing_is_off_no_link_works(app: Nvr) -> None:
    answer = await made(app, RANGE)
    configure(app, SHARING.replace("sharing: {", "sharing: {enabled: false, "))
    assert (await opened(app, answer["path"])).status_code == 404
    configure(app, SHARING)
    assert (await opened(app, answer["path"])).status_code == 200


async def test_a_shorter_limit_counts_for_links_that_there_are(app: Nvr) -> None:
    answer = await made(app, {**RANGE, "hours": 100})
    app.services.db.write(
        lambda connection: connection.exec_driver_sql(f"UPDATE shares SET created_at = {time.time() - 7200}") and None
    )
    configure(app, SHARING.replace("sharing: {", "sharing: {max_hours: 1, default_hours: 1, "))
    await is_over(app, answer, "its time was over")


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


async def test_a_camera_that_is_removed_takes_its_links_along(app: Nvr) -> None:
    await made(app, {"camera": "back", "start_time": T0, "end_time": T0 + 6})
    app.services.jobs.start()
    async with app.client() as client:
        assert (await client.delete("/api/cameras/back")).status_code == 200
        await until(lambda: all(one.state == "success" for one in app.services.jobs.listed("camera_removal", None)))
        assert (await client.get("/api/share")).json() == []


async def test_a_copy_ends_when_the_camera_gets_another_privacy_mask(app: Nvr) -> None:
    def masked(masks: str) -> str:
        return SHARING.replace("    zones:\n      porch", f"    privacy_masks: {{{masks}}}\n    zones:\n      porch")

    window, door = "window: {coordinates: '0,0,0.2,0,0.2,0.2'}", "door: {coordinates: '0.5,0.5,0.7,0.5,0.7,0.7'}"
    configure(app, masked(window))
    answer = await made(app, {**RANGE, "privacy_masks": True})
    own = await made(app, {**RANGE, "polygons": ["0,0,0.5,0,0.5,1"]})
    app.services.shares.tick()
    assert app.services.shares.one(ANONYMOUS_ADMIN, answer["share"]["id"]).state == "preparing"
    configure(app, masked(f"{window}, {door}"))
    await is_over(app, answer, "the camera has another privacy mask now")
    app.services.shares.tick()
    assert app.services.shares.one(ANONYMOUS_ADMIN, own["share"]["id"]).state == "preparing"


async def test_a_link_whose_copy_cannot_be_made_ends(app: Nvr, tmp_path: Path) -> None:
    answer = await made(app, {**RANGE, "polygons": ["0,0,0.5,0,0.5,1"]})
    for path in await asyncio.to_thread(lambda: [*tmp_path.glob("recordings/*/*/front/*.mp4")]):
        path.write_bytes(b"no film")
    app.services.jobs.start()
    share_id = answer["share"]["id"]
    await until(lambda: app.services.shares.one(ANONYMOUS_ADMIN, share_id).state == "ended")
    assert "no copy could be made" in app.services.shares.one(ANONYMOUS_ADMIN, share_id).reason
    assert (await opened(app, answer["path"])).status_code == 404
