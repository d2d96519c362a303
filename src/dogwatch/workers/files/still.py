"""Makes a JPEG of one frame."""

from __future__ import annotations

from typing import Any

import simplejpeg

from dogwatch.errors import FileError
from dogwatch.media.direct_frames import direct_frames
from dogwatch.media.exact_frames import exact_frames
from dogwatch.media.frame_index import FrameIndex
from dogwatch.media.stand_in import marked
from dogwatch.media.upright import rgb, upright
from dogwatch.workers.files.child import Out, TaskFile
from dogwatch.workers.files.drawings import overlay_of
from dogwatch.workers.files.spec import StillTask, cores

MOST_THREADS = 4
"""A frame is decoded with few others. There is one thread more than cores: each often waits for the one before."""
SURFACE = "yuv444p"
OUTSIDE = "The crop is not inside of the picture"


def run(task: StillTask, source: TaskFile, out: Out) -> dict[str, Any]:
    """Write the JPEG; the result has its `width` and `height`."""
    index = source.index()
    n = task.frame
    frame, shown = decoded(task, source, index, out)
    frame = upright(frame, task.rotation)
    if task.drawing is not None:
        frame = frame.reformat(format=SURFACE)
        overlay_of(task.drawing).draw(frame, n, index.time(n))
    pixels = rgb(frame)
    height, width = pixels.shape[:2]
    if task.crop is not None:
        x, y, w, h = task.crop
        if x + w > width or y + h > height:
            raise FileError(422, "crop_out_of_range", OUTSIDE, width=width, height=height)
        pixels = pixels[y : y + h, x : x + w].copy()
    jpeg = simplejpeg.encode_jpeg(pixels, task.quality, "RGB", "420")
    out.write(jpeg if shown == n else marked(jpeg, shown))
    return {"width": pixels.shape[1], "height": pixels.shape[0]}


def decoded(task: StillTask, source: TaskFile, index: FrameIndex, out: Out) -> tuple[Any, int]:
    """Return the frame as it is in the file, or the one that stands in for it, and the number of that."""
    n = task.frame
    _, frame = next(direct_frames(source.descriptor, index, n, n, _threads()), (n, None))
    return (frame, n) if frame is not None else _from_container(task, source, index, out)


def _from_container(task: StillTask, source: TaskFile, index: FrameIndex, out: Out) -> tuple[Any, int]:
    """Return the frame, or the one that stands in for it, and the number of that."""
    n, lost = task.frame, dict[int, int]()
    with source.open_again(reordered=task.reordered) as container:
        _, frame = next(exact_frames(container, index, n, n, _threads(), lost.__setitem__))
    if lost:
        with source.open() as container:  # more of the file tells, where the headers are wrong about the order
            lost.clear()
            _, frame = next(exact_frames(container, index, n, n, _threads(), lost.__setitem__))
    for one in lost.items():
        out.lost(*one)
    return frame, lost.get(n, n)


def _threads() -> int:
    return min(MOST_THREADS, cores() + 1)
