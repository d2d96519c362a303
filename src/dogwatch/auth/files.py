"""Which camera a file under `/recordings`, `/clips` or `/exports` belongs to (contract, section 3.8)."""

from __future__ import annotations

import re
from collections.abc import Collection

from dogwatch.auth.caller import Caller

# What follows a camera's name in a file's name: an id such as 1700000000.5-x7y8z9, and maybe `-clean`.
_ID = re.compile(r"-\d+(?:\.\d+)?-[a-z0-9]+(?:-clean)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def may_read(caller: Caller, path: str, cameras: Collection[str]) -> bool:
    """Whether `caller` may read `path`, such as `/clips/review/thumb-front-1700000000.5-x7y8z9.webp`.

    Who sees all cameras may read everything; who does not, only what certainly belongs to a camera of theirs.
    `cameras` are all known names.
    """
    if caller.cameras is None:
        return True
    root, *parts = path.strip("/").split("/")
    if root == "recordings":
        return _may_read_recording(caller, parts)
    if root == "clips":
        camera = _camera_of_clip(parts, cameras)
        return camera is not None and caller.may_see(camera)
    return False


def _may_read_recording(caller: Caller, parts: list[str]) -> bool:
    if len(parts) >= 3:
        return caller.may_see(parts[2])
    return not parts or (len(parts) == 1 and _DAY.fullmatch(parts[0]) is not None)


def _camera_of_clip(parts: list[str], cameras: Collection[str]) -> str | None:
    match parts:
        case ["thumbs" | "previews", camera, _]:
            return camera if camera in cameras else None
        case ["review", name] if name.startswith("thumb-"):
            return camera_of_name(name.removeprefix("thumb-"), cameras)
        case [name]:
            return camera_of_name(name, cameras)
        case _:
            return None


def camera_of_name(name: str, cameras: Collection[str]) -> str | None:
    """Return the camera in `<camera>-<id>[-clean].<extension>`: the longest known name that fits."""
    stem, dot, extension = name.rpartition(".")
    if not dot or extension not in ("jpg", "jpeg", "png", "webp"):
        return None
    fitting = [camera for camera in cameras if stem.startswith(camera) and _ID.fullmatch(stem[len(camera) :])]
    return max(fitting, key=len, default=None)
