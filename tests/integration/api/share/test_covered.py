"""Links that need no login whose film has covered parts: masks, and the heads of people."""

import io
from functools import partial
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.auth.caller import ANONYMOUS_ADMIN
from dogwatch.media import picture
from dogwatch.recordings import removal
from dogwatch.sharing import shares as sharing
from dogwatch.store import event_expiry, events, segments
from dogwatch.testing.app import EXTERNAL, Nvr, until
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT, WIDTH, event
from tests.shared_links import RANGE, SHARING, configure, is_over, made, opened


async def test_masks_that_the_camera_does_not_have_are_refused(app: Nvr) -> None:
    async with app.client() as client:
        answer = await client.post("/api/share", json={**RANGE, "privacy_masks": True})
    assert (answer.status_code, "no privacy masks" in answer.text) == (400, True)
    await made(app, {**RANGE, "privacy_masks": True, "polygons": ["0,0,0.5,0,0.5,1"]})


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
    configure(app, masks)
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
    await is_over(app, answer, "its footage was deleted")
    assert list(app.services.shares.content.folder.iterdir()) == []


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


async def test_masks_in_pixels_are_those_of_the_detect_frame(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    window, gone = "window: {coordinates: '0,0,800,0,800,900,0,900'}", "gone: {coordinates: '5000,0,6000,0,6000,9'}"
    mask = f"    privacy_masks: {{{window}, {gone}}}\n"
    configure(app, SHARING.replace("    detect: {enabled: false}\n", f"    detect: {{enabled: false}}\n{mask}"))
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
