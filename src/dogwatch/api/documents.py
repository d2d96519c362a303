"""The OpenAPI documents of all surfaces, without a running program: `python -m dogwatch.api.documents ui/src/api`.

The web page's typed clients are made from them (docs/ui.md). They tell no version, and refusals once for each operation
instead of once for each status: neither a release nor a status changes a client.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from dogwatch.api import answers
from dogwatch.api.edge import policy as edge_policy
from dogwatch.api.edge import surface as edge
from dogwatch.api.files import openapi as files_openapi
from dogwatch.api.files import policy as files_policy
from dogwatch.api.files import surface as files
from dogwatch.api.nvr import error_form, openapi, policy
from dogwatch.api.nvr import surface as nvr
from dogwatch.api.surface import Surface

VERSION = "0"
COOKIE = "session"
_REFUSED: dict[str, dict[str, Any]] = {
    "nvr": {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("Failure", "Refusal", "Invalid", "Busy")]},
    "files": {"$ref": "#/components/schemas/Failure"},
    "edge": {
        "type": "object",
        "properties": {"error": {"type": "string"}, "code": {"type": "string"}, "field": {"type": "string"}},
        "required": ["error", "code"],
    },
}
"""The forms of refusals by surface."""


def documents() -> dict[str, bytes]:
    """Return the documents as JSON by the surfaces' names: always the same bytes for the same routes."""
    described = {
        "nvr": openapi.document(_surface(nvr.routers(), policy.POLICY), VERSION, COOKIE),
        "files": files_openapi.document(_surface(files.routers(), files_policy.POLICY), VERSION, COOKIE),
        "edge": _edge(),
    }
    for name, document in described.items():
        _refuse_once(document, _REFUSED[name])
    return {name: json.dumps(made, indent=1, sort_keys=True).encode() + b"\n" for name, made in described.items()}


def write(folder: Path) -> None:
    """Write the documents into `folder` as `nvr.openapi.json` and so on."""
    for name, document in documents().items():
        (folder / f"{name}.openapi.json").write_bytes(document)


def _surface(routers: tuple[APIRouter, ...], needs: Any) -> Surface[Any]:
    """Return a surface that describes its routes and answers nothing."""
    return Surface(
        name="",
        routers=routers,
        policy=needs,
        protect=lambda app, _: app,
        protect_rest=lambda app: app,
        error_form=error_form.error_form,
        listeners=(),
        services=None,
    )


def _edge() -> dict[str, Any]:
    """Return the document of the edge API, whose answers docs/api/edge describes in words only."""
    from fastapi.openapi.utils import get_openapi  # here: as in the other documents

    routes = [one for one in _surface(edge.routers(), edge_policy.EDGE_POLICY).routes() if isinstance(one, APIRoute)]
    made = get_openapi(title="Dogwatch edge", version=VERSION, routes=routes)
    for unused in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(unused, None)
    return made


def _refuse_once(document: dict[str, Any], form: dict[str, Any]) -> None:
    document["components"]["responses"] = {
        "Refused": {"description": "Refused", "content": {answers.JSON: {"schema": form}}}
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            taken = {code: told for code, told in operation["responses"].items() if int(code) < 400}
            operation["responses"] = {**taken, "default": {"$ref": "#/components/responses/Refused"}}


if __name__ == "__main__":
    import sys

    write(Path(sys.argv[1]))
