"""Encodes frames and sound as H.264 and AAC, packet by packet, into a container that is read while it is written.

Nothing is looked ahead at: the first frame goes out as soon as it is encoded, if frames come at a steady rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any, Protocol

import av
from av.video.reformatter import ColorRange

from dogwatch.media.exact_sound import LAYOUT, RATE

PIXELS = "yuv420p"
PRIMING_S = Fraction(1024, RATE)  # of the AAC encoder
MOST_TICKS = 1_000_000  # a second
TS_TICKS = Fraction(1, 90_000)
AHEAD_S = Fraction(1, 4)  # sound is encoded so far ahead of the picture
FIRST_AHEAD_S = 4 * PRIMING_S
"""The same for the first picture, which somebody waits for: enough for some packets of sound, or none goes out."""
GOP_S = 2.0
THREADS = 2
AUDIO_BIT_RATE = 128_000
X264 = {
    "crf": "21",
    "profile": "high",
    "x264-params": f"bframes=0:rc-lookahead=0:sync-lookahead=0:mbtree=0:sliced-threads=1:threads={THREADS}",
}
STEADY = ":force-cfr=1"
"""More for frames at a steady rate. At others, x264 knows how long a frame is shown only when it has the next one."""

Sound = Iterator[Any]


class FilmSink(Protocol):
    """Where the bytes of a container go."""

    def write(self, data: bytes, /) -> int:
        """Take all of `data`."""
        ...


@dataclass(frozen=True, slots=True)
class FilmFormat:
    """A container: libav's name, its options, and how long before the first frame its clock begins (s).

    `preset` is that of x264.
    """

    name: str
    options: dict[str, str]
    lead: Fraction
    preset: str = "veryfast"

    def lead_in(self, ticks: Fraction) -> Fraction:
        """Return `lead` in whole `ticks`, so that times stay exact."""
        return ceil(self.lead / ticks) * ticks


TRANSPORT_STREAM = FilmFormat("mpegts", {"flush_packets": "1"}, Fraction(1), "superfast")
FRAGMENTED_MP4 = FilmFormat(
    "mp4",
    {
        "movflags": "frag_keyframe+empty_moov+default_base_moof+frag_discont",
        "avoid_negative_ts": "disabled",
        "use_editlist": "0",  # a track's first time would be taken for zero
        "frag_duration": "1000000",
        "flush_packets": "1",
    },
    PRIMING_S,
)


@dataclass(frozen=True, slots=True)
class FilmRate:
    """How many frames come a second on the average, and whether they come at a `steady` rate."""

    fps: Fraction
    steady: bool


class FilmEncoder:
    """Writes one film; pictures come in order, and the sound is drawn as far as they have come."""

    def __init__(self, out: FilmSink, form: FilmFormat, ticks: Fraction, hear: Callable[[], Sound | None]) -> None:
        """Prepare a film whose timestamps are multiples of `ticks` (s); `hear` returns its sound, if it has any.

        That is asked for when there is a picture: both are made ready at the same time.
        """
        self._container = av.open(out, "w", format=form.name, options=form.options)
        self._ticks, self._hearing, self._lead = ticks, hear, form.lead_in(ticks)
        self._sound: Sound | None = None
        self._preset = form.preset
        self._video: Any = None
        self._audio: Any = None
        self._next_sound = Fraction(0)  # seconds of sound encoded
        self._last = -1

    def encode(self, frame: Any, time: Fraction, rate: FilmRate, aspect: Fraction) -> None:
        """Add a picture in yuv420p with even sides, shown at `time` (s); the caller does not use it any more.

        The first one decides; `aspect` is that of a pixel.

        Raises:
            av.error.FFmpegError: It cannot be encoded.
        """
        if self._video is None:
            self._begin(frame, rate, aspect)
        ahead = AHEAD_S if self._last >= 0 else FIRST_AHEAD_S
        self._last = max(self._last + 1, round((time + self._lead) / self._ticks))
        frame.pts, frame.time_base, frame.pict_type = self._last, self._ticks, 0
        self._hear(time + ahead)
        self._container.mux(self._video.encode(frame))

    def copy(self, packet: Any, zero: int) -> None:
        """Add a packet as it is; the film begins at tick `zero` of its stream.

        Raises:
            av.error.FFmpegError: It cannot be written.
        """
        if self._video is None:
            self._video = self._container.add_stream_from_template(packet.stream, opaque=True)
            self._add_sound()
        shift = round(self._lead / packet.time_base) - zero
        self._hear((packet.dts - zero) * packet.time_base + AHEAD_S)
        packet.stream, packet.pts, packet.dts = self._video, packet.pts + shift, packet.dts + shift
        self._container.mux_one(packet)

    def finish(self) -> None:
        """Write what the encoders still have, the rest of the sound, and the end of the film.

        Raises:
            av.error.FFmpegError: It cannot be written, or there was no picture.
        """
        if self._video.codec_context.is_encoder:
            self._container.mux(self._video.encode(None))
        self._hear(None)
        self._container.close()

    def close(self) -> None:
        """Let go of the film, finished or not."""
        self._container.close()

    def _begin(self, frame: Any, rate: FilmRate, aspect: Fraction) -> None:
        options = {**X264, "preset": self._preset, "g": str(max(1, round(GOP_S * float(rate.fps))))}
        if rate.steady:
            options["x264-params"] += STEADY
        video: Any = self._container.add_stream("libx264", rate=rate.fps, options=options)
        video.width, video.height, video.pix_fmt = frame.width, frame.height, PIXELS
        context = video.codec_context
        context.time_base, context.sample_aspect_ratio = self._ticks, aspect
        context.color_range = ColorRange.MPEG
        context.colorspace, context.color_primaries, context.color_trc = (
            frame.colorspace,
            frame.color_primaries,
            frame.color_trc,
        )
        self._video = video
        self._add_sound()

    def _add_sound(self) -> None:
        self._sound = self._hearing()
        if self._sound is not None:
            self._audio = self._container.add_stream("aac", rate=RATE, layout=LAYOUT, bit_rate=AUDIO_BIT_RATE)
            self._audio.codec_context.time_base = Fraction(1, RATE)

    def _hear(self, until: Fraction | None) -> None:
        """Encode the sound up to `until` (s), None for all of it."""
        while self._sound is not None and (until is None or self._next_sound < until):
            frame = next(self._sound, None)
            if frame is None:
                self._container.mux(self._audio.encode(None))
                self._sound = None
                return
            self._next_sound = Fraction(frame.pts + frame.samples, RATE)
            frame.pts += round(self._lead * RATE)
            self._container.mux(self._audio.encode(frame))


def ticks_for(time_base: Fraction) -> Fraction:
    """Return the ticks of an MP4 file made of one with `time_base`: the same where MP4 can say it."""
    exact = time_base.numerator == 1 and time_base.denominator <= MOST_TICKS
    return time_base if exact else TS_TICKS
