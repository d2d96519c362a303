"""A user's ONNX model that tells sounds apart, and what it is fed with."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dogwatch.audio import sound_scores
from dogwatch.audio.log_mel import LogMel, LogMelSettings
from dogwatch.errors import DetectorError
from dogwatch.workers.listening.spec import SoundModelSpec

log = logging.getLogger(__name__)

MOST_SECONDS = 30.0
Shape = tuple[int | None, ...]


class SoundModel:
    """The model. `samples` is how many of them (the newest ones) it takes. Not thread-safe."""

    def __init__(self, spec: SoundModelSpec) -> None:
        """Load the model.

        Raises:
            DetectorError: ONNX Runtime is not installed, the file is broken, or the model takes something else.
        """
        self._spec, self._session = spec, _session(spec)
        taken = self._session.get_inputs()
        if len(taken) != 1 or taken[0].type not in ("tensor(float)", "tensor(float16)"):
            raise DetectorError(f"{spec.path}: expected a model with one input, of floating-point numbers")
        self._input = taken[0].name
        self._type = np.dtype(np.float16 if taken[0].type == "tensor(float16)" else np.float32)
        shape = tuple(edge if isinstance(edge, int) and edge > 0 else None for edge in taken[0].shape)
        self._log_mel: LogMel | None = None
        self._axes = (0, 1)
        if spec.input == "log_mel":
            frames, self._axes, self._feed_shape = _spectrogram_shape(shape, spec)
            self._log_mel = LogMel(_settings(spec, frames))
            self.samples = self._log_mel.samples
        else:
            self.samples, self._feed_shape = _waveform_shape(shape, spec)
        if self.samples > MOST_SECONDS * spec.sample_rate:
            raise DetectorError(f"{spec.path} takes more than {MOST_SECONDS:g} s of sound")
        self._output = ""
        first = self.scores(np.zeros(self.samples, np.float32))  # so that what does not fit shows at the start
        if spec.labels and max(spec.labels) >= len(first):
            log.warning("the model has %d classes, but labels up to number %d", len(first), max(spec.labels))

    def scores(self, samples: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the score of each class, from 0 to 1.

        Args:
            samples: Shape `(samples,)`, from -1 to 1.

        Raises:
            DetectorError: The model fails.
        """
        fed = samples
        if self._log_mel is not None:
            fed = self._log_mel.spectrogram(samples).transpose(self._axes)
        fed = np.ascontiguousarray(fed.reshape(self._feed_shape), self._type)
        try:
            values = self._session.run([self._output] if self._output else None, {self._input: fed})
        except Exception as error:  # ONNX Runtime's exceptions have no base class of their own
            raise DetectorError(f"ONNX Runtime failed: {error}") from error
        if not self._output:
            self._output, values = self._chosen(values)
        try:
            return sound_scores.scores(np.asarray(values[0]), self._spec.activation)
        except (TypeError, ValueError) as error:  # texts, maps, or sequences of tensors
            raise DetectorError(f"{self._spec.path}: output '{self._output}' holds no scores: {error}") from error

    def _chosen(self, values: list[Any]) -> tuple[str, list[Any]]:
        """Return the name of the output with the scores, and its value."""
        names = [one.name for one in self._session.get_outputs()]
        if self._spec.output:
            if self._spec.output not in names:
                known = ", ".join(names)
                raise DetectorError(f"{self._spec.path} has no output '{self._spec.output}', but {known}")
            chosen = names.index(self._spec.output)
        else:
            wanted = max(self._spec.labels, default=-1) + 1
            sizes = [np.shape(value)[-1] if np.ndim(value) else 0 for value in values]
            chosen = next((index for index, size in enumerate(sizes) if size == wanted), 0)
        if np.ndim(values[chosen]) == 0 or np.size(values[chosen]) == 0:
            raise DetectorError(f"{self._spec.path}: output '{names[chosen]}' holds no scores")
        return names[chosen], [values[chosen]]


def _settings(spec: SoundModelSpec, frames: int) -> LogMelSettings:
    return LogMelSettings(
        sample_rate=spec.sample_rate,
        frames=frames,
        window_s=spec.window_s,
        hop_s=spec.hop_s,
        bands=spec.bands,
        min_hz=spec.min_hz,
        max_hz=spec.max_hz,
        scale=spec.scale,
        power=spec.power,
        decibel=spec.decibel,
        offset=spec.offset,
    )


def _spectrogram_shape(shape: Shape, spec: SoundModelSpec) -> tuple[int, tuple[int, int], tuple[int, ...]]:
    """Return the number of rows, the order of axes (rows are 0, bands 1), and the shape to feed.

    Two dimensions of the input are rows and bands; all others have to be 1.

    Raises:
        DetectorError: The input is no spectrogram of so many bands.
    """
    wide = [axis for axis, edge in enumerate(shape) if edge != 1]
    while len(wide) > 2 and shape[wide[0]] is None:
        wide.pop(0)  # an open number of spectrograms: it is fed with one
    if len(wide) == 2:
        for rows, bands in ((wide[0], wide[1]), (wide[1], wide[0])):
            if shape[bands] in (spec.bands, None):
                frames = shape[rows] or spec.frames
                fed = tuple(
                    frames if axis == rows else spec.bands if axis == bands else 1 for axis in range(len(shape))
                )
                return frames, (0, 1) if rows < bands else (1, 0), fed
    shown = " x ".join(str(edge or "?") for edge in shape)
    raise DetectorError(f"{spec.path} takes {shown}, which is no spectrogram of {spec.bands} bands; see audio.model")


def _waveform_shape(shape: Shape, spec: SoundModelSpec) -> tuple[int, tuple[int, ...]]:
    """Return the number of samples, and the shape to feed; raises DetectorError if it takes no samples."""
    if not shape or any(edge not in (1, None) for edge in shape[:-1]):
        shown = " x ".join(str(edge or "?") for edge in shape)
        raise DetectorError(f"{spec.path} takes {shown}, which are no samples; see audio.model.input")
    samples = shape[-1] or round(spec.seconds * spec.sample_rate)
    return samples, (*(1 for _ in shape[:-1]), samples)


def _session(spec: SoundModelSpec) -> Any:
    """Open the model file."""
    try:
        import onnxruntime
    except ImportError as error:
        raise DetectorError("to tell sounds apart needs ONNX Runtime: pip install 'dogwatch[onnx]'") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max(1, spec.threads)
    options.inter_op_num_threads = 1
    # Threads that spin between two sounds would take processor time from recording.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(spec.path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's exceptions have no base class of their own
        raise DetectorError(f"{spec.path} cannot be loaded: {error}") from error
