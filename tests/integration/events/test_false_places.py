"""Places of false detections are learnt, kept over restarts, faded, reset, and told to the analysis."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs

from dogwatch.analysis import FalsePlaceMap
from dogwatch.config import parse
from dogwatch.errors import NotFoundError, StoreError
from dogwatch.events.false_place import HALF_LIFE_S, Fractions
from dogwatch.events.false_places import ADOPT_S, AHEAD_S, APART_S, MOST_MAPS, FalsePlaces, Verdict
from dogwatch.events.hub import EventHub
from dogwatch.events.learnt import stored
from dogwatch.events.live_object import LiveObject
from dogwatch.events.rules import CameraRules
from dogwatch.evidence import PlaceDoubt
from dogwatch.model import Box
from dogwatch.runtime.specs import analysis_settings
from dogwatch.store import camera_rows, false_places
from dogwatch.store.database import Database
from dogwatch.store.false_places import VERSIONS
from dogwatch.vision.false_places import FULL
from tests.tracks import START, evidence, frame, tracked

FRAME = (1280, 720)
BOX = Box(600, 300, 660, 450)
HERE: Fractions = (600 / 1280, 300 / 720, 60 / 1280, 150 / 720)
THERE: Fractions = (0.1, 0.1, 0.05, 0.2)


class Learning:
    """Places with a clock."""

    def __init__(self, db: Database) -> None:
        self.db, self.now, self.changes, self.on = db, START, 0, True
        self.places = self.anew()

    def anew(self) -> FalsePlaces:
        """Return what a new core has."""
        made = FalsePlaces(self.db, lambda: self.now)

        def changed() -> None:
            self.changes += 1

        made.on_change, made.learns = changed, lambda _: self.on
        return made

    def reject(self, count: int = 1, **changes: Any) -> None:
        values = {"box": BOX, "false_positive": True, "position_changes": 0, **changes}
        for _ in range(count):
            self.places.note_rejected(LiveObject(tracked(**values), FRAME))

    def say(self, after: Verdict | None, before: Verdict | None = None, *boxes: Fractions) -> None:
        self.places.judged("front", "person", boxes or (HERE,), before, after)

    def tick(self, later: float = 0.0) -> None:
        self.now += later
        self.places.tick(["front"])

    def weights(self) -> list[float]:
        return [round(one.weight, 1) for one in self.places.shown("front")]

    def told(self) -> list[list[float]]:
        return [[one.weight for one in each.places] for each in self.places.latest("front")]


@pytest.fixture
def learning() -> Iterator[Learning]:
    db = Database("sqlite://")
    db.migrate()
    yield Learning(db)
    db.close()


def test_what_is_rejected_often_is_told_to_the_analysis_and_survives(learning: Learning) -> None:
    learning.reject(3)
    learning.tick()
    assert (learning.places.latest("front"), learning.changes) == ((), 0)
    learning.reject(9)
    learning.tick(1)
    assert learning.told() == [[FULL]]
    assert learning.places.latest("front")[0].since == START + 1 + AHEAD_S
    assert learning.changes == 1
    learning.places.close()
    again = learning.anew()
    assert again.latest("front") == learning.places.latest("front")
    assert again.shown("front") == learning.places.shown("front")
    with learning.db.read() as connection:
        assert stored(connection, "front").false_places == again.latest("front")


def test_the_map_follows_seldom_but_at_once_after_a_users_word(learning: Learning) -> None:
    learning.reject(6)
    learning.tick()
    learning.reject(6)
    learning.tick(ADOPT_S / 2)
    assert learning.told() == [[6]]
    learning.tick(ADOPT_S)
    assert learning.told() == [[6], [pytest.approx(12, abs=0.2)]]
    learning.say("wrong")
    learning.tick(1)
    assert learning.told() == [[6], [pytest.approx(12, abs=0.2)], [pytest.approx(20, abs=0.2)]]
    assert learning.places.latest("front")[1].since > learning.now  # so the first one is still in force


def test_the_map_in_force_stays_until_the_next_one_holds_however_often_it_changes(learning: Learning) -> None:
    learning.reject(20)
    learning.tick()
    learning.tick(2 * ADOPT_S)
    learning.places.reset("front", None, ["front"])
    learning.now += 1
    learning.places.reset("front", None, ["front"])
    assert learning.told()[0] == [20]
    assert [one.since for one in learning.places.latest("front")[1:]] == [
        learning.now - 1 + AHEAD_S,
        learning.now + AHEAD_S,
    ]
    assert learning.anew().latest("front") == learning.places.latest("front")
    for _ in range(20):
        learning.now += 1
        learning.places.reset("front", None, ["front"])
    assert len(learning.places.latest("front")) == MOST_MAPS
    learning.tick(10 * AHEAD_S)
    learning.places.reset("front", None, ["front"])
    assert len(learning.places.latest("front")) == 2


def test_a_map_of_a_clock_that_was_ahead_does_not_wait_for_its_time(learning: Learning) -> None:
    learning.now = START + 1e8
    learning.reject(20)
    learning.tick()
    learning.now = START
    learning.tick()
    (one,) = learning.places.latest("front")
    assert (one.since, [place.weight for place in one.places]) == (START + AHEAD_S, [20])
    assert learning.anew().latest("front") == (one,)
    learning.tick(60)
    assert learning.changes == 2


def test_what_a_full_disk_refused_is_adopted_with_the_next_tick(
    learning: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning.reject(6)
    learning.tick()
    learning.reject(14)

    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(learning.db, "write", fail)
    with pytest.raises(StoreError):
        learning.tick(2 * ADOPT_S)
    monkeypatch.undo()
    learning.tick(60)
    assert learning.told() == [[6], [pytest.approx(20, abs=0.2)]]


def test_a_reset_is_not_undone_by_what_is_stored_at_the_same_time(
    learning: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning.reject(20)
    real, reset = learning.db.write, threading.Thread(target=learning.places.reset, args=("front", None, ["front"]))

    def slow(work: Any) -> Any:
        monkeypatch.undo()
        reset.start()
        reset.join(0.5)  # the reset comes while the map of before is about to be stored
        return real(work)

    monkeypatch.setattr(learning.db, "write", slow)
    learning.tick()
    reset.join()
    assert learning.told()[-1] == []
    assert learning.anew().shown("front") == ()
    assert learning.anew().latest("front") == learning.places.latest("front")


def test_users_words(learning: Learning) -> None:
    learning.say("wrong")
    assert learning.weights() == [8]
    learning.say("wrong", "wrong")
    assert learning.weights() == [8]
    learning.say("right", "wrong")
    assert learning.weights() == [-16]
    learning.say(None, "right")
    assert learning.weights() == []
    assert learning.anew().shown("front") == ()  # it was stored at once, and nothing is left of it
    learning.say("wrong")
    assert [one.weight for one in learning.anew().shown("front")] == [8]


def test_a_false_event_that_moved_is_no_matter_of_a_place_and_a_correct_one_counts_where_it_was(
    learning: Learning,
) -> None:
    learning.say("wrong", None, HERE, THERE)
    assert learning.weights() == []
    learning.say("right", None, HERE, HERE, THERE)
    assert learning.weights() == [-16, -16]


def test_what_moves_is_not_learnt(learning: Learning) -> None:
    walked = ((0.47, 0.62, START), (0.5, 0.62, START + 0.2), (0.53, 0.62, START + 0.4))
    learning.reject(20, path=walked)
    assert learning.weights() == []
    learning.reject(20, path=walked[:1])
    assert learning.weights() == [20]


def test_what_only_the_map_has_refused_does_not_feed_it(learning: Learning) -> None:
    held = evidence(reached=None, doubt=PlaceDoubt(1.6, False, 3.0, 4.0, START))
    for _ in range(30):
        learning.places.note_rejected(LiveObject(tracked(box=BOX, false_positive=True), FRAME, evidence=held))
    (one,) = learning.places.shown("front")
    assert (one.weight, one.place.held) == (0, 24)
    learning.tick()
    assert learning.places.latest("front") == ()


def test_deletions_count_when_they_stand_alone(learning: Learning) -> None:
    for _ in range(20):  # a whole day of events
        learning.places.deleted("front", "person", [HERE])
        learning.now += APART_S / 2
    learning.tick(60)
    assert learning.weights() == []
    for _ in range(3):
        learning.places.deleted("front", "person", [HERE])
        learning.tick(APART_S / 2)
        assert sum(learning.weights()) % 3 == 0  # it waits for followers
        learning.tick(60)
    assert learning.weights() == [9]
    assert learning.told() == [[6], [9]]  # of the last two
    learning.places.deleted("front", "person", [HERE, THERE])
    learning.tick(60)
    assert learning.weights() == [9]


def test_a_deletion_soon_after_one_that_is_settled_does_not_stand_alone(learning: Learning) -> None:
    learning.places.deleted("front", "person", [HERE])
    learning.now += APART_S - 1
    learning.places.deleted("front", "person", [HERE])
    learning.tick(2)
    learning.tick(60)
    assert learning.weights() == []


def test_the_map_empties_when_everything_has_faded(learning: Learning) -> None:
    learning.say("wrong")
    learning.tick()
    learning.tick(HALF_LIFE_S * 1.5)
    assert learning.told() == [[8], []]
    learning.tick(HALF_LIFE_S * 20)
    assert learning.weights() == []
    learning.places.close()
    assert learning.anew().shown("front") == ()


def test_a_camera_that_does_not_learn(learning: Learning) -> None:
    learning.on = False
    learning.reject(20)
    learning.say("wrong")
    learning.places.deleted("front", "person", [HERE])
    learning.tick(60)
    assert (learning.weights(), learning.changes) == ([], 0)


def test_a_reset_of_one_label_and_of_all(learning: Learning) -> None:
    learning.reject(20)
    learning.reject(20, label="car")
    learning.tick()
    learning.places.reset("front", "car", ["front"])
    assert learning.told()[-1] == [20]
    assert learning.weights() == [20]
    learning.places.reset("front", None, ["front"])
    assert (learning.told()[-1], learning.weights()) == ([], [])
    assert learning.anew().shown("front") == ()
    assert learning.anew().latest("front") == learning.places.latest("front")
    assert learning.changes == 3
    with pytest.raises(NotFoundError):
        learning.places.reset("attic", None, ["front"])


def test_a_reset_that_cannot_be_stored_changes_nothing(learning: Learning, monkeypatch: pytest.MonkeyPatch) -> None:
    learning.reject(20)

    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(learning.db, "write", fail)
    with pytest.raises(StoreError):
        learning.places.reset("front", None, ["front"])
    assert learning.weights() == [20]
    learning.say("wrong")  # what cannot be stored now is stored later
    assert learning.weights() == [24]
    monkeypatch.undo()
    learning.places.close()
    assert [one.weight for one in learning.anew().shown("front")] == [24]


def test_maps_are_kept_for_replays_up_to_a_limit(learning: Learning) -> None:
    for n in range(VERSIONS + 5):
        learning.now = START + n
        learning.places.reset("front", None, ["front"])
    with learning.db.read() as connection:
        kept = false_places.versions(connection, ["front"])["front"]
    assert [since for since, _ in kept] == [START + AHEAD_S + n for n in range(5, VERSIONS + 5)]


def test_a_camera_that_is_removed_leaves_nothing(learning: Learning) -> None:
    learning.reject(20)
    learning.tick()
    with learning.db.read() as connection:
        assert camera_rows.exist(connection, "front")
    learning.places.tick([])
    learning.db.write(lambda connection: camera_rows.forget(connection, "front"))
    again = learning.anew()
    assert (again.latest("front"), again.shown("front")) == ((), ())


def test_a_camera_that_is_not_configured_for_a_while_goes_on_as_after_a_restart(learning: Learning) -> None:
    learning.reject(20)
    learning.tick()
    learning.reject(2)
    learning.places.tick([])
    learning.tick(60)
    again = learning.anew()
    assert learning.places.latest("front") == again.latest("front") != ()
    learning.reject(1)
    learning.places.close()
    assert learning.anew().shown("front")[0].weight >= 20
    learning.db.write(lambda connection: camera_rows.forget(connection, "front"))
    learning.reject(1)
    learning.places.tick([])
    learning.places.close()
    assert learning.places.latest("front") == ()
    assert learning.anew().shown("front") == ()


def test_rows_of_another_shape_are_learnt_anew(learning: Learning) -> None:
    learning.db.write(lambda connection: false_places.put_learnt(connection, "front", {"person": [[1.0]]}))
    learning.db.write(lambda connection: false_places.add_version(connection, "front", START, [["x"]]))
    again = learning.anew()
    assert (again.shown("front"), again.latest("front")) == ((), (FalsePlaceMap(START),))


def test_switched_off_the_analysis_gets_none(learning: Learning) -> None:
    text = "cameras: {front: {ffmpeg: {inputs: [{path: 'rtsp://x/a'}]}, objects: {false_places: %s}}}"
    learning.reject(20)
    learning.tick()
    with learning.db.read() as connection:
        known = stored(connection, "front")
    assert analysis_settings(parse(text % "true").config, "front", known).false_places == known.false_places
    assert analysis_settings(parse(text % "false").config, "front", known).false_places == ()


async def test_the_hub_tells_of_candidates_that_have_ended_and_of_no_others(tmp_path: Any) -> None:
    db = Database(f"sqlite:///{tmp_path / 'x.db'}")
    db.migrate()
    rejected: list[str] = []
    hub = EventHub(
        db,
        tmp_path,
        {"front": CameraRules("front")},
        lambda *_, **__: None,
        rejected=lambda one: rejected.append(one.obj.id),
    )
    doubtful = {"false_positive": True, "box": BOX}
    first, true, open_ = (tracked(0, key, **(doubtful if key != "b" else {})) for key in "abc")
    hub.on_tracks(frame(0, first, true, open_))
    hub.on_tracks(frame(1, open_, ended=tuple(structs.replace(one, end_time=START + 1) for one in (first, true))))
    assert rejected == [first.id]
    hub.on_tracks(frame(2, open_, joined := tracked(2, "d", **doubtful)))
    hub.on_tracks(frame(3, open_))  # it is an older object, and goes on as that
    assert rejected == [first.id] != [joined.id]
    hub.on_camera_gone("front")  # nobody has judged the third one to its end
    assert rejected == [first.id]
    await hub.close()
    db.close()
