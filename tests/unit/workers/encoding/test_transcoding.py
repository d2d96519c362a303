"""Which packets are decoded, and which pictures are shown."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from dogwatch.bus.messages import PacketTrack, TranscodeBegin, TranscodePacket
from dogwatch.workers.encoding import transcoding
from dogwatch.workers.encoding.transcoding import CATCH_UP_S, CATCHING_UP_S, LATE_S, Transcoder

VIDEO = PacketTrack(True, "hevc", 90_000, width=640, height=360)
SOUND = PacketTrack(False, "pcm_alaw", 8000, channels=1, sample_rate=8000)
NOW = 1000.0


class Instant:
    """A decoder that makes a picture of every packet."""

    def __init__(self, *_: object) -> None:
        self.decoded: list[int] = []

    def decode(self, _data: bytes, pts: int, _dts: int) -> list[tuple[Mock, float]]:
        self.decoded.append(pts)
        return [(Mock(width=640, height=360), pts / 10)]


class Stage:
    """A transcoder with a decoder and outputs of the test's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.decoder, self.outputs = Instant(), Mock()
        monkeypatch.setattr(transcoding, "LiveDecoder", lambda *_: self.decoder)
        self.made = Transcoder(self.outputs, 180)
        self.made.begin(TranscodeBegin((VIDEO, SOUND)), NOW)

    def take(self, time: float, now: float, *, keyframe: bool = False, track: int = 0) -> None:
        ticks = round(time * 10)
        self.made.take(TranscodePacket(track, time, ticks, ticks, keyframe, b"x"), now)

    def shown(self) -> list[float]:
        return [one.args[2] for one in self.outputs.encode.mock_calls]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def test_the_kept_pictures_are_decoded_but_only_the_newest_are_shown(stage: Stage) -> None:
    for n in range(10, -1, -1):
        stage.take(NOW - n * 0.5, NOW, keyframe=n == 10)
    assert len(stage.decoder.decoded) == 11
    assert stage.shown() == [NOW - 0.5, NOW]
    assert CATCH_UP_S < 1
    assert stage.outputs.encode.mock_calls[0].args[1] == (320, 180)


def test_a_decoder_that_never_keeps_up_shows_what_it_has(stage: Stage) -> None:
    stage.take(NOW - 9, NOW + CATCHING_UP_S, keyframe=True)
    assert stage.shown() == [NOW - 9]


def test_who_is_late_goes_on_at_a_keyframe(stage: Stage) -> None:
    stage.take(NOW, NOW, keyframe=True)
    stage.take(NOW + 1, NOW + 1 + LATE_S + 0.1)
    stage.take(NOW + 2, NOW + 2)
    stage.take(NOW + 3, NOW + 3, keyframe=True)
    stage.take(NOW + 4, NOW + 4)
    assert stage.shown() == [NOW, NOW + 3, NOW + 4]
    assert stage.made.dropped == 2


def test_nothing_before_a_keyframe(stage: Stage) -> None:
    stage.take(NOW, NOW)
    assert stage.decoder.decoded == []


def test_sound_follows_the_first_picture(stage: Stage) -> None:
    assert stage.outputs.hear.mock_calls[0].args == (SOUND,)
    stage.take(NOW, NOW, track=1)
    assert stage.outputs.sound.mock_calls == []
    stage.take(NOW, NOW, keyframe=True)
    stage.take(NOW, NOW, track=1)
    assert len(stage.outputs.sound.mock_calls) == 1
