"""`dogwatch run` of somebody who begins: a first configuration is written, and nobody's lost one is replaced."""

import stat
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from dogwatch.cli import core
from dogwatch.cli.run import run
from dogwatch.config import load
from dogwatch.runtime import last_config
from dogwatch.runtime.paths import Paths


def test_a_first_configuration_is_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    loaded = core.load_or_last(data / "config.yml", Paths.below(data))
    assert not loaded.config.cameras
    assert not loaded.mistakes
    assert loaded.config.record.enabled
    path = data / "config.yml"
    assert path.read_text().startswith("# Dogwatch configuration.")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load(path).config == loaded.config
    path.write_text("cameras: {}\n")
    assert core.load_or_last(path, Paths.below(data)).text == "cameras: {}\n", "what is there stays"


def test_it_may_lie_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "nvr.yml"
    assert core.load_or_last(path, Paths.below(tmp_path / "data")).path == path
    assert path.exists()


def test_a_lost_configuration_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "config.yml"
    (tmp_path / "dogwatch.db").touch()
    with pytest.raises(click.ClickException, match="dogwatch init"):
        core.load_or_last(path, Paths.below(tmp_path))
    assert not path.exists()
    worked = tmp_path / "worked.yml"
    worked.write_text("cameras: {front: {ffmpeg: {inputs: [{path: 'rtsp://192.0.2.1/x'}]}}}")
    last_config.keep(load(worked), tmp_path)
    found = core.load_or_last(path, Paths.below(tmp_path))
    assert list(found.config.cameras) == ["front"]
    assert found.mistakes
    assert not path.exists()


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="cannot be written"):
        core.load_or_last(tmp_path / "no" / "such" / "config.yml", Paths.below(tmp_path))
    result = CliRunner().invoke(run, ["--data", str(tmp_path / "no" / "such")])
    assert result.exit_code != 0
    assert "does not exist" in result.output
