"""Finds the files to replay, their order, and their place in time."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media import footage
from dogwatch.media.packets import Unit, VideoInfo
from dogwatch.model import LONGEST_SEGMENT_S

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Clip:
    """A file, and the seconds by which its timestamps are shifted."""

    path: Path
    video: VideoInfo
    start_time: float
    duration: float
    shift: float = 0.0


def of_files(paths: Sequence[Path]) -> list[Clip]:
    """Return files to be replayed one after another.

    A file with wall-clock timestamps, such as a recording, keeps them. Any other file begins where the file before it
    ends; the first one begins at 0.

    Raises:
        MediaError: One cannot be read, or holds no video.
    """
    clips: list[Clip] = []
    end = 0.0
    for path in paths:
        info = footage.probe(path)
        shift = 0.0 if info.start_time > footage.EPOCH_S else end - info.start_time
        clips.append(Clip(path, info.video, info.start_time + shift, info.duration, shift))
        end = info.start_time + shift + info.duration
    return sorted(clips, key=lambda clip: clip.start_time)  # recordings may be named in any order


def recorded(media_root: Path, camera: str, start: float, end: float) -> list[Clip]:
    """Return the recorded files of `camera` that hold any of `start` to `end` (epoch s), oldest first.

    They are found by their names, so that no database is needed. Those that cannot be read are passed over.

    Raises:
        NoFootageError: There are none.
    """
    clips: list[Clip] = []
    for path, begun in _segments(media_root, camera, start - LONGEST_SEGMENT_S, end):
        try:
            info = footage.probe(path)
        except MediaError as error:  # damaged, or deleted since it was found
            log.warning("%s; it is left out", error)
            continue
        shift = 0.0 if info.start_time > footage.EPOCH_S else begun - info.start_time
        begin = info.start_time + shift
        if begin < end and begin + (info.duration or LONGEST_SEGMENT_S) > start:
            clips.append(Clip(path, info.video, begin, info.duration, shift))
    if not clips:
        raise NoFootageError(f"nothing of {camera} is recorded in this time")
    return sorted(clips, key=lambda clip: clip.start_time)


def units(clip: Clip, start: float, end: float) -> Iterator[Unit]:
    """Yield the packets of `clip` from the keyframe at or before `start` to `end` (s)."""
    held: list[Unit] = []
    for unit in footage.read(clip.path, clip.shift):
        if unit.time >= end and unit.dts >= end:
            break
        if unit.time < start:
            if unit.keyframe:
                held.clear()
            held.append(unit)
            continue
        yield from held
        held.clear()
        yield unit


def _segments(media_root: Path, camera: str, start: float, end: float) -> Iterator[tuple[Path, float]]:
    """Yield the segments of `camera` from `start` to `end`, and when they begin by their names `MM.SS.mp4` (UTC)."""
    for folder in sorted((media_root / "recordings").glob(f"????-??-??/??/{camera}")):
        try:
            hour = datetime.datetime.strptime(
                f"{folder.parts[-3]} {folder.parts[-2]} +0000", "%Y-%m-%d %H %z"
            ).timestamp()
        except ValueError:
            continue
        if hour + 3600 <= start or hour >= end:
            continue
        for path in sorted(folder.glob("*.mp4")):
            minute, _, second = path.stem.partition(".")
            if minute.isdecimal() and second[:2].isdecimal():
                begun = hour + 60 * int(minute) + int(second[:2])
                if start <= begun + 1 and begun < end:
                    yield path, begun
