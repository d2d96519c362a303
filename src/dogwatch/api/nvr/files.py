"""`/clips`, `/recordings` and `/exports`: files below the media root as they lie (docs/api/files.md)."""

from __future__ import annotations

import html
import logging
import mimetypes
import re
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from dogwatch.api import answers, ranges
from dogwatch.api.errors import ApiError
from dogwatch.api.file_scope import camera_of
from dogwatch.api.late_route import LateRoute
from dogwatch.api.pictures import Made, PictureResponse
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.errors import MediaError
from dogwatch.events import rendering

log = logging.getLogger(__name__)
router = APIRouter(route_class=LateRoute)

CLIP_CACHE = {"Cache-Control": "private, max-age=604800", "X-Content-Type-Options": "nosniff"}
FILE_CACHE = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
CAMERA_DEPTH = 3  # `recordings/<day>/<hour>/<camera>`
CACHED = 256  # thumbnails of some kilobytes each
_THUMBNAIL = re.compile(r"(thumbs/[^/]+/[^/]+|review/thumb-[^/]+)\.webp")
_SNAPSHOT = re.compile(r".+?-(\d+(?:\.\d+)?-[A-Za-z0-9]+)(-clean)?\.(jpg|png|webp)")


@router.get("/clips/{path:path}", responses=answers.file("*/*") | answers.body(status=301))
def clips(services: TheServices, path: str) -> Response:
    """Return a picture or preview, rendering those that have no file; or a directory as an HTML page."""
    root = services.paths.media / "clips"
    target = resolve(root, path)
    if target is None:
        return _thumbnail(root, path) or _rendered(services, path)
    if target.is_dir():
        if path and not path.endswith("/"):
            return RedirectResponse(f"{quote(target.name)}/", 301)  # relative, so that any prefix stays
        return HTMLResponse(_page(path, target), headers={"Cache-Control": "no-store"})
    return _file(target, CLIP_CACHE)


@router.get("/recordings/{path:path}", responses=answers.file("*/*"))
def recordings(services: TheServices, caller: TheCaller, path: str) -> Response:
    """Return a recorded segment's file, or a directory as JSON."""
    root = services.paths.media / "recordings"
    depth = sum(1 for part in path.split("/") if part)
    if caller.cameras is not None and depth < CAMERA_DEPTH:
        return _days(root, path, caller.cameras, CAMERA_DEPTH - depth)
    return _serve(root, path)


@router.get("/exports/{path:path}", responses=answers.file("*/*"))
def exports(services: TheServices, path: str) -> Response:
    """Return an export's file, or the directory as JSON."""
    return _serve(services.paths.media / "exports", path)


def resolve(root: Path, path: str) -> Path | None:
    """Return what lies at `path` below `root`; None for what is not there, is hidden, or leads out by a link."""
    parts = [part for part in path.split("/") if part]
    if any(part.startswith(".") or "\\" in part or "\0" in part for part in parts):
        return None
    top = root.resolve()
    try:
        found = top.joinpath(*parts).resolve(strict=True)
    except OSError:
        return None
    return found if found == top or top in found.parents else None


def _serve(root: Path, path: str) -> Response:
    target = resolve(root, path)
    if target is None:
        if not path.strip("/"):
            return JSONResponse([])
        raise ApiError(404, "File not found")
    if target.is_dir():
        return JSONResponse([_row(entry) for entry in _entries(target)], headers={"Cache-Control": "no-store"})
    return _file(target, FILE_CACHE)


def _days(root: Path, path: str, cameras: frozenset[str], depth: int) -> Response:
    """Return a directory of days or hours as JSON: those in which one of `cameras`, `depth` below, was recorded."""
    folder = resolve(root, path)
    pattern = "*/" * (depth - 1)
    found: dict[str, float] = {}
    if folder is not None:
        for kept in (one for camera in cameras for one in folder.glob(f"{pattern}{camera}")):
            name = kept.relative_to(folder).parts[0]
            found[name] = max(found.get(name, 0.0), kept.lstat().st_mtime)
    if not found and path.strip("/"):
        raise ApiError(404, "File not found")
    rows = [
        {"name": name, "type": "directory", "mtime": formatdate(int(changed), usegmt=True)}
        for name, changed in sorted(found.items())
    ]
    return JSONResponse(rows, headers={"Cache-Control": "no-store"})


def _file(path: Path, headers: dict[str, str]) -> Response:
    return ranges.of_file(path, mimetypes.guess_type(path.name)[0] or "application/octet-stream", headers)


def _thumbnail(root: Path, path: str) -> Response | None:
    """Make the WebP of a thumbnail, which lies there as JPEG; None if `path` is none, or there is no such file."""
    if not _THUMBNAIL.fullmatch("/".join(part for part in path.split("/") if part)):
        return None
    source = resolve(root, path.removesuffix("webp") + "jpg")
    if source is None or not source.is_file():
        return None

    def make() -> Made:
        try:
            stat = source.stat()
            data = _webp(source, stat.st_mtime_ns)
        except OSError:
            raise ApiError(404, "File not found") from None  # it has just been deleted
        except MediaError as error:
            log.warning("%s: %s", source, error)
            raise ApiError(404, "File not found") from None
        return Made(data, "image/webp", CLIP_CACHE, stat.st_mtime)

    return PictureResponse(make, quick=True)


@lru_cache(CACHED)
def _webp(path: Path, changed: int) -> bytes:  # noqa: ARG001 - `changed` makes another entry of a changed file
    """Return the JPEG at `path` as WebP."""
    return rendering.converted(path.read_bytes(), "webp")


def _rendered(services: Services, path: str) -> Response:
    """Render `<cam>-<id>.jpg` or `<cam>-<id>-clean.{png,webp}`, as older servers had them on disk."""
    from dogwatch.api.nvr import event_media
    from dogwatch.events.media import EventMedia

    match = _SNAPSHOT.fullmatch(path)
    camera = camera_of(f"/clips/{path}", services.config.cameras)
    if match is None or not camera:
        raise ApiError(404, "File not found")
    event_id, clean, extension = match.groups()
    found = EventMedia(services.db, services.events).find(event_id)
    if found is None or found.camera != camera:  # the guard has looked at the camera in the name
        raise ApiError(404, "File not found")
    if clean:
        return event_media.clean_snapshot(services, event_id, extension)
    if extension != "jpg":
        raise ApiError(404, "File not found")
    return event_media.snapshot(services, event_id, event_media.SnapshotQuery())


def _entries(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def _row(entry: Path) -> dict[str, Any]:
    stat = entry.lstat()
    kind = "directory" if entry.is_dir() else "file"
    row: dict[str, Any] = {"name": entry.name, "type": kind, "mtime": formatdate(int(stat.st_mtime), usegmt=True)}
    return row if kind == "directory" else {**row, "size": stat.st_size}


def _page(path: str, folder: Path) -> str:
    names = [entry.name + ("/" if entry.is_dir() else "") for entry in _entries(folder)]
    links = "".join(f'<li><a href="{quote(name)}">{html.escape(name)}</a></li>' for name in names)
    title = html.escape(f"Index of /clips/{path}")
    return f"<!doctype html><title>{title}</title><h1>{title}</h1><ul>{links}</ul>"
