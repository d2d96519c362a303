"""Who uses the disks, when they will be full, and what was deleted and why (docs/api/storage.md)."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Interval
from fastapi import APIRouter
from starlette.responses import JSONResponse

from dogwatch.api import filters
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheServices
from dogwatch.recordings import growth
from dogwatch.recordings.growth import CameraStorage
from dogwatch.store import deletions, exports
from dogwatch.store.deletions import DeletionFilter
from dogwatch.store.recorded_days import recorded_days

router = APIRouter(route_class=LateRoute)

Days = Annotated[int, Interval(ge=1, le=366)]
Most = Annotated[int, Interval(ge=1, le=1000)]
Number = Annotated[int, Interval(ge=0, lt=1 << 63)]
REASONS = {
    "retention": "None of the days settings kept it any longer.",
    "budget": "The camera used more than its record.budget.",
    "free_space": "The disk was full, and this was the oldest.",
    "api": "Somebody deleted it.",
    "missing": "Its file had vanished.",
    "broken": "Its file was damaged, and was set aside.",
    "lost": "It was lost before it was written.",
}
OF_CAMERA = ("snapshots", "thumbnails", "previews")
PLACES = {"recordings": "recordings", "clips": "clips", "exports": "exports", "files": "files", "backups": "backups"}


@router.get("/api/storage")
def storage(services: TheServices, refresh: bool = False) -> JSONResponse:
    """Return what uses the disks, by kind and camera, and when they will be full."""
    space, usage = services.space, services.disk_usage.usage(refresh=refresh)
    found = growth.storage(services.db, services.paths.media, space.free_now(), space.floor, time.time())
    with services.db.read(once=True) as connection:
        exported = exports.usage(connection)
    recorded = sum(one.bytes for one in found.cameras.values())
    kinds = {kind: {"bytes": one.bytes, "files": one.files} for kind, one in usage.kinds.items()}
    names = [*services.config.cameras, *sorted({*found.cameras, *exported} - services.config.cameras.keys())]
    return JSONResponse(
        {
            "measured_at": usage.measured_at,
            "kinds": {"recordings": {"bytes": recorded, "files": None}, **kinds},
            "cameras": {
                name: {
                    **_camera(found.cameras.get(name), usage.cameras.get(name) or {}, exported.get(name, 0)),
                    "configured": name in services.config.cameras,
                }
                for name in names
            },
            "disks": list(_disks(services)),
            "floor_bytes": space.floor,
            "growth_bytes_per_day": found.full.bytes_per_day,
            "full_in_days": None if found.full.days is None else round(found.full.days, 2),
        }
    )


@router.get("/api/storage/days")
def days(services: TheServices, days: Days = 30, timezone: str = "utc") -> JSONResponse:
    """Return what is there of each day's recordings, newest day first."""
    with services.db.read(once=True) as connection:
        rows = recorded_days(connection, filters.timezone(timezone), days, time.time())
    found: dict[str, dict[str, Any]] = {}
    for one in rows:
        found.setdefault(one.day, {})[one.camera] = {"bytes": one.bytes, "seconds": round(one.seconds, 1)}
    return JSONResponse({"days": [{"day": day, "cameras": cameras} for day, cameras in found.items()]})


@router.get("/api/storage/deletions")
def deleted(
    services: TheServices,
    camera: str = filters.ALL,
    reason: str = filters.ALL,
    before: Number | None = None,
    limit: Most = 100,
) -> JSONResponse:
    """Return what was deleted of recordings, or lost, in the last 90 days, newest first."""
    wanted = DeletionFilter(filters.listed(camera), filters.listed(reason), before)
    with services.db.read(once=True) as connection:
        found = deletions.page(connection, wanted, limit)
    rows = [
        {
            "id": number,
            "time": one.time,
            "camera": one.camera,
            "start_time": one.start_time,
            "end_time": one.end_time,
            "segments": one.segments,
            "size_bytes": one.size_bytes,
            "reason": one.reason,
            "text": REASONS.get(one.reason, one.reason),
            "detail": one.detail,
        }
        for number, one in found
    ]
    return JSONResponse({"deletions": rows, "reasons": REASONS})


def _camera(recorded: CameraStorage | None, counted: dict[str, int], exported: int) -> dict[str, Any]:
    sizes = {kind: counted.get(kind, 0) for kind in OF_CAMERA}
    recordings = recorded.bytes if recorded else 0
    return {
        "recordings_bytes": recordings,
        **{f"{kind}_bytes": size for kind, size in sizes.items()},
        "exports_bytes": exported,
        "total_bytes": recordings + exported + sum(sizes.values()),
        "bytes_per_hour": round(recorded.bytes_per_hour, 1) if recorded else 0.0,
    }


def _disks(services: Services) -> Iterable[dict[str, Any]]:
    """Yield the disks that hold something, each once."""
    places = {kind: services.paths.media / name for kind, name in PLACES.items()} | {"data": services.paths.data}
    found: dict[int, list[str]] = {}
    first: dict[int, Path] = {}
    for kind, path in places.items():
        try:
            device = path.stat().st_dev
        except OSError:
            continue
        found.setdefault(device, []).append(kind)
        first.setdefault(device, path)
    for device, kinds in found.items():
        usage = shutil.disk_usage(first[device])
        yield {
            "path": str(first[device]),
            "holds": kinds,
            "total_bytes": usage.total,
            "used_bytes": usage.used,
            "free_bytes": usage.free,
        }
