"""The figures of one camera, from the newest reports of the processes that read and analyse it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dogwatch.bus.messages import AnalysisStats, IngestStats, Message, RingMade, StreamLost, WorkerReady
from dogwatch.stats.quality import HourlyCount, connection_quality

STALE_S = 30.0
TOTALS = ("repaired_timestamps", "audio_faults", "dropped_decode", "dropped_live", "dropped_messages", "dropped_sound")
"""What a camera's ingest process has counted since it began."""


@dataclass(slots=True)
class CameraNumbers:
    """The newest reports of one camera and when they came (s)."""

    ingest: IngestStats | None = None
    ingest_time: float = 0.0
    vision: AnalysisStats | None = None
    vision_time: float = 0.0
    ring_bytes: int = 0
    lost: bool = False
    reconnects: HourlyCount = field(default_factory=HourlyCount)
    stalls: HourlyCount = field(default_factory=HourlyCount)

    def on_message(self, message: Message, now: float) -> None:
        """Store what a worker says of this camera; messages without numbers are ignored."""
        match message:
            case IngestStats():
                self.ingest, self.ingest_time, self.lost = message, now, False
                self.reconnects.observe(message.reconnects, now)
                self.stalls.observe(message.stalls, now)
            case AnalysisStats():
                self.vision, self.vision_time = message, now
            case StreamLost():
                self.lost = True
            case RingMade():
                self.ring_bytes = message.width * message.height * 3 // 2
            case WorkerReady():
                self.reconnects.connected(message.pid)
                self.stalls.connected(message.pid)

    def figures(self, now: float, capture_pid: int, *, detection_enabled: bool) -> dict[str, Any]:
        """Return the camera's object in `/api/stats`; `capture_pid` is that of its ingest process, 0 if it is down."""
        ingest = self.ingest if now - self.ingest_time < STALE_S and not self.lost else None
        vision = self.vision if now - self.vision_time < STALE_S else None
        reconnects, stalls = self.reconnects.last_hour(now), self.stalls.last_hour(now)
        fps = round(ingest.camera_fps, 2) if ingest else 0.0
        expected = round(ingest.expected_fps, 2) if ingest else 0.0
        return {
            "camera_fps": fps,
            "process_fps": round(vision.process_fps, 2) if vision else 0.0,
            "skipped_fps": round(vision.skipped_fps, 2) if vision else 0.0,
            "detection_fps": round(vision.detection_fps, 2) if vision else 0.0,
            "detection_enabled": detection_enabled,
            "pid": vision.pid if vision else 0,
            "capture_pid": capture_pid,
            "ffmpeg_pid": capture_pid,
            "audio_rms": round((ingest.audio_rms or 0.0), 4) if ingest else 0.0,
            "audio_dBFS": round((ingest.audio_dbfs or 0.0), 4) if ingest else 0.0,
            "connection_quality": connection_quality(fps, expected, reconnects, stalls),
            "expected_fps": expected,
            "reconnects_last_hour": reconnects,
            "stalls_last_hour": stalls,
            "decoding": ingest.decoding if ingest else "off",
            "decoded_fps": round(ingest.decoded_fps, 2) if ingest else 0.0,
            "bytes_per_second": round(ingest.bytes_per_second, 1) if ingest else 0.0,
            **{key: getattr(ingest, key, 0) for key in TOTALS},
        }
