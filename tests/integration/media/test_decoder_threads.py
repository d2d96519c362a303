"""A decoder with several threads can be let go of at any moment, also of a film that somebody has damaged."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dogwatch.media import foreign_file, frame_indexing
from dogwatch.media.direct_frames import direct_frames
from dogwatch.media.exact_frames import exact_frames
from dogwatch.media.frame_index import FrameIndex
from dogwatch.media.frame_indexing import PacketSource
from dogwatch.testing.numbered import Codec, Variant, make

PATIENCE_S = 60
TURNS = 150
THREADS = 3


def indexed(descriptor: int) -> FrameIndex:
    with foreign_file.opened(descriptor) as container:
        return frame_indexing.build(container, PacketSource(os.fstat(descriptor).st_size, descriptor))


def leave(path: str, way: str) -> None:
    """Begin to decode a film at many places, and take one frame each time, while threads decode those after it."""
    descriptor = os.open(path, os.O_RDONLY)
    index = indexed(descriptor)
    for n in range(TURNS):
        start = n % (index.total - 30)
        if way == "direct":
            assert next(direct_frames(descriptor, index, start, index.total - 1, THREADS))[0] == start
            continue
        with foreign_file.opened(descriptor, alone=False) as container:
            assert next(exact_frames(container, index, start, index.total - 1, THREADS))[0] == start


@pytest.mark.parametrize("way", ["direct", "opened"])
def test_a_decoder_is_left_while_its_threads_work(tmp_path: Path, way: str) -> None:
    film = make(tmp_path, Codec.H264, Variant.LONG_GOP)
    subprocess.run([sys.executable, __file__, str(film.path), way], timeout=PATIENCE_S, check=True)


if __name__ == "__main__":
    leave(*sys.argv[1:])
