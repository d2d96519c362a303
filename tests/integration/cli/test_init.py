"""`dogwatch init`: a first configuration that is valid and nobody else's to read."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dogwatch.cli import group


def init(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["init", "--data", str(data), *arguments])


def test_a_first_configuration(tmp_path: Path) -> None:
    done = init(tmp_path / "new", "--camera", "front=rtsp://user:pass@192.0.2.1/x")
    file = tmp_path / "new" / "config.yml"
    assert (done.exit_code, done.output) == (0, f"Wrote {file}. Edit it, then: dogwatch check, dogwatch run\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert CliRunner().invoke(group, ["check", str(file)]).output.endswith(f"{file} is valid. Cameras: front.\n")


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text("cameras: {}")
    assert init(tmp_path).exit_code == 1
    assert (tmp_path / "config.yml").read_text() == "cameras: {}"
    assert init(tmp_path, "--force").exit_code == 0


@pytest.mark.parametrize("camera", ["front", "front=", "=rtsp://192.0.2.1/", "front door=rtsp://192.0.2.1/"])
def test_a_camera_that_is_none(tmp_path: Path, camera: str) -> None:
    done = init(tmp_path / "new", "--camera", camera)
    assert done.exit_code == 2
    assert "Invalid value for --camera" in done.output
    assert not (tmp_path / "new").exists()
