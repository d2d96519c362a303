"""Whether somebody has to set Dogwatch up first (docs/api/config.md)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheServices

if TYPE_CHECKING:
    from dogwatch.config import Config
    from dogwatch.config.detectors import DetectorConfig

router = APIRouter(route_class=LateRoute)


@router.get("/api/first_run")
def first_run(services: TheServices) -> dict[str, Any]:
    """Tell whether no camera is configured yet, and what there is to begin with."""
    config, folder = services.config, services.paths.media / "recordings"
    place = folder if folder.is_dir() else services.paths.media
    return {
        "due": not config.cameras,
        "cameras": len(config.cameras),
        "version": services.version,
        "config_path": str(services.loaded.path),
        "detectors": {name: {"type": one.type, "model": _model(config, one)} for name, one in config.detectors.items()},
        "disk": {
            "total_bytes": shutil.disk_usage(place).total,
            "free_bytes": services.space.free_now(),
            "floor_bytes": services.space.floor,
        },
    }


def _model(config: Config, detector: DetectorConfig) -> str | None:
    """Return the name of the model that a detector loads; None if it needs no file."""
    from dogwatch.config.labels import model_file

    path = model_file(config, detector)
    return Path(path).stem if path else None
