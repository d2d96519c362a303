"""The tables. SQLite (WAL) by default; nothing here is special to it, so that PostgreSQL can take its place.

Times are UTC epoch seconds. JSON columns hold what only the API reads; what is filtered on is a column.
"""

from __future__ import annotations

from dogwatch.store.tables.accounts import push_devices, revoked_file_tokens, sessions, share_uses, shares, users
from dogwatch.store.tables.base import Long, metadata
from dogwatch.store.tables.events import (
    HAS_SPEED,
    event_attributes,
    event_counts,
    event_days,
    event_groups,
    event_reasons,
    event_texts,
    event_words,
    event_zones,
    events,
    false_place_maps,
    false_places,
    region_grids,
    region_sizes,
    timeline,
)
from dogwatch.store.tables.footage import (
    deletions,
    export_cases,
    exports,
    init_sections,
    previews,
    quarters,
    recorded,
    segments,
    volumes,
)
from dogwatch.store.tables.program import jobs, kept_times, switches
from dogwatch.store.tables.reviews import (
    LONG_REVIEWS,
    LONG_S,
    ongoing,
    review_counts,
    review_events,
    review_labels,
    review_sets,
    review_views,
    review_zones,
    reviews,
)
from dogwatch.store.tables.video_files import video_boxes, video_files, video_traces

__all__ = [
    "HAS_SPEED",
    "LONG_REVIEWS",
    "LONG_S",
    "Long",
    "deletions",
    "event_attributes",
    "event_counts",
    "event_days",
    "event_groups",
    "event_reasons",
    "event_texts",
    "event_words",
    "event_zones",
    "events",
    "export_cases",
    "exports",
    "false_place_maps",
    "false_places",
    "init_sections",
    "jobs",
    "kept_times",
    "metadata",
    "ongoing",
    "previews",
    "push_devices",
    "quarters",
    "recorded",
    "region_grids",
    "region_sizes",
    "review_counts",
    "review_events",
    "review_labels",
    "review_sets",
    "review_views",
    "review_zones",
    "reviews",
    "revoked_file_tokens",
    "segments",
    "sessions",
    "share_uses",
    "shares",
    "switches",
    "timeline",
    "users",
    "video_boxes",
    "video_files",
    "video_traces",
    "volumes",
]
