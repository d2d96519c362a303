"""Feeds live viewers; while there are none, it keeps the present GOP and costs two comparisons for each packet."""

from __future__ import annotations

from dogwatch.bus.live_link import LiveLink
from dogwatch.media.packets import Tracks, Unit, VideoInfo
from dogwatch.workers.ingest.live_fragments import FragmentOutput
from dogwatch.workers.ingest.live_packets import PacketOutput


class LiveOutput:
    """What goes live from one input, as fragments and as packets; for that input's thread."""

    def __init__(self, link: LiveLink, camera: str, index: int) -> None:
        """Publish as input `index` of `camera`."""
        self._fragments = FragmentOutput(link, camera, index)
        self._packets = PacketOutput(link, camera, index)

    def watched(self) -> bool:
        """Whether somebody is watching."""
        return self._packets.running or self._fragments.running

    def begin(self, tracks: Tracks, video: VideoInfo) -> None:
        """A connection begins; what viewers get begins anew with its first keyframe."""
        self._fragments.begin(tracks, video)
        self._packets.begin(tracks, video)

    def change(self, tracks: Tracks, video: VideoInfo) -> None:
        """The connection has other parameters from now on; what viewers get begins anew here too."""
        self.begin(tracks, video)

    def end(self) -> None:
        """The connection is over."""
        self._fragments.end()
        self._packets.end()

    def feed(self, unit: Unit) -> None:
        """Keep `unit` for new viewers, and send it to present ones."""
        self._packets.feed(unit)
        self._fragments.feed(unit)

    def feed_own_sound(self, unit: Unit) -> None:
        """Take sound as the camera has sent it, which is not the AAC of the units."""
        self._packets.feed_own_sound(unit)
