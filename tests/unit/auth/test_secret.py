import stat
from pathlib import Path

import pytest

from dogwatch.auth.secret import signing_key
from dogwatch.errors import AuthError

NOWHERE = Path("/nonexistent/options.json")


def raw(directory: Path, environ: dict[str, str], options: Path = NOWHERE) -> bytes:
    return signing_key(directory, {"CREDENTIALS_DIRECTORY": str(directory), **environ}, options).raw


def test_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = raw(tmp_path, {})
    file = tmp_path / ".jwt_secret"
    assert len(first) == 64
    assert file.read_text() == first.hex()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert raw(tmp_path, {}) == first


def test_order(tmp_path: Path) -> None:
    options = tmp_path / "options.json"
    options.write_text('{"jwt_secret": "from the add-on options"}')
    assert raw(tmp_path, {}, options) == b"from the add-on options"
    (tmp_path / "FRIGATE_JWT_SECRET").write_text("from a secret file, \n")
    assert raw(tmp_path, {}, options) == b"from a secret file,"
    assert raw(tmp_path, {"FRIGATE_JWT_SECRET": "from the environment"}, options) == b"from the environment"
    assert not (tmp_path / ".jwt_secret").exists()


def test_hex_means_bytes(tmp_path: Path) -> None:
    assert raw(tmp_path, {"DOGWATCH_JWT_SECRET": "00" * 32}) == bytes(32)


@pytest.mark.parametrize("text", ["short", "00ff"])
def test_too_short(tmp_path: Path, text: str) -> None:
    with pytest.raises(AuthError, match="at least 16"):
        raw(tmp_path, {"DOGWATCH_JWT_SECRET": text})


def test_options_that_are_none(tmp_path: Path) -> None:
    options = tmp_path / "options.json"
    options.write_text("[]")
    with pytest.raises(AuthError):
        raw(tmp_path, {}, options)


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(AuthError, match="cannot be kept"):
        raw(tmp_path / "missing", {})
