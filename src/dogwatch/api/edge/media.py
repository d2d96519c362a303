"""Answers that are files of the archive (docs/api/edge/archive.md)."""

from __future__ import annotations

from pathlib import Path

from dogwatch.api import answers
from dogwatch.api.ranges import RangeResponse, of_file
from dogwatch.errors import EdgeError

VIDEO, PICTURE = answers.file(answers.MP4), answers.file(answers.JPEG)
"""What their routes answer, for `responses=`."""
DAY = {"Cache-Control": "private, max-age=86400"}
REVALIDATED = {"Cache-Control": "private, no-cache"}


def video(path: Path, *, download: bool = False) -> RangeResponse:
    """Answer with a video; `download` has browsers save it."""
    name = path.name.encode("ascii", "replace").decode().replace('"', "_").replace("\\", "_")
    named = {"Content-Disposition": f'attachment; filename="{name}"'} if download else {}
    return of_file(path, answers.MP4, {**REVALIDATED, **named})


def picture(path: Path) -> RangeResponse:
    """Answer with a JPEG, which clients may keep for a day."""
    return of_file(path, answers.JPEG, DAY)


def required(value: str | None, name: str) -> str:
    """Return the parameter `name`.

    Raises:
        EdgeError: 400; it is missing.
    """
    if not value:
        raise EdgeError(400, f"{name}_required", f"{name} is missing", field=name)
    return value
