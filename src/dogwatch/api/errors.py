"""The bodies of answers that say no, in the forms that clients know (contract, section 1.3)."""

from __future__ import annotations

from typing import Any, NoReturn

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse, Response

from dogwatch.auth.limits import TooManyTriesError
from dogwatch.errors import AuthError, ConflictError, DogwatchError, ForbiddenError, NoFootageError, NotFoundError

STATUSES: tuple[tuple[type[DogwatchError], int], ...] = (
    (NotFoundError, 404),
    (NoFootageError, 404),
    (ConflictError, 409),
    (ForbiddenError, 403),
    (AuthError, 401),
    (DogwatchError, 500),
)
UNWRITABLE = "Input should be text of valid Unicode characters"


class ApiError(Exception):
    """An answer with `status` and the JSON `body`, raised from wherever it is found to be needed."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        """Remember the answer."""
        super().__init__(f"{status} {body}")
        self.status, self.body, self.headers = status, body, headers

    def response(self) -> JSONResponse:
        """Return the answer."""
        return JSONResponse(self.body, self.status, {"Cache-Control": "no-store", **(self.headers or {})})


def fail(status: int, message: str) -> NoReturn:
    """Answer `{"success": false, "message": message}` with `status`.

    Raises:
        ApiError: Always.
    """
    raise ApiError(status, {"success": False, "message": message})


def denied(status: int, message: str, headers: dict[str, str] | None = None) -> ApiError:
    """Return the error for a guard's refusal; it carries both `message` and `detail`, which suits every client."""
    return ApiError(status, {"success": False, "message": message, "detail": message}, headers)


def ok(message: str, **more: Any) -> dict[str, Any]:
    """Return `{"success": true, "message": message}` and `more`."""
    return {"success": True, "message": message, **more}


def install(app: FastAPI) -> None:
    """Give `app` the handlers that turn exceptions into these bodies."""

    async def api_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)  # noqa: S101 - registered for this type only
        return error.response()

    async def known_error(_: Request, error: Exception) -> Response:
        status = next(status for kind, status in STATUSES if isinstance(error, kind))
        return JSONResponse({"success": False, "message": str(error)}, status, {"Cache-Control": "no-store"})

    async def too_often(_: Request, error: Exception) -> Response:
        return ApiError(429, {"error": f"Rate limit exceeded: {error}"}).response()

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
        return JSONResponse({"detail": [_finding(found) for found in error.errors()]}, 422)

    async def unwritable(_: Request, _error: Exception) -> Response:
        # JSON can say half of a surrogate pair, which is no text: neither the database nor an answer can hold it.
        return JSONResponse({"detail": [{"type": "string_unicode", "loc": ["body"], "msg": UNWRITABLE}]}, 422)

    app.add_exception_handler(ApiError, api_error)
    app.add_exception_handler(UnicodeEncodeError, unwritable)
    app.add_exception_handler(TooManyTriesError, too_often)
    app.add_exception_handler(DogwatchError, known_error)
    app.add_exception_handler(RequestValidationError, invalid)


def _finding(found: dict[str, Any]) -> dict[str, Any]:
    """Return one validation error without what a body held, which may be a password."""
    keys = ("type", "loc", "msg") if found["loc"][:1] == ("body",) else ("type", "loc", "msg", "input")
    return {key: jsonable_encoder(found[key]) for key in keys if key in found}
