"""The edge API of the whole program: its address, its login, and what a restart of the core leaves."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.e2e.program import Program

pytestmark = pytest.mark.in_pairs


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Edge:
    """A program with an edge camera, and a client of its API."""

    def __init__(self, data: Path, source: str = "synthetic://street") -> None:
        self.port = free_port()
        self.token = ""
        self.program = Program.run(
            data,
            f"""
auth: {{hash_iterations: 10}}
edge: {{camera: front, port: {self.port}, boot: {data.parent / "boot"}}}
cameras:
  front:
    ffmpeg: {{inputs: [{{path: "{source}", roles: [detect, record]}}]}}
""",
        )

    def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Return the decoded answer; that of a refusal too."""
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", sent, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)

    def addresses(self) -> set[str]:
        """Return where the program listens at this port."""
        found = [one for process in self.program.family() for one in process.net_connections("tcp")]
        return {one.laddr.ip for one in found if one.status == psutil.CONN_LISTEN and one.laddr.port == self.port}


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Edge]:
    made = Edge(tmp_path / "data")
    yield made
    made.program.stop()


def test_the_edge_camera_of_a_whole_program(edge: Edge, tmp_path: Path) -> None:
    program, client = edge.program, tmp_path / "data" / "edge" / "client"
    program.wait(lambda: f":{edge.port}  (edge camera)" in program.output(), 10, "address of the edge camera")
    assert edge.ask("/settings")["Auth"]["enabled"] is False
    assert edge.addresses() == {"127.0.0.1"}
    password = (client / "data" / "default-password.txt").read_text().strip()
    assert edge.ask("/auth/validate", {"password": password})["valid"] is True
    token = edge.ask("/settings", {"Auth": {"enabled": True}})["token"]
    program.wait(lambda: edge.addresses() == {"0.0.0.0"}, 15, "listener on all addresses")
    assert edge.ask("/settings")["code"] == "unauthorized"
    edge.token = token
    assert edge.ask("/sensor/status")["armed"] is False
    assert edge.ask("/system_info")["uptime_seconds"] > 0
    core = program.core()
    core.kill()
    program.wait(lambda: program.core().pid != core.pid and edge.addresses(), 30, "new core")
    assert edge.addresses() == {"0.0.0.0"}
    assert edge.ask("/settings")["Auth"] == {"enabled": True, "token": token}
    kinds = [row["type"] for row in edge.ask("/event_history")]
    assert "system_boot" in kinds
    edge.ask("/settings", {"Auth": {"enabled": False}})
    program.wait(lambda: edge.addresses() == {"127.0.0.1"}, 15, "listener on the loopback address")
    edge.token = ""
    assert edge.ask("/auth/status") == {"enabled": False, "valid": None}
    assert (client / "settings" / "settings.json").stat().st_mode & 0o777 == 0o600
    began = time.monotonic()
    program.stop()
    assert time.monotonic() - began < 20
    assert password not in program.output()
    assert token not in program.output()
