"""`dogwatch files` on a database and a store of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dogwatch.cli import group
from dogwatch.library import library
from dogwatch.runtime.control import FILES, Control
from dogwatch.runtime.paths import Paths
from dogwatch.testing.video_files import MARK, FixedIndexer
from tests.integration.contract.files.test_3_files import left

CONFIG = """
files: {roots: [ROOT]}
cameras: {}
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory, where files are looked at without a worker."""
    monkeypatch.setattr(library, "FileIndexer", lambda _workers: FixedIndexer())
    made = tmp_path / "data"
    made.mkdir()
    (tmp_path / "roots").mkdir()
    (made / "config.yml").write_text(CONFIG.replace("ROOT", str(tmp_path / "roots")))
    return made


def files(data: Path, command: str, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["files", command, "--data", str(data), *arguments])


def rows(data: Path) -> list[list[str]]:
    return [line.split("\t") for line in files(data, "list").stdout.splitlines()]


def test_the_life_of_a_file(data: Path, tmp_path: Path) -> None:
    film, other = tmp_path / "yard.mp4", tmp_path / "door.mp4"
    film.write_bytes(MARK + b"x" * 100_000)
    other.write_bytes(MARK + b"y")
    added = files(data, "add", str(film), str(other), "--owner", "ann")
    assert added.exit_code == 0, added.output
    assert "yard.mp4" in added.stderr, "a progress bar, which shows more on a terminal"
    (first, second) = rows(data)
    assert first[1:] == ["ready", "ann", "10.00", "100005", "yard.mp4"]
    again = files(data, "add", str(film), "--owner", "ann")
    assert f"{first[0]}\twas there already\tyard.mp4" in again.stdout
    removed = files(data, "remove", first[0], second[0].upper())
    assert removed.exit_code == 0, removed.output
    assert rows(data) == []
    assert left(data / "files") == []
    assert film.exists()
    gone = files(data, "remove", first[0])
    assert gone.exit_code == 1
    assert f"there is no video file {first[0]}" in gone.output


def test_what_is_taken_in_place_and_what_is_not(data: Path, tmp_path: Path) -> None:
    film = tmp_path / "roots" / "a.mp4"
    film.write_bytes(MARK)
    assert files(data, "add", "--in-place", str(film)).exit_code == 0
    outside, text = tmp_path / "b.mp4", tmp_path / "c.mp4"
    outside.write_bytes(MARK + b"b")
    text.write_bytes(b"text")
    refused = files(data, "add", "--in-place", str(outside))
    assert refused.exit_code == 1
    assert "not below a directory" in refused.stderr
    refused = files(data, "add", str(text), str(outside))
    assert refused.exit_code == 1
    assert "c.mp4: The file has no video" in refused.stderr
    assert [row[5] for row in rows(data)] == ["a.mp4", "b.mp4"]
    assert files(data, "remove", *(row[0] for row in rows(data))).exit_code == 0
    assert film.exists()


async def test_a_running_core_removes_them(data: Path, tmp_path: Path) -> None:
    film = tmp_path / "a.mp4"
    film.write_bytes(MARK)
    await asyncio.to_thread(files, data, "add", str(film))
    told: list[str] = []

    async def deleted() -> dict[str, Any]:
        told.append("deleted")
        return {"success": True, "lines": []}

    run = Paths.below(data).run
    run.mkdir(mode=0o700, exist_ok=True)
    control = Control(run, {FILES: deleted})
    await control.start()
    ((uuid, *_),) = await asyncio.to_thread(rows, data)
    result = await asyncio.to_thread(files, data, "remove", uuid)
    await control.stop()
    assert (result.exit_code, told) == (0, ["deleted"])
    assert await asyncio.to_thread(rows, data) == []
    assert left(data / "files") != [], "it is the core's, which ends what runs for it first"
