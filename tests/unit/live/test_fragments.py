"""A player's own timeline: where the pictures lie that it gets."""

import struct
from itertools import pairwise

import pytest

from dogwatch.errors import MediaError
from dogwatch.live.fragments import CATCH_UP_S, PlayerTimeline
from dogwatch.media.init_section import parse_init
from dogwatch.media.live_samples import LiveSample, write_fragment
from dogwatch.media.moof import parse_moof

VIDEO, SOUND = 1, 2
RATES = {VIDEO: 90_000, SOUND: 16_000}


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def trak(number: int, handler: bytes, entry: bytes) -> bytes:
    tkhd = box(b"tkhd", bytes(12), struct.pack(">I", number), bytes(68))
    mdhd = box(b"mdhd", bytes(12), struct.pack(">I", RATES[number]), bytes(8))
    hdlr = box(b"hdlr", bytes(8), handler, bytes(12))
    stsd = box(b"stsd", bytes(4), struct.pack(">I", 1), entry)
    return box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, box(b"minf", box(b"stbl", stsd))))


AVCC = box(b"avcC", bytes([1, 0x64, 0, 0x29, 255, 225, 0, 0, 0]))
ENTRY = box(b"avc1", bytes(24), struct.pack(">HH", 640, 360), bytes(50), AVCC)
OPUS = box(b"Opus", bytes(28))
INIT = box(b"ftyp", b"isom", bytes(4)) + box(
    b"moov",
    trak(VIDEO, b"vide", ENTRY),
    trak(SOUND, b"soun", OPUS),
    box(b"mvex", *(box(b"trex", bytes(4), struct.pack(">5I", number, 1, 0, 0, 0)) for number in (VIDEO, SOUND))),
)


def picture(time: float, length: float = 0.1, *, keyframe: bool = False, shift: float = 0.0) -> LiveSample:
    rate = RATES[VIDEO]
    data = f"picture {time:.3f}".encode()
    return LiveSample(round(time * rate), round(length * rate), round(shift * rate), keyframe, data)


def sound(time: float) -> LiveSample:
    return LiveSample(round(time * RATES[SOUND]), 1024, 0, True, f"sound {time:.3f}".encode())


def fragment(*pictures: LiveSample) -> bytes:
    return write_fragment(VIDEO, pictures)


def read(data: bytes) -> list[tuple[int, float, float, bytes]]:
    """Return track, decode time, presentation time (s) and bytes of each sample, in the order of the data."""
    found, at = [], 0
    tracks = parse_init(INIT)
    while at < len(data):
        moof = int.from_bytes(data[at : at + 4], "big")
        (run,) = parse_moof(data[at : at + moof], tracks)
        rate, time, place = RATES[run.track_id], run.decode_time, at + run.data_offset
        for duration, size, shift in zip(run.durations, run.sizes, run.shifts, strict=True):
            found.append((run.track_id, time / rate, (time + shift) / rate, data[place : place + size]))
            time, place = time + duration, place + size
        at += moof
        at += int.from_bytes(data[at : at + 4], "big")
    return found


@pytest.fixture
def timeline() -> PlayerTimeline:
    return PlayerTimeline(INIT)


def test_ten_seconds_of_pictures_pass_at_once(timeline: PlayerTimeline) -> None:
    held = [fragment(picture(100 + n / 10, keyframe=n == 0)) for n in range(100)]
    found = read(timeline.begin(held))
    assert [data for _, _, _, data in found] == [f"picture {100 + n / 10:.3f}".encode() for n in range(100)]
    times = [time for _, time, _, _ in found]
    assert times[0] == 0
    assert times[-1] == pytest.approx(CATCH_UP_S)
    assert all(before < after for before, after in pairwise(times))
    # From the newest on, time passes as usual.
    for n in range(3):
        ((_, time, _, _),) = read(timeline.next(fragment(picture(110 + n / 10))))
        assert time == pytest.approx(CATCH_UP_S + (n + 1) / 10, abs=0.001)


def test_a_keyframe_alone_begins_at_zero(timeline: PlayerTimeline) -> None:
    assert read(timeline.begin([fragment(picture(7, keyframe=True))]))[0][1] == 0
    assert read(timeline.next(fragment(picture(7.1))))[0][1] == pytest.approx(0.1)


def test_pictures_that_are_reordered_stay_in_their_order(timeline: PlayerTimeline) -> None:
    shifts = [0.2, 0.5, 0.2, 0.0, 0.1]  # I P B B P, as they are shown: 0, 3, 2, 1 tenths and so on
    pictures = [picture(50 + n / 10, keyframe=n == 0, shift=shift) for n, shift in enumerate(shifts)]
    before = [(one.dts + one.shift, one.data) for one in pictures]
    found = read(timeline.begin([fragment(one) for one in pictures]))
    after = [(shown, data) for _, _, shown, data in found]
    assert [data for _, data in sorted(after)] == [data for _, data in sorted(before)]
    assert all(shown >= time for _, time, shown, _ in found)


def test_sound_of_the_past_is_left_out_and_the_rest_fits_the_newest_picture(timeline: PlayerTimeline) -> None:
    held = b"".join(fragment(picture(100 + n / 10, keyframe=n == 0)) for n in range(50))
    noise = write_fragment(SOUND, [sound(100 + n * 0.064) for n in range(78)])
    found = read(timeline.begin([held + noise]))
    heard = [(time, data) for track, time, _, data in found if track == SOUND]
    newest = next(time for _, time, _, data in found if data == b"picture 104.900")
    assert heard
    assert all(0 <= time <= newest + 0.2 for time, _ in heard)
    time, data = heard[-1]
    assert float(data.split()[1]) - 104.9 == pytest.approx(time - newest, abs=0.002)


def test_a_hole_is_closed(timeline: PlayerTimeline) -> None:
    timeline.begin([fragment(picture(10, keyframe=True))])
    ((_, before, _, _),) = read(timeline.next(fragment(picture(10.1))))
    ((_, after, _, _),) = read(timeline.next(fragment(picture(14, keyframe=True))))
    assert after == pytest.approx(before + 0.1)
    ((_, then, _, _),) = read(timeline.next(fragment(picture(14.1))))
    assert then == pytest.approx(after + 0.1)


def test_a_slow_camera_has_no_holes(timeline: PlayerTimeline) -> None:
    timeline.begin([fragment(picture(10, 5, keyframe=True))])
    times = [read(timeline.next(fragment(picture(10 + 5 * n, 5))))[0][1] for n in (1, 2, 3)]
    assert times == pytest.approx([5, 10, 15])


def test_who_was_too_slow_goes_on_without_a_hole(timeline: PlayerTimeline) -> None:
    timeline.begin([fragment(picture(10, keyframe=True))])
    ((_, time, _, _),) = read(timeline.next(fragment(picture(10.4, keyframe=True)), skipped=True))
    assert time == pytest.approx(0.1)


def test_a_player_without_sound_gets_none() -> None:
    timeline = PlayerTimeline(INIT, sound=False)
    assert timeline.codecs == "avc1.640029"
    assert [track.id for track in parse_init(timeline.init)] == [VIDEO]
    assert b"soun" not in timeline.init
    first = fragment(picture(10, keyframe=True)) + write_fragment(SOUND, [sound(10)])
    assert {track for track, *_ in read(timeline.begin([first]))} == {VIDEO}
    assert timeline.next(write_fragment(SOUND, [sound(10.1)])) == b""
    assert PlayerTimeline(INIT).codecs == "avc1.640029,opus"
    assert PlayerTimeline(INIT).init == INIT


@pytest.mark.parametrize("cut", [3, 20, 60, 100])
def test_what_is_damaged_is_refused(timeline: PlayerTimeline, cut: int) -> None:
    with pytest.raises(MediaError):
        timeline.next(fragment(picture(1, keyframe=True))[:cut])
