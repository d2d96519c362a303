import os
from dataclasses import replace
from pathlib import Path

import pytest

from dogwatch.errors import ConflictError, DogwatchError
from dogwatch.runtime.paths import Paths, default_data, own


def test_sockets_fit_into_the_systems_limit(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path / ("very" * 40) / "deep")
    assert len(str(paths.run / "detector-some-long-detector-name")) < 100


def test_a_run_directory_too_long_for_sockets_is_named(tmp_path: Path) -> None:
    paths = replace(Paths.below(tmp_path), run=tmp_path / ("long" * 20))
    with pytest.raises(DogwatchError, match="too long for sockets"):
        paths.make()


def test_private_directories(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path / "data")
    paths.make()
    assert paths.data.stat().st_mode & 0o777 == 0o700
    assert (paths.data / "secrets").stat().st_mode & 0o777 == 0o700
    assert paths.run.stat().st_mode & 0o777 == 0o700
    assert (paths.media / "recordings").is_dir()


def test_an_impossible_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DogwatchError, match="cannot be made"):
        Paths.below(tmp_path / "file" / "data").make()


def test_one_owner_at_a_time(tmp_path: Path) -> None:
    lock = own(tmp_path)
    with pytest.raises(ConflictError, match=f"pid {os.getpid()}"):
        own(tmp_path)
    lock.close()
    own(tmp_path).close()


def test_the_environment_names_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOGWATCH_DATA", str(tmp_path / "here"))
    assert default_data() == tmp_path / "here"
