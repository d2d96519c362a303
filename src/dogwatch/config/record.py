"""`record`: what is kept, for how long, and in how much space. Older forms are in `migrate`."""

from __future__ import annotations

from typing import Literal

from dogwatch.config.base import Arguments, Section, key, section

RetainMode = Literal["all", "motion", "active_objects"]


class DaysConfig(Section):
    """A time to keep."""

    days: float = key(0, "Days.", ge=0)


class ReviewRetainConfig(Section):
    """How long the footage of review items is kept, and which of it."""

    days: float = key(10, "Days.", ge=0)
    mode: RetainMode = key("motion", "`all`, only with `motion`, or only with `active_objects`.")


class ReviewRecordConfig(Section):
    """Footage of alerts or detections."""

    pre_capture: int = key(5, "Seconds before.", ge=0, le=60)
    post_capture: int = key(5, "Seconds after.", ge=0, le=3600)
    retain: ReviewRetainConfig = section(ReviewRetainConfig, "How long.")


class ExportConfig(Section):
    """Exports."""

    hwaccel_args: Arguments = key("auto", "Hardware encoding.", unused=True)
    max_concurrent: int = key(3, "Exports that run at once.", ge=1, le=16)
    chapters: Literal["none", "recording_segments", "review_items"] = key(
        "review_items", "What the chapters of an export are."
    )
    timelapse_args: Arguments | None = key(None, "Arguments for timelapses.", unused=True)


class PreviewConfig(Section):
    """Previews."""

    quality: Literal["very_low", "low", "medium", "high", "very_high"] = key("medium", "Picture quality.")


class SpaceConfig(Section):
    """Room on the disk."""

    floor: int = key(1024, "Megabytes of the recordings disk that always stay free.", ge=100)


class RecordConfig(Section):
    """Recording."""

    enabled: bool = key(False, "Record.")
    sync_recordings: bool = key(False, "Compare disk and database; Dogwatch always does so at start.", unused=True)
    expire_interval: int = key(60, "Minutes between two checks for footage that has expired.", ge=1)
    continuous: DaysConfig = section(DaysConfig, "Everything.")
    motion: DaysConfig = section(DaysConfig, "Footage with motion or sound.")
    alerts: ReviewRecordConfig = section(ReviewRecordConfig, "Footage of alerts.")
    detections: ReviewRecordConfig = section(ReviewRecordConfig, "Footage of detections.")
    export: ExportConfig = section(ExportConfig, "Exports.")
    preview: PreviewConfig = section(PreviewConfig, "Previews.")
    space: SpaceConfig = section(SpaceConfig, "Room on the disk.")
    budget: int | None = key(None, "Most megabytes for one camera's recordings; by default no limit.", ge=100)
