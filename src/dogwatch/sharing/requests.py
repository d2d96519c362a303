"""What somebody wants to share, and whether it is there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dogwatch.auth.caller import Caller
from dogwatch.errors import NoFootageError, NotFoundError, RefusedError
from dogwatch.store.shares import Kind

if TYPE_CHECKING:
    from dogwatch.polygon import Polygon
    from dogwatch.sharing.content import Content

LONGEST_S, LONGEST_COVERED_S = 3600.0, 1800.0


@dataclass(frozen=True, slots=True)
class ShareRequest:
    """What is to be shared: a range of `camera`, or the event or export `target`; times are epoch seconds.

    `polygons`, in fractions, are blacked out beside the camera's privacy masks, which `masks` asks for.
    """

    kind: Kind
    camera: str = ""
    target: str = ""
    start: float = 0.0
    end: float = 0.0
    hours: float | None = None
    title: str | None = None
    faces: bool = False
    masks: bool = False
    polygons: tuple[Polygon, ...] = ()


def found(content: Content, caller: Caller, wanted: ShareRequest, cameras: Collection[str], now: float) -> ShareRequest:
    """Return `wanted` with its camera and range. What the caller may not see is not there.

    Raises:
        NotFoundError: There is no such camera, event or export.
        RefusedError: The range makes no sense, or the event or export is not complete.
        NoFootageError: There is nothing to show.
    """
    complete = {"clip": _clip, "event": _event, "export": _export}[wanted.kind](content, wanted, now)
    if complete is None or not caller.may_see(complete.camera) or complete.camera not in cameras:
        raise NotFoundError(f"{'Camera' if wanted.kind == 'clip' else wanted.kind.capitalize()} not found")
    _check(content, complete, now)
    return complete


def _clip(_: Content, wanted: ShareRequest, now: float) -> ShareRequest | None:
    return replace(wanted, end=min(wanted.end, now))


def _event(content: Content, wanted: ShareRequest, _: float) -> ShareRequest | None:
    row = content.event(wanted.target)
    if row is None:
        return None
    return replace(wanted, camera=row["camera"], start=row["start_time"], end=row["end_time"] or 0.0)


def _export(content: Content, wanted: ShareRequest, _: float) -> ShareRequest | None:
    export = content.export(wanted.target)
    return None if export is None else replace(wanted, camera=export.camera, start=export.date, end=export.end_time)


def _check(content: Content, wanted: ShareRequest, now: float) -> None:
    """Refuse what cannot be shown, of what the caller may see."""
    match wanted.kind:
        case "event":
            row = content.event(wanted.target) or {}
            if row.get("end_time") is None or row["end_time"] > now:  # that of a manual event may be days ahead
                raise RefusedError("The event is still in progress.")
            if not (row["has_clip"] or row["has_snapshot"]):
                raise NoFootageError("The event has neither a clip nor a picture")
        case "export":
            export = content.export(wanted.target)
            if export is None or export.in_progress:
                raise RefusedError("The export is still in progress.")
        case "clip":
            if wanted.end <= wanted.start:
                raise RefusedError("The end of the range is not after its start.")
            if wanted.end - wanted.start > LONGEST_S:
                raise RefusedError("At most an hour can be shared as a clip; longer ranges can be exported first")
            if not content.footage_s(wanted.camera, wanted.start, wanted.end):
                raise NoFootageError("No recordings found for the specified time range")
