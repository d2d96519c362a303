"""Opens a camera's stream and reads its packets: RTSP, RTMP, HTTP(S), files, a Raspberry Pi's and synthetic cameras.

A source is one connection with one demuxer. `open_source` connects and finds the tracks; `Source.packets` blocks until
the next packet. Every failure is a `SourceError`.
"""

from __future__ import annotations

import errno
import math
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import av

from dogwatch.address import encode_credentials
from dogwatch.errors import SourceError
from dogwatch.media import tcp_connections
from dogwatch.media.codecs import unfit
from dogwatch.media.packets import AudioInfo, VideoInfo
from dogwatch.media.source_errors import SourceStalledError, explain
from dogwatch.media.tcp_connections import TcpConnection
from dogwatch.redact import redact_url

SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "file", "synthetic", "rpicam")
# Demuxers that invent timestamps from a nominal rate, which is not the camera's: the time of arrival is more accurate.
UNTIMED_FORMATS = {"mpjpeg", "mjpeg", "h264", "hevc", "image2", "jpeg_pipe"}
MAX_CHUNK_BYTES = 64 << 20
JUMP_S = 2.0
SHORT_S = 0.3  # so short a wait need not be interruptible: it delays no shutdown noticeably


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """What to open. `timeout` (s) limits the opening and each wait for data; `options` go to libav's demuxer.

    `alone` says that no other thread of this process opens a stream meanwhile, so its connections can be told. `sound`
    is whether sound is read too.
    """

    url: str
    options: dict[str, str]
    format: str | None = None
    timeout: float = 10.0
    alone: bool = False
    sound: bool = True


class Source(Protocol):
    """An open stream.

    `video_stream` and `audio_stream` are libav's. `untimed`: the timestamps mean nothing. `live`: a backlog that
    arrives at the beginning is older than its arrival. `patient`: packets may be read a moment later; none is lost by
    it, and their time of arrival does not matter. `room`: how many bytes may wait meanwhile; 0 if that is not known.
    `announced`: changed parameters may come beside packets (RTMP, MP4), not only in them.
    """

    video: VideoInfo
    audio: AudioInfo | None
    video_stream: Any
    audio_stream: Any | None
    untimed: bool
    live: bool
    patient: bool
    room: int
    announced: bool

    def packets(self) -> Iterator[Any]:
        """Yield packets of the two streams as they come; raise `SourceError` when the stream ends or fails."""
        ...

    def end_stalled(self) -> None:
        """Make the present read fail if it has taken longer than it may. For any thread, every few seconds."""
        ...

    def close(self) -> None:
        """Disconnect."""
        ...


def open_source(request: SourceRequest, stop: threading.Event) -> Source:
    """Connect to `request.url`; `stop` ends waits that pace a file.

    Raises:
        SourceError: It cannot be opened, or holds no video that can be recorded.
    """
    request = replace(request, url=encode_credentials(request.url))
    scheme = scheme_of(request.url)
    if scheme == "synthetic":
        from dogwatch.media.synthetic import SyntheticSource  # it needs OpenCV, which others do not

        return SyntheticSource(request.url, stop)
    if scheme == "rpicam":
        from dogwatch.media.rpicam_source import RpicamSource

        return RpicamSource(request.url, request.timeout, stop)
    return StreamSource(request, scheme, stop)


def scheme_of(url: str) -> str:
    """Return the scheme of an address in lower case; `file` for a path.

    Raises:
        SourceError: It is none that can be read.
    """
    if url.lower().startswith("rpicam:"):
        return "rpicam"
    scheme = url.partition("://")[0].lower() if "://" in url else "file"
    if not url.strip() or scheme not in SCHEMES:
        raise SourceError(f"{redact_url(url) or 'an empty address'}: not supported; use {', '.join(SCHEMES)}")
    return scheme


def demuxer_options(request: SourceRequest, scheme: str) -> dict[str, str]:
    """Return the options with which libav opens a stream of `scheme`."""
    micros = str(int(request.timeout * 1e6))
    options = {"analyzeduration": "1500000"}
    if scheme.startswith("rt"):
        options["fpsprobesize"] = "0"  # or libav waits a second to learn the frame rate, which is not needed
    if scheme.startswith("rtsp"):
        # libav decodes seven pictures of H.264 to learn how they are reordered: without filtering a fifth faster.
        options |= {"rtsp_transport": "tcp", "timeout": micros, "skip_loop_filter": "all"}
    elif scheme.startswith("http"):
        options |= {"rw_timeout": micros}
    return options | request.options


class StreamSource:
    """A stream or file that libav demuxes. Files, and HTTP streams of known length, play in real time; files loop."""

    def __init__(self, request: SourceRequest, scheme: str, stop: threading.Event) -> None:
        """Connect and find the tracks.

        Raises:
            SourceError: See `open_source`.
        """
        self._request, self._stop = request, stop
        transport = demuxer_options(request, scheme)["rtsp_transport"] if scheme.startswith("rtsp") else ""
        self._transport = "udp" if "udp" in transport else transport
        self._connections: frozenset[TcpConnection] = frozenset()
        self._read_at, self._stalled = math.inf, False
        try:
            self._container = self._opened(demuxer_options(request, scheme), scheme)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise self._explained(error) from error
        formats = set(self._container.format.name.split(","))
        self.announced = "rtsp" not in formats
        self._loops = scheme == "file"
        self._paced = scheme == "file" or (scheme.startswith("http") and bool(self._container.duration))
        self.live = not self._paced
        self.untimed = self.live and bool(formats & UNTIMED_FORMATS)
        self.patient = not self.untimed and self._transport != "udp" and "hls" not in formats  # bursts come anyway
        self.room = tcp_connections.WANTED_BYTES if scheme == "file" else 0
        if self.patient and scheme != "file":
            self.room = tcp_connections.enlarge(self._connections or tcp_connections.connections(request.url))
        try:
            self._find_tracks()
        except SourceError:
            self._container.close()
            raise

    def _opened(self, options: dict[str, str], scheme: str) -> Any:
        """Open the stream.

        PyAV's own limit for reads asks for the time with the interpreter's lock, six times for each RTP packet. Where
        the connection can be found, `end_stalled` does without.
        """
        if self._request.alone and self._transport == "tcp" and tcp_connections.KNOWN:
            before = tcp_connections.connections(self._request.url)
            container = self._container_of(options, scheme, None)
            self._connections = tcp_connections.connections(self._request.url) - before
            if self._connections:
                return container
            container.close()
        return self._container_of(options, scheme, self._request.timeout)

    def _container_of(self, options: dict[str, str], scheme: str, limit: float | None) -> Any:
        """Open the stream with PyAV's `limit` for reads."""
        return av.open(
            self._request.url.removeprefix("file://") if scheme == "file" else self._request.url,
            format=self._request.format,
            options=options,
            timeout=(self._request.timeout, limit),
            metadata_errors="replace",
        )

    def _explained(self, error: Exception) -> SourceError:
        return explain(error, self._request.url, self._request.timeout, self._transport)

    def _find_tracks(self) -> None:
        name, streams = redact_url(self._request.url), self._container.streams
        if not streams.video:
            raise SourceError(f"{name}: it has no video")
        self.video_stream = streams.video[0]
        context = self.video_stream.codec_context
        if (reason := unfit(context.name if context is not None else "unknown")) is not None:
            raise SourceError(f"{name}: {reason}")
        if not context.width or not context.height:
            raise SourceError(f"{name}: no picture came within {self._request.timeout:g} s")
        rate = self.video_stream.average_rate or self.video_stream.guessed_rate
        fps = float(rate) if rate and 0 < rate <= 240 and not self.untimed else 0.0
        self.video = VideoInfo(context.name, context.width, context.height, fps, context.extradata or b"")
        self.audio_stream, self.audio = None, None
        for stream in streams.audio if self._request.sound else ():
            audio = stream.codec_context
            if audio is not None and audio.sample_rate:
                self.audio_stream = stream
                self.audio = AudioInfo(audio.name, audio.sample_rate, audio.layout.nb_channels, audio.extradata or b"")
                break

    def packets(self) -> Iterator[Any]:
        """Yield packets; see `Source`."""
        read = self._paced_packets if self._paced else self._plain_packets
        try:
            yield from read()
        except (av.error.FFmpegError, OSError) as error:
            if self._stalled or (self._connections and error.errno == errno.ETIMEDOUT):  # libav's own limit
                raise self._stall() from error
            raise self._explained(error) from error
        if self._stalled:
            raise self._stall()
        how = "the connection was closed" if self.live else "it has ended"
        raise SourceError(f"{redact_url(self._request.url)}: {how}")

    def _stall(self) -> SourceError:
        return SourceStalledError(f"{redact_url(self._request.url)}: no data for {self._request.timeout:g} s")

    def _plain_packets(self) -> Iterator[Any]:
        streams = [stream for stream in (self.video_stream, self.audio_stream) if stream is not None]
        self._read_at = time.monotonic()
        for packet in self._container.demux(streams):
            self._read_at = time.monotonic()
            if 0 < packet.size < MAX_CHUNK_BYTES:
                yield packet

    def _paced_packets(self) -> Iterator[Any]:
        """Yield packets in real time; loop at the end, with timestamps that continue."""
        begun, shift, usual = time.monotonic(), 0.0, 1 / (self.video.fps or 10.0)
        first: float | None = None
        ends: dict[int, float] = {}  # by stream index, shifted
        scales = {stream.index: float(stream.time_base) for stream in self._container.streams}
        while not self._stop.is_set():
            start: float | None = None
            for packet in self._plain_packets():
                dts = packet.dts if packet.dts is not None else packet.pts
                if dts is None:
                    continue
                scale = scales[packet.stream_index]
                at = dts * scale + shift
                first = at if first is None else first
                length = packet.duration * scale or usual
                end = ends.get(packet.stream_index, at)
                if packet.stream is self.video_stream:
                    if not -JUMP_S < at - end < JUMP_S:  # concatenated files: the timestamps begin again
                        shift, at = shift + end - at, end
                    start = at - shift if start is None else start
                elif -JUMP_S < at - end < -length / 2:
                    continue  # an encoder's priming samples, which overlap the end of the loop before
                ends[packet.stream_index] = at + length
                if shift:
                    move = round(shift / scale)
                    packet.dts = dts + move
                    packet.pts = None if packet.pts is None else packet.pts + move
                if not self._sleep(begun + (at - first) - time.monotonic()):
                    return
                yield packet
            if start is None or not self._loops:
                return
            shift = ends[self.video_stream.index] - start
            self._container.seek(self._container.start_time or 0)

    def _sleep(self, delay: float) -> bool:
        """Wait `delay` seconds; False if it is time to stop."""
        if delay > SHORT_S:
            return not self._stop.wait(delay)
        if delay > 0:
            time.sleep(delay)  # costs half of what waiting for an event does
        return not self._stop.is_set()

    def end_stalled(self) -> None:
        """Make the present read fail if it has taken longer than it may, although the camera sends something."""
        if self._connections and time.monotonic() - self._read_at > self._request.timeout:
            self._stalled = True
            tcp_connections.shut_down(self._connections)

    def close(self) -> None:
        """Disconnect."""
        self._container.close()
