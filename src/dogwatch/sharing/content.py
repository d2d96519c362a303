"""What a link shows: whether it is still there, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dogwatch.store import events, exports
from dogwatch.store.shares import Share

if TYPE_CHECKING:
    from dogwatch.recordings.catalogue import Catalogue
    from dogwatch.store.database import Database
    from dogwatch.store.exports import Export

LESS_S = 1.0  # of a copy's footage may be gone, such as the end of a file that a crash has cut off


@dataclass(frozen=True, slots=True)
class Content:
    """Looks it up; for worker threads."""

    db: Database
    catalogue: Catalogue
    media: Path

    def event(self, event_id: str) -> dict[str, Any] | None:
        """Return an event's row, or None."""
        with self.db.read() as connection:
            return events.one(connection, event_id)

    def export(self, export_id: str) -> Export | None:
        """Return an export, or None."""
        with self.db.read() as connection:
            return exports.one(connection, export_id)

    def exported(self, export: Export) -> Path:
        """Return the path of an export's file."""
        return self.media / "exports" / export.file

    def footage_s(self, camera: str, start: float, end: float) -> float:
        """Return how many seconds of a range are recorded."""
        spans = self.catalogue.spans(camera, start, end)
        return sum(max(0.0, min(one.end_time, end) - max(one.start_time, start)) for one in spans)

    def has_film(self, share: Share) -> bool:
        """Whether the link has a film to show."""
        if share.kind == "export":
            return True
        if share.cover is not None:
            return self.film(share).exists()
        row = self.event(share.target) if share.kind == "event" else None
        return (row is None or bool(row["has_clip"])) and self.footage_s(
            share.camera, share.start_time, share.end_time
        ) > 0

    def gone(self, share: Share) -> str:
        """Return why there is nothing to show any more; empty if there is."""
        if share.kind == "export":
            return "" if self.export(share.target) else "the export was deleted"
        row = self.event(share.target) if share.kind == "event" else None
        if share.kind == "event" and row is None:
            return "the event was deleted"
        if row is not None and (row["has_snapshot"] or row["has_clip"]) and not share.footage_s:
            return ""  # of an event that has just ended, the footage may come
        left = self.footage_s(share.camera, share.start_time, share.end_time)
        # A copy goes as soon as part of what it was made of goes: what is deleted must not be seen in it.
        return "its footage was deleted" if left <= max(0.0, (share.footage_s or 0.0) - LESS_S) else ""

    def has_covered_picture(self, share: Share) -> bool:
        """Whether there is a covered picture, and what it was made of has not expired."""
        row = self.event(share.target)
        return row is not None and bool(row["has_snapshot"]) and self.picture(share).exists()

    def film(self, share: Share) -> Path:
        """Return where the covered film of a link is."""
        return self.folder / f"{share.id}.mp4"

    def picture(self, share: Share) -> Path:
        """Return where the covered picture of a link is."""
        return self.folder / f"{share.id}.jpg"

    @property
    def folder(self) -> Path:
        """The directory of covered copies; hidden, so that nobody is served anything out of it by its path."""
        return self.media / "exports" / ".shares"

    def delete_copies(self, share_id: str) -> None:
        """Delete what was made for a link.

        Raises:
            OSError: A file cannot be deleted.
        """
        for path in self.folder.glob(f"{share_id}.*"):
            path.unlink(missing_ok=True)
