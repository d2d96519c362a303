"""What users do to events while frames come in: name, describe, keep, delete, and make some by hand."""

import threading
from concurrent.futures import Future

import pytest

from dogwatch.errors import NotFoundError, RefusedError, StoreFullError
from dogwatch.events import edits, manual, review_edits
from dogwatch.events.manual import ManualEvent
from dogwatch.events.media import EventMedia
from dogwatch.events.outputs import LATE_S
from dogwatch.store import event_removal, events
from tests.integration.events.house import House
from tests.tracks import START, frame, jpeg, tracked


async def test_naming_a_live_object(house: House) -> None:
    key = house.walk()
    house.settle()
    edits.set_sub_label(house.hub, key, "Bob", 0.9)
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
    edits.set_sub_label(house.hub, key, None)
    assert house.rows()[0]["sub_label"] is None
    with pytest.raises(NotFoundError):
        edits.set_sub_label(house.hub, "nothing", "Bob")


async def test_naming_an_object_that_has_no_row_yet(house: House) -> None:
    house.configure(record=False, snapshots=False)
    key = house.walk()
    edits.set_sub_label(house.hub, key, "Bob", 0.9)
    house.configure()
    house.hub.on_tracks(frame(4, tracked(4)))
    assert house.rows()[0]["sub_label"] == "Bob"


async def test_a_row_that_lags_behind_does_not_come_back_when_deleted(house: House) -> None:
    house.hub.tick()
    key = house.stroll(4)
    house.settle()
    assert edits.delete(house.hub, [key]) == [key]
    house.now += 2 * LATE_S
    house.hub.tick()
    assert house.rows() == []


async def test_describing_and_keeping(house: House) -> None:
    key = house.walk()
    house.settle()
    edits.set_description(house.hub, key, "a man with a parcel")
    edits.retain(house.hub, key, on=True)
    house.leave(9)
    (row,) = house.rows()
    assert row["data"]["description"] == "a man with a parcel"
    assert row["retain_indefinitely"] is True
    assert house.messages("tracked_object_update") == [
        {"type": "description", "id": key, "description": "a man with a parcel", "camera": "front"}
    ]
    with pytest.raises(NotFoundError):
        edits.retain(house.hub, "nothing", on=True)
    with pytest.raises(NotFoundError):
        edits.set_description(house.hub, "nothing", "x")


async def test_a_deleted_event_stays_deleted_while_its_object_lives(house: House) -> None:
    key = house.walk()
    house.settle()
    assert edits.delete(house.hub, [key, "nothing"]) == [key]
    house.hub.on_tracks(frame(4, tracked(4, position_changes=5)))
    house.leave(6)
    await house.close()
    assert house.rows() == []
    assert not (house.root / "clips" / f"front-{key}-clean.jpg").exists()


async def test_a_manual_event(house: House) -> None:
    drawing = {"boxes": [{"box": [0.5, 0.5, 0.2, 0.2], "color": [255, 0, 0], "score": None}]}
    key = manual.create(house.hub, ManualEvent("front", "button", "door", 5, draw=drawing), lambda: jpeg())
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
    key = manual.create(house.hub, ManualEvent("front", "button", duration=None, pre_capture=0), lambda: None)
    assert house.rows()[0]["end_time"] is None
    house.now = START + 500
    house.hub.tick()
    assert house.items()[0]["end_time"] is None
    with pytest.raises(RefusedError):
        manual.end(house.hub, key, START - 1)
    manual.end(house.hub, key)
    assert house.rows()[0]["end_time"] == START + 500
    house.now = START + 541
    house.hub.tick()
    assert house.items()[0]["end_time"] == START + 500
    with pytest.raises(NotFoundError):
        manual.end(house.hub, "nothing")
    with pytest.raises(NotFoundError):
        manual.create(house.hub, ManualEvent("attic", "button"), lambda: None)


async def test_a_camera_that_is_off_makes_no_manual_events(house: House) -> None:
    house.configure(enabled=False)
    with pytest.raises(NotFoundError, match="front is not a valid camera"):
        manual.create(house.hub, ManualEvent("front", "button"), jpeg)
    assert house.rows() == []


async def test_a_description_of_an_object_without_a_row_is_not_kept(house: House) -> None:
    house.hub.on_tracks(frame(0, tracked(0, position_changes=0)))
    with pytest.raises(NotFoundError):
        edits.set_description(house.hub, tracked(0).id, "a man")
    house.hub.on_tracks(frame(1, tracked(1)))
    assert "description" not in house.rows()[0]["data"]


async def test_only_manual_events_are_ended_by_hand(house: House) -> None:
    key = house.walk()
    house.settle()
    with pytest.raises(NotFoundError):
        manual.end(house.hub, key)


async def test_a_deleted_open_item_does_not_come_back(house: House) -> None:
    house.walk()
    (item,) = house.items()
    removed: list[tuple[object, ...]] = []
    review_edits.delete(house.hub, [item["id"]], lambda *footage: removed.append(footage))
    assert removed == [("front", START + 1, house.now, "api", f"review item {item['id']} was deleted")]
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
    other = manual.create(house.hub, ManualEvent("front", "button", duration=300), lambda: None)
    assert listed() == [key, other]
    edits.delete(house.hub, [other])  # while it goes on and its item is open
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
        manual.create(house.hub, ManualEvent("front", "button"), lambda: jpeg())
    assert house.items() == []
    assert not [path for path in (house.root / "clips").rglob("*") if path.is_file()]
    house.walk()
    assert [item["data"]["detections"] for item in house.items()] == [[]]


async def test_what_could_not_be_stored_is_as_if_it_had_not_been_asked_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = house.walk()
    button = manual.create(house.hub, ManualEvent("front", "button", duration=None), lambda: None)

    def no_room(*_: object) -> None:
        raise StoreFullError("the disk is full")

    def full(*_: object, **__: object) -> Future[None]:
        future: Future[None] = Future()
        future.set_exception(StoreFullError("the disk is full"))
        return future

    (item,) = house.items()
    live = house.hub.live(key)
    assert live is not None
    with monkeypatch.context() as patch:
        patch.setattr(house.db, "submit", full)
        for change in (
            lambda: edits.set_sub_label(house.hub, key, "Ann", 0.9),
            lambda: edits.set_description(house.hub, key, "somebody"),
            lambda: edits.retain(house.hub, key, on=True),
            lambda: edits.delete(house.hub, [key]),
            lambda: manual.end(house.hub, button),
        ):
            with pytest.raises(StoreFullError):
                change()
        with pytest.raises(StoreFullError):
            review_edits.delete(house.hub, [item["id"]], no_room)
    assert (live.sub_label, live.description, live.deleted) == (None, None, False)
    house.now = START + 50
    house.hub.tick()
    (still,) = house.items()
    assert (still["id"], still["end_time"]) == (item["id"], None)  # the manual event goes on
    assert [row["end_time"] for row in house.rows() if row["id"] == button] == [None]


async def test_frames_from_many_threads_of_users(house: House) -> None:
    """Users change things in worker threads while frames come in."""
    key = house.walk()
    house.settle()
    names = [f"name {number}" for number in range(20)]

    def rename() -> None:
        for name in names:
            edits.set_sub_label(house.hub, key, name, 0.5)

    user = threading.Thread(target=rename)
    user.start()
    for number in range(100):
        house.hub.on_tracks(frame(3 + number / 5, tracked(3 + number / 5, position_changes=number)))
    user.join(10)
    house.leave(60)
    assert house.rows()[0]["sub_label"] == names[-1]
    assert house.kinds("events")[-1] == "end"
    assert house.hub.statistics()["failed_writes"] == 0
