"""The region grid: how large objects look in each part of a camera's frame (docs/api/cameras.md)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from dogwatch.api import answers
from dogwatch.api.late_route import LateRoute
from dogwatch.api.numbers import Real
from dogwatch.api.pictures import Made, PictureResponse
from dogwatch.api.services import TheServices
from dogwatch.live.drawing import Drawing, GridDrawing, PictureStyle

router = APIRouter(route_class=LateRoute)

GREEN = (0, 255, 0)
COLOURS = {"red": (255, 0, 0), "green": GREEN, "blue": (0, 0, 255), "black": (0, 0, 0), "white": (255, 255, 255)}
QUALITY = 70
SMALLEST, LARGEST = 0.1, 10.0


@router.get("/api/{camera}/grid.jpg")
def grid(
    camera: str,
    services: TheServices,
    color: str = "green",
    font_scale: Real = 0.5,
) -> Response:
    """Return the newest picture of a camera with the sizes learnt of each part of it."""
    learnt = tuple((cell.samples, cell.width, cell.height) for cell in services.learnt.grids.learnt(camera))
    drawn = GridDrawing(learnt, COLOURS.get(color, GREEN), min(max(font_scale, SMALLEST), LARGEST))

    def make() -> Made:
        still = services.pictures.still(camera, PictureStyle(Drawing(grid=drawn), quality=QUALITY))
        return Made(still.data, "image/jpeg", {"Cache-Control": "no-store"})

    return PictureResponse(make)


@router.delete("/api/{camera}/region_grid", responses=answers.body(answers.TEXT))
def forget(camera: str, services: TheServices) -> Response:
    """Forget the sizes, and learn them anew."""
    services.learnt.grids.reset(camera, services.config.cameras)
    return PlainTextResponse("OK")
