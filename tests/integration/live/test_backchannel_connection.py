"""Cameras that answer oddly: a server that says what the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from dogwatch.live.talk.backchannel_connection import REQUIRE, BackchannelError, connected
from dogwatch.live.talk.backchannels import Backchannels
from dogwatch.testing.app import until

SDP = "v=0\r\nm=audio 0 RTP/AVP 0\r\na=sendonly\r\na=control:back\r\n"
Answer = Callable[[str], str]


class ScriptedCamera:
    """Answers each request with what `answer` returns, and keeps the requests."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests: list[str] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.requests.append(request)
                writer.write(self._answer(request).encode())
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def scripted(answer: Answer) -> AsyncIterator[ScriptedCamera]:
    one = ScriptedCamera(answer)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.url = f"rtsp://us%40er:pw@127.0.0.1:{server.sockets[0].getsockname()[1]}/a b?x=1".replace(" ", "%20")
    try:
        yield one
    finally:
        server.close()
        await server.wait_closed()


def described(request: str) -> str:
    """Answer as a camera does that has a backchannel, and wants a sign every second."""
    if request.startswith("DESCRIBE"):
        return f"RTSP/1.0 200 OK\r\nContent-Length: {len(SDP)}\r\n\r\n{SDP}"
    if request.startswith("SETUP"):
        chosen = "RTP/AVP/TCP;unicast;interleaved=4-5"
        return f"$\x01\x00\x02ab\r\nRTSP/1.0 200 OK\r\nSession: 12;timeout=2\r\nTransport: {chosen}\r\n\r\n"
    return "RTSP/1.0 200 OK\r\n\r\n"


async def test_a_whole_talk() -> None:
    async with scripted(described) as one:
        async with connected(one.url) as connection:
            (media,) = await connection.describe()
            await connection.begin(media)
            await until(lambda: any(request.startswith("OPTIONS") for request in one.requests))
        await until(lambda: one.requests[-1].startswith("TEARDOWN"))
    heads = [request.splitlines()[0] for request in one.requests]
    bare = one.url.replace("us%40er:pw@", "")
    assert heads[:3] == [f"DESCRIBE {bare} RTSP/1.0", f"SETUP {bare}/back RTSP/1.0", f"PLAY {bare} RTSP/1.0"]
    assert all(": ".join(REQUIRE) in request for request in one.requests[:3])
    assert all("Session: 12\r\n" in request for request in one.requests[2:])
    assert not any("Authorization" in request or "pw" in request for request in one.requests)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("RTSP/1.0 302 Moved\r\nLocation: rtsp://192.0.2.1/\r\n\r\n", "elsewhere"),
        ("RTSP/1.0 404 Not Found\r\n\r\n", "404"),
        ('RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm="a"\r\n\r\n', "login"),
        ("HTTP/1.1 200 OK\r\n\r\n", "closed"),
        ("RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n", "closed"),
        ("", "answer"),
    ],
)
async def test_refusals(answer: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.talk.backchannel_connection.ANSWER_S", 1.0)
    async with scripted(lambda _: answer) as one, connected(one.url) as connection:
        with pytest.raises(BackchannelError, match=reason) as error:
            await connection.describe()
        assert "pw" not in str(error.value)
        assert len(one.requests) <= 2


async def test_a_camera_that_knows_no_backchannel() -> None:
    async with (
        scripted(lambda _: "RTSP/1.0 551 Option not supported\r\n\r\n") as one,
        connected(one.url) as connection,
    ):
        assert await connection.describe() == ()


async def test_cameras_that_do_not_answer_cost_another_only_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.talk.backchannels.AT_ONCE", 1)
    monkeypatch.setattr("dogwatch.live.talk.backchannels.WAIT_S", 2.0)
    async with scripted(lambda _: "") as silent, scripted(described) as good:
        known = Backchannels()
        hanging = asyncio.create_task(known.of(silent.url))
        await until(lambda: silent.requests)
        monkeypatch.setattr("dogwatch.live.talk.backchannels.WAIT_S", 0.2)
        assert await known.of(good.url) == (), "its turn does not come"
        assert await hanging == ()
        monkeypatch.setattr("dogwatch.live.talk.backchannels.WAIT_S", 20.0)
        assert len(await known.of(good.url)) == 1
        await known.of(silent.url)
        assert len(silent.requests) == 1, "it is left alone for a while"


@pytest.mark.parametrize(
    "address", ["rtsp://127.0.0.1:1/", "rtsp://", "rtsp://[::1/", "http://127.0.0.1/", "rtsp://a:b:c/"]
)
async def test_what_cannot_be_reached(address: str) -> None:
    with pytest.raises(BackchannelError):
        async with connected(address):
            pass
