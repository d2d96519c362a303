"""Makes films of exactly the frames of a file that are asked for, with the sound between the first and the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import chain, islice
from threading import Thread
from typing import Any

from dogwatch.media.direct_frames import direct_frames
from dogwatch.media.exact_frames import Lost, exact_frames
from dogwatch.media.exact_sound import exact_sound
from dogwatch.media.file_overlay import FileOverlay
from dogwatch.media.film_copy import copied_packets, is_copyable
from dogwatch.media.film_encoder import FilmEncoder, FilmFormat, FilmRate, FilmSink, Sound
from dogwatch.media.film_frames import film_frame
from dogwatch.media.foreign_file import video_stream
from dogwatch.media.frame_index import FrameIndex, is_variable

DECODER_THREADS = 3
BEGUN = 3
"""Frames of sound that are decoded before anybody asks for them."""
DEFAULT_FPS = Fraction(25)


@dataclass(frozen=True, slots=True)
class ExactSource:
    """A file: its index, its rotation (degrees clockwise), and how it is opened.

    `open` returns a new container each time, `open_sound` one that has its sound between two times (s). `sound` is
    whether that is wanted.
    `descriptor` is that of the file, if frames may be read without a container.
    """

    open: Callable[[], Any]
    open_sound: Callable[[Fraction, Fraction], Any]
    index: FrameIndex
    rotation: int = 0
    sound: bool = True
    descriptor: int = -1

    def seconds(self, start: int, n: int) -> Fraction:
        """Return when frame `n` is shown, from frame `start` on."""
        return int(self.index.ticks[n] - self.index.ticks[start]) * self.index.time_base

    def begin_sound(self, start: int, end: int) -> Callable[[], Sound | None]:
        """Begin with the sound of frames `start`..`end` in a thread; return what waits for it, see `exact_sound`.

        There is none if the file has none, or none is wanted. Opening a long file and decoding the first sound takes as
        long as decoding some pictures.
        """
        if not self.sound:
            return lambda: None
        begun: Future[Sound | None] = Future()
        Thread(target=_fulfil, args=(begun, partial(self._sound, start, end)), daemon=True).start()
        return begun.result

    def _sound(self, start: int, end: int) -> Sound | None:
        base = self.index.time_base
        begin, until = int(self.index.ticks[start]) * base, self.index.end(end) * base
        container = self.open_sound(begin, until)
        stream = _sound_stream(container)
        if stream is None:
            container.close()
            return None
        sound = _closing(container, exact_sound(container, stream, begin, until))
        return chain([*islice(sound, BEGUN)], sound)

    def pictures(
        self, start: int, end: int, lost: Lost, container: Any | None = None
    ) -> tuple[Fraction, Iterator[tuple[int, Any]]]:
        """Return the width of a pixel by its height, and the frames `start`..`end`, see `exact_frames`.

        They are read from `container`, if it is open already, or else from a new one if it takes one.
        """
        table = self.index.packets
        if table is not None and self.descriptor >= 0 and container is None:
            return Fraction(*table.decoder.aspect), self._directly(start, end, lost)
        container = container or self.open()
        aspect = video_stream(container).codec_context.sample_aspect_ratio or Fraction(1)
        frames = exact_frames(container, self.index, start, end, DECODER_THREADS, lost)
        return aspect, _closing(container, frames)

    def _directly(self, start: int, end: int, lost: Lost) -> Iterator[tuple[int, Any]]:
        wanted = start
        for n, frame in direct_frames(self.descriptor, self.index, start, end, DECODER_THREADS):
            yield n, frame
            wanted = n + 1
        if wanted <= end:
            with self.open() as container:
                yield from exact_frames(container, self.index, wanted, end, DECODER_THREADS, lost)


def _closing(container: Any, frames: Iterator[Any]) -> Iterator[Any]:
    with container:
        yield from frames


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
    copies: bool = True,
) -> None:
    """Write frames `start`..`end` (both included) to `out`, with timestamps in `ticks`.

    If it `copies`, the pictures are copied where that is exact, else encoded. `told` gets the number of each frame that
    is written, `lost` is that of `exact_frames`.

    Raises:
        MediaError: One of them cannot be decoded.
        av.error.FFmpegError: The film cannot be encoded.
    """
    film = FilmEncoder(out, form, ticks, source.begin_sound(start, end))
    container: Any = None
    try:
        if copies and overlay is None and not source.rotation and source.index.keys[start]:
            container = source.open()
        if container is not None and is_copyable(container, source.index, start, end):
            for packet in copied_packets(container, source.index, start, end):
                film.copy(packet, int(source.index.ticks[start]))
        else:
            aspect, frames = source.pictures(start, end, lost, container)
            aspect = 1 / aspect if source.rotation in (90, 270) else aspect
            rate = _rate(source, start, end)
            for n, frame in frames:
                picture = film_frame(frame, source.rotation, overlay, n, source.index.time(n))
                film.encode(picture, source.seconds(start, n), rate, aspect)
                told(n)
        film.finish()
    finally:
        film.close()
        if container is not None:
            container.close()


def _rate(source: ExactSource, start: int, end: int) -> FilmRate:
    """Return how the frames come, for the encoder's control of its rate."""
    index = source.index
    length = (index.end(end) - int(index.ticks[start])) * index.time_base
    fps = Fraction(end - start + 1) / length if length > 0 else DEFAULT_FPS
    fps = min(max(fps, Fraction(1, 10)), Fraction(240)).limit_denominator(1001)
    return FilmRate(fps, steady=not is_variable(index.ticks[start : end + 1], index.time_base))
