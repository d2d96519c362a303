"""Refusals as clients of video files know them: `{"success": false, "error": {"code", "message", "details"}}`."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from dogwatch.api.errors import ApiError, InvalidError

CODES = {
    400: "bad_field",
    401: "unauthorized",
    403: "file_forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "file_too_large",
    415: "bad_media_type",
    416: "range_not_satisfiable",
    422: "bad_field",
    429: "rate_limited",
    500: "internal",
    503: "busy",
    504: "timeout",
    507: "no_space",
}


def error_form(error: ApiError) -> Response:
    """Return the answer to a refusal."""
    headers = {"Cache-Control": "no-store", **error.headers}
    if isinstance(error, InvalidError):
        return JSONResponse(_body(*_invalid(error)), 400, headers)
    code = error.code or CODES.get(error.status, "failed")
    return JSONResponse(_body(code, error.text, error.details), error.status, headers)


def _body(code: str, message: str, details: dict[str, Any]) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    return {"success": False, "error": {**error, "details": details} if details else error}


def _invalid(error: InvalidError) -> tuple[str, str, dict[str, Any]]:
    found = error.findings[0]
    if found["type"] == "json_invalid":
        return "bad_json", "The body is no JSON object", {}
    field = ".".join(str(part) for part in found["loc"][1:])
    return "bad_field", f"{field}: {found['msg']}" if field else found["msg"], {"field": field} if field else {}
