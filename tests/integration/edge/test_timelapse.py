"""The timelapse through days, restarts and failures, by a standing clock, and once with the real encoder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest

from dogwatch.edge.stitching import MARK, Stitcher
from dogwatch.edge.timelapse import Timelapse
from dogwatch.errors import MediaError
from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.media import jpeg
from dogwatch.media.encoder_spec import FramesSpec
from tests.integration.edge.archive_folder import ArchiveFolder

BERLIN = ZoneInfo("Europe/Berlin")
DARK = jpeg.encode(np.full((96, 128, 3), 60, np.uint8), 90)


def fake_encode(spec: FramesSpec, _: JobControl) -> int:
    """Write the names of the frames instead of a film."""
    Path(spec.out).write_text(" ".join(Path(path).name for path in spec.paths))
    Path(spec.thumbnail).write_bytes(b"thumb")
    return len(spec.paths)


class StandingDays:
    """A timelapse in `directory` whose clock stands at `now`; days are stitched at once when asked for."""

    def __init__(
        self, directory: Path, now: str, encode: Callable[[FramesSpec, JobControl], int] = fake_encode
    ) -> None:
        self.directory, self.folder = directory, ArchiveFolder(directory)
        self.set(now)
        self.encode = encode
        self.picture: Callable[[], bytes] = lambda: DARK
        self.restart()

    def set(self, now: str, fold: int = 0) -> None:
        self.now = datetime.fromisoformat(now).replace(tzinfo=BERLIN, fold=fold).timestamp()

    def restart(self) -> None:
        """Begin anew, as after a start of the program."""
        archive, settings = self.folder.archive, self.folder.settings
        self.stitcher = Stitcher(
            archive, settings, lambda: self.now, BERLIN, lambda spec, control: self.encode(spec, control)
        )
        self.timelapse = Timelapse(settings, archive, lambda: self.picture(), self.stitcher, lambda: self.now, BERLIN)

    def step(self) -> float:
        wait_s = self.timelapse.step()
        if self.stitcher.requested:
            self.stitcher.stitch_requested()
        return wait_s

    def run_until(self, end: str, fold: int = 0) -> None:
        """Let time pass as the thread would."""
        until = datetime.fromisoformat(end).replace(tzinfo=BERLIN, fold=fold).timestamp()
        while self.now < until:
            self.now = min(until, self.now + self.step())
        self.step()

    def names(self) -> list[str]:
        return [name.removeprefix("timelapse/") for name in self.folder.names()]


@pytest.fixture
def days(tmp_path: Path) -> StandingDays:
    made = StandingDays(tmp_path, "2026-04-01T22:00")
    made.timelapse.configure({"enabled": True, "interval_minutes": 20})
    return made


def test_7_midnight_with_timelapse_switched_off_at_23(days: StandingDays) -> None:
    days.run_until("2026-04-01T23:00")
    assert days.timelapse.status()["today_frame_count"] == 4
    days.timelapse.configure({"enabled": False})
    days.run_until("2026-04-02T00:01")
    assert days.names() == [f"timelapse_20260401{end}" for end in (".meta.json", ".mp4", ".thumb.jpg")]
    assert days.timelapse.status() == {
        "enabled": False, "interval_minutes": 20, "fps": 24, "resolution": "640x480", "today_frame_count": 0,
        "last_capture": "2026-04-01T21:00:00.000000+00:00",
    }  # fmt: skip
    video = days.folder.save / "timelapse/timelapse_20260401.mp4"
    assert days.folder.told == [("archive_updated", {"path": str(video), "type": "timelapse"})]
    (row,) = days.timelapse.rows()
    assert row == {
        "path": str(video), "date": "2026-04-01", "size": video.stat().st_size, "mtime": row["mtime"],
        "thumbnail": str(video.with_suffix(".thumb.jpg")), "duration_seconds": 0.2, "frame_count": 4,
    }  # fmt: skip


def test_frames_go_on_over_midnight(days: StandingDays) -> None:
    days.run_until("2026-04-02T00:20")
    assert days.names() == [
        "2026-04-02/frame_000000.jpg", "2026-04-02/frame_002000.jpg", "timelapse_20260401.meta.json",
        "timelapse_20260401.mp4", "timelapse_20260401.thumb.jpg",
    ]  # fmt: skip
    assert days.timelapse.status()["today_frame_count"] == 2
    film = (days.folder.save / "timelapse/timelapse_20260401.mp4").read_text()
    assert film.split() == [f"frame_{hour}{minute}00.jpg" for hour in (22, 23) for minute in ("00", "20", "40")]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_days_with_another_number_of_hours(tmp_path: Path, day: str, hours: int) -> None:
    days = StandingDays(tmp_path, f"{day}T00:00")
    days.timelapse.configure({"enabled": True, "interval_minutes": 60, "fps": 1})
    days.run_until(f"{day}T23:59")
    names = days.names()
    assert len(names) == days.timelapse.status()["today_frame_count"] == hours
    assert ("frame_020000_1.jpg" in " ".join(names)) == (hours == 25)
    assert ("frame_020000.jpg" in " ".join(names)) == (hours == 25)
    days.run_until(f"{day[:8]}{int(day[8:]) + 1}T00:00")
    (row,) = days.timelapse.rows()
    assert (row["date"], row["frame_count"], row["duration_seconds"]) == (day, hours, hours)


def test_a_restart_counts_the_frames_of_today_and_stitches_older_days(days: StandingDays) -> None:
    days.run_until("2026-04-01T23:00")
    for name in (
        "2026-03-30/frame_120000.jpg",
        "2026-03-31/.frame_120000.jpg.new",
        "notes/frame_1.jpg",
        "2026-13-01/x",
    ):
        days.folder.add(f"timelapse/{name}")
    (days.folder.save / "timelapse/2026-03-29").mkdir()
    days.set("2026-04-01T23:05")
    days.timelapse.configure({"enabled": False})
    days.restart()
    days.step()
    status = days.timelapse.status()
    assert (status["today_frame_count"], status["last_capture"]) == (4, "2026-04-01T21:00:00.000000+00:00")
    assert sorted(path.name for path in (days.folder.save / "timelapse").iterdir()) == [
        "2026-04-01", "2026-13-01", "notes", "timelapse_20260330.meta.json", "timelapse_20260330.mp4",
        "timelapse_20260330.thumb.jpg",
    ]  # fmt: skip


def test_a_restart_after_midnight_forgets_no_day(days: StandingDays) -> None:
    days.run_until("2026-04-01T23:00")
    days.set("2026-04-03T08:00")
    days.restart()
    days.step()
    assert [row["date"] for row in days.timelapse.rows()] == ["2026-04-01"]
    assert days.timelapse.status()["today_frame_count"] == 1


def test_before_the_clock_is_set_nothing_is_taken_or_stitched(tmp_path: Path) -> None:
    days = StandingDays(tmp_path, "1970-01-01T10:00")
    days.folder.add("timelapse/1969-01-01/frame_120000.jpg")
    days.timelapse.configure({"enabled": True})
    assert days.step() == 60.0
    assert days.names() == ["1969-01-01/frame_120000.jpg"]
    days.stitcher.stitch_all()
    assert days.names() == ["1969-01-01/frame_120000.jpg"]
    days.set("2026-04-01T10:00")
    days.step()
    assert days.timelapse.status()["today_frame_count"] == 1
    assert "timelapse_19690101.mp4" in days.names()


def test_a_failure_keeps_the_frames_until_the_next_midnight(days: StandingDays) -> None:
    def failing(spec: FramesSpec, _: JobControl) -> int:
        Path(spec.out).write_bytes(b"half")
        Path(spec.thumbnail).write_bytes(b"half")
        raise JobError("the encoder has died")

    days.encode = failing
    days.run_until("2026-04-02T00:00")
    assert [name for name in days.names() if "2026-04-02" not in name] == [
        f"2026-04-01/frame_{hour}{minute}00.jpg" for hour in (22, 23) for minute in ("00", "20", "40")
    ]
    assert days.folder.told == []
    days.encode = fake_encode
    days.run_until("2026-04-03T00:00")
    assert [row["date"] for row in days.timelapse.rows()] == ["2026-04-02", "2026-04-01"]
    assert not (days.folder.save / "timelapse/2026-04-01").exists()


def test_a_film_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    days = StandingDays(tmp_path, "2026-04-02T08:00")
    days.folder.add("timelapse/2026-04-01/frame_120000.jpg")
    asked = list[bool]()

    def endless(_: FramesSpec, control: JobControl) -> int:
        while True:
            asked.append(True)
            control.check()

    stitcher = Stitcher(days.folder.archive, days.folder.settings, lambda: days.now, BERLIN, endless, limit_s=0.05)
    stitcher.stitch_all()
    assert asked
    assert days.names() == ["2026-04-01/frame_120000.jpg"]


def test_a_second_video_of_a_day(days: StandingDays) -> None:
    days.folder.add("timelapse/timelapse_20260401.mp4")
    days.run_until("2026-04-02T00:00")
    assert [Path(row["path"]).name for row in days.timelapse.rows()] == [
        "timelapse_20260401_1.mp4",
        "timelapse_20260401.mp4",
    ]
    assert "timelapse_20260401_1.meta.json" in days.names()


@pytest.mark.parametrize("there", [True, False])
def test_what_a_crash_has_left(tmp_path: Path, there: bool) -> None:
    days = StandingDays(tmp_path, "2026-04-02T08:00")
    days.folder.add("timelapse/2026-04-01/frame_120000.jpg")
    days.folder.add("timelapse/2026-04-01/frame_130000.jpg")
    days.folder.add(f"timelapse/2026-04-01/{MARK}", data=b"timelapse_20260401.mp4")
    days.folder.add("timelapse/timelapse_20260401.meta.json", data=b"{}")
    if there:  # the frames were being deleted
        days.folder.add("timelapse/timelapse_20260401.mp4", data=b"film")
    days.step()
    assert [name for name in days.names() if not name.endswith("thumb.jpg")] == [
        "timelapse_20260401.meta.json",
        "timelapse_20260401.mp4",
    ]
    film = (days.folder.save / "timelapse/timelapse_20260401.mp4").read_bytes()
    assert film == (b"film" if there else b"frame_120000.jpg frame_130000.jpg")


def test_a_frame_that_cannot_be_taken_counts_for_nothing(days: StandingDays) -> None:
    days.step()

    def dark() -> bytes:
        raise MediaError("the camera has sent no picture for 10 s")

    days.picture = dark
    days.run_until("2026-04-01T22:50")
    status = days.timelapse.status()
    assert (status["today_frame_count"], status["last_capture"]) == (1, "2026-04-01T20:00:00.000000+00:00")
    days.picture = lambda: DARK
    days.run_until("2026-04-01T23:00")
    assert days.timelapse.status()["today_frame_count"] == 2


@pytest.mark.parametrize(
    ("resolution", "size"), [("original", (128, 96)), ("320:240", (320, 240)), ("640x480", (640, 480))]
)
def test_the_size_of_frames(days: StandingDays, resolution: str, size: tuple[int, int]) -> None:
    assert days.timelapse.configure({"resolution": resolution})["resolution"] == resolution
    days.step()
    (name,) = days.names()
    data = (days.folder.save / "timelapse" / name).read_bytes()
    assert jpeg.size(data) == size
    written = np.abs(jpeg.decode(data).astype(int) - 60).max(axis=(1, 2)) > 60
    assert written[: size[1] * 3 // 4].sum() == 0
    assert written.sum() > 5  # the time stands at the bottom


def test_settings_take_effect_at_once(days: StandingDays) -> None:
    days.step()
    days.set("2026-04-01T22:00:05")
    days.timelapse.configure({"fps": 12})
    days.step()
    days.set("2026-04-01T22:00:06")
    days.timelapse.configure({})
    days.step()
    assert days.timelapse.status()["today_frame_count"] == 3
    assert days.folder.settings.current.timelapse.fps == 12


def test_frames_in_another_directory(days: StandingDays, tmp_path: Path) -> None:
    days.step()
    folder = tmp_path / "other"
    for name in ("2026-04-01/frame_100000.jpg", "2026-04-01/frame_110000.jpg", "2026-03-31/frame_100000.jpg"):
        (folder / "timelapse" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "timelapse" / name).write_bytes(DARK)
    days.folder.settings.change({"VideoSaveLocation": str(folder)})
    days.step()
    assert days.timelapse.status()["today_frame_count"] == 2
    assert [row["date"] for row in days.timelapse.rows()] == ["2026-03-31"]


def test_the_real_encoder_in_the_background(tmp_path: Path) -> None:
    """A few frames are taken, stitched in the encoder's own process, and read."""
    days = StandingDays(tmp_path, "2026-04-01T23:50")
    days.timelapse.configure({"enabled": True, "interval_minutes": 1, "fps": 5, "resolution": "320x240"})
    days.run_until("2026-04-01T23:59:30")
    told: list[Any] = days.folder.told
    assert len(days.names()) == 10
    stitcher = Stitcher(days.folder.archive, days.folder.settings, lambda: days.now, BERLIN)
    days.set("2026-04-02T00:00")
    stitcher.stitch_all()
    video = days.folder.save / "timelapse/timelapse_20260401.mp4"
    assert told == [("archive_updated", {"path": str(video), "type": "timelapse"})]
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height, stream.average_rate) == (320, 240, Fraction(5))
        assert sum(1 for _ in container.decode(video=0)) == 10
    data = video.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    (row,) = days.timelapse.rows()
    assert (row["frame_count"], row["duration_seconds"]) == (10, 2.0)
    assert jpeg.size(Path(row["thumbnail"]).read_bytes()) == (320, 240)
    assert not (days.folder.save / "timelapse/2026-04-01").exists()
