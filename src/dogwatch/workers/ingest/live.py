"""Feeds live viewers; while there are none, it costs one comparison for each packet."""

from __future__ import annotations

import logging

from dogwatch.bus.live_link import LiveLink
from dogwatch.bus.messages import LiveFragment, LiveInit
from dogwatch.errors import MediaError
from dogwatch.media.live_muxer import LiveMuxer
from dogwatch.media.packets import Tracks, Unit, VideoInfo

log = logging.getLogger(__name__)

MAX_GOP_BYTES = 32 << 20  # a larger GOP is not kept for new viewers


class LiveOutput:
    """The live stream of one input; for that input's thread."""

    def __init__(self, link: LiveLink, camera: str, index: int) -> None:
        """Publish as input `index` of `camera`."""
        self._link, self._camera, self._index = link, camera, index
        self._tracks: Tracks | None = None
        self._muxer: LiveMuxer | None = None
        self._gop: list[Unit] = []
        self._gop_bytes = 0

    def watched(self) -> bool:
        """Whether somebody is watching."""
        return self._muxer is not None

    def begin(self, tracks: Tracks, video: VideoInfo) -> None:  # noqa: ARG002 - as `Consumer`
        """A connection begins; viewers get a new init section with its first keyframe."""
        self.end()
        self._tracks = tracks

    def change(self, tracks: Tracks, video: VideoInfo) -> None:
        """The connection has other parameters from now on; viewers get a new init section here too."""
        self.begin(tracks, video)

    def end(self) -> None:
        """The connection is over."""
        self._drop_muxer()
        self._gop.clear()

    def feed(self, unit: Unit) -> None:
        """Keep `unit` for new viewers, and send it to present ones."""
        watched, fresh = self._link.wanted(self._index) if unit.video else (self._muxer is not None, False)
        self._remember(unit)
        if not watched or fresh or unit.jumped:
            self._drop_muxer()
        if not watched:
            return
        if self._muxer is not None:
            self._send(unit)
        elif self._gop:
            self._start()

    def _remember(self, unit: Unit) -> None:
        if unit.video and unit.keyframe:
            self._gop, self._gop_bytes = [], 0
        elif not self._gop or self._gop_bytes > MAX_GOP_BYTES:
            self._gop = []
            return
        self._gop.append(unit)
        self._gop_bytes += unit.size

    def _start(self) -> None:
        """Start with the present GOP, so that a viewer sees a picture at once."""
        assert self._tracks is not None  # noqa: S101 - `begin` comes before `feed`
        try:
            self._muxer = LiveMuxer(self._tracks, self._gop[0])
        except MediaError as error:
            log.warning("live view is not possible: %s", error)
            self._gop = []  # try again with the next one
            return
        self._link.publish(LiveInit(self._camera, self._index, self._muxer.codecs, self._muxer.init))
        for unit in self._gop:
            self._send(unit)

    def _send(self, unit: Unit) -> None:
        if self._muxer is None:
            return
        try:
            for data, keyframe in self._muxer.feed(unit):
                self._link.publish(LiveFragment(self._camera, self._index, unit.time, keyframe, data))
        except MediaError as error:
            log.warning("the live stream is begun again: %s", error)
            self._drop_muxer()

    def _drop_muxer(self) -> None:
        if self._muxer is not None:
            self._muxer.close()
            self._muxer = None
