from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from dogwatch.cli.core import load_or_last
from dogwatch.config import ConfigErrors, load, parse
from dogwatch.runtime import last_config
from dogwatch.runtime.paths import Paths
from tests.unit.config.files import SMALL


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    (tmp_path / "config.yml").write_text(SMALL)
    paths = Paths.below(tmp_path)
    last_config.keep(load(paths.config), tmp_path)
    return paths


def test_only_its_user_can_read_the_kept_file(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        last_config.keep(parse(SMALL), tmp_path)
    finally:
        os.umask(umask)
    (file,) = tmp_path.iterdir()
    assert file.name == last_config.NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    last_config.keep(parse("cameras: {}"), tmp_path)
    assert [one.read_text() for one in tmp_path.iterdir()] == ["cameras: {}"]


def test_names_stay_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRIGATE_PW", "hunter2")
    text = SMALL.replace("10.0.0.2", "u:{FRIGATE_PW}@10.0.0.2")
    last_config.keep(parse(text), tmp_path)
    assert "hunter2" not in (tmp_path / last_config.NAME).read_text()
    monkeypatch.delenv("FRIGATE_PW")
    assert last_config.instead_of(tmp_path / "config.yml", tmp_path, ConfigErrors([])) is None


def test_a_directory_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    last_config.keep(parse(SMALL), tmp_path / "none")


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


BREAK: dict[str, Callable[[Path], object]] = {
    "syntax": lambda path: path.write_text("cameras: ["),
    "key": lambda path: path.write_text(SMALL + "    detekt: {}\n"),
    "secret": lambda path: path.write_text(SMALL.replace("10.0.0.2", "{FRIGATE_GONE}")),
    "not text": lambda path: path.write_bytes(b"\xff\xfe"),
    "large": lambda path: path.write_bytes(b"#" * ((1 << 20) + 1)),
    "empty": lambda path: path.write_text(""),
    "missing": Path.unlink,
    "directory": directory,
    "dangling link": dangling,
}


@pytest.mark.parametrize("case", BREAK)
def test_recording_goes_on_with_the_last_file_that_worked(paths: Paths, case: str) -> None:
    BREAK[case](paths.config)
    loaded = load_or_last(paths.config, paths)
    assert list(loaded.config.cameras) == ["front"]
    assert len(loaded.mistakes) == 1
    assert loaded.path == paths.config


@pytest.mark.parametrize("case", sorted(set(BREAK) - {"empty"}))
def test_without_one_the_file_is_refused(paths: Paths, case: str) -> None:
    (paths.data / last_config.NAME).unlink()
    if case == "missing":  # it was there once; who begins gets a first one
        (paths.data / "dogwatch.db").touch()
    BREAK[case](paths.config)
    with pytest.raises((SystemExit, click.ClickException)):
        load_or_last(paths.config, paths)


def test_a_kept_file_that_is_wrong_itself_is_no_help(paths: Paths) -> None:
    (paths.data / last_config.NAME).write_text("cameras: [")
    paths.config.write_text("cameras: {")
    with pytest.raises(SystemExit):
        load_or_last(paths.config, paths)


def test_a_file_that_is_in_order_counts(paths: Paths) -> None:
    paths.config.write_text("cameras: {}\n")
    loaded = load_or_last(paths.config, paths)
    assert (loaded.config.cameras, loaded.mistakes) == ({}, ())
