"""Removes a camera with all that was recorded of it (docs/api/cameras.md)."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from dogwatch.api import answers
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.config import Config, ConfigErrors
from dogwatch.config.file import NothingToDoError
from dogwatch.dataset.folder import Dataset
from dogwatch.jobs.bodies import job_body
from dogwatch.recordings.camera_removal import KIND
from dogwatch.store import camera_rows
from dogwatch.store.exports import ExportFilter

router = APIRouter(route_class=LateRoute)


@router.delete("/api/cameras/{name}", responses=answers.refusals(500))
def delete_camera(
    name: str, caller: TheCaller, services: TheServices, delete_exports: bool = False, keep_dataset: bool = False
) -> JSONResponse:
    """Take a camera out of the configuration, and delete what was kept of it in a job."""
    try:
        # The file may say more than is in force, such as a role that waits for a restart: that goes on waiting.
        services.config_file.change(partial(_without, name=name), live=True, write=True)
    except (NothingToDoError, ConfigErrors) as error:
        if isinstance(error, ConfigErrors) and name in services.keeper.loaded.config.cameras:
            raise
        with services.db.read() as connection:
            known = camera_rows.exist(connection, name)
        known = known or (not keep_dataset and Dataset(services.paths.media / "dataset").count(name) > 0)
        if not known and not (delete_exports and services.exports.listed(ExportFilter(cameras=(name,)))):
            raise ApiError(404, "Camera not found") from None
    job = services.jobs.submit(
        KIND,
        f"{KIND}_{name}_{secrets.token_hex(4)}",
        {"name": name, "delete_exports": delete_exports, "keep_dataset": keep_dataset},
        camera=name,
        owner=caller.username,
    )
    return JSONResponse(ok("The camera is removed; what was recorded of it is being deleted", job=job_body(job)))


def _without(config: Config, name: str) -> dict[tuple[str, ...], Any]:
    """Return the changes that take a camera and all that names it out of the configuration.

    Raises:
        ApiError: 400; a role may see no other camera, so what it may see then is for the user to say.
    """
    if name not in config.cameras:
        return {}
    changes: dict[tuple[str, ...], Any] = {("cameras", name): None}
    for role, cameras in config.auth.roles.items():
        if name in cameras:
            left = [one for one in cameras if one != name]
            if not left:
                raise ApiError(400, f"The role '{role}' has no other camera; change or remove the role first")
            changes["auth", "roles", role] = left
    for group, members in config.camera_groups.items():
        if name in members.cameras:
            changes["camera_groups", group, "cameras"] = [one for one in members.cameras if one != name]
    return changes
