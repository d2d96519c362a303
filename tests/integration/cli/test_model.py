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
from dogwatch.detectors import fetch
from dogwatch.detectors.base import load as load_detector
from dogwatch.detectors.decode import DECODERS
from dogwatch.detectors.known_models import KNOWN_MODELS
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.model import Box
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
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    handler = partial(getattr(request, "param", Quiet), directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
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
    assert left(data) == ["My-yard.json", "My-yard.labels.txt", "My-yard.onnx", "config.yml"]
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


def published(path: Path, size: int = 416) -> Path:
    """Write a file with the input and output of the published NanoDet-Plus; it sees a car at 16, 8, 40, 32."""
    out = np.zeros((3598, 80 + 32), np.float32)
    out[52 + 3, 2] = 0.9  # stride 8, row 1, column 3
    for side, steps in enumerate((1, 0, 2, 3)):
        out[52 + 3, 80 + 8 * side + steps] = 40
    return Path(models.save(path, {"output": out}, [1, 3, size, size]))


def test_a_known_model_is_fetched_by_its_name(data: Path, tmp_path: Path, site: str) -> None:
    file = published(tmp_path / "nanodet-plus-m_416.onnx")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    asked = ("add", "nanodet-plus-m-416", "--from", f"{site}/{file.name}")
    result = run(data, *asked, "--sha256", digest)
    assert result.exit_code == 0, result.output
    assert "Apache-2.0" in result.output
    assert f"SHA-256 {digest}" in result.output
    assert "This is the first download" in result.output
    used = load(data / "config.yml").config.model
    assert (used.model_type, used.input_pixel_format, used.width) == ("nanodet", "bgr", 416)
    spec = ModelSpec(path=used.path or "", model_type="nanodet", input_pixel_format="bgr")
    (found,) = load_detector(DetectorSpec(name="a", type="onnx", model=spec)).detect(
        [np.zeros((416, 416, 3), np.uint8)]
    )
    assert [(one.label, one.box) for one in found] == [("car", Box(16, 8, 40, 32))]

    again = run(data, *asked)  # its hash is known now, so that even http will do
    assert again.exit_code == 0, again.output
    assert "first download" not in again.output
    file.write_bytes(file.read_bytes() + b"x")
    changed = run(data, *asked)
    assert changed.exit_code != 0
    assert "is not the file that was meant" in str(changed.exception)
    assert (data / "models" / "nanodet-plus-m-416.onnx").stat().st_size == file.stat().st_size - 1


def test_known_models_are_listed_and_can_be_decoded(data: Path) -> None:
    output = CliRunner().invoke(model, ["known"]).output
    for one in KNOWN_MODELS.values():
        assert one.name in output
        assert one.model_type in DECODERS
        assert one.address.startswith("https://")
    refused = run(data, "add", "yolox-huge", "--from", "/elsewhere.onnx")
    assert refused.exit_code != 0
    assert "`dogwatch model known`" in refused.output


class Unsteady(SimpleHTTPRequestHandler):
    """Breaks off after 1000 bytes of each answer, and goes on where it is asked to."""

    etag, asked = '"one"', list[str]()

    def do_GET(self) -> None:
        body = (Path(self.directory) / "My yard.onnx").read_bytes()
        ranged = self.headers.get("Range") if self.headers.get("If-Range") == self.etag else None
        self.asked.append(ranged or "")
        begin = int(ranged[6:-1]) if ranged else 0
        self.send_response(206 if ranged else 200)
        self.send_header("ETag", self.etag)
        self.send_header("Content-Length", str(len(body) - begin))
        if ranged:
            self.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        self.wfile.write(body[begin : begin + 1000])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.mark.parametrize("site", [Unsteady], indirect=True)
def test_a_download_that_breaks_off_goes_on(data: Path, file: Path, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PAUSE_S", 0.0)
    monkeypatch.setattr(Unsteady, "asked", [])
    body = file.read_bytes()
    asked = ("add", f"{site}/yard.onnx", "--sha256", hashlib.sha256(body).hexdigest(), "--name", "yard")
    monkeypatch.setattr(fetch, "MOST_TRIES", 2)
    first = run(data, *asked)
    assert first.exit_code != 0
    assert "the next try goes on from there" in str(first.exception)
    monkeypatch.setattr(fetch, "MOST_TRIES", 100)
    assert run(data, *asked).exit_code == 0
    assert (data / "models" / "yard.onnx").read_bytes() == body
    assert Unsteady.asked == ["", *(f"bytes={begin}-" for begin in range(1000, len(body), 1000))]
    assert left(data) == ["config.yml", "yard.json", "yard.labels.txt", "yard.onnx"]


@pytest.mark.parametrize("site", [Unsteady], indirect=True)
def test_a_file_that_is_another_one_meanwhile_begins_anew(
    data: Path, file: Path, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "PAUSE_S", 0.0)
    monkeypatch.setattr(fetch, "MOST_TRIES", 1)
    monkeypatch.setattr(Unsteady, "asked", [])
    asked = ("add", f"{site}/yard.onnx", "--sha256", hashlib.sha256(file.read_bytes()).hexdigest())
    assert run(data, *asked).exit_code != 0
    monkeypatch.setattr(Unsteady, "etag", '"two"')
    monkeypatch.setattr(fetch, "MOST_TRIES", 100)
    assert run(data, *asked).exit_code == 0
    assert Unsteady.asked[:2] == ["", ""]


class Lying(SimpleHTTPRequestHandler):
    """Does not do what the headers of requests ask for; has another version of the file at the second request."""

    fault, asked = "", 0

    def do_GET(self) -> None:
        file = (Path(self.directory) / "My yard.onnx").read_bytes()
        ranged = self.headers.get("Range")
        Lying.asked += 1
        begin = int(ranged[6:-1]) if ranged else 0
        if ranged and self.fault == "no such part":
            self.send_error(416)
            return
        body, told, length = file, file[begin:], str(len(file) - begin)
        if self.fault == "another version" and Lying.asked == 1:
            body = bytes(len(file))
            told = body[:1000]
        elif self.fault == "less than told":
            told = told[:700]
            length = str(len(told)) if ranged else length
        elif self.fault == "no length":
            length = "many"
        self.send_response(206 if ranged else 200)
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("Content-Length", length)
        if ranged:
            self.send_header("Content-Range", f"bytes {begin}-{begin + len(told) - 1}/{len(file)}")
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.mark.parametrize("site", [Lying], indirect=True)
@pytest.mark.parametrize("fault", ["no such part", "another version", "less than told", "no length"])
def test_servers_that_do_not_do_what_they_are_asked_for(
    tmp_path: Path, file: Path, site: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "PAUSE_S", 0.0)
    monkeypatch.setattr(Lying, "fault", fault)
    monkeypatch.setattr(Lying, "asked", 0)
    address, target = f"{site}/yard.onnx", tmp_path / "fetched.onnx"
    if fault == "no such part":  # all of it is there, and was not taken in
        part = fetch._Part(address, target.with_name(f".{target.name}.part"))
        part.begin('"one"')
        part.path.write_bytes(file.read_bytes())
    fetch.fetch(address, target, hashlib.sha256(file.read_bytes()).hexdigest())
    assert target.read_bytes() == file.read_bytes()


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
