"""The settings of the edge camera (docs/api/edge/settings.md)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from dogwatch.api import answers
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.edge.camera import EdgeCamera
from dogwatch.edge.settings import MOST_BYTES
from dogwatch.edge.settings_schema import KEYS
from dogwatch.errors import EdgeError

router = APIRouter(route_class=LateRoute)

BACKUP = {"Content-Disposition": "attachment; filename=settings-backup.json"}
MOST_DIRECTORIES = 1000
Document = Annotated[dict[str, Any], Body()]


@router.get("/settings")
def settings(edge: TheEdge) -> dict[str, Any]:
    """Return all settings, of the login only whether it is on and its token."""
    return _shown(edge)


@router.post("/settings")
def change(edge: TheEdge, body: Document) -> dict[str, Any]:
    """Change settings, all that are given or none."""
    given = {key: value for key, value in body.items() if key != "Auth"}
    if "Auth" in body:
        given["Auth"] = _login(edge, body["Auth"])
    edge.settings.change(given)
    return _changed(edge, "Settings saved", body)


@router.get("/settings/export", responses=answers.body(answers.JSON))
def export(edge: TheEdge) -> Response:
    """Return all settings as a file."""
    return Response(msgspec.json.encode(_shown(edge)), media_type=answers.JSON, headers=BACKUP)


@router.post("/settings/import")
def take_in(edge: TheEdge, body: Document, request: Request) -> dict[str, Any]:
    """Take over the settings of such a file."""
    if int(request.headers["content-length"]) > MOST_BYTES:
        raise EdgeError(413, "too_large", f"A backup has {MOST_BYTES} bytes at most")
    unknown = sorted(body.keys() - {*KEYS, *edge.settings.current.document()})
    if unknown:
        raise EdgeError(
            400, "unknown_keys", f"There are no settings of these names: {', '.join(unknown)}", keys=unknown
        )
    given = dict(body)
    if "Auth" in body:
        given["Auth"] = edge.auth.imported(body["Auth"])
    edge.settings.change(given, merge=False)
    if "password_hash" in given.get("Auth", {}):
        edge.auth.forget_first_password()
    return _changed(edge, "Settings imported", body)


@router.get("/list_directories")
def directories(edge: TheEdge, path: str = "/") -> dict[str, Any]:
    """Return the directories in a directory, to choose one for recordings."""
    try:
        folder = (edge.context.client / path).resolve()
        is_directory = folder.is_dir()
    except (OSError, RuntimeError, ValueError):
        is_directory = False
    if not is_directory:
        raise EdgeError(400, "not_a_directory", "There is no such directory")
    try:
        with os.scandir(folder) as found:
            names = sorted(islice((one.name for one in found if _listed(one)), MOST_DIRECTORIES))
    except OSError as error:
        raise EdgeError(500, "unreadable", f"The directory cannot be read: {error.strerror}") from error
    shown = [{"name": name, "path": str(folder / name)} for name in names if name.isprintable()]
    return {"current_path": str(folder), "directories": shown}


def _listed(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir() and not entry.name.startswith(".")
    except OSError:
        return False


def _shown(edge: EdgeCamera) -> dict[str, Any]:
    """Return the settings without the hash of the password, which is for nobody to see."""
    found = edge.settings.current.document()
    auth = found["Auth"]
    return {**found, "Auth": {"enabled": auth["enabled"], "token": auth["token"]}}


def _login(edge: EdgeCamera, given: Any) -> dict[str, Any]:
    """Return what a client may change of the login: whether it is on."""
    enabled = given.get("enabled", edge.auth.enabled) if isinstance(given, Mapping) else None
    if not isinstance(enabled, bool):
        raise EdgeError(400, "bad_field", "Auth.enabled is true or false", field="Auth.enabled")
    return edge.auth.turned(enabled)


def _changed(edge: EdgeCamera, message: str, body: Mapping[str, Any]) -> dict[str, Any]:
    token = {"token": edge.settings.current.auth.token} if "Auth" in body and edge.auth.enabled else {}
    return {"message": message, **token}
