"""The OpenAPI document of video files: built when it is first asked for, and kept as bytes."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import compile_path

from dogwatch.api import answers
from dogwatch.api.files.policy import FileNeeds
from dogwatch.api.files.services import TheFileServices
from dogwatch.api.late_route import LateRoute
from dogwatch.api.surface import keys

if TYPE_CHECKING:
    from dogwatch.api.surface import Surface

router = APIRouter(route_class=LateRoute)
ABOUT = "docs/api/files in the source describes routes, parameters and answers."
FAILURE = {
    "type": "object",
    "properties": {
        "success": {"const": False},
        "error": {
            "type": "object",
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "details": {"type": "object"}},
            "required": ["code", "message"],
        },
    },
    "required": ["success", "error"],
}
OF_FILE = (FileNeeds.READ, FileNeeds.MEDIA, FileNeeds.WRITE)


@router.get("/api/v1/openapi.json")
def openapi(request: Request, services: TheFileServices) -> Response:
    """Return the OpenAPI document."""
    state = request.app.state
    if not hasattr(state, "openapi"):
        surface = next(one for one in state.root.surfaces if one.services is services)
        state.openapi = msgspec.json.encode(document(surface, services.nvr.version, services.nvr.authority.cookie_name))
    return Response(state.openapi, media_type=answers.JSON)


def document(surface: Surface[FileNeeds], version: str, cookie: str) -> dict[str, Any]:
    """Return the document."""
    from fastapi.openapi.utils import get_openapi  # here: it takes time and memory, and few ask

    routes = [route for route in surface.routes() if isinstance(route, APIRoute)]
    made = get_openapi(title="Dogwatch video files", version=version, description=ABOUT, routes=routes)
    for route in routes:
        for method, path in keys(route):
            _complete(made["paths"][route.path_format][method.lower()], route, surface.policy[method, path])
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Failure"] = FAILURE
    made["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "query": {"type": "apiKey", "in": "query", "name": "token"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": cookie},
    }
    return made


def _complete(operation: dict[str, Any], route: APIRoute, needs: FileNeeds) -> None:
    """Add what a route needs, and how it refuses."""
    operation["x-needs"] = needs.value
    parameters = operation.setdefault("parameters", [])
    told = {one["name"] for one in parameters if one["in"] == "path"}
    for name in (one for one in compile_path(route.path)[2] if one not in told):  # what only the guard looks at
        parameters.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
    security: list[dict[str, list[str]]] = [{"bearer": []}, {"cookie": []}]
    operation["security"] = [] if needs is FileNeeds.NOTHING else security
    if needs is FileNeeds.MEDIA:
        operation["security"] = [*security, {"query": []}]
    found: dict[str, Any] = operation["responses"]
    if any(int(code) < 400 for code in route.responses) and "200" not in {str(code) for code in route.responses}:
        del found["200"]
    found.pop("422", None)
    statuses = {400, 401, 403, 404, 422, 429, 500, 503} | ({409, 504} if needs in OF_FILE else {413, 415, 507})
    for status in sorted(statuses):
        found.setdefault(str(status), _refusal(status))
    for code, answer in found.items():
        if int(code) >= 400 and "content" not in answer:
            found[code] = _refusal(int(code))


def _refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Failure"}
    return {"description": HTTPStatus(status).phrase, "content": {answers.JSON: {"schema": schema}}}
