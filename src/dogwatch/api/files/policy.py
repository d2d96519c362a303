"""What every route of video files needs. A route without a row keeps the core from starting."""

from __future__ import annotations

from enum import Enum

from dogwatch.api.surface import Key


class FileNeeds(Enum):
    """What a request must show. A route whose path has `{file_uuid}` needs `READ`, `MEDIA` or `WRITE`."""

    NOTHING = "public"
    """Nothing."""
    CALLER = "caller"
    """Who asks."""
    CREATE = "create"
    """A scope of `own` or `all` files that has the action `write`."""
    READ = "read"
    """The action `read`, on this file."""
    MEDIA = "media"
    """The same; the token may stand in the query."""
    WRITE = "write"
    """The action `write`, on this file."""


POLICY: dict[Key, FileNeeds] = {
    # README.md
    ("GET", "/api/v1/openapi.json"): FileNeeds.CALLER,
    # auth.md
    ("POST", "/api/v1/auth/login"): FileNeeds.NOTHING,
    ("POST", "/api/v1/auth/logout"): FileNeeds.CALLER,
    ("GET", "/api/v1/auth/me"): FileNeeds.CALLER,
    ("POST", "/api/v1/auth/token"): FileNeeds.CALLER,
    # files.md
    ("GET", "/api/v1/files"): FileNeeds.CALLER,
    ("POST", "/api/v1/files"): FileNeeds.CREATE,
    ("POST", "/api/v1/files/register"): FileNeeds.CREATE,
    ("POST", "/api/v1/files/from-recording"): FileNeeds.CREATE,
    ("GET", "/api/v1/file/{file_uuid}"): FileNeeds.READ,
    ("DELETE", "/api/v1/file/{file_uuid}"): FileNeeds.WRITE,
    # uploads.md
    ("OPTIONS", "/api/v1/uploads"): FileNeeds.NOTHING,
    ("POST", "/api/v1/uploads"): FileNeeds.CREATE,
    ("GET", "/api/v1/uploads/{file_uuid}"): FileNeeds.WRITE,
    ("PATCH", "/api/v1/uploads/{file_uuid}"): FileNeeds.WRITE,
    ("DELETE", "/api/v1/uploads/{file_uuid}"): FileNeeds.WRITE,
    # jobs.md
    ("POST", "/api/v1/file/{file_uuid}/process"): FileNeeds.WRITE,
    ("GET", "/api/v1/file/{file_uuid}/progress"): FileNeeds.READ,
    ("GET", "/api/v1/jobs"): FileNeeds.CALLER,
    ("GET", "/api/v1/jobs/{job_id}"): FileNeeds.CALLER,
    ("DELETE", "/api/v1/jobs/{job_id}"): FileNeeds.CALLER,
    # traces.md
    ("GET", "/api/v1/file/{file_uuid}/traces"): FileNeeds.READ,
    ("DELETE", "/api/v1/file/{file_uuid}/traces"): FileNeeds.WRITE,
    ("GET", "/api/v1/file/{file_uuid}/trace/{trace_id}"): FileNeeds.READ,
    ("GET", "/api/v1/file/{file_uuid}/trace/{trace_id}/boxes"): FileNeeds.READ,
    ("GET", "/api/v1/file/{file_uuid}/trace/{trace_id}/representative-face"): FileNeeds.READ,
    ("GET", "/api/v1/file/{file_uuid}/boxes"): FileNeeds.READ,
    # frames.md
    ("GET", "/api/v1/file/{file_uuid}/frames"): FileNeeds.READ,
    ("GET", "/api/v1/file/{file_uuid}/probe"): FileNeeds.READ,
    # thumbnail.md
    ("GET", "/api/v1/file/{file_uuid}/thumbnail"): FileNeeds.MEDIA,
    # video.md
    ("GET", "/api/v1/file/{file_uuid}/video"): FileNeeds.MEDIA,
    ("GET", "/api/v1/file/{file_uuid}/video/bbox"): FileNeeds.MEDIA,
    ("GET", "/api/v1/file/{file_uuid}/trace/{trace_id}/video"): FileNeeds.MEDIA,
    # clip.md
    ("GET", "/api/v1/file/{file_uuid}/clip"): FileNeeds.MEDIA,
}
