"""What a real ingest process leaves on disk, and what it says about it."""

import itertools
import os
import resource
import signal
import time
from pathlib import Path

import av
import numpy as np
import pytest

from dogwatch.bus.messages import FootageLost, IngestStats, SegmentOpened, SegmentWritten, SpaceWanted, StreamLost
from dogwatch.media.fragments import scan
from dogwatch.testing.ingest import IngestProcess, spec_for
from tests.integration.workers.ingest.made import make, played
from tests.mounts import small_disk


def test_segments_play_on_without_gap_or_overlap(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", audio="aac", rate=16000)
    begun = time.time()
    with IngestProcess(spec_for(tmp_path, str(video), segment_seconds=2.0)) as ingest:
        ingest.wait_for(SegmentWritten, lambda m: m.segment.start_time > begun + 8.5, timeout=30)  # the file has looped
        assert ingest.leave() < 2
        written = ingest.all(SegmentWritten)
        segments = [message.segment for message in written]
        assert [message.continuous for message in written] == [False] + [True] * (len(written) - 1)
        assert len({segment.init_id for segment in segments}) == 1
        for before, after in itertools.pairwise(segments):
            assert after.start_time == pytest.approx(before.end_time, abs=2 / 90000)
        times, numbers = zip(*played(*[tmp_path / segment.path for segment in segments]), strict=True)
        steps = np.diff(times)
        assert np.allclose(steps, 0.1, atol=0.001), steps[np.abs(steps - 0.1) > 0.001]
        assert list(numbers) == [n % 80 for n in range(len(numbers))]
        assert segments[0].start_time == pytest.approx(times[0], abs=0.001)
        assert begun < segments[0].start_time < begun + 5
        assert all(segment.has_audio for segment in segments)
        opened = ingest.all(SegmentOpened)
        assert [message.path for message in opened] == [segment.path for segment in segments]
        for segment in segments:
            index = scan(tmp_path / segment.path)
            assert index.fragments == segment.fragments
            assert index.complete
            assert segment.size_bytes == (tmp_path / segment.path).stat().st_size
            assert max(fragment.duration for fragment in segment.fragments) <= 1.1
            assert segment.path == time.strftime(
                "recordings/%Y-%m-%d/%H/front/%M.%S.mp4", time.gmtime(segment.start_time)
            )


@pytest.mark.parametrize("codec", ["libx265", "mjpeg"])
def test_other_video_codecs(tmp_path: Path, codec: str) -> None:
    video = make(tmp_path / "cam.mkv", codec)
    with IngestProcess(spec_for(tmp_path, str(video), segment_seconds=2.0)) as ingest:
        message = ingest.wait_for(SegmentWritten)
        assert message.segment.duration == pytest.approx(2.0, abs=0.02)
        assert len(message.segment.fragments) <= 4
        assert [number for _, number in played(tmp_path / message.segment.path)] == list(range(20))
        assert message.init.count(b"hvc1") == (codec == "libx265")


def test_pictures_that_are_reordered(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", b_frames=2)
    with IngestProcess(spec_for(tmp_path, str(video), segment_seconds=2.0)) as ingest:
        ingest.wait_for(SegmentWritten, lambda m: m.continuous)
        times, numbers = zip(*played(*[tmp_path / segment.path for segment in ingest.segments()]), strict=True)
        assert list(numbers) == list(range(len(numbers)))
        steps = np.diff(times)
        assert np.allclose(steps, 0.1, atol=0.001), steps[np.abs(steps - 0.1) > 0.001]


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.mov", "pcm_alaw", 8000),
        ("a.mov", "pcm_mulaw", 8000),
        ("a.mkv", "libopus", 48000),
        ("a.mkv", "aac", 16000),
        ("a.ts", "aac", 16000),
    ],
)
def test_any_sound_becomes_aac_and_is_measured(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    video = make(tmp_path / name, audio=codec, rate=rate)
    roles = ("record", "audio")
    with IngestProcess(spec_for(tmp_path, str(video), segment_seconds=2.0, roles=roles, audio=True)) as ingest:
        segment = ingest.wait_for(SegmentWritten, lambda m: m.continuous).segment
        assert segment.has_audio
        assert segment.dbfs == pytest.approx(-9.0, abs=1.0)
        with av.open(str(tmp_path / segment.path)) as container:
            assert container.streams.audio[0].codec_context.name == "aac"
            samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
            assert len(samples) / container.streams.audio[0].rate == pytest.approx(2.0, abs=0.3)
            assert np.abs(samples[2000:-2000]).max() == pytest.approx(0.5, abs=0.15)
        stats = ingest.wait_for(IngestStats)
        assert stats.audio_faults == 0
        assert stats.audio_rms == pytest.approx(16383 / 2**0.5, rel=0.1)


def test_a_killed_process_leaves_files_that_play_to_their_last_fragment(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", seconds=20)
    with IngestProcess(spec_for(tmp_path, str(video), segment_seconds=60.0)) as ingest:
        path = tmp_path / ingest.wait_for(SegmentOpened).path
        end = time.monotonic() + 20
        while path.stat().st_size == 0 or _whole_seconds(path) < 3:
            assert time.monotonic() < end
            time.sleep(0.05)
        os.kill(ingest.process.pid, signal.SIGKILL)
        ingest.process.wait()
        index = scan(path)
        assert 3 <= index.end_time - index.start_time <= 5
        assert [number for _, number in played(path)] == list(range(round((index.end_time - index.start_time) * 10)))


def _whole_seconds(path: Path) -> float:
    try:
        index = scan(path)
    except Exception:  # noqa: BLE001 - not one whole fragment yet
        return 0.0
    return index.end_time - index.start_time


def test_sigterm_closes_the_segment_within_two_seconds(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4")
    with IngestProcess(spec_for(tmp_path, str(video), segment_seconds=60.0)) as ingest:
        opened = ingest.wait_for(SegmentOpened)
        begun = time.monotonic()
        ingest.process.terminate()
        assert ingest.process.wait(5) == 0
        assert time.monotonic() - begun < 2
        assert ingest.wait_for(SegmentWritten).segment.path == opened.path


def test_switches_stop_and_start_recording_and_the_connection(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4")
    with IngestProcess(spec_for(tmp_path, str(video), segment_seconds=60.0)) as ingest:
        ingest.wait_for(SegmentOpened)
        ingest.reconfigure(record=False)
        first = ingest.wait_for(SegmentWritten).segment
        count = len(ingest.messages)
        ingest.reconfigure(record=True)
        again = ingest.wait_for(SegmentOpened, after=count)
        assert again.start_time >= first.end_time
        ingest.reconfigure(enabled=False)
        ingest.wait_for(SegmentWritten, after=count)
        count = len(ingest.messages)
        ingest.reconfigure(enabled=True)
        ingest.wait_for(SegmentOpened, after=count)
        assert ingest.all(FootageLost) == []
        assert ingest.all(StreamLost) == []


def test_a_full_disk_costs_what_does_not_fit_and_is_reported(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mkv", "mjpeg")
    with small_disk(tmp_path / "disk", "600k") as root:
        filler = root / "filler"
        filler.write_bytes(bytes(400_000))
        spec = spec_for(root, str(video), segment_seconds=2.0, ring_dir=str(tmp_path), roles=("record",))
        with IngestProcess(spec) as ingest:
            ingest.wait_for(SpaceWanted)  # the estimate of the next segment exceeds this disk
            lost = ingest.wait_for(FootageLost, timeout=40)
            assert lost.reason == "no_space"
            kept = ingest.segments()
            assert kept
            for segment in kept:
                assert len(played(root / segment.path)) == pytest.approx(segment.duration * 10, abs=1)
            count = len(ingest.messages)
            filler.unlink()
            ingest.wait_for(SegmentWritten, after=count, timeout=40)


def test_a_write_that_fails_in_the_middle_keeps_what_is_whole(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mkv", "mjpeg")
    spec = spec_for(tmp_path, str(video), segment_seconds=60.0, roles=("record",))

    def limit() -> None:  # files may not grow beyond this: EFBIG, in the middle of a fragment
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    with IngestProcess(spec, preexec=limit) as ingest:
        first = ingest.wait_for(SegmentWritten).segment
        assert first.size_bytes <= 30_000
        assert (tmp_path / first.path).stat().st_size == first.size_bytes
        numbers = [number for _, number in played(tmp_path / first.path)]
        assert numbers == list(range(len(numbers)))
        assert numbers
        second = ingest.wait_for(SegmentOpened, lambda m: m.path != first.path)  # it goes on with the next keyframe
        lost = ingest.wait_for(FootageLost)
        assert lost.reason == "no_space"
        assert lost.start_time == pytest.approx(first.end_time, abs=0.01)
        assert lost.end_time == pytest.approx(second.start_time, abs=0.01)


def test_a_recordings_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4")
    spec = spec_for(tmp_path / "unmounted", str(video), ring_dir=str(tmp_path), roles=("record",))
    with IngestProcess(spec) as ingest:
        lost = ingest.wait_for(FootageLost)
        assert lost.reason == "write_error"
        assert "unmounted" in lost.detail
        assert not (tmp_path / "unmounted").exists()
        (tmp_path / "unmounted").mkdir()
        ingest.wait_for(SegmentOpened)
