"""Sends the packets of one input to live viewers as the camera has sent them."""

from __future__ import annotations

from dogwatch.bus.live_link import LiveLink
from dogwatch.bus.messages import LivePacket, PacketsBegin, PacketTrack
from dogwatch.media.packets import VIDEO_TICKS, Tracks, Unit, VideoInfo
from dogwatch.workers.ingest.held_gop import HeldGop

VIDEO, SOUND = 0, 1


class PacketOutput:
    """The live packets of one input; for that input's thread."""

    def __init__(self, link: LiveLink, camera: str, index: int) -> None:
        """Publish as input `index` of `camera`."""
        self._link, self._camera, self._index = link, camera, index
        self._tracks: tuple[PacketTrack, ...] = ()
        self._own_sound = False
        self._gop = HeldGop()
        self.running = False
        """Whether packets are being sent."""

    def begin(self, tracks: Tracks, video: VideoInfo) -> None:
        """Begin anew, with the next keyframe."""
        self.end()
        self._own_sound = tracks.own_sound is not None
        self._tracks = packet_tracks(tracks, video)

    def end(self) -> None:
        """Send no more until `begin`."""
        self.running = False
        self._gop.clear()

    def feed(self, unit: Unit) -> None:
        """Take a unit of the tracks; AAC that is made of the camera's own sound is not for these viewers."""
        if unit.video or not self._own_sound:
            self._take(unit)

    def feed_own_sound(self, unit: Unit) -> None:
        """Take sound as the camera has sent it."""
        self._take(unit)

    def _take(self, unit: Unit) -> None:
        """Keep `unit` for new viewers, and send it to present ones."""
        watched, fresh = self._link.wanted(self._index, packets=True) if unit.video else (self.running, False)
        self._gop.add(unit)
        if not watched or fresh or unit.jumped:
            self.running = False
        if not watched:
            return
        if self.running:
            self._send(unit)
        elif self._gop.units:
            self.running = True
            self._link.publish(PacketsBegin(self._camera, self._index, self._tracks))
            for kept in self._gop.units:
                self._send(kept)

    def _send(self, unit: Unit) -> None:
        packet = unit.packet
        self._link.publish(
            LivePacket(
                camera=self._camera,
                input=self._index,
                track=VIDEO if unit.video else SOUND,
                time=unit.time,
                pts=packet.pts,
                dts=packet.dts,
                keyframe=unit.video and unit.keyframe,
                data=bytes(packet),
            )
        )


def packet_tracks(tracks: Tracks, video: VideoInfo) -> tuple[PacketTrack, ...]:
    """Describe a stream's packets as live viewers get them: the video, then the sound if there is any."""
    picture = PacketTrack(
        video=True,
        codec=video.codec,
        clock_rate=VIDEO_TICKS,
        extradata=video.extradata,
        width=video.width,
        height=video.height,
    )
    sound = tracks.own_sound or tracks.sound
    if sound is None:
        return (picture,)
    heard = PacketTrack(
        video=False,
        codec=sound.codec,
        clock_rate=sound.rate,
        extradata=sound.extradata,
        channels=sound.channels,
        sample_rate=sound.rate,
    )
    return picture, heard
