"""How many links that need no login there may be, how often one may guess, and how their uses are counted."""

import pytest

from dogwatch.auth.caller import ANONYMOUS_ADMIN
from dogwatch.errors import StoreError
from dogwatch.sharing import shares as sharing
from dogwatch.store import shares
from dogwatch.testing.app import EXTERNAL, Nvr
from tests.shared_links import RANGE, made, opened


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


async def test_guessing_is_limited(app: Nvr) -> None:
    answer = await made(app, RANGE)
    for _ in range(40):  # who has a link may ask as often as he likes
        assert (await opened(app, answer["path"])).status_code == 200
    statuses = [(await opened(app, f"/share/{'x' * 31}{number}")).status_code for number in range(32)]
    assert statuses[:30] == [404] * 30
    assert statuses[30:] == [429] * 2
    assert (await opened(app, answer["path"])).status_code == 429  # so that 404 tells nothing either


async def test_there_is_a_limit_of_links(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MOST_EACH", 2)
    for _ in range(2):
        await made(app, RANGE)
    async with app.client(EXTERNAL, "admin") as client:
        assert (await client.post("/api/share", json=RANGE)).status_code == 409


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


async def test_requests_that_fail_are_no_guesses(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await made(app, RANGE)

    def fail(_: str) -> None:
        raise StoreError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(app.services.shares, "open", fail)
        for _ in range(35):
            assert (await opened(app, answer["path"])).status_code == 503
    assert (await opened(app, answer["path"])).status_code == 200
