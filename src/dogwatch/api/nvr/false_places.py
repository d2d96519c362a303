"""Places where detections of a camera were often false (docs/api/cameras.md)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import PlainTextResponse, Response

from dogwatch.api import answers
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.pictures import Made, PictureResponse
from dogwatch.api.services import Services, TheServices
from dogwatch.events.false_place import HALF_LIFE_S, ShownPlace
from dogwatch.live.drawing import Drawing, DrawnPlace, PictureStyle
from dogwatch.vision.false_places import BEGINS, FULL, added

router = APIRouter(route_class=LateRoute)

QUALITY = 80
DAY_S = 86400.0
LabelQuery = Annotated[str | None, Query(max_length=100)]


@router.get("/api/{camera}/false_places")
def places(camera: str, services: TheServices, label: LabelQuery = None) -> dict[str, Any]:
    """Return the places of a camera, those that ask for most evidence first."""
    found = _known(services, camera, label)
    own = services.config.cameras[camera]
    return {
        "camera": camera,
        "enabled": own.objects.false_places,
        "half_life_days": HALF_LIFE_S / DAY_S,
        "begins_at": BEGINS,
        "full_at": FULL,
        "places": [_body(one) for one in found],
    }


@router.get("/api/{camera}/false_places.jpg")
def picture(camera: str, services: TheServices, label: LabelQuery = None) -> Response:
    """Return the newest picture of a camera with the places on it."""
    drawn = tuple(
        DrawnPlace(one.place.box, f"{one.label} {one.summed:.0f} +{added(one.summed):.1f} s", one.summed > BEGINS)
        for one in reversed(_known(services, camera, label))  # the worst ones on top
    )

    def make() -> Made:
        still = services.pictures.still(camera, PictureStyle(Drawing(places=drawn), quality=QUALITY))
        return Made(still.data, "image/jpeg", {"Cache-Control": "no-store"})

    return PictureResponse(make)


@router.delete("/api/{camera}/false_places", responses=answers.body(answers.TEXT))
def forget(camera: str, services: TheServices, label: LabelQuery = None) -> Response:
    """Forget the places, or those of one label, and learn them anew."""
    services.learnt.false_places.reset(camera, label, services.config.cameras)
    return PlainTextResponse("OK")


def _known(services: Services, camera: str, label: str | None) -> list[ShownPlace]:
    if camera not in services.config.cameras:
        raise ApiError(404, "Camera not found")
    found = services.learnt.false_places.shown(camera)
    return [one for one in found if label is None or one.label == label]


def _body(one: ShownPlace) -> dict[str, Any]:
    place = one.place
    return {
        "label": one.label,
        "box": [round(side, 4) for side in place.box],
        "weight": round(one.summed, 2),
        "more_evidence": round(added(one.summed), 2),
        "rejected": round(place.rejected, 2),
        "deleted": round(place.deleted, 2),
        "marked_false": round(place.wrong, 2),
        "marked_correct": round(place.right, 2),
        "held_back": round(place.held, 2),
    }
