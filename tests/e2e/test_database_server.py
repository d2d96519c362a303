"""The PostgreSQL server of a running program is killed and comes back: nothing is lost, and nothing told twice.

It is away for five seconds, or as long as `DOGWATCH_OUTAGE_S` says.
"""

import contextlib
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from tests import postgres as servers
from tests.e2e.program import Program
from tests.postgres import PASSWORD, PostgresServer

OUTAGE_S = float(os.environ.get("DOGWATCH_OUTAGE_S", "5"))
CONFIG = """
database: {url: "%s"}
cameras:
  street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=10&size=640x360"}]}}
"""
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    if reason := servers.missing():
        pytest.skip(reason)
    with servers.server() as made:
        yield made


class Listener:
    """Keeps what is told over the WebSocket of a program."""

    def __init__(self, address: str) -> None:
        self.told: list[tuple[str, str, str]] = []
        self.stored: set[tuple[str, str]] = set()
        """What has a row: an object that leaves neither clip nor snapshot has none."""
        self._address, self._leave = address.replace("http", "ws") + "/ws", threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with connect(self._address) as socket:
            while not self._leave.is_set():
                with contextlib.suppress(TimeoutError):
                    message = json.loads(socket.recv(timeout=0.5))
                    if message["topic"] in ("events", "reviews"):
                        body = json.loads(message["payload"])
                        topic, after = message["topic"], body["after"]
                        self.told.append((topic, body["type"], after["id"]))
                        if topic == "reviews" or after["has_clip"] or after["has_snapshot"]:
                            self.stored.add((topic, after["id"]))

    def close(self) -> None:
        self._leave.set()
        self._thread.join(10)


def files(program: Program) -> list[Path]:
    return sorted((program.data / "recordings").rglob("*.mp4"))


def found(program: Program, path: str) -> bool:
    return program.get(path)[0] == 200


def state(program: Program) -> dict[str, Any]:
    told: dict[str, Any] = program.json("/api/stats")["service"]["database"]
    return told


def test_a_server_that_is_killed_and_comes_back(tmp_path: Path, server: PostgresServer) -> None:
    program = Program.run(tmp_path / "data", CONFIG % server.empty().replace("+psycopg", ""))
    try:
        program.wait(lambda: program.segments("street"), 40, "first segment")
        listener = Listener(program.address)
        program.wait(lambda: ("events", "new") in {told[:2] for told in listener.told}, 60, "an event that is told")
        program.wait(program.events, 20, "an event with a row")
        core = program.core().pid
        server.kill()
        program.wait(lambda: program.get("/api/events")[0] == 503, 20, "an answer that tells")
        began = time.monotonic()
        for path in ("/api/events", "/api/review", "/api/street/recordings"):
            status, body, _ = program.get(path)
            assert (status, json.loads(body)["message"]) == (503, "the database does not answer")
        assert time.monotonic() - began < 5, "who asks is told at once"
        assert "does not answer" in state(program)["problem"]
        time.sleep(OUTAGE_S)
        server.start()
        program.wait(lambda: program.get("/api/events")[0] == 200, 30, "answers")
        back = time.time()
        program.wait(lambda: program.segments("street")[-1]["start_time"] > back, 60, "footage after it")
        ended = program.wait(lambda: [told for told in listener.told if told[:2] == ("events", "end")], 60, "an end")
        listener.close()
        assert ended
        assert program.core().pid == core, "the core went on"
        assert state(program)["problem"] == ""

        rows = program.segments("street")
        gaps = [after["start_time"] - before["end_time"] for before, after in pairwise(rows)]
        assert all(abs(gap) < 0.2 for gap in gaps), gaps
        told = Counter(one for one in listener.told if one[1] != "update")
        assert max(told.values()) == 1, told.most_common(3)
        for topic, path in (("events", "/api/events"), ("reviews", "/api/review")):
            for key in {key for kind, key in listener.stored if kind == topic}:
                program.wait(partial(found, program, f"{path}/{key}"), 10, f"a row at {path}/{key}")
        log = (tmp_path / "data" / "logs" / "dogwatch.log").read_text()
        assert "the database does not answer" in log
        assert "the database answers again" in log
        assert PASSWORD not in log + program.output() + json.dumps(program.json("/api/config"))
    finally:
        program.stop()


def test_a_start_and_an_end_of_the_core_while_the_server_is_away(tmp_path: Path, server: PostgresServer) -> None:
    """Recording begins without the database, and what happens in an outage outlives a core that is killed in it."""
    address = server.empty().replace("+psycopg", "")
    server.kill()
    program = Program.run(tmp_path / "data", CONFIG % address)
    try:
        first = program.wait(lambda: files(program), 40, "a file")[0]
        status, body, headers = program.get("/api/events")
        assert (status, headers["retry-after"]) == (503, "5")
        assert json.loads(body) == {"success": False, "message": "the database does not answer; recording goes on"}
        workers = set(program.workers())
        server.start()
        program.follow(1, 60)
        rows = program.wait(lambda: program.segments("street"), 40, "rows")
        assert rows[0]["start_time"] < first.stat().st_mtime, "what was recorded without the database is there"
        assert set(program.workers()) == workers, "no process was started again"

        listener = Listener(program.address)
        with server.frozen():
            program.wait(lambda: program.get("/api/events")[0] == 503, 30, "an answer that tells")
            kept = program.data / "waiting-writes.jsonl"
            program.wait(lambda: {one for one in listener.stored if one[0] == "events"}, 60, "an event with a row")
            new = set(listener.stored)
            program.wait(lambda: kept.exists() and all(key in kept.read_text() for _, key in new), 20, "what is kept")
            listener.close()
            program.core().kill()
            program.wait(lambda: program.output().count("waits for its database") == 2, 40, "a core that waits")
        program.follow(2, 60)
        for topic, key in new:
            path = "/api/events" if topic == "events" else "/api/review"
            program.wait(partial(found, program, f"{path}/{key}"), 20, f"a row of {key}")
        assert not kept.exists()
        rows = program.wait(lambda: program.segments("street"), 20, "rows")
        gaps = [after["start_time"] - before["end_time"] for before, after in pairwise(rows)]
        assert all(abs(gap) < 0.2 for gap in gaps), gaps
        assert set(program.workers()) == workers
        log = (tmp_path / "data" / "logs" / "dogwatch.log").read_text()
        assert "RECORDING GOES ON WITHOUT THE DATABASE" in log
        assert PASSWORD not in log + program.output()
    finally:
        program.stop()
