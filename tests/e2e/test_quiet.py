"""An empty street with people for twenty seconds: nothing is seen, kept or decoded in vain."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dogwatch.config.record import DaysConfig, RecordConfig, ReviewRecordConfig, ReviewRetainConfig
from dogwatch.recordings.retention import Retention
from dogwatch.recordings.rules import rules_of
from dogwatch.store.database import Database
from dogwatch.store.tables import segments
from tests.e2e.program import Program
from tests.media import quiet

PEOPLE_FROM_S, PEOPLE_TO_S = 15.0, 35.0
WATCHED_S = 58.0  # of 60: then the file begins again
SLACK_S = 1.0
IDLE_AFTER_S = 4
MISSED_S = 5  # so long is somebody looked for who has left
REPORT_S = 6  # how much older what the statistics say may be
HOUR_S = 3600.0
pytestmark = [pytest.mark.timeout(150), pytest.mark.in_pairs]


@dataclass(frozen=True, slots=True)
class Watched:
    """What a minute has left; times in seconds since the first picture unless they are epoch seconds."""

    data: Path
    begin: float
    events: list[dict[str, Any]]
    segments: list[dict[str, Any]]
    decoding: list[tuple[float, str]]

    def events_in(self, start: float, end: float) -> list[dict[str, Any]]:
        return [one for one in self.events if start <= one["start_time"] - self.begin < end]

    def motion(self, start: float, end: float) -> list[int | None]:
        """Return the motion of the complete segments that lie in the range."""
        return [
            one["motion"]
            for one in self.segments[:-1]  # the last one is being written
            if one["start_time"] - self.begin >= start and one["end_time"] - self.begin <= end
        ]

    def modes(self, start: float, end: float) -> set[str]:
        return {mode for at, mode in self.decoding if start <= at <= end}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    data = tmp_path_factory.mktemp("quiet") / "data"
    program = Program.run(
        data,
        f"""
record: {{enabled: true, continuous: {{days: 0}}, motion: {{days: 1}}}}
cameras: {{quiet: {{ffmpeg: {{inputs: [{{path: "{quiet()}"}}]}}, detect: {{idle_after: {IDLE_AFTER_S}}}}}}}
""",
    )
    try:
        begin = program.wait(lambda: program.segments("quiet"), 30, "recording")[0]["start_time"]
        decoding = []
        while (at := time.time() - begin) < WATCHED_S:
            decoding.append((at, program.json("/api/stats")["cameras"]["quiet"]["decoding"]))
            time.sleep(0.5)
        return Watched(data, begin, program.events(), program.segments("quiet"), decoding)
    finally:
        program.stop()


def test_people_are_seen_when_they_are_there(watched: Watched) -> None:
    inside = watched.events_in(PEOPLE_FROM_S - SLACK_S, PEOPLE_TO_S + SLACK_S)
    assert inside
    assert inside == watched.events, "nobody is there in the quiet parts"
    assert {one["label"] for one in inside} == {"person"}
    # About ten people are to be seen; every one of them twice would be a tracker that loses them.
    assert 2 <= len(inside) <= 16
    assert len({one["id"] for one in inside}) == len(inside)


def test_every_event_ends(watched: Watched) -> None:
    assert watched.events
    for event in watched.events:
        assert event["end_time"] is not None, event
        assert event["end_time"] - watched.begin <= 50
        assert event["has_snapshot"]


def test_motion_is_where_people_are(watched: Watched) -> None:
    before, during, after = watched.motion(0, PEOPLE_FROM_S), watched.motion(9, 41), watched.motion(39, WATCHED_S)
    assert before
    assert set(before) == {0}
    assert len(during) == 3
    assert all(one is not None and one > 0 for one in during)
    assert after
    assert set(after) == {0}, watched.segments


def test_quiet_parts_are_decoded_at_keyframes_only(watched: Watched) -> None:
    assert "keyframes" in watched.modes(IDLE_AFTER_S, PEOPLE_FROM_S)
    assert watched.modes(PEOPLE_FROM_S + REPORT_S, PEOPLE_TO_S) == {"full"}
    quiet = PEOPLE_TO_S + MISSED_S + IDLE_AFTER_S + REPORT_S + SLACK_S
    assert watched.modes(quiet, WATCHED_S) == {"keyframes"}


def test_retention_keeps_what_moved(watched: Watched) -> None:
    record = RecordConfig(
        enabled=True,
        continuous=DaysConfig(days=0),
        motion=DaysConfig(days=1),
        alerts=ReviewRecordConfig(retain=ReviewRetainConfig(days=0)),
        detections=ReviewRecordConfig(retain=ReviewRetainConfig(days=0)),
    )
    rules = rules_of(record)
    before = footage(watched)
    db = Database(f"sqlite:///{watched.data / 'dogwatch.db'}")
    try:
        rows = motion_of(db)
        kept = {start for start, motion in rows if motion != 0}  # with motion, or not analysed
        gone = {start for start, motion in rows if motion == 0}
        at = watched.begin + HOUR_S
        Retention(db, watched.data, {"quiet": rules}, clock=lambda: at).expire()
        assert kept
        assert gone
        assert starts(db) >= kept
        assert not starts(db) & gone
        assert len(footage(watched)) == len(before) - len(gone)

        for hours in (20, 40, 60):  # in steps of less than a day, or the clock would not be believed
            at = watched.begin + hours * HOUR_S
            Retention(db, watched.data, {"quiet": rules}, clock=lambda: at).expire()  # noqa: B023 - run at once
        assert starts(db) == set()
        assert footage(watched) == []
    finally:
        db.close()


def motion_of(db: Database) -> list[tuple[float, int | None]]:
    """Return start and motion of each row; the API shows 0 where nobody has looked, the row says so."""
    with db.read() as connection:
        return [
            (round(start, 3), motion)
            for start, motion in connection.execute(select(segments.c.start_time, segments.c.motion))
        ]


def footage(watched: Watched) -> list[Path]:
    return sorted((watched.data / "recordings").rglob("*.mp4"))


def starts(db: Database) -> set[float]:
    """The beginnings of all segments that have a row."""
    with db.read() as connection:
        return {round(start, 3) for start in connection.scalars(select(segments.c.start_time))}
