from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from dogwatch.media.audio import AacEncoder, AudioPath, Loudness, audio_specific_config


def tone(samples: int, rate: int, level: float = 0.5) -> Any:
    wave = (np.sin(np.arange(samples) * 0.3) * level * 32767).astype(np.int16).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
    frame.sample_rate = rate
    return frame


def test_loudness_is_rms_on_the_scale_of_16_bits() -> None:
    loudness = Loudness("a", "b")
    assert loudness.take("a") is None
    loudness.add(tone(8000, 8000, 0.5))
    heard = loudness.take("a")
    assert heard is not None
    dbfs, rms = heard
    assert dbfs == pytest.approx(-9.03, abs=0.05)  # half of full scale, as a sine
    assert rms == pytest.approx(32768 * 0.5 / 2**0.5, rel=0.01)
    assert loudness.take("a") is None


def test_readers_of_loudness_do_not_take_from_each_other() -> None:
    loudness = Loudness("a", "b")
    loudness.add(tone(100, 8000))
    assert loudness.take("a") is not None
    assert loudness.take("b") is not None


def test_silence_has_a_floor() -> None:
    loudness = Loudness("a", "b")
    loudness.add(tone(100, 8000, 0.0))
    assert loudness.take("a") == (-100.0, 0.0)


def test_encoded_sound_keeps_its_place_in_time() -> None:
    encoder = AacEncoder(8000, 1)
    times = [at for n in range(50) for _, at in encoder.encode(tone(160, 8000), 10.0 + n * 0.02)]
    assert times[0] == pytest.approx(10.0 - 1024 / 8000)  # the encoder's priming
    assert np.allclose(np.diff(times), 1024 / 8000)


def test_a_gap_in_the_sound_stays_a_gap() -> None:
    encoder = AacEncoder(8000, 1)
    for n in range(50):
        list(encoder.encode(tone(160, 8000), n * 0.02))
    times = [at for n in range(50) for _, at in encoder.encode(tone(160, 8000), 5.0 + n * 0.02)]
    assert 5.0 < times[-1] < 6.0


@pytest.mark.parametrize(("rate", "used"), [(8000, 8000), (48000, 48000), (96000, 48000), (44100, 44100)])
def test_rates_that_players_know(rate: int, used: int) -> None:
    assert AacEncoder(rate, 2).rate == used


def test_audio_specific_config_is_that_of_the_standard() -> None:
    assert audio_specific_config(16000, 1) == bytes([0x14, 0x08])
    assert audio_specific_config(44100, 2) == bytes([0x12, 0x10])


class _Stream:
    """As much of an input stream as `AudioPath` looks at."""

    def __init__(self) -> None:
        self.codec_context: Any = av.CodecContext.create("pcm_alaw", "r")
        self.codec_context.sample_rate = 8000
        self.codec_context.layout = "mono"


def test_g711_becomes_aac_and_bad_packets_are_counted() -> None:
    path = AudioPath(_Stream(), None)
    ready = []
    for n in range(20):
        packet = av.Packet(bytes(1024))
        packet.time_base = Fraction(1, 8000)
        ready += path.feed(packet, n * 0.128)
    assert len(ready) >= 18
    assert path.faults == 0

    class Broken:
        size = 1

    assert path.feed(Broken(), 3.0) == []
    assert path.faults == 1
