"""Three codecs, whatever their cameras do to timestamps, slices and parameters: nothing is lost, everything plays.

For each stream: packets on disk are packets sent, every segment decodes with the parameter sets of its own header
alone, and times on screen rise as the stream says.
"""

import threading
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path

import av
import pytest

from dogwatch.media import clip, nal
from dogwatch.media.fragments import scan
from dogwatch.media.parameter_sets import read_slice
from dogwatch.media.source import SourceRequest, StreamSource
from dogwatch.media.virtual_file import FileSlice
from dogwatch.testing.recordings import number
from tests.integration.workers.ingest.cameras import (
    NOW,
    TICKS,
    Camera,
    Clock,
    Look,
    Recorded,
    Sent,
    cut_behind_sets,
    cut_into_slices,
    encode,
    packets_in,
    pictures_in,
    record,
    with_times,
)

CODECS = ("h264", "hevc", "mjpeg")
COUNT = 60


def holds(recorded: Recorded, sent: list[Sent]) -> list[float]:
    """Check what must hold for every stream; return when each of its pictures is shown (s), in that order."""
    assert recorded.lost == []
    kept = [packet for path in recorded.paths for packet in packets_in(path)]
    assert len(kept) == len(sent)
    times = [packet.dts for packet in kept]
    assert all(before < after for before, after in pairwise(times))
    assert all(packet.pts >= packet.dts for packet in kept)
    for segment, path in zip(recorded.segments, recorded.paths, strict=True):
        index = scan(path)
        assert index.complete
        assert index.fragments[0].keyframe
        assert (index.init_id, index.start_time) == (segment.init_id, segment.start_time)
    for before, after in pairwise(recorded.segments):
        assert after.start_time == pytest.approx(before.end_time, abs=1e-6)
    shown = [one for path in recorded.paths for one in pictures_in(path)]
    wanted = sorted({packet.number for packet in sent})
    assert [one.number for one in sorted(shown, key=lambda one: one.time)] == wanted
    at = {one.number: one.time for one in shown}
    assert all(at[before] < at[after] for before, after in pairwise(wanted))
    return [at[n] for n in wanted]


TIMES = {
    "steady": lambda n: n * 9000,
    "in pairs": lambda n: n // 2 * 18_000,
    "in fours": lambda n: n // 4 * 36_000,
    "one late": lambda n: n * 9000 - (13_500 if n % 7 == 3 else 0),
    "two late": lambda n: n * 9000 - (30_000 if n % 10 in (3, 4) else 0),
    "half a second back": lambda n: n * 9000 - (45_000 if n >= 25 else 0),
    "an hour back": lambda n: n * 9000 + (0 if n >= 25 else 3600 * TICKS),
    "an hour ahead": lambda n: n * 9000 + (3600 * TICKS if n >= 25 else 0),
    "standing": lambda n: 9000,
    "standing from the middle": lambda n: min(n, 30) * 9000,
    "a tick apart in pairs": lambda n: n // 2 * 18_000 + n % 2,
    "beyond 33 bits": lambda n: (1 << 33) + n * 9000,
}


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("times", TIMES)
def test_timestamps(codec: str, times: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Look(codec)
    sent = with_times(encode(look, COUNT), TIMES[times])
    camera = Camera(sent, Clock(), look)
    shown = holds(record(monkeypatch, tmp_path, camera), sent)
    length = shown[-1] - shown[0]
    if "half" not in times:  # less than a second: pictures wait until the camera's time has caught up
        assert length == pytest.approx((COUNT - 1) / 10, abs=1.5 if "standing" in times else 0.35)


@pytest.mark.parametrize("phase", [n / 7 for n in range(7)])
def test_equal_timestamps_in_any_phase_of_the_clock(
    phase: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, clock = Look(), Clock()
    clock.set += phase / TICKS
    sent = with_times(encode(look, COUNT), TIMES["in pairs"])
    holds(record(monkeypatch, tmp_path, Camera(sent, clock, look)), sent)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "fps", [Fraction(30_000, 1001), Fraction(73, 10), Fraction(25, 2), Fraction(60), Fraction(1, 2)]
)
def test_odd_rates(codec: str, fps: Fraction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Look(codec, fps=fps)
    sent = encode(look, COUNT)
    shown = holds(record(monkeypatch, tmp_path, Camera(sent, Clock(), look, fps=0.0)), sent)
    step = float(1 / fps)
    assert [after - before for before, after in pairwise(shown)] == pytest.approx(
        [step] * (COUNT - 1), abs=0.002 * step
    )


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("slices", [2, 4])
def test_each_slice_in_a_packet_of_its_own(
    codec: str, slices: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Look(codec, slices=slices, height=128, gop=5)
    whole = encode(look, COUNT)
    sent = cut_into_slices(codec, whole)
    assert len(sent) == slices * len(whole)
    recorded = record(monkeypatch, tmp_path, Camera(sent, Clock(), replace(look, fps=10 * Fraction(slices))))
    holds_slices(recorded, sent, len(whole))
    for path in recorded.paths:  # a picture begins with its first slice
        begun = sum(fragment.keyframe for fragment in scan(path).fragments)
        assert begun == len(packets_in(path)) // (look.gop * slices)


def holds_slices(recorded: Recorded, sent: list[Sent], pictures: int) -> None:
    assert recorded.lost == []
    kept = [packet for path in recorded.paths for packet in packets_in(path)]
    assert len(kept) == len(sent)
    assert all(before.dts < after.dts for before, after in pairwise(kept))
    assert sum(len(pictures_in(path)) for path in recorded.paths) >= pictures - 1


HIGH = {"h264": Look("h264", profile="high"), "hevc": Look("hevc", more="sao=1:rect=1:amp=1")}
CHANGES = {
    "size": lambda codec: Look(codec, width=320),
    "back and forth": lambda codec: Look(codec, height=128),
    "smaller": lambda codec: Look(codec, width=128, height=32),
}


@pytest.mark.parametrize(("codec", "lengths"), [*((codec, False) for codec in CODECS), ("h264", True), ("hevc", True)])
@pytest.mark.parametrize("change", CHANGES)
def test_another_picture_size(
    codec: str, change: str, lengths: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, other = Look(codec), CHANGES[change](codec)
    sent = encode(look, 20) + encode(other, 20, 20) + encode(look, 20, 40)
    recorded = record(monkeypatch, tmp_path, Camera(sent, Clock(), look, record=lengths), segment_s=60)
    shown = holds(recorded, sent)
    assert [after - before for before, after in pairwise(shown)] == pytest.approx([0.1] * 59, abs=0.001)
    sizes = [(look.width, look.height), (other.width, other.height), (look.width, look.height)]
    assert [{one.size for one in pictures_in(path)} for path in recorded.paths] == [{size} for size in sizes]
    assert [(scan(path).width, scan(path).height) for path in recorded.paths] == sizes


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("lengths", [False, True])
def test_other_parameters_of_the_same_size(
    codec: str, lengths: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Look("h264", profile="baseline") if codec == "h264" else Look("hevc")
    sent = encode(look, 20) + encode(HIGH[codec], 20, 20) + encode(look, 20, 40)
    recorded = record(monkeypatch, tmp_path, Camera(sent, Clock(), look, record=lengths), segment_s=60)
    holds(recorded, sent)
    indexes = [scan(path) for path in recorded.paths]
    assert len(indexes) == 3
    assert indexes[0].init_id == indexes[2].init_id != indexes[1].init_id
    if codec == "h264":
        assert [index.codec[:7] for index in indexes] == ["avc1.42", "avc1.64", "avc1.42"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Look(), Look(more="no-cabac=1")),  # another PPS
        (Look(), Look(more="sar=4/3")),  # another VUI
        (Look(), Look(more="ref=4")),
        (Look(more="level=31"), Look(more="level=40")),
        (Look("hevc"), Look("hevc", more="sao=1")),
        (Look("hevc"), Look("hevc", more="sar=2")),
        (Look("hevc"), Look("hevc", more="signhide=1")),
    ],
)
def test_small_changes_of_parameters(
    first: Look, second: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = encode(first, 20) + encode(second, 20, 20)
    recorded = record(monkeypatch, tmp_path, Camera(sent, Clock(), first), segment_s=60)
    holds(recorded, sent)
    assert len(recorded.segments) == 2


@pytest.mark.parametrize("codec", CODECS)
def test_the_same_parameters_again_are_no_change(codec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Look(codec)
    sent = encode(look, 30) + encode(look, 30, 30)
    recorded = record(monkeypatch, tmp_path, Camera(sent, Clock(), look), segment_s=60)
    holds(recorded, sent)
    assert len(recorded.segments) == 1
    assert recorded.changes == []


def test_sets_with_two_numbers_that_alternate_share_a_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = [Look(), Look(more="sps-id=1")]
    sent = [packet for n in range(6) for packet in encode(looks[n % 2], 10, 10 * n)]
    recorded = record(monkeypatch, tmp_path, Camera(sent, Clock(), looks[0]), segment_s=60)
    holds(recorded, sent)
    assert len(recorded.segments) == 2  # the first could not know the other sets yet


def test_sizes_that_alternate_under_two_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = [Look(), Look(width=320, more="sps-id=1")]
    sent = [packet for n in range(6) for packet in encode(looks[n % 2], 10, 10 * n)]
    recorded = record(monkeypatch, tmp_path, Camera(sent, Clock(), looks[0]), segment_s=60)
    holds(recorded, sent)
    assert [scan(path).width for path in recorded.paths] == [256, 320] * 3


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("flagged", [False, True])
def test_sets_in_a_packet_before_their_keyframe(
    codec: str, flagged: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, other = Look(codec), Look(codec, width=320)
    whole = encode(look, 20) + encode(other, 20, 20)
    sent = [one for packet in whole for one in cut_behind_sets(codec, packet, flagged=flagged)]
    assert len(sent) > 40
    recorded = record(monkeypatch, tmp_path, Camera(sent, Clock(), look), segment_s=60)
    holds(recorded, [packet for packet in sent if read_slice(codec, nal.split(packet.data)) is not None])
    assert [scan(path).width for path in recorded.paths] == [256, 320]
    assert {one.size for one in pictures_in(recorded.paths[1])} == {(320, 64)}


@pytest.mark.parametrize("codec", CODECS)
def test_a_clip_over_a_change_plays_and_can_be_recorded_again(
    codec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading it back is how libav tells of a change beside the packets."""
    look, other = Look(codec), Look(codec, width=320)
    sent = encode(look, 20) + encode(other, 20, 20) + encode(look, 20, 40)
    recorded = record(monkeypatch, tmp_path, Camera(sent, Clock(), look), segment_s=60)
    parts = clip.plan(recorded.segments, NOW - 1, NOW + 60, tmp_path).parts
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"".join(part if isinstance(part, bytes) else bytes_of(part) for part in parts))
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    assert [number(frame.to_ndarray(format="bgr24")) for frame in frames] == list(range(60))
    assert [frame.width for frame in frames] == [256] * 20 + [320] * 20 + [256] * 20
    source = StreamSource(SourceRequest(str(path), {}, None, 10.0), "file", threading.Event())
    source._loops = False
    monkeypatch.setattr(source, "_sleep", lambda _: True)  # so fast that the clock seems to have been set
    again = record(monkeypatch, tmp_path / "again", source, segment_s=60)
    assert [width for width, _ in groupby(scan(one).width for one in again.paths)] == [256, 320, 256]
    assert [one.number for path in again.paths for one in pictures_in(path)] == list(range(60))


def bytes_of(part: FileSlice) -> bytes:
    return part.path.read_bytes()[part.offset : part.offset + part.size]


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_parameter_sets_whose_picture_is_missing(codec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Look(codec)
    sent = encode(look, 40)
    (sets, _) = cut_behind_sets(codec, encode(Look(codec, width=320), 1, 1)[0], flagged=True)
    sent[20] = replace(sent[20], data=sets.data)
    recorded = record(monkeypatch, tmp_path, Camera(sent, Clock(), look), segment_s=60)
    assert recorded.lost == []
    assert recorded.changes == []
    assert sum(len(packets_in(path)) for path in recorded.paths) == len(sent) - 1  # they go with the next picture


def without_dts(sent: list[Sent], count: int) -> list[Sent]:
    return [replace(packet, dts=None) if n < count else packet for n, packet in enumerate(sent)]


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("b_frames", [1, 2, 3, 5])
@pytest.mark.parametrize("missing", [2, 4, 1000])
def test_b_frames_keep_their_times(
    codec: str, b_frames: int, missing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Look(codec, gop=30, b_frames=b_frames, fps=Fraction(25))
    whole = encode(look, COUNT)
    assert any(packet.number < before.number for before, packet in pairwise(whole))
    sent = without_dts(whole, missing)
    shown = holds(record(monkeypatch, tmp_path, Camera(sent, Clock(), look, fps=25.0)), sent)
    assert [time - shown[0] for time in shown] == pytest.approx([n / 25 for n in range(COUNT)], abs=0.002)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_b_frames_whose_first_pictures_have_no_time_at_all(
    codec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Look(codec, gop=30, b_frames=2, fps=Fraction(25))
    whole = encode(look, COUNT)
    sent = [replace(whole[0], pts=None, dts=None), *without_dts(whole[1:], 2)]
    shown = holds(record(monkeypatch, tmp_path, Camera(sent, Clock(), look, fps=25.0)), sent)
    assert [time - shown[0] for time in shown] == pytest.approx([n / 25 for n in range(COUNT)], abs=0.002)


def test_a_rate_that_a_format_makes_up_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Look("mjpeg", fps=Fraction(5))
    sent = with_times(encode(look, COUNT), lambda n: n * 3600)  # as if there were 25 a second
    recorded = record(monkeypatch, tmp_path, Camera(sent, Clock(), look, untimed=True, fps=0.0))
    shown = holds(recorded, sent)
    assert shown[-1] - shown[0] == pytest.approx((COUNT - 1) / 5, abs=0.3)
    assert recorded.segments[0].start_time == pytest.approx(NOW, abs=0.5)
