"""`dogwatch model` on real files, a real server and a real runtime."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from dogwatch.cli.model import model
from dogwatch.config import load
from tests.integration.detectors import models

CONFIG = """\
# my house
mqtt:
  enabled: false
detectors:
  opencv: # built in
    type: opencv
cameras: {} # none yet
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir()
    (directory / "config.yml").write_text(CONFIG)
    return directory


@pytest.fixture
def file(tmp_path: Path) -> Path:
    out = np.zeros((7, 84), np.float32)
    return Path(models.save(tmp_path / "My yard.onnx", {"output0": out}, ["n", 3, 64, 64]))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def run(data: Path, *arguments: object) -> Result:
    return CliRunner().invoke(model, [*map(str, arguments), "--data", str(data)])


def left(data: Path) -> list[str]:
    return sorted(path.name for path in data.rglob("*") if path.is_file())


def test_a_model_is_taken_in_and_written_into_the_configuration(data: Path, file: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("person\ncar\nhedgehog\n")
    result = run(data, "add", file, "--labels", labels)
    assert result.exit_code == 0, result.output
    assert "64x64, 3 labels" in result.output
    assert left(data) == ["My-yard.labels.txt", "My-yard.onnx", "config.yml"]
    text = (data / "config.yml").read_text()
    assert "# my house" in text
    assert "# none yet" in text
    config = load(data / "config.yml").config
    assert {name: detector.type for name, detector in config.detectors.items()} == {"onnx": "onnx"}
    assert (config.model.path, config.model.width, config.model.model_type) == (
        str(data / "models" / "My-yard.onnx"),
        64,
        "yolo-generic",
    )
    assert (data / "models" / "My-yard.labels.txt").read_text() == "0 person\n1 car\n2 hedgehog\n"
    listed = run(data, "list")
    assert listed.output.startswith("* My-yard ")
    assert hashlib.sha256(file.read_bytes()).hexdigest() in listed.output


def test_a_second_model_takes_the_place_of_the_first(data: Path, file: Path) -> None:
    assert run(data, "add", file, "--name", "one").exit_code == 0
    assert run(data, "add", file, "--name", "two").exit_code == 0
    assert list(load(data / "config.yml").config.detectors) == ["onnx"]
    lines = run(data, "list").output.splitlines()
    assert [line[:5] for line in lines] == ["  one", "* two"]


def test_a_download_is_checked(data: Path, file: Path, site: str) -> None:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    address = f"{site}/My%20yard.onnx"
    result = run(data, "add", address, "--sha256", digest.upper(), "--name", "yard")
    assert result.exit_code == 0, result.output
    assert (data / "models" / "yard.onnx").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("{site}/My%20yard.onnx", ["--sha256", "0" * 64], "is not the file that was meant"),
        ("{site}/My%20yard.onnx", [], "only https is trusted"),
        ("ftp://me:secret@127.0.0.1/m.onnx", ["--sha256", "0" * 64], "only https is trusted"),
        ("{site}/missing.onnx", ["--sha256", "0" * 64], "404"),
        ("/nowhere/m.onnx", [], "cannot be fetched"),
        ("{file}", ["--type", "yolox"], "cannot be used"),
        ("{config}", [], "cannot be used"),
    ],
)
def test_what_is_wrong_changes_nothing(
    data: Path, file: Path, site: str, source: str, options: list[str], message: str
) -> None:
    source = source.format(site=site, file=file, config=data / "config.yml")
    result = run(data, "add", source, *options)
    assert result.exit_code != 0
    assert message in result.output + str(result.exception)
    assert "secret" not in result.output + str(result.exception)
    assert left(data) == ["config.yml"]
    assert (data / "config.yml").read_text() == CONFIG


def test_without_a_configuration_nothing_is_fetched(tmp_path: Path, file: Path) -> None:
    result = run(tmp_path / "elsewhere", "add", file)
    assert result.exit_code != 0
    assert "dogwatch init" in result.output
    assert not (tmp_path / "elsewhere").exists()


def test_an_empty_list_says_so(data: Path) -> None:
    assert "There are none" in run(data, "list").output
