"""A real listening process with a small model, fed as ingest feeds it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import pytest

from dogwatch.audio.log_mel import LogMelSettings
from dogwatch.bus.messages import ListeningStats, Message, Reconfigure, SoundPiece, SoundsHeard, WorkerReady
from dogwatch.bus.sounds import SoundFeed
from dogwatch.errors import DetectorError
from dogwatch.testing.core_end import CoreEnd
from dogwatch.workers.listening.model import SoundModel
from dogwatch.workers.listening.process import windows
from dogwatch.workers.listening.spec import ListeningSpec, SoundModelSpec
from tests.sound_models import KINDS, RATE, map_model, sound, spectrogram_model, waveform_model

WAIT_S = 30.0
LABELS = dict(enumerate(KINDS))
EVERYTHING = dict.fromkeys(KINDS, 0.8)
M = TypeVar("M", bound=Message)


class Listening:
    """A running process, the core's end, and the feeds of cameras."""

    def __init__(self, model: SoundModelSpec, cameras: dict[str, dict[str, float]]) -> None:
        self._run_dir = tempfile.TemporaryDirectory(prefix="dw")
        self.core = CoreEnd(self._run_dir.name)
        self.spec = ListeningSpec(run_dir=self._run_dir.name, link=self.core.address, model=model, cameras=cameras)
        self.messages: list[Message] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dogwatch.workers.listening"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self.process.stdin
        self.process.stdin.write(msgspec.json.encode(self.spec) + b"\n")
        self.process.stdin.flush()
        self.feed = SoundFeed(self._run_dir.name)
        self._number: dict[str, int] = {}

    def wait_for(self, kind: type[M], when: Callable[[M], bool] = lambda _: True, after: int = 0) -> M:
        end = time.monotonic() + WAIT_S
        while True:
            for message in self.messages[after:]:
                if isinstance(message, kind) and when(message):
                    return message
            assert time.monotonic() < end, f"no {kind.__name__}: {self.messages}"
            self.messages += self.core.poll(0.05)

    def play(self, kind: str, seconds: float, camera: str = "yard", level: float = 0.3) -> list[bool]:
        """Send a sound in pieces of half a second; return which were taken."""
        samples = (sound(kind, seconds, level=level) * 32767).astype("<i2")
        taken = []
        for part in np.array_split(samples, round(2 * seconds)):
            number = self._number[camera] = self._number.get(camera, 0) + 1
            taken.append(self.feed.send(SoundPiece(camera, number, 100.0 + number, RATE, True, part.tobytes())))
        return taken

    def reconfigure(self, **changes: object) -> None:
        self.spec = msgspec.structs.replace(self.spec, **changes)
        text = msgspec.json.encode(self.spec).decode()
        self.core.tell("listening", Reconfigure(text))

    def stop(self) -> int:
        """End it as the supervisor does; return its exit status."""
        assert self.process.stdin
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
        self.process.stdin.close()
        try:
            return self.process.wait(WAIT_S)
        finally:
            self.process.kill()
            assert self.process.stderr
            self.process.stderr.close()
            self.feed.close()
            self.core.close()
            self._run_dir.cleanup()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SoundModelSpec:
    path = spectrogram_model(tmp_path_factory.mktemp("model") / "kinds.onnx")
    return SoundModelSpec(path=str(path), labels=LABELS, threads=1)


@pytest.fixture
def listening(model: SoundModelSpec) -> Iterator[Listening]:
    made = Listening(model, {"yard": EVERYTHING, "lane": {"hiss": 0.8}})
    try:
        made.wait_for(WorkerReady)
        yield made
    finally:
        made.stop()


def test_sounds_are_told_apart(listening: Listening) -> None:
    for kind in KINDS:
        seen = len(listening.messages)
        assert all(listening.play(kind, 2))
        found = listening.wait_for(SoundsHeard, lambda one, kind=kind: kind in one.scores, seen)  # type: ignore[misc]
        assert found.camera == "yard"
        assert found.scores[kind] >= 0.8
        assert found.time > 100
    assert listening.wait_for(ListeningStats, lambda one: one.windows > 0).inference_speed > 0


def test_a_camera_hears_what_it_listens_for(listening: Listening) -> None:
    listening.play("tone", 2, "lane")
    listening.play("tone", 2, "nobody")
    listening.play("hiss", 2, "lane")
    assert listening.wait_for(SoundsHeard).scores.keys() == {"hiss"}
    assert {one.camera for one in listening.messages if isinstance(one, SoundsHeard)} == {"lane"}


def test_what_is_listened_for_changes_without_a_new_process(listening: Listening) -> None:
    listening.reconfigure(cameras={"lane": {"tone": 0.8}})
    before = len(listening.messages)
    listening.play("siren", 2)
    end = time.monotonic() + WAIT_S
    while not any(isinstance(one, SoundsHeard) for one in listening.messages[before:]):
        assert time.monotonic() < end
        listening.play("tone", 1, "lane")
        listening.messages += listening.core.poll(0.1)
    assert listening.wait_for(SoundsHeard, after=before).camera == "lane"
    assert listening.process.poll() is None


def test_a_process_that_hangs_holds_nobody_up(listening: Listening) -> None:
    os.kill(listening.process.pid, signal.SIGSTOP)
    begun = time.monotonic()
    taken = listening.play("tone", 400)
    assert time.monotonic() - begun < 10
    assert taken[0]
    assert not taken[-1]  # bounded by what the kernel holds
    os.kill(listening.process.pid, signal.SIGCONT)
    assert listening.wait_for(ListeningStats, lambda one: one.late > 0).windows > 0
    before = len(listening.messages)
    listening.play("siren", 2)
    listening.wait_for(SoundsHeard, lambda one: "siren" in one.scores, before)


def test_nobody_listens(tmp_path: Path) -> None:
    feed = SoundFeed(str(tmp_path))
    assert not feed.send(SoundPiece("yard", 1, 1.0, RATE, True, b"\0\0"))
    feed.close()


def test_a_model_that_takes_less_than_a_piece_hears_all_of_it(tmp_path: Path) -> None:
    path = waveform_model(tmp_path / "short.onnx", RATE // 5)
    spec = SoundModelSpec(path=str(path), labels={0: "loud", 1: "quiet"}, input="waveform", threads=1)
    made = Listening(spec, {"yard": {"loud": 0.8}})
    try:
        made.wait_for(WorkerReady)
        samples = np.zeros(RATE // 2, "<i2")
        samples[: RATE // 5] = round(0.3 * 32768)
        assert made.feed.send(SoundPiece("yard", 1, 100.0, RATE, True, samples.tobytes()))
        assert made.wait_for(SoundsHeard).scores == {"loud": pytest.approx(0.9, abs=0.01)}
    finally:
        made.stop()


def test_parts_that_cover_a_piece() -> None:
    samples = np.arange(10, dtype=np.float32)
    assert [part.tolist() for part in windows(samples, 10)] == [samples.tolist()]
    assert [part.tolist() for part in windows(samples, 4)] == [[6, 7, 8, 9], [2, 3, 4, 5], [0, 1, 2, 3]]
    assert len(windows(np.zeros(8000, np.float32), 1)) == 10


def test_a_model_that_is_none_ends_the_process(tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    made = Listening(SoundModelSpec(path=str(tmp_path / "broken.onnx")), {"yard": EVERYTHING})
    assert made.process.stderr
    said = made.process.stderr.read().decode()
    assert made.stop() == 2
    assert "broken.onnx cannot be loaded" in said


@pytest.mark.parametrize(
    "layout",
    ["frames bands", "1 frames bands", "1 bands frames", "1 1 frames bands", "1 1 bands frames", "? 1 ? bands"],
)
def test_any_order_of_dimensions(tmp_path: Path, layout: str) -> None:
    spec = SoundModelSpec(path=str(spectrogram_model(tmp_path / "m.onnx", layout)), labels=LABELS, threads=1)
    made = SoundModel(spec)
    for number, kind in enumerate(KINDS):
        found = made.scores(sound(kind, 1)[: made.samples].astype(np.float32))
        assert found.argmax() == number
        assert found[number] > 0.8


def test_another_spectrogram(tmp_path: Path) -> None:
    settings = LogMelSettings(
        sample_rate=32000, frames=120, window_s=0.032, bands=40, min_hz=50, max_hz=14000, scale="slaney", power=True,
        decibel=True, offset=1e-10,
    )  # fmt: skip
    path = spectrogram_model(tmp_path / "m.onnx", "1 frames bands", settings)
    made = SoundModel(
        SoundModelSpec(
            path=str(path),
            labels=LABELS,
            threads=1,
            sample_rate=32000,
            window_s=0.032,
            bands=40,
            min_hz=50,
            max_hz=14000,
            scale="slaney",
            power=True,
            decibel=True,
            offset=1e-10,
        )
    )
    assert made.samples == 119 * 320 + 1024
    for number, kind in enumerate(KINDS):
        assert made.scores(sound(kind, 2, 32000)[: made.samples].astype(np.float32)).argmax() == number


@pytest.mark.parametrize(("samples", "batch", "taken"), [(15600, False, 15600), (None, True, 8000)])
def test_samples(tmp_path: Path, samples: int | None, taken: int, *, batch: bool) -> None:
    path = waveform_model(tmp_path / "m.onnx", samples, batch=batch)
    spec = SoundModelSpec(path=str(path), labels={0: "loud", 1: "quiet"}, input="waveform", seconds=0.5)
    made = SoundModel(spec)
    assert made.samples == taken
    assert made.scores(np.full(taken, 0.2, np.float32)) == pytest.approx([0.4, 0.6], abs=1e-4)


def test_what_does_not_fit_is_named(tmp_path: Path) -> None:
    path = str(spectrogram_model(tmp_path / "m.onnx"))
    with pytest.raises(DetectorError, match="takes 1 x 96 x 64, which is no spectrogram of 40 bands"):
        SoundModel(SoundModelSpec(path=path, labels=LABELS, bands=40))
    with pytest.raises(DetectorError, match="which are no samples"):
        SoundModel(SoundModelSpec(path=path, labels=LABELS, input="waveform"))
    with pytest.raises(DetectorError, match="has no output 'wrong', but bands, scores"):
        SoundModel(SoundModelSpec(path=path, labels=LABELS, output="wrong"))
    with pytest.raises(DetectorError, match="cannot be loaded"):
        SoundModel(SoundModelSpec(path=str(tmp_path / "absent.onnx")))
    with pytest.raises(DetectorError, match="output 'scores' holds no scores"):
        SoundModel(SoundModelSpec(path=str(map_model(tmp_path / "map.onnx")), input="waveform"))


def test_the_runtime_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(DetectorError, match=r"pip install 'dogwatch\[onnx\]'"):
        SoundModel(SoundModelSpec(path=str(spectrogram_model(tmp_path / "m.onnx"))))
