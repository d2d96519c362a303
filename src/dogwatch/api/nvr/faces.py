"""`/api/faces`: the library of faces (docs/api/faces.md)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import Scope

from dogwatch.api import answers, raw_bodies
from dogwatch.api.errors import ApiError, ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.multipart import MultipartForm
from dogwatch.api.services import Services, TheServices
from dogwatch.errors import RefusedError
from dogwatch.recognition import face_files
from dogwatch.recognition.faces import FACE, FaceRecognition
from dogwatch.store import events

router = APIRouter(route_class=LateRoute)

LARGEST_PICTURE = 20 << 20
LARGEST_FORM = LARGEST_PICTURE + (1 << 20)
REFUSED = answers.body(status=400) | answers.body(status=413) | answers.body(status=415)
Corners = tuple[float, float, float, float]


async def enabled_faces(connection: HTTPConnection) -> FaceRecognition:
    """Return what recognises faces; a FastAPI dependency, so that this is told before what is wrong with a body.

    Raises:
        ApiError: Faces are not recognised.
    """
    faces: FaceRecognition = connection.app.state.services.faces
    if not faces.enabled:
        raise ApiError(400, "Face recognition is not enabled")
    return faces


TheFaces = Annotated[FaceRecognition, Depends(enabled_faces)]


class TrainingFile(BaseModel):
    """The body that names an attempt."""

    training_file: str


class Classified(BaseModel):
    """The body that names an attempt, or an event whose picture shows a face."""

    training_file: str | None = None
    event_id: str | None = None


class Reclassified(BaseModel):
    """The body that moves a picture from one person to another."""

    id: str
    new_name: str


class FaceIds(BaseModel):
    """The body that names pictures."""

    ids: Annotated[list[str], Field(max_length=1000)]


class NewName(BaseModel):
    """The body of a new name."""

    new_name: str


@router.get("/api/faces")
def faces(services: TheServices) -> dict[str, list[str]]:
    """Return the pictures of each person, and the attempts as `train`."""
    return services.faces.library.names() if services.faces.enabled else {}


@router.post("/api/faces/reprocess")
def reprocess(faces: TheFaces, body: TrainingFile) -> dict[str, Any]:
    """Look at an attempt again."""
    name, score, file = faces.reprocess(body.training_file)
    return ok("Successfully reprocessed the face.", face_name=name, score=score, training_file=file)


@router.post("/api/faces/recognize", responses=REFUSED, openapi_extra=raw_bodies.form())
async def recognize(faces: TheFaces, request: Request) -> dict[str, Any]:
    """Say whose face is in a picture."""
    with faces.uploads.one():
        seen = await run_in_threadpool(faces.look, await _picture(request))
    return {"success": True, "face_name": faces.name_of(seen), "score": seen.score}


@router.post("/api/faces/{name}/create")
def create(faces: TheFaces, name: str) -> dict[str, Any]:
    """Make a person without pictures."""
    faces.library.create(name)
    return ok("Successfully created the person.")


@router.post("/api/faces/{name}/register", responses=REFUSED, openapi_extra=raw_bodies.form())
async def register(faces: TheFaces, name: str, request: Request) -> dict[str, Any]:
    """Keep the face in a picture for a person."""
    face_files.person(name)  # before a large picture is read
    with faces.uploads.one():
        file = await run_in_threadpool(faces.register, name, await _picture(request))
    return ok("Successfully registered the face.", file=file)


@router.post("/api/faces/train/{name}/classify")
def classify(services: TheServices, faces: TheFaces, name: str, body: Classified) -> dict[str, Any]:
    """Say whose face an attempt, or the picture of an event, shows."""
    if body.training_file:
        file = faces.library.classify(body.training_file, name)
    elif body.event_id:
        face_files.person(name)
        file = faces.register(name, *_seen_in(services, body.event_id))
    else:
        raise RefusedError("training_file or event_id is needed")
    return ok("Successfully classified the face.", file=file)


@router.post("/api/faces/{name}/reclassify")
def reclassify(faces: TheFaces, name: str, body: Reclassified) -> dict[str, Any]:
    """Move a picture from one person to another."""
    file = faces.library.classify(body.id, body.new_name, name)
    return ok("Successfully reclassified the face.", file=file)


@router.post("/api/faces/{name}/delete")
def delete(faces: TheFaces, name: str, body: FaceIds) -> dict[str, Any]:
    """Delete pictures of a person, or attempts."""
    faces.library.delete(name, body.ids)
    return ok("Successfully deleted faces.")


@router.put("/api/faces/{old_name}/rename")
def rename(faces: TheFaces, old_name: str, body: NewName) -> dict[str, Any]:
    """Rename a person."""
    faces.library.rename(old_name, body.new_name)
    return ok("Successfully renamed the person.")


def takes_picture(scope: Scope) -> bool:
    """Whether a request is one whose body is a form with a picture, which is larger than other bodies."""
    path: str = scope["path"].rstrip("/")
    return scope["method"] == "POST" and path.startswith("/api/faces/") and path.endswith(("/recognize", "/register"))


async def _picture(request: Request) -> bytes:
    """Return the part `file` of a form.

    Raises:
        ApiError: 413; it is too large.
        FileError: There is none.
    """
    picture = bytearray()
    async for block in MultipartForm(request).file():
        picture += block
        if len(picture) > LARGEST_PICTURE:
            raise ApiError(413, f"A picture has at most {LARGEST_PICTURE >> 20} MB")
    return bytes(picture)


def _seen_in(services: Services, event_id: str) -> tuple[bytes, Corners]:
    """Return the picture of an event, and where in it the object or its face is.

    Raises:
        ApiError: There is no such event, or it has no picture.
    """
    with services.db.read() as connection:
        row = events.one(connection, event_id)
    if row is None:
        raise ApiError(404, "Event not found")
    picture = services.events.outputs.pictures.get(event_id, row["camera"])
    if picture is None or not row["data"].get("box"):
        raise ApiError(400, "The event has no picture")
    seen = [one["box"] for one in row["data"].get("attributes") or () if one["label"] == FACE]
    x, y, width, height = seen[0] if seen else row["data"]["box"]
    if not seen:
        return picture, (x, y, x + width, y + height)
    return picture, (max(0.0, x - width / 2), max(0.0, y - height / 2), x + 1.5 * width, y + 1.5 * height)
