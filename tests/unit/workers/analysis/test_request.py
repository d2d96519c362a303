"""What a request to a detector keeps of its frame."""

from pathlib import Path

import numpy as np

from dogwatch.bus.messages import FrameReady
from dogwatch.bus.ring import FrameRing
from dogwatch.model import Box
from dogwatch.vision.colours import colours_in
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.motion import Motion
from dogwatch.vision.regions import TensorSize
from dogwatch.workers.analysis.request import DetectionRequest

SIZES = Geometry(64, 64, 64, 64)
BOX = Box(0, 0, 60, 60)


def put(ring: FrameRing, level: int) -> None:
    seq, pixels = ring.begin(float(level), keyframe=True)
    pixels[:] = level
    ring.commit(seq)


def test_colours_are_of_the_frame_also_while_memory_is_short_or_there_are_none(tmp_path: Path) -> None:
    ring = FrameRing.create(str(tmp_path), "ring", 64, 64, 2)
    put(ring, 20)
    frame = FrameReady("front", ring.name, 0, 20.0, keyframe=True, probe=False)
    ring.hold(0)
    asked = DetectionRequest(1, frame, Motion(), (BOX,), TensorSize(64, 64), ring, 20.0)
    put(ring, 200)
    look = asked.look(SIZES)
    assert look is not None
    of_frame = colours_in(np.full((96, 64), 20, np.uint8), BOX, SIZES)
    seen = look(BOX)
    assert of_frame is not None
    assert seen is not None
    assert (seen == of_frame).all()
    ring.begin(99.0, keyframe=False)[1][:] = 99  # the writer has no other slot: it takes the one that is held
    assert look(BOX) is None
    assert asked.look(SIZES) is None
    asked.kept = np.full((96, 64), 20, np.uint8)
    again = asked.look(SIZES)
    assert again is not None
    assert again(BOX) is not None
    ring.close(unlink=True)
