"""The frame ring of one camera: decoded pictures in shared memory.

One writer (ingest), two readers (vision and the core). A slot holds one I420 picture at the stream's own resolution as
an array of shape `(height * 3 // 2, width)`, uint8, beside a generation number: odd while the slot is being written, `2
* seq + 2` once frame `seq` is complete. A reader uses the slot in place, and checks afterwards whether it still held
the same frame. Neither side ever waits for the other, so a stopped reader costs no footage.

Readers write two things back into the same memory: until when each wants every frame decoded (`demand_full`), and which
frame the analysis took last (`consume`), by which ingest sets its pace while it catches up.
"""

from __future__ import annotations

import time as time_module
from dataclasses import dataclass
from enum import IntEnum
from mmap import mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dogwatch.bus import shared
from dogwatch.errors import RingError

MAGIC = 0x31474E4952574444  # "DDWRING1"
HEADER = np.dtype(
    [
        ("magic", "<u8"),
        ("slots", "<u4"),
        ("width", "<u4"),
        ("height", "<u4"),
        ("closed", "<u4"),
        ("head", "<i8"),
        ("consumed", "<i8"),
        ("full_until", "<f8", (2,)),
    ]
)
PAGE = 4096
# Fields used with each frame are whole words of eight bytes, and are read as such: looking up a field of a NumPy
# record takes ten times as long. After the header come the slots' states, three words each.
HEAD, CONSUMED, FULL_UNTIL, STATES = 3, 4, 5, 7
GENERATION, TIME, FLAGS, STATE_WORDS = 0, 1, 2, 3
KEYFRAME, PROBE = 1, 2


class Reader(IntEnum):
    """The readers of a ring; each has a word of its own for its demand."""

    VISION = 0
    CORE = 1


@dataclass(frozen=True, slots=True)
class RingPicture:
    """A picture in the ring: `i420` is a view of it, valid only while `FrameRing.holds(seq)`."""

    seq: int
    time: float
    keyframe: bool
    probe: bool
    i420: NDArray[np.uint8]

    @property
    def luma(self) -> NDArray[np.uint8]:
        """The Y plane, `(height, width)`."""
        return self.i420[: self.i420.shape[0] * 2 // 3]


class FrameRing:
    """A ring of pictures; make one with `create` (ingest) or `open` (readers)."""

    def __init__(self, path: Path, memory: Any, slots: int, width: int, height: int) -> None:
        """Map arrays onto `memory`; use `create` or `open` instead."""
        self.path, self.slots, self.width, self.height = path, slots, width, height
        self._memory = memory
        self._header = np.frombuffer(memory, HEADER, 1)
        start = _data_offset(slots)
        states = memoryview(memory)[:start]
        self._words, self._times = states.cast("q"), states.cast("d")
        frames = np.frombuffer(memory, np.uint8, slots * width * height * 3 // 2, start)
        self._frames = frames.reshape(slots, height * 3 // 2, width)

    @property
    def name(self) -> str:
        """The name by which readers open this ring."""
        return self.path.name

    @classmethod
    def create(cls, directory: str, name: str, width: int, height: int, slots: int) -> FrameRing:
        """Make a ring of `slots` pictures of `width` x `height` (both even).

        Raises:
            RingError: There is not enough shared memory; the message says how much there is.
        """
        if width % 2 or height % 2 or width < 2 or height < 2:
            raise RingError(f"a ring needs even, positive sizes, not {width}x{height}")
        path = Path(directory) / name
        memory = shared.create(path, _data_offset(slots) + slots * width * height * 3 // 2)
        header = np.frombuffer(memory, HEADER, 1)
        header[0] = (0, slots, width, height, 0, -1, -1, (0.0, 0.0))
        ring = cls(path, memory, slots, width, height)
        for slot in range(slots):
            ring._words[ring._state(slot) + GENERATION] = 0
        header["magic"] = MAGIC
        return ring

    @classmethod
    def open(cls, directory: str, name: str) -> FrameRing:
        """Attach to an existing ring.

        Raises:
            RingError: It is gone or not a ring.
        """
        path = Path(directory) / name
        return cls.over(path, shared.attach(path))

    @classmethod
    def over(cls, path: Path, memory: mmap) -> FrameRing:
        """Return the ring in `memory`, which `shared.attach(path)` has mapped.

        Raises:
            RingError: It is not a ring.
        """
        if len(memory) < HEADER.itemsize:
            raise RingError(f"{path} is no frame ring")
        header = np.frombuffer(memory, HEADER, 1)[0]
        slots, width, height = int(header["slots"]), int(header["width"]), int(header["height"])
        size = _data_offset(slots) + slots * width * height * 3 // 2
        if int(header["magic"]) != MAGIC or len(memory) < size:
            raise RingError(f"{path} is no frame ring")
        return cls(path, memory, slots, width, height)

    # ------------------------------------------------------------ writer

    def begin(self, time: float, *, keyframe: bool, probe: bool = False) -> tuple[int, NDArray[np.uint8]]:
        """Begin the next slot; return its `seq` and its I420 array to fill. Then call `commit(seq)`."""
        seq = self.head + 1
        state = self._state(seq)
        self._words[state + GENERATION] = 2 * seq + 1
        self._times[state + TIME] = time
        self._words[state + FLAGS] = KEYFRAME * keyframe | PROBE * probe
        return seq, self._frames[seq % self.slots]

    def commit(self, seq: int) -> None:
        """Make the frame begun by `begin` visible."""
        self._words[self._state(seq) + GENERATION] = 2 * seq + 2
        self._words[HEAD] = seq

    @property
    def consumed(self) -> int:
        """The newest frame that the analysis has taken, -1 before the first."""
        return self._words[CONSUMED]

    @property
    def head(self) -> int:
        """The newest complete frame, -1 before the first."""
        return self._words[HEAD]

    def full_wanted(self, now: float | None = None) -> bool:
        """Whether any reader wants every frame decoded at `now` (epoch s)."""
        now = time_module.time() if now is None else now
        return max(self._times[FULL_UNTIL : FULL_UNTIL + len(Reader)]) > now

    # ------------------------------------------------------------ readers

    def picture(self, seq: int) -> RingPicture | None:
        """Return frame `seq` in place; None if it was overwritten or is not there yet."""
        if seq < 0 or not self.holds(seq):
            return None
        state = self._state(seq)
        flags = self._words[state + FLAGS]
        picture = RingPicture(
            seq,
            self._times[state + TIME],
            bool(flags & KEYFRAME),
            bool(flags & PROBE),
            self._frames[seq % self.slots],
        )
        return picture if self.holds(seq) else None

    def newest(self) -> RingPicture | None:
        """Return the newest complete frame in place."""
        return self.picture(self.head)

    def holds(self, seq: int) -> bool:
        """Whether slot `seq % slots` still holds the complete frame `seq`."""
        return self._words[self._state(seq) + GENERATION] == 2 * seq + 2

    def copy(self, seq: int) -> NDArray[np.uint8] | None:
        """Return an I420 copy of frame `seq`, or None if it was overwritten before or during the copy."""
        picture = self.picture(seq)
        if picture is None:
            return None
        pixels = picture.i420.copy()
        return pixels if self.holds(seq) else None

    def consume(self, seq: int) -> None:
        """Note that the analysis has taken frame `seq`."""
        self._words[CONSUMED] = seq

    def demand_full(self, reader: Reader, until: float) -> None:
        """Ask for every frame until the epoch time `until`; a later call replaces the earlier."""
        self._times[FULL_UNTIL + reader] = until

    @property
    def closed(self) -> bool:
        """Whether the writer has closed the ring."""
        return bool(self._header["closed"][0])

    # ------------------------------------------------------------ end

    def close(self, *, unlink: bool = False) -> None:
        """Release the memory; the writer also marks the ring closed and unlinks its file."""
        if unlink:
            self._header["closed"] = 1
            self.path.unlink(missing_ok=True)
        # Arrays that are still in use keep the mapping alive; it is freed with the last of them.
        del self._header, self._words, self._times, self._frames, self._memory

    def _state(self, seq: int) -> int:
        """Return the index of the first word about the slot of frame `seq`."""
        return STATES + seq % self.slots * STATE_WORDS


def _data_offset(slots: int) -> int:
    used = 8 * (STATES + slots * STATE_WORDS)
    return -(-used // PAGE) * PAGE
