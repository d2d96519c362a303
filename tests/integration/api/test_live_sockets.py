"""Live video over real sockets: its players, its limits, and streams that are not there."""

import asyncio
import json
import struct
from itertools import accumulate
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.bus import encoded_names
from dogwatch.bus.messages import LiveFragment, LiveInit, Watch
from dogwatch.media.init_section import parse_init
from dogwatch.media.live_samples import LiveSample, write_fragment
from dogwatch.media.moof import parse_moof
from dogwatch.testing.app import Nvr, until
from tests.integration.api.sockets import at, bearer


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def init(tag: bytes = b"") -> bytes:
    """The least that names one H.264 track with 1000 ticks a second; `tag` makes it a different one."""
    tkhd = box(b"tkhd", bytes(4), bytes(8), struct.pack(">I", 1), bytes(68))
    mdhd = box(b"mdhd", bytes(4), bytes(8), struct.pack(">I", 1000), bytes(8))
    hdlr = box(b"hdlr", bytes(8), b"vide", bytes(12))
    avcc = box(b"avcC", bytes([1, 0x64, 0, 0x29, 255, 225, 0, 0, 0]))
    entry = box(b"avc1", bytes(24), struct.pack(">HH", 640, 360), bytes(50), avcc)
    stsd = box(b"stsd", bytes(4), struct.pack(">I", 1), entry)
    trak = box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, box(b"minf", box(b"stbl", stsd))))
    trex = box(b"trex", bytes(4), struct.pack(">5I", 1, 1, 0, 0, 0))
    return box(b"ftyp", b"isom", bytes(4), tag) + box(b"moov", trak, box(b"mvex", trex))


def fragment(time: float, *, keyframe: bool, size: int = 10) -> LiveFragment:
    sample = LiveSample(round(time * 1000), 500, 0, keyframe, bytes(size))
    return LiveFragment("front", 0, time, keyframe, write_fragment(1, [sample]))


def times(data: bytes) -> list[float]:
    """Return the decode times of the pictures of a fragment, in seconds."""
    (run,) = parse_moof(data[: int.from_bytes(data[:4], "big")], parse_init(init()))
    return [t / 1000 for t in accumulate(run.durations[:-1], initial=run.decode_time)]


class Camera:
    """Plays ingest: publishes once somebody watches."""

    def __init__(self, app: Nvr) -> None:
        self._told = app.told
        self.publish = app.services.streams.on_live

    async def watched(self, index: int) -> None:
        await until(lambda: self._told and self._told[-1] == ("front", Watch((index,))))


@pytest.fixture
def camera(app: Nvr) -> Camera:
    return Camera(app)


async def ask(socket: ClientConnection) -> None:
    await socket.send(json.dumps({"type": "mse", "value": "avc1.640029,mp4a.40.2"}))


async def receive(socket: ClientConnection) -> Any:
    async with asyncio.timeout(10):
        data = await socket.recv()
    return json.loads(data) if isinstance(data, str) else data


@pytest.mark.parametrize("path", ["/live/mse/api/ws", "/live/webrtc/api/ws", "/api/go2rtc/api/ws"])
async def test_live_video(app: Nvr, listeners: Listeners, camera: Camera, path: str) -> None:
    url = at(listeners.urls[EXTERNAL], f"{path}?src=front")
    headers = bearer(app, "frida")
    async with connect(url, additional_headers=headers) as first, connect(url, additional_headers=headers) as second:
        await first.send("malformed")
        await ask(first)
        await camera.watched(0)
        camera.publish(LiveInit("front", 0, "avc1.640029", init()))
        for n in range(3):
            camera.publish(fragment(3600 + n / 2, keyframe=n == 1))
        assert await receive(first) == {"type": "mse", "value": 'video/mp4; codecs="avc1.640029"'}
        assert await receive(first) == init()
        # It begins with the keyframe, at zero; the newest picture follows at once.
        assert times(await receive(first)) == [0.0, 0.01]
        # Who comes later gets what there is since the last keyframe, from the same subscription.
        await ask(second)
        await receive(second)
        assert await receive(second) == init()
        assert times(await receive(second)) == [0.0, 0.01]
        camera.publish(fragment(3601.5, keyframe=True))
        assert times(await receive(first)) == [0.51]
        assert times(await receive(second)) == [0.51]
        # A muxer that begins anew ends both: they connect again.
        camera.publish(LiveInit("front", 0, "avc1.640029", init()))
        for socket in (first, second):
            with pytest.raises(ConnectionClosed):
                await receive(socket)
            assert socket.close_code == 1012


async def test_a_player_that_stops_reading_is_dropped_and_costs_the_other_nothing(
    app: Nvr, listeners: Listeners, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.api.sockets.SEND_TIMEOUT_S", 0.5)
    monkeypatch.setattr("dogwatch.api.sockets.CLOSE_TIMEOUT_S", 0.1)
    url = at(listeners.urls[INTERNAL], "/live/mse/api/ws?src=front")
    async with connect(url, max_size=None) as reading, connect(url, max_size=None, max_queue=1) as stalled:
        for player in (reading, stalled):
            await ask(player)
        await camera.watched(0)
        camera.publish(LiveInit("front", 0, "avc1.640029", init()))
        camera.publish(fragment(3600, keyframe=True))
        assert (await receive(reading))["type"] == "mse"
        assert await receive(reading) == init()
        assert times(await receive(reading)) == [0.0]
        await until(lambda: len(app.services.streams.consumers("front", 0)) == 2)
        stalled.transport.pause_reading()
        count = 0
        async with asyncio.timeout(60):
            while len(app.services.streams.consumers("front", 0)) == 2:
                count += 1
                camera.publish(fragment(3600 + count / 2, keyframe=True, size=1 << 20))
                assert times(await receive(reading)) == [pytest.approx(count / 2)]  # every one, in its time
        (left,) = app.services.streams.consumers("front", 0)
        assert left.skipped == 0
        stalled.transport.abort()


async def test_a_named_stream_is_its_input(listeners: Listeners, camera: Camera) -> None:
    async with connect(at(listeners.urls[INTERNAL], "/live/mse/api/ws?src=front_sub")) as socket:
        await ask(socket)
        await camera.watched(1)


async def test_an_unknown_stream(listeners: Listeners) -> None:
    async with connect(at(listeners.urls[INTERNAL], "/live/mse/api/ws?src=none")) as socket:
        assert (await receive(socket))["type"] == "error"
        with pytest.raises(ConnectionClosed):
            await receive(socket)


async def test_too_many_viewers(listeners: Listeners, camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.streams.MAX_VIEWERS", 1)
    path = at(listeners.urls[INTERNAL], "/live/mse/api/ws?src=front")
    async with connect(path) as first, connect(path) as second:
        await ask(first)
        await camera.watched(0)
        await ask(second)
        assert await receive(second) == {"type": "error", "value": "Too many viewers"}


async def test_another_protocol_is_refused(app: Nvr, listeners: Listeners) -> None:
    async with connect(at(listeners.urls[INTERNAL], "/live/mse/api/ws?src=front")) as socket:
        await socket.send(json.dumps({"type": "hls", "value": ""}))
        assert await receive(socket) == {"type": "error", "value": "hls: not supported, use mse"}
        for offer in ("", {"type": "offer"}, "v=0"):  # and the connection stays, for another try
            await socket.send(json.dumps({"type": "webrtc/offer", "value": offer}))
            assert (await receive(socket))["value"].startswith("webrtc/offer: ")
    assert not app.services.webrtc.count


async def test_the_player_gets_what_it_lists(app: Nvr, listeners: Listeners, camera: Camera) -> None:
    url = at(listeners.urls[INTERNAL], "/live/mse/api/ws?src=front")
    async with connect(url) as none, connect(url) as h264, connect(url) as hevc:
        await none.send(json.dumps({"type": "mse", "value": "vp09.00.10.08"}))
        await camera.watched(0)
        await h264.send(json.dumps({"type": "mse", "value": "avc1.640029,mp4a.40.2"}))
        await hevc.send(json.dumps({"type": "mse", "value": "avc1.640029,hvc1.1.6.L153.B0"}))
        camera.publish(LiveInit("front", 0, "hvc1.1.6.L93.B0", init()))
        refused = await receive(none)
        assert refused["type"] == "error"
        assert "hvc1.1.6.L93.B0" in refused["value"]
        assert (await receive(hevc))["type"] == "mse"
        name = encoded_names.of_input("front", 0)  # what a process of its own makes, since somebody wants it
        await until(lambda: list(app.services.streams.encoded()) == [name])
        camera.publish(LiveInit(name, encoded_names.H264, "avc1.640029", init()))
        assert await receive(h264) == {"type": "mse", "value": 'video/mp4; codecs="avc1.640029"'}


async def test_keyframes_as_files(app: Nvr, listeners: Listeners, camera: Camera) -> None:
    async with connect(at(listeners.urls[INTERNAL], "/live/mse/api/ws?src=front")) as socket:
        await socket.send(json.dumps({"type": "mp4", "value": "avc1.640029"}))
        await camera.watched(0)
        camera.publish(LiveInit("front", 0, "avc1.640029", init()))
        camera.publish(fragment(3600, keyframe=True))
        assert await receive(socket) == {"type": "mp4", "value": 'video/mp4; codecs="avc1.640029"'}
        for n in range(3):
            film = await receive(socket)
            camera.publish(fragment(3600.5 + n, keyframe=False))
            camera.publish(fragment(3601 + n, keyframe=True))
            assert film.startswith(init())
            assert times(film[len(init()) :]) == [0.0]


async def test_pictures_one_by_one(listeners: Listeners) -> None:
    async with connect(at(listeners.urls[INTERNAL], "/live/webrtc/api/ws?src=front")) as socket:
        await socket.send(json.dumps({"type": "mjpeg"}))
        assert await receive(socket) == {"type": "mjpeg", "value": "image/jpeg"}
        assert (await receive(socket)).startswith(b"\xff\xd8\xff")


async def test_what_has_no_pictures_one_by_one_says_so(app: Nvr, listeners: Listeners) -> None:
    app.services.runtime_streams.put("free", ["rtsp://192.0.2.9/"])
    async with connect(at(listeners.urls[INTERNAL], "/live/mse/api/ws?src=free")) as socket:
        await socket.send(json.dumps({"type": "mjpeg"}))
        assert (await receive(socket))["type"] == "error"


async def test_a_camera_that_sends_nothing(listeners: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.feeds.INIT_TIMEOUT_S", 0.05)
    async with connect(at(listeners.urls[INTERNAL], "/live/mse/api/ws?src=front")) as socket:
        await ask(socket)
        assert await receive(socket) == {"type": "error", "value": "the camera sends no video"}
