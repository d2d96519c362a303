"""All streams that are sent as RTP now, by what sends them: an input of a camera, or what encodes it anew."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dogwatch.live.pictures import TooManyViewersError
from dogwatch.live.rtsp.restream import Restream

if TYPE_CHECKING:
    from dogwatch.auth.caller import Caller
    from dogwatch.live.streams import LiveStreams

MAX_READERS = 128  # of one input


class Restreams:
    """Begins a stream for whoever asks for it first, and shares it with all others."""

    def __init__(self, streams: LiveStreams) -> None:
        """Take packets from `streams`."""
        self._streams = streams
        self._running: dict[tuple[str, int], Restream] = {}

    async def settle(self, stream: str, caller: Caller) -> None:
        """Wait until it is known what `stream` sends; see `LiveStreams.settle`."""
        await self._streams.settle(stream, caller)

    def get(self, stream: str, caller: Caller) -> Restream:
        """Return the stream that `caller` calls `stream`; hold it to keep it.

        Raises:
            NotFoundError: There is no such stream for `caller`.
            TooManyViewersError: Too many watch it, or watch at all.
        """
        key = self._streams.played(stream, caller)
        running = self._running.get(key)
        if running is None:
            viewer = self._streams.watch_packets(stream, caller)
            running = self._running[key] = Restream(stream, viewer, partial(self._ended, key))
        elif len(running.readers) >= MAX_READERS:
            raise TooManyViewersError
        return running

    def offered(self, stream: str, caller: Caller) -> bool:
        """Whether `caller` may still play `stream`."""
        return self._streams.find(stream, caller) is not None

    def close(self) -> None:
        """End all of them."""
        for one in list(self._running.values()):
            one.cancel()

    def _ended(self, key: tuple[str, int], restream: Restream) -> None:
        if self._running.get(key) is restream:
            del self._running[key]
