"""Recording by hand (docs/api/edge/recording.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.errors import EdgeError

router = APIRouter(route_class=LateRoute)


@router.post("/toggle_recording")
def toggle(edge: TheEdge) -> dict[str, Any]:
    """Start a recording, or stop the one that runs."""
    outcome = edge.recorder.toggle()
    if outcome == "failed":
        raise EdgeError(503, "camera_unavailable", "The camera sends nothing that could be recorded")
    return {"message": "Recording started" if outcome == "started" else "Recording stopped"}


@router.get("/recording_status")
def status(edge: TheEdge) -> dict[str, Any]:
    """Tell whether anything is recorded, since when and why."""
    reason = edge.recorder.state.reason
    return {**edge.recording_state(), **({} if reason is None else {"reason": reason})}
