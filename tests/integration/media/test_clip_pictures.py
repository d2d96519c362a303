"""The pictures of a finished clip, and the file that it becomes."""

from __future__ import annotations

import errno
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from dogwatch.errors import MediaError
from dogwatch.media import clip_pictures, fragments, jpeg, plain_file, progressive
from tests.integration.workers.ingest.made import played

FPS = 10


def levels(path: Path, width: int, height: int, seconds: float = 10.0, audio: bool = False) -> Path:
    """Write a clip in fragments; its picture at t seconds is grey, by 20 brighter each second."""
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof+skip_trailer", "avoid_negative_ts": "disabled"}
    with av.open(str(path), "w", format="mp4", options=options) as out:
        video: Any = out.add_stream("libx264", rate=FPS, width=width, height=height)
        video.pix_fmt = "yuv420p"
        video.options = {"g": "20", "bf": "0", "crf": "4", "preset": "ultrafast"}
        sound: Any = out.add_stream("aac", rate=16000, layout="mono") if audio else None
        for n in range(round(seconds * FPS)):
            grey = np.full((height, width, 3), 30 + 20 * int(n / FPS), np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="bgr24").reformat(format="yuv420p")
            frame.pts, frame.time_base = n, Fraction(1, FPS)
            out.mux(video.encode(frame))
            if sound is not None:
                silence = av.AudioFrame.from_ndarray(np.zeros((1, 1600), np.int16), format="s16", layout="mono")
                silence.sample_rate, silence.pts, silence.time_base = 16000, n * 1600, Fraction(1, 16000)
                out.mux(sound.encode(silence))
        out.mux(video.encode(None))
        if sound is not None:
            out.mux(sound.encode(None))
    return path


@pytest.mark.parametrize(
    ("size", "shown"),
    [((640, 360), (160, 90)), ((640, 480), (120, 90)), ((720, 360), (160, 80)), ((180, 320), (51, 90))],
    ids=str,
)
def test_a_sprite_is_ten_pictures_in_a_row_with_black_bars(
    tmp_path: Path, size: tuple[int, int], shown: tuple[int, int]
) -> None:
    clip = levels(tmp_path / "a.mp4", *size)
    data = clip_pictures.sprite(clip, fragments.scan(clip))
    assert data is not None
    assert jpeg.size(data) == (1600, 90)
    strip, (width, height) = jpeg.decode(data).astype(int), shown
    left, top = (160 - width) // 2, (90 - height) // 2
    for n in range(10):
        tile = strip[:, n * 160 : (n + 1) * 160]
        inside = tile[top + 4 : top + height - 4, left + 4 : left + width - 4]
        assert np.abs(inside - (30 + 20 * n)).max() <= 9, (n, inside.min(), inside.max())
        bars = np.ones((90, 160), bool)
        bars[max(0, top - 8) : top + height + 8, max(0, left - 8) : left + width + 8] = False
        assert tile[bars].max(initial=0) <= 6


@pytest.mark.parametrize(("seconds", "made"), [(1.9, False), (2.0, True)])
def test_a_clip_of_less_than_two_seconds_has_no_sprite(tmp_path: Path, seconds: float, made: bool) -> None:
    clip = levels(tmp_path / "a.mp4", 160, 90, seconds)
    assert (clip_pictures.sprite(clip, fragments.scan(clip)) is not None) is made


def test_a_thumbnail_shows_its_moment(tmp_path: Path) -> None:
    clip = levels(tmp_path / "a.mp4", 640, 360)
    index = fragments.scan(clip)
    for at, grey in ((0.05, 30), (4.55, 110), (99.0, 210)):
        data = clip_pictures.thumbnail(clip, index, at)
        assert jpeg.size(data) == (320, 180)
        assert abs(int(jpeg.decode(data).mean()) - grey) <= 3
    assert jpeg.size(clip_pictures.smaller(jpeg.encode(np.zeros((972, 1296, 3), np.uint8), 90))) == (320, 240)
    assert jpeg.size(clip_pictures.smaller(jpeg.encode(np.zeros((90, 160, 3), np.uint8), 90))) == (160, 90)


def test_a_clip_that_is_written_anew_is_the_same_with_its_header_first(tmp_path: Path) -> None:
    clip = levels(tmp_path / "a.mp4", 320, 180, 5, audio=True)
    before, index = played(clip), fragments.scan(clip)
    progressive.rewrite(clip, index, tmp_path / "a.tmp.mp4")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4"]
    assert np.allclose(played(clip), before, atol=0.001)
    data = clip.read_bytes()
    assert b"moof" not in data[: data.index(b"mdat")]
    assert data.index(b"moov") < data.index(b"mdat")
    assert plain_file.scan(clip, 0.0).end_time == pytest.approx(index.end_time - index.start_time, abs=0.05)
    with av.open(str(clip)) as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
    with pytest.raises(MediaError):
        fragments.scan(clip)


def test_a_torn_clip_keeps_what_is_whole(tmp_path: Path) -> None:
    clip = levels(tmp_path / "a.mp4", 320, 180, 6)
    clip.write_bytes(clip.read_bytes()[:-40])
    index = fragments.scan(clip)
    progressive.rewrite(clip, index, tmp_path / "a.tmp.mp4")
    assert len(played(clip)) == 40


def test_a_clip_that_cannot_be_written_anew_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = levels(tmp_path / "a.mp4", 320, 180, 3)
    data, index = clip.read_bytes(), fragments.scan(clip)

    def full(_fd: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        progressive.rewrite(clip, index, tmp_path / "a.tmp.mp4")
    assert clip.read_bytes() == data
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4"]
