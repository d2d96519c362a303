"""How full the disk of the edge camera's recordings is, and the deletion of the oldest videos when it is too full."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dogwatch.edge.archive import Archive
from dogwatch.edge.repeated import Repeated
from dogwatch.edge.settings import Settings

log = logging.getLogger(__name__)

EVERY_S = 300.0
GIB, MIB = 1 << 30, 1 << 20
LEAST_PERCENT, MOST_PERCENT = 10, 95


@dataclass(frozen=True, slots=True)
class DiskUsage:
    """How full a disk is, in bytes; what is kept for the system's own use is neither used nor free."""

    total: int
    used: int
    free: int

    @property
    def percent(self) -> float:
        """How much of what files may take is used."""
        return 100 * self.used / max(1, self.used + self.free)


def disk_usage(folder: Path) -> DiskUsage:
    """Return how full the disk of `folder` is, or of the directory in which it will be made.

    Raises:
        OSError: It cannot be told.
    """
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    found = shutil.disk_usage(folder)
    return DiskUsage(found.total, found.used, found.free)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a cleanup has done: videos and bytes deleted, and whether the disk is still too full."""

    deleted: int
    freed: int
    percent: float
    insufficient: bool


class StorageWatch:
    """Watches the disk. For any thread."""

    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        probe: Callable[[Path], DiskUsage] = disk_usage,
        every_s: float = EVERY_S,
    ) -> None:
        """Clean up every `every_s` seconds if the settings say so; `probe` tells how full the disk is."""
        self._settings, self._archive, self._probe = settings, archive, probe
        self._lock = threading.Lock()
        self._checked = threading.Event()
        self._repeated = Repeated("edge-storage", every_s, self.check)

    def start(self) -> None:
        """Begin to watch."""
        self._repeated.start()

    def close(self) -> None:
        """End."""
        self._repeated.close()

    def check(self) -> None:
        """Delete the oldest videos if the disk is too full and that is wanted. Errors are logged."""
        if not self._settings.current.storage_limit.enabled:
            return
        try:
            if (cleaned := self._clean()).deleted:
                log.info("%d old videos were deleted: the disk is %.1f %% full", cleaned.deleted, cleaned.percent)
        except OSError as error:
            log.error("old videos cannot be deleted: %s", error)
        finally:
            self._checked.set()

    def make_room(self, limit_s: float) -> None:
        """Do so before a recording: in the background, which is waited for no longer than `limit_s`."""
        limit = self._settings.current.storage_limit
        try:
            if not limit.enabled or self._percent() <= limit.max_percent:
                return
        except OSError as error:
            log.error("it cannot be told how full the disk is: %s", error)
            return
        self._checked.clear()
        self._repeated.soon()
        self._checked.wait(limit_s)

    def clean(self) -> dict[str, Any]:
        """Delete the oldest videos until the disk is no longer too full; return the answer of `/storage/cleanup`.

        Raises:
            OSError: It cannot be told how full the disk is.
        """
        cleaned, limit = self._clean(), self._limit()
        told: dict[str, Any] = {"enabled": limit["enabled"], "action": "ok"}
        if cleaned.deleted or cleaned.insufficient:
            told |= {"action": "cleaned", "deleted": cleaned.deleted, "freed_mb": round(cleaned.freed / MIB, 1)}
        told |= {"disk_percent": round(cleaned.percent, 1), "threshold": limit["max_percent"]}
        return told | ({"insufficient": True} if cleaned.insufficient else {})

    def status(self) -> dict[str, Any]:
        """Return the answer of `GET /storage/status`.

        Raises:
            OSError: It cannot be told how full the disk is.
        """
        usage = self._probe(self._archive.folder)
        return {
            **self._limit(),
            "disk_percent": round(usage.percent, 1),
            "disk_total_gb": round(usage.total / GIB, 1),
            "disk_used_gb": round(usage.used / GIB, 1),
            "disk_free_gb": round(usage.free / GIB, 1),
        }

    def configure(self, enabled: bool | None = None, max_percent: float | None = None) -> dict[str, Any]:
        """Change the limit, within what makes sense, and return it; None stays as it is.

        Raises:
            OSError: It cannot be written.
        """
        wanted = None if max_percent is None else min(max(max_percent, LEAST_PERCENT), MOST_PERCENT)
        given = {"enabled": enabled, "max_percent": wanted}
        self._settings.change({"StorageLimit": {key: value for key, value in given.items() if value is not None}})
        return self._limit()

    def _limit(self) -> dict[str, Any]:
        return self._settings.current.storage_limit.model_dump(mode="json", include={"enabled", "max_percent"})

    def _clean(self) -> Cleaned:
        """Delete the oldest videos while the disk is too full."""
        with self._lock:
            threshold, percent = self._settings.current.storage_limit.max_percent, self._percent()
            deleted = freed = 0
            waiting = self._archive.files("recording", "timelapse") if percent > threshold else []
            while waiting and percent > threshold:
                file = waiting.pop()
                try:
                    freed += self._archive.remove(file.path, file.kind)
                except FileNotFoundError:
                    continue  # a client has just deleted it
                except OSError as error:
                    log.warning("%s cannot be deleted: %s", file.path, error)
                    continue
                deleted += 1
                percent = self._percent()
            return Cleaned(deleted, freed, percent, insufficient=percent > threshold)

    def _percent(self) -> float:
        return self._probe(self._archive.folder).percent
