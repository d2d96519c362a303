"""When a film was taken is in its name, or in its container."""

from __future__ import annotations

import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import pytest

from dogwatch.library import file_times

BERLIN = ZoneInfo("Europe/Berlin")
UTC = datetime.UTC


def epoch(text: str, zone: datetime.tzinfo = BERLIN) -> float:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


NAMES = {
    "20240718_143005.mp4": "2024-07-18T14:30:05",
    "VID_20240718_143005.mp4": "2024-07-18T14:30:05",
    "VID-20240718-143005.mp4": "2024-07-18T14:30:05",
    "2024-07-18_14-30-05-front.mp4": "2024-07-18T14:30:05",
    "2024_0718_143005_0001F.MP4": "2024-07-18T14:30:05",
    "NO20240718-143005-000123F.MP4": "2024-07-18T14:30:05",
    "20240718_143005_NF.mp4": "2024-07-18T14:30:05",
    "FILE240718-143005F.MP4": "2024-07-18T14:30:05",
    "Camera_01_20240718143005.mp4": "2024-07-18T14:30:05",
    "RecM03_20240718_143005_143105_6D28808.mp4": "2024-07-18T14:30:05",
    "MDalarm_20240718_143005.mkv": "2024-07-18T14:30:05",
    "front 2024-07-18 14.30.05.mp4": "2024-07-18T14:30:05",
    "Yard 2024-07-18 at 14.30.mov": None,
    "dashcam-2024.07.18-14h30m05.mp4": "2024-07-18T14:30:05",
    "UniFi 2024-07-18--14-30-05.mp4": "2024-07-18T14:30:05",
    "20240718T143005.250.mp4": "2024-07-18T14:30:05.250",
    "recording_2024-07-18_14-30.mp4": "2024-07-18T14:30:00",
    "2024-07-18/001/dav/14/14.30.05-14.31.00[M][0@0][0].dav": "2024-07-18T14:30:05",
    "record/20240718/14/30.mp4": "2024-07-18T14:30:00",
    "2024071814/30M05S_1721305805.mp4": "2024-07-18T14:30:05",
    "front_20240718_143005-20240718_143105_abc123.mp4": "2024-07-18T14:30:05",
    "DJI_0042.mp4": None,
    "GH010123.MP4": None,
    "19700101_000010.mp4": None,
    "20241345_143005.mp4": None,
    "street_720p15.mp4": None,
    "hiv00012.mp4": None,
    "12345678901234567890.mp4": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_local_times_of_names(name: str) -> None:
    wanted = NAMES[name]
    found = file_times.of_name(PurePosixPath("/media/card") / name, BERLIN)
    assert found == (None if wanted is None else epoch(wanted))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("PXL_20240718_143005123.mp4", "2024-07-18T14:30:05.123"),
        ("2024-07-18T14:30:05Z.mp4", "2024-07-18T14:30:05"),
        ("20240718T163005+0200.mp4", "2024-07-18T14:30:05"),
        ("20240718_093005-05:00.mp4", "2024-07-18T14:30:05"),
        ("recordings/2024-07-18/14/front/30.05.mp4", "2024-07-18T14:30:05"),
        ("recordings/2024-07-18/14/front/30.05_1.mp4", "2024-07-18T14:30:05"),
        ("alarm-1721313005.mp4", "2024-07-18T14:30:05"),
        ("1721313005250.mp4", "2024-07-18T14:30:05.250"),
    ],
)
def test_names_that_say_their_zone(name: str, wanted: str) -> None:
    assert file_times.of_name(PurePosixPath(name), BERLIN) == pytest.approx(epoch(wanted, UTC), abs=1e-6)


def test_the_time_of_a_name_is_in_the_zone_that_is_given() -> None:
    path = PurePosixPath("20240718_143005.mp4")
    there = file_times.of_name(path, ZoneInfo("America/New_York"))
    here = file_times.of_name(path, BERLIN)
    assert there is not None
    assert here is not None
    assert there - here == 6 * 3600


def test_without_a_zone_it_is_the_machines() -> None:
    local = datetime.datetime(2024, 7, 18, 14, 30, 5).astimezone().timestamp()
    assert file_times.of_name(PurePosixPath("20240718_143005.mp4"), None) == local


def test_a_time_that_comes_twice_is_the_first_unless_the_container_says_otherwise() -> None:
    path = PurePosixPath("20241027_023000.mp4")  # the clocks in Berlin went back at three
    first, second = epoch("2024-10-27T00:30:00", UTC), epoch("2024-10-27T01:30:00", UTC)
    assert file_times.of_name(path, BERLIN) == first
    assert file_times.of_name(path, BERLIN, second + 30) == second
    assert file_times.of_name(path, BERLIN, first + 30) == first
    assert file_times.of_name(path, BERLIN, second + 90_000) == first


def test_the_name_comes_before_the_container() -> None:
    created = epoch("2024-07-18T14:31:00", UTC)  # local time, written as if it were UTC
    named = file_times.find(PurePosixPath("20240718_143005.mp4"), created, BERLIN)
    assert named == file_times.FoundTime(epoch("2024-07-18T14:30:05"), "name")
    assert file_times.find(PurePosixPath("GH010123.MP4"), created, BERLIN) == file_times.FoundTime(created, "container")
    assert file_times.find(PurePosixPath("GH010123.MP4"), 0.0, BERLIN) is None
    assert file_times.find(PurePosixPath("GH010123.MP4"), None, BERLIN) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2024-07-18T14:30:05.000000Z", "2024-07-18T14:30:05"),
        ("2024-07-18T16:30:05+0200", "2024-07-18T14:30:05"),
        ("2024-07-18 14:30:05", "2024-07-18T14:30:05"),
        ("yesterday", None),
        ("", None),
    ],
)
def test_what_containers_say(text: str, wanted: str | None) -> None:
    assert file_times.of_container(text) == (None if wanted is None else epoch(wanted, UTC))
