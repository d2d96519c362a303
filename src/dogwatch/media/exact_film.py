"""Makes films of exactly the frames of a file that are asked for, with the sound between the first and the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from fractions import Fraction
from threading import Thread
from typing import Any

from dogwatch.media.exact_frames import Lost, exact_frames
from dogwatch.media.exact_sound import exact_sound
from dogwatch.media.file_overlay import FileOverlay
from dogwatch.media.film_copy import copied_packets, is_copyable
from dogwatch.media.film_encoder import FilmEncoder, FilmFormat, FilmSink
from dogwatch.media.film_frames import film_frame
from dogwatch.media.foreign_file import video_stream
from dogwatch.media.frame_index import FrameIndex

DECODER_THREADS = 2
DEFAULT_FPS = Fraction(25)


@dataclass(frozen=True, slots=True)
class ExactSource:
    """A file: its index, its rotation (degrees clockwise), and how it is opened.

    `open` returns a new container each time. `sound` is whether its sound is wanted.
    """

    open: Callable[[], Any]
    index: FrameIndex
    rotation: int = 0
    sound: bool = True

    def seconds(self, start: int, n: int) -> Fraction:
        """Return when frame `n` is shown, from frame `start` on."""
        return int(self.index.ticks[n] - self.index.ticks[start]) * self.index.time_base

    def opening_sound(self) -> Future[Any] | None:
        """Open the file for its sound in a thread, None if it is not wanted.

        Opening a long file takes as long as decoding some pictures.
        """
        if not self.sound:
            return None
        opening: Future[Any] = Future()
        Thread(target=_fulfil, args=(opening, self.open), daemon=True).start()
        return opening

    def sound_of(self, opening: Future[Any], start: int, end: int) -> Iterator[Any]:
        """Yield the sound of frames `start`..`end`, see `exact_sound`."""
        with opening.result() as container:
            stream, base = _sound_stream(container), self.index.time_base
            yield from exact_sound(container, stream, int(self.index.ticks[start]) * base, self.index.end(end) * base)


def _sound_stream(container: Any) -> Any | None:
    return next((one for one in container.streams.audio if one.codec_context is not None), None)


def _fulfil(future: Future[Any], work: Callable[[], Any]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - whoever waits gets it
        future.set_exception(error)


def write_film(
    source: ExactSource,
    start: int,
    end: int,
    out: FilmSink,
    form: FilmFormat,
    ticks: Fraction,
    overlay: FileOverlay | None = None,
    told: Callable[[int], None] = lambda _: None,
    lost: Lost = lambda _n, _other: None,
) -> None:
    """Write frames `start`..`end` (both included) to `out`, with timestamps in `ticks`.

    The pictures are copied where that is exact, else encoded. `told` gets the number of each frame that is written,
    `lost` is that of `exact_frames`.

    Raises:
        MediaError: One of them cannot be decoded.
        av.error.FFmpegError: The film cannot be encoded.
    """
    opening, sound = source.opening_sound(), None
    container = source.open()
    if opening is not None:
        if _sound_stream(container) is not None:
            sound = source.sound_of(opening, start, end)
        else:
            opening.result().close()
    film = FilmEncoder(out, form, ticks, sound)
    try:
        if overlay is None and not source.rotation and is_copyable(container, source.index, start, end):
            for packet in copied_packets(container, source.index, start, end):
                film.copy(packet, int(source.index.ticks[start]))
        else:
            _encode(container, source, start, end, film, overlay, told, lost)
        film.finish()
    finally:
        film.close()
        container.close()


def _encode(
    container: Any,
    source: ExactSource,
    start: int,
    end: int,
    film: FilmEncoder,
    overlay: FileOverlay | None,
    told: Callable[[int], None],
    lost: Lost,
) -> None:
    stream, index = video_stream(container), source.index
    fps = _fps(source, start, end)
    aspect = stream.codec_context.sample_aspect_ratio or Fraction(1)
    aspect = 1 / aspect if source.rotation in (90, 270) and aspect else aspect
    for n, frame in exact_frames(container, index, start, end, DECODER_THREADS, lost):
        picture = film_frame(frame, source.rotation, overlay, n, index.time(n))
        film.encode(picture, source.seconds(start, n), fps, aspect)
        told(n)


def _fps(source: ExactSource, start: int, end: int) -> Fraction:
    """Return how many frames come a second on the average, for the encoder's control of its rate."""
    index = source.index
    length = (index.end(end) - int(index.ticks[start])) * index.time_base
    fps = Fraction(end - start + 1) / length if length > 0 else DEFAULT_FPS
    return min(max(fps, Fraction(1, 10)), Fraction(240)).limit_denominator(1001)
