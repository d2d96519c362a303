"""The OpenAPI document of the NVR API (docs/api/system.md): built when it is first asked for, and kept as bytes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import compile_path

from dogwatch.api import answers
from dogwatch.api.cross_site import SAFE_METHODS
from dogwatch.api.late_route import LateRoute
from dogwatch.api.listener import INTERNAL, listener_of
from dogwatch.api.nvr.policy import Permission
from dogwatch.api.services import TheServices
from dogwatch.api.surface import keys

if TYPE_CHECKING:
    from dogwatch.api.surface import Surface

router = APIRouter(route_class=LateRoute)
log = logging.getLogger(__name__)

ABOUT = "docs/api in the source describes routes, parameters and answers; WebSockets (`/ws`, `/live/mse/api/ws`) too."
SECURITY: list[dict[str, list[str]]] = [{"cookie": []}, {"bearer": []}]
_TEXT = {"type": "string"}
_FAILURE = {
    "type": "object",
    "properties": {"success": {"const": False}, "message": _TEXT},
    "required": ["success", "message"],
}
_REFUSAL = {**_FAILURE, "properties": {**_FAILURE["properties"], "detail": _TEXT}}  # type: ignore[dict-item]
_FINDING = {"type": "object", "properties": {"type": _TEXT, "loc": {"type": "array"}, "msg": _TEXT, "input": {}}}
_INVALID = {
    "type": "object",
    "properties": {"detail": {"type": "array", "items": {**_FINDING, "required": ["type", "loc", "msg"]}}},
    "required": ["detail"],
}
_BUSY = {"type": "object", "properties": {"error": _TEXT}, "required": ["error"]}
ANY = "*/*"
WHOLE = frozenset({"200", "201", "202"})
_PLACE = "#/components/schemas/"
_WORDED = {"anyOf": [{"$ref": f"{_PLACE}Failure"}, {"$ref": f"{_PLACE}Refusal"}, _TEXT]}
SCHEMAS = {"Failure": _FAILURE, "Refusal": _REFUSAL, "Invalid": _INVALID, "Busy": _BUSY, "Worded": _WORDED}
FORMS = {400: "Worded", 401: "Refusal", 403: "Refusal", 404: "Worded", 422: "Invalid", 429: "Busy"}
"""The schemas of refusals by status; all others are a `Failure`."""


@router.get("/api/openapi.json")
def openapi(request: Request, services: TheServices) -> Response:
    """Return the OpenAPI document of this listener."""
    state = request.app.state
    if not hasattr(state, "openapi"):
        surface = next(one for one in state.root.surfaces if one.services is services)
        made = document(surface, services.version, services.authority.cookie_name)
        state.openapi = msgspec.json.encode(made)[:-1]
    needs = b"[]" if listener_of(request.scope) == INTERNAL else msgspec.json.encode(SECURITY)
    return Response(b'%b,"security":%b}' % (state.openapi, needs), media_type=answers.JSON)


def document(surface: Surface[Permission], version: str, cookie: str) -> dict[str, Any]:
    """Return the document without `security`, which depends on the listener."""
    from fastapi.openapi.utils import get_openapi  # here: it takes time and memory, and few ask

    from dogwatch.api.shapes.table import ANSWERS

    routes = [route for route in surface.routes() if isinstance(route, APIRoute)]
    made = get_openapi(title="Dogwatch", version=version, description=ABOUT, routes=routes)
    found, shapes = msgspec.json.schema_components(ANSWERS.values(), ref_template=f"{_PLACE}{{name}}")
    forms = dict(zip(ANSWERS, found, strict=True))
    for route in routes:
        for method, path in keys(route):
            operation = made["paths"][route.path_format][method.lower()]
            _complete(operation, route, method, surface.policy[method, path])
            if (form := forms.get((method, path))) is not None:
                _describe(operation["responses"], form)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= shapes | SCHEMAS
    components["securitySchemes"] = {
        "cookie": {"type": "apiKey", "in": "cookie", "name": cookie},
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    }
    return made


def _complete(operation: dict[str, Any], route: APIRoute, method: str, permission: Permission) -> None:
    """Add who may use a route, what it answers besides JSON, and its refusals."""
    operation["x-permission"] = permission.name.lower()
    if permission is Permission.PUBLIC:
        operation["security"] = []
    parameters = operation.setdefault("parameters", [])
    told = {one["name"] for one in parameters if one["in"] == "path"}
    for name in (one for one in compile_path(route.path)[2] if one not in told):  # what only the guard looks at
        parameters.append({"name": name, "in": "path", "required": True, "schema": _TEXT})
    found: dict[str, Any] = operation["responses"]
    own = _file_of(route.path) | route.responses
    if any(int(code) < 400 for code in own):
        del found["200"]
    for code, answer in own.items():
        found[str(code)] = answer if int(code) < 400 or "content" in answer else _refusal(int(code))
    for status in _refusals(method, permission, asked=bool(parameters), body="requestBody" in operation):
        found.setdefault(str(status), _refusal(status))
    if 206 in own:
        found.setdefault("429", _refusal(429))
    found["422"] = _refusal(422)


def _describe(responses: dict[str, Any], form: Mapping[str, Any]) -> None:
    """Add the form of the JSON in which a route answers when all goes well."""
    for status in WHOLE & responses.keys():
        answer = responses[status]
        content = answer.get("content", {})
        if not content or answers.JSON in content or ANY in content:
            responses[status] = {**answer, "content": {**content, answers.JSON: {"schema": form}}}


def _file_of(path: str) -> answers.Responses:
    return next((answers.file(*types) for end, types in answers.TYPES.items() if path.endswith(end)), {})


def _refusals(method: str, permission: Permission, *, asked: bool, body: bool) -> Iterable[int]:
    """Yield the statuses of refusals: what a route of this kind may be answered by the guard and by its handler."""
    writes = method not in SAFE_METHODS
    yield from (403, 422, 503)
    if writes or permission is not Permission.PUBLIC:
        yield 401
    if asked or body:
        yield from (400, 404)
    if writes:
        yield from (413, 507)


def _refusal(status: int) -> Mapping[str, Any]:
    schema = {"$ref": f"{_PLACE}{FORMS.get(status, 'Failure')}"}
    return {"description": HTTPStatus(status).phrase, "content": {answers.JSON: {"schema": schema}}}
