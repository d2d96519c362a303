"""Makes films of exactly the frames of a file that are asked for, with the sound between the first and the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from fractions import Fraction
from threading import Thread
from typing import Any

from dogwatch.media.direct_frames import direct_frames
from dogwatch.media.exact_frames import Lost, exact_frames
from dogwatch.media.exact_sound import exact_sound
from dogwatch.media.file_overlay import FileOverlay
from dogwatch.media.film_copy import copied_packets, is_copyable
from dogwatch.media.film_encoder import FilmEncoder, FilmFormat, FilmSink
from dogwatch.media.film_frames import film_frame
from dogwatch.media.foreign_file import video_stream
from dogwatch.media.frame_index import FrameIndex

DECODER_THREADS = 3
DEFAULT_FPS = Fraction(25)


@dataclass(frozen=True, slots=True)
class ExactSource:
    """A file: its index, its rotation (degrees clockwise), and how it is opened.

    `open` returns a new container each time, `open_sound` one that has its sound. `sound` is whether that is wanted.
    `descriptor` is that of the file, if frames may be read without a container.
    """

    open: Callable[[], Any]
    open_sound: Callable[[], Any]
    index: FrameIndex
    rotation: int = 0
    sound: bool = True
    descriptor: int = -1

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
        Thread(target=_fulfil, args=(opening, self.open_sound), daemon=True).start()
        return opening

    def sound_of(self, opening: Future[Any], start: int, end: int) -> Iterator[Any] | None:
        """Return the sound of frames `start`..`end`, see `exact_sound`; None if the file has none."""
        container = opening.result()
        stream = _sound_stream(container)
        if stream is None:
            container.close()
            return None
        base = self.index.time_base
        begin, until = int(self.index.ticks[start]) * base, self.index.end(end) * base
        return _closing(container, exact_sound(container, stream, begin, until))

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
    opening = source.opening_sound()
    film = FilmEncoder(out, form, ticks, lambda: None if opening is None else source.sound_of(opening, start, end))
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
            fps = _fps(source, start, end)
            for n, frame in frames:
                picture = film_frame(frame, source.rotation, overlay, n, source.index.time(n))
                film.encode(picture, source.seconds(start, n), fps, aspect)
                told(n)
        film.finish()
    finally:
        film.close()
        if container is not None:
            container.close()


def _fps(source: ExactSource, start: int, end: int) -> Fraction:
    """Return how many frames come a second on the average, for the encoder's control of its rate."""
    index = source.index
    length = (index.end(end) - int(index.ticks[start])) * index.time_base
    fps = Fraction(end - start + 1) / length if length > 0 else DEFAULT_FPS
    return min(max(fps, Fraction(1, 10)), Fraction(240)).limit_denominator(1001)
