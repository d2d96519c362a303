"""Rows of traces in video files, and of their boxes.

A trace is invisible until the job that has found it is done. Traces that are invisible while no job works on their file
are left over, and are removed a part at a time: millions of boxes at once would keep all other writers waiting.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, insert, select, update

from dogwatch.store.tables import video_boxes, video_files, video_traces

TraceSort = Literal["start_frame", "frame_count", "confidence"]
BOXES_AT_ONCE = 20_000
CHOSEN_FACES = 10
LONGEST_NAME = 100  # letters; directories of the library may have longer names


@dataclass(frozen=True, slots=True)
class TraceRow:
    """An individual in one unbroken appearance; times are seconds from the first frame."""

    trace_id: int
    kind: str
    label: str
    start_frame: int
    end_frame: int
    frame_count: int
    start_time: float
    end_time: float
    avg_confidence: float
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class BoxRow:
    """Where a trace is in one frame, in pixels of the displayed picture."""

    frame: int
    trace_id: int
    kind: str
    label: str
    x: int
    y: int
    width: int
    height: int
    confidence: float
    interpolated: bool
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """Selects traces and their order; None means no filter."""

    kind: str | None = None
    label: str | None = None
    min_frames: int = 1
    sort: TraceSort = "start_frame"
    descending: bool = False
    limit: int = 20
    offset: int = 0


NewBox = tuple[int, int, int, int, int, int, float, bool, float | None]
"""Trace, frame, x, y, width, height, confidence, whether it is interpolated, sharpness."""

_TRACE = tuple(video_traces.c[name] for name in TraceRow.__slots__)
_BOX = tuple(
    video_traces.c[name] if name in ("kind", "label", "identity") else video_boxes.c[name] for name in BoxRow.__slots__
)
_BOTH = video_boxes.join(
    video_traces,
    and_(video_boxes.c.file_id == video_traces.c.file_id, video_boxes.c.trace_id == video_traces.c.trace_id),
)
_NEW = ("trace_id", "frame", "x", "y", "width", "height", "confidence", "interpolated", "sharpness")
_SORTED: dict[TraceSort, ColumnElement[Any]] = {
    "start_frame": video_traces.c.start_frame,
    "frame_count": video_traces.c.frame_count,
    "confidence": video_traces.c.avg_confidence,
}


# ---------------------------------------------------------------- reading


def one(connection: Connection, file_id: int, trace_id: int) -> TraceRow | None:
    """Return a trace that can be seen, or None."""
    found = connection.execute(select(*_TRACE).where(*_visible(file_id), video_traces.c.trace_id == trace_id)).first()
    return TraceRow(*found) if found else None


def listed(connection: Connection, file_id: int, wanted: TraceFilter) -> tuple[int, list[TraceRow]]:
    """Return how many traces are selected, and one page of them."""
    conditions = [*_visible(file_id), video_traces.c.frame_count >= wanted.min_frames]
    if wanted.kind is not None:
        conditions.append(video_traces.c.kind == wanted.kind)
    if wanted.label is not None:
        conditions.append(video_traces.c.label == wanted.label)
    total = connection.scalar(select(func.count()).select_from(video_traces).where(*conditions)) or 0
    column = _SORTED[wanted.sort]
    order = column.desc() if wanted.descending else column.asc()
    query = select(*_TRACE).where(*conditions).order_by(order, video_traces.c.trace_id)
    return total, [TraceRow(*row) for row in connection.execute(query.limit(wanted.limit).offset(wanted.offset))]


def boxes_of_trace(connection: Connection, file_id: int, trace_id: int, first: int, last: int) -> list[BoxRow]:
    """Return the boxes of a trace in the frames `first` to `last`, in their order."""
    query = _boxes(file_id).where(video_boxes.c.trace_id == trace_id, video_boxes.c.frame.between(first, last))
    return [BoxRow(*row) for row in connection.execute(query.order_by(video_boxes.c.frame))]


def boxes(connection: Connection, file_id: int, first: int, last: int, limit: int | None = None) -> list[BoxRow]:
    """Return all boxes in the frames `first` to `last`, by frame and trace; at most `limit`."""
    query = _boxes(file_id).where(video_boxes.c.frame.between(first, last))
    ordered = query.order_by(video_boxes.c.frame, video_boxes.c.trace_id).limit(limit)
    return [BoxRow(*row) for row in connection.execute(ordered)]


def representative(connection: Connection, file_id: int, trace: TraceRow) -> tuple[BoxRow | None, int]:
    """Return the best face of a trace, and how many there are: its own, or those inside of an object's boxes.

    Of the ten with the largest product of area and confidence, it is the sharpest. What was filled in does not count.
    """
    mine = _boxes(file_id).where(video_boxes.c.interpolated.is_(False))
    if trace.kind == "face":
        mine = mine.where(video_boxes.c.trace_id == trace.trace_id)
    else:
        around = video_boxes.alias()
        left, top = 2 * video_boxes.c.x + video_boxes.c.width, 2 * video_boxes.c.y + video_boxes.c.height
        mine = mine.where(
            video_traces.c.kind == "face",
            around.c.file_id == file_id,
            around.c.trace_id == trace.trace_id,
            around.c.frame == video_boxes.c.frame,
            left.between(2 * around.c.x, 2 * (around.c.x + around.c.width)),
            top.between(2 * around.c.y, 2 * (around.c.y + around.c.height)),
        )
    count = connection.scalar(select(func.count()).select_from(mine.subquery())) or 0
    worth = video_boxes.c.width * video_boxes.c.height * video_boxes.c.confidence
    best = mine.add_columns(video_boxes.c.sharpness).order_by(worth.desc(), video_boxes.c.frame).limit(CHOSEN_FACES)
    rows = connection.execute(best).all()
    if not rows:
        return None, 0
    chosen = max(rows, key=lambda row: row.sharpness or 0.0)  # the first of the best if nobody knows
    return BoxRow(*chosen[:-1]), count


# ---------------------------------------------------------------- writing


def add(connection: Connection, file_id: int, traces: Iterable[TraceRow], found: Collection[NewBox]) -> None:
    """Add traces that cannot be seen yet, and boxes of these or of earlier ones."""
    rows = [
        {"file_id": file_id, "visible": False, **{name: getattr(trace, name) for name in TraceRow.__slots__}}
        for trace in traces
    ]
    if rows:
        connection.execute(insert(video_traces), rows)
        last = max(row["trace_id"] for row in rows)
        connection.execute(
            update(video_files)
            .where(video_files.c.id == file_id, video_files.c.next_trace <= last)
            .values(next_trace=last + 1)
        )
    if found:
        connection.execute(
            insert(video_boxes), [{"file_id": file_id, **dict(zip(_NEW, box, strict=True))} for box in found]
        )


def name(connection: Connection, file_id: int, names: Mapping[int, str]) -> None:
    """Write whose traces these are: names by the number of the trace."""
    if not names:
        return
    query = update(video_traces).where(
        video_traces.c.file_id == file_id, video_traces.c.trace_id == bindparam("number")
    )
    values = [{"number": number, "who": who[:LONGEST_NAME]} for number, who in names.items()]
    connection.execute(query.values(identity=bindparam("who")), values)


def publish(connection: Connection, file_id: int, kinds: Collection[str], first: int) -> None:
    """Show the traces from number `first` on instead of the older ones of these `kinds`; it may be repeated."""
    mine = video_traces.c.file_id == file_id
    older = update(video_traces).where(mine, video_traces.c.trace_id < first, video_traces.c.kind.in_(list(kinds)))
    connection.execute(older.values(visible=False))
    connection.execute(update(video_traces).where(mine, video_traces.c.trace_id >= first).values(visible=True))
    _changed(connection, file_id, {f"analysed_{kind}": True for kind in kinds})


def withdraw(connection: Connection, file_id: int) -> int:
    """Hide all traces of a file, which is then as if nobody had looked at it; return a number beyond theirs."""
    last = connection.scalar(select(func.max(video_traces.c.trace_id)).where(*_visible(file_id))) or 0
    connection.execute(update(video_traces).where(*_visible(file_id)).values(visible=False))
    _changed(connection, file_id, {"analysed_face": False, "analysed_object": False})
    return last + 1


def clear_hidden(connection: Connection, file_id: int, below: int) -> bool:
    """Remove some of what cannot be seen, with numbers below `below`; whether there may be more."""
    hidden = select(video_traces.c.trace_id).where(
        video_traces.c.file_id == file_id, video_traces.c.visible.is_(False), video_traces.c.trace_id < below
    )
    trace_id = connection.scalar(hidden.order_by(video_traces.c.trace_id).limit(1))
    if trace_id is None:
        return False
    mine = and_(video_boxes.c.file_id == file_id, video_boxes.c.trace_id == trace_id)
    later = select(video_boxes.c.frame).where(mine).order_by(video_boxes.c.frame).offset(BOXES_AT_ONCE).limit(1)
    frame = connection.scalar(later)
    if frame is not None:
        connection.execute(delete(video_boxes).where(mine, video_boxes.c.frame < frame))
        return True
    connection.execute(delete(video_boxes).where(mine))
    connection.execute(
        delete(video_traces).where(video_traces.c.file_id == file_id, video_traces.c.trace_id == trace_id)
    )
    return True


def files_with_hidden(connection: Connection) -> list[tuple[int, str, int]]:
    """Return number and uuid of all files that have traces which cannot be seen, and their next trace."""
    some = select(video_traces.c.file_id).where(video_traces.c.visible.is_(False)).distinct()
    query = select(video_files.c.id, video_files.c.uuid, video_files.c.next_trace).where(video_files.c.id.in_(some))
    return [(number, uuid, following) for number, uuid, following in connection.execute(query)]


# ---------------------------------------------------------------- parts of queries


def _visible(file_id: int) -> list[ColumnElement[bool]]:
    return [video_traces.c.file_id == file_id, video_traces.c.visible.is_(True)]


def _boxes(file_id: int) -> Select[Any]:
    return select(*_BOX).select_from(_BOTH).where(video_boxes.c.file_id == file_id, video_traces.c.visible.is_(True))


def _changed(connection: Connection, file_id: int, values: dict[str, bool]) -> None:
    count = select(func.count()).select_from(video_traces).where(*_visible(file_id)).scalar_subquery()
    connection.execute(
        update(video_files)
        .where(video_files.c.id == file_id)
        .values(values | {"trace_count": count, "analysis_version": video_files.c.analysis_version + 1})
    )
