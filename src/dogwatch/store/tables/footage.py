"""The tables of footage: segments, what they add up to, what was deleted, exports and previews."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from dogwatch.store.tables.base import Long, metadata

init_sections = Table(
    "init_sections",
    metadata,
    Column("id", String(16), primary_key=True, comment="first 16 hex digits of the SHA-256 of `data`"),
    Column("data", LargeBinary, nullable=False, comment="ftyp + moov"),
)

segments = Table(
    "segments",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("camera", String(100), nullable=False),
    Column("path", String(300), nullable=False, unique=True, comment="relative to the media root"),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float, nullable=False),
    Column("size_bytes", Long, nullable=False),
    Column("init_id", String(16), ForeignKey("init_sections.id"), nullable=False),
    Column("fragments", LargeBinary, nullable=False, comment="packed fragment index, see store.segments"),
    Column("has_audio", Boolean, nullable=False, default=False),
    Column("dbfs", Float, comment="mean loudness, null without analysed audio"),
    Column("motion", Long, comment="sum of motion areas; null = not analysed"),
    Column("objects", Long, comment="active objects over frames; null = not analysed"),
    Column(
        "cells", LargeBinary, comment="where something moved, see recordings.motion_cells; null = unknown or nowhere"
    ),
    Column("deleting", Boolean, nullable=False, default=False, comment="marked; unlink, then drop"),
    Column("deleting_for", String(40), comment="the reason, while `deleting`"),
    Index(  # holds all that playlists and lists ask for: a day's rows with their fragments are megabytes apart
        "ix_segments_camera_start",
        *(
            "camera",
            "start_time",
            "end_time",
            "init_id",
            "has_audio",
            "size_bytes",
            "deleting",
            "motion",
            "objects",
            "id",
            "dbfs",
            "cells",
        ),
    ),
    Index("ix_segments_camera_end", "camera", "end_time"),
    Index("ix_segments_start", "start_time"),
)

quarters = Table(
    "quarters",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="start_time // 900"),
    Column("segments", Integer, nullable=False, comment="those not being deleted; so the next three"),
    Column("duration", Float, nullable=False),
    Column("motion", BigInteger, nullable=False),
    Column("objects", BigInteger, nullable=False),
    Column("size_bytes", BigInteger, nullable=False, comment="of all, also those being deleted"),
    Column("stretches", LargeBinary, comment="the ranges that are recorded without a gap; null without any"),
    comment="what the segments that begin in a quarter of an hour add up to, see store.quarters",
)

recorded = Table(
    "recorded",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("quarters", Integer, nullable=False, comment="how many rows the camera has in `quarters`"),
    Column("size_bytes", BigInteger, nullable=False, comment="of all the camera's segments"),
    comment="what the rows of each camera in `quarters` add up to",
)

volumes = Table(
    "volumes",
    metadata,
    Column("id", String(40), primary_key=True, comment="as in the identity file of the recordings directory"),
    Column("added_at", Float, nullable=False),
)

deletions = Table(
    "deletions",
    metadata,
    Column("id", Long, primary_key=True, autoincrement=True),
    Column("time", Float, nullable=False, index=True),
    Column("camera", String(100), nullable=False),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float, nullable=False),
    Column("segments", Integer, nullable=False),
    Column("size_bytes", Long, nullable=False),
    Column("reason", String(40), nullable=False, comment="retention, budget, free_space, api, missing, broken, lost"),
    Column("detail", Text, nullable=False, default=""),
)

export_cases = Table(
    "export_cases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(256), nullable=False),
    Column("description", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
)

exports = Table(
    "exports",
    metadata,
    Column("id", String(140), primary_key=True),
    Column("camera", String(100), nullable=False),
    Column("name", String(256), nullable=False),
    Column("date", Float, nullable=False, index=True, comment="start of the exported range"),
    Column("end_time", Float, nullable=False),
    Column("file", String(200), nullable=False, unique=True, comment="below exports/"),
    Column("in_progress", Boolean, nullable=False),
    Column("size_bytes", BigInteger, nullable=False, default=0),
    Column("created_at", Float, nullable=False),
    Column("case_id", ForeignKey("export_cases.id", ondelete="SET NULL")),
)

previews = Table(
    "previews",
    metadata,
    Column("id", String(140), primary_key=True),
    Column("camera", String(100), nullable=False),
    Column("path", String(300), nullable=False, comment="relative to the media root"),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float, nullable=False),
    Index("ix_previews_camera_start", "camera", "start_time"),
    comment="a small video of each camera and hour",
)
