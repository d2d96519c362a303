"""The tables of what outlives a restart: switches, times, and jobs."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, Text

from dogwatch.store.tables.base import metadata

switches = Table(
    "switches",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("value", JSON, nullable=False),
    comment="run-time switches that outlive a restart (docs/api/websocket.md)",
)

kept_times = Table(
    "marks",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("time", Float, nullable=False),
    comment="times that outlive a restart",
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(140), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("camera", String(100), comment="null for work that belongs to no single camera"),
    Column("owner", String(100), nullable=False, comment="the user who asked for it"),
    Column("state", String(10), nullable=False, comment="queued, running, success, failed or cancelled"),
    Column("params", JSON, nullable=False),
    Column("result", JSON),
    Column("error", Text, nullable=False),
    Column("step", String(30), nullable=False),
    Column("progress", Float, nullable=False, comment="0 to 100"),
    Column("attempts", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False, comment="somebody wants it to end"),
    Column("holder", String(100), nullable=False, default="", comment="the program that runs it"),
    Column("lease_until", Float, comment="until when that program is believed to work at it"),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("ended_at", Float),
    Index("ix_jobs_kind_state_created", "kind", "state", "created_at"),
    comment="work that takes a while, see the package jobs",
)
