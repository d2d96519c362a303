"""The bodies of answers that say no, in the forms that clients know (docs/api/conventions.md)."""

from __future__ import annotations

import errno
import logging
from typing import Any, NoReturn

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse, Response

from dogwatch.auth.limits import TooManyTriesError
from dogwatch.errors import (
    AuthError,
    ConflictError,
    DiskGoneError,
    DogwatchError,
    ForbiddenError,
    NoFootageError,
    NotFoundError,
    StoreError,
    StoreFullError,
)

STATUSES: tuple[tuple[type[DogwatchError], int], ...] = (
    (NotFoundError, 404),
    (NoFootageError, 404),
    (ConflictError, 409),
    (ForbiddenError, 403),
    (AuthError, 401),
    (StoreFullError, 507),
    (StoreError, 503),
    (DiskGoneError, 503),
    (DogwatchError, 500),
)
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
FAILING = frozenset({errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ENODEV, errno.ESTALE})
RETRY_S = "5"
_log = logging.getLogger(__name__)
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


def answer_to(error: Exception) -> ApiError | None:
    """Return the answer to an error that is no mistake of this program: a refusal, or a disk that does not work.

    507 is a disk that is full, 503 one that cannot be written or read now, and the database in the same two states.
    """
    if isinstance(error, ApiError):
        return error
    if isinstance(error, DogwatchError):
        status = next(status for kind, status in STATUSES if isinstance(error, kind))
        return _refusal(status, str(error))
    if isinstance(error, TimeoutError):
        return _refusal(503, "The database or the disk does not answer in time")
    if isinstance(error, OSError) and error.errno in FULL:
        _log.error("nothing can be written: %s", error)
        return _refusal(507, "The disk is full")
    if isinstance(error, OSError) and error.errno in FAILING:
        _log.error("the disk fails: %s", error)
        return _refusal(503, f"The disk cannot be used: {error.strerror}")
    return None


def _refusal(status: int, message: str) -> ApiError:
    headers = {"Retry-After": RETRY_S} if status == 503 else None
    return ApiError(status, {"success": False, "message": message}, headers)


def install(app: FastAPI) -> None:
    """Give `app` the handlers that turn exceptions into these bodies."""

    async def known_error(_: Request, error: Exception) -> Response:
        answer = answer_to(error)
        if answer is None:
            raise error
        return answer.response()

    async def too_often(_: Request, error: Exception) -> Response:
        return ApiError(429, {"error": f"Rate limit exceeded: {error}"}).response()

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
        return JSONResponse({"detail": [_finding(found) for found in error.errors()]}, 422)

    async def unwritable(_: Request, _error: Exception) -> Response:
        # JSON can say half of a surrogate pair, which is no text: neither the database nor an answer can hold it.
        return JSONResponse({"detail": [{"type": "string_unicode", "loc": ["body"], "msg": UNWRITABLE}]}, 422)

    app.add_exception_handler(ApiError, known_error)
    app.add_exception_handler(UnicodeEncodeError, unwritable)
    app.add_exception_handler(TooManyTriesError, too_often)
    app.add_exception_handler(DogwatchError, known_error)
    app.add_exception_handler(OSError, known_error)
    app.add_exception_handler(RequestValidationError, invalid)


def _finding(found: dict[str, Any]) -> dict[str, Any]:
    """Return one validation error without what a body held, which may be a password."""
    keys = ("type", "loc", "msg") if found["loc"][:1] == ("body",) else ("type", "loc", "msg", "input")
    return {key: jsonable_encoder(found[key]) for key in keys if key in found}
