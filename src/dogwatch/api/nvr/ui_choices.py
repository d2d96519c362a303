"""What the caller has chosen in the page (docs/api/authentication.md)."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from dogwatch.api import answers
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.auth.present_role import kind_of
from dogwatch.store import ui_choices
from dogwatch.store.ui_choices import UiChoices

router = APIRouter(route_class=LateRoute)

LARGEST = 64 << 10
DEEPEST = 32


class UiChoicesBody(BaseModel):
    """What to keep, and the version that it was made of."""

    settings: dict[str, Any]
    version: Annotated[int | None, Field(ge=0, le=2**31 - 1)] = None


@router.get("/api/profile/ui")
def read(caller: TheCaller, services: TheServices) -> JSONResponse:
    """Return what the caller has chosen."""
    with services.db.read(once=True) as connection:
        return _answer(ui_choices.find(connection, caller.username, kind_of(caller)))


@router.put("/api/profile/ui", responses=answers.refusals(409))
def write(body: UiChoicesBody, caller: TheCaller, services: TheServices) -> JSONResponse:
    """Keep what the caller has chosen, in place of what was there."""
    text = _text(body.settings)
    found = services.db.write(
        partial(
            ui_choices.put,
            owner=caller.username,
            kind=kind_of(caller),
            settings=text,
            now=time.time(),
            read=body.version,
        )
    )
    if found is None:
        raise ApiError(409, "Another version has been written meanwhile: read it first")
    return _answer(found)


def _text(settings: dict[str, Any]) -> str:
    """Return the settings as JSON.

    Raises:
        ApiError: They are too large or too deep, or have a number that JSON has not.
    """
    if _too_deep(settings):
        raise ApiError(400, f"The settings have more than {DEEPEST} levels")
    try:
        text = json.dumps(settings, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        raise ApiError(400, "The settings have a number that JSON cannot say") from None
    if len(text.encode()) > LARGEST:
        raise ApiError(413, f"The settings are larger than {LARGEST >> 10} KiB")
    return text


def _too_deep(value: Any) -> bool:
    waiting = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            return True
        if isinstance(one, dict | list):
            waiting += [(part, depth + 1) for part in (one.values() if isinstance(one, dict) else one)]
    return False


def _answer(found: UiChoices) -> JSONResponse:
    body = {"settings": json.loads(found.settings), "version": found.version, "updated_at": found.updated_at}
    return JSONResponse(body)
