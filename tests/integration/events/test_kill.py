"""Whatever was told of an event can be read after the core has been killed, at whatever moment that was."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def told_until_killed(root: Path, kind: str, count: int) -> list[dict[str, Any]]:
    """Run the teller, kill it on hearing the `count`th message of `kind`, and return all that it said before."""
    command = [sys.executable, "-m", "tests.workers.teller", f"sqlite:///{root}/dogwatch.db", str(root)]
    messages: list[dict[str, Any]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while sum(message["type"] == kind for message in messages) < count:
            messages.append(json.loads(process.stdout.readline()))
        process.kill()
        messages += [json.loads(line) for line in process.stdout if line.endswith(b"\n")]
    return messages


@pytest.mark.parametrize(("kind", "count"), [("new", 1), ("new", 9), ("end", 3), ("end", 20), ("update", 30)])
def test_what_was_told_can_be_read_after_a_kill(tmp_path: Path, kind: str, count: int) -> None:
    messages = told_until_killed(tmp_path, kind, count)
    with sqlite3.connect(tmp_path / "dogwatch.db") as connection:
        query = "SELECT id, end_time, has_clip, has_snapshot, zones FROM events"
        rows = {key: values for key, *values in connection.execute(query)}
    connection.close()
    for message in messages:
        after = message["after"]
        end_time, has_clip, has_snapshot, zones = rows[after["id"]]
        assert (has_clip, has_snapshot) >= (after["has_clip"], after["has_snapshot"])
        assert not after["has_snapshot"] or (tmp_path / "clips" / f"front-{after['id']}-clean.jpg").exists()
        assert set(json.loads(zones)) >= set(after["entered_zones"])
        if message["type"] == "end":
            assert end_time == after["end_time"]
