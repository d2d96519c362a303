"""Refusals in the forms that clients of the NVR API know (docs/api)."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response

from dogwatch.api.errors import AccessError, ApiError, FaultError, InvalidError, RequestError


def error_form(error: ApiError) -> Response:
    """Return the answer to a refusal."""
    headers = {"Cache-Control": "no-store", **error.headers}
    if isinstance(error, FaultError):
        return PlainTextResponse(error.text, error.status, headers)
    return JSONResponse(_body(error), error.status, headers)


def _body(error: ApiError) -> Any:
    text = error.text
    match error:
        case ApiError(body=body) if body is not None:
            return body
        case InvalidError():
            return {"detail": error.findings}
        case AccessError():  # in both forms, which suits every client
            return {"success": False, "message": text, "detail": text}
        case RequestError():
            return {"detail": text}
        case ApiError(status=429):
            return {"error": f"Rate limit exceeded: {text}"}
        case _:
            return {"success": False, "message": text}
