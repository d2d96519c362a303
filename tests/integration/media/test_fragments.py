"""Files as ingest writes them, whole, torn and broken."""

import struct
from pathlib import Path

import pytest

from dogwatch.errors import MediaError
from dogwatch.media import fragments
from dogwatch.testing import recordings
from dogwatch.testing.recordings import T0, Shape


def test_a_whole_file(tmp_path: Path) -> None:
    segment = recordings.write(tmp_path, "front", T0, 0, 4)
    index = fragments.scan(tmp_path / segment.path)
    assert index.complete
    assert (index.start_time, index.end_time) == (T0, T0 + 4)
    assert [(f.start_time - T0, f.duration, f.keyframe) for f in index.fragments] == [
        (0, 1, True),
        (1, 1, False),
        (2, 1, True),
        (3, 1, False),
    ]
    assert index.init[4:8] == b"ftyp"
    assert index.init_id == fragments.init_id(index.init)
    assert (index.width, index.height, index.has_audio) == (recordings.WIDTH, recordings.HEIGHT, True)
    assert index.codec.startswith("avc1.")
    assert index.audio_codec == "mp4a.40.2"
    last = index.fragments[-1]
    assert index.valid_bytes == last.offset + last.size_bytes < (tmp_path / segment.path).stat().st_size  # then mfra


def test_fragments_follow_each_other_without_a_hole(tmp_path: Path) -> None:
    segment = recordings.write(tmp_path, "front", T0, 0, 4)
    index = fragments.scan(tmp_path / segment.path)
    at = len(index.init)
    for fragment in index.fragments:
        assert fragment.offset == at
        at += fragment.size_bytes


@pytest.mark.parametrize("ticks", [1, 3, 6, 8, 11])
def test_a_segment_ends_where_the_next_begins_to_the_last_bit(tmp_path: Path, ticks: int) -> None:
    begin = round(T0 + 31_536_000) * 90_000 + ticks
    segment = recordings.write(tmp_path, "front", begin / 90_000, 0, 0.4, Shape(audio=False))
    assert segment.start_time == begin / 90_000
    assert segment.end_time == (begin + 36_000) / 90_000


@pytest.mark.parametrize("shape", [Shape(audio=False), Shape(codec="libx265", audio=False)])
def test_other_streams(tmp_path: Path, shape: Shape) -> None:
    segment = recordings.write(tmp_path, "front", T0, 2, 4, shape)
    index = fragments.scan(tmp_path / segment.path)
    assert not index.has_audio
    assert index.audio_codec == ""
    assert index.codec.startswith("avc1." if shape.codec == "libx264" else "hev1.")


def test_a_torn_file_ends_at_its_last_whole_fragment_wherever_it_is_torn(tmp_path: Path) -> None:
    whole = recordings.write(tmp_path, "front", T0, 0, 4)
    data = (tmp_path / whole.path).read_bytes()
    torn = tmp_path / "torn.mp4"
    for length in range(whole.fragments[0].offset, whole.size_bytes, 37):
        torn.write_bytes(data[:length])
        expected = [f for f in whole.fragments if f.offset + f.size_bytes <= length]
        if not expected:
            with pytest.raises(MediaError, match="no whole fragment"):
                fragments.scan(torn)
            continue
        index = fragments.scan(torn)
        end = expected[-1].offset + expected[-1].size_bytes
        assert index.fragments == tuple(expected)
        assert index.valid_bytes == end
        assert index.complete == (length == end)


def test_noise_after_the_last_fragment_is_a_torn_end(tmp_path: Path) -> None:
    whole = recordings.write(tmp_path, "front", T0, 0, 4)
    path = tmp_path / whole.path
    path.write_bytes(path.read_bytes()[: whole.size_bytes] + bytes(4096))
    index = fragments.scan(path)
    assert (index.complete, index.valid_bytes) == (False, whole.size_bytes)


@pytest.mark.parametrize("data", [b"", b"\0\0\0\x10ftyp", bytes(100), struct.pack(">I4s", 8, b"moov") * 3])
def test_what_is_no_recording_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "30.22.mp4"
    path.write_bytes(data)
    with pytest.raises(MediaError, match=r"30\.22\.mp4 is not playable"):
        fragments.scan(path)
