"""Detection models: those that are known and those that are there (docs/api/models.md)."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from dogwatch.api import answers
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.config.detectors import installed
from dogwatch.config.labels import model_file
from dogwatch.config.model_changes import model_changes
from dogwatch.detectors import model_files
from dogwatch.detectors.known_models import KNOWN_MODELS
from dogwatch.errors import ConflictError, NotFoundError
from dogwatch.jobs.bodies import job_body
from dogwatch.jobs.runner import QueueFullError

if TYPE_CHECKING:
    from dogwatch.config.difference import Difference
    from dogwatch.config.file import ConfigFile

router = APIRouter(route_class=LateRoute)

KIND = "model"
GOING_ON = "A model is being installed already"


class KnownModelBody(BaseModel):
    """Which known model to install, and whether it is to detect from then on."""

    name: Annotated[str, Field(max_length=100)]
    use: bool = True


@router.get("/api/models")
def listed(services: TheServices) -> JSONResponse:
    """Return the known models, and those of the data directory."""
    used, there = _used(services), {path.stem: path for path in _files(services)}
    known = [
        {
            "name": one.name,
            "type": one.model_type,
            "width": one.width,
            "height": one.height,
            "size_bytes": int(one.size_mb * 1e6),
            "precision": one.precision,
            "licence": one.licence,
            "about": one.about,
            "installed": one.name in there,
        }
        for one in KNOWN_MODELS.values()
    ]
    in_use = [name for name, path in there.items() if path.resolve() in used]
    own = [_installed(path, in_use=name in in_use) for name, path in there.items()]
    return JSONResponse({"known": known, "installed": own, "in_use": in_use})


@router.post("/api/models", status_code=202, responses=answers.refusals(409))
def install(body: KnownModelBody, caller: TheCaller, services: TheServices) -> JSONResponse:
    """Fetch a known model, try it, and put it to use if that is wanted."""
    if body.name not in KNOWN_MODELS:
        raise NotFoundError("There is no known model of that name")
    if services.jobs.listed(KIND, None, live=True):
        raise ConflictError(GOING_ON)
    params = {"name": body.name, "use": body.use}
    try:
        job = services.jobs.submit(KIND, f"{KIND}_{secrets.token_hex(4)}", params, owner=caller.username)
    except QueueFullError:
        raise ConflictError(GOING_ON) from None
    return JSONResponse({"job": job_body(job)}, 202)


@router.post("/api/models/{name}/use", responses=answers.refusals(409, 500))
def use(name: str, services: TheServices) -> dict[str, Any]:
    """Let a model of the data directory detect from now on."""
    found = use_model(services.config_file, _find(services, name))
    return ok(f"{name} detects from now on.", changes=list(found.lines()))


@router.delete("/api/models/{name}", responses=answers.refusals(409))
def remove(name: str, services: TheServices) -> dict[str, Any]:
    """Delete a model that is not in use."""
    path = _find(services, name)
    if path.resolve() in _used(services):
        raise ConflictError("This model is in use")
    model_files.remove(path)
    return ok(f"{name} is deleted.")


def use_model(config_file: ConfigFile, model: Path) -> Difference:
    """Write a model into the configuration and put that in force; return what has changed.

    Raises:
        ConflictError: Nobody has noted how it is run, or nothing here runs models.
        ConfigErrors: The configuration would be wrong.
    """
    if not installed("onnx"):
        raise ConflictError("Dogwatch was installed without what runs models: install dogwatch[onnx]")
    keys = model_files.settings_of(model)
    if keys is None:
        raise ConflictError("It is not known how this model is run: add it again")
    return config_file.change(lambda config: model_changes(config, keys), live=True, write=True)


def _files(services: Services) -> list[Path]:
    folder = services.paths.data.absolute() / "models"
    return sorted(path for path in folder.glob("*.onnx") if path.is_file() and not path.name.startswith("."))


def _find(services: Services, name: str) -> Path:
    for path in _files(services):
        if path.stem == name:
            return path
    raise NotFoundError("There is no model of that name")


def _used(services: Services) -> set[Path]:
    """Return the files of models that detect, or tell sounds apart; a configuration may name them in any way."""
    config = services.config
    paths = (*(model_file(config, detector) for detector in config.detectors.values()), config.audio.model.path)
    return {Path(path).resolve() for path in paths if path}


def _installed(path: Path, *, in_use: bool) -> dict[str, Any]:
    try:
        stat = path.stat()
        digest = _digest(path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise ApiError(503, f"The model {path.stem} cannot be read: {error.strerror}") from None
    how = model_files.settings_of(path)
    return {
        "name": path.stem,
        "size_bytes": stat.st_size,
        "sha256": digest,
        "type": how["model_type"] if how else None,
        "labels": _labels(path),
        "in_use": in_use,
    }


def _labels(path: Path) -> int | None:
    try:
        return sum(1 for line in model_files.labels_file(path).read_text("utf-8").splitlines() if line.strip())
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=64)
def _digest(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
