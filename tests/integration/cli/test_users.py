"""`dogwatch users` on a database of its own."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dogwatch.cli import group
from dogwatch.runtime.control import ACCOUNTS, Control
from dogwatch.runtime.paths import Paths

PASSWORD = "a long password"
CONFIG = """
auth: {hash_iterations: 10, roles: {family: [front]}}
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/", roles: [detect]}]}
"""


def users(data: Path, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(group, ["users", "--data", str(data), *arguments], input=typed)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "config.yml").write_text(CONFIG)
    return tmp_path


def test_the_life_of_a_user(data: Path) -> None:
    added = users(data, "add", "ann", "--role", "family", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert added.exit_code == 0, added.output
    assert PASSWORD not in added.output
    assert users(data, "list").output == "ann\tfamily\n"
    assert users(data, "role", "ann", "admin").output == "ann is now admin\n"
    assert users(data, "passwd", "ann", "--password", PASSWORD + "!").exit_code == 0
    assert users(data, "list").output == "ann\tadmin\n"
    assert users(data, "delete", "ann").exit_code == 0
    assert users(data, "list").output == ""


async def test_a_running_core_is_told(data: Path) -> None:
    told: list[str] = []

    async def changed() -> dict[str, Any]:
        told.append("changed")
        return {"success": True, "lines": []}

    paths = Paths.below(data)
    paths.make()
    control = Control(paths.run, {ACCOUNTS: changed})
    await control.start()
    for arguments in (("add", "ann", "--password", PASSWORD), ("passwd", "ann", "--password", PASSWORD + "!")):
        assert (await asyncio.to_thread(users, data, *arguments)).exit_code == 0
    await control.stop()
    assert told == ["changed", "changed"]
    assert users(data, "role", "ann", "family").exit_code == 0  # nor does it need one


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("add", "a b", "--password", PASSWORD), "Invalid username"),
        (("add", "ann", "--password", "short"), "at least 12"),
        (("add", "ann", "--password", PASSWORD, "--role", "king"), "Invalid role 'king'"),
        (("passwd", "nobody", "--password", PASSWORD), "User not found"),
        (("role", "nobody", "viewer"), "User not found"),
        (("delete", "nobody"), "there is no user nobody"),
        (("delete", "admin"), "cannot be deleted"),
    ],
)
def test_mistakes_are_one_line(data: Path, arguments: tuple[str, ...], message: str) -> None:
    result = users(data, *arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert "Traceback" not in result.output


def test_no_data_directory(tmp_path: Path) -> None:
    result = users(tmp_path / "missing", "list")
    assert result.exit_code == 1
    assert "no data directory" in result.output
