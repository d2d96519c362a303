"""What Dogwatch relies on in uvicorn without its being documented; see api/timeouts.py and api/server.py."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import tomllib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from dogwatch.api.server import EXPECTED
from dogwatch.api.timeouts import USED, TimedHttp, TimedWebSocket

ROOT = Path(__file__).parents[3]
SOURCES = Path(inspect.getfile(uvicorn)).parent
HERE = f"uvicorn {version('uvicorn')}"


class Transport(asyncio.Transport):
    """Takes what is written and says that it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """Do nothing."""


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """Answer with nothing."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def waits_for_request(protocol: TimedHttp) -> bool:
    return protocol._request_deadline is not None


def loaded() -> uvicorn.Config:
    config = uvicorn.Config(answer, http=TimedHttp, ws=TimedWebSocket, lifespan="off", log_config=None)
    config.load()
    return config


def test_the_range_of_versions_has_an_end() -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    found = [re.fullmatch(r"uvicorn>=[\d.]+,<(\d+)\.(\d+)", one) for one in needed if one.startswith("uvicorn")]
    assert [one is not None for one in found] == [True], "pyproject.toml must limit uvicorn from above"
    installed = tuple(map(int, version("uvicorn").split(".")[:2]))
    assert found[0] is not None
    assert installed < (int(found[0][1]), int(found[0][2])), f"{HERE} is newer than pyproject.toml allows"


@pytest.mark.parametrize("kind", USED, ids=lambda kind: kind.__name__)
async def test_it_has_what_is_extended(kind: Any) -> None:
    made = kind(config=loaded(), server_state=ServerState(), app_state={})
    missing = [name for name in USED[kind] if not hasattr(made, name)]
    assert missing == [], f"{HERE}: {kind.__name__} has no {missing} any more, which api/timeouts.py relies on"
    ours = TimedHttp if kind is HttpToolsProtocol else TimedWebSocket
    extended = {name for name in vars(ours) if hasattr(kind, name) and inspect.isfunction(vars(ours)[name])}
    assert extended <= set(USED[kind])
    for name in extended:
        theirs, mine = (list(inspect.signature(getattr(one, name)).parameters) for one in (kind, ours))
        assert theirs == mine, f"{HERE}: {kind.__name__}.{name} takes {theirs} now; api/timeouts.py overrides it"


async def test_it_calls_what_is_extended(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def noting(name: str, original: Callable[[TimedHttp], None]) -> Callable[[TimedHttp], None]:
        def note(self: TimedHttp) -> None:
            called.append(name)
            original(self)

        return note

    for name in ("on_message_begin", "on_message_complete", "on_response_complete"):
        monkeypatch.setattr(TimedHttp, name, noting(name, getattr(TimedHttp, name)))
    protocol, transport = TimedHttp(loaded(), ServerState(), {}), Transport()
    protocol.connection_made(transport)
    assert waits_for_request(protocol)
    protocol.data_received(b"GET / HTTP/1.1\r\nHost: nvr\r\n\r\n")
    assert not waits_for_request(protocol)
    async with asyncio.timeout(10):
        while protocol.tasks:
            await asyncio.gather(*protocol.tasks)
    assert transport.written.startswith(b"HTTP/1.1 204")
    expected = ["on_message_begin", "on_message_complete", "on_response_complete"]
    assert called == expected, f"{HERE} calls {called} during a request, api/timeouts.py relies on {expected}"
    protocol.connection_lost(None)


@pytest.mark.parametrize(
    "request_", [b"NONSENSE\r\n\r\n", b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: nvr\r\n\r\n"]
)
async def test_what_is_no_request_is_refused_as_the_surfaces_refuse(request_: bytes) -> None:
    protocol, transport = TimedHttp(loaded(), ServerState(), {}), Transport()
    protocol.connection_made(transport)
    protocol.data_received(request_)
    head, _, body = transport.written.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert b"content-type: application/json" in head
    found = json.loads(body)
    assert (found["success"], found["code"]) == (False, "bad_request")
    assert found["message"] == found["error"]
    protocol.connection_lost(None)


async def test_its_server_can_be_started_and_stopped_without_serving() -> None:
    config = loaded()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    for name in ("startup", "shutdown"):
        parameters = list(inspect.signature(getattr(server, name)).parameters)
        assert parameters == ["sockets"], f"{HERE}: Server.{name} takes {parameters} now; api/server.py calls it"
    body = inspect.getsource(uvicorn.Server._serve)
    calls = re.findall(r"self\.(\w+)\(", body)
    assert calls == ["startup", "main_loop", "shutdown"], f"{HERE}: Server.serve does {calls} now; see api/server.py"


def test_the_messages_that_are_left_out_of_the_log_are_still_its_own() -> None:
    text = "".join(source.read_text() for source in SOURCES.rglob("*.py"))
    missing = [message for message in EXPECTED if message not in text]
    assert missing == [], f"{HERE} words these messages in another way: {missing}; see api/server.py"
