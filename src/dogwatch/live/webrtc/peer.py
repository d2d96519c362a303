"""One browser that plays a camera over WebRTC, by aiortc: from its offer until it goes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import aiortc.clock
import aiortc.rtcrtpsender
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

from dogwatch.errors import DogwatchError, MediaError
from dogwatch.live.feeds import StreamChangedError
from dogwatch.live.webrtc.lost_pictures import LostPictures
from dogwatch.live.webrtc.offers import MAX_CANDIDATES, OfferError, ReadOffer, read_offer, usable_candidate
from dogwatch.live.webrtc.rtp_clock import RtpClock
from dogwatch.live.webrtc.sound import PeerSound
from dogwatch.live.webrtc.tracks import SentVideo
from dogwatch.media.in_band import InBandStream

if TYPE_CHECKING:
    from collections.abc import Callable

    from dogwatch.bus.messages import LivePacket, PacketsBegin, PacketTrack
    from dogwatch.live.feeds import PacketViewer
    from dogwatch.live.talk.talks import Talk
    from dogwatch.live.webrtc.ice_port import IcePort
    from dogwatch.live.webrtc.settings import WebRtcSettings

log = logging.getLogger(__name__)

H264 = "h264"
DIRECTIONS = {
    (False, False): "inactive",
    (False, True): "recvonly",
    (True, False): "sendonly",
    (True, True): "sendrecv",
}
"""What is done with a section, by whether something is sent there, and the microphone heard."""
CONNECT_S = 20.0
QUIET_S = 8.0  # a browser reports what it has received about once a second
LOOK_S = 2.0
VIDEO_RATE = 90_000
HISTORY = 2048
"""How many packets can be sent again. aiortc keeps 128, which is less than one large keyframe."""
setattr(aiortc.rtcrtpsender, "RTP_HISTORY_SIZE", HISTORY)  # noqa: B010 - not exported
for _name in ("aioice", "aiortc"):  # each check of each pair of addresses would be a line
    logging.getLogger(_name).setLevel(logging.WARNING)


class PeerGoneError(Exception):
    """The peer has gone, or never came."""


class WebRtcPeer:
    """One connection. `answered` becomes the answer to the offer, or the error that refuses it."""

    def __init__(
        self,
        viewer: PacketViewer,
        encoded: Callable[[], PacketViewer],
        settings: WebRtcSettings,
        port: IcePort,
        talk: Talk | None = None,
    ) -> None:
        """Play what `viewer` gets, or `encoded`, the same as H.264, if that is of another codec; listen on `port`.

        What the peer's microphone hears goes to `talk`.
        """
        self._viewer, self._encoded, self._port, self._talk = viewer, encoded, port, talk
        servers = [RTCIceServer(f"stun:{settings.stun[0]}:{settings.stun[1]}")] if settings.stun else []
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self._changed, self._lost = asyncio.Event(), LostPictures()
        self._connection.on("connectionstatechange", self._changed.set)
        self._offer: ReadOffer | None = None
        self._candidates = 0
        self.answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def live(self, offer: str) -> None:
        """Answer `offer`, then play until the peer or the stream has gone."""
        try:
            async with self._viewer:
                begin = await self._viewer.begin()
                if begin.tracks[0].codec == H264:
                    await self._live(begin, offer)
            self._viewer = self._encoded()
            async with self._viewer:
                await self._live(await self._viewer.begin(), offer)
        except (PeerGoneError, StreamChangedError):
            pass
        except DogwatchError as error:
            if not self.answered.done():
                self.answered.set_exception(error)
        finally:
            self.answered.cancel()
            with contextlib.suppress(Exception):  # whatever is wrong with it, it is over
                await self._connection.close()

    async def add_candidate(self, text: str) -> None:
        """Take a candidate (`candidate:...`) of the peer; others than usable ones are ignored."""
        self._candidates += 1
        if self._offer is None or self._candidates > MAX_CANDIDATES or not usable_candidate(text):
            return
        with contextlib.suppress(ValueError, AssertionError, IndexError):
            candidate = candidate_from_sdp(text.removeprefix("candidate:"))
            candidate.sdpMid = self._offer.mid
            await self._connection.addIceCandidate(candidate)

    async def _live(self, begin: PacketsBegin, text: str) -> NoReturn:
        """Answer, and play.

        Raises:
            MediaError: The offer does not fit.
            PeerGoneError: The peer has gone.
            StreamChangedError: The stream has.
        """
        picture = begin.tracks[0]
        stream = InBandStream(picture.codec, picture.extradata)
        heard = _sound_of(begin)
        offer = self._offer = read_offer(text, stream.profile, heard.codec if heard else None)
        video = SentVideo(VIDEO_RATE)
        sound = _sent_sound(heard, offer.sound)
        self.answered.set_result(await self._answer(offer, video, sound))
        await self._connected()
        tasks = [
            asyncio.create_task(self._play(begin, stream, video, sound)),
            asyncio.create_task(self._until_gone()),
        ]
        listening = self._listening(offer)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
            raise PeerGoneError
        finally:
            tasks += listening
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _listening(self, offer: ReadOffer) -> list[asyncio.Task[None]]:
        """Begin to take the microphone's sound, if there may be any."""
        track = next((one.receiver.track for one in self._transceivers(offer.sections.microphone)), None)
        if self._talk is None or track is None:
            return []
        return [asyncio.create_task(self._talk.listen(track))]

    def _transceivers(self, mid: str | None) -> list[Any]:
        """Return the transceiver of a section of the offer, if there is one."""
        return [one for one in self._connection.getTransceivers() if mid is not None and one.mid == mid]

    async def _answer(self, offer: ReadOffer, video: SentVideo, sound: PeerSound | None) -> str:
        connection, names = self._connection, offer.sections
        sent: dict[str | None, Any] = {names.video: video}
        if sound is not None:
            sent[names.sound] = sound.track
        talks = {names.microphone} if self._talk is not None else set()
        try:
            await connection.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
            for transceiver in connection.getTransceivers():
                track = sent.get(transceiver.mid)
                if track is not None:
                    transceiver.sender.replaceTrack(track)
                if track is video:  # aiortc can only tell an encoder, and there is none
                    transceiver.sender._send_keyframe = self._lost.report  # type: ignore[method-assign]
                transceiver.direction = DIRECTIONS[track is not None, transceiver.mid in talks]
                self._port.attach(transceiver.receiver.transport.transport.iceGatherer._connection)
            await connection.setLocalDescription(await connection.createAnswer())
        except OSError as error:
            raise MediaError(f"WebRTC cannot listen: {error}") from error
        except Exception as error:  # aiortc does not say what it raises for what it cannot read
            log.debug("an offer was refused", exc_info=True)
            raise OfferError(f"the offer cannot be answered: {error}") from error
        return offer.answer(connection.localDescription.sdp)

    async def _connected(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_S):
                while self._state() != "connected":
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise PeerGoneError from None

    def _state(self) -> str:
        """Return the state of the connection.

        Raises:
            PeerGoneError: It is over.
        """
        state: str = self._connection.connectionState
        if state in ("failed", "closed"):
            raise PeerGoneError
        return state

    async def _play(self, begin: PacketsBegin, stream: InBandStream, video: SentVideo, sound: PeerSound | None) -> None:
        """Send packets until the input has gone. A stream that begins anew goes on, if it is of the same kind."""
        began = time.monotonic()
        while True:
            try:
                await self._send(stream, video, sound, began)
            except StreamChangedError:
                again = await self._viewer.begin()
                if [track.codec for track in again.tracks] != [track.codec for track in begin.tracks]:
                    raise
                begin, stream = again, InBandStream(H264, again.tracks[0].extradata)

    async def _send(self, stream: InBandStream, video: SentVideo, sound: PeerSound | None, began: float) -> None:
        """Send packets until the stream begins anew; `began` is when the connection did (monotonic s)."""
        clock: RtpClock | None = None
        if sound is not None:
            sound.begin(time.monotonic() - began)
        joined = math.inf
        while True:
            packet: LivePacket = await self._viewer.next()
            if packet.track:
                if sound is not None and packet.time >= joined:
                    await sound.send(packet)
                continue
            if self._lost.to_repeat(packet, time.monotonic()) and self._viewer.again():
                clock = None
                continue
            if clock is None:
                joined = (self._viewer.newest() or packet).time
                clock = RtpClock(packet.time, joined, time.monotonic() - began)
            data = stream.picture(packet.data, keyframe=packet.keyframe)
            await video.put(data, round(clock.at(packet.time) * VIDEO_RATE))

    async def _until_gone(self) -> None:
        """Return when the connection is over, or nothing was heard of the peer for `QUIET_S`."""
        heard = time.monotonic()
        while True:
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._changed.wait()
            self._state()
            limit = aiortc.clock.current_datetime() - timedelta(seconds=QUIET_S)
            reports: Any = (await self._connection.getStats()).values()
            if any(one.type == "remote-inbound-rtp" and one.timestamp > limit for one in reports):
                heard = time.monotonic()
            elif time.monotonic() - heard > QUIET_S:
                raise PeerGoneError


def _sent_sound(heard: PacketTrack | None, codec: str | None) -> PeerSound | None:
    """Return what sends a track as `codec`; None if there is nothing to send: pictures go on without it."""
    if heard is None or codec is None:
        return None
    try:
        return PeerSound(heard, codec)
    except MediaError as error:
        log.warning("played without sound: %s", error)
        return None


def _sound_of(begin: PacketsBegin) -> PacketTrack | None:
    return next((track for track in begin.tracks if not track.video), None)
