"""The files beside a recording: what is known of it, a picture of its start, and a strip of ten pictures.

They are for looking at lists: one that cannot be made is logged, and the recording is none the worse.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from dogwatch.edge import files
from dogwatch.edge.archive_files import META, SPRITE, THUMBNAIL, sidecar
from dogwatch.edge.recording_journal import EdgeClip
from dogwatch.errors import DogwatchError
from dogwatch.media import clip_pictures
from dogwatch.media.fragments import SegmentIndex

log = logging.getLogger(__name__)

MODE = 0o644


@dataclass(frozen=True, slots=True)
class ClipEnding:
    """How a recording has ended: when (epoch s), how long its video is (s), and whether its recorder had died."""

    stopped: float
    duration_s: float
    crash: bool = False


def write_meta(clip: EdgeClip, ending: ClipEnding | None = None) -> None:
    """Write what is known of a recording."""
    known: dict[str, object] = {"reason": clip.reason, "started": files.iso(clip.started)}
    if clip.sensor_type is not None:
        known["sensor_type"] = clip.sensor_type
    if ending is not None:
        known |= {"stopped": files.iso(ending.stopped), "duration_seconds": round(ending.duration_s, 1)}
        if ending.crash:
            known["crash"] = True
    try:
        files.write(sidecar(clip.path, META), msgspec.json.encode(known), MODE)
    except OSError as error:
        log.error("what is known of %s cannot be written: %s", clip.path.name, error)


def read_ending(video: Path) -> ClipEnding | None:
    """Return how a recording has ended, as far as its meta file says."""
    try:
        found = msgspec.json.decode(sidecar(video, META).read_bytes())
        return ClipEnding(
            datetime.fromisoformat(found["stopped"]).timestamp(),
            float(found["duration_seconds"]),
            crash=bool(found.get("crash")),
        )
    except (OSError, msgspec.DecodeError, RecursionError, LookupError, TypeError, ValueError, AttributeError):
        return None


def write_thumbnail(clip: EdgeClip, picture: Callable[[], bytes]) -> None:
    """Write a small copy of the JPEG that `picture` returns, if there is no thumbnail yet."""
    path = sidecar(clip.path, THUMBNAIL)
    if path.exists():
        return
    try:
        data = clip_pictures.smaller(picture())
        if clip.path.exists():
            files.write(path, data, MODE)
    except (DogwatchError, OSError) as error:
        log.warning("%s has no thumbnail: %s", clip.path.name, error)


def write_sprite(video: Path, index: SegmentIndex) -> None:
    """Write the strip of ten pictures, if the recording is long enough for one."""
    try:
        data = clip_pictures.sprite(video, index)
        if data is not None:
            files.write(sidecar(video, SPRITE), data, MODE)
    except (DogwatchError, OSError) as error:
        log.warning("%s has no sprite: %s", video.name, error)
