"""Builds what a Frigate installation leaves behind: configuration, database and media, as different versions do.

The tables have the columns that are publicly known of these versions.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from dogwatch.auth import passwords
from dogwatch.media import picture
from dogwatch.testing import recordings
from dogwatch.testing.recordings import T0, Shape
from tests import plain_recordings

Era = Literal["0.12", "0.14", "0.16"]
ERAS: tuple[Era, ...] = ("0.12", "0.14", "0.16")
PASSWORD = "a password of theirs"
ROOT = "/media/frigate/"
LENGTH_S, FILES = 4, 3

CONFIG = """\
# cameras of our house
mqtt:
  enabled: false
{database}
detectors:
  coral: # on the USB port
    type: edgetpu
    device: usb
auth:
  roles:
    garden: [garden]
record:
  enabled: true
  retain: {{days: 7, mode: all}}
an_unknown_section: {{key: 1}}
cameras:
  front: # the door
    ffmpeg:
      inputs:
        - path: rtsp://{{FRIGATE_RTSP_USER}}:{{FRIGATE_RTSP_PASSWORD}}@192.0.2.1/main
          roles: [detect, record]
    detect: {{width: 640, height: 360, unknown_key: 3}}
  garden:
    ffmpeg:
      inputs:
        - path: rtsp://192.0.2.2/main
          roles: [detect, record]
{version}"""

_EVENT = """CREATE TABLE "event" ("id" VARCHAR(30) NOT NULL PRIMARY KEY, "label" VARCHAR(20) NOT NULL,
 "camera" VARCHAR(20) NOT NULL, "start_time" DATETIME NOT NULL, "end_time" DATETIME, "top_score" REAL,
 "false_positive" INTEGER, "zones" JSON NOT NULL, "thumbnail" TEXT, "has_clip" INTEGER NOT NULL,
 "has_snapshot" INTEGER NOT NULL, "region" JSON, "box" JSON, "area" INTEGER, "retain_indefinitely" INTEGER NOT NULL,
 "sub_label" VARCHAR(100), "ratio" REAL, "plus_id" VARCHAR(30), "score" REAL{more})"""
_RECORDINGS = """CREATE TABLE "recordings" ("id" VARCHAR(30) NOT NULL PRIMARY KEY, "camera" VARCHAR(20) NOT NULL,
 "path" VARCHAR(255) NOT NULL UNIQUE, "start_time" DATETIME NOT NULL, "end_time" DATETIME NOT NULL,
 "duration" REAL NOT NULL, "motion" INTEGER, "objects" INTEGER, "segment_size" REAL NOT NULL{more})"""
_TIMELINE = """CREATE TABLE "timeline" ("timestamp" DATETIME NOT NULL, "camera" VARCHAR(20) NOT NULL,
 "source" VARCHAR(20) NOT NULL, "source_id" VARCHAR(30), "class_type" VARCHAR(50) NOT NULL, "data" JSON)"""
_REVIEW = """CREATE TABLE "reviewsegment" ("id" VARCHAR(30) NOT NULL PRIMARY KEY, "camera" VARCHAR(20) NOT NULL,
 "start_time" DATETIME NOT NULL, "end_time" DATETIME, {seen}"severity" VARCHAR(30) NOT NULL,
 "thumb_path" VARCHAR(255) NOT NULL UNIQUE, "data" JSON NOT NULL)"""
_SEEN = """CREATE TABLE "userreviewstatus" ("id" INTEGER NOT NULL PRIMARY KEY, "user_id" VARCHAR(30) NOT NULL,
 "review_segment_id" VARCHAR(30) NOT NULL, "has_been_reviewed" INTEGER NOT NULL)"""
_PREVIEWS = """CREATE TABLE "previews" ("id" VARCHAR(30) NOT NULL PRIMARY KEY, "camera" VARCHAR(20) NOT NULL,
 "path" VARCHAR(255) NOT NULL UNIQUE, "start_time" DATETIME NOT NULL, "end_time" DATETIME NOT NULL, "duration" REAL)"""
_EXPORT = """CREATE TABLE "export" ("id" VARCHAR(30) NOT NULL PRIMARY KEY, "camera" VARCHAR(20) NOT NULL,
 "name" VARCHAR(100) NOT NULL, "date" DATETIME NOT NULL, "video_path" VARCHAR(255) NOT NULL UNIQUE,
 "thumb_path" VARCHAR(255) NOT NULL, "in_progress" INTEGER NOT NULL)"""
_USER = (
    """CREATE TABLE "user" ("username" VARCHAR(30) NOT NULL PRIMARY KEY, "password_hash" VARCHAR(120) NOT NULL{more})"""
)


@dataclass(slots=True)
class Installation:
    """An installation in `root`, whose first recording begins at `start`."""

    root: Path
    era: Era
    start: float = T0

    @property
    def media(self) -> Path:
        """The media directory."""
        return self.root / "storage"

    @property
    def database(self) -> Path:
        """The database's file; old versions kept it with the media."""
        return (self.media if self.era == "0.12" else self.root / "config") / "frigate.db"

    def event_id(self, number: int, camera: str = "front") -> str:
        """Return the id of an event that begins `number` seconds after the first recording."""
        return f"{self.start + number}-{camera[:3]}{number:03d}"

    def connect(self) -> closing[sqlite3.Connection]:
        """Open the database for writing; commits are up to the caller."""
        return closing(sqlite3.connect(self.database, isolation_level=None))

    def insert(self, table: str, **values: Any) -> None:
        """Insert a row; lists and maps become JSON."""
        plain = {key: json.dumps(one) if isinstance(one, dict | list) else one for key, one in values.items()}
        names, marks = ", ".join(f'"{name}"' for name in plain), ", ".join("?" for _ in plain)
        with self.connect() as connection:
            connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(plain.values()))

    def event(self, number: int, camera: str = "front", *, label: str = "person", **more: Any) -> str:
        """Insert an event of two seconds."""
        key, old = self.event_id(number, camera), self.era == "0.12"
        values: dict[str, Any] = {
            "id": key, "label": label, "camera": camera, "start_time": self.start + number,
            "end_time": self.start + number + 2, "top_score": 0.9 if old else None,
            "false_positive": 0 if old else None,
            "zones": ["porch"], "thumbnail": base64.b64encode(small()).decode() if self.era != "0.16" else "",
            "has_clip": 1, "has_snapshot": 1, "region": [0.1, 0.1, 0.5, 0.5] if old else None,
            "box": [0.2, 0.2, 0.1, 0.3] if old else None, "area": 100, "retain_indefinitely": 0, "sub_label": None,
            "ratio": 0.5, "plus_id": None, "score": 0.8 if old else None,
        }  # fmt: skip
        if not old:
            values["data"] = {
                "type": "object", "score": 0.8, "top_score": 0.9, "box": [0.2, 0.2, 0.1, 0.3],
                "region": [0.1, 0.1, 0.5, 0.5], "attributes": [], "path_data": [[[0.2, 0.5], self.start + number + 1]],
                "max_severity": "alert", "average_estimated_speed": 0,
            }  # fmt: skip
        self.insert("event", **{**values, **more})
        return key

    def moment(self, event_id: str, number: int, kind: str, camera: str = "front") -> None:
        """Insert a moment of the timeline."""
        data = {"camera": camera, "label": "person", "sub_label": None, "box": [0.2, 0.2, 0.1, 0.3], "attribute": ""}
        values = {"timestamp": self.start + number, "camera": camera, "source": "tracked_object"}
        self.insert("timeline", **values, source_id=event_id, class_type=kind, data=data)

    def recording(self, number: int, camera: str = "front", *, path: str | None = None, **more: Any) -> Path:
        """Write the recording `number` of `LENGTH_S` seconds and insert its row; return its file."""
        start = self.start + number * LENGTH_S
        relative = path or recordings.path_of(camera, start)
        file = self.media / relative
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_recording(number * LENGTH_S, LENGTH_S))
        values: dict[str, Any] = {
            "id": f"{start}-r{number:02d}{camera[:3]}", "camera": camera, "path": ROOT + relative, "start_time": start,
            "end_time": start + LENGTH_S, "duration": LENGTH_S, "motion": 40 + number, "objects": 1,
            "segment_size": file.stat().st_size / 1e6,
        }  # fmt: skip
        if self.era != "0.12":
            values["dBFS"] = -30
        self.insert("recordings", **{**values, **more})
        return file

    def picture(self, relative: str, data: bytes) -> None:
        """Write a picture."""
        path = self.media / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@lru_cache(maxsize=16)
def _recording(first_s: int, length_s: int) -> bytes:

    with tempfile.TemporaryDirectory() as folder:
        plain_recordings.write(Path(folder) / "x.mp4", first_s, length_s, Shape())
        return (Path(folder) / "x.mp4").read_bytes()


@lru_cache(maxsize=4)
def small() -> bytes:
    """Return a thumbnail, a JPEG."""
    return picture.encode(np.full((175, 175, 3), 90, np.uint8), "jpg")


@lru_cache(maxsize=4)
def large(fmt: str, level: int = 120) -> bytes:
    """Return a snapshot."""
    return picture.encode(np.full((360, 640, 3), level, np.uint8), fmt)


def empty(root: Path, era: Era) -> Installation:
    """Make an installation without rows or files."""
    made = Installation(root, era)
    (root / "config").mkdir(parents=True)
    made.media.mkdir()
    version = {"0.12": "", "0.14": "version: 0.14\n", "0.16": "version: 0.16-0\n"}[era]
    database = f"database:\n  path: {ROOT}frigate.db\n" if era == "0.12" else ""
    (root / "config" / "config.yml").write_text(CONFIG.format(version=version, database=database))
    more = "" if era == "0.12" else ', "data" JSON, "model_hash" TEXT, "detector_type" TEXT, "model_type" TEXT'
    tables = [_EVENT.format(more=more), _TIMELINE, _RECORDINGS.format(more="" if era == "0.12" else ', "dBFS" INTEGER')]
    if era != "0.12":
        seen = '"has_been_reviewed" INTEGER NOT NULL, ' if era == "0.14" else ""
        roles = "" if era == "0.14" else ', "role" VARCHAR(20) NOT NULL DEFAULT "admin", "notification_tokens" JSON'
        tables += [_REVIEW.format(seen=seen), _PREVIEWS, _EXPORT, _USER.format(more=roles)]
    if era == "0.16":
        tables.append(_SEEN)
    with made.connect() as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        for table in tables:
            connection.execute(table)
    return made


def build(root: Path, era: Era) -> Installation:
    """Make an installation of two cameras with some of everything that its version has."""
    made = empty(root, era)
    for camera in ("front", "garden"):
        for number in range(FILES):
            made.recording(number, camera)
        for number in (1, 5):
            key = made.event(number, camera)
            made.picture(f"clips/{camera}-{key}.jpg", large("jpg", 60))
            made.moment(key, number, "visible", camera)
            made.moment(key, number + 2, "gone", camera)
            if era == "0.14":
                made.picture(f"clips/{camera}-{key}-clean.png", large("png"))
            elif era == "0.16":
                made.picture(f"clips/{camera}-{key}-clean.webp", large("webp"))
                made.picture(f"clips/thumbs/{camera}/{key}.webp", large("webp", 90))
    if era != "0.12":
        _newer(made)
    return made


def _newer(made: Installation) -> None:
    start = made.start
    for camera in ("front", "garden"):
        key = f"{start + 1}-rev{camera[:3]}"
        thumb = f"clips/review/thumb-{camera}-{key}.webp"
        made.picture(thumb, large("webp", 30))
        data = {
            "detections": [made.event_id(1, camera), "1.5-gone00"], "objects": ["person"], "sub_labels": [],
            "zones": ["porch"], "audio": [],
        }  # fmt: skip
        seen = {"has_been_reviewed": int(camera == "front")} if made.era == "0.14" else {}
        times = {"start_time": start + 1, "end_time": start + 7}
        made.insert(
            "reviewsegment",
            id=key,
            camera=camera,
            severity="alert",
            thumb_path=ROOT + thumb,
            data=data,
            **times,
            **seen,
        )
        hour = int(start // 3600 * 3600)
        film = f"clips/previews/{camera}/{hour}.0-{hour + 3600}.0.mp4"
        made.picture(film, _film())
        made.insert(
            "previews", id=f"{camera}_{hour + 3600}.0", camera=camera, path=ROOT + film, start_time=hour,
            end_time=hour + 3600, duration=3600,
        )  # fmt: skip
    made.picture("exports/front_20251118_120640-20251118_120644_ab12cd.mp4", _recording(0, LENGTH_S))
    made.picture("clips/export/front_ab12cd.webp", large("webp"))
    made.insert(
        "export", id="front_ab12cd", camera="front", name="The postman", date=start, in_progress=0,
        video_path=f"{ROOT}exports/front_20251118_120640-20251118_120644_ab12cd.mp4",
        thumb_path=f"{ROOT}clips/export/front_ab12cd.webp",
    )  # fmt: skip
    roles = [("admin", "admin"), ("vera", "viewer"), ("gerd", "garden")] if made.era == "0.16" else [("admin", None)]
    for name, role in roles:
        hashed = passwords.hash_password(PASSWORD, 10)
        more = {"role": role, "notification_tokens": []} if role else {}
        made.insert("user", username=name, password_hash=hashed, **more)
    if made.era == "0.16":
        made.insert("userreviewstatus", user_id="vera", review_segment_id=f"{start + 1}-revfro", has_been_reviewed=1)
        made.insert("userreviewstatus", user_id="vera", review_segment_id=f"{start + 1}-revgar", has_been_reviewed=0)
        made.picture("clips/faces/Bob/Bob-1700000000.webp", large("webp"))
        made.picture("clips/faces/train/1.5-abc-1700000000-unknown-0.0.webp", large("webp"))


@lru_cache(maxsize=1)
def _film() -> bytes:
    return _recording(0, 8)
