"""Whatever was told of an event can be read after the core has been killed, at whatever moment that was."""

import json
import random
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

KILLS = 4


def told_until_killed(root: Path, lines: int) -> list[dict[str, Any]]:
    """Run the teller, kill it behind so many lines, and return every message that had left it by then."""
    command = [sys.executable, "-m", "tests.workers.teller", f"sqlite:///{root}/dogwatch.db", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        said += process.stdout.readlines()
    return [json.loads(line) for line in said if line.endswith(b"\n")]


@pytest.mark.parametrize("lines", [random.Random(seed).randint(1, 400) for seed in range(KILLS)])
def test_what_was_told_can_be_read_after_a_kill(tmp_path: Path, lines: int) -> None:
    messages = told_until_killed(tmp_path, lines)
    with sqlite3.connect(tmp_path / "dogwatch.db") as connection:
        query = "SELECT id, end_time, has_clip, has_snapshot, zones FROM events"
        rows = {key: values for key, *values in connection.execute(query)}
    connection.close()
    assert len(messages) >= lines
    for message in messages:
        after = message["after"]
        end_time, has_clip, has_snapshot, zones = rows[after["id"]]
        assert (has_clip, has_snapshot) >= (after["has_clip"], after["has_snapshot"])
        assert set(json.loads(zones)) >= set(after["entered_zones"])
        if message["type"] == "end":
            assert end_time == after["end_time"]
