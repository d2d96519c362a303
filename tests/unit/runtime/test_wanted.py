"""Which workers are left alone, told of another spec, or replaced."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest

from dogwatch.bus.messages import Message, Reconfigure
from dogwatch.config import Config, parse
from dogwatch.config.switches import overlaid
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.specs import Wanted, all_specs, can_follow
from dogwatch.runtime.workers import Workers

PATHS = Paths(Path("/data"), Path("/media"), Path("/run/dog"), "/dev/shm")
CAMERAS = """
cameras:
  front: {ffmpeg: {inputs: [{path: 'rtsp://x/a'}]}, detect: {enabled: true}, record: {enabled: true}}
  back: {ffmpeg: {inputs: [{path: 'rtsp://x/b'}]}, detect: {enabled: true}}
"""


def config(text: str = CAMERAS) -> Config:
    return parse(text, env={}).config


def texts(wanted: list[Wanted]) -> dict[tuple[str, str], str]:
    return {(one.kind, one.name): msgspec.json.encode(one.spec).decode() for one in wanted}


class Core:
    """A core's workers, and what the supervisor and the workers were told."""

    def __init__(self) -> None:
        self.there, theirs = socket.socketpair()
        self.there.settimeout(5)
        self.told: list[tuple[str, str, str]] = []
        self.theirs, self.workers = theirs, Workers(theirs)

    def connect(self, running: dict[tuple[str, str], str]) -> None:
        states = [
            {"kind": kind, "name": name, "pid": 7, "restarts": 0, "spec": text, "died": False, "gone": False}
            for (kind, name), text in running.items()
        ]
        self.there.sendall(json.dumps({"tell": "state", "workers": states, "restarts": 0}).encode() + b"\n")
        self.workers.connect()
        self.workers.follow(Mock(), self.tell)
        self.heard()

    def tell(self, kind: str, name: str, message: Message) -> bool:
        assert isinstance(message, Reconfigure)
        self.told.append((kind, name, message.spec))
        return True

    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.there.recv(1 << 20).splitlines()]

    def want(self, wanted: list[Wanted]) -> list[tuple[str, str]]:
        """Return who is replaced."""
        self.workers.want(wanted, {})
        return [(one["kind"], one["name"]) for one in self.heard() if one["do"] == "replace"]


@pytest.fixture
async def core() -> AsyncIterator[Core]:
    made = Core()
    yield made
    made.workers.close()
    made.there.close()
    made.theirs.close()


async def test_a_switch_reaches_its_worker_over_the_link(core: Core) -> None:
    first = all_specs(config(), PATHS)
    core.connect(texts(first))
    assert core.want(first) == []
    assert core.told == []
    switched = overlaid(config(), {"front": {"motion_threshold": 99, "recordings": False}})
    second = all_specs(switched, PATHS)
    assert core.want(second) == []
    assert core.told == [(*key, text) for key, text in texts(second).items() if text != texts(first)[key]]
    assert [key[:2] for key in core.told] == [("ingest", "front"), ("analysis", "0")]
    assert core.want(second) == []
    assert len(core.told) == 2
    assert core.want(first) == []  # and back
    assert core.told[2:] == [(*key, texts(first)[key]) for key in (("ingest", "front"), ("analysis", "0"))]


async def test_a_camera_that_is_switched_off_keeps_its_workers(core: Core) -> None:
    first = all_specs(config(), PATHS)
    core.connect(texts(first))
    off = overlaid(config(), {"front": {"enabled": False}})
    second = all_specs(off, PATHS, kept=["front", "back"])
    assert texts(second).keys() == texts(first).keys()
    assert core.want(second) == []
    assert [key[:2] for key in core.told] == [("ingest", "front"), ("analysis", "0")]
    assert ("ingest", "front") not in texts(all_specs(off, PATHS))


async def test_who_cannot_follow_is_replaced_alone(core: Core) -> None:
    core.connect(texts(all_specs(config(), PATHS)))
    assert core.want(all_specs(config(CAMERAS.replace("x/b", "x/c")), PATHS)) == [("ingest", "back")]
    assert core.told == []


def test_a_spec_of_another_version_cannot_be_followed(caplog: pytest.LogCaptureFixture) -> None:
    text = texts(all_specs(config(), PATHS))["analysis", "0"]
    assert can_follow("analysis", text, text)
    assert not can_follow("analysis", '{"name": 5}', text)
    assert not can_follow("something", text, text)
    assert "another version" in caplog.text
