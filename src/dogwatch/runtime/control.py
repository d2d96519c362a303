"""Takes commands for a running core on a Unix socket: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from dogwatch.bus.unix import Bound
from dogwatch.errors import DogwatchError

log = logging.getLogger(__name__)

NAME = "control"
ACCOUNTS = "accounts"
"""The command that says that accounts were changed in the database."""
JOBS = "jobs"
"""The command that says that a job was queued in the database."""
FILES = "files"
"""The command that says that video files are to be deleted."""
LONGEST_LINE = 4096
LINE_S = 5.0
MAX_CALLERS = 8

Command = Callable[[], Awaitable[dict[str, Any]]]


class Control:
    """Listens on `control` in the run directory, which only its user can reach."""

    def __init__(self, run_dir: Path, commands: Mapping[str, Command]) -> None:
        """Serve `commands` by their names."""
        self._path, self._commands = run_dir / NAME, commands
        self._bound: Bound | None = None
        self._server: asyncio.Server | None = None
        self._callers = 0

    async def start(self) -> None:
        """Start listening.

        Raises:
            DogwatchError: The socket cannot be made.
        """
        self._bound = Bound(str(self._path), socket.SOCK_STREAM)
        self._server = await asyncio.start_unix_server(self._serve, sock=self._bound.socket, limit=LONGEST_LINE)

    async def stop(self) -> None:
        """Stop listening, and remove the socket."""
        if self._server is not None:
            self._server.close()
        if self._bound is not None:
            self._bound.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._callers += 1
        try:
            with contextlib.suppress(TimeoutError, ConnectionError, ValueError):  # a caller that sends no valid line
                if self._callers <= MAX_CALLERS:
                    async with asyncio.timeout(LINE_S):
                        line = await reader.readline()
                    writer.write(msgspec.json.encode(await self._obey(line)) + b"\n")
                    async with asyncio.timeout(LINE_S):
                        await writer.drain()
        finally:
            self._callers -= 1
            writer.close()

    async def _obey(self, line: bytes) -> dict[str, Any]:
        try:
            asked = msgspec.json.decode(line)
        except msgspec.DecodeError:
            asked = None
        name = asked.get("command") if isinstance(asked, dict) else None
        command = self._commands.get(name) if isinstance(name, str) else None
        if command is None:
            return {"success": False, "lines": ["there is no such command"]}
        try:
            return await command()
        except DogwatchError as error:
            return {"success": False, "lines": [str(error)]}


def ask(run_dir: Path, command: str, timeout_s: float) -> dict[str, Any] | None:
    """Send `command` to the core with this run directory and return its answer; None if none runs there.

    Raises:
        DogwatchError: It does not answer.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(timeout_s)
        try:
            link.connect(str(run_dir / NAME))
        except OSError:
            return None
        try:
            link.sendall(msgspec.json.encode({"command": command}) + b"\n")
            with link.makefile("rb") as answers:
                found: dict[str, Any] = msgspec.json.decode(answers.readline())
        except (OSError, msgspec.DecodeError) as error:
            raise DogwatchError("the running Dogwatch does not answer") from error
    return found
