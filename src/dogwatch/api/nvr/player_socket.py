"""What players say over a live WebSocket, and what they get (docs/api/live.md).

A player may ask for several kinds at once, and takes the one that plays first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, aclosing
from functools import partial
from typing import Any, NoReturn

from fastapi import WebSocket

from dogwatch.api.guard import FOLLOW_KEY
from dogwatch.api.pictures import caller_key
from dogwatch.api.services import Services
from dogwatch.api.sockets import TRY_AGAIN, ClientGoneError, SocketClient, accepted
from dogwatch.auth.caller import Caller
from dogwatch.errors import DogwatchError, MediaError
from dogwatch.live.drawing import PictureStyle
from dogwatch.live.feeds import FragmentViewer, StreamChangedError
from dogwatch.live.fragments import PlayerTimeline
from dogwatch.live.player_codecs import PlayerCodecs

LONGEST_KIND = 100
MOST_EARLY = 32
H264 = "avc1"
OFFER, CANDIDATE, WEBRTC = "webrtc/offer", "webrtc/candidate", "webrtc"
MJPEG_FPS = 10.0
MJPEG_STYLE = PictureStyle(height=720)


async def play(socket: WebSocket, name: str, services: Services, caller: Caller) -> None:
    """Serve one player of stream `name` until it goes."""
    async with accepted(socket) as client:
        if services.streams.find(name, caller) is None:
            await _refuse(client, f"{name}: there is no such stream")
        client.start(_end(client, services, name, caller))
        session = _Session(client, services, name, caller, socket)
        while True:
            message = await client.receive()
            await session.take(message.get("type"), message.get("value"))


class _Session:
    """One player and what it has asked for."""

    def __init__(self, client: SocketClient, services: Services, name: str, caller: Caller, socket: WebSocket) -> None:
        self._client, self._services, self._name, self._caller = client, services, name, caller
        self._right: Callable[[], AbstractContextManager[object]] = socket.scope[FOLLOW_KEY]
        self._turn = caller_key(socket.scope)
        self._begun: set[str] = set()
        self._peer: Any = None
        self._early: list[str] = []  # candidates that came before the answer
        self._kinds: dict[str, Callable[[object], Coroutine[Any, Any, None]]] = {
            "mse": self._mse,
            "mp4": self._mp4,
            "mjpeg": self._mjpeg,
            OFFER: partial(self._offer, OFFER),
            WEBRTC: partial(self._offer, WEBRTC),
        }

    async def take(self, kind: object, value: object) -> None:
        """Begin what the player asks for; what has begun already is not begun again."""
        if kind == CANDIDATE:
            await self._candidate(value)
        elif isinstance(kind, str) and kind in self._kinds:
            if kind not in self._begun:
                self._begun.add(kind)
                self._client.start(self._serve(kind, value))
        elif isinstance(kind, str):
            await _error(self._client, f"{kind[:LONGEST_KIND]}: not supported, use mse")

    async def _serve(self, kind: str, value: object) -> None:
        """Serve one kind; a player that is told that it cannot be had may still ask for another."""
        try:
            await self._kinds[kind](value)
        except StreamChangedError:
            await self._client.close(TRY_AGAIN)
        except ClientGoneError:
            raise
        except DogwatchError as error:
            self._begun.discard(kind)
            if kind in (OFFER, WEBRTC) or self._begun:
                await _error(self._client, f"{kind}: {error}")
            else:
                await _refuse(self._client, str(error))

    async def _mse(self, listed: object) -> None:
        await self._in_codecs("mse", listed, self._play)

    async def _mp4(self, listed: object) -> None:
        """Send the pictures at keyframes, each as a whole file: for players without Media Source Extensions."""
        await self._in_codecs("mp4", listed, self._send_keyframes)

    async def _in_codecs(
        self, kind: str, listed: object, send: Callable[[FragmentViewer, PlayerTimeline], Coroutine[Any, Any, None]]
    ) -> None:
        """Send the stream in codecs that the player lists; its video is encoded as H.264 if it takes no other.

        Raises:
            MediaError: The player takes neither.
        """
        taken = PlayerCodecs(listed)
        await self._services.streams.settle(self._name, self._caller)
        for video in ("", "h264"):
            async with self._services.streams.watch(self._name, self._caller, kind, video) as viewer:
                begin = await viewer.begin()
                codec, *others = begin.codecs.split(",")
                if taken.take(codec):
                    sound = kind == "mse" and all(taken.take(other) for other in others)
                    timeline = PlayerTimeline(begin.init, sound=sound)
                    await self._say(kind, f'video/mp4; codecs="{timeline.codecs}"')
                    await send(viewer, timeline)
            if not taken.take(H264):
                break
        raise MediaError(f"codecs not matched: the camera sends {codec}")

    async def _play(self, viewer: FragmentViewer, timeline: PlayerTimeline) -> NoReturn:
        await self._client.send(timeline.init)
        first = await viewer.next()
        await self._client.send(timeline.begin([one.data for one in (first, *viewer.waiting())]))
        skipped = viewer.skipped
        while True:
            data = (await viewer.next()).data
            moved = timeline.next(data, skipped=viewer.skipped != skipped)
            skipped = viewer.skipped
            if moved:
                await self._client.send(moved)

    async def _send_keyframes(self, viewer: FragmentViewer, timeline: PlayerTimeline) -> NoReturn:
        while True:
            fragment = await viewer.next()
            if fragment.keyframe:
                await self._client.send(timeline.init + timeline.begin([fragment.data]))

    async def _mjpeg(self, _: object) -> None:
        found = self._services.streams.find(self._name, self._caller)
        if found is None:
            return  # `_end` sends the player away
        if found[0] not in self._services.config.cameras:
            raise MediaError("there are such pictures of cameras only")
        pictures = self._services.pictures.jpegs(found[0], MJPEG_STYLE, MJPEG_FPS, self._turn)
        await self._say("mjpeg", "image/jpeg")
        async with aclosing(pictures):
            async for picture in pictures:
                await self._client.send(picture)

    async def _offer(self, kind: str, value: object) -> None:
        offer = value.get("sdp") if isinstance(value, dict) else value
        self._peer, answer = await self._services.webrtc.open(
            self._name, self._caller, offer if isinstance(offer, str) else "", self._right
        )
        for candidate in self._early:
            await self._peer.add_candidate(candidate)
        self._early.clear()
        if kind == WEBRTC:
            await self._say(WEBRTC, {"type": "answer", "sdp": answer})
        else:
            await self._say("webrtc/answer", answer)
            await self._say(CANDIDATE, "")  # all are in the answer

    async def _candidate(self, value: object) -> None:
        text = value.get("candidate") if isinstance(value, dict) else value
        if not isinstance(text, str) or not text:
            return  # the end of candidates, or nonsense
        if self._peer is not None:
            await self._peer.add_candidate(text)
        elif len(self._early) < MOST_EARLY:
            self._early.append(text)

    async def _say(self, kind: str, value: object) -> None:
        await self._client.send(json.dumps({"type": kind, "value": value}))


async def _end(client: SocketClient, services: Services, name: str, caller: Caller) -> None:
    """Send a client away, which may not be playing yet, when its input has gone."""
    await services.streams.gone(name, caller)
    await client.close(TRY_AGAIN)


async def _error(client: SocketClient, text: str) -> None:
    await client.send(json.dumps({"type": "error", "value": text}))


async def _refuse(client: SocketClient, text: str) -> NoReturn:
    await _error(client, text)
    await client.close()
