"""Who uses the disks, and what was deleted (docs/api/storage.md)."""

from __future__ import annotations

from msgspec import Struct


class KindUsageAnswer(Struct):
    """What a kind of files takes; how many files is null for recordings."""

    bytes: int
    files: int | None


class CameraUsageAnswer(Struct):
    """What one camera takes."""

    recordings_bytes: int
    snapshots_bytes: int
    thumbnails_bytes: int
    previews_bytes: int
    exports_bytes: int
    total_bytes: int
    bytes_per_hour: float
    configured: bool


class DiskAnswer(Struct):
    """A disk, and what it holds."""

    path: str
    holds: list[str]
    total_bytes: int
    used_bytes: int
    free_bytes: int


class StorageAnswer(Struct):
    """What uses the disks."""

    measured_at: float
    kinds: dict[str, KindUsageAnswer]
    cameras: dict[str, CameraUsageAnswer]
    disks: list[DiskAnswer]
    floor_bytes: int
    growth_bytes_per_day: int | None
    full_in_days: float | None


class CameraDayAnswer(Struct):
    """What is there of a camera's recordings of a day."""

    bytes: int
    seconds: float


class StorageDayAnswer(Struct):
    """A day."""

    day: str
    cameras: dict[str, CameraDayAnswer]


class StorageDaysAnswer(Struct):
    """Days, newest first."""

    days: list[StorageDayAnswer]


class DeletionAnswer(Struct):
    """What was deleted, or lost, and why."""

    id: int
    time: float
    camera: str
    start_time: float
    end_time: float
    segments: int
    size_bytes: int
    reason: str
    text: str
    detail: str


class DeletionsAnswer(Struct):
    """Deletions, newest first, and what each reason means."""

    deletions: list[DeletionAnswer]
    reasons: dict[str, str]
