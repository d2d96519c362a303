"""Who plays over WebRTC: how many at most, and how each of them ends.

A connection outlives the request that has made it. So whoever opens one says what must hold as long as it lasts:
`right` is entered in the connection's own task, which it may cancel.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from dogwatch.errors import MediaError, unexpected
from dogwatch.live.pictures import TooManyViewersError
from dogwatch.live.webrtc.offers import KNOWN_PROFILE, read_offer

if TYPE_CHECKING:
    from dogwatch.auth.caller import Caller
    from dogwatch.live.streams import LiveStreams
    from dogwatch.live.talk.talks import Talk, Talks
    from dogwatch.live.webrtc.ice_port import IcePort
    from dogwatch.live.webrtc.peer import WebRtcPeer
    from dogwatch.live.webrtc.settings import WebRtcSettings

log = logging.getLogger(__name__)

MAX_PEERS = 64
H264 = "h264"
Right = Callable[[], AbstractContextManager[object]]


class WebRtcConnections:
    """All peers. For the event loop."""

    def __init__(self, streams: LiveStreams, talks: Talks, settings: WebRtcSettings) -> None:
        """Play what `streams` has; nothing is loaded or opened before somebody connects."""
        self._streams, self._talks, self._settings = streams, talks, settings
        self._port: IcePort | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._opening = 0

    @property
    def count(self) -> int:
        """How many peers there are, those that are connecting among them."""
        return len(self._tasks) + self._opening

    def configure(self, settings: WebRtcSettings) -> None:
        """Use these for peers to come; present ones go on as they are."""
        if self._port is not None and settings.listen == self._settings.listen:
            self._port.announce(settings.announced)  # while present peers hold it, it cannot be opened anew
        else:
            self._port = None
        self._settings = settings

    async def open(self, stream: str, caller: Caller, offer: str, right: Right) -> tuple[WebRtcPeer, str]:
        """Answer an offer; the peer that it is of then plays `stream` until it goes.

        Args:
            stream: The stream's name.
            caller: Who asks for it.
            offer: The offer, in SDP.
            right: Makes what cancels the task in which it is entered, as soon as `caller` may no longer watch.

        Returns:
            The peer, for its candidates, and the answer in SDP.

        Raises:
            OfferError: The offer makes no sense, or does not fit the camera.
            NotFoundError: There is no such stream.
            TooManyViewersError: There are as many peers as are allowed.
            MediaError: The camera sends nothing.
            ForbiddenError: The offer asks to talk, which `caller` may not.
            ConflictError: It does, while somebody else talks.
        """
        if self.count >= MAX_PEERS:
            raise TooManyViewersError
        self._opening += 1
        try:
            peer, task = await self._begin(stream, caller, offer, right)
        finally:
            self._opening -= 1
        try:
            return peer, await asyncio.shield(peer.answered)
        except asyncio.CancelledError:
            task.cancel()
            if peer.answered.cancelled() and not _is_cancelled():
                raise MediaError("the connection has ended") from None
            raise  # whoever asked has gone, or may no longer

    async def _begin(
        self, stream: str, caller: Caller, offer: str, right: Right
    ) -> tuple[WebRtcPeer, asyncio.Task[None]]:
        """Make a peer, and the task in which it lives; see `open`."""
        wanted = read_offer(offer, KNOWN_PROFILE, None).sections  # before anything is done for it
        watch = partial(self._streams.watch_packets, stream, caller, "webrtc")
        await self._streams.settle(stream, caller)
        viewer = watch()
        if self._port is None:
            await asyncio.to_thread(_load)
        from dogwatch.live.webrtc.ice_port import IcePort
        from dogwatch.live.webrtc.peer import WebRtcPeer

        if self._port is None:
            self._port = IcePort(self._settings.listen, self._settings.announced)
        talk = None
        if wanted.microphone is not None:
            talk = await self._talks.begin(stream, caller, asked=wanted.asks_to_talk)
        peer = WebRtcPeer(viewer, partial(watch, H264), self._settings, self._port, talk)
        task = asyncio.create_task(_run(peer, offer, right, talk))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return peer, task

    async def close(self) -> None:
        """End all connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _load() -> None:
    """Load aiortc and libav, which takes a second on a small machine, in which others are to be served."""
    import dogwatch.live.webrtc.peer  # noqa: F401


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _run(peer: WebRtcPeer, offer: str, right: Right, talk: Talk | None) -> None:
    try:
        with right():
            await peer.live(offer)
    except Exception as error:  # one peer's end must not be that of another
        log.error("a WebRTC connection has ended: %s", error, exc_info=unexpected(error))
    finally:
        if talk is not None:
            await talk.end()
