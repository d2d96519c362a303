"""`dogwatch onvif`, as a user runs it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from dogwatch.cli import group
from dogwatch.config import parse
from dogwatch.onvif import discovery
from dogwatch.onvif.discovery import FoundCamera
from tests.onvif_camera import PASSWORD, USER, onvif_camera


def test_probe_proposes_a_section_that_works(tmp_path: Path) -> None:
    with onvif_camera() as camera:
        given = ["onvif", "probe", "127.0.0.1", "--port", str(camera.port), "--user", USER]
        result = CliRunner().invoke(group, given, env={"DOGWATCH_CAMERA_PASSWORD": PASSWORD})
    assert result.exit_code == 0, result.output
    assert "Dogwatch Stand-in, firmware 1.2" in result.output
    assert "main: H264 1920 x 1080, 25 fps, rtsp://127.0.0.1:554/t0" in result.output
    assert "presets: home, gate" in result.output
    assert PASSWORD not in result.output
    text = result.output[result.output.index("cameras:") :]
    names = {"DOGWATCH_CAMERA_USER": USER, "DOGWATCH_CAMERA_PASSWORD": PASSWORD}
    found = parse(text, env=names).config.cameras["stand_in"]
    assert [(one.path, one.roles) for one in found.ffmpeg.inputs] == [
        ("rtsp://admin:a%20secret%20&%20more@127.0.0.1:554/t0", ["record"]),
        ("rtsp://admin:a%20secret%20&%20more@127.0.0.1:554/t1", ["detect"]),
    ]
    assert (found.onvif.host, found.onvif.port, found.onvif.password) == ("127.0.0.1", camera.port, PASSWORD)
    assert YAML().load(text)


def test_probe_of_nobody() -> None:
    result = CliRunner().invoke(group, ["onvif", "probe", "127.0.0.1", "--port", "1"])
    assert result.exit_code == 1
    assert "127.0.0.1" in str(result.exception)


def test_discover(monkeypatch: pytest.MonkeyPatch) -> None:
    async def found(hosts: tuple[str, ...], **_: object) -> list[FoundCamera]:
        return [] if hosts else [FoundCamera("192.0.2.7", 80, "http://192.0.2.7/", "Front door", "X1", "")]

    monkeypatch.setattr(discovery, "discover", found)
    assert "192.0.2.7:80            Front door X1\n" in CliRunner().invoke(group, ["onvif", "discover"]).output
    assert "No camera has answered" in CliRunner().invoke(group, ["onvif", "discover", "192.0.2.9"]).output
