"""Sounds become events, parts of review items, and messages."""

from dataclasses import replace

import pytest

from dogwatch.bus.messages import SoundLevel, SoundsHeard
from dogwatch.events import edits, reasons, recovery
from dogwatch.events.rules import SeverityRule, SoundRule
from tests.integration.events.house import RULES, House
from tests.tracks import START

QUIET, LOUD = -60.0, -20.0


def listen(house: House, camera: str = "front", *, detections: bool = True, **sound: object) -> None:
    rule = SoundRule(enabled=True, **sound)  # type: ignore[arg-type]
    rules = replace(RULES[camera], sound=rule, detections=SeverityRule(enabled=detections))
    house.hub.configure({**RULES, camera: rules}, {})


def hear(house: House, seconds: float, dbfs: float, camera: str = "front", rms: float | None = None) -> None:
    for _ in range(round(2 * seconds)):
        house.now += 0.5
        house.hub.on_sound(SoundLevel(camera, house.now, dbfs, 32768 * 10 ** (dbfs / 20) if rms is None else rms))
        house.hub.tick()


async def test_a_noise_is_an_event_and_part_of_a_review_item(house: House) -> None:
    listen(house)
    hear(house, 20, QUIET)
    hear(house, 1, LOUD)
    began = house.now - 0.5
    (row,) = house.rows()
    assert (row["camera"], row["label"], row["start_time"], row["end_time"]) == ("front", "loud_noise", began, None)
    assert (row["data"]["type"], row["has_clip"], row["has_snapshot"], row["zones"]) == ("audio", True, False, [])
    assert row["data"]["max_severity"] == "detection"
    (item,) = house.items()
    assert (item["severity"], item["data"]["audio"], item["data"]["detections"]) == (
        "detection", ["loud_noise"], [row["id"]],
    )  # fmt: skip
    assert item["data"]["objects"] == []
    assert house.messages("front/audio/loud_noise") == ["ON"]
    assert house.messages("front/audio/all") == ["ON"]
    assert house.messages("audio_detections") == [{"front": ["loud_noise"], "side": []}]
    assert house.hub.sounds()["front"] == ["loud_noise"]

    hear(house, 29, QUIET)
    assert house.rows()[0]["end_time"] is None  # it may be heard again
    hear(house, 2, QUIET)
    (row,) = house.rows()
    assert row["end_time"] == began + 0.5
    assert row["top_score"] == row["data"]["top_score"] == pytest.approx(1.0)
    assert house.messages("front/audio/loud_noise") == ["ON", "OFF"]
    assert house.messages("front/audio/all") == ["ON", "OFF"]
    assert house.messages("audio_detections")[-1] == {"front": [], "side": []}
    hear(house, 60, QUIET)
    (item,) = house.items()
    assert item["end_time"] is not None
    assert house.moments() == ["heard"]
    assert house.messages("events") == []  # these are of tracked objects
    kept = house.why(row["id"])
    assert kept is not None
    assert list(reasons.lines("loud_noise", kept, str)) == [
        f"it was heard at {began} with score 1.00, louder than min_volume 500",
        f"it is a detection since {began} by review.detections",
    ]
    await house.close()


def tell(house: House, seconds: float, camera: str = "front", **scores: float) -> None:
    for _ in range(round(2 * seconds)):
        house.now += 0.5
        house.hub.on_sounds_heard(SoundsHeard(camera, house.now, scores))
        house.hub.tick()


async def test_sounds_that_are_told_apart_are_events_of_their_own(house: House) -> None:
    listen(house, thresholds={"bark": 0.8, "speech": 0.6})
    tell(house, 1, bark=0.85)
    tell(house, 1, bark=0.9, speech=0.7)
    tell(house, 1, speech=0.65, yell=0.99)  # nobody listens for the last one
    bark, speech = sorted(house.rows(), key=lambda row: str(row["label"]))
    assert (bark["label"], bark["data"]["type"], bark["data"]["score"], bark["end_time"]) == (
        "bark",
        "audio",
        0.85,
        None,
    )
    assert (speech["label"], speech["data"]["score"], speech["start_time"]) == ("speech", 0.7, house.now - 1.5)
    (item,) = house.items()
    assert (item["severity"], sorted(item["data"]["audio"])) == ("detection", ["bark", "speech"])
    assert sorted(item["data"]["detections"]) == sorted([bark["id"], speech["id"]])
    assert house.messages("front/audio/bark") == ["ON"]
    assert house.messages("front/audio/all") == ["ON", "ON"]
    assert house.messages("audio_detections")[-1] == {"front": ["bark", "speech"], "side": []}
    kept = house.why(bark["id"])
    assert kept is not None
    assert next(reasons.lines("bark", kept, str)) == (
        f"it was heard at {bark['start_time']} with score 0.85, no less than threshold 0.8, and louder than "
        "min_volume 500"
    )
    tell(house, 31)
    assert sorted(house.messages("front/audio/speech")) == ["OFF", "ON"]
    ended = {row["label"]: row for row in house.rows()}
    assert ended["bark"]["end_time"] == bark["start_time"] + 1.5
    assert ended["bark"]["top_score"] == 0.9
    assert house.messages("front/audio/all")[-1] == "OFF"
    assert house.moments() == ["heard", "heard"]
    await house.close()


async def test_a_sound_in_the_alerts_labels_is_an_alert(house: House) -> None:
    rule = SoundRule(enabled=True, thresholds={"fire_alarm": 0.5})
    alerts = SeverityRule(labels=frozenset({"person", "fire_alarm"}))
    house.hub.configure({**RULES, "front": replace(RULES["front"], sound=rule, alerts=alerts)}, {})
    tell(house, 1, fire_alarm=0.7)
    (item,) = house.items()
    assert (item["severity"], item["data"]["audio"]) == ("alert", ["fire_alarm"])
    await house.close()


async def test_sounds_that_come_too_late_are_none(house: House) -> None:
    tell(house, 1, bark=0.9)  # sound is off
    listen(house)
    tell(house, 1, bark=0.9)  # there is no model
    listen(house, thresholds={"bark": 0.95})
    tell(house, 1, bark=0.9)
    assert house.rows() == []
    await house.close()


async def test_noises_one_after_the_other_are_one_event(house: House) -> None:
    listen(house)
    hear(house, 20, QUIET)
    for _ in range(4):
        hear(house, 0.5, LOUD)
        hear(house, 20, QUIET)
    hear(house, 30, QUIET)
    (row,) = house.rows()
    assert row["end_time"] - row["start_time"] == pytest.approx(61.5)
    await house.close()


async def test_what_is_not_wanted_is_no_event(house: House) -> None:
    hear(house, 20, QUIET)
    hear(house, 1, LOUD)  # sound is off
    listen(house, min_volume=5000)
    hear(house, 20, QUIET)
    hear(house, 1, LOUD)
    listen(house, loud_noise=False)
    hear(house, 20, QUIET)
    hear(house, 1, LOUD)
    assert house.rows() == []
    listen(house, detections=False)
    hear(house, 20, QUIET)
    hear(house, 1, LOUD)
    assert [row["data"]["max_severity"] for row in house.rows()] == [None]  # an event, but nothing to review
    assert house.items() == []
    await house.close()


async def test_levels_are_told_once_a_second_while_they_change(house: House) -> None:
    listen(house)
    for step in range(10):
        hear(house, 1, QUIET + step)
    assert house.messages("front/audio/dBFS") == [QUIET + step for step in range(10)]
    assert len(house.messages("front/audio/rms")) == 10
    assert house.messages("front/audio/rms")[0] == 32.8
    await house.close()


async def test_a_level_that_stays_is_told_once_and_repeated(house: House) -> None:
    listen(house)
    for _ in range(14):
        hear(house, 0.5, QUIET)
        hear(house, 0.5, QUIET + 0.4)
    assert house.messages("front/audio/dBFS") == [QUIET]
    assert house.messages("front/audio/rms") == [32.8]
    hear(house, 2, QUIET)
    assert house.messages("front/audio/dBFS") == [QUIET] * 2
    hear(house, 14, QUIET)
    assert len(house.messages("front/audio/rms")) == 2
    hear(house, 2, QUIET)
    assert len(house.messages("front/audio/rms")) == 3
    await house.close()


async def test_sound_that_is_switched_off_ends_what_is_heard(house: House) -> None:
    listen(house)
    hear(house, 20, QUIET)
    hear(house, 1, LOUD)
    house.hub.configure(RULES, {})
    house.hub.tick()
    assert house.rows()[0]["end_time"] == house.now
    assert house.messages("front/audio/loud_noise") == ["ON", "OFF"]
    await house.close()


async def test_a_camera_that_is_removed_is_heard_no_more(house: House) -> None:
    listen(house)
    hear(house, 20, QUIET)
    hear(house, 1, LOUD)
    house.hub.configure({"side": RULES["side"]}, {})
    assert house.rows()[0]["end_time"] == house.now
    assert house.messages("front/audio/all") == ["ON", "OFF"]
    assert house.messages("audio_detections")[-1] == {"side": []}
    await house.close()


async def test_a_noise_and_a_person_are_one_review_item(house: House) -> None:
    listen(house)
    house.now = START - 30
    hear(house, 29, QUIET)
    hear(house, 0.5, LOUD)
    house.now = START
    house.walk()
    (item,) = house.items()
    assert (item["severity"], item["data"]["audio"], item["data"]["objects"]) == ("alert", ["loud_noise"], ["person"])
    assert len(item["data"]["detections"]) == 2
    await house.close()


async def test_a_restart_ends_what_is_heard(house: House) -> None:
    listen(house)
    hear(house, 20, QUIET)
    hear(house, 1, LOUD)
    await house.hub.close(goes_on=True)
    assert house.db.write(lambda _: None) is None
    house.begin_anew()
    assert house.rows()[0]["end_time"] == house.now
    house.now += 100
    house.wait_in_vain()
    assert [item["end_time"] is not None for item in house.items()] == [True]
    await house.close()


async def test_a_crash_leaves_no_noise_without_an_end(house: House) -> None:
    listen(house)
    hear(house, 20, QUIET)
    hear(house, 1, LOUD)
    house.restart()
    assert house.rows()[0]["end_time"] is not None
    await house.close()


async def test_a_deleted_noise_is_in_no_review_item(house: House) -> None:
    listen(house)
    hear(house, 20, QUIET)
    hear(house, 1, LOUD)
    (row,) = house.rows()
    assert edits.delete(house.hub, [row["id"]]) == [row["id"]]
    hear(house, 2, LOUD)
    assert house.items()[0]["data"]["detections"] == []
    hear(house, 40, QUIET)
    assert house.rows() == []
    await house.close()


async def test_a_clock_that_is_set_back_leaves_no_sound_open(house: House) -> None:
    listen(house)
    hear(house, 20, QUIET)
    hear(house, 1, LOUD)
    house.now -= 3600
    hear(house, 2, QUIET)
    assert house.rows()[0]["end_time"] is not None
    assert house.messages("front/audio/loud_noise") == ["ON", "OFF"]
    await house.close()


async def test_after_a_core_was_killed_nobody_takes_its_sounds_for_going_on(house: House) -> None:
    listen(house, thresholds={"bark": 0.8})
    tell(house, 1, bark=0.85)
    house.told.clear()
    house.restart()
    assert house.messages("front/audio/bark") == house.messages("front/audio/all") == ["OFF"]
    assert house.messages("side/audio/all") == []
    assert house.rows()[0]["end_time"] is not None
    house.told.clear()
    house.restart()
    assert house.messages("front/audio/bark") == []
    await house.close()


async def test_a_sound_goes_on_when_the_database_is_made_anew(house: House) -> None:
    listen(house, thresholds={"bark": 0.8})
    tell(house, 1, bark=0.85)
    recovery.end_forgotten(house.hub)
    assert house.rows()[0]["end_time"] is None
    assert house.messages("front/audio/bark") == ["ON"]
    await house.close()
