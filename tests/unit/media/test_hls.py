"""Playlists as text, and names that mean what they say."""

import pytest

from dogwatch.media import hls
from dogwatch.media.hls import PlaylistEntry, PlaylistRequest

A, B = "a" * 16, "b" * 16


def entry(start: float, length: float = 10.0, init: str = A, audio: bool = True, part: bool = False) -> PlaylistEntry:
    return PlaylistEntry(start, start + length, init, audio, part)


def test_a_plain_playlist() -> None:
    text = hls.media([entry(1000.0), entry(1010.0, 9.97, part=True)], query="authSig=a.b&x=1")
    assert text.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:10",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MAP:URI="init-v1-a1.mp4?authSig=a.b&x=1"',
        "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:16:40.000Z",
        "#EXTINF:10.000000,",
        "seg-1000000-v1-a1.m4s?authSig=a.b&x=1",
        "#EXTINF:9.970000,",
        "seg-1010000-1019970-v1-a1.m4s?authSig=a.b&x=1",
        "#EXT-X-ENDLIST",
    ]


@pytest.mark.parametrize(("gap", "marked"), [(0.0, 0), (0.4, 0), (-0.4, 0), (0.6, 1), (3600.0, 1), (-2.0, 1)])
def test_only_real_gaps_are_discontinuities(gap: float, marked: int) -> None:
    text = hls.media([entry(1000), entry(1010 + gap)])
    assert text.count("#EXT-X-DISCONTINUITY") == marked
    assert text.count("#EXT-X-MAP") == 1


def test_a_change_of_parameters_and_back_again() -> None:
    text = hls.media([entry(0), entry(10, init=B, audio=False), entry(20, init=B, audio=False), entry(30)])
    lines = [line for line in text.splitlines() if "DISCONTINUITY" in line or "MAP" in line or "seg" in line]
    assert lines == [
        '#EXT-X-MAP:URI="init-v1-a1.mp4"',
        "seg-0-v1-a1.m4s",
        "#EXT-X-DISCONTINUITY",
        f'#EXT-X-MAP:URI="init-{B}-v1.mp4"',
        "seg-10000-v1.m4s",
        "seg-20000-v1.m4s",
        "#EXT-X-DISCONTINUITY",
        '#EXT-X-MAP:URI="init-v1-a1.mp4"',
        "seg-30000-v1-a1.m4s",
    ]


def test_discontinuities_on_request() -> None:
    assert hls.media([entry(0), entry(10), entry(20)], discontinuities=True).count("#EXT-X-DISCONTINUITY") == 2


def test_the_target_duration_is_never_less_than_a_segment_rounded() -> None:
    assert "#EXT-X-TARGETDURATION:11\n" in hls.media([entry(0, 10.4)])
    assert "#EXT-X-TARGETDURATION:1\n" in hls.media([entry(0, 0.2)])


def test_a_query_cannot_break_out_of_its_line() -> None:
    text = hls.media([entry(0)], query='a="\nEXTINF b\\é')
    assert text.count("\n") == len(hls.media([entry(0)]).splitlines())
    assert "a=%22%0AEXTINF%20b%5C%E9" in text


def test_master() -> None:
    text = hls.master(["avc1.64001f", "mp4a.40.2"], 1280, 720, 900000, has_audio=True, query="a=1")
    assert '#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=1280x720,CODECS="avc1.64001f,mp4a.40.2"' in text
    assert text.endswith("\nindex-v1-a1.m3u8?a=1\n")
    assert hls.master(["avc1.64001f"], 1, 1, 1, has_audio=False).endswith("\nindex-v1.m3u8\n")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("master.m3u8", PlaylistRequest("master")),
        ("index.m3u8", PlaylistRequest("index")),
        ("index-v1.m3u8", PlaylistRequest("index")),
        ("index-v1-a1.m3u8", PlaylistRequest("index")),
        ("init-v1-a1.mp4", PlaylistRequest("init")),
        (f"init-{B}-v1.mp4", PlaylistRequest("init", init_id=B)),
        ("seg-1000-v1-a1.m4s", PlaylistRequest("segment", start_ms=1000)),
        ("seg-1000-2000-v1.m4s", PlaylistRequest("segment", start_ms=1000, end_ms=2000)),
        ("seg-1-v1-a1.ts", None),
        ("seg--1-v1.m4s", None),
        (f"seg-{'9' * 400}-v1.m4s", None),
        ("init-../x-v1.mp4", None),
        ("playlist.m3u8", None),
        ("utc", None),
    ],
)
def test_names(name: str, wanted: PlaylistRequest | None) -> None:
    assert hls.parse_name(name) == wanted


def test_names_of_entries_are_understood() -> None:
    for one in (entry(1.25), entry(1.25, part=True), entry(1.25, audio=False)):
        parsed = hls.parse_name(one.name)
        assert parsed is not None
        assert parsed.start_ms == 1250
        assert parsed.end_ms == (11250 if one.part else None)


def test_segments_are_listed_under_their_names() -> None:
    some = [entry(n * 10.0, audio=n % 2 == 0, part=n % 3 == 0) for n in range(12)]
    named = [line for line in hls.media(some).splitlines() if line.startswith("seg-")]
    assert named == [one.name for one in some]
