"""`audio`: what is listened for (docs/audio.md)."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from dogwatch.config.base import Section, Strings, key, section

USUAL_THRESHOLD = 0.8
LONGEST_S = 30.0


class SoundModelConfig(Section):
    """The model that tells sounds apart; the defaults are those of YAMNet, as its authors describe it."""

    path: str | None = key(None, "ONNX model; without one only loud noises are noticed.")
    labelmap_path: str | None = key(
        None, "Labels: a text file with one on each line, optionally after its number, or a CSV file like YAMNet's."
    )
    input: Literal["log_mel", "waveform"] = key("log_mel", "What the model takes: a log-mel spectrogram, or samples.")
    output: str | None = key(None, "The output with the scores; by default the one that has a score for each label.")
    activation: Literal["none", "sigmoid", "softmax"] = key("none", "What makes scores from 0 to 1 of the output.")
    sample_rate: int = key(16000, "Samples a second.", ge=8000, le=48000)
    seconds: float = key(0.975, "Length of the sound that a `waveform` model takes, if the model leaves it open.", gt=0)
    frames: int = key(96, "Rows of the spectrogram, if the model leaves them open.", ge=1, le=3000)
    window_ms: float = key(25.0, "Milliseconds of sound in one row.", ge=1, le=200)
    hop_ms: float = key(10.0, "Milliseconds from one row to the next.", ge=1, le=200)
    mel_bands: int = key(64, "Columns of the spectrogram.", ge=4, le=512)
    min_hz: float = key(125.0, "Lowest frequency.", ge=0)
    max_hz: float = key(7500.0, "Highest frequency.", gt=0)
    mel_scale: Literal["htk", "slaney"] = key("htk", "Form of the mel scale; `slaney` is that of librosa.")
    spectrum: Literal["magnitude", "power"] = key("magnitude", "What the bands add up.")
    log: Literal["natural", "decibel"] = key(
        "natural", "`natural` is ln(band + log_offset), `decibel` 10 log10(band), with log_offset as the smallest band."
    )
    log_offset: float = key(0.001, "See `log`.", gt=0)

    @model_validator(mode="after")
    def _consistent(self) -> SoundModelConfig:
        """Refuse what no model can mean."""
        if self.max_hz > self.sample_rate / 2:
            raise ValueError("max_hz is more than half of sample_rate")
        if self.min_hz >= self.max_hz:
            raise ValueError("min_hz is not less than max_hz")
        if max(self.seconds, self.frames * self.hop_ms / 1000) > LONGEST_S:
            raise ValueError(f"a model that takes more than {LONGEST_S:g} s of sound is not supported")
        return self


class AudioFilterConfig(Section):
    """What a sound must be like."""

    threshold: float = key(USUAL_THRESHOLD, "Smallest score.", ge=0, le=1)


class CameraAudioConfig(Section):
    """Sound of one camera; needs an input with the role audio."""

    enabled: bool = key(False, "Measure how loud it is, and make events of loud noises and of sounds in `listen`.")
    max_not_heard: int = key(30, "Seconds of silence that end a sound.", ge=1)
    min_volume: int = key(500, "Volume (RMS of 16-bit samples) below which sounds are ignored.", ge=0)
    loud_noise: bool = key(True, "Make an event when it is much louder than usual.")
    listen: Strings = key(["bark", "fire_alarm", "speech", "yell"], "Sounds to tell apart; needs `audio.model`.")
    filters: dict[str, AudioFilterConfig] = key({}, "Filter per sound.")
    num_threads: int = key(2, "Threads of the model; the most of all cameras count.", ge=1, le=64)

    @property
    def thresholds(self) -> dict[str, float]:
        """The smallest score of each sound that is listened for."""
        usual = AudioFilterConfig()
        return {label: self.filters.get(label, usual).threshold for label in self.listen}


class AudioConfig(CameraAudioConfig):
    """Sound."""

    model: SoundModelConfig = section(SoundModelConfig, "What tells sounds apart.")
