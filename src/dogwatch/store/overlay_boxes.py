"""The boxes that are drawn on films of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select

from dogwatch.store.tables import video_boxes, video_traces

AT_ONCE = 20_000
_BOX = video_boxes.c
_COLUMNS = (_BOX.frame, _BOX.trace_id, _BOX.x, _BOX.y, _BOX.width, _BOX.height, _BOX.interpolated, _BOX.confidence)


@dataclass(frozen=True, slots=True)
class OverlayFilter:
    """Which boxes: of one trace, of one kind, of a confidence."""

    trace: int | None = None
    kind: Literal["face", "object", "all"] = "all"
    min_confidence: float = 0.0


def traces(connection: Connection, file_id: int, wanted: OverlayFilter) -> dict[int, str]:
    """Return the visible traces that are selected, and what each is labelled with: its identity, else its label."""
    trace = video_traces.c
    query = select(trace.trace_id, trace.identity, trace.label).where(trace.file_id == file_id, trace.visible)
    if wanted.trace is not None:
        query = query.where(trace.trace_id == wanted.trace)
    if wanted.kind != "all":
        query = query.where(trace.kind == wanted.kind)
    return {number: identity or label for number, identity, label in connection.execute(query)}


def span(connection: Connection, file_id: int, trace: int) -> tuple[int, int] | None:
    """Return the first and the last frame of a visible trace; None if there is none."""
    one = video_traces.c
    query = select(one.start_frame, one.end_frame).where(one.file_id == file_id, one.trace_id == trace, one.visible)
    row = connection.execute(query).first()
    return (row.start_frame, row.end_frame) if row else None


def boxes(connection: Connection, file_id: int, wanted: OverlayFilter) -> Iterator[Sequence[Any]]:
    """Yield boxes by frame, some at a time: frame, trace, x, y, width, height, interpolated, confidence.

    The kind is of no account: `traces` tells which to take.
    """
    query = select(*_COLUMNS).where(_BOX.file_id == file_id, _BOX.confidence >= wanted.min_confidence)
    if wanted.trace is not None:
        query = query.where(_BOX.trace_id == wanted.trace)
    found = connection.execution_options(stream_results=True).execute(query.order_by(_BOX.frame, _BOX.trace_id))
    yield from found.partitions(AT_ONCE)
