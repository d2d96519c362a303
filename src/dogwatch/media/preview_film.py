"""Encodes the small pictures of an hour, or of a range, as one MP4 without sound."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
from av.video.reformatter import ColorRange

from dogwatch.errors import MediaError
from dogwatch.media.encoder_spec import PreviewSpec
from dogwatch.media.preview_files import HOLD_S
from dogwatch.media.preview_source import pictures

MILLISECONDS = Fraction(1, 1000)
GOP = 40  # docs/api/previews.md
FPS = 30
PRESET = "superfast"  # half as dear as `veryfast` with lookahead; a busy hour takes a fifth more
PARAMS = "nr=600:rc-lookahead=0:mbtree=0"  # noise reduction halves what a picture at rest takes
PROGRESS_EVERY_S = 120.0


def encode(spec: PreviewSpec, tell: Callable[[float], None] = lambda _: None) -> int:
    """Write an H.264 MP4 file; return its number of pictures. `tell` is called with the share done.

    Without pictures, the file is of no use.

    Raises:
        MediaError: The file cannot be encoded or written.
    """
    try:
        return _encode(spec, tell)
    except (av.error.FFmpegError, OSError) as error:
        raise MediaError(f"the preview cannot be made: {getattr(error, 'strerror', None) or error}") from error


def _encode(spec: PreviewSpec, tell: Callable[[float], None]) -> int:
    count, told, shown, skipped, before = 0, spec.start, -1, 0.0, spec.start
    shortest = 1 if spec.speed == 1.0 else 1000 // FPS
    with av.open(spec.out, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        track: PreviewTrack | None = None
        for time, frame in pictures(spec.sources, spec.start, spec.end):
            if time - told >= PROGRESS_EVERY_S:
                told = time
                tell((time - spec.start) / (spec.end - spec.start))
            if spec.skip_gaps and time - before > HOLD_S:
                skipped += time - before - 1.0 * (track is not None)
            before = time
            at = round((time - spec.start - skipped) / spec.speed * 1000)
            if shown >= 0 and at - shown < shortest:
                continue
            shown = at
            track = track or PreviewTrack(container, frame.width, frame.height, spec.crf)
            track.add(frame, at)
            count += 1
        if track is None:
            return 0
        rest = spec.end - before
        end = before + 1.0 if spec.skip_gaps and rest > HOLD_S else spec.end
        track.finish(round((end - spec.start - skipped) / spec.speed * 1000))
    return count


def as_video(frame: Any, width: int, height: int) -> Any:
    """Return `frame` in this size, with the levels of video: pictures from JPEGs have others."""
    source = ColorRange.JPEG if frame.color_range == ColorRange.JPEG else ColorRange.MPEG
    return frame.reformat(width, height, "yuv420p", src_color_range=source, dst_color_range=ColorRange.MPEG)


class PreviewTrack:
    """The one track of a film of small pictures; each stays until the next."""

    def __init__(self, container: Any, width: int, height: int, crf: int) -> None:
        """Add a track of this size to `container`, which PyAV has opened for writing."""
        self._container = container
        self._stream = container.add_stream("libx264", rate=1000)
        self._stream.width, self._stream.height, self._stream.pix_fmt = width & ~1, height & ~1, "yuv420p"
        self._stream.codec_context.time_base = MILLISECONDS
        self._stream.options = {
            "preset": PRESET, "crf": str(crf), "threads": "1", "g": str(GOP), "bf": "0", "sc_threshold": "0",
            "x264-params": PARAMS,
        }  # fmt: skip
        self._held: Any = None  # the last packet: how long it stays is known when the next one comes

    def add(self, frame: Any, at_ms: int) -> None:
        """Show `frame` from `at_ms` milliseconds on."""
        picture = as_video(frame, self._stream.width, self._stream.height)
        picture.pts, picture.time_base, picture.pict_type = at_ms, MILLISECONDS, 0
        self._take(self._stream.encode(picture))

    def finish(self, end_ms: int) -> None:
        """Write what is left; the last picture stays until `end_ms` milliseconds."""
        self._take(self._stream.encode(None))
        self._write(end_ms)

    def _take(self, packets: list[Any]) -> None:
        for packet in packets:
            self._write(packet.pts)
            self._held = packet

    def _write(self, until: int) -> None:
        if self._held is not None:
            self._held.duration = max(1, until - self._held.pts)
            self._container.mux(self._held)
            self._held = None
