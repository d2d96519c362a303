"""Runs a real encoding process and plays the core for it; and frame rings whose pictures show their numbers."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from dogwatch.bus.ring import FrameRing
from dogwatch.media.picture import bgr_to_i420
from dogwatch.testing.numbered import picture
from dogwatch.testing.worker_run import WorkerRun
from dogwatch.workers.encoding.spec import EncodingSpec


class NumberedRing:
    """The frame ring of a camera whose pictures show their numbers."""

    def __init__(self, directory: Path, name: str, width: int = 640, height: int = 360) -> None:
        """Make the ring; `put` fills it."""
        self.ring = FrameRing.create(str(directory), name, width, height, 3)
        self.name, self.width, self.height = name, width, height

    def put(self, number: int) -> None:
        """Add a picture that shows `number`."""
        pixels = picture(number, self.width, self.height)
        seq, i420 = self.ring.begin(time.time(), keyframe=True)
        i420[:] = bgr_to_i420(np.ascontiguousarray(pixels[..., ::-1]))
        self.ring.commit(seq)
        self.ring.consume(seq)

    def close(self) -> None:
        """Remove the ring."""
        self.ring.close(unlink=True)


class EncodingRun(WorkerRun[EncodingSpec]):
    """A running encoding process and its messages."""

    kind = "encoding"

    @property
    def name(self) -> str:
        """The output's."""
        return self.spec.name


def decoded(data: bytes, form: str) -> list[NDArray[np.uint8]]:
    """Return the pictures (RGB) of a whole stream in the container `form`."""
    container: Any = av.open(io.BytesIO(data), format=form)
    with container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
