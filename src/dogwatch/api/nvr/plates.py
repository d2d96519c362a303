"""Reading a number plate again (docs/api/events.md, docs/plates.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from dogwatch.api import answers
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheServices
from dogwatch.errors import DogwatchError
from dogwatch.events import edits
from dogwatch.recognition.plate_spec import ReadPlate
from dogwatch.recognition.plates import PLATE
from dogwatch.recognition.reader_process import ReaderBusyError
from dogwatch.store import events

router = APIRouter(route_class=LateRoute)

Fractions = tuple[float, float, float, float]


@router.put("/api/lpr/reprocess", responses=answers.refusals(500))
def reprocess(services: TheServices, event_id: str) -> dict[str, Any]:
    """Read the plate in an event's picture again, and write it into the event."""
    config = services.config
    if not config.lpr.enabled and not any(camera.lpr.enabled for camera in config.cameras.values()):
        raise ApiError(400, "License plate recognition is not enabled")
    with services.db.read() as connection:
        row = events.one(connection, event_id)
    if row is None:
        raise ApiError(404, "Event not found")
    picture = services.events.outputs.pictures.get(event_id, row["camera"])
    box = row["data"].get("box") or _drawn(row["data"])
    if picture is None or not box:
        raise ApiError(400, "The event has no picture")
    camera = config.cameras.get(row["camera"])
    own = camera.lpr if camera is not None else config.lpr
    whole = _corners(box)
    plates = [one["box"] for one in row["data"].get("attributes") or () if one["label"] == PLATE]
    plate = _corners(plates[0]) if plates else whole if row["label"] == PLATE else None
    try:
        read = services.plates.read_now(ReadPlate(picture, whole, plate, own.min_area, own.enhancement))
    except ReaderBusyError:
        raise  # 503
    except DogwatchError as error:
        raise ApiError(500, str(error)) from error
    if read is None:
        raise ApiError(400, "No license plate was recognized")
    found, name = read
    edits.set_plate(services.events, event_id, found.text, found.score, owner=name, box=found.box)
    if name is not None:
        edits.set_sub_label(services.events, event_id, name, found.score)
    return ok("Successfully read the license plate", plate=found.text, score=found.score, name=name)


def _drawn(data: dict[str, Any]) -> list[float] | None:
    """Return the first box that is drawn on a manual event's picture."""
    boxes: list[dict[str, Any]] = (data.get("draw") or {}).get("boxes") or []
    return boxes[0]["box"] if boxes else None


def _corners(box: list[float]) -> Fractions:
    """Turn x, y, width, height into corners."""
    x, y, width, height = box
    return x, y, x + width, y + height
