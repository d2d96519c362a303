"""Refusals as clients of the edge API know them: `{"error", "code"}` and details (docs/api/edge/README.md)."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from dogwatch.api.errors import ApiError, InvalidError

CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "bad_media_type",
    416: "range_not_satisfiable",
    429: "rate_limited",
    500: "internal",
    503: "unavailable",
    507: "disk_full",
}


def error_form(error: ApiError) -> Response:
    """Return the answer to a refusal."""
    headers = {"Cache-Control": "no-store", **error.headers}
    if isinstance(error, InvalidError):
        return JSONResponse(_invalid(error), 400, headers)
    body = {"error": error.text, "code": error.code or CODES.get(error.status, "failed"), **error.details}
    return JSONResponse(body, error.status, headers)


def _invalid(error: InvalidError) -> dict[str, Any]:
    found = error.findings[0]
    if found["type"] == "json_invalid":
        return {"error": "The body is no JSON object", "code": "bad_json"}
    field = ".".join(str(part) for part in found["loc"][1:])
    return {"error": f"{field}: {found['msg']}" if field else found["msg"], "code": "bad_field", "field": field}
