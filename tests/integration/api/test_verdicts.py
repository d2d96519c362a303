"""What users do with events is learnt at the places where these were."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dogwatch.events import false_places
from dogwatch.events.files import PictureFiles, write
from dogwatch.store import event_reasons, events
from dogwatch.testing.app import Nvr, nvr
from tests.integration.api.events.furnished import ask, event, get
from tests.tracks import jpeg as picture

NOW = 1_800_000_000.0
STOOD, WALKED, OLD, KEPT = "stood", "walked", "old", "kept"
BOX = [0.25, 0.25, 0.25, 0.5]


def why(*boxes: list[float]) -> dict[str, Any]:
    """Return what is kept of an object with these boxes."""
    names = ("first", "best", "last")
    seen = {name: {"time": NOW, "score": 0.8, "box": box} for name, box in zip(names, boxes, strict=True)}
    return {"scores": seen, "decisions": []}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nvr]:
    monkeypatch.setattr("time.time", lambda: NOW)
    with nvr(tmp_path) as made:
        rows = {
            STOOD: event(STOOD, "front", NOW - 100, end_time=NOW - 60),
            WALKED: event(WALKED, "front", NOW - 100, end_time=NOW - 60),
            OLD: event(OLD, "front", NOW - 9e5, end_time=NOW - 8.9e5),
            KEPT: event(KEPT, "front", NOW - 100, end_time=NOW - 60, retain_indefinitely=True),
        }
        reasons = {STOOD: why(BOX, BOX, BOX), WALKED: why(BOX, [0.5, 0.25, 0.25, 0.5], [0.7, 0.25, 0.25, 0.5])}
        for key, row in rows.items():
            made.services.db.write(partial(events.put, values=row))
            write(PictureFiles(tmp_path).clean("front", key), picture())
        for key, kept in reasons.items():
            made.services.db.write(partial(event_reasons.put, event_id=key, data=kept))
        made.services.learnt.false_places._clock = lambda: NOW
        yield made


def settle(app: Nvr) -> None:
    """Let so much time pass that what was deleted counts."""
    known = app.services.learnt.false_places
    later = known._clock() + 2 * false_places.APART_S
    known._clock = lambda: later
    known.tick(["front"])


async def places(app: Nvr) -> list[tuple[float, float, float]]:
    found = (await get(app, "/api/front/false_places")).json()["places"]
    return sorted((one["marked_false"], one["marked_correct"], one["deleted"]) for one in found)


async def test_a_mark_counts_once_and_is_told_with_the_next_tick(app: Nvr) -> None:
    assert (await ask(app, "PUT", f"/api/events/{STOOD}/false_positive")).status_code == 200
    assert (await ask(app, "PUT", f"/api/events/{STOOD}/false_positive")).status_code == 400
    assert await places(app) == [(1, 0, 0)]
    app.services.learnt.tick(app.services.config.cameras)
    (told,) = app.services.learnt.latest("front").false_places
    assert [one.weight for one in told.places] == [8]


async def test_a_correct_event_lowers_it_and_a_mark_takes_that_back(app: Nvr) -> None:
    assert (await ask(app, "POST", f"/api/events/{STOOD}/plus", content=b"")).status_code == 200
    assert await places(app) == [(0, 1, 0)]
    assert (await ask(app, "POST", f"/api/events/{STOOD}/retain")).status_code == 200
    assert await places(app) == [(0, 1, 0)]
    assert (await ask(app, "PUT", f"/api/events/{STOOD}/false_positive")).status_code == 200
    assert await places(app) == [(1, 0, 0)]


async def test_a_favourite_is_a_true_event_as_long_as_it_is_one(app: Nvr) -> None:
    for _ in range(3):
        assert (await ask(app, "POST", f"/api/events/{STOOD}/retain")).status_code == 200
    assert await places(app) == [(0, 1, 0)]
    assert (await ask(app, "DELETE", f"/api/events/{STOOD}/retain")).status_code == 200
    assert await places(app) == []
    assert (await ask(app, "POST", "/api/events/nobody/retain")).status_code == 404


async def test_a_mark_of_one_that_walked_is_no_matter_of_the_place(app: Nvr) -> None:
    assert (await ask(app, "PUT", f"/api/events/{WALKED}/false_positive")).status_code == 200
    assert await places(app) == []


async def test_which_deletions_count(app: Nvr) -> None:
    for key in (WALKED, OLD, KEPT):
        assert (await ask(app, "DELETE", f"/api/events/{key}")).status_code == 200
        settle(app)
    assert await places(app) == []
    assert (await ask(app, "DELETE", f"/api/events/{STOOD}")).status_code == 200
    assert (await ask(app, "DELETE", f"/api/events/{STOOD}")).status_code == 404
    settle(app)
    assert await places(app) == [(0, 0, 1)]


async def test_several_that_are_deleted_at_once_say_nothing(app: Nvr) -> None:
    answer = await ask(app, "DELETE", "/api/events/", json={"event_ids": [STOOD, OLD]})
    assert answer.json()["deleted_events"]
    settle(app)
    assert await places(app) == []
