"""WebRTC with aiortc as the browser: a synthetic camera's packets, over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from msgspec import structs
from websockets.asyncio.client import connect

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.bus import encoded_names
from dogwatch.bus.messages import LivePacket, PacketsBegin, PacketTrack
from dogwatch.live.webrtc.settings import WebRtcSettings
from dogwatch.media.packets import NullSink
from dogwatch.media.street import StreetScene, read_frame_number
from dogwatch.testing.app import CONFIG, Nvr, nvr, until

FPS, GOP, SIZE = 10, 50, (320, 180)
LOUD = 8000  # the tone's amplitude, of 32768
LOOPBACK = CONFIG.replace("go2rtc:\n", "go2rtc:\n  webrtc: {listen: '127.0.0.1:0'}\n")


class Film:
    """A street's packets: H.264 with start codes, and G.711, AAC or Opus of a tone."""

    def __init__(self, sound: str | None = None) -> None:
        container: Any = av.open(NullSink(), "w", format="nut")
        self._video: Any = container.add_stream("libx264", rate=FPS, width=SIZE[0], height=SIZE[1])
        self._video.options = {"preset": "ultrafast", "tune": "zerolatency", "g": str(GOP), "keyint_min": str(GOP)}
        self._video.pix_fmt = "yuv420p"
        self._scene, self._heard = StreetScene(*SIZE, FPS), 0
        self._sound: Any = None
        if sound is not None:
            rate = 48_000 if sound == "libopus" else 8000
            self._sound = container.add_stream(sound, rate=rate, layout="mono")
        container.start_encoding()
        self._container = container
        extradata = self._video.codec_context.extradata or b""
        video = PacketTrack(True, "h264", 90_000, extradata, *SIZE)
        self.tracks: tuple[PacketTrack, ...] = (video,)
        if self._sound is not None:
            context = self._sound.codec_context
            named = {"libopus": "opus"}.get(sound or "", sound or "")
            self.tracks += (
                PacketTrack(
                    False, named, context.sample_rate, context.extradata or b"", channels=1,
                    sample_rate=context.sample_rate,
                ),
            )  # fmt: skip

    def packets(self, n: int, time: float) -> list[LivePacket]:
        """Return picture `n` and a tenth of a second of sound, taken at `time`."""
        frame = av.VideoFrame.from_ndarray(self._scene.render(n), "bgr24").reformat(format="yuv420p")
        frame.pts, frame.time_base = n, Fraction(1, FPS)
        found = [
            LivePacket("front", 0, 0, time, round(time * 90_000), round(time * 90_000), one.is_keyframe, bytes(one))
            for one in self._video.codec_context.encode(frame)
        ]
        if self._sound is not None:
            rate = self._sound.codec_context.sample_rate
            size = self._sound.codec_context.frame_size or rate // 50
            for part in range(n * rate // FPS // size, (n + 1) * rate // FPS // size):
                tone = self._tone(part * size, size)
                tone.pts, tone.time_base = part * size, Fraction(1, rate)
                for one in self._sound.codec_context.encode(tone):
                    self._heard += 1
                    pts = 1_700_000_000 * rate + self._heard * size
                    found.append(LivePacket("front", 0, 1, time, pts, pts, False, bytes(one)))
        return found

    def _tone(self, first: int, size: int) -> Any:
        context = self._sound.codec_context
        wave = np.sin(2 * np.pi * 300 * np.arange(first, first + size) / context.sample_rate)[None]
        integer = context.format.name == "s16"
        samples = (wave * LOUD).astype(np.int16) if integer else (wave * LOUD / 2**15).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(samples, "s16" if integer else "fltp", "mono")
        frame.sample_rate = context.sample_rate
        return frame


@pytest.fixture
async def listening(tmp_path: Path) -> AsyncIterator[tuple[Nvr, Listeners]]:
    with nvr(tmp_path, LOOPBACK) as app:
        listeners = Listeners(app.app, app.app.listeners, tmp_path, any_port=True)
        await listeners.start()
        yield app, listeners
        await app.services.webrtc.close()
        await listeners.stop()
        app.services.streams.close()


@asynccontextmanager
async def camera(app: Nvr, film: Film, held: int = 0, name: str = "front", index: int = 0) -> AsyncIterator[None]:
    """Play ingest: the `held` pictures of the past once somebody watches, and then one after another."""
    feeds = app.services.streams

    def publish(message: PacketsBegin | LivePacket) -> None:
        feeds.on_live(structs.replace(message, camera=name, input=index))

    async def play() -> None:
        loop = asyncio.get_running_loop()
        past = [packet for n in range(held) for packet in film.packets(n, app_time() - (held - n) / FPS)]
        await until(lambda: any(feed.open for key, feed in feeds._packets.items() if key == (name, index)))
        publish(PacketsBegin("front", 0, film.tracks))
        for packet in past:
            publish(packet)
        begun, n = loop.time(), held
        while True:
            await asyncio.sleep(max(0.0, begun + (n - held) / FPS - loop.time()))
            for packet in film.packets(n, app_time()):
                publish(packet)
            n += 1

    playing = asyncio.create_task(play())
    try:
        yield
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


def app_time() -> float:
    import time

    return time.time()


class Browser:
    """An aiortc peer that only receives."""

    def __init__(self, *kinds: str) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.tracks: dict[str, Any] = {}
        for kind in kinds or ("video",):
            self.peer.addTransceiver(kind, direction="recvonly")
        self.peer.on("track", lambda track: self.tracks.update({track.kind: track}))

    async def offer(self) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return str(self.peer.localDescription.sdp)

    async def answer(self, sdp: str) -> None:
        await self.peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def numbers(self, count: int) -> list[int]:
        """Return the numbers of the next pictures."""
        found = []
        async with asyncio.timeout(20):
            for _ in range(count):
                frame = await self.tracks["video"].recv()
                found.append(read_frame_number(frame.to_ndarray(format="bgr24")))
        return found

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.peer.close()


async def post(app: Nvr, listeners: Listeners, offer: str, user: str = "vera", src: str = "front") -> httpx.Response:
    headers = {"Authorization": f"Bearer {app.token(user)}"}
    async with httpx.AsyncClient(headers=headers, verify=False, timeout=30) as client:
        url = f"{listeners.urls[EXTERNAL]}/api/go2rtc/webrtc?src={src}"
        return await client.post(url, json={"type": "offer", "sdp": offer})


async def test_pictures_by_request(listening: tuple[Nvr, Listeners]) -> None:
    app, listeners = listening
    async with camera(app, Film(), held=30), Browser() as browser:
        answer = await post(app, listeners, await browser.offer())
        assert answer.status_code == 200
        assert answer.json()["type"] == "answer"
        await browser.answer(answer.json()["sdp"])
        numbers = await browser.numbers(40)
        assert numbers == list(range(numbers[0], numbers[0] + 40))
        assert numbers[0] % GOP == 0  # the keyframe first, and all behind it
        assert app.services.webrtc.count == 1
    await until(lambda: app.services.webrtc.count == 0, 20)
    assert not any(feed.count for feed in app.services.streams._packets.values())


async def test_pictures_over_the_websocket(listening: tuple[Nvr, Listeners]) -> None:
    app, listeners = listening
    url = f"{listeners.urls[INTERNAL].replace('http', 'ws', 1)}/live/webrtc/api/ws?src=front"
    async with camera(app, Film(), held=5), Browser() as browser:
        async with connect(url) as socket:
            offer = await browser.offer()
            lines = [line for line in offer.splitlines() if not line.startswith("a=candidate")]
            for line in offer.splitlines():
                if line.startswith("a=candidate"):
                    await socket.send(json.dumps({"type": "webrtc/candidate", "value": line[2:]}))
            await socket.send(json.dumps({"type": "webrtc/offer", "value": "\r\n".join(lines) + "\r\n"}))
            await socket.send(json.dumps({"type": "webrtc/candidate", "value": ""}))
            async with asyncio.timeout(20):
                answer = json.loads(await socket.recv())
                assert answer["type"] == "webrtc/answer"
                assert json.loads(await socket.recv()) == {"type": "webrtc/candidate", "value": ""}
            await browser.answer(answer["value"])
            assert len(await browser.numbers(5)) == 5
        assert len(await browser.numbers(10)) == 10  # players close the socket once they play


@pytest.mark.parametrize(
    ("sound", "answered"),
    [("pcm_alaw", "PCMA/8000"), ("pcm_mulaw", "PCMU/8000"), ("libopus", "opus/48000/2"), ("aac", "opus/48000/2")],
)
async def test_sound(listening: tuple[Nvr, Listeners], sound: str, answered: str) -> None:
    app, listeners = listening
    async with camera(app, Film(sound)), Browser("video", "audio") as browser:
        answer = (await post(app, listeners, await browser.offer())).json()["sdp"]
        assert [line.split()[1] for line in answer[answer.index("m=audio") :].splitlines() if "rtpmap" in line] == [
            answered
        ]
        await browser.answer(answer)
        async with asyncio.timeout(20):
            frames = [await browser.tracks["audio"].recv() for _ in range(20)]
            await browser.numbers(3)
        heard = frames[-1].to_ndarray().astype(float)
        assert 0.4 * LOUD < np.sqrt(np.mean(heard**2)) < 0.8 * LOUD  # libav takes 3 dB from mono that becomes stereo
        rate = frames[0].sample_rate
        length = sum(frame.samples for frame in frames) / rate
        assert length == pytest.approx((frames[-1].pts - frames[0].pts + frames[-1].samples) / rate, abs=0.2)


async def test_other_candidates_are_told_although_somebody_holds_the_port(listening: tuple[Nvr, Listeners]) -> None:
    app, listeners = listening
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    app.services.webrtc.configure(WebRtcSettings(("127.0.0.1", port)))
    async with camera(app, Film()), Browser() as first, Browser() as second:
        await first.answer((await post(app, listeners, await first.offer())).json()["sdp"])
        await first.numbers(1)
        app.services.webrtc.configure(WebRtcSettings(("127.0.0.1", port), (("192.0.2.7", 8555),)))
        answer = await post(app, listeners, await second.offer())
        assert answer.status_code == 200, answer.text
        assert "192.0.2.7 8555 typ host" in answer.json()["sdp"]
        await second.answer(answer.json()["sdp"])
        await second.numbers(1)
        await first.numbers(1)


async def test_who_may_no_longer_watch_is_cut_off(listening: tuple[Nvr, Listeners]) -> None:
    app, listeners = listening
    async with camera(app, Film()), Browser() as browser:
        offer = await browser.offer()
        assert (await post(app, listeners, offer, "frida", "back")).status_code == 403
        await browser.answer((await post(app, listeners, offer, "frida")).json()["sdp"])
        await browser.numbers(3)
        app.services.authority.accounts.remove("frida")
        await until(lambda: app.services.webrtc.count == 0)


async def test_who_never_connects_is_forgotten(
    listening: tuple[Nvr, Listeners], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.live.webrtc.peer.CONNECT_S", 0.5)
    app, listeners = listening
    async with camera(app, Film()), Browser() as browser:
        assert (await post(app, listeners, await browser.offer())).status_code == 200
        assert app.services.webrtc.count == 1
        await until(lambda: app.services.webrtc.count == 0)


async def test_a_browser_that_goes_silently(listening: tuple[Nvr, Listeners], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.webrtc.peer.QUIET_S", 2.0)
    app, listeners = listening
    async with camera(app, Film()), Browser() as browser:
        await browser.answer((await post(app, listeners, await browser.offer())).json()["sdp"])
        await browser.numbers(3)
        transport: Any = browser.peer.getTransceivers()[0].receiver.transport
        transport._send_rtp = lambda _: asyncio.sleep(0)  # it receives, and reports no more
        await until(lambda: app.services.webrtc.count == 0, 20)


async def test_a_camera_that_begins_anew_goes_on(listening: tuple[Nvr, Listeners]) -> None:
    app, listeners = listening
    first, second = Film(), Film()
    async with Browser() as browser:
        async with camera(app, first):
            await browser.answer((await post(app, listeners, await browser.offer())).json()["sdp"])
            await browser.numbers(5)
        async with camera(app, second):
            async with asyncio.timeout(20):
                while (await browser.numbers(1))[0] != 3:
                    pass
        assert app.services.webrtc.count == 1


async def test_a_camera_of_another_codec_is_encoded(listening: tuple[Nvr, Listeners]) -> None:
    app, listeners = listening
    encoder = encoded_names.of_input("front", 0)
    other = Film()
    other.tracks = (structs.replace(other.tracks[0], codec="hevc"),)
    async with camera(app, other), camera(app, Film(), 0, encoder, encoded_names.H264), Browser() as browser:
        await browser.answer((await post(app, listeners, await browser.offer())).json()["sdp"])
        assert len(await browser.numbers(5)) == 5
        assert list(app.services.streams.encoded()) == [encoder]  # for which a process is started


async def test_refusals(listening: tuple[Nvr, Listeners], monkeypatch: pytest.MonkeyPatch) -> None:
    app, listeners = listening
    async with Browser() as browser:
        offer = await browser.offer()
    for bad in ("", "v=0", offer.replace("H264", "H999")):
        assert (await post(app, listeners, bad)).status_code == 400
    assert (await post(app, listeners, offer, src="nowhere")).status_code == 404
    monkeypatch.setattr("dogwatch.live.webrtc.connections.MAX_PEERS", 0)
    assert (await post(app, listeners, offer)).status_code == 503
    assert app.services.webrtc.count == 0


async def test_a_browser_that_has_lost_pictures_gets_them_again(listening: tuple[Nvr, Listeners]) -> None:
    app, listeners = listening
    async with camera(app, Film(), held=5), Browser() as browser:
        await browser.answer((await post(app, listeners, await browser.offer())).json()["sdp"])
        before = await browser.numbers(12)
        receiver: Any = browser.peer.getTransceivers()[0].receiver
        (ssrc,) = receiver._RTCRtpReceiver__active_ssrc
        await receiver._send_rtcp_pli(ssrc)
        again = await browser.numbers(30)
        assert 0 in again, "from the keyframe on"
        at = again.index(0)
        assert again[at:] == list(range(len(again) - at))
        assert again[:at] == list(range(before[-1] + 1, before[-1] + 1 + at))
        assert again[-1] > before[-1]  # and it goes on


async def test_a_clock_that_is_set_back_does_not_stop_it(
    listening: tuple[Nvr, Listeners], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, listeners = listening
    real = app_time
    async with Browser("video", "audio") as browser:
        async with camera(app, Film("pcm_alaw")):
            await browser.answer((await post(app, listeners, await browser.offer())).json()["sdp"])
            await browser.numbers(5)
        monkeypatch.setattr("tests.integration.live.test_webrtc.app_time", lambda: real() - 3600)
        async with camera(app, Film("pcm_alaw")):
            times: list[float] = []
            async with asyncio.timeout(20):
                while len(times) < 15:
                    times.append((await browser.tracks["video"].recv()).time)
            assert all(one < other for one, other in pairwise(times))
            assert times[-1] - times[-6] == pytest.approx(5 / FPS, abs=0.4 / FPS)
            async with asyncio.timeout(20):
                for _ in range(20):
                    await browser.tracks["audio"].recv()


async def test_who_connects_at_the_same_moment_counts(
    listening: tuple[Nvr, Listeners], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first to come waits for aiortc to be loaded, or for what the camera says; others must not slip in."""
    app, listeners = listening
    monkeypatch.setattr("dogwatch.live.webrtc.connections.MAX_PEERS", 1)
    async with camera(app, Film()), Browser() as first, Browser() as second:
        offers = [await first.offer(), await second.offer()]
        answers = await asyncio.gather(*(post(app, listeners, offer) for offer in offers))
        assert sorted(answer.status_code for answer in answers) == [200, 503]
        assert app.services.webrtc.count == 1


async def test_one_user_has_a_limit(listening: tuple[Nvr, Listeners]) -> None:
    app, listeners = listening
    app.services.streams.user_limit = 1
    async with camera(app, Film()), Browser() as first, Browser() as second:
        await first.answer((await post(app, listeners, await first.offer())).json()["sdp"])
        await first.numbers(1)
        refused = await post(app, listeners, await second.offer())
        assert refused.status_code == 429
        assert refused.json()["error"].startswith("Rate limit exceeded")
        assert (await post(app, listeners, await second.offer(), "frida")).status_code == 200
