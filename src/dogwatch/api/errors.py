"""How a request is refused: one family of exceptions, and one place that makes answers of them.

Whatever stops a request is a `DogwatchError`, which has a status and a text. Packages below raise what they mean, such
as `NotFoundError`; a handler that knows a better status or text raises an `ApiError`. A surface has its own form of
answer (`Form`), which is given an `ApiError` whatever was raised.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dogwatch.errors import CodedError, DogwatchError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
FAILING = frozenset({errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ENODEV, errno.ESTALE})
RETRY = {"Retry-After": "5"}
_log = logging.getLogger(__name__)
UNWRITABLE = "Input should be text of valid Unicode characters"


class ApiError(DogwatchError):
    """A request that is refused with a status."""

    def __init__(
        self, status: int, text: str, *, headers: Mapping[str, str] | None = None, body: object = None
    ) -> None:
        """Refuse with `status` and `text`; `body` is for answers in another form than their surface's, as JSON."""
        super().__init__(text)
        self.status, self.text, self.body = status, text, body
        self.code, self.details = "", dict[str, object]()
        self.headers = {**(RETRY if status == 503 else {}), **(headers or {})}


class AccessError(ApiError):
    """The caller is not known, or may not do this."""


class RequestError(ApiError):
    """No route takes the request: there is no such path or method, or the body cannot be read."""


class InvalidError(ApiError):
    """A parameter or the body is not as the route declares it; `findings` tell where."""

    def __init__(self, findings: list[dict[str, Any]]) -> None:
        """Refuse with 422."""
        super().__init__(422, "The request is not valid")
        self.findings = findings


class FaultError(ApiError):
    """Dogwatch itself has failed, which is in the log."""

    def __init__(self) -> None:
        """Refuse with 500."""
        super().__init__(500, "Internal Server Error")


Form = Callable[[ApiError], Response]
"""Makes an answer of a refusal, as a surface's clients know it."""


def refusal_of(error: Exception) -> ApiError | None:
    """Return the refusal that an exception means; None for a mistake of this program.

    507 is a disk that is full, 503 one that cannot be written or read now, and the database in the same two states.
    """
    match error:
        case ApiError():
            return error
        case CodedError():
            retry = {"Retry-After": str(error.retry_s)} if error.retry_s else {}
            found = ApiError(error.status, str(error), headers=retry)
            found.code, found.details = error.code, error.details
            return found
        case DogwatchError():
            return ApiError(error.status, str(error))
        case HTTPException():  # of FastAPI and Starlette
            unread = _unread(error.__cause__) if error.status_code == 400 else None
            return unread or RequestError(error.status_code, error.detail, headers=error.headers)
        case RequestValidationError():
            return InvalidError([_finding(found) for found in error.errors()])
        case UnicodeEncodeError():
            # JSON can say half of a surrogate pair, which is no text: neither the database nor an answer can hold it.
            return InvalidError([{"type": "string_unicode", "loc": ["body"], "msg": UNWRITABLE}])
        case TimeoutError():
            return ApiError(503, "The database or the disk does not answer in time")
        case OSError() if error.errno in FULL:
            _log.error("nothing can be written: %s", error)
            return ApiError(507, "The disk is full")
        case OSError() if error.errno in FAILING:
            _log.error("the disk fails: %s", error)
            return ApiError(503, f"The disk cannot be used: {error.strerror}")
        case _:
            return None


def _unread(cause: BaseException | None) -> ApiError | None:
    """Return the refusal of a body that FastAPI could not read; it knows only one kind of broken JSON."""
    match cause:
        case ApiError():
            return cause
        case ValueError() | RecursionError():  # bytes that are no text, numbers of thousands of digits, deep nesting
            return InvalidError([{"type": "json_invalid", "loc": ["body"], "msg": "JSON decode error"}])
        case _:
            return None


def install(app: FastAPI, form: Form) -> None:
    """Make `app` answer in `form` whatever is raised in it."""

    async def refused(_: Request, error: Exception) -> Response:
        refusal = refusal_of(error)
        if refusal is None:
            raise error
        return form(refusal)

    async def failed(_: Request, _error: Exception) -> Response:
        return form(FaultError())

    for kind in (DogwatchError, OSError, UnicodeEncodeError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, refused)
    app.add_exception_handler(Exception, failed)


async def answered(app: ASGIApp, form: Form, scope: Scope, receive: Receive, send: Send) -> None:
    """Run an app for an HTTP request and answer in `form` whatever is raised in it, as `install` does.

    Raises:
        Exception: A mistake of this program, which the server logs, or the answer had begun.
    """
    begun = False

    async def noted(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    try:
        await app(scope, receive, noted)
    except Exception as error:
        if begun:
            raise
        refusal = refusal_of(error)
        await form(refusal or FaultError())(scope, receive, send)
        if refusal is None:
            raise


def ok(message: str, **more: Any) -> dict[str, Any]:
    """Return `{"success": true, "message": message}` and `more`."""
    return {"success": True, "message": message, **more}


def _finding(found: dict[str, Any]) -> dict[str, Any]:
    """Return one validation error without what a body held, which may be a password."""
    keys = ("type", "loc", "msg") if found["loc"][:1] == ("body",) else ("type", "loc", "msg", "input")
    return {key: jsonable_encoder(found[key]) for key in keys if key in found}
