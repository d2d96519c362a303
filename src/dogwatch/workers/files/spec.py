"""The tasks of file workers, and their limits; separate, so that only the workers load PyAV."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import msgspec

from dogwatch.detectors.spec import DetectorSpec


class Pool(StrEnum):
    """Which tasks wait for one another."""

    STILL = "still"
    ENCODER = "encoder"
    INDEX = "index"
    ANALYSIS = "analysis"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a task may take.

    Attributes:
        pool: Where it waits.
        memory_mb: Memory beyond what the template has.
        cpu_s: Processor time, and `cpu_s_per_mb` more for each megabyte of the file.
        silent_s: How long it may say nothing; a still has to be done by then.
        nice: How much lower its priority is than that of the core.
        eager: Its priority is lower from its first byte on only: somebody waits for that.
        failed: Status and code of the error if it dies.
    """

    pool: Pool
    memory_mb: int = 1024
    cpu_s: int = 60
    cpu_s_per_mb: float = 0.0
    silent_s: float = 60.0
    nice: int = 10
    eager: bool = False
    failed: tuple[int, str] = (500, "encode_failed")

    def cpu(self, size_bytes: int) -> int:
        """Return the processor time in seconds for a file of `size_bytes`."""
        return self.cpu_s + int(self.cpu_s_per_mb * size_bytes / 1_000_000)


class Task(msgspec.Struct, frozen=True, kw_only=True, tag_field="task"):
    """The base of all tasks. `readable` are files and directories that a task may read beside the video."""

    limits: ClassVar[Limits] = Limits(Pool.ENCODER)
    readable: tuple[str, ...] = ()


class IndexTask(Task, frozen=True, kw_only=True, tag="index"):
    """Read a new file; the bytes are its `frames.idx`, the result is an `Indexed`."""

    limits: ClassVar[Limits] = Limits(
        Pool.INDEX, cpu_s=60, cpu_s_per_mb=1.0, silent_s=120.0, failed=(415, "not_a_video")
    )


class FilmDrawing(msgspec.Struct, frozen=True):
    """What is drawn on a film, see `media.overlay_rows`: a style, boxes, and whether the frame line is drawn.

    `rows` are boxes, compressed by zlib.
    """

    style: str
    rows: bytes = b""
    labels: tuple[str, ...] = ()
    trace: int = 0
    debug: bool = False


LOST = "lost"


class LostFrame(msgspec.Struct, frozen=True, tag=LOST):
    """What is told once: `frame` cannot be decoded, and `shown` stands in for it, as others may for others."""

    frame: int
    shown: int


class StillTask(Task, frozen=True, kw_only=True, tag="still"):
    """Decode frame `frame`; the bytes are a JPEG of it, or of `crop` (x, y, width, height).

    `rotation` is that of the file, and `reordered` whether its pictures come in another order than they are shown, if
    that is known. What is drawn is drawn before the crop.
    """

    limits: ClassVar[Limits] = Limits(Pool.STILL, cpu_s=60, silent_s=10.0, nice=0)
    frame: int
    rotation: int = 0
    reordered: bool | None = None
    crop: tuple[int, int, int, int] | None = None
    quality: int = 90
    drawing: FilmDrawing | None = None


class ClipTask(Task, frozen=True, kw_only=True, tag="clip"):
    """Make a transport stream of frames `start`..`end`, both included; the bytes are its own.

    `rotation` is that of the file, `sound` whether it is wanted, `copies` whether packets may be copied: those of a
    damaged file may not. The first frame that cannot be decoded is told.
    """

    limits: ClassVar[Limits] = Limits(Pool.ENCODER, memory_mb=2048, cpu_s=4 * 3600, eager=True)
    start: int
    end: int
    rotation: int = 0
    sound: bool = True
    debug: bool = False
    copies: bool = True


class RenditionTask(Task, frozen=True, kw_only=True, tag="rendition"):
    """Make a fragmented MP4 of frames `start`..`end`, with what is drawn; see `ClipTask`.

    Without a `drawing` and without sound, the pictures are copied if that is possible.
    """

    limits: ClassVar[Limits] = Limits(Pool.ENCODER, memory_mb=2048, cpu_s=48 * 3600, nice=15, eager=True)
    start: int
    end: int
    rotation: int = 0
    sound: bool = True
    drawing: FilmDrawing | None = None


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What one detector looks for: `kinds` (face, object), of these only `labels` if there are any."""

    detector: DetectorSpec
    kinds: tuple[str, ...]
    labels: tuple[str, ...] = ()
    min_confidence: float = 0.5


class AnalyseTask(Task, frozen=True, kw_only=True, tag="analyse"):
    """Find faces and objects in every n-th frame, with `threads`; what is told is a `Finding`."""

    limits: ClassVar[Limits] = Limits(
        Pool.ANALYSIS, memory_mb=4096, cpu_s=10_000_000, silent_s=600.0, nice=15, failed=(500, "analysis_failed")
    )
    searches: tuple[Search, ...]
    every: int = 1
    threads: int = 1


class AnalysedFrames(msgspec.Struct, frozen=True, tag="frames"):
    """How many frames are done."""

    done: int


class FoundTrace(msgspec.Struct, frozen=True, tag="trace"):
    """A trace that has ended; its boxes follow. Times are seconds from the first frame."""

    kind: str
    label: str
    start_frame: int
    end_frame: int
    start_time: float
    end_time: float
    avg_confidence: float


FoundBox = tuple[int, int, int, int, int, float, bool, float | None]
"""Frame, x, y, width, height, confidence, whether it is interpolated, sharpness."""


class FoundBoxes(msgspec.Struct, frozen=True, tag="boxes"):
    """Some of the boxes of the trace that was told last, in the order of their frames."""

    boxes: list[FoundBox]


Corners = tuple[int, int, int, int]
"""x1, y1, x2, y2 in pixels of the displayed picture."""


class CutTask(Task, frozen=True, kw_only=True, tag="cut"):
    """Cut `parts` out of frames; each is told as a `CutPart`, unless its frame cannot be decoded.

    A part is a frame and the corners in it; what of them lies outside of the picture is left out. `rotation` and
    `reordered` are those of the file, see `StillTask`.
    """

    limits: ClassVar[Limits] = Limits(
        Pool.ANALYSIS, cpu_s=10_000_000, silent_s=600.0, nice=15, failed=(500, "analysis_failed")
    )
    parts: tuple[tuple[int, Corners], ...]
    rotation: int = 0
    reordered: bool | None = None
    quality: int = 92


class CutPart(msgspec.Struct, frozen=True, tag="part"):
    """One of the parts, by its place in the task, as JPEG."""

    number: int
    jpeg: bytes


Finding = AnalysedFrames | FoundTrace | FoundBoxes
AnyTask = IndexTask | StillTask | ClipTask | RenditionTask | AnalyseTask | CutTask
"""Everything that a file worker may be asked for."""

MODULES: dict[type[Task], str] = {
    IndexTask: "indexing",
    StillTask: "still",
    ClipTask: "clip",
    RenditionTask: "rendition",
    AnalyseTask: "analysing",
    CutTask: "cutting",
}
"""The module of this package that does a task, with `run(task, source, out)`."""


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
