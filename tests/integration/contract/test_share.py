"""Links that need no login, which the contract does not have (docs/api/share.md)."""

from __future__ import annotations

import msgspec
import pytest

from dogwatch.testing.stocked import EVENT
from tests.integration.contract import shapes
from tests.integration.contract.conftest import UNKNOWN, Contract, done, fails, rows

endpoint = pytest.mark.endpoint


class Shared(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A link."""

    id: str
    kind: str
    camera: str
    event_id: str | None
    export_id: str | None
    start_time: float
    end_time: float
    title: str | None
    blur_faces: bool
    masks: int
    made_by: str
    made_from: str
    created_at: float
    expires_at: float
    state: str
    ended_at: float | None
    reason: str | None
    uses: int
    used_at: float | None


class Used(msgspec.Struct, forbid_unknown_fields=True):
    """A use."""

    time: float
    address: str
    what: str
    agent: str


class SharedWithUses(Shared, kw_only=True, forbid_unknown_fields=True):
    """A link with its uses."""

    latest_uses: list[Used]


class Made(msgspec.Struct, forbid_unknown_fields=True):
    """A new link."""

    success: bool
    message: str
    path: str
    url: str | None
    share: Shared


@endpoint(
    "POST /api/share", "GET /api/share", "GET /api/share/{share_id}", "DELETE /api/share/{share_id}",
    "GET /share/{token}", "GET /share/{token}/clip.mp4",
)  # fmt: skip
def test_own_links(contract: Contract) -> None:
    answer = contract.admin.post("/api/share", json={"event_id": EVENT, "hours": 2, "title": "A parcel"})
    assert answer.status_code == 201
    made: Made = shapes.read(Made, answer.content)
    assert (made.share.kind, made.share.event_id, made.share.state, made.share.title) == (
        "event",
        EVENT,
        "ready",
        "A parcel",
    )
    assert made.share.expires_at - made.share.created_at == 7200
    assert made.url is not None
    assert made.url.endswith(made.path)
    assert contract.stranger.get(made.path).headers["content-type"].startswith("text/html")
    part = contract.stranger.get(f"{made.path}/clip.mp4", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.headers["content-type"]) == (206, "video/mp4")
    assert rows(contract.admin.get("/api/share"), list[Shared])[0].id == made.share.id
    contract.app.services.db.write(lambda _: None)
    told = rows(contract.admin.get(f"/api/share/{made.share.id}"), SharedWithUses)
    assert {use.what for use in told.latest_uses} == {"page", "clip"}
    fails(contract.viewer.post("/api/share", json={"event_id": EVENT}), 403)
    fails(contract.admin.post("/api/share", json={"event_id": UNKNOWN}), 404)
    fails(contract.admin.post("/api/share", json={"event_id": EVENT, "export_id": "x"}), 400)
    fails(contract.admin.post("/api/share", json={"hours": "long"}), 422)
    assert rows(contract.viewer.get("/api/share"), list[Shared]) == []
    fails(contract.viewer.get(f"/api/share/{made.share.id}"), 404)
    fails(contract.viewer.delete(f"/api/share/{made.share.id}"), 404)
    fails(contract.stranger.get("/api/share"), 401)
    done(contract.admin.delete(f"/api/share/{made.share.id}"))
    assert contract.stranger.get(made.path).status_code == 404


@endpoint("GET /share/{token}/snapshot.jpg", "GET /share/{token}/thumbnail.jpg")
def test_own_pictures_of_links(contract: Contract) -> None:
    made: Made = shapes.read(Made, contract.admin.post("/api/share", json={"event_id": EVENT}).content)
    for name in ("snapshot.jpg", "thumbnail.jpg"):
        answer = contract.stranger.get(f"{made.path}/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.content.startswith(b"\xff\xd8")
