"""A configuration comes over with its comments, without what does not load, and never over another one unasked."""

from pathlib import Path

import pytest

from dogwatch.config import ConfigErrors, parse
from dogwatch.importing import settings
from dogwatch.importing.report import ImportReport

CAMERA = """cameras:
  front: # the door
    ffmpeg:
      inputs:
        - path: rtsp://{FRIGATE_SOME_USER}@192.0.2.1/main
          roles: [detect, record]
"""


def convert(tmp_path: Path, text: str) -> settings.Converted:
    path = tmp_path / "config.yml"
    path.write_text(text)
    return settings.convert(path)


def test_what_is_understood_stays_byte_for_byte(tmp_path: Path) -> None:
    found = convert(tmp_path, f"# ours\nversion: 0.16-0\nmqtt: {{enabled: false}}\n{CAMERA}")
    assert found.loaded.text == f"# ours\nversion: 0.16-0\nmqtt: {{enabled: false}}\n{CAMERA}"
    assert (found.taken_out, found.variables) == ([], ["FRIGATE_SOME_USER"])


def test_unknown_keys_are_taken_out_and_named(tmp_path: Path) -> None:
    extra = "    detect: {width: 640, height: 360, nonsense: 1} # small\n"
    found = convert(tmp_path, f"mqtt: {{enabled: false}}\nfuture_section:\n  a: 1\n  b: [2]\n{CAMERA}{extra}")
    assert {key for key, _ in found.taken_out} == {"future_section", "cameras.front.detect.nonsense"}
    assert "future_section" not in found.loaded.text
    assert "{width: 640, height: 360} # small" in found.loaded.text
    assert found.loaded.config.cameras["front"].detect.width == 640


def test_the_database_is_not_taken_for_the_own_one(tmp_path: Path) -> None:
    found = convert(tmp_path, f"mqtt: {{enabled: false}}\ndatabase:\n  path: /config/other.sqlite\n{CAMERA}")
    assert found.loaded.config.database.path is None
    assert "other.sqlite" not in found.loaded.text


def test_a_value_that_is_wrong_goes(tmp_path: Path) -> None:
    found = convert(tmp_path, f"mqtt: {{enabled: false}}\ndetect: {{fps: many, enabled: true}}\n{CAMERA}")
    assert [key for key, _ in found.taken_out] == ["detect.fps"]


def test_what_is_no_configuration_is_refused(tmp_path: Path) -> None:
    report = ImportReport()
    (tmp_path / "bad.yml").write_text("cameras: [\n")
    assert settings.reported(tmp_path / "bad.yml", report) is None
    assert {kind for kind, _ in report.left_out} == {"configuration"}
    assert settings.reported(tmp_path / "missing.yml", ImportReport()) is None


def test_a_configuration_that_is_replaced_is_kept(tmp_path: Path) -> None:
    target, report = tmp_path / "data" / "config.yml", ImportReport()
    for text in ("one", "two", "three"):
        settings.write(target, text, report)
    assert target.read_text() == "three"
    kept = [(tmp_path / "data" / f"config.yml.before-import-{n}").read_text() for n in (1, 2)]
    assert kept == ["one", "two"]
    assert len(report.notes) == 2
    assert target.stat().st_mode & 0o77 == 0


def test_cameras_need_no_variables_while_importing(tmp_path: Path) -> None:
    path = tmp_path / "config.yml"
    path.write_text(f"mqtt: {{enabled: false}}\n{CAMERA}")
    with pytest.raises(ConfigErrors):
        parse(path.read_text())
    assert list(settings.present(path).cameras) == ["front"]
    assert settings.present(tmp_path / "missing.yml").cameras == {}
