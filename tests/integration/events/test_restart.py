"""The core leaves at any moment, and a new one goes on with what the analysis still tracks."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dogwatch.bus.messages import BestPicture, FrameTracks
from dogwatch.events import edits, manual, recovery, takeover
from dogwatch.events.expiry import Expiry
from dogwatch.events.lifecycle import LOST_S, RESENT_S
from dogwatch.events.manual import ManualEvent
from dogwatch.events.media import EventMedia
from dogwatch.events.outputs import LATE_S
from dogwatch.events.watch import SILENCE_S
from dogwatch.store import events, ongoing
from dogwatch.store.database import Database
from tests.integration.events.house import House
from tests.tracks import START, best, evidence, frame, jpeg, tracked

KEY = tracked(0).id
RANDOM = {"id": "", "thumb_path": ""}  # of a review item


def at(house: House, time: float, *objects: Any, **changes: Any) -> None:
    house.now = START + time
    house.hub.on_tracks(frame(time, *objects, **changes))
    house.hub.tick()


async def test_an_object_goes_on_as_the_same_event(house: House) -> None:
    house.walk()
    house.restart()
    at(house, 4, tracked(4, entered_zones=("porch", "door"), current_zones=("door",), top_score=0.97))
    house.leave(6)
    assert house.kinds("events") == ["new", "update", "update", "end"]
    (row,) = house.rows()
    assert (row["id"], row["start_time"], row["end_time"]) == (KEY, START, START + 5)
    assert (row["has_snapshot"], row["data"]["snapshot_frame_time"]) == (True, START + 2)
    assert house.moments() == ["visible", "entered_zone", "entered_zone", "gone"]
    assert [told["before"]["entered_zones"] for told in house.messages("events")][-2:] == [["porch"], ["porch", "door"]]
    house.now = START + 60
    house.hub.tick()
    assert house.kinds("reviews") == ["new", "update", "update", "end"]
    (item,) = house.items()
    assert (item["end_time"], item["data"]["zones"]) == (START + 4, ["porch", "door"])


async def test_pictures_are_there_before_and_after(house: House) -> None:
    house.walk()
    house.restart()
    media = EventMedia(house.db, house.hub)
    for _ in range(2):
        found = media.find(KEY)
        assert found is not None
        assert found.running
        assert media.clean(found) == jpeg()
        assert (media.thumbnail(found, "jpg") or b"").startswith(b"\xff\xd8")
        at(house, 4, tracked(4))


async def test_an_object_that_ended_while_there_was_no_core_ends_at_its_true_time(house: House) -> None:
    house.walk()
    house.restart()
    house.leave(9)
    assert house.rows()[0]["end_time"] == START + 8
    assert house.kinds("events")[-1] == "end"


async def test_an_object_that_is_tracked_no_more_has_ended(house: House) -> None:
    house.walk()
    house.restart()
    at(house, 20, tracked(20, key="b"))
    assert {row["id"]: row["end_time"] for row in house.rows()} == {KEY: START + LOST_S, tracked(key="b").id: None}
    assert house.kinds("events") == ["new", "update", "end", "new"]
    assert len(house.items()) == 1  # one item: activity goes on


async def test_who_comes_late_is_waited_for_if_its_process_is_there(house: House) -> None:
    """A quiet camera sends a frame a keyframe, which may take longer than its analysis process needs to come back."""
    house.walk()
    house.restart()
    house.hub.tick()
    house.hub.on_camera_back("front")
    house.now += SILENCE_S - 1
    house.hub.tick()
    assert house.rows()[0]["end_time"] is None
    house.now += 2
    house.hub.tick()
    assert house.rows()[0]["end_time"] is not None


async def test_an_analysis_process_that_dies_is_not_waited_for(house: House) -> None:
    house.walk()
    house.restart()
    house.hub.on_camera_gone("front")
    assert house.kinds("events")[-1] == "end"
    assert house.items()[0]["end_time"] is not None


async def test_what_was_told_without_a_row_is_not_told_as_new_again(house: House) -> None:
    at(house, 0, tracked(0, position_changes=0))
    house.restart()
    at(house, 5, tracked(5, position_changes=0))
    at(house, 10, tracked(10))
    assert house.kinds("events") == ["new", "update", "update"]
    assert house.moments() == ["visible"]
    with house.db.read() as connection:
        (entry,) = connection.exec_driver_sql("SELECT timestamp FROM timeline").all()
    assert entry == (START,)


async def test_frames_that_come_again_are_not_told_again(house: House) -> None:
    """What the core before this one had taken in but not acknowledged."""
    porch: dict[str, Any] = {"entered_zones": ("porch",), "current_zones": ("porch",)}
    seen = [
        frame(0, tracked(0), tracked(0, key="b")),
        frame(1, tracked(1, **porch), tracked(1, key="b")),
        frame(2, tracked(2, **porch), ended=(tracked(1.5, key="b", end_time=START + 1.5),)),
    ]
    for one in seen:
        house.hub.on_tracks(one)
    house.restart()
    told = len(house.messages("events"))
    for one in [frame(-1), *seen]:
        house.hub.on_tracks(one)
    house.hub.on_picture(best(1, key="b", jpeg=jpeg()))
    # The `end` waited behind the `new` of the review item, which waits for its thumbnail, when the core was killed.
    later = [("end", tracked(key="b").id), ("update", KEY)]
    assert [(one["type"], one["after"]["id"]) for one in house.messages("events")[told:]] == later
    assert sorted(house.kinds("events")) == ["end", "new", "new", "update"]
    assert house.kinds("reviews") == ["new"]
    assert sorted(house.moments()) == ["entered_zone", "gone", "visible", "visible"]
    at(house, 3, tracked(3, **porch))
    assert {row["id"]: row["end_time"] for row in house.rows()} == {KEY: None, tracked(key="b").id: START + 1.5}


@pytest.mark.parametrize("silent_from", [1, 2, 9], ids=["from the start", "after new", "before the end"])
async def test_what_was_written_but_not_published_is_published_by_the_next_core(
    house: House, tmp_path: Path, silent_from: int
) -> None:
    """In the same words, and never again by one after it."""
    undisturbed = House(tmp_path / "undisturbed")
    for one in (house, undisturbed):
        if one is house and silent_from == 1:
            one.fall_silent()
        one.hub.on_picture(best(1, jpeg=jpeg()))
        at(one, 1, tracked(1))
        if one is house and silent_from == 2:
            one.settle()
            one.fall_silent()
        at(one, 3, tracked(3, path=((0.1, 0.2, START + 1), (0.1, 0.3, START + 2))))
        one.settle()
        if one is house and silent_from == 9:
            one.fall_silent()
        one.leave(9)
        at(one, 60)
        one.settle()
    for _ in range(3):
        house.restart()
        house.hub.tick()
    for topic in ("events", "reviews"):
        told, usual = house.messages(topic), undisturbed.messages(topic)
        assert [one["type"] for one in told if one["type"] != "update"] == ["new", "end"]
        assert told[0]["after"]["end_time"] is None
        assert {**told[-1]["after"], **RANDOM} == {**usual[-1]["after"], **RANDOM}
        assert told[-1]["before"]["end_time"] is None
    with house.db.read() as connection:
        (left,) = ongoing.load(connection)
    assert (left["id"], left["told"], left["state"]) == (KEY, "end", {})
    undisturbed.hub.outputs.workers.close()
    undisturbed.db.close()


async def test_what_users_do_before_the_first_frame_counts(house: House) -> None:
    key = house.walk()
    house.restart()
    edits.set_sub_label(house.hub, key, "Bob", 0.9)
    at(house, 4, tracked(4))
    assert house.rows()[0]["sub_label"] == "Bob"
    house.restart()
    edits.delete(house.hub, [key])
    at(house, 5, tracked(5, position_changes=4))
    assert house.rows() == []
    house.restart()
    at(house, 6, tracked(6, position_changes=5))
    assert house.rows() == []
    assert not (house.root / "clips" / f"front-{key}-clean.jpg").exists()


async def test_a_snapshot_that_did_not_reach_the_disk_is_none(house: House) -> None:
    key = house.walk()
    house.settle()
    (house.root / "clips" / f"front-{key}-clean.jpg").unlink()
    house.restart()
    house.leave(4)
    assert house.rows()[0]["has_snapshot"] is False


async def test_leaving_for_a_new_core_ends_nothing(house: House) -> None:
    house.stroll(4)
    key = manual.create(house.hub, ManualEvent("front", "button", "door", duration=None), lambda: None)
    await house.hub.close(goes_on=True)
    assert "end" not in house.kinds_told("events") + house.kinds_told("reviews")
    house.begin_anew()
    at(house, 100, tracked(100))
    house.hub.tick()
    (item,) = house.items()
    assert item["end_time"] is None
    manual.end(house.hub, key)
    assert {row["end_time"] for row in house.rows()} == {None, START + 100}
    assert len(house.rows()) == 2


async def test_a_manual_event_with_an_end_goes_on(house: House) -> None:
    manual.create(house.hub, ManualEvent("front", "button", duration=300), lambda: None)
    house.restart()
    at(house, 200)
    house.now = START + 301
    house.hub.tick()
    assert [item["end_time"] for item in house.items()] == [None]
    at(house, 341)
    assert [item["end_time"] for item in house.items()] == [START + 300]


async def test_what_another_release_has_written_ends(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.walk()
    house.db.write(
        lambda connection: ongoing.put(connection, [{**takeover.object_row(tracked_live(house)), "state": {"obj": 7}}])
    )
    house.restart()
    assert house.rows()[0]["end_time"] == START + LOST_S
    assert "does not go on" in caplog.text


async def test_what_has_ended_is_not_remembered_for_ever(house: House) -> None:
    house.walk()
    at(house, 3, tracked(3), tracked(3, key="b"))
    house.leave(4)

    def kept(now: float) -> list[str]:
        Expiry(house.db, house.hub.outputs.files, {}).run(START + now)
        with house.db.read() as connection:
            return [row["kind"] for row in ongoing.load(connection) if row["end_time"] is not None]

    house.settle()
    assert kept(takeover.REMEMBERED_S) == ["object", "object"]
    assert kept(takeover.REMEMBERED_S + 10) == []


async def test_a_restored_database_ends_nothing_that_goes_on(house: House) -> None:
    house.walk()
    house.settle()
    row = {**house.rows()[0], "id": "1-stranger", "end_time": None}

    def stranger(connection: Any) -> None:
        names = ("id", "camera", "label", "start_time", "zones", "has_clip", "has_snapshot")
        values = {name: row[name] for name in names}
        events.put(connection, {**values, "type": "object", "data": {}})
        ongoing.put(connection, [{**takeover.object_row(tracked_live(house)), "id": "1-stranger"}])

    house.db.write(stranger)
    recovery.end_forgotten(house.hub)
    assert {row["id"]: row["end_time"] for row in house.rows()} == {KEY: None, "1-stranger": START + LOST_S}
    with house.db.read() as connection:
        assert "1-stranger" not in [row["id"] for row in ongoing.load(connection)]


def tracked_live(house: House) -> Any:
    live = house.hub.live(KEY)
    assert live is not None
    return live


async def test_a_better_picture_and_its_row_reach_the_disk_together(house: House) -> None:
    """Within seconds; until then both tell of the picture before."""
    key, clean = house.walk(), house.root / "clips" / f"front-{KEY}-clean.jpg"
    house.settle()
    house.hub.tick()
    early = clean.read_bytes()
    house.hub.on_picture(best(4, jpeg=jpeg((200, 200, 200))))
    at(house, 4, tracked(4, position_changes=2, entered_zones=("porch",), current_zones=("porch",)))
    media = EventMedia(house.db, house.hub)
    found = media.find(key)
    assert found is not None
    assert media.clean(found) == jpeg((200, 200, 200))
    assert house.rows()[0]["data"]["snapshot_frame_time"] == START + 2
    assert clean.read_bytes() == early
    at(house, 3 + LATE_S, tracked(3 + LATE_S, position_changes=2, entered_zones=("porch",)))
    assert house.rows()[0]["data"]["snapshot_frame_time"] == START + 4
    assert clean.read_bytes() == jpeg((200, 200, 200))


async def test_an_object_that_only_moves_on_is_stored_every_few_seconds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it has a row or not, and with whatever pictures come."""
    written: list[str] = []
    submit, write = house.hub.outputs.submit, house.hub.outputs.files.write

    def count_submit(fn: Any, **options: Any) -> Any:
        written.append("transaction")
        return submit(fn, **options)

    def count_write(path: Path, data: bytes) -> None:
        written.append(path.parent.name)
        write(path, data)

    monkeypatch.setattr(house.hub.outputs, "submit", count_submit)
    monkeypatch.setattr(house.hub.outputs.files, "write", count_write)
    for second in range(1, 41):
        way = tuple((0.1, 0.1 + step / 100, START + step) for step in range(second))
        house.hub.on_picture(best(second, jpeg=jpeg()))
        house.hub.on_picture(best(second, key="b", jpeg=jpeg()))
        at(house, second, tracked(second, path=way), tracked(second, key="b", position_changes=0, path=way))
    house.settle()
    assert len(house.messages("events")) > 70
    assert written.count("front") <= 2  # thumbnails
    assert written.count("clips") <= 40 / LATE_S + 2
    assert written.count("transaction") <= 40 / LATE_S + 6


# ---------------------------------------------------------------- any story, any moment


@dataclass
class Walker:
    """One object: each step of its life is what changes in a frame."""

    key: str
    state: dict[str, Any] = field(default_factory=dict)
    began: float = 0.0

    def step(self, time: float, what: str) -> None:
        state = self.state
        if what == "move":
            state.update(position_changes=state.get("position_changes", 0) + 1, stationary=False)
        elif what == "stop":
            state["stationary"] = True
        elif what in {"porch", "door"}:
            entered = state.get("entered_zones", ())
            state["current_zones"] = (what,)
            state["entered_zones"] = entered if what in entered else (*entered, what)
        elif what == "face":
            state["attributes"] = {"face": 0.8}
        state["top_score"] = state.get("top_score", 0.8) + 0.001
        state["path"] = (*state.get("path", ()), (0.1, round(time % 1, 3), START + time))

    def seen(self, time: float, **changes: Any) -> Any:
        begun = {"position_changes": 0, "start_time": START + self.began, **self.state, **changes}
        return tracked(time, key=self.key, label="person" if self.key == "a" else "dog", **begun)


Event = FrameTracks | BestPicture
STEP = st.sampled_from(["move", "stop", "porch", "door", "face", "none", "end", "picture"])
STORIES = st.lists(st.tuples(st.sampled_from([0.2, 1.0, 4.0, 20.0, 50.0]), st.sampled_from("ab"), STEP), max_size=16)


def story(steps: list[tuple[float, str, str]]) -> list[Event]:
    """Return what the analysis says; an object begins with its first step and may come again under another id."""
    said: list[Event] = []
    walkers: dict[str, Walker] = {}
    time, count = 0.0, 0
    for pause, name, what in steps:
        time = round(time + pause, 3)
        ended: tuple[Any, ...] = ()
        if name not in walkers:
            count += 1
            walkers[name] = Walker(name, {"id": f"{count:06d}-{name * 6}"}, time)
        walker = walkers[name]
        if what == "end":
            ended = (walker.seen(time, end_time=START + time),)
            del walkers[name]
        else:
            walker.step(time, what)
        said.append(frame(time, *(one.seen(time) for one in walkers.values()), ended=ended))
        # A picture of an object without a row is known to nobody after a restart, until the next one comes.
        if what == "picture" and walker.state.get("position_changes") and not walker.state.get("stationary"):
            said.append(best(time, object_id=walker.state["id"], label=walker.seen(time).label, jpeg=jpeg()))
    said.append(frame(time + 1, ended=tuple(one.seen(time, end_time=START + time) for one in walkers.values())))
    return [*said, frame(time + 2)]


async def told(said: list[Event], empty: Path, leave: int | None = None, again: int = 0, how: str = "") -> Any:
    """Run a story, let the core leave behind the message number `leave`, and send `again` messages a second time.

    With `how="silence"`, it is killed after it has written what those messages led to, and before it published that.
    """
    with tempfile.TemporaryDirectory() as root:
        house = House(Path(root), empty)
        try:
            for number, message in enumerate(said):
                if how == "silence" and leave is not None and number == max(0, leave + 1 - max(1, again)):
                    house.settle()
                    house.fall_silent()
                hear(house, message)
                if number == leave:
                    if how == "restart":
                        await house.hub.close(goes_on=True)
                        house.begin_anew()
                    else:
                        house.hub.outputs.catch_up(house.now + LATE_S)
                        house.restart()
                    for one in said[max(0, number + 1 - again) : number + 1]:
                        if one.frame_time >= message.frame_time - RESENT_S:  # older ones were acknowledged
                            hear(house, one)
            house.now += 200
            house.hub.tick()
            kinds: dict[str, list[str]] = {}
            for topic in ("events", "reviews"):
                for body in house.messages(topic):
                    kinds.setdefault(body["after"]["id"], []).append(body["type"])
            for each in kinds.values():
                assert each[0] == "new"
                assert each[-1] == "end"
                assert set(each[1:-1]) <= {"update"}
            items = [{**item, "id": "", "thumb_path": ""} for item in house.items()]
            with house.db.read() as connection:
                moments = connection.exec_driver_sql(
                    "SELECT timestamp, source_id, class_type, data FROM timeline"
                ).all()
                left = [row for row in ongoing.load(connection) if row["end_time"] is None]
            assert left == []
            return house.rows(), items, sorted(tuple(one) for one in moments)
        finally:
            house.hub.outputs.workers.close()
            house.db.close()


def hear(house: House, message: Event) -> None:
    house.now = max(house.now, message.frame_time)
    if isinstance(message, FrameTracks):
        house.hub.on_tracks(message)
    else:
        house.hub.on_picture(message)
    house.hub.tick()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database: to make one takes longer than to tell a story."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    db = Database(f"sqlite:///{path}")
    db.migrate()
    db.close()
    return path


@settings(max_examples=30)
@given(STORIES, st.integers(0, 24), st.integers(0, 3), st.sampled_from(["kill", "restart", "silence"]))
@example([(0.2, "a", "move")] * 8 + [(50.0, "a", "stop")], 8, 2, "kill")
@example([(0.2, "a", "move"), (0.2, "a", "picture")], 1, 0, "kill")
@example([(0.2, "a", "move"), (20.0, "a", "stop"), (20.0, "a", "none"), (50.0, "a", "move")], 1, 1, "kill")
def test_rows_are_those_without_a_restart(
    empty: Path, steps: list[tuple[float, str, str]], leave: int, again: int, how: str
) -> None:
    """What is left out, as a new core cannot know it after a kill, is said in docs/events.md.

    That is pictures of objects without a row, and the activity of the last seconds, which is stored before the kill.
    """
    said = story(steps)
    usual = asyncio.run(told(said, empty))
    assert asyncio.run(told(said, empty, leave % (len(said) - 1), again, how)) == usual


async def test_activity_is_known_to_within_seconds_after_a_kill(house: House) -> None:
    for second in range(60):
        at(house, second, tracked(second))
    house.restart()
    at(house, 60)
    house.now += 100
    house.hub.tick()
    assert START + 59 - LATE_S <= house.items()[0]["end_time"] <= START + 59


async def test_what_was_decided_before_a_restart_is_kept(house: House) -> None:
    at(house, 0, tracked(0), evidence=(evidence(0, zones=()),))
    house.restart()
    at(house, 1, tracked(1))
    house.hub.on_picture(best(2, jpeg=jpeg()))
    house.leave(6)
    kept = house.why(KEY)
    assert kept is not None
    assert kept["scores"]["detections"] == 9
    told = [(one["decision"], one["time"] - START) for one in kept["decisions"]]
    assert told == [("alert", 0), ("clip", 0), ("snapshot", 1)]
