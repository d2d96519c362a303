"""The section `audio`: what is told of a model and of what is listened for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dogwatch.config import ConfigErrors, parse
from dogwatch.config.audio import SoundModelConfig
from dogwatch.config.sound_labels import plain, sound_labels
from tests.unit.config.files import SMALL

CAMERA = SMALL + "          roles: [record, detect, audio]\n    audio: {enabled: true, listen: [%s]}\n"


def notices(text: str) -> list[str]:
    return [notice.message for notice in parse(text, env={}).notices]


def audio(tmp_path: Path, labels: str, more: str = "") -> str:
    (tmp_path / "m.onnx").touch()
    (tmp_path / "labels.txt").write_text(labels)
    return f"audio: {{model: {{path: {tmp_path}/m.onnx, labelmap_path: {tmp_path}/labels.txt{more}}}}}\n"


def test_without_a_model_nothing_is_told_apart() -> None:
    said = "loud noises are noticed, but not told apart: `listen` has no effect without audio.model"
    assert said in notices(CAMERA % "bark")


def test_what_the_model_knows_is_no_notice(tmp_path: Path) -> None:
    assert notices(audio(tmp_path, "Speech\nBark\nFire alarm\n") + CAMERA % "bark, fire_alarm") == []


def test_what_it_does_not_know_is_named(tmp_path: Path) -> None:
    said = notices(audio(tmp_path, "Speech\nBark\n") + CAMERA % "barks, speech")
    assert said == ["the model knows no sound 'barks' (did you mean 'bark'?)"]


def test_files_that_are_not_there(tmp_path: Path) -> None:
    text = f"audio: {{model: {{path: {tmp_path}/none.onnx, labelmap_path: {tmp_path}/none.txt}}}}\n" + CAMERA % "bark"
    assert notices(text) == [
        "there is no such file; sounds are not told apart",
        "audio.model needs a labelmap_path with labels: no sound has a name",
    ]


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("max_hz: 9000", "max_hz is more than half of sample_rate"),
        ("min_hz: 7500", "min_hz is not less than max_hz"),
        ("frames: 3000, hop_ms: 20", "more than 30 s of sound"),
        ("sample_rate: 4000", "at least 8000"),
        ("mel_scale: bark", "expected one of htk, slaney"),
    ],
)
def test_what_no_model_can_mean_is_refused(tmp_path: Path, model: str, said: str) -> None:
    with pytest.raises(ConfigErrors, match=said):
        parse(audio(tmp_path, "bark\n", f", {model}") + CAMERA % "bark", env={})


@pytest.mark.parametrize("name", ["all", "loud_noise"])
def test_a_sound_cannot_have_the_name_of_another_topic(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigErrors, match=f"no sound can have the name '{name}'"):
        parse(audio(tmp_path, f"{name}\n") + CAMERA % name, env={})


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Speech\nFire alarm\n", {0: "speech", 1: "fire_alarm"}),
        ("3 Bark\n7: Yell\n", {3: "bark", 7: "yell"}),
        ('index,mid,display_name\n0,/m/09x0r,Speech\n1,/m/0ytgt,"Child speech, kid"\nx,y,z\n', {
            0: "speech", 1: "child_speech_kid",
        }),
        ("", {}),
        (f"{'9' * 5000} bark\n1 yell\n", {0: "9" * 64, 1: "yell"}),
        (f"index,display_name\n{'9' * 5000},Bark\n1,Yell\n", {1: "yell"}),
        (f'index,display_name\n0,"{"x" * 140_000}"\n', {}),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_label_files(tmp_path: Path, text: str, labels: dict[int, str]) -> None:
    config = parse(audio(tmp_path, text) + SMALL, env={}).config
    assert sound_labels(config.audio.model) == labels


def test_a_label_file_that_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, "a\0b"):
        assert sound_labels(SoundModelConfig(labelmap_path=str(path))) == {}


def test_plain_names() -> None:
    assert plain("x" * 1000) == "x" * 64
    assert [plain(one) for one in ("Smoke detector, smoke alarm", "  dBFS ", "---")] == [
        "smoke_detector_smoke_alarm", "dbfs", "",
    ]  # fmt: skip


def test_a_camera_has_its_own_thresholds(tmp_path: Path) -> None:
    text = "audio: {filters: {bark: {threshold: 0.3}}}\n" + CAMERA % "bark, speech"
    camera = parse(text, env={}).config.cameras["front"]
    assert camera.audio.thresholds == {"bark": 0.3, "speech": 0.8}
