"""What routes answer other than JSON, for `responses=` of their decorators: the OpenAPI document tells it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

Responses = dict[int | str, dict[str, Any]]

JSON, TEXT, PAGE = "application/json", "text/plain", "text/html"
JPEG, PNG, WEBP, GIF, MP4 = "image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4"
TYPES: dict[str, tuple[str, ...]] = {
    ".jpg": (JPEG,),
    ".webp": (WEBP,),
    ".gif": (GIF,),
    ".mp4": (MP4,),
    ".{extension}": (JPEG, PNG, WEBP),
}
"""Content types of files by the end of a route's path; such routes need no `responses=`."""


def body(*types: str, status: int = 200) -> Responses:
    """Return the answer of a route that has a body of one of `types`; none without a body."""
    return {status: _answer(status, *types)}


def file(*types: str) -> Responses:
    """Return the answers of a route that serves files: whole, in part, unchanged, or a range beyond the end."""
    return {200: _answer(200, *types), 206: _answer(206, *types), 304: _answer(304), 416: _answer(416)}


def refusals(*statuses: int) -> Responses:
    """Return refusals of a route that its kind does not tell, such as 409; `api.nvr.openapi` knows the others."""
    return {status: _answer(status) for status in statuses}


def _answer(status: int, *types: str) -> dict[str, Any]:
    found: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    return found | {"content": {kind: {} for kind in types}} if types else found


REDIRECT = body(status=303)
