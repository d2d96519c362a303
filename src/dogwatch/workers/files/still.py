"""Makes a JPEG of one frame."""

from __future__ import annotations

from typing import Any

import simplejpeg

from dogwatch.errors import FileError
from dogwatch.media.exact_frames import exact_frames
from dogwatch.media.upright import rgb, upright
from dogwatch.workers.files.child import Out, Source
from dogwatch.workers.files.spec import StillTask


def run(task: StillTask, source: Source, out: Out) -> dict[str, Any]:
    """Write the JPEG; the result has its `width` and `height`."""
    index = source.index()
    with source.open() as container:
        _, frame = next(exact_frames(container, index, task.frame, task.frame))
        pixels = rgb(upright(frame))
    height, width = pixels.shape[:2]
    if task.crop is not None:
        x, y, w, h = task.crop
        if x + w > width or y + h > height:
            raise FileError(
                422, "crop_out_of_range", "the crop is not inside of the picture", width=width, height=height
            )
        pixels = pixels[y : y + h, x : x + w].copy()
    out.write(simplejpeg.encode_jpeg(pixels, task.quality, "RGB", "420"))
    return {"width": pixels.shape[1], "height": pixels.shape[0]}
