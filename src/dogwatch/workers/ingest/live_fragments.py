"""Makes the fragments of one input for live viewers."""

from __future__ import annotations

import logging

from dogwatch.bus.live_link import LiveLink
from dogwatch.bus.messages import LiveFragment, LiveInit
from dogwatch.errors import MediaError
from dogwatch.media.live_muxer import LiveMuxer
from dogwatch.media.packets import Tracks, Unit, VideoInfo
from dogwatch.workers.ingest.held_gop import HeldGop

log = logging.getLogger(__name__)


class FragmentOutput:
    """The live fragments of one input; for that input's thread."""

    def __init__(self, link: LiveLink, camera: str, index: int) -> None:
        """Publish as input `index` of `camera`."""
        self._link, self._camera, self._index = link, camera, index
        self._tracks: Tracks | None = None
        self._video: VideoInfo | None = None
        self._muxer: LiveMuxer | None = None
        self._gop = HeldGop()

    @property
    def running(self) -> bool:
        """Whether fragments are being sent."""
        return self._muxer is not None

    def begin(self, tracks: Tracks, video: VideoInfo) -> None:
        """Begin anew; viewers get a new init section with the next keyframe."""
        self.end()
        self._tracks, self._video = tracks, video

    def end(self) -> None:
        """Send no more until `begin`."""
        self._drop_muxer()
        self._gop.clear()

    def feed(self, unit: Unit) -> None:
        """Keep `unit` for new viewers, and send it to present ones."""
        watched, fresh = self._link.wanted(self._index) if unit.video else (self._muxer is not None, False)
        self._gop.add(unit)
        if not watched or fresh or unit.jumped:
            self._drop_muxer()
        if not watched:
            return
        if self._muxer is not None:
            self._send(unit)
        elif self._gop.units:
            self._start()

    def _start(self) -> None:
        """Start with the present GOP, so that a viewer sees a picture at once."""
        assert self._tracks is not None  # noqa: S101 - `begin` comes before `feed`
        assert self._video is not None  # noqa: S101
        held = self._gop.units
        try:
            self._muxer = LiveMuxer(self._tracks, self._video, held[0])
        except MediaError as error:
            log.warning("live view is not possible: %s", error)
            self._gop.clear()  # try again with the next one
            return
        self._link.publish(LiveInit(self._camera, self._index, self._muxer.codecs, self._muxer.init))
        # In one message: so a viewer knows that it has all of the past.
        data = b"".join(data for unit in held for data, _ in self._muxer.feed(unit)) + self._muxer.rest()
        self._publish(held[-1].time, data, keyframe=True)

    def _send(self, unit: Unit) -> None:
        if self._muxer is not None:
            for data, keyframe in self._muxer.feed(unit):
                self._publish(unit.time, data, keyframe=keyframe)

    def _publish(self, time: float, data: bytes, *, keyframe: bool) -> None:
        self._link.publish(LiveFragment(self._camera, self._index, time, keyframe, data))

    def _drop_muxer(self) -> None:
        self._muxer = None
