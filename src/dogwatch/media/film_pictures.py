"""Decodes the pictures of a film ahead of whoever looks at them, in a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dogwatch.media.decode import PLANAR, copy_i420, even_size
from dogwatch.media.exact_frames import Lost, exact_frames
from dogwatch.media.frame_index import FrameIndex
from dogwatch.media.upright import upright

AHEAD = 4  # pictures

Pixels = NDArray[np.uint8]
IsCut = Callable[[Sequence[Pixels]], bool]


@dataclass(frozen=True, slots=True)
class FilmPicture:
    """Frame `frame` as I420, upright, `(height * 3 // 2, width)`; `cut` tells of a cut since the picture before."""

    frame: int
    i420: Pixels
    cut: bool


class FilmPictures:
    """Yields every n-th displayed frame of a film. To be closed, as it is by `with`."""

    def __init__(
        self,
        container: Any,
        index: FrameIndex,
        every: int,
        is_cut: IsCut,
        threads: int = 1,
        lost: Lost = lambda _n, _other: None,
    ) -> None:
        """Begin to decode.

        Args:
            container: The film; nobody else may use it.
            index: Its frame index.
            every: Which frames are wanted: those whose number it divides.
            is_cut: Asked about each frame, in order, with its Y, U and V planes.
            threads: How many threads decode.
            lost: Is told of frames that cannot be decoded, by the thread that decodes.
        """
        self._queue: queue.Queue[FilmPicture | BaseException | None] = queue.Queue(AHEAD)
        self._every, self._is_cut = every, is_cut
        self._closed = threading.Event()
        frames = exact_frames(container, index, 0, index.total - 1, threads, lost)
        self._thread = threading.Thread(target=self._decode, args=(frames,), name="decode", daemon=True)
        self._thread.start()

    def __enter__(self) -> FilmPictures:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        while self._thread.is_alive():
            try:  # the thread may wait for room
                self._queue.get(timeout=0.1)
            except queue.Empty:
                continue

    def __iter__(self) -> Iterator[FilmPicture]:
        """Yield the pictures.

        Raises:
            MediaError: A frame cannot be decoded.
        """
        while (one := self._queue.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one

    def _decode(self, frames: Iterator[tuple[int, Any]]) -> None:
        end: BaseException | None = None
        try:
            self._pictures(frames)
        except BaseException as error:  # noqa: BLE001 - it is raised where the pictures are wanted
            end = error
        self._queue.put(end)

    def _pictures(self, frames: Iterator[tuple[int, Any]]) -> None:
        size: tuple[int, int] | None = None
        cut = False
        for number, frame in frames:
            if self._closed.is_set():
                return
            shown = upright(frame)
            if size is None:
                size = even_size(shown)
            if shown.format.name not in PLANAR or even_size(shown) != size:
                shown = shown.reformat(width=size[0], height=size[1], format="yuv420p")
            cut = self._is_cut(planes_of(shown)) or cut
            if number % self._every == 0:
                i420 = np.empty((size[1] * 3 // 2, size[0]), np.uint8)
                copy_i420(shown, i420)
                self._queue.put(FilmPicture(number, i420, cut))
                cut = False


def planes_of(frame: Any) -> list[Pixels]:
    """Return views of the Y, U and V planes of a picture."""
    return [
        np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        for plane in frame.planes
    ]
