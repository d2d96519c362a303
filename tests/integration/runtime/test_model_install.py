"""A known model is fetched and tried in a process of its own, and put to use."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from dogwatch.config import Keeper, load
from dogwatch.config.file import ConfigFile
from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.runtime import model_install
from dogwatch.runtime.model_install import ModelInstallKind
from dogwatch.store.jobs import Job
from tests.integration.detectors import models

HERE = """
import os, sys
from dataclasses import replace
from dogwatch.detectors import known_models
one = known_models.KNOWN_MODELS["yolox-tiny"]
known_models.KNOWN_MODELS["yolox-tiny"] = replace(
    one, address=sys.argv[1], model_type="yolo-generic", width=0, height=0, pixel_format="rgb"
)
from dogwatch.runtime import model_child
os._exit(model_child.main())
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data" / "models").mkdir(parents=True)
    (tmp_path / "data" / "config.yml").write_text("# mine\nmqtt: {enabled: false}\ncameras: {} # none yet\n")
    return tmp_path / "data"


def job(*, use: bool) -> Job:
    params = {"name": "yolox-tiny", "use": use}
    return Job(
        "model_1", "model", None, "ann", "running", params, None, "", "", 0.0, 1,
        cancelled=False, created_at=0.0, started_at=0.0, ended_at=None,
    )  # fmt: skip


def run(
    data: Path, address: str, monkeypatch: pytest.MonkeyPatch, *, use: bool = True
) -> tuple[Keeper, dict[str, object]]:
    """Install from a file of this machine instead of the maker's address."""
    monkeypatch.setattr(model_install, "CHILD", (sys.executable, "-c", HERE, address))
    keeper = Keeper(load(data / "config.yml"))
    kind = ModelInstallKind(data / "models", data)
    file = ConfigFile(keeper, lambda: None)
    kind.config_file = lambda: file
    steps: list[str] = []
    try:
        result = kind.run(job(use=use), JobControl(lambda: False, lambda step, _: steps.append(step)))
    except JobError:
        kind.undo(job(use=use))
        raise
    assert "downloading" in steps
    assert ("configuring" in steps) == use
    return keeper, result


def test_a_model_is_fetched_tried_and_used(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = models.save(tmp_path / "theirs.onnx", {"output0": np.zeros((7, 84), np.float32)}, ["n", 3, 64, 64])
    keeper, result = run(data, source, monkeypatch)
    folder = data / "models"
    assert sorted(path.name for path in folder.iterdir()) == [
        "pins.json", "yolox-tiny.json", "yolox-tiny.labels.txt", "yolox-tiny.onnx",
    ]  # fmt: skip
    assert (result["name"], result["width"], result["labels"], result["used"]) == ("yolox-tiny", 64, 80, True)
    assert json.loads((folder / "pins.json").read_text()) == {"yolox-tiny": result["sha256"]}
    assert keeper.config.model.path == str(folder / "yolox-tiny.onnx")
    assert {one.type for one in keeper.config.detectors.values()} == {"onnx"}
    written = (data / "config.yml").read_text()
    assert written.startswith("# mine\n")
    assert "cameras: {} # none yet" in written
    assert [path.name for path in data.glob("*.json")] == []


def test_it_is_used_only_if_that_is_wanted(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = models.save(tmp_path / "theirs.onnx", {"output0": np.zeros((7, 84), np.float32)}, ["n", 3, 64, 64])
    before = (data / "config.yml").read_text()
    keeper, result = run(data, source, monkeypatch, use=False)
    assert result["used"] is False
    assert keeper.config.model.path is None
    assert (data / "config.yml").read_text() == before


def test_what_is_no_model_is_refused_and_leaves_nothing(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs.onnx").write_bytes(b"<html>not found</html>")
    with pytest.raises(JobError):
        run(data, str(tmp_path / "theirs.onnx"), monkeypatch)
    with pytest.raises(JobError, match="cannot be fetched"):
        run(data, str(tmp_path / "gone.onnx"), monkeypatch)
    assert [path.name for path in (data / "models").iterdir()] == []
    assert "onnx" not in (data / "config.yml").read_text()


def test_another_file_than_the_first_time_is_refused(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / "models" / "pins.json").write_text(json.dumps({"yolox-tiny": "0" * 64}))
    source = models.save(tmp_path / "theirs.onnx", {"output0": np.zeros((7, 84), np.float32)}, ["n", 3, 64, 64])
    with pytest.raises(JobError, match="not the file that was meant"):
        run(data, source, monkeypatch)
    assert [path.name for path in (data / "models").iterdir()] == ["pins.json"]


def test_what_was_cut_off_while_it_was_tried_leaves_only_what_the_next_try_goes_on_from(data: Path) -> None:
    folder = data / "models"
    kept = folder / "..yolox-tiny.new.onnx.part"
    for path in (kept, folder / ".yolox-tiny.new.onnx", data / "model_1.json"):
        path.write_bytes(b"x")
    kind = ModelInstallKind(folder, data)
    for _ in range(2):
        kind.undo(job(use=True))
    assert list(folder.iterdir()) == [kept]
    assert not (data / "model_1.json").exists()
