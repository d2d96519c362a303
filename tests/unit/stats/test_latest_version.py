"""The newest version: asked for once a day, of a server of the test or of what stands for pip."""

from __future__ import annotations

import http.server
import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dogwatch.stats import latest_version
from dogwatch.stats.latest_version import LatestVersion, VersionSettings
from dogwatch.testing.clock import StandingClock


class Index:
    """A package index that answers with `body`, and counts how often it was asked."""

    def __init__(self) -> None:
        self.body, self.status, self.asked = json.dumps({"info": {"version": "1.2.3"}}).encode(), 200, 0
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked += 1
                self.send_response(index.status)
                self.end_headers()
                self.wfile.write(index.body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/dogwatch/json"


@pytest.fixture
def index() -> Iterator[Index]:
    made = Index()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


def test_it_is_asked_for_once_a_day_also_over_restarts(tmp_path: Path, index: Index, clock: StandingClock) -> None:
    settings, file = VersionSettings(True, index.url), tmp_path / "latest-version.json"
    latest = LatestVersion(settings, file, clock)
    assert latest.text() == "unknown"
    for _ in range(3):
        latest.tick()
    assert (latest.text(), index.asked) == ("1.2.3", 1)
    again = LatestVersion(settings, file, clock)
    again.tick()
    assert (again.text(), index.asked) == ("1.2.3", 1)
    index.body = json.dumps({"info": {"version": "1.3.0"}}).encode()
    clock.advance(latest_version.EVERY_S + 1)
    again.tick()
    assert (again.text(), index.asked) == ("1.3.0", 2)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"no"),
        (200, b"no json"),
        (200, b"[1]"),
        (200, b'{"info": 1}'),
        (200, b'{"info": {"version": "<script>"}}'),
        (200, b'{"info": {"version": 7}}'),
        (200, b" " * (latest_version.MOST_BYTES + 2)),
        (200, b"[" * 100_000),
        (-1, b""),
    ],
    ids=["status", "text", "list", "number", "markup", "no text", "long", "deep", "no HTTP"],
)
def test_an_answer_that_is_none(tmp_path: Path, index: Index, clock: StandingClock, status: int, body: bytes) -> None:
    index.status, index.body = status, body
    latest = LatestVersion(VersionSettings(True, index.url), tmp_path / "kept", clock)
    latest.tick()
    latest.tick()
    assert (latest.text(), index.asked) == ("unknown", 1)


def test_nobody_is_asked_when_it_is_off(tmp_path: Path, index: Index, clock: StandingClock) -> None:
    latest = LatestVersion(VersionSettings(False, index.url), tmp_path / "kept", clock)
    latest.tick()
    assert (latest.text(), index.asked) == ("disabled", 0)
    latest.configure(VersionSettings(True, index.url))
    latest.tick()
    assert (latest.text(), index.asked) == ("1.2.3", 1)


def test_a_server_that_is_away(tmp_path: Path, clock: StandingClock) -> None:
    latest = LatestVersion(VersionSettings(True, "http://127.0.0.1:9/"), tmp_path / "none" / "kept", clock)
    latest.tick()
    assert latest.text() == "unknown"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("WARNING: experimental\\ndogwatch (2.0.1)\\nAvailable versions: 2.0.1, 2.0.0", "2.0.1"),
        ("ERROR: No matching distribution found for dogwatch", "unknown"),
        ("", "unknown"),
    ],
    ids=["version", "error", "nothing"],
)
def test_pip_is_asked_without_an_address(tmp_path: Path, clock: StandingClock, said: str, found: str) -> None:
    pip = (sys.executable, "-c", f'print("{said}")')
    latest = LatestVersion(VersionSettings(True, None), tmp_path / "kept", clock, pip)
    latest.tick()
    assert latest.text() == found


def test_pip_that_hangs(tmp_path: Path, clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latest_version, "PIP_TIMEOUT_S", 0.2)
    pip = (sys.executable, "-c", "import time; time.sleep(60)")
    latest = LatestVersion(VersionSettings(True, None), tmp_path / "kept", clock, pip)
    latest.tick()
    assert latest.text() == "unknown"


def test_nobody_waits_for_pip_at_the_end(tmp_path: Path, clock: StandingClock) -> None:
    begun, kept = tmp_path / "begun", tmp_path / "kept"
    os.mkfifo(begun)
    pip = (sys.executable, "-c", f"import time; open({str(begun)!r}, 'w').close(); time.sleep(600)")
    latest = LatestVersion(VersionSettings(True, None), kept, clock, pip)
    looking = threading.Thread(target=latest.tick, daemon=True)
    looking.start()
    begun.read_text()  # waits for it
    latest.close()
    looking.join(30)
    assert not looking.is_alive()
    assert not kept.exists()  # so that the next start looks
