"""A recorded sequence of frames becomes rows, messages and files."""

import gc
import json

import pytest

from dogwatch.errors import StoreAwayError
from dogwatch.events import edits, manual, reasons
from dogwatch.events.live_object import LiveObject
from dogwatch.events.media import EventMedia
from dogwatch.events.outputs import LATE_S
from dogwatch.events.rendering import Style
from dogwatch.events.rules import CameraRules
from dogwatch.events.watch import SILENCE_S
from dogwatch.media import picture
from dogwatch.model import Box
from tests.integration.events.house import RULES, House
from tests.tracks import START, best, frame, jpeg, tracked


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


async def test_changed_rules_count_at_once(house: House) -> None:
    house.configure(record=False, snapshots=False)
    house.walk()
    assert house.rows() == []
    house.configure()
    house.hub.on_tracks(frame(4, tracked(4)))
    assert [row["has_clip"] for row in house.rows()] == [True]
    assert house.moments()[:2] == ["visible", "entered_zone"]  # what came before is not lost


async def test_a_running_object_has_its_pictures(house: House) -> None:
    key = house.walk()
    house.settle()
    media = EventMedia(house.db, house.hub)
    found = media.find(key)
    assert found is not None
    assert found.running
    assert (house.root / "clips" / f"front-{key}-clean.jpg").exists()  # a new core has to find it
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
    house.restart()
    assert [row["end_time"] for row in house.rows()] == [None]
    house.wait_in_vain()
    (row,) = house.rows()
    assert (row["end_time"], row["has_snapshot"], row["has_clip"]) == (row["start_time"] + 30, True, True)
    (item,) = house.items()
    assert item["end_time"] == START + 500
    assert house.kinds("events")[-1] == house.kinds("reviews")[-1] == "end"
    assert row["id"] == key


def path_points(house: House) -> int:
    return len(house.rows()[0]["data"]["path_data"])


async def test_the_path_of_an_object_reaches_its_row_within_seconds(house: House) -> None:
    house.now = START
    house.hub.tick()
    house.stroll(4)
    assert [len(told["after"]["path_data"]) for told in house.messages("events")] == [0, 1, 2, 3]
    assert path_points(house) == 0
    house.now = START + LATE_S
    house.hub.tick()
    assert path_points(house) == 3
    house.stroll(8, since=4)
    assert path_points(house) == 3
    house.hub.on_tracks(frame(8))
    assert (path_points(house), house.rows()[0]["end_time"]) == (7, START + 7)


async def test_what_changes_beside_the_path_is_stored_before_it_is_told(house: House) -> None:
    house.stroll(3)
    house.hub.on_tracks(frame(4, tracked(4, current_zones=("porch",), entered_zones=("porch",))))
    assert house.rows()[0]["zones"] == ["porch"]
    house.hub.on_picture(best(5, jpeg=jpeg()))
    assert house.rows()[0]["has_snapshot"] is True
    house.hub.on_picture(best(12, jpeg=jpeg()))
    house.hub.on_tracks(frame(12, tracked(12)))
    assert house.rows()[0]["data"]["snapshot_frame_time"] == START + 12


async def test_closing_ends_everything(house: House) -> None:
    house.walk()
    house.now = START + 3
    await house.close()
    assert house.kinds("events")[-1] == "end"
    assert house.kinds("reviews")[-1] == "end"
    assert house.rows()[0]["end_time"] is not None


async def test_a_database_that_fails_stops_no_messages(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.configure(record=False)
    house.db.write(lambda connection: connection.exec_driver_sql("DROP TABLE timeline"))
    house.hub.on_picture(best(0, jpeg=jpeg()))
    house.hub.on_tracks(frame(0, tracked(0)))
    house.hub.on_tracks(frame(1))
    assert house.kinds("events") == ["new", "end"]
    assert house.hub.statistics()["failed_writes"] == 2
    assert "could not be stored" in caplog.text


async def test_what_is_open_of_a_removed_camera_ends(house: House) -> None:
    house.walk()
    house.hub.configure({"side": RULES["side"]}, {})
    assert house.kinds("events")[-1] == "end"
    assert house.kinds("reviews")[-1] == "end"
    (row,) = house.rows()
    assert row["end_time"] is not None
    assert house.messages("front/person")[-1] == 0
    assert house.messages("front/review_status")[-1] == "NONE"
    assert list(house.hub.activity()) == ["side"]
    told = len(house.told)
    house.hub.on_tracks(frame(5, tracked(5)))  # what was still on its way
    house.settle()
    assert len(house.told) == told


async def test_open_objects_of_a_changed_camera_go_on_and_a_new_one_is_announced(house: House) -> None:
    key = house.walk()
    changed = {**RULES, "front": CameraRules("front", zones=("porch", "lawn")), "new": CameraRules("new")}
    house.hub.configure(changed, {})
    assert house.kinds("events")[-1] == "update"
    assert house.hub.live(key) is not None
    assert house.messages("front/person")[-1] == 1
    assert (house.messages("lawn/person"), house.messages("new/person/active")) == ([0], [0])
    assert house.messages("new/motion") == ["OFF"]
    house.leave(4)
    assert house.kinds("events")[-1] == "end"


async def test_a_manual_event_without_an_end_ends_with_its_camera(house: House) -> None:
    key = manual.create(house.hub, manual.ManualEvent("side", "bell", duration=None), lambda: None)
    house.now += 5
    house.hub.configure({"front": RULES["front"]}, {})
    house.db.write(lambda _: None)
    (row,) = house.rows()
    assert (row["id"], row["end_time"]) == (key, START + 5)
    await house.close()


async def test_a_manual_event_is_refused_while_the_database_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks is told that it failed, so it must not be there later."""
    backend = house.db._backend
    with monkeypatch.context() as patch:
        patch.setattr(type(backend), "away", True)
        patch.setattr(backend, "problem", "the database does not answer")
        with pytest.raises(StoreAwayError):
            manual.create(house.hub, manual.ManualEvent("side", "bell"), lambda: None)
    house.settle()
    assert house.rows() == []
    await house.close()


async def test_why_an_event_is_one_is_kept_with_it_and_goes_with_it(house: House) -> None:
    key = house.walk()
    assert house.why(key) is None  # until the end it is in memory
    live = house.hub.live(key)
    assert live is not None
    assert reasons.kept_of(live) is not None
    house.leave(6)
    kept = house.why(key)
    assert kept is not None
    assert (kept["scores"]["threshold"], kept["scores"]["detections"]) == (0.75, 9)
    assert [one["decision"] for one in kept["decisions"]] == ["alert", "clip", "snapshot"]
    assert edits.delete(house.hub, [key]) == [key]
    assert house.why(key) is None


async def test_an_object_that_is_over_leaves_nothing_to_the_garbage_collector(house: House) -> None:
    """A collection stops all threads, and takes the longer the more there is."""
    gc.collect()
    gc.disable()
    try:
        before = {id(one) for one in gc.get_objects() if isinstance(one, LiveObject)}
        house.walk()
        house.leave(4)
        assert house.kinds("events") == ["new", "update", "end"]
        await house.close()
        assert [one for one in gc.get_objects() if isinstance(one, LiveObject) and id(one) not in before] == []
    finally:
        gc.enable()
