"""Two-way audio: an aiortc peer's microphone, heard by a GStreamer camera with an ONVIF backchannel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from msgspec import structs

from dogwatch.api.listener import EXTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.bus import encoded_names
from dogwatch.config import parse
from dogwatch.live.stream_names import streams_of
from dogwatch.live.talk.backchannels import Backchannels
from dogwatch.testing.app import CONFIG, PASSWORD, Nvr, nvr, until
from tests.integration.live.test_webrtc import Film, camera
from tests.talking_camera import RATE, TAKEN, TalkingCamera, pitch

TONE_HZ = 700
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")


class Microphone(MediaStreamTrack):
    """A tone, or silence, in real time."""

    kind = "audio"

    def __init__(self, frequency: float = TONE_HZ) -> None:
        super().__init__()
        self.frequency, self.level = frequency, 8000
        self._begun, self._n = 0.0, 0

    async def recv(self) -> Any:
        self._begun = self._begun or time.monotonic()
        await asyncio.sleep(self._begun + self._n * 0.02 - time.monotonic())
        at = np.arange(self._n * 960, (self._n + 1) * 960) / 48_000
        wave = (np.sin(2 * np.pi * self.frequency * at) * self.level).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[None], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, self._n * 960, Fraction(1, 48_000)
        self._n += 1
        return frame


class Talker:
    """A browser that plays, and has a microphone: in a section of its own, or in that in which it plays sound."""

    def __init__(self, *, own_section: bool = True) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.microphone = Microphone()
        direction = "sendonly" if own_section else "sendrecv"
        self.talking = self.peer.addTransceiver(self.microphone, direction=direction)
        self.peer.addTransceiver("video", direction="recvonly")
        if own_section:
            self.peer.addTransceiver("audio", direction="recvonly")
        self.tracks: dict[str, Any] = {}
        self.peer.on("track", lambda track: self.tracks.update({track.kind: track}))

    async def call(self, app: Nvr, listeners: Listeners, user: str = "admin") -> httpx.Response:
        """Offer, and take the answer if there is one."""
        await self.peer.setLocalDescription(await self.peer.createOffer())
        headers = {"Authorization": f"Bearer {app.token(user)}"}
        async with httpx.AsyncClient(headers=headers, verify=False, timeout=30) as client:
            url = f"{listeners.urls[EXTERNAL]}/api/go2rtc/webrtc?src=front"
            answer = await client.post(url, json={"type": "offer", "sdp": self.peer.localDescription.sdp})
        if answer.status_code == 200:
            await self.peer.setRemoteDescription(RTCSessionDescription(answer.json()["sdp"], "answer"))
        return answer

    async def picture(self) -> None:
        """Wait for a picture."""
        async with asyncio.timeout(20):
            await self.tracks["video"].recv()

    async def __aenter__(self) -> Talker:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.peer.close()


def config(url: str, talk: str = "admins") -> str:
    text = CONFIG.replace("go2rtc:\n", "go2rtc:\n  webrtc: {listen: '127.0.0.1:0'}\n")
    text = text.replace('"rtsp://user:hunter2@192.0.2.1/main"', f'"{url}"')
    return text.replace("live: {streams:", f"live: {{talk: {talk}, streams:")


@asynccontextmanager
async def listening(path: Path, text: str) -> AsyncIterator[tuple[Nvr, Listeners]]:
    with nvr(path, text) as app:
        listeners = Listeners(app.app, app.app.listeners, path, any_port=True)
        await listeners.start()
        try:
            yield app, listeners
        finally:
            await app.services.webrtc.close()
            await listeners.stop()
            app.services.streams.close()


@asynccontextmanager
async def scene(
    path: Path, taken: str = "PCMU", sound: str | None = None, talk: str = "admins", login: str = ""
) -> AsyncIterator[tuple[TalkingCamera, Nvr, Listeners]]:
    """Give a camera that takes sound, and the app with which one sees it."""
    with TalkingCamera(path, taken, login=login) as heard:
        url = heard.url.replace("//", f"//{login.rpartition(':')[0]}@") if login else heard.url
        async with listening(path, config(url, talk)) as (app, listeners), camera(app, Film(sound)):
            yield heard, app, listeners


async def hears(one: TalkingCamera, frequency: float, seconds: float = 1.0) -> None:
    """Wait until the camera hears a tone for so long."""
    count = round(seconds * RATE)

    def is_heard() -> bool:
        heard = one.heard[-count:]
        return len(heard) == count and abs(pitch(heard) - frequency) < 5 and int(np.abs(heard).max()) > 3000

    try:
        await until(is_heard, 30)
    except TimeoutError:
        heard = one.heard
        last = (
            f"{pitch(heard[-count:]):.0f} Hz, at most {int(np.abs(heard[-count:]).max())}" if len(heard) else "nothing"
        )
        pytest.fail(f"the camera has heard {len(heard)} samples, at last {last}; connections {one.connections}")


@pytest.mark.parametrize("taken", TAKEN)
async def test_the_camera_hears_the_microphone(tmp_path: Path, taken: str) -> None:
    async with scene(tmp_path, taken, sound="pcm_alaw") as (heard, app, listeners):
        async with Talker() as talker:
            answer = await talker.call(app, listeners)
            assert answer.status_code == 200, answer.text
            sections = answer.json()["sdp"].split("m=")[1:]
            directions = [next(word for word in section.split() if word[2:] in DIRECTIONS) for section in sections]
            assert directions == ["a=recvonly", "a=sendonly", "a=sendonly"]
            await talker.picture()
            await hears(heard, TONE_HZ)
            async with asyncio.timeout(20):
                await talker.tracks["audio"].recv()  # and the other way round
            talker.microphone.frequency = 1100
            await hears(heard, 1100)
            assert app.services.talks.count == 1
        await until(lambda: app.services.talks.count == 0, 20)
        await until(lambda: heard.connections[0] == heard.connections[1])


@pytest.mark.parametrize("kind", ["basic", "digest"])
async def test_a_camera_with_a_login(tmp_path: Path, kind: str) -> None:
    async with scene(tmp_path, login=f"user:secret:{kind}") as (heard, app, listeners), Talker() as talker:
        assert (await talker.call(app, listeners)).status_code == 200
        await hears(heard, TONE_HZ)


async def test_sound_in_both_directions_in_one_section(tmp_path: Path) -> None:
    async with scene(tmp_path, sound="libopus") as (heard, app, listeners), Talker(own_section=False) as talker:
        talker.microphone.level = 0
        answer = await talker.call(app, listeners)
        assert "a=sendrecv" in answer.json()["sdp"]
        await talker.picture()
        async with asyncio.timeout(20):
            for _ in range(50):
                await talker.tracks["audio"].recv()
        assert heard.connections == (0, 0)  # nothing is open while there is silence
        talker.microphone.level = 8000
        await hears(heard, TONE_HZ)


async def test_silence_ends_it_and_sound_begins_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.talk.talks.SILENCE_S", 1.0)
    async with scene(tmp_path) as (heard, app, listeners), Talker() as talker:
        await talker.call(app, listeners)
        await hears(heard, TONE_HZ)
        talker.microphone.level = 0
        await until(lambda: app.services.talks.count == 0)
        await until(lambda: heard.connections[0] == heard.connections[1])
        await talker.picture()  # which goes on
        talker.microphone.level, talker.microphone.frequency = 8000, 1300
        await hears(heard, 1300)


async def test_one_talks_at_a_time_and_only_who_may(tmp_path: Path) -> None:
    async with scene(tmp_path) as (heard, app, listeners):
        async with Talker() as first, Talker() as second, Talker() as viewer, Talker(own_section=False) as playing:
            refused = await viewer.call(app, listeners, "vera")
            assert (refused.status_code, refused.json()["success"]) == (403, False)
            assert "a=sendrecv" not in (await playing.call(app, listeners, "vera")).json()["sdp"]
            await playing.picture()  # players that only might talk are not refused
            assert (await first.call(app, listeners)).status_code == 200
            await hears(heard, TONE_HZ)
            busy = await second.call(app, listeners)
            assert busy.status_code == 409
            assert busy.json()["message"] == "somebody else is talking through this camera"
        await until(lambda: app.services.talks.count == 0, 20)


async def test_everybody_who_sees_the_camera_may_be_allowed_to_talk(tmp_path: Path) -> None:
    async with scene(tmp_path, talk="everybody") as (heard, app, listeners), Talker() as talker:
        assert (await talker.call(app, listeners, "frida")).status_code == 200
        await hears(heard, TONE_HZ)
        app.services.talks.configure(frozenset())  # as a change of the configuration does
        await until(lambda: app.services.talks.count == 0)
        await talker.picture()


@pytest.mark.parametrize("how", ["session", "role", "camera"])
async def test_a_talk_ends_with_the_right_to_it(tmp_path: Path, how: str) -> None:
    async with scene(tmp_path) as (heard, app, listeners), Talker() as talker:
        accounts = app.services.authority.accounts
        await asyncio.to_thread(accounts.add, "ann", PASSWORD, "admin")
        assert (await talker.call(app, listeners, "ann")).status_code == 200
        await hears(heard, TONE_HZ)
        if how == "session":
            await asyncio.to_thread(accounts.sessions.end_all, "ann")
        elif how == "role":
            await asyncio.to_thread(accounts.set_role, "ann", "viewer")
        else:
            app.services.streams.configure(streams_of(parse("cameras: {}", env={}).config))
        await until(lambda: app.services.talks.count == 0 and app.services.webrtc.count == 0, 20)


async def test_a_talk_goes_to_the_camera_that_is_shown_now(tmp_path: Path) -> None:
    """Whoever sees an encoded stream goes on when its address changes: the camera before must not hear what is said."""
    (tmp_path / "other").mkdir()
    encoder, film = encoded_names.of_input("front", 0), Film()
    film.tracks = (structs.replace(film.tracks[0], codec="hevc"),)
    with TalkingCamera(tmp_path) as heard, TalkingCamera(tmp_path / "other") as other:
        async with (
            listening(tmp_path, config(heard.url)) as (app, listeners),
            camera(app, film),
            camera(app, Film(), 0, encoder, encoded_names.H264),
            Talker() as talker,
        ):
            assert (await talker.call(app, listeners)).status_code == 200
            await hears(heard, TONE_HZ)
            app.services.streams.configure(streams_of(parse(config(other.url), env={}).config))
            await hears(other, TONE_HZ)
            await until(lambda: heard.connections[0] == heard.connections[1], 10)
            assert app.services.talks.count == 1


async def test_a_camera_without_backchannel_is_played_all_the_same(tmp_path: Path) -> None:
    async with scene(tmp_path, "") as (_, app, listeners), Talker() as talker:
        answer = await talker.call(app, listeners)
        assert answer.status_code == 200
        assert "a=inactive" in answer.json()["sdp"]
        await talker.picture()


async def test_a_camera_that_hangs_ends_the_talk_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.talk.backchannel_connection.ANSWER_S", 1.0)
    async with scene(tmp_path) as (heard, app, listeners), Talker() as talker:
        assert (await app.services.talks.backchannels.of(heard.url)) != ()
        heard.freeze()
        assert (await talker.call(app, listeners)).status_code == 200
        await until(lambda: app.services.talks.count == 0, 20)
        await talker.picture()


async def test_the_streams_api_tells_who_may_talk(tmp_path: Path) -> None:
    with TalkingCamera(tmp_path, "PCMA") as heard:
        async with listening(tmp_path, config(heard.url)) as (app, _):
            for path in ("/api/go2rtc/streams/front", "/api/go2rtc/api/streams?src=front"):
                async with app.client() as client:
                    (producer,) = (await client.get(path)).json()["producers"]
                assert producer["medias"] == ["audio, sendonly, PCMA/8000"]
            assert heard.connections[0] == 1  # it was asked once
            async with app.client(EXTERNAL, "vera") as client:
                (producer,) = (await client.get("/api/go2rtc/streams/front")).json()["producers"]
            assert producer["medias"] == []


async def test_what_is_known_of_cameras_is_kept_for_a_while(tmp_path: Path) -> None:
    now = 0.0
    with TalkingCamera(tmp_path) as heard:
        known = Backchannels(lambda: now)
        assert await known.of("http://127.0.0.1/stream") == ()
        first, second = await asyncio.gather(known.of(heard.url), known.of(heard.url))
        assert first == second != ()
        now = 599.0
        await known.of(heard.url)
        assert heard.connections[0] == 1
        now = 601.0
        assert await known.of(heard.url) == first
        assert heard.connections[0] == 2
    assert await known.of(heard.url) == first  # it is away, and nobody needs to know
    now = 2000.0
    assert await known.of(heard.url) == ()
