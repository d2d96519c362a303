"""systemd hears that the program is ready and well, and nothing from a core that hangs."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import time
from pathlib import Path

import pytest

from tests.e2e.program import Program

CAMERA = """
cameras:
  front: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=5&size=320x180", roles: [record]}]}}
"""
LIMIT_S = 3.0


def heard(listener: socket.socket, seconds: float, word: str) -> bool:
    """Tell whether systemd hears `word` within some seconds."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        listener.settimeout(left)
        try:
            if listener.recv(100).decode() == word:
                return True
        except TimeoutError:
            break
    return False


@pytest.mark.in_pairs
def test_a_core_that_hangs_tells_systemd_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        address = str(Path(directory) / "notify")
        listener.bind(address)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        monkeypatch.setenv("WATCHDOG_USEC", str(int(LIMIT_S * 1e6)))
        program = Program.run(tmp_path / "data", CAMERA)
        try:
            assert heard(listener, 20, "READY=1")
            assert heard(listener, LIMIT_S, "WATCHDOG=1")
            core = program.core()
            os.kill(core.pid, signal.SIGSTOP)
            try:
                heard(listener, 0.2, "WATCHDOG=1")  # one may have been sent before
                assert not heard(listener, LIMIT_S, "WATCHDOG=1")
            finally:
                os.kill(core.pid, signal.SIGCONT)
            assert heard(listener, LIMIT_S, "WATCHDOG=1")
        finally:
            program.stop()
