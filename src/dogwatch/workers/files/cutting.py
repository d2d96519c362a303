"""Cuts parts out of single frames, and tells each as a JPEG."""

from __future__ import annotations

import simplejpeg

from dogwatch.errors import DogwatchError
from dogwatch.media.upright import rgb, upright
from dogwatch.workers.files.child import Out, TaskFile
from dogwatch.workers.files.spec import Corners, CutPart, CutTask, StillTask
from dogwatch.workers.files.still import decoded

MOST_BYTES = 8 << 20  # of a JPEG


def run(task: CutTask, source: TaskFile, out: Out) -> int:
    """Tell the parts; return how many could be cut. Frames that cannot be decoded are left out."""
    index, told = source.index(), 0
    for number, (frame, corners) in enumerate(task.parts):
        still = StillTask(frame=frame, rotation=task.rotation, reordered=task.reordered)
        try:
            picture, shown = decoded(still, source, index, out)
        except DogwatchError:
            continue
        if shown != frame:  # another frame stands in for it, in which the part may show something else
            continue
        pixels = rgb(upright(picture, task.rotation))
        x1, y1, x2, y2 = _inside(corners, pixels.shape[1], pixels.shape[0])
        if x1 >= x2 or y1 >= y2:
            continue
        jpeg = simplejpeg.encode_jpeg(pixels[y1:y2, x1:x2].copy(), task.quality, "RGB", "420")
        if len(jpeg) <= MOST_BYTES:
            told += 1
            out.tell(CutPart(number, jpeg))
    return told


def _inside(corners: Corners, width: int, height: int) -> Corners:
    x1, y1, x2, y2 = corners
    return max(0, x1), max(0, y1), min(width, x2), min(height, y2)
