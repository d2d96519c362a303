"""The recorder without a process: what it does when the disk is slow or the clock is set."""

import errno
import itertools
import threading
import time
from dataclasses import replace
from pathlib import Path

import av
import pytest

from dogwatch.bus.messages import FootageLost, Message, SegmentWritten
from dogwatch.errors import MediaError
from dogwatch.media import segment_writer
from dogwatch.media.fragments import SegmentIndex, scan
from dogwatch.media.packets import Tracks, Unit, VideoInfo
from dogwatch.media.segment_writer import SegmentFile
from dogwatch.model import LONGEST_SEGMENT_S
from dogwatch.workers.ingest import recorder as module
from dogwatch.workers.ingest.queue import ByteQueue
from dogwatch.workers.ingest.recorder import Recorder, RecorderSettings
from dogwatch.workers.ingest.space import SpaceGuard
from tests.unit.workers.ingest.coded import coded
from tests.unit.workers.ingest.units import stream

START = 1_790_000_000.0


def tracks_of(info: VideoInfo, units: list[Unit], path: Path) -> Tracks:
    """Return tracks for `units`, by way of a file as a camera would send it."""
    with av.open(str(path), "w", format="matroska") as out:
        stream = out.add_stream("libx264", rate=int(info.fps), width=info.width, height=info.height)
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame(info.width, info.height, "yuv420p")
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with av.open(str(path)) as source:
        return Tracks(source.streams.video[0], None)


def recorder(tmp_path: Path, sent: list[Message], **changes: float) -> Recorder:
    settings = RecorderSettings("front", tmp_path, 2.0, 0)
    return Recorder(replace(settings, **changes), sent.append)  # type: ignore[arg-type]


def written(sent: list[Message]) -> list[SegmentWritten]:
    return [message for message in sent if isinstance(message, SegmentWritten)]


def test_a_slow_disk_costs_whole_groups_of_pictures_and_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info, units = coded(180, fps=15, gop=15, start=START)
    sent: list[Message] = []
    go_on, held = threading.Event(), threading.Event()

    def slow(_: SpaceGuard) -> bool:
        held.set()
        return go_on.wait(10)

    monkeypatch.setattr(SpaceGuard, "reserve", slow)
    disk = recorder(tmp_path, sent, queue_bytes=sum(unit.size for unit in units[:60]))
    disk.begin(tracks_of(info, units, tmp_path / "model.mkv"), info)
    disk.feed(units[0])
    assert held.wait(10)
    for unit in units[1:130]:
        disk.feed(unit)
    go_on.set()
    rest = units[130:]
    end = time.monotonic() + 10
    while not disk._queue.fits(sum(unit.size for unit in rest)):
        assert time.monotonic() < end
        time.sleep(0.005)
    for unit in rest:
        disk.feed(unit)
    assert disk.stop(10)
    lost = [message for message in sent if isinstance(message, FootageLost)]
    assert {message.reason for message in lost} == {"queue_full"}
    first, second = written(sent)[0].segment, written(sent)[-1].segment
    assert START + 3 < lost[0].start_time < START + 6
    assert lost[-1].end_time == pytest.approx(START + 135 / 15, abs=0.001)
    assert first.start_time == pytest.approx(START, abs=0.001)
    assert second.end_time == pytest.approx(START + 12, abs=0.001)


def test_a_clock_set_back_begins_a_new_file_at_its_new_time(tmp_path: Path) -> None:
    info, units = coded(30, fps=15, gop=15, start=START)
    _, back = coded(30, fps=15, gop=15, start=START - 3600)
    sent: list[Message] = []
    disk = recorder(tmp_path, sent)
    disk.begin(tracks_of(info, units, tmp_path / "model.mkv"), info)
    for unit in units:
        disk.feed(unit)
    disk.feed(replace(back[0], jumped=True))
    for unit in back[1:]:
        disk.feed(unit)
    assert disk.stop(10)
    starts = [message.segment.start_time for message in written(sent)]
    assert starts == pytest.approx([START, START - 3600], abs=0.001)
    assert not written(sent)[1].continuous


def test_two_files_of_the_same_second(tmp_path: Path) -> None:
    info, units = coded(10, fps=15, gop=15, start=START)
    sent: list[Message] = []
    disk = recorder(tmp_path, sent)
    tracks = tracks_of(info, units, tmp_path / "model.mkv")
    for _ in range(2):
        disk.begin(tracks, info)
        for unit in units:
            disk.feed(unit)
        disk.end()
    assert disk.stop(10)
    paths = [message.segment.path for message in written(sent)]
    assert paths[1] == paths[0].replace(".mp4", "_1.mp4")
    assert [scan(tmp_path / path).complete for path in paths] == [True, True]


def test_without_keyframes_a_file_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SEGMENT_S", 5.0)
    info, units = coded(180, fps=15, gop=1000, start=START)
    sent: list[Message] = []
    disk = recorder(tmp_path, sent)
    disk.begin(tracks_of(info, units, tmp_path / "model.mkv"), info)
    for unit in units:
        disk.feed(unit)
    assert disk.stop(10)
    starts = [message.segment.start_time - START for message in written(sent)]
    assert starts == pytest.approx([0, 5, 10], abs=0.001)
    assert all(message.continuous for message in written(sent)[1:])


def test_no_segment_outgrows_what_queries_count_on() -> None:
    assert module.MAX_SEGMENT_S < LONGEST_SEGMENT_S


def test_a_stream_that_cannot_be_written_is_reported_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info, units = coded(60, fps=15, gop=15, start=START)
    sent: list[Message] = []
    disk = recorder(tmp_path, sent)

    def refuse(*args: object, **kwargs: object) -> None:
        raise av.error.ArgumentError(22, "Invalid argument")

    monkeypatch.setattr(segment_writer, "FragmentWriter", refuse)
    disk.begin(tracks_of(info, units, tmp_path / "model.mkv"), info)
    for unit in units:
        disk.feed(unit)
    assert disk.stop(10)
    lost = [message for message in sent if isinstance(message, FootageLost)]
    assert {message.reason for message in lost} == {"bad_stream"}
    assert lost[-1].end_time == pytest.approx(START + 4, abs=0.1)
    assert not list((tmp_path / "recordings").rglob("*.mp4"))


def test_a_file_that_cannot_be_read_back_is_kept_and_reported_as_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_UNREADABLE", 1)
    info, units = coded(150, fps=15, gop=15, start=START)
    sent: list[Message] = []

    def damaged(path: Path) -> SegmentIndex:
        if path.name < segment_writer.segment_path("front", START + 3).split("/")[-1]:
            raise MediaError("its boxes make no sense")
        return scan(path)

    monkeypatch.setattr(segment_writer, "scan", damaged)
    disk = recorder(tmp_path, sent)
    disk.begin(tracks_of(info, units, tmp_path / "model.mkv"), info)
    for unit in units:
        disk.feed(unit)
    assert disk.stop(10)
    lost = [message for message in sent if isinstance(message, FootageLost)]
    assert [one.start_time - START for one in lost] == pytest.approx([0, 2], abs=0.001)
    assert [one.end_time - START for one in lost] == pytest.approx([2, 4], abs=0.001)
    assert {one.reason for one in lost} == {"bad_stream"}
    assert "cannot be read back: its boxes make no sense" in lost[0].detail
    known = {message.segment.path for message in written(sent)}
    files = {str(path.relative_to(tmp_path)) for path in (tmp_path / "recordings").rglob("*.mp4")}
    assert files - known == {segment_writer.segment_path("front", START)}  # one is kept, and no more
    assert len(known) == 3


def test_why_no_segment_can_be_begun_is_logged_once_a_spell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    info, units = coded(150, fps=15, gop=15, start=START)
    sent: list[Message] = []
    make = SegmentFile
    tries: list[float] = []

    def begin(root: Path, camera: str, first: Unit, tracks: Tracks) -> SegmentFile:
        tries.append(first.dts)
        if len(tries) in (1, 2, 3, 5, 6):
            raise OSError(errno.ENOSPC, "No space left on device", f"{first.dts}.mp4")
        if len(tries) == 4:
            raise OSError(errno.EROFS, "Read-only file system")
        return make(root, camera, first, tracks)

    monkeypatch.setattr(module, "SegmentFile", begin)
    disk = recorder(tmp_path, sent)
    disk.begin(tracks_of(info, units, tmp_path / "model.mkv"), info)
    for unit in units:
        disk.feed(unit)
    assert disk.stop(10)
    said = [record.getMessage() for record in caplog.records if "no segment can be begun" in record.getMessage()]
    assert [("No space" in text, "Read-only" in text) for text in said] == [(True, False), (False, True), (True, False)]
    lost = [message for message in sent if isinstance(message, FootageLost)]
    assert sum(one.end_time - one.start_time for one in lost) == pytest.approx(6, abs=0.01)


def test_pictures_without_a_place_in_time_are_reported_as_lost(tmp_path: Path) -> None:
    info, units = coded(30, fps=15, gop=15, start=START)
    sent: list[Message] = []
    disk = recorder(tmp_path, sent)
    disk.begin(tracks_of(info, units, tmp_path / "model.mkv"), info)
    for unit in [replace(units[0], missed=12.5), *units[1:]]:
        disk.feed(unit)
    assert disk.stop(10)
    (lost,) = [message for message in sent if isinstance(message, FootageLost)]
    assert (lost.start_time, lost.end_time) == pytest.approx((START - 12.5, START))
    assert lost.reason == "clock_set_back"
    assert len(written(sent)) == 1


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The times of the packets that wake the recorder's thread, which gets none of them."""
    times: list[float] = []

    def put(_: object, item: object, size: int = 0, *, urgent: bool = True) -> bool:
        if urgent and isinstance(item, Unit):
            times.append(item.dts)
        return size >= 0

    monkeypatch.setattr(ByteQueue, "put", put)
    return times


@pytest.mark.parametrize(("gop", "most"), [(30, 10), (15, 10), (150, 10), (7, 22), (1, 10)])
def test_the_thread_is_woken_once_for_each_fragment(tmp_path: Path, woken: list[float], gop: int, most: int) -> None:
    disk = recorder(tmp_path, [])
    for unit in stream(150, fps=15.0, gop=gop, start=START):
        disk.feed(unit)
    assert len(woken) <= most
    keyframes = [START + n / 15 for n in range(0, 150 - 15, gop)] if gop > 1 else []
    assert all(any(at < one < at + 0.3 for one in woken) for at in keyframes)
    for unit in stream(30, fps=15.0, gop=30, start=START - 3600):  # the clock was set back
        disk.feed(unit)
    assert woken[-1] < START - 3590


@pytest.mark.parametrize(("fps", "gop"), [(1.0, 1), (2.0, 1), (3.0, 1), (2.0, 2), (0.5, 1)])
def test_of_a_slow_camera_no_more_than_a_fragment_waits_in_memory(
    tmp_path: Path, woken: list[float], fps: float, gop: int
) -> None:
    disk = recorder(tmp_path, [])
    for unit in stream(round(30 * fps), fps=fps, gop=gop, start=START):
        disk.feed(unit)
    longest = max(b - a for a, b in itertools.pairwise([START, *woken, START + 30]))
    assert longest <= max(1.0, 1 / fps) + 1 / fps
