"""Commands to a running core over its socket."""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dogwatch.cli.reload import reload
from dogwatch.errors import DogwatchError
from dogwatch.runtime.control import NAME, Control, ask
from dogwatch.runtime.paths import Paths


class Core:
    def __init__(self) -> None:
        self.answer: dict[str, Any] = {"success": True, "lines": ["camera side: added"]}

    async def reload(self) -> dict[str, Any]:
        return self.answer

    async def fail(self) -> dict[str, Any]:
        raise DogwatchError("it does not work")


@pytest.fixture
def core() -> Core:
    return Core()


@pytest.fixture
async def paths(tmp_path: Path, core: Core) -> AsyncIterator[Paths]:
    made = Paths.below(tmp_path)
    made.make()
    control = Control(made.run, {"reload": core.reload, "fail": core.fail})
    await control.start()
    yield made
    await control.stop()
    assert not (made.run / NAME).exists()


async def test_only_its_user_can_connect(paths: Paths) -> None:
    assert stat.S_IMODE((paths.run / NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.run.stat().st_mode) == 0o700


async def test_commands_are_obeyed_and_others_refused(paths: Paths, core: Core) -> None:
    assert await asyncio.to_thread(ask, paths.run, "reload", 10) == core.answer
    unknown = await asyncio.to_thread(ask, paths.run, "explode", 10)
    assert unknown == {"success": False, "lines": ["there is no such command"]}
    failed = await asyncio.to_thread(ask, paths.run, "fail", 10)
    assert failed == {"success": False, "lines": ["it does not work"]}


@pytest.mark.parametrize("line", [b"\n", b"[]\n", b'{"command": []}\n', b"\xff\n", b"{", b"x" * 10_000], ids=str)
async def test_nonsense_ends_nothing(paths: Paths, core: Core, line: bytes) -> None:
    def send() -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(10)
            link.connect(str(paths.run / NAME))
            link.sendall(line)
            link.shutdown(socket.SHUT_WR)
            link.recv(1000)

    await asyncio.to_thread(send)
    assert await asyncio.to_thread(ask, paths.run, "reload", 10) == core.answer


async def test_the_command_prints_what_has_changed_or_what_is_wrong(paths: Paths, core: Core) -> None:
    def run() -> tuple[int, str, str]:
        result = CliRunner().invoke(reload, ["--data", str(paths.data)])
        return result.exit_code, result.stdout, result.stderr

    assert await asyncio.to_thread(run) == (0, "camera side: added\n", "")
    core.answer = {"success": False, "lines": ["config.yml: line 7, column 3: fsp: unknown key"]}
    assert await asyncio.to_thread(run) == (1, "", "config.yml: line 7, column 3: fsp: unknown key\n")


def test_nothing_runs(tmp_path: Path) -> None:
    result = CliRunner().invoke(reload, ["--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "no Dogwatch runs on" in result.stderr
