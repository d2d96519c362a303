"""A recorded sequence of frames becomes rows, messages and files."""

import json
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from dogwatch.errors import ConflictError, NotFoundError, StoreFullError
from dogwatch.events.desk import LATE_S
from dogwatch.events.hub import EventHub
from dogwatch.events.manual import Wish
from dogwatch.events.media import EventMedia
from dogwatch.events.rendering import Style
from dogwatch.events.rules import CameraRules
from dogwatch.events.snapshots import THREADS
from dogwatch.events.watch import SILENCE_S, Sent
from dogwatch.media import picture
from dogwatch.model import Box
from dogwatch.store import event_removal, events, reviews, timeline
from dogwatch.store.database import Database
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.reviews import ReviewFilter
from tests.tracks import START, best, frame, jpeg, tracked

RULES = {
    "front": CameraRules("front", zones=("porch",)),
    "side": CameraRules("side", record=False, snapshots=False),
}


class House:
    """A hub with its database, its clock and what it has published."""

    def __init__(self, root: Path) -> None:
        self.root, self.now, self.closed, self.skew = root, START, False, 0.0
        self.db = Database("sqlite://")
        self.db.migrate()
        self.told: list[tuple[str, Any]] = []
        self.switches: dict[tuple[str, str], object] = {}
        self.hub = self.make()

    def make(self) -> EventHub:
        return EventHub(
            self.db,
            self.root,
            RULES,
            self.publish,
            switch=lambda camera, name: self.switches.get((camera, name)),
            sent={"front": Sent(Style(height=90))},
            clock=lambda: self.now + self.skew,
            monotonic=lambda: self.now,
        )

    def publish(self, topic: str, payload: object, *, retain: bool = False) -> None:
        if topic == "reviews":
            assert isinstance(payload, dict)
            # What clients do on hearing of an item: ask for each of its events.
            with self.db.read() as connection:
                ids = payload["after"]["data"]["detections"]
                assert len(events.many(connection, ids)) == len(ids)
        self.told.append((topic, payload))

    def settle(self) -> None:
        if not self.closed:
            idle = threading.Barrier(THREADS + 1)
            for _ in range(THREADS):
                self.hub.desk.workers.run(lambda: idle.wait(10))
            idle.wait(10)
        self.db.write(lambda _: None)
        self.hub.desk.outbox.drain()

    async def close(self) -> None:
        self.closed = True
        await self.hub.close()

    def messages(self, topic: str) -> list[Any]:
        self.settle()
        return [payload for name, payload in self.told if name == topic]

    def kinds(self, topic: str) -> list[str]:
        return [payload["type"] for payload in self.messages(topic)]

    def rows(self) -> list[dict[str, Any]]:
        self.settle()
        with self.db.read() as connection:
            return events.find(connection, EventFilter(sort="date_asc"))

    def items(self) -> list[dict[str, Any]]:
        self.settle()
        with self.db.read() as connection:
            return reviews.find(connection, ReviewFilter(), "ann")

    def moments(self) -> list[str]:
        self.settle()
        with self.db.read() as connection:
            return [row["class_type"] for row in timeline.find(connection)]

    def walk(self, seconds: int = 3) -> str:
        """Let a person walk in through the porch."""
        self.hub.on_tracks(frame(0, tracked(0, false_positive=True)))
        for second in range(1, seconds):
            zones = ("porch",) if second > 1 else ()
            self.hub.on_picture(best(second, jpeg=jpeg()))
            self.hub.on_tracks(frame(second, tracked(second, entered_zones=zones, current_zones=zones)))
            self.now = START + second
        return tracked(0).id

    def leave(self, at: float) -> None:
        self.hub.on_tracks(frame(at, ended=(tracked(at - 1, entered_zones=("porch",), end_time=START + at - 1),)))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    yield house
    house.hub.desk.workers.close()
    house.db.close()


async def test_a_visit_leaves_rows_messages_and_files(house: House) -> None:
    key = house.walk()
    house.leave(4)
    house.now = START + 60
    house.hub.tick()
    await house.close()

    assert house.kinds("events") == ["new", "update", "end"]
    json.dumps(house.messages("events"))
    assert house.moments() == ["visible", "entered_zone", "gone"]
    (row,) = house.rows()
    assert (row["id"], row["zones"], row["end_time"]) == (key, ["porch"], START + 3)
    assert (row["has_clip"], row["has_snapshot"], row["data"]["max_severity"]) == (True, True, "alert")
    assert row["data"]["box"] == [0.25, 0.333333, 0.125, 0.444444]
    assert row["data"]["snapshot_frame_time"] == START + 2

    assert house.kinds("reviews") == ["new", "update", "end"]
    (item,) = house.items()
    assert (item["severity"], item["start_time"], item["end_time"]) == ("alert", START + 1, START + 2)
    assert item["data"]["detections"] == [key]
    assert item["data"]["zones"] == ["porch"]
    assert item["data"]["thumb_time"] == START + 1

    clips = house.root / "clips"
    assert (clips / f"front-{key}-clean.jpg").read_bytes() == jpeg()
    assert picture.decode((clips / "thumbs" / "front" / f"{key}.jpg").read_bytes()).shape[0] == 175
    thumb = item["thumb_path"].removeprefix("/media/frigate/").replace(".webp", ".jpg")
    assert picture.decode((house.root / thumb).read_bytes()).shape == (180, 320, 3)
    assert house.hub.statistics() | {"waiting_messages": 0} == dict.fromkeys(house.hub.statistics(), 0)


async def test_a_thumbnail_that_vision_has_made_is_written_as_it_is(house: House) -> None:
    house.hub.on_picture(best(0, jpeg=jpeg(), thumb=b"first"))
    house.hub.on_tracks(frame(0, tracked(0)))
    house.settle()
    path = house.root / "clips" / "thumbs" / "front" / f"{tracked(0).id}.jpg"
    assert path.read_bytes() == b"first"
    house.hub.on_picture(best(1, jpeg=jpeg(), thumb=b"better"))
    house.leave(2)
    await house.close()
    assert path.read_bytes() == b"better"


async def test_an_item_is_told_when_its_thumbnail_is_there(house: House) -> None:
    """The order in which vision sends: the frame first, the picture behind it."""
    house.hub.on_tracks(frame(0, tracked(0)))
    assert house.kinds("reviews") == []
    house.hub.on_picture(best(0, jpeg=jpeg()))
    assert house.kinds("reviews") == ["new", "update"]
    assert len(list((house.root / "clips" / "review").iterdir())) == 1
    assert house.messages("reviews")[1]["after"]["data"]["thumb_time"] == START


async def test_an_item_without_a_picture_is_told_after_a_moment(house: House) -> None:
    house.hub.on_tracks(frame(0, tracked(0)))
    house.hub.tick()
    assert house.kinds("reviews") == []
    house.hub.tick()
    assert house.kinds("reviews") == ["new"]


async def test_states_are_told_on_change(house: House) -> None:
    house.hub.announce()
    assert house.messages("front/motion") == ["OFF"]
    assert house.messages("front/review_status") == ["NONE"]
    house.walk()
    house.hub.on_tracks(frame(3, tracked(3), motion_boxes=(Box(0, 0, 9, 9),)))
    house.leave(4)
    house.now = START + 90
    house.hub.tick()
    assert house.messages("front/motion") == ["OFF", "ON", "OFF"]
    assert house.messages("front/review_status") == ["NONE", "ALERT", "NONE"]
    assert house.messages("front/person") == [0, 1, 0]
    assert house.messages("porch/person") == [0, 1, 0]
    assert house.messages("front/all/active") == [0, 1, 0]


async def test_false_positives_leave_nothing(house: House) -> None:
    house.hub.on_picture(best(0, jpeg=jpeg()))
    house.hub.on_tracks(frame(0, tracked(0, false_positive=True)))
    house.hub.on_tracks(frame(1))
    await house.close()
    assert house.told == []
    assert house.rows() == []
    assert house.hub.statistics()["picture_bytes"] == 0
    assert not (house.root / "clips").exists()


async def test_objects_that_never_qualify_are_told_but_not_stored(house: House) -> None:
    car = {"camera": "side", "label": "car"}
    house.hub.on_tracks(frame(0, tracked(0, **car), camera="side"))
    house.hub.on_tracks(frame(1, camera="side"))
    assert house.kinds("events") == ["new", "end"]
    assert house.rows() == []
    assert house.moments() == []
    assert house.items() == []


async def test_switches_count_at_once(house: House) -> None:
    house.switches = {("front", "recordings"): False, ("front", "snapshots"): False}
    house.walk()
    assert house.rows() == []
    house.switches = {}
    house.hub.on_tracks(frame(4, tracked(4)))
    assert [row["has_clip"] for row in house.rows()] == [True]
    assert house.moments()[:2] == ["visible", "entered_zone"]  # what came before is not lost


async def test_a_running_object_is_served_from_memory(house: House) -> None:
    key = house.walk()
    house.settle()
    media = EventMedia(house.db, house.hub)
    found = media.find(key)
    assert found is not None
    assert found.running
    assert not (house.root / "clips" / f"front-{key}-clean.jpg").exists()
    data = media.snapshot(found, Style(height=100))
    assert data is not None
    assert picture.decode(data).shape[0] == 100
    assert (media.thumbnail(found, "jpg") or b"").startswith(b"\xff\xd8")
    house.leave(4)
    await house.close()
    after = media.find(key)
    assert after is not None
    assert not after.running
    assert media.clean(after) == jpeg()


async def test_best_pictures_go_out_over_mqtt_retained(house: House) -> None:
    house.walk(2)
    await house.close()
    (data,) = house.messages("front/person/snapshot")
    assert picture.decode(data).shape[0] == 90


async def test_a_dead_vision_process_ends_its_objects(house: House) -> None:
    house.walk()
    house.hub.on_camera_gone("front")
    assert house.kinds("events")[-1] == "end"
    assert house.messages("front/person")[-1] == 0
    house.hub.on_camera_gone("attic")
    assert house.hub.statistics()["unknown_cameras"] == 1


async def test_silence_ends_objects(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.walk()
    house.now += SILENCE_S - 1
    house.hub.tick()
    assert "end" not in house.kinds("events")
    house.now += 2
    house.hub.tick()
    assert house.kinds("events")[-1] == "end"
    assert "no frames from front" in caplog.text


async def test_setting_the_clock_ends_no_objects(house: House) -> None:
    house.walk()
    house.skew = 3600.0
    house.hub.tick()
    assert "end" not in house.kinds("events")


async def test_a_late_picture_changes_nothing(house: House) -> None:
    house.walk()
    house.leave(4)
    house.hub.on_picture(best(5, jpeg=jpeg((1, 2, 3))))
    await house.close()
    assert (house.root / "clips" / f"front-{tracked(0).id}-clean.jpg").read_bytes() == jpeg()


async def test_what_ran_at_a_crash_is_ended_at_the_next_start(house: House) -> None:
    key = house.walk()
    house.settle()
    house.now = START + 500
    house.make().recover()
    (row,) = house.rows()
    # The picture was in memory only.
    assert (row["end_time"], row["has_snapshot"], row["has_clip"]) == (row["start_time"] + 30, False, True)
    (item,) = house.items()
    assert item["end_time"] == START + 500
    assert row["id"] == key


async def test_naming_a_live_object(house: House) -> None:
    key = house.walk()
    house.settle()
    house.hub.set_sub_label(key, "Bob", 0.9)
    assert house.messages("events")[-1]["after"]["sub_label"] == ["Bob", 0.9]
    house.hub.on_tracks(frame(3, tracked(3)))
    assert house.items()[0]["data"]["objects"] == ["person-verified"]
    assert house.items()[0]["data"]["sub_labels"] == ["Bob"]
    assert house.rows()[0]["sub_label"] == "Bob"
    assert house.hub.activity()["front"]["objects"] == [
        {
            "id": key,
            "label": "person-verified",
            "stationary": False,
            "area": 3200,
            "ratio": 0.5,
            "score": 0.78,
            "sub_label": "Bob",
            "current_zones": [],
        }
    ]
    house.hub.set_sub_label(key, None)
    assert house.rows()[0]["sub_label"] is None
    with pytest.raises(NotFoundError):
        house.hub.set_sub_label("nothing", "Bob")


async def test_naming_an_object_that_has_no_row_yet(house: House) -> None:
    house.switches = {("front", "recordings"): False, ("front", "snapshots"): False}
    key = house.walk()
    house.hub.set_sub_label(key, "Bob", 0.9)
    house.switches = {}
    house.hub.on_tracks(frame(4, tracked(4)))
    assert house.rows()[0]["sub_label"] == "Bob"


def stroll(house: House, seconds: int, since: int = 0) -> str:
    """Let a person walk: from the first second on, nothing but the path changes."""
    if not since:
        house.hub.on_picture(best(0, jpeg=jpeg()))
    for second in range(since, seconds):
        house.now = START + second
        way = tuple((0.1, 0.1 + step / 100, START + step) for step in range(second))
        house.hub.on_tracks(frame(second, tracked(second, path=way)))
    return tracked(0).id


def way_points(house: House) -> int:
    return len(house.rows()[0]["data"]["path_data"])


async def test_the_way_of_an_object_reaches_its_row_within_seconds(house: House) -> None:
    house.now = START
    house.hub.tick()
    stroll(house, 4)
    assert [len(told["after"]["path_data"]) for told in house.messages("events")] == [0, 1, 2, 3]
    assert way_points(house) == 0
    house.now = START + LATE_S
    house.hub.tick()
    assert way_points(house) == 3
    stroll(house, 8, since=4)
    assert way_points(house) == 3
    house.hub.on_tracks(frame(8))
    assert (way_points(house), house.rows()[0]["end_time"]) == (7, START + 7)


async def test_what_changes_beside_the_way_is_stored_before_it_is_told(house: House) -> None:
    stroll(house, 3)
    house.hub.on_tracks(frame(4, tracked(4, current_zones=("porch",), entered_zones=("porch",))))
    assert house.rows()[0]["zones"] == ["porch"]
    house.hub.on_picture(best(5, jpeg=jpeg()))
    assert house.rows()[0]["has_snapshot"] is True
    house.hub.on_picture(best(12, jpeg=jpeg()))
    house.hub.on_tracks(frame(12, tracked(12)))
    assert house.rows()[0]["data"]["snapshot_frame_time"] == START + 12


async def test_a_row_that_lags_behind_does_not_come_back_when_deleted(house: House) -> None:
    house.hub.tick()
    key = stroll(house, 4)
    house.settle()
    assert house.hub.delete([key]) == [key]
    house.now += 2 * LATE_S
    house.hub.tick()
    assert house.rows() == []


async def test_describing_and_keeping(house: House) -> None:
    key = house.walk()
    house.settle()
    house.hub.set_description(key, "a man with a parcel")
    house.hub.retain(key, on=True)
    house.leave(9)
    (row,) = house.rows()
    assert row["data"]["description"] == "a man with a parcel"
    assert row["retain_indefinitely"] is True
    assert house.messages("tracked_object_update") == [
        {"type": "description", "id": key, "description": "a man with a parcel", "camera": "front"}
    ]
    with pytest.raises(NotFoundError):
        house.hub.retain("nothing", on=True)
    with pytest.raises(NotFoundError):
        house.hub.set_description("nothing", "x")


async def test_a_deleted_event_stays_deleted_while_its_object_lives(house: House) -> None:
    key = house.walk()
    house.settle()
    assert house.hub.delete([key, "nothing"]) == [key]
    house.hub.on_tracks(frame(4, tracked(4, position_changes=5)))
    house.leave(6)
    await house.close()
    assert house.rows() == []
    assert not (house.root / "clips" / f"front-{key}-clean.jpg").exists()


async def test_a_manual_event(house: House) -> None:
    drawing = {"boxes": [{"box": [0.5, 0.5, 0.2, 0.2], "color": [255, 0, 0], "score": None}]}
    key = house.hub.create_manual(Wish("front", "button", "door", 5, draw=drawing), jpeg())
    (row,) = house.rows()
    assert key.startswith(f"{START:.0f}-")
    assert (row["start_time"], row["end_time"]) == (START - 5, START + 30)
    assert (row["has_clip"], row["has_snapshot"], row["data"]["type"]) == (True, True, "api")
    assert row["data"]["draw"] == drawing
    assert house.moments() == ["external"]
    assert house.messages("events") == []
    (item,) = house.items()
    assert item["severity"] == "alert"
    assert item["data"]["objects"] == ["button: door"]
    house.now = START + 71
    house.hub.tick()
    assert house.items()[0]["end_time"] == START + 30
    assert EventMedia(house.db, house.hub).thumbnail(EventMedia(house.db, house.hub).of_row(row), "webp")


async def test_a_manual_event_without_end_is_ended_by_hand(house: House) -> None:
    key = house.hub.create_manual(Wish("front", "button", duration=None, pre_capture=0), None)
    assert house.rows()[0]["end_time"] is None
    house.now = START + 500
    house.hub.tick()
    assert house.items()[0]["end_time"] is None
    with pytest.raises(ConflictError):
        house.hub.end_manual(key, START - 1)
    house.hub.end_manual(key)
    assert house.rows()[0]["end_time"] == START + 500
    house.now = START + 541
    house.hub.tick()
    assert house.items()[0]["end_time"] == START + 500
    with pytest.raises(NotFoundError):
        house.hub.end_manual("nothing")
    with pytest.raises(NotFoundError):
        house.hub.create_manual(Wish("attic", "button"), None)


async def test_only_manual_events_are_ended_by_hand(house: House) -> None:
    key = house.walk()
    house.settle()
    with pytest.raises(NotFoundError):
        house.hub.end_manual(key)


async def test_a_deleted_open_item_does_not_come_back(house: House) -> None:
    house.walk()
    (item,) = house.items()
    with house.hub.forgetting_reviews([item["id"]]):
        house.db.write(lambda connection: reviews.remove(connection, [item["id"]]))
    house.now = START + 99
    house.hub.tick()
    assert house.items() == []


async def test_no_item_lists_an_event_that_cannot_be_read(house: House) -> None:
    """Whatever takes an event away, and in whatever order things are written."""

    def listed() -> list[str]:
        return [key for item in house.items() for key in item["data"]["detections"]]

    def absent() -> set[str]:
        return set(listed()) - {row["id"] for row in house.rows()}

    key = house.walk()
    other = house.hub.create_manual(Wish("front", "button", duration=300), None)
    assert listed() == [key, other]
    house.hub.delete([other])  # while it goes on and its item is open
    house.now = START + 5
    house.hub.tick()
    house.hub.on_tracks(frame(6, tracked(6, current_zones=("porch",))))  # the item is written again
    assert not absent()
    assert listed() == [key]
    await house.close()
    assert listed() == [key]
    house.db.write(lambda connection: event_removal.remove(connection, [key]))  # as when it expires
    assert listed() == []
    assert house.items()


async def test_no_item_lists_an_event_that_could_not_be_stored(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreFullError("the disk is full")

    monkeypatch.setattr(events, "put", full)  # there is room for the item's row alone
    with pytest.raises(StoreFullError):
        house.hub.create_manual(Wish("front", "button"), jpeg())
    assert house.items() == []
    assert not [path for path in (house.root / "clips").rglob("*") if path.is_file()]
    house.walk()
    assert [item["data"]["detections"] for item in house.items()] == [[]]


async def test_what_could_not_be_stored_is_as_if_it_had_not_been_asked_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = house.walk()
    manual = house.hub.create_manual(Wish("front", "button", duration=None), None)

    def full(_: object) -> Future[None]:
        future: Future[None] = Future()
        future.set_exception(StoreFullError("the disk is full"))
        return future

    (item,) = house.items()
    live = house.hub.live(key)
    assert live is not None
    with monkeypatch.context() as patch:
        patch.setattr(house.db, "submit", full)
        for change in (
            lambda: house.hub.set_sub_label(key, "Ann", 0.9),
            lambda: house.hub.set_description(key, "somebody"),
            lambda: house.hub.retain(key, on=True),
            lambda: house.hub.delete([key]),
            lambda: house.hub.end_manual(manual),
        ):
            with pytest.raises(StoreFullError):
                change()
        with pytest.raises(StoreFullError), house.hub.forgetting_reviews([item["id"]]):
            raise StoreFullError("the disk is full")
    assert (live.sub_label, live.description, live.deleted) == (None, None, False)
    house.now = START + 50
    house.hub.tick()
    (still,) = house.items()
    assert (still["id"], still["end_time"]) == (item["id"], None)  # the manual event goes on
    assert [row["end_time"] for row in house.rows() if row["id"] == manual] == [None]


async def test_closing_ends_everything(house: House) -> None:
    house.walk()
    house.now = START + 3
    await house.close()
    assert house.kinds("events")[-1] == "end"
    assert house.kinds("reviews")[-1] == "end"
    assert house.rows()[0]["end_time"] is not None


async def test_a_database_that_fails_stops_no_messages(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.switches = {("front", "recordings"): False}
    house.db.write(lambda connection: connection.exec_driver_sql("DROP TABLE timeline"))
    house.hub.on_picture(best(0, jpeg=jpeg()))
    house.hub.on_tracks(frame(0, tracked(0)))
    house.hub.on_tracks(frame(1))
    assert house.kinds("events") == ["new", "end"]
    assert house.hub.statistics()["failed_writes"] == 2
    assert "could not be stored" in caplog.text


async def test_frames_from_many_threads_of_users(house: House) -> None:
    """Users change things in worker threads while frames come in."""
    key = house.walk()
    house.settle()
    names = [f"name {number}" for number in range(20)]

    def rename() -> None:
        for name in names:
            house.hub.set_sub_label(key, name, 0.5)

    user = threading.Thread(target=rename)
    user.start()
    for number in range(100):
        house.hub.on_tracks(frame(3 + number / 5, tracked(3 + number / 5, position_changes=number)))
    user.join(10)
    house.leave(60)
    assert house.rows()[0]["sub_label"] == names[-1]
    assert house.kinds("events")[-1] == "end"
    assert house.hub.statistics()["failed_writes"] == 0
