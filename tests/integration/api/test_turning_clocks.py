"""Summaries, days, previews and exports when clocks are turned, leap, or an hour or a camera is missing.

What is expected is worked out minute by minute from what was recorded and from the timezone's offset at each minute.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import av
import pytest

from dogwatch.api.nvr import review
from dogwatch.media import fragments
from dogwatch.model import Fragment, Segment
from dogwatch.store import events, previews, reviews, segments, timeline
from dogwatch.store.previews import Preview
from dogwatch.testing import recordings
from dogwatch.testing.app import CONFIG, Nvr, nvr
from dogwatch.testing.recordings import T0, path_of
from dogwatch.testing.stocked import event

MINUTE_S, HOUR_S = 60, 3600
PIECE_S = 600  # the length of a segment
SPAN_H = 15  # before and after the turn
TURNS = {
    "Europe/Berlin": ("2025-03-30T01:00", "2025-10-26T01:00"),
    "America/New_York": ("2025-03-09T07:00", "2025-11-02T06:00"),
    "Australia/Lord_Howe": ("2025-10-04T15:30", "2025-04-05T15:00"),  # by half an hour
}
"""When each zone turns its clocks forward and back (UTC)."""
CASES = [(zone, turn) for zone, turns in TURNS.items() for turn in turns]
MISSING_H = -3  # the hour without footage, counted from the turn


@dataclass
class Recorded:
    """An app with footage around a turn, and when it was recorded and what happened."""

    app: Nvr
    zone: ZoneInfo
    turn: float
    pieces: list[float]
    happened: list[float]

    def local(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone)

    def minutes(self) -> Iterator[float]:
        for piece in self.pieces:
            yield from (piece + second for second in range(0, PIECE_S, MINUTE_S))

    def by_hour(self) -> Counter[tuple[str, str]]:
        """Return the seconds recorded in each hour that clocks show, which is twice as long when it comes twice."""
        return Counter({key: n * MINUTE_S for key, n in Counter(self._hour(at) for at in self.minutes()).items()})

    def _hour(self, at: float) -> tuple[str, str]:
        shown = self.local(at)
        return f"{shown:%Y-%m-%d}", f"{shown:%H}"

    def days(self, times: list[float]) -> Counter[str]:
        return Counter(f"{self.local(at):%Y-%m-%d}" for at in times)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, tuple[Fragment, ...]]:
    """An init section and fragments for rows whose files nobody reads."""
    directory = tmp_path_factory.mktemp("one")
    (one,) = recordings.record(directory, count=1)
    return fragments.scan(directory / one.path).init, one.fragments


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0].partition('/')[2]}-{case[1][:7]}")
def recorded(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    empty: tuple[bytes, tuple[Fragment, ...]],
) -> Iterator[Recorded]:
    name, turn_text = request.param
    turn = datetime.fromisoformat(f"{turn_text}+00:00").timestamp()
    first, missing = turn - SPAN_H * HOUR_S, turn + MISSING_H * HOUR_S
    every = [first + n * PIECE_S for n in range(2 * SPAN_H * HOUR_S // PIECE_S)]
    pieces = [at for at in every if not missing <= at < missing + HOUR_S]
    happened = [turn + n * 1700.0 for n in range(-30, 30)]
    init, parts = empty
    config = CONFIG.replace("cameras:\n", f"ui: {{timezone: {name}}}\ncameras:\n")
    directory, now = tmp_path_factory.mktemp("turned"), turn + SPAN_H * HOUR_S
    with nvr(directory, config, clock=lambda: now) as app, pytest.MonkeyPatch.context() as patch:
        patch.setattr(review, "time", SimpleNamespace(time=lambda: now))

        def fill(connection: Any) -> None:
            for at in pieces:
                row = Segment(
                    "front", path_of("front", at), at, at + PIECE_S, 1000, "x" * 16, parts, motion=1, objects=0
                )
                segments.add(connection, row, init)
            for at in happened:
                key = f"{at}-abcdef"
                events.put(connection, {**event(key, "front"), "start_time": at, "end_time": at + 9})
                item = {"detections": [], "objects": ["person"], "sub_labels": [], "zones": [], "audio": []}
                shown = {"id": key, "camera": "front", "severity": "alert", "start_time": at, "end_time": at + 9}
                reviews.put(connection, {**shown, "thumb_path": "", "data": item})
                moment = {"timestamp": at, "camera": "front", "source": "tracked_object", "source_id": key}
                timeline.add(connection, [{**moment, "class_type": "visible", "data": {"label": "person"}}])

        app.services.db.write(fill)
        for n in range(-SPAN_H, SPAN_H):
            start = turn + n * HOUR_S
            if n != MISSING_H:
                row = Preview(f"front_{start}", "front", f"clips/previews/front/{start}.mp4", start, start + HOUR_S)
                app.services.db.write(partial(previews.put, preview=row))
        yield Recorded(app, ZoneInfo(name), turn, pieces, happened)


async def get(app: Nvr, path: str) -> Any:
    async with app.client() as client:
        answer = await client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()


async def test_days_and_hours_of_recordings(recorded: Recorded) -> None:
    zone = recorded.zone.key
    found = await get(recorded.app, f"/api/front/recordings/summary?timezone={zone}")
    told = {(day["day"], hour["hour"]): hour["duration"] for day in found for hour in day["hours"]}
    assert told == recorded.by_hour()
    assert [day["day"] for day in found] == sorted({day for day, _ in told}, reverse=True)
    assert all(
        [hour["hour"] for hour in day["hours"]] == sorted((h["hour"] for h in day["hours"]), reverse=True)
        for day in found
    )
    happened = recorded.days(recorded.happened)
    assert {day["day"]: day["events"] for day in found} == happened
    assert all(
        day["events"] == sum(hour["events"] for hour in day["hours"]) for day in found if len(day["hours"]) >= 22
    )
    assert await get(recorded.app, f"/api/recordings/summary?timezone={zone}") == dict.fromkeys(
        sorted({day for day, _ in told}, reverse=True), True
    )


async def test_days_of_events_and_review_items(recorded: Recorded) -> None:
    zone, happened = recorded.zone.key, recorded.days(recorded.happened)
    found = await get(recorded.app, f"/api/events/summary?timezone={zone}")
    assert [(row["day"], row["count"]) for row in found] == sorted(happened.items())
    summary = await get(recorded.app, f"/api/review/summary?timezone={zone}")
    assert {day: row["total_alert"] for day, row in summary.items() if day != "last24Hours"} == happened
    hourly = await get(recorded.app, f"/api/timeline/hourly?timezone={zone}&limit=1000")
    assert (hourly["count"] == len(happened) and 0) or hourly["count"] == len(recorded.happened)
    for hour, moments in hourly["hours"].items():
        begin = recorded.local(int(hour))
        assert recorded.local(int(hour) - 1).hour != begin.hour or begin.minute == 0  # it may begin with a turn
        for one in moments:
            shown = recorded.local(one["timestamp"])
            assert (shown.date(), shown.hour) == (begin.date(), begin.hour)


async def test_times_of_the_day(recorded: Recorded) -> None:
    """`time_range` is about what clocks showed."""
    found = await get(recorded.app, f"/api/events?time_range=01:00,03:00&timezone={recorded.zone.key}&limit=1000")
    expected = [at for at in recorded.happened if 3600 < _of_day(recorded.local(at)) < 3 * 3600]
    assert sorted(row["start_time"] for row in found) == expected


def _of_day(shown: datetime) -> int:
    return shown.hour * 3600 + shown.minute * 60 + shown.second


async def test_hours_of_previews(recorded: Recorded) -> None:
    """An hour that comes twice has the previews of both, one that is left out has none."""
    zone = recorded.zone.key.replace("/", ",")
    async with recorded.app.client() as client:
        for n in range(-SPAN_H + 2, SPAN_H - 2):
            shown = recorded.local(recorded.turn + n * HOUR_S + 1)
            answer = await client.get(f"/api/preview/{shown:%Y-%m}/{shown:%d}/{shown:%H}/front/{zone}")
            same = [at for at in range(-SPAN_H * 60, SPAN_H * 60) if _alike(recorded, at, shown)]
            hours = {at // 60 for at in same} - {MISSING_H}
            expected = sorted(recorded.turn + hour * HOUR_S for hour in hours)
            assert [row["start"] for row in (answer.json() if answer.status_code == 200 else [])] == expected, shown


def _alike(recorded: Recorded, minute: int, shown: datetime) -> bool:
    at = recorded.local(recorded.turn + minute * MINUTE_S)
    return (at.date(), at.hour) == (shown.date(), shown.hour)


async def test_the_hour_without_footage(recorded: Recorded) -> None:
    missing = recorded.turn + MISSING_H * HOUR_S
    span = f"after={missing - HOUR_S}&before={missing + 2 * HOUR_S}"
    assert await get(recorded.app, f"/api/recordings/unavailable?{span}") == [
        {"start_time": missing, "end_time": missing + HOUR_S}
    ]
    async with recorded.app.client() as client:
        path = f"/api/export/front/start/{missing}/end/{missing + HOUR_S}"
        assert (await client.post(path)).status_code == 400
        assert (await client.get(f"/api/vod/front/start/{missing}/end/{missing + HOUR_S}")).status_code == 404


async def test_names_of_exports_tell_what_clocks_showed(recorded: Recorded) -> None:
    async with recorded.app.client() as client:
        for start in (recorded.turn - HOUR_S, recorded.turn - 600, recorded.turn, recorded.turn + HOUR_S):
            answer = await client.post(f"/api/export/front/start/{start}/end/{start + 600}")
            row = await get(recorded.app, f"/api/exports/{answer.json()['export_id']}")
            first, last = (f"{recorded.local(at):%Y-%m-%d %H:%M:%S}" for at in (start, start + 600))
            assert row["name"] == f"front {first} {last}"
            assert f"{recorded.local(start):%Y%m%d_%H%M%S}" in row["video_path"]
            assert row["date"] == start
    kept = await get(recorded.app, "/api/exports")
    assert [row["date"] for row in kept] == sorted((row["date"] for row in kept), reverse=True)


def frames(content: bytes) -> list[int]:
    """Return the numbers of the pictures of a clip, whose times must never go back."""
    with av.open(io.BytesIO(content), "r") as opened:
        shown = [(frame.time, recordings.number(frame.to_ndarray(format="bgr24"))) for frame in opened.decode(video=0)]
    times = [at for at, _ in shown if at is not None]
    assert times == sorted(times)
    return [number for _, number in shown]


@pytest.mark.parametrize("leap_s", [HOUR_S, -HOUR_S])
async def test_a_leap_of_the_clock(tmp_path: Path, leap_s: int) -> None:
    """Forward, an hour is missing; back, one is there twice: nothing is in the wrong order, nothing counted twice."""
    with nvr(tmp_path) as app:
        parts = [(T0 - HOUR_S, 3), (T0, 3), (T0 + 12 + leap_s, 3)]
        rows = [row for start, count in parts for row in recordings.record(tmp_path, "front", start, count)]
        for row in rows:
            init = fragments.scan(tmp_path / row.path).init
            app.services.db.write(partial(segments.add, segment=row, init=init))
        listed = await get(app, f"/api/front/recordings?after={T0 - 9000}&before={T0 + 9000}")
        starts = [row["start_time"] for row in listed]
        assert starts == sorted(row.start_time for row in rows)
        summary = await get(app, "/api/front/recordings/summary")
        assert sum(hour["duration"] for day in summary for hour in day["hours"]) == sum(row.duration for row in rows)
        gaps = await get(app, f"/api/recordings/unavailable?cameras=front&after={T0}&before={T0 + HOUR_S + 24}&scale=5")
        forward = leap_s > 0
        assert gaps[0] == {"start_time": T0 + 12, "end_time": T0 + 12 + HOUR_S if forward else T0 + HOUR_S + 24}
        async with app.client() as client:
            for start in (T0 - HOUR_S, T0, T0 + 12 + leap_s):
                clip = await client.get(f"/api/front/start/{start}/end/{start + 12}/clip.mp4")
                assert frames(clip.content)
                span = f"/vod/front/start/{start}/end/{start + 12}"
                assert (await client.get(f"{span}/index.m3u8")).text.count("#EXTINF") == 3
            whole = f"start/{T0 - 2 * HOUR_S}/end/{T0 + 2 * HOUR_S}"
            assert len(frames((await client.get(f"/api/front/{whole}/clip.mp4")).content)) >= 100
            playlist = (await client.get(f"/vod/front/{whole}/index.m3u8")).text
            assert playlist.count("#EXTINF") >= 9
            assert (await client.post(f"/api/export/front/{whole}")).status_code == 202


@pytest.mark.parametrize(
    "config", [CONFIG.split("  back:\n")[0], CONFIG.replace("  back:\n", "  garden:\n")], ids=["removed", "renamed"]
)
async def test_a_camera_that_is_gone(tmp_path: Path, config: str) -> None:
    """What was kept of it stays in lists of events and exports; it has no routes, and others' answers are as before."""
    reads = (
        "recordings?after={0}&before={1}", "recordings/summary", "start/{0}/end/{1}/clip.mp4", "any/best.jpg",
        "start/{0}/end/{1}/preview.gif", "latest.jpg",
    )  # fmt: skip
    key = f"{T0 + 1}-backev"
    with nvr(tmp_path) as app:
        for camera in ("front", "back"):
            for row in recordings.record(tmp_path, camera, T0, 2):
                init = fragments.scan(tmp_path / row.path).init
                app.services.db.write(partial(segments.add, segment=row, init=init))
        app.services.db.write(partial(events.put, values=event(key, "back")))
        before = await get(app, "/api/front/recordings/summary")
        async with app.client() as client:
            export = (await client.post(f"/api/export/back/start/{T0}/end/{T0 + 4}")).json()["export_id"]
    with nvr(tmp_path, config) as app:
        async with app.client() as client:
            for path in reads:
                answer = await client.get(f"/api/back/{path.format(T0, T0 + 8)}")
                assert answer.status_code == 404, path
            assert (await client.get(f"/vod/back/start/{T0}/end/{T0 + 8}/index.m3u8")).status_code == 404
            assert [row["id"] for row in (await client.get("/api/events")).json()] == [key]
            assert (await client.get(f"/api/events/{key}")).json()["camera"] == "back"
            assert (await client.get(f"/api/events/{key}/clip.mp4")).status_code in (200, 400, 404)
            assert [row["id"] for row in (await client.get("/api/exports")).json()] == [export]
            assert (await client.get("/api/front/recordings/summary")).json() == before
            assert (await client.get("/api/recordings/summary")).json() == {"2025-11-18": True}
            if "garden" in config:
                assert (await client.get("/api/garden/recordings/summary")).json() == []
                assert (await client.get(f"/api/garden/start/{T0}/end/{T0 + 8}/clip.mp4")).status_code == 400
            for path in (
                "stats",
                "config",
                "metrics",
                "health",
                "recordings/storage",
                "labels",
                "review/summary",
                "timeline",
            ):
                assert (await client.get(f"/api/{path}")).status_code == 200, path
