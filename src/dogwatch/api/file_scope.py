"""Which camera a file below the media root belongs to (docs/api/files.md).

Pure: names in, verdict out. Nothing here looks at the disk or the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

OPEN = ""
"""The camera of what every logged-in user may see: the upper levels of the recordings tree."""

_ID = r"\d+(\.\d+)?-[A-Za-z0-9]+"  # of an event or a review item
_SNAPSHOT = re.compile(rf"{_ID}(-clean)?\.(jpg|jpeg|png|webp)")
_PREVIEW = re.compile(r"-(\d{1,11}(?:\.\d{1,9})?)\.(?:webp|jpg)", re.ASCII)
_CAMERA = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_REVIEW = re.compile(rf"{_ID}\.(jpg|webp)")


def for_administrators(path: str) -> bool:
    """Whether the URL path is in the library of faces, which `/api/faces` opens to administrators only.

    On disks of other systems, case and trailing dots and spaces make no difference.
    """
    return [part.casefold().rstrip(". ") for part in path.split("/") if part][:2] == ["clips", "faces"]


def may_read(path: str, allowed: frozenset[str] | None, known: Iterable[str]) -> bool:
    """Whether a role that is limited to `allowed` cameras (None: to none) may read `path`.

    `path` is the decoded URL path, such as `/clips/thumbs/front/1682970645.13116-1ug7ns.webp`; `known` are all
    configured cameras. A path with a `.` or `..` segment is nobody's.
    """
    if any(part in (".", "..") for part in path.split("/")) or "\\" in path or "\0" in path:
        return False
    if allowed is None:
        return True
    camera = camera_of(path, known)
    return camera is not None and (camera == OPEN or camera in allowed)


def camera_of(path: str, known: Iterable[str]) -> str | None:
    """Return the camera that `path` belongs to, `OPEN`, or None when limited roles may not have it."""
    parts = [part for part in path.split("/") if part]
    match parts:
        case ["recordings"] | ["recordings", _]:
            return OPEN
        case ["recordings", _, _, camera, *_] | ["clips", "thumbs" | "previews", camera, *_]:
            return camera
        case ["clips", "review", name] if name.startswith("thumb-"):
            return _named(name.removeprefix("thumb-"), known, _REVIEW)
        case ["clips", name]:
            return _named(name, known, _SNAPSHOT)
        case _:
            return None  # exports too: their rows say whose they are


def export_file(path: str) -> str | None:
    """Return the name of the export's file that the URL path `/exports/<file>` means; None for any other path."""
    match _plain(path):
        case ["exports", file]:
            return file
        case _:
            return None


def export_picture(path: str) -> str | None:
    """Return the id of the export whose picture the URL path `/clips/export/<id>.webp` means; None for any other."""
    match _plain(path):
        case ["clips", "export", name] if name.endswith(".webp"):
            return name.removesuffix(".webp")
        case _:
            return None


def preview_picture(file: str, known: Iterable[str]) -> tuple[str, float] | None:
    """Return camera and time of the picture `preview_<camera>-<time>.webp`; None for any other name."""
    name = file.removeprefix("preview_")
    if name == file:
        return None
    for camera in sorted(known, key=len, reverse=True):
        if (match := _PREVIEW.fullmatch(name, len(camera))) and name.startswith(camera):
            return camera, float(match[1])
    camera, _, rest = name.rpartition("-")
    match = _PREVIEW.fullmatch(f"-{rest}")
    return (camera, float(match[1])) if match and _CAMERA.fullmatch(camera) else None


def _plain(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part]
    return [] if any(part.startswith(".") for part in parts) or "\\" in path or "\0" in path else parts


def _named(name: str, known: Iterable[str], rest: re.Pattern[str]) -> str | None:
    """Find the camera in `<camera>-<id>...`; camera names may hold `-`, so that the longest known one counts."""
    for camera in sorted(known, key=len, reverse=True):
        if name.startswith(f"{camera}-") and rest.fullmatch(name, len(camera) + 1):
            return camera
    return None
