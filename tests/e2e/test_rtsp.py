"""RTSP of the program as installed: cameras and `birdseye` play, also after a restart, until it is turned off."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import pytest

from tests.e2e.program import Program
from tests.rtsp import free_port

CAMERA = """
birdseye: {restream: true, mode: continuous}
cameras: {street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=1&fps=8&size=320x180"}]}}}
"""


def pictures(port: int, stream: str, count: int = 8) -> set[tuple[int, int]]:
    """Play `count` pictures; return their sizes. It may take a moment until a core that has begun anew listens."""
    end = time.monotonic() + 30
    while True:
        address, options = f"rtsp://127.0.0.1:{port}/{stream}", {"rtsp_transport": "tcp"}
        with contextlib.suppress(av.error.FFmpegError), av.open(address, options=options, timeout=30) as found:
            frames: Any = found.decode(video=0)
            return {(frame.width, frame.height) for frame, _ in zip(frames, range(count), strict=False)}
        assert time.monotonic() < end, f"{stream} does not play"
        time.sleep(0.2)


def test_streams_play_until_rtsp_is_turned_off(tmp_path: Path) -> None:
    port = free_port()
    program = Program.run(tmp_path / "data", f"go2rtc: {{rtsp: {{listen: '127.0.0.1:{port}'}}}}\n{CAMERA}")
    try:
        assert pictures(port, "street") == {(320, 180)}
        assert pictures(port, "birdseye") == {(1280, 720)}
        program.post("/api/restart", {})
        program.follow(2, 30)
        assert pictures(port, "street") == {(320, 180)}
        file = program.data / "config.yml"
        file.write_text(file.read_text().replace(f"127.0.0.1:{port}", ""))
        command = [sys.executable, "-m", "dogwatch", "reload", "--data", str(program.data)]
        subprocess.run(command, check=True, timeout=60)
        with pytest.raises(av.error.ConnectionRefusedError):
            av.open(f"rtsp://127.0.0.1:{port}/street", timeout=5)
    finally:
        program.stop()
