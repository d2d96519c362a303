"""Tells events whose face was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.events import edits

if TYPE_CHECKING:
    from dogwatch.events.hub import EventHub
    from dogwatch.recognition.face_votes import FaceVerdict


def tell_face(hub: EventHub, event_id: str, camera: str, verdict: FaceVerdict, before: str | None) -> None:
    """Tell whose face was seen; `before` is the name that was told last.

    Raises:
        NotFoundError: The event has no row.
    """
    edits.set_face(hub, event_id, camera, verdict.name, verdict.score, before=before)
