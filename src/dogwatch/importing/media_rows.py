"""Rows of recordings, previews and exports of an installation. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from dogwatch.importing import values
from dogwatch.importing.layout import LeftOutError
from dogwatch.model import LONGEST_SEGMENT_S
from dogwatch.store.previews import LONGEST_S

RECORDINGS, RECORDING_COLUMNS = "recordings", (
    "id", "camera", "path", "start_time", "end_time", "duration", "motion", "objects", "dBFS",
)  # fmt: skip
PREVIEWS, PREVIEW_COLUMNS = "previews", ("id", "camera", "path", "start_time", "end_time")
EXPORTS, EXPORT_COLUMNS = "export", ("id", "camera", "name", "date", "video_path", "thumb_path", "in_progress")
_SEGMENT = re.compile(
    r"(?:.*/)?(?P<path>recordings/\d{4}-\d{2}-\d{2}/\d{2}/(?P<camera>[^/]+)/\d{2}\.\d{2}(_\d+)?\.mp4)"
)
_FILM = re.compile(r"\d+(\.\d+)?-\d+(\.\d+)?\.mp4")
_LONG_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,139}", re.ASCII)
_FILE = re.compile(r"[^./\\\0][^/\\\0]{0,190}\.mp4")


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A recorded file: `origin` is its path in the installation's own words, `path` where it will lie."""

    id: str
    camera: str
    origin: str
    path: str
    start_time: float
    motion: int | None
    objects: int | None
    dbfs: float | None


@dataclass(frozen=True, slots=True)
class FilmRow:
    """A preview or an export: `origin` is its path in the installation's own words, `file` its name."""

    id: str
    camera: str
    origin: str
    file: str
    start_time: float
    end_time: float
    name: str = ""
    thumb: str = ""


def recording(row: Mapping[str, Any]) -> RecordingRow:
    """Return a recorded file.

    Raises:
        LeftOutError: It is not usable.
    """
    camera, start = values.camera(row), values.time(row, "start_time")
    origin = _path(row, "path")
    if (values.number(row, "duration") or 0) > LONGEST_SEGMENT_S:
        raise LeftOutError(f"it is longer than {LONGEST_SEGMENT_S:.0f} s")
    sound = values.number(row, "dBFS")
    return RecordingRow(
        values.identity(row),
        camera,
        origin,
        _place(origin, camera, start),
        start,
        values.count(row, "motion"),
        values.count(row, "objects"),
        sound or None,  # 0 stands for no sound
    )


def preview(row: Mapping[str, Any]) -> FilmRow:
    """Return a preview.

    Raises:
        LeftOutError: It is not usable.
    """
    start, end = values.time(row, "start_time"), values.time(row, "end_time")
    origin = _path(row, "path")
    file = PurePosixPath(origin).name
    if not 0 < end - start <= LONGEST_S + 60:
        raise LeftOutError("it does not last an hour at most")
    if not _FILM.fullmatch(file):
        raise LeftOutError("the name of its file is not usable")
    return FilmRow(_long_id(row), values.camera(row), origin, file, start, end)


def export(row: Mapping[str, Any]) -> FilmRow:
    """Return an export, whose end is not known yet.

    Raises:
        LeftOutError: It is not usable.
    """
    if values.flag(row, "in_progress"):
        raise LeftOutError("it was still being made")
    origin = _path(row, "video_path")
    file = PurePosixPath(origin).name
    if not _FILE.fullmatch(file):
        raise LeftOutError("the name of its file is not usable")
    start = values.time(row, "date")
    name = values.text(row, "name", 256) or file.removesuffix(".mp4").replace("_", " ")
    thumb = values.text(row, "thumb_path", 300) or ""
    return FilmRow(_long_id(row), values.camera(row), origin, file, start, start, name, thumb)


def _path(row: Mapping[str, Any], key: str) -> str:
    path = values.text(row, key, 1000)
    if path is None:
        raise LeftOutError("it has no file")
    return path


def _long_id(row: Mapping[str, Any]) -> str:
    value = row.get("id")
    if not isinstance(value, str) or not _LONG_ID.fullmatch(value):
        raise LeftOutError("its id is not usable")
    return value


def _place(origin: str, camera: str, start: float) -> str:
    """Return the path of a recording: the same as it has, unless an old version has put it elsewhere."""
    match = _SEGMENT.fullmatch(origin)
    if match is not None and match["camera"] == camera:
        return match["path"]
    return datetime.fromtimestamp(start, UTC).strftime(f"recordings/%Y-%m-%d/%H/{camera}/%M.%S.mp4")
