import io
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from dogwatch.media.audio import AacEncoder, AudioPath, Loudness, audio_specific_config
from dogwatch.media.padded_packet import padded_packet


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


@pytest.mark.parametrize(("broken", "dbfs"), [(np.inf, 0.0), (-1e30, 0.0), (np.nan, -100.0)])
def test_samples_that_are_no_numbers_do_not_spoil_the_level(broken: float, dbfs: float) -> None:
    frame = av.AudioFrame.from_ndarray(np.full((1, 8000), broken, np.float32), format="fltp", layout="mono")
    frame.sample_rate = 8000
    loudness = Loudness("a")
    loudness.add(frame)
    heard = loudness.take("a")
    assert heard is not None
    assert heard[0] == dbfs
    assert heard[1] == pytest.approx(32768.0 if dbfs == 0 else 0.0)


def test_loudness_of_samples_without_sign() -> None:
    loudness = Loudness("a")
    for value, dbfs in ((128, -100.0), (0, 0.0)):
        frame = av.AudioFrame.from_ndarray(np.full((1, 8000), value, np.uint8), format="u8", layout="mono")
        frame.sample_rate = 8000
        loudness.add(frame)
        heard = loudness.take("a")
        assert heard is not None
        assert heard[0] == dbfs


def test_readers_of_loudness_do_not_take_from_each_other() -> None:
    loudness = Loudness("a", "b")
    loudness.add(tone(100, 8000))
    assert loudness.take("a") is not None
    assert loudness.take("b") is not None


def test_silence_has_a_floor() -> None:
    loudness = Loudness("a", "b")
    loudness.add(tone(100, 8000, 0.0))
    assert loudness.take("a") == (-100.0, 0.0)


def test_each_half_second_of_sound_is_told() -> None:
    told: list[tuple[float, float]] = []
    loudness = Loudness("a", tell=lambda dbfs, rms: told.append((dbfs, rms)))
    for number in range(100):  # two seconds
        loudness.add(tone(160, 8000, 0.5 if number < 50 else 0.05))
    assert [round(dbfs) for dbfs, _ in told] == [-9, -9, -29, -29]
    assert loudness.take("a") is not None


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
        packet = padded_packet(bytes(1024))
        packet.time_base = Fraction(1, 8000)
        ready += path.feed(packet, n * 0.128)
    assert len(ready) >= 18
    assert path.faults == 0

    class Broken:
        size = 1

    assert path.feed(Broken(), 3.0) == []
    assert path.faults == 1


def adts(rate: int, layout: str, count: int) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="adts") as container:
        stream: Any = container.add_stream("aac", rate=rate, layout=layout)
        for n in range(count):
            frame = av.AudioFrame.from_ndarray(
                np.zeros((1 if layout == "mono" else 2, 1024), np.float32), "fltp", layout
            )
            frame.sample_rate, frame.pts, frame.time_base = rate, n * 1024, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize(("rate", "layout"), [(48000, "mono"), (16000, "stereo"), (8000, "stereo")])
def test_aac_that_changes_is_made_to_fit_the_header(rate: int, layout: str) -> None:
    first, other = adts(16000, "mono", 30), adts(rate, layout, 30)
    with (
        av.open(io.BytesIO(first), "r", format="aac") as begun,
        av.open(io.BytesIO(other), "r", format="aac") as changed,
    ):
        path = AudioPath(begun.streams.audio[0], None)
        got = []
        for at, container in ((0.0, begun), (10.0, changed), (20.0, av.open(io.BytesIO(first), "r", format="aac"))):
            for n, packet in enumerate(container.demux()):
                if packet.size:
                    got += path.feed(packet, at + n * 1024 / (rate if container is changed else 16000))
        decoder: Any = av.CodecContext.create("aac", "r")
        decoder.extradata = path.config
        frames = [frame for packet, _ in got for frame in decoder.decode(padded_packet(bytes(packet)))]
    assert path.faults == 0
    assert {(frame.sample_rate, frame.layout.name) for frame in frames} == {(16000, "mono")}
    times = [at for _, at in got]
    assert times == sorted(times)
    seconds = sum(1024 / 16000 for at in times if 9 < at < 19)
    assert seconds == pytest.approx(30 * 1024 / rate, abs=0.2)


def test_decoded_sound_may_change_its_rate_and_layout() -> None:
    encoder = AacEncoder(8000, 1)
    got = [at for n in range(50) for _, at in encoder.encode(tone(160, 8000), n * 0.02)]
    got += [at for n in range(50) for _, at in encoder.encode(tone(320, 16000), 1.0 + n * 0.02)]
    stereo = av.AudioFrame.from_ndarray(np.zeros((2, 960), np.float32), "fltp", "stereo")
    stereo.sample_rate = 48000
    got += [at for n in range(50) for _, at in encoder.encode(stereo, 2.0 + n * 0.02)]
    assert got == sorted(got)
    assert len(got) * 1024 / 8000 == pytest.approx(3.0, abs=0.5)
    assert 2.45 < got[-1] < 3.0  # the encoder and the resampler hold back the rest


def test_what_cannot_be_measured_is_recorded_all_the_same() -> None:
    def fail(dbfs: float, rms: float) -> None:
        raise MemoryError

    path = AudioPath(_Stream(), Loudness("a", tell=fail))
    ready = []
    for n in range(20):
        packet = padded_packet(bytes(1024))
        packet.time_base = Fraction(1, 8000)
        ready += path.feed(packet, n * 0.128)
    assert len(ready) >= 18
    assert path.faults == 5  # one for each half second
