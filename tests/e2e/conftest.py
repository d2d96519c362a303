"""What the end-to-end tests need beside the program; where it lacks, they are skipped with a reason."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

PLAYER = Path(__file__).parent / "player"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


def _program(*names: str) -> str:
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    pytest.skip(f"{names[0]} is not installed")


@pytest.fixture(scope="session")
def ffprobe() -> str:
    """Where ffprobe is."""
    return _program("ffprobe")


def chromium() -> str:
    """Return where Chromium is."""
    return _program("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What starts browsers. A process can have only one at a time, and nothing asynchronous beside it."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as runtime:
        yield runtime


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, without a window."""
    found = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
    yield found
    found.close()


@pytest.fixture(scope="session")
def hls_js() -> Path:
    """The script of hls.js, a player."""
    return _player("hls.js/dist/hls.min.js")


@pytest.fixture(scope="session")
def jsmpeg_js() -> Path:
    """The script of jsmpeg, a player."""
    return _player("@cycjimmy/jsmpeg-player/dist/jsmpeg-player.umd.min.js")


def _player(name: str) -> Path:
    """Return where a player's script is; npm fetches it once."""
    script = PLAYER / "node_modules" / name
    if not script.is_file():
        npm = _program("npm")
        done = subprocess.run([npm, "ci", "--silent"], cwd=PLAYER, capture_output=True, text=True, check=False)
        if not script.is_file():
            pytest.skip(f"npm cannot fetch {name}: {done.stderr.strip()[-200:]}")
    return script
