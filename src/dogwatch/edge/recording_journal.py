"""Which recordings of the edge camera are not finished: kept on disk, for a core after this one."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dogwatch.edge.files import StateFile
from dogwatch.edge.ports import Reason

log = logging.getLogger(__name__)

REASONS: tuple[Reason, ...] = ("manual", "sensor")


@dataclass(frozen=True, slots=True)
class EdgeClip:
    """A recording: its file, when it was asked for (epoch s), and why. `event` is its event on the NVR's side."""

    path: Path
    started: float
    reason: Reason
    sensor_type: str | None = None
    event: str | None = None

    @property
    def name(self) -> str:
        """What ingest calls it; `clip_of` reads it."""
        return f"{self.started:.6f}/{self.reason}/{self.sensor_type or ''}"


def clip_of(name: str, path: Path) -> EdgeClip | None:
    """Return the recording that ingest calls `name`; None if it is none of the edge camera's."""
    started, _, rest = name.partition("/")
    reason, _, sensor_type = rest.partition("/")
    try:
        time_s = float(started)
    except ValueError:
        return None
    return EdgeClip(path, time_s, reason, sensor_type or None) if reason in REASONS else None


class RecordingJournal:
    """The recordings that have begun and are not finished; for any thread. They are few, so all are written at once."""

    def __init__(self, file: StateFile) -> None:
        """Keep them in `file`."""
        self._file, self._lock = file, threading.Lock()
        self._clips: dict[str, EdgeClip] = {}

    def load(self) -> list[EdgeClip]:
        """Return what earlier cores have left unfinished, which counts as begun from now on."""
        try:
            rows = self._file.read()
        except (OSError, ValueError) as error:
            log.error("unfinished recordings of the edge camera are not known: %s", error)
            rows = None
        with self._lock:
            found = [clip for row in rows if (clip := _clip(row))] if isinstance(rows, list) else []
            self._clips = {clip.name: clip for clip in found} | self._clips
        return found

    def find(self, name: str) -> EdgeClip | None:
        """Return the recording that ingest calls `name`."""
        with self._lock:
            return self._clips.get(name)

    def add(self, clip: EdgeClip) -> None:
        """A recording has begun."""
        self._change({clip.name: clip})

    def set_event(self, clip: EdgeClip, event: str) -> None:
        """A recording that is not finished has an event."""
        if (known := self.find(clip.name)) is not None:
            self._change({clip.name: replace(known, event=event)})

    def remove(self, clip: EdgeClip) -> None:
        """A recording is finished."""
        self._change({clip.name: None})

    def _change(self, changes: dict[str, EdgeClip | None]) -> None:
        with self._lock:
            merged: dict[str, EdgeClip | None] = {**self._clips, **changes}
            self._clips = {name: clip for name, clip in merged.items() if clip is not None}
            rows = [{"clip": name, "path": str(one.path), "event": one.event} for name, one in self._clips.items()]
            try:
                self._file.write(rows)
            except OSError as error:  # a disk that is full must not keep a recording from being ended
                log.error("unfinished recordings of the edge camera cannot be written down: %s", error)


def _clip(row: Any) -> EdgeClip | None:
    match row:
        case {"clip": str() as name, "path": str() as path, "event": str() | None as event}:
            clip = clip_of(name, Path(path))
            return None if clip is None else replace(clip, event=event)
    return None
