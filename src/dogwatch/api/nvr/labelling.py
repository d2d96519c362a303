"""Pictures that users send to the dataset, or to a labelling service (docs/dataset.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel

from dogwatch.api import answers
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Time
from dogwatch.api.pictures import caller_key, refusal
from dogwatch.api.services import Services, TheServices
from dogwatch.errors import MediaError, NoFootageError
from dogwatch.events import verdicts
from dogwatch.media.picture_pool import POOL, TooManyWaitingError

if TYPE_CHECKING:
    from dogwatch.events.labelling import Labelling

router = APIRouter(route_class=LateRoute)

QUALITY = 95
LOOK_AROUND_S = 0.002


class Submission(BaseModel):
    """The body of a submission."""

    include_annotation: bool = True


@router.post("/api/events/{event_id}/plus")
def submit(services: TheServices, event_id: str, body: Annotated[Submission | None, Body()] = None) -> dict[str, Any]:
    """Send an event's clean picture, with its box unless the body says otherwise."""
    annotated = (body or Submission()).include_annotation
    with verdicts.learning(services.learnt.false_places, services.db, event_id):
        plus_id = _labelling(services).submit(event_id, annotated=annotated)
    return {"success": True, "plus_id": plus_id}


@router.put("/api/events/{event_id}/false_positive")
def false_positive(services: TheServices, event_id: str) -> dict[str, Any]:
    """Send an event's clean picture, and say that there is no such object in its box."""
    with verdicts.learning(services.learnt.false_places, services.db, event_id):
        plus_id = _labelling(services).submit(event_id, wrong=True)
    return {"success": True, "plus_id": plus_id}


@router.post("/api/{camera}/plus/{frame_time}", responses=answers.refusals(429))
def submit_frame(request: Request, services: TheServices, camera: str, frame_time: Time) -> dict[str, Any]:
    """Send a recorded frame, of which nothing is known."""
    segments = services.catalogue.segments(camera, frame_time, frame_time + LOOK_AROUND_S)

    def make() -> bytes:
        from dogwatch.media import picture, still

        return picture.encode(still.frame_at(segments, frame_time, services.paths.media), "jpg", QUALITY)

    try:
        jpeg = POOL.run(caller_key(request.scope), make)
    except TooManyWaitingError as error:
        raise refusal(error) from None
    except (NoFootageError, MediaError) as error:
        raise ApiError(404, f"Recording not found at {frame_time}: {error}") from None
    plus_id = _labelling(services).submit_frame(camera, frame_time, jpeg)
    return ok("Successfully submitted image", plus_id=plus_id)


def _labelling(services: Services) -> Labelling:
    from dogwatch.dataset.folder import Dataset  # here: few ask, and the HTTP client takes time and memory
    from dogwatch.dataset.service import LabellingService
    from dogwatch.events.labelling import Labelling

    plus = services.config.plus
    service = LabellingService(plus.url, plus.key) if plus.url and plus.key else None
    return Labelling(services.events, Dataset(services.paths.media / "dataset"), service, services.space.floor)
