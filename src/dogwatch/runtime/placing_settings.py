"""What placing films into the recordings of a camera takes from the configuration."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from dogwatch.analysis import Learnt
from dogwatch.events.rules import rules_of
from dogwatch.library.placing import CameraPlacing
from dogwatch.recordings import preview_job, retention
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.specs import analysis_settings, detection_specs, ingest_spec

if TYPE_CHECKING:
    from dogwatch.config import Config


def placing_of(config: Config, camera: str, paths: Paths, learnt: Learnt) -> CameraPlacing | None:
    """Return how films are placed for `camera`; None if it is not configured.

    The footage is asked for, so it is recorded and analysed although the camera may be switched off, as one is that
    has only films. `learnt` is what its analysis goes by. All processor cores are used: nobody waits for a
    live picture here, and the process has a low priority.
    """
    if camera not in config.cameras:
        return None
    spec = ingest_spec(config, camera, paths)
    settings = analysis_settings(config, camera, learnt)
    previews = preview_job.previews_of(config)
    detector = detection_specs(config, paths)[0].detector
    return CameraPlacing(
        settings=msgspec.structs.replace(settings, enabled=True, previews=True),
        rules=replace(rules_of(config)[camera], enabled=True, record=True),
        detector=msgspec.structs.replace(detector, threads=os.cpu_count() or 1),
        deblock=spec.deblock,
        audio=spec.audio,
        segment_seconds=spec.segment_seconds,
        preview_crf=previews.crf[camera],
        retention=retention.retention_of(config)[camera],
        floor_bytes=spec.space_floor_bytes,
        zone=ZoneInfo(config.ui.timezone) if config.ui.timezone else None,
    )
