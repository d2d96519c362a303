"""The frame ring of one camera: decoded pictures in shared memory.

One writer (ingest), two readers (vision and the core). A slot holds one I420 picture at the stream's own resolution as
an array of shape `(height * 3 // 2, width)`, uint8, beside a generation number: odd while the slot is being written, `2
* seq + 2` once frame `seq` is complete. A reader uses the slot in place, and checks afterwards whether it still held
the same frame. Neither side ever waits for the other, so a stopped reader costs no footage.

Readers write three things back into the same memory: until when each wants every frame decoded (`demand_full`), which
frame the analysis took last (`consume`), and which one it still needs (`hold`), because a detector works on it.

A slot is free if its frame is neither the newest, nor held, nor still to be taken. The writer uses the first free slot,
so two slots are enough while the analysis keeps up. A slot that was not used for `IDLE_S` gives its memory back. If no
slot is free, the oldest frame that is not held is overwritten.
"""

from __future__ import annotations

import time as time_module
from dataclasses import dataclass
from enum import IntEnum
from mmap import PAGESIZE, mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dogwatch.bus import shared
from dogwatch.errors import RingError

MAGIC = 0x32474E4952574444  # "DDWRING2"
HEADER = np.dtype(
    [
        ("magic", "<u8"),
        ("slots", "<u4"),
        ("width", "<u4"),
        ("height", "<u4"),
        ("closed", "<u4"),
        ("head", "<i8"),
        ("consumed", "<i8"),
        ("held", "<i8"),
        ("full_until", "<f8", (2,)),
    ]
)
# Fields used with each frame are whole words of eight bytes, and are read as such: looking up a field of a NumPy
# record takes ten times as long. After the header come the slots' states, three words each.
LONGEST_CORE_S = 60.0
HEAD, CONSUMED, HELD, FULL_UNTIL, STATES = 3, 4, 5, 6, 8
GENERATION, TIME, FLAGS, STATE_WORDS = 0, 1, 2, 3
KEYFRAME, PROBE = 1, 2
LEAST_SLOTS = 2  # the newest frame, and the one being written
IDLE_S = 10.0
SHORT_S = 1.0  # when memory is short, it is asked for again only then: the system looks for all of it before it refuses


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
        self._offsets = [_slot_offset(slot, slots, width, height) for slot in range(slots + 1)]
        states = memoryview(memory)[: self._offsets[0]]
        self._words, self._times = states.cast("q"), states.cast("d")
        self._frames = [
            np.frombuffer(memory, np.uint8, width * height * 3 // 2, start).reshape(height * 3 // 2, width)
            for start in self._offsets[:-1]
        ]
        self._used: dict[int, float] = {}  # for the writer: the slots that have memory, and when each was used last
        self._begun, self._short_until = 0, 0.0

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
        memory = shared.create(path, _slot_offset(slots, slots, width, height))
        header = np.frombuffer(memory, HEADER, 1)
        header[0] = (0, slots, width, height, 0, -1, -1, -1, (0.0, 0.0))
        ring = cls(path, memory, slots, width, height)
        ring._used = dict.fromkeys(range(slots), 0.0)
        ring._give_back_idle(IDLE_S)  # there is memory for all slots, but few will be needed
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
        size = _slot_offset(slots, slots, width, height)
        if int(header["magic"]) != MAGIC or len(memory) < size:
            raise RingError(f"{path} is no frame ring")
        return cls(path, memory, slots, width, height)

    # ------------------------------------------------------------ writer

    def begin(self, time: float, *, keyframe: bool, probe: bool = False) -> tuple[int, NDArray[np.uint8]]:
        """Begin the next frame; return its `seq` and its I420 array to fill. Then call `commit(seq)`."""
        seq, slot, now = self.head + 1, self._next_slot(), time_module.monotonic()
        state = _state(slot)
        self._words[state + GENERATION] = 2 * seq + 1
        self._times[state + TIME] = time
        self._words[state + FLAGS] = KEYFRAME * keyframe | PROBE * probe
        self._begun, self._used[slot] = slot, now
        self._give_back_idle(now)
        return seq, self._frames[slot]

    def commit(self, seq: int) -> None:
        """Make the frame begun by `begin` visible."""
        self._words[_state(self._begun) + GENERATION] = 2 * seq + 2
        self._words[HEAD] = seq

    def has_room(self) -> bool:
        """Whether the next frame overwrites none that the analysis needs."""
        return self._free_slot() is not None

    def _next_slot(self) -> int:
        if (slot := self._free_slot()) is not None:
            return slot
        kept = (2 * self.head + 2, 2 * self._words[HELD] + 2)
        generations = ((self._words[_state(slot) + GENERATION], slot) for slot in self._used)
        return min((generation in kept, generation, slot) for generation, slot in generations)[2]

    def _free_slot(self) -> int | None:
        """Return the first slot that is free and has memory, which is reserved if there is enough."""
        for slot in filter(self._is_free, range(self.slots)):
            if slot not in self._used:
                if not self._get_memory(slot):
                    continue
                self._used[slot] = time_module.monotonic()
            return slot
        return None

    def _is_free(self, slot: int) -> bool:
        generation = self._words[_state(slot) + GENERATION]
        seq = generation // 2 - 1
        return generation % 2 == 1 or (seq <= self.consumed and seq not in (self.head, self._words[HELD])) or seq < 0

    def _get_memory(self, slot: int) -> bool:
        if time_module.monotonic() < self._short_until:
            return False
        start, end = self._offsets[slot : slot + 2]
        found = shared.reserve(self.path, start, end - start)
        if not found:
            self._short_until = time_module.monotonic() + SHORT_S
        return found

    def _give_back_idle(self, now: float) -> None:
        """Give back the memory of slots that are free and have not been used for a while."""
        for slot, used in sorted(self._used.items(), reverse=True):
            if len(self._used) <= LEAST_SLOTS or now - used < IDLE_S or not self._is_free(slot):
                continue
            self._words[_state(slot) + GENERATION] = 0  # first, so that a reader notices
            start, end = self._offsets[slot : slot + 2]
            if shared.give_back(self._memory, start, end - start):
                del self._used[slot]

    @property
    def consumed(self) -> int:
        """The newest frame that the analysis has taken, -1 before the first."""
        return self._words[CONSUMED]

    @property
    def head(self) -> int:
        """The newest complete frame, -1 before the first."""
        return self._words[HEAD]

    def full_wanted(self, now: float | None = None) -> bool:
        """Whether any reader wants every frame decoded at `now` (epoch s).

        The core never asks for more than seconds ahead: what it has asked before the clock was set back is over.
        """
        now = time_module.time() if now is None else now
        core = self._times[FULL_UNTIL + Reader.CORE]
        return self._times[FULL_UNTIL + Reader.VISION] > now or now < core <= now + LONGEST_CORE_S

    # ------------------------------------------------------------ readers

    def picture(self, seq: int) -> RingPicture | None:
        """Return frame `seq` in place; None if it was overwritten or is not there yet."""
        slot = self._slot_of(seq)
        if slot is None:
            return None
        state = _state(slot)
        flags, time = self._words[state + FLAGS], self._times[state + TIME]
        picture = RingPicture(seq, time, bool(flags & KEYFRAME), bool(flags & PROBE), self._frames[slot])
        return picture if self.holds(seq) else None

    def newest(self) -> RingPicture | None:
        """Return the newest complete frame in place."""
        return self.picture(self.head)

    def holds(self, seq: int) -> bool:
        """Whether the complete frame `seq` is there."""
        return self._slot_of(seq) is not None

    def _slot_of(self, seq: int) -> int | None:
        if seq >= 0:
            for slot in range(self.slots):
                if self._words[_state(slot) + GENERATION] == 2 * seq + 2:
                    return slot
        return None

    def copy(self, seq: int) -> NDArray[np.uint8] | None:
        """Return an I420 copy of frame `seq`, or None if it was overwritten before or during the copy."""
        picture = self.picture(seq)
        if picture is None:
            return None
        pixels = picture.i420.copy()
        return pixels if self.holds(seq) else None

    def consume(self, seq: int) -> None:
        """Note that the analysis has taken frame `seq`; unless it holds the frame, this may be overwritten now."""
        self._words[CONSUMED] = seq

    def hold(self, seq: int) -> None:
        """Keep frame `seq`, until the next call; -1 keeps none."""
        self._words[HELD] = seq

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


def _state(slot: int) -> int:
    """Return the index of the first word about `slot`."""
    return STATES + slot * STATE_WORDS


def _slot_offset(slot: int, slots: int, width: int, height: int) -> int:
    """Return where `slot` of so many begins; only whole pages can be given back."""
    return _pages(8 * (STATES + slots * STATE_WORDS)) + slot * _pages(width * height * 3 // 2)


def _pages(size: int) -> int:
    return -(-size // PAGESIZE) * PAGESIZE
