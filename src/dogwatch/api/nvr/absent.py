"""Features that Dogwatch does not have: every route of theirs, and what it answers (docs/api/absent.md).

What would change something is refused, as by a server where the feature is not enabled; what reads finds nothing.
Permissions are checked before, as for every route.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from dogwatch.api import answers
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheServices
from dogwatch.store import owners

router = APIRouter(route_class=LateRoute)

NO_TRANSCRIPTION = "Audio transcription is not enabled"
NO_EMBEDDINGS = "Semantic search is not enabled"
NO_DESCRIPTIONS = "Generative AI descriptions are not enabled"
NO_SUMMARIES = "Generative AI review summaries are not enabled"
NO_CHAT = "Chat is not enabled"
NO_GENERATION = "Generative AI is not enabled"
NO_CLASSIFICATION = "Custom classification is not enabled"
NO_MODEL = "Classification model not found"

_DATASET = "/api/classification/{model}/dataset"
REFUSED: dict[tuple[str, str], tuple[int, str]] = {
    ("PUT", "/api/audio/transcribe"): (400, NO_TRANSCRIPTION),
    ("PUT", "/api/reindex"): (400, NO_EMBEDDINGS),
    ("POST", "/api/description/generate"): (400, NO_DESCRIPTIONS),
    ("POST", "/api/review/summarize/start/{start}/end/{end}"): (400, NO_SUMMARIES),
    ("GET", _DATASET): (404, NO_MODEL),
    ("GET", "/api/classification/{model}/train"): (404, NO_MODEL),
    ("POST", "/api/classification/{model}/train"): (404, NO_MODEL),
    ("POST", "/api/classification/{model}/train/delete"): (404, NO_MODEL),
    ("POST", f"{_DATASET}/categorize"): (404, NO_MODEL),
    ("POST", f"{_DATASET}/{{category}}/create"): (404, NO_MODEL),
    ("POST", f"{_DATASET}/{{category}}/delete"): (404, NO_MODEL),
    ("POST", f"{_DATASET}/{{category}}/reclassify"): (404, NO_MODEL),
    ("PUT", f"{_DATASET}/{{category}}/rename"): (404, NO_MODEL),
    ("DELETE", "/api/classification/{model}"): (404, NO_MODEL),
    ("POST", "/api/classification/generate_examples/state"): (400, NO_CLASSIFICATION),
    ("POST", "/api/classification/generate_examples/object"): (400, NO_CLASSIFICATION),
    ("POST", "/api/chat/execute"): (400, NO_CHAT),
    ("POST", "/api/vlm/monitor"): (400, NO_GENERATION),
    ("DELETE", "/api/vlm/monitor"): (400, NO_GENERATION),
    ("POST", "/api/genai/probe"): (400, NO_GENERATION),
}
"""What is refused, with its status and message."""

EMPTY: dict[str, Any] = {
    "/api/classification/attributes": [],
    "/api/chat/tools": {"tools": []},
    "/api/vlm/monitor": {"active": False},
    "/api/genai/models": {},
}
"""What is read, and there is nothing."""


@router.post("/api/chat/completion", responses=answers.body(answers.JSON, status=400))
def chat() -> JSONResponse:
    """Refuse a chat, in the form of its own errors."""
    raise ApiError(400, NO_CHAT, body={"error": NO_CHAT})


@router.put("/api/events/{event_id}/description/regenerate")
def regenerate(services: TheServices, event_id: str) -> JSONResponse:
    """Refuse to describe an event, if there is such an event."""
    with services.db.read() as connection:
        if owners.camera_of_event(connection, event_id) is None:
            raise ApiError(404, f"Event {event_id} not found")
    raise ApiError(400, NO_DESCRIPTIONS)


@router.get("/api/triggers/status/{camera}")
def triggers(services: TheServices, camera: str) -> JSONResponse:
    """Refuse: no camera has triggers."""
    _known(services, camera)
    raise ApiError(404, f"Camera {camera} has no triggers")


@router.post("/api/trigger/embedding")
def create_trigger(services: TheServices, camera_name: str, name: str) -> JSONResponse:  # noqa: ARG001
    """Refuse a trigger of a camera."""
    return change_trigger(services, camera_name)


@router.put("/api/trigger/embedding/{camera}/{name}")
@router.delete("/api/trigger/embedding/{camera}/{name}")
def change_trigger(services: TheServices, camera: str) -> JSONResponse:
    """Refuse to change a trigger of a camera."""
    _known(services, camera)
    raise ApiError(400, NO_EMBEDDINGS)


def _known(services: Services, camera: str) -> None:
    if camera not in services.config.cameras:
        raise ApiError(404, f"Camera {camera} not found")


def _refuse(status: int, message: str) -> Callable[[], JSONResponse]:
    def refuse() -> JSONResponse:
        raise ApiError(status, message)

    return refuse


def _find(nothing: Any) -> Callable[[], JSONResponse]:
    def find() -> JSONResponse:
        return JSONResponse(nothing)

    return find


for (_method, _path), (_status, _message) in REFUSED.items():
    router.add_api_route(
        _path, _refuse(_status, _message), methods=[_method], responses={_status: {"description": _message}}
    )
for _path, _nothing in EMPTY.items():
    router.add_api_route(_path, _find(_nothing), methods=["GET"])
