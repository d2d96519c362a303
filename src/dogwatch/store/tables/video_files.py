"""The tables of video files."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from dogwatch.store.tables.base import Long, metadata

video_files = Table(
    "video_files",
    metadata,
    Column("id", Long, primary_key=True, autoincrement=True),
    Column("uuid", String(32), nullable=False, unique=True, comment="32 hex digits, which clients know it by"),
    Column("owner", String(100), nullable=False),
    Column("name", String(255), nullable=False),
    Column("extension", String(10), nullable=False, comment="in lower case, without the dot"),
    Column("original", Text, comment="where a file lies that was registered; null if its bytes are in the store"),
    Column("camera", String(100), comment="whose recordings it was made of"),
    Column("status", String(12), nullable=False, comment="uploading, probing, ready, failed or deleting"),
    Column("error", String(40), comment="why it has failed"),
    Column("size_bytes", Long, nullable=False, comment="while it is uploaded, what was announced"),
    Column("modified_ns", BigInteger, nullable=False, default=0, comment="of the bytes that were looked at"),
    Column("content_hash", String(64), comment="SHA-256; while it is uploaded, what was announced"),
    Column("duration", Float),
    Column("facts", JSON, comment="what was found in it, see media.file_facts"),
    Column("analysed_face", Boolean, nullable=False, default=False),
    Column("analysed_object", Boolean, nullable=False, default=False),
    Column("analysis_version", Integer, nullable=False, default=0, comment="counts up when its traces change"),
    Column("trace_count", Integer, nullable=False, default=0),
    Column("next_trace", Integer, nullable=False, default=1, comment="numbers of traces are never used again"),
    Column("created_at", Float, nullable=False),
    Column("touched_at", Float, nullable=False, comment="when an upload last made progress"),
    Index("ix_video_files_owner_hash", "owner", "content_hash"),
    Index("ix_video_files_created", "created_at"),
    comment="files that are served by /api/v1, see the package library",
)

video_traces = Table(
    "video_traces",
    metadata,
    Column("file_id", ForeignKey("video_files.id", ondelete="CASCADE"), primary_key=True),
    Column("trace_id", Integer, primary_key=True, autoincrement=False),
    Column("visible", Boolean, nullable=False, comment="false until the job that has found it is done"),
    Column("kind", String(10), nullable=False, comment="face or object"),
    Column("label", String(100), nullable=False),
    Column("identity", String(100)),
    Column("start_frame", Integer, nullable=False),
    Column("end_frame", Integer, nullable=False),
    Column("frame_count", Integer, nullable=False, comment="frames that have a box"),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float, nullable=False),
    Column("avg_confidence", Float, nullable=False),
    comment="individuals in unbroken appearances in files",
)

video_boxes = Table(
    "video_boxes",
    metadata,
    Column("file_id", ForeignKey("video_files.id", ondelete="CASCADE"), primary_key=True),
    Column("trace_id", Integer, primary_key=True, autoincrement=False),
    Column("frame", Integer, primary_key=True, autoincrement=False),
    Column("x", Integer, nullable=False),
    Column("y", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("interpolated", Boolean, nullable=False),
    Column("sharpness", Float, comment="of what is inside; null where nobody has looked"),
    Index("ix_video_boxes_frame", "file_id", "frame"),
    comment="where each trace is in each frame, in pixels of the displayed picture",
)
