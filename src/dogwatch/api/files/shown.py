"""How files are shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dogwatch.store.video_files import VideoFile

CONTENT_TYPES = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "webm": "video/webm",
    "ts": "video/mp2t",
    "m2ts": "video/mp2t",
    "avi": "video/x-msvideo",
}
FACTS = (
    "container", "width", "height", "rotation", "fps", "fps_num", "fps_den", "vfr", "total_frames", "video", "audio",
)  # fmt: skip


def content_type(file: VideoFile) -> str:
    """Return the content type of a file's own bytes."""
    return CONTENT_TYPES.get(file.extension, "application/octet-stream")


def file_body(file: VideoFile) -> dict[str, Any]:
    """Return a file as answers show it; what is not known yet is null."""
    facts = file.facts or {}
    return {
        "file_uuid": file.uuid,
        "file_name": file.name,
        "file_type": "video",
        "content_type": content_type(file),
        "size_bytes": file.size_bytes,
        "content_hash": file.content_hash,
        "status": file.status,
        **({"error": {"code": file.error}} if file.error else {}),
        "duration": file.duration,
        **{name: facts.get(name) for name in FACTS},
        **({"damaged": True} if facts.get("damaged") else {}),
        "analysed": {"face": file.analysed_face, "object": file.analysed_object},
        "trace_count": file.trace_count,
        "owner": file.owner,
        "created_at": iso(file.created_at),
    }


def iso(time: float) -> str:
    """Return epoch seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
