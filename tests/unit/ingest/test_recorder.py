"""The recorder without a process: what it does when the disk is slow or the clock is set."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import av
import pytest

from dogwatch.bus.messages import FootageLost, Message, SegmentWritten
from dogwatch.ingest import recorder as module
from dogwatch.ingest.recorder import Recorder, RecorderSettings
from dogwatch.ingest.space import Room
from dogwatch.media import segment_writer
from dogwatch.media.fragments import scan
from dogwatch.media.packets import Tracks, Unit, VideoInfo
from dogwatch.store.segments import LONGEST_S
from tests.unit.ingest.coded import coded

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

    def slow(_: Room) -> bool:
        held.set()
        return go_on.wait(10)

    monkeypatch.setattr(Room, "make", slow)
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
    assert module.MAX_SEGMENT_S < LONGEST_S


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
