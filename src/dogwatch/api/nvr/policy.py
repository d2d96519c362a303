"""The table that says who may use which route of the NVR API.

A key is a method and a path template as the router writes it; `WS` stands for a WebSocket, and a row for GET
covers HEAD. The app refuses to be built with a route that has no row, so a new endpoint is closed until
somebody has decided. Camera scope is checked before the handler runs. Source: docs/api/conventions.md.
"""

from __future__ import annotations

from enum import Enum, auto

from dogwatch.api.nvr.pages import PAGES


class Permission(Enum):
    """What a caller needs to get through to the handler."""

    PUBLIC = auto()
    """Nothing: not even a login."""
    AUTHENTICATED = auto()
    """Any identity; the answer depends on no camera, or the handler looks at the caller itself."""
    FILTERED = auto()
    """Any identity; the handler leaves out cameras with `caller.only(...)`."""
    CAMERA = auto()
    """Access to the camera named by the path parameter `camera`, which must be configured."""
    PICTURES = auto()
    """As `CAMERA`; or access to all cameras if the parameter is `birdseye`, and there is a picture of all of them."""
    EVENT = auto()
    """Access to the camera of the event named by the path parameter `event_id`, if there is such an event."""
    REVIEW = auto()
    """Access to the camera of the review item named by `review_id`, if there is such an item."""
    EXPORT = auto()
    """Access to the camera of the export named by the path parameter `export_id`, if there is such an export."""
    FILE = auto()
    """Access to the camera that the file path belongs to (docs/api/files.md)."""
    PREVIEW = auto()
    """Access to the camera of the picture named by the path parameter `file` (docs/api/previews.md)."""
    STREAM = auto()
    """Access to a camera that plays the stream named by the query parameter `src`."""
    STREAM_PATH = auto()
    """Access to a camera that plays the stream named by the path parameter `stream`."""
    ADMIN = auto()
    """The role `admin`."""


_P = Permission

SYSTEM: dict[tuple[str, str], Permission] = {
    ("GET", "/"): _P.PUBLIC,
    **{("GET", f"/{page}"): _P.PUBLIC for page in PAGES},
    ("GET", "/assets/{name}"): _P.PUBLIC,
    ("GET", "/icons/{name}"): _P.PUBLIC,
    ("GET", "/manifest.webmanifest"): _P.PUBLIC,
    ("GET", "/sw.js"): _P.PUBLIC,
    ("GET", "/api/"): _P.AUTHENTICATED,
    ("GET", "/api/version"): _P.AUTHENTICATED,
    ("GET", "/api/auth"): _P.AUTHENTICATED,
    ("POST", "/api/login"): _P.PUBLIC,
    ("GET", "/api/login/oidc"): _P.PUBLIC,
    ("GET", "/api/login/oidc/callback"): _P.PUBLIC,
    ("GET", "/api/auth/methods"): _P.PUBLIC,
    ("GET", "/api/logout"): _P.PUBLIC,
    ("GET", "/api/auth/first_time_login"): _P.PUBLIC,
    ("GET", "/api/config/schema.json"): _P.PUBLIC,
    ("GET", "/api/openapi.json"): _P.AUTHENTICATED,
    ("GET", "/api/profile"): _P.AUTHENTICATED,
    ("GET", "/api/profile/ui"): _P.AUTHENTICATED,
    ("PUT", "/api/profile/ui"): _P.AUTHENTICATED,
    ("GET", "/api/users"): _P.ADMIN,
    ("POST", "/api/users"): _P.ADMIN,
    ("DELETE", "/api/users/{username}"): _P.ADMIN,
    ("PUT", "/api/users/{username}/password"): _P.AUTHENTICATED,
    ("PUT", "/api/users/{username}/role"): _P.ADMIN,
    ("GET", "/api/users/{username}/sessions"): _P.AUTHENTICATED,
    ("DELETE", "/api/users/{username}/sessions"): _P.AUTHENTICATED,
    ("DELETE", "/api/users/{username}/sessions/{session_id}"): _P.AUTHENTICATED,
    ("GET", "/api/config"): _P.FILTERED,
    ("GET", "/api/config/raw"): _P.ADMIN,
    ("GET", "/api/config/raw_paths"): _P.ADMIN,
    ("PUT", "/api/config/set"): _P.ADMIN,
    ("POST", "/api/config/save"): _P.ADMIN,
    ("POST", "/api/config/check"): _P.ADMIN,
    ("POST", "/api/config/apply"): _P.ADMIN,
    ("POST", "/api/config/forecast"): _P.ADMIN,
    ("GET", "/api/first_run"): _P.ADMIN,
    ("GET", "/api/stats"): _P.FILTERED,
    ("GET", "/api/stats/history"): _P.ADMIN,
    ("GET", "/api/stats/series"): _P.ADMIN,
    ("GET", "/api/metrics"): _P.AUTHENTICATED,
    ("GET", "/api/health"): _P.FILTERED,
    ("POST", "/api/restart"): _P.ADMIN,
    ("GET", "/api/logs/{service}"): _P.ADMIN,
    ("GET", "/api/zones"): _P.FILTERED,
    ("GET", "/api/zones/{camera}"): _P.CAMERA,
    ("GET", "/api/birdseye"): _P.AUTHENTICATED,
    ("GET", "/api/camera/notifications"): _P.FILTERED,
    ("GET", "/api/notifications/pubkey"): _P.AUTHENTICATED,
    ("POST", "/api/notifications/register"): _P.AUTHENTICATED,
    ("GET", "/api/notifications/devices"): _P.AUTHENTICATED,
    ("DELETE", "/api/notifications/devices/{device_id}"): _P.AUTHENTICATED,
    ("POST", "/api/notifications/test"): _P.AUTHENTICATED,
    ("PUT", "/api/camera/{camera}/set/{feature}"): _P.ADMIN,
    ("PUT", "/api/camera/{camera}/set/{feature}/{item}"): _P.ADMIN,
    ("WS", "/ws"): _P.AUTHENTICATED,
    ("DELETE", "/api/cameras/{name}"): _P.ADMIN,
    ("POST", "/api/debug_replay/start"): _P.ADMIN,
    ("POST", "/api/debug_replay/start_from_export"): _P.ADMIN,
    ("POST", "/api/debug_replay/stop"): _P.ADMIN,
    ("GET", "/api/debug_replay/status"): _P.ADMIN,
    ("POST", "/api/media/sync"): _P.ADMIN,
    ("GET", "/api/media/sync/current"): _P.ADMIN,
    ("GET", "/api/media/sync/status/{job_id}"): _P.ADMIN,
    ("GET", "/api/ffprobe"): _P.ADMIN,
    ("POST", "/api/ffprobe"): _P.ADMIN,
    ("GET", "/api/ffprobe/snapshot"): _P.ADMIN,
    ("GET", "/api/keyframe_analysis"): _P.ADMIN,
    ("GET", "/api/onvif/discover"): _P.ADMIN,
    ("GET", "/api/onvif/probe"): _P.ADMIN,
    ("POST", "/api/onvif/probe"): _P.ADMIN,
    ("GET", "/api/vainfo"): _P.AUTHENTICATED,
    ("GET", "/api/nvinfo"): _P.AUTHENTICATED,
    ("GET", "/api/ffmpeg/presets"): _P.ADMIN,
    ("GET", "/api/plus/models"): _P.AUTHENTICATED,
    ("GET", "/api/models"): _P.ADMIN,
    ("POST", "/api/models"): _P.ADMIN,
    ("POST", "/api/models/{name}/use"): _P.ADMIN,
    ("DELETE", "/api/models/{name}"): _P.ADMIN,
    ("GET", "/api/audio_labels"): _P.ADMIN,
    ("GET", "/api/profiles"): _P.AUTHENTICATED,
    ("GET", "/api/profile/active"): _P.ADMIN,
}

LIVE: dict[tuple[str, str], Permission] = {
    ("GET", "/api/{camera}"): _P.CAMERA,
    ("GET", "/api/{camera}/latest.{extension}"): _P.PICTURES,
    ("GET", "/api/camera/{camera}/latest.{extension}"): _P.PICTURES,
    ("GET", "/api/{camera}/grid.jpg"): _P.CAMERA,
    ("DELETE", "/api/{camera}/region_grid"): _P.ADMIN,
    ("GET", "/api/{camera}/false_places"): _P.CAMERA,
    ("GET", "/api/{camera}/false_places.jpg"): _P.CAMERA,
    ("DELETE", "/api/{camera}/false_places"): _P.ADMIN,
    ("POST", "/api/{camera}/camera_health/accept"): _P.ADMIN,
    ("GET", "/api/{camera}/ptz/info"): _P.CAMERA,
    ("POST", "/api/{camera}/ptz"): _P.CAMERA,
    ("GET", "/api/go2rtc/streams"): _P.FILTERED,
    ("GET", "/api/go2rtc/streams/{stream}"): _P.STREAM_PATH,
    ("PUT", "/api/go2rtc/streams/{stream}"): _P.ADMIN,
    ("DELETE", "/api/go2rtc/streams/{stream}"): _P.ADMIN,
    ("GET", "/api/go2rtc/api/streams"): _P.STREAM,
    ("WS", "/live/jsmpeg/{camera}"): _P.PICTURES,
    ("WS", "/live/mse/api/ws"): _P.STREAM,
    ("WS", "/api/go2rtc/api/ws"): _P.STREAM,
    ("WS", "/live/webrtc/api/ws"): _P.STREAM,
    ("POST", "/api/go2rtc/webrtc"): _P.STREAM,
    ("GET", "/live/webrtc/webrtc.html"): _P.STREAM,
    ("GET", "/live/webrtc/player.js"): _P.PUBLIC,
}

RECORDINGS: dict[tuple[str, str], Permission] = {
    ("GET", "/api/{camera}/recordings"): _P.CAMERA,
    ("GET", "/api/{camera}/recordings/summary"): _P.CAMERA,
    ("GET", "/api/{camera}/recordings/{frame_time}/snapshot.{extension}"): _P.CAMERA,
    ("GET", "/api/{camera}/start/{start}/end/{end}/clip.mp4"): _P.CAMERA,
    ("GET", "/api/recordings/summary"): _P.FILTERED,
    ("GET", "/api/recordings/unavailable"): _P.FILTERED,
    ("GET", "/api/recordings/storage"): _P.ADMIN,
    ("GET", "/api/storage"): _P.ADMIN,
    ("GET", "/api/storage/days"): _P.ADMIN,
    ("GET", "/api/storage/deletions"): _P.ADMIN,
    ("DELETE", "/api/recordings/start/{start}/end/{end}"): _P.ADMIN,
    ("POST", "/api/{camera}/try"): _P.ADMIN,
    ("GET", "/api/{camera}/try"): _P.ADMIN,
    ("GET", "/api/{camera}/try/{job_id}"): _P.ADMIN,
    ("GET", "/api/{camera}/try/{job_id}/{event}.jpg"): _P.ADMIN,
    ("POST", "/api/{camera}/try/{job_id}/cancel"): _P.ADMIN,
    ("POST", "/api/{camera}/search/motion"): _P.CAMERA,
    ("GET", "/api/{camera}/search/motion/{job_id}"): _P.CAMERA,
    ("POST", "/api/{camera}/search/motion/{job_id}/cancel"): _P.CAMERA,
    ("GET", "/clips/{path:path}"): _P.FILE,
    ("GET", "/recordings/{path:path}"): _P.FILE,
    ("GET", "/exports/{path:path}"): _P.FILE,
}

_VOD_BASES: dict[str, Permission] = {
    "/vod/{camera}/start/{start}/end/{end}": _P.CAMERA,
    "/vod/clip/{camera}/start/{start}/end/{end}": _P.CAMERA,
    "/vod/{year_month}/{day}/{hour}/{camera}": _P.CAMERA,
    "/vod/{year_month}/{day}/{hour}/{camera}/{tz_name}": _P.CAMERA,
    "/vod/event/{event_id}": _P.EVENT,
    "/vod/review/{review_id}": _P.REVIEW,
}
VOD: dict[tuple[str, str], Permission] = {
    ("GET", prefix + base + suffix): permission
    for base, permission in _VOD_BASES.items()
    for prefix, suffix in (("", "/{name}"), ("/api", "/{name}"))
} | {("GET", "/api" + base): permission for base, permission in _VOD_BASES.items()}
VOD |= {
    ("GET", prefix + "/vod/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}/{name}"): _P.CAMERA
    for prefix in ("", "/api")
}

EVENTS: dict[tuple[str, str], Permission] = {
    ("GET", "/api/events"): _P.FILTERED,
    ("GET", "/api/events/explore"): _P.FILTERED,
    ("GET", "/api/events/search"): _P.FILTERED,
    ("GET", "/api/events/summary"): _P.FILTERED,
    ("GET", "/api/event_ids"): _P.FILTERED,
    ("GET", "/api/events/{event_id}"): _P.EVENT,
    ("GET", "/api/events/{event_id}/why"): _P.EVENT,
    ("DELETE", "/api/events/{event_id}"): _P.ADMIN,
    ("DELETE", "/api/events/"): _P.ADMIN,
    ("POST", "/api/events/{event_id}/retain"): _P.ADMIN,
    ("DELETE", "/api/events/{event_id}/retain"): _P.ADMIN,
    ("POST", "/api/events/{event_id}/sub_label"): _P.ADMIN,
    ("POST", "/api/events/{event_id}/description"): _P.ADMIN,
    ("POST", "/api/events/{event_id}/attributes"): _P.ADMIN,
    ("POST", "/api/events/{event_id}/recognized_license_plate"): _P.ADMIN,
    ("PUT", "/api/lpr/reprocess"): _P.ADMIN,
    ("POST", "/api/events/{event_id}/plus"): _P.ADMIN,
    ("PUT", "/api/events/{event_id}/false_positive"): _P.ADMIN,
    ("POST", "/api/{camera}/plus/{frame_time}"): _P.CAMERA,
    ("POST", "/api/events/{camera}/{label}/create"): _P.ADMIN,
    ("PUT", "/api/events/{event_id}/end"): _P.ADMIN,
    ("GET", "/api/events/{event_id}/thumbnail.{extension}"): _P.EVENT,
    ("GET", "/api/events/{event_id}/snapshot.jpg"): _P.EVENT,
    ("GET", "/api/events/{event_id}/snapshot-clean.{extension}"): _P.EVENT,
    ("GET", "/api/events/{event_id}/clip.mp4"): _P.EVENT,
    ("GET", "/api/clips/{camera}"): _P.CAMERA,
    ("GET", "/api/clips/{camera}/{event_id}.mp4"): _P.CAMERA,
    ("GET", "/api/{camera}/{label}/thumbnail.jpg"): _P.CAMERA,
    ("GET", "/api/{camera}/{label}/best.jpg"): _P.CAMERA,
    ("GET", "/api/{camera}/{label}/snapshot.jpg"): _P.CAMERA,
    ("GET", "/api/{camera}/{label}/clip.mp4"): _P.CAMERA,
    ("GET", "/api/camera/{camera}/best.jpg"): _P.CAMERA,
    ("GET", "/api/timeline"): _P.FILTERED,
    ("GET", "/api/timeline/hourly"): _P.FILTERED,
    ("GET", "/api/labels"): _P.FILTERED,
    ("GET", "/api/sub_labels"): _P.FILTERED,
    ("GET", "/api/recognized_license_plates"): _P.FILTERED,
}

FACES: dict[tuple[str, str], Permission] = {
    ("GET", "/api/faces"): _P.ADMIN,
    ("POST", "/api/faces/reprocess"): _P.ADMIN,
    ("POST", "/api/faces/recognize"): _P.ADMIN,
    ("POST", "/api/faces/{name}/create"): _P.ADMIN,
    ("POST", "/api/faces/{name}/register"): _P.ADMIN,
    ("POST", "/api/faces/train/{name}/classify"): _P.ADMIN,
    ("POST", "/api/faces/{name}/reclassify"): _P.ADMIN,
    ("POST", "/api/faces/{name}/delete"): _P.ADMIN,
    ("PUT", "/api/faces/{old_name}/rename"): _P.ADMIN,
}

_MODEL = "/api/classification/{model}"
ABSENT: dict[tuple[str, str], Permission] = {
    ("PUT", "/api/audio/transcribe"): _P.ADMIN,
    ("PUT", "/api/reindex"): _P.ADMIN,
    ("PUT", "/api/events/{event_id}/description/regenerate"): _P.ADMIN,
    ("POST", "/api/description/generate"): _P.ADMIN,
    ("POST", "/api/review/summarize/start/{start}/end/{end}"): _P.ADMIN,
    ("GET", f"{_MODEL}/dataset"): _P.ADMIN,
    ("GET", f"{_MODEL}/train"): _P.ADMIN,
    ("POST", f"{_MODEL}/train"): _P.ADMIN,
    ("POST", f"{_MODEL}/train/delete"): _P.ADMIN,
    ("POST", f"{_MODEL}/dataset/categorize"): _P.ADMIN,
    ("POST", f"{_MODEL}/dataset/{{category}}/create"): _P.ADMIN,
    ("POST", f"{_MODEL}/dataset/{{category}}/delete"): _P.ADMIN,
    ("POST", f"{_MODEL}/dataset/{{category}}/reclassify"): _P.ADMIN,
    ("PUT", f"{_MODEL}/dataset/{{category}}/rename"): _P.ADMIN,
    ("DELETE", _MODEL): _P.ADMIN,
    ("GET", "/api/classification/attributes"): _P.ADMIN,
    ("POST", "/api/classification/generate_examples/state"): _P.ADMIN,
    ("POST", "/api/classification/generate_examples/object"): _P.ADMIN,
    ("GET", "/api/triggers/status/{camera}"): _P.ADMIN,
    ("POST", "/api/trigger/embedding"): _P.ADMIN,
    ("PUT", "/api/trigger/embedding/{camera}/{name}"): _P.ADMIN,
    ("DELETE", "/api/trigger/embedding/{camera}/{name}"): _P.ADMIN,
    ("POST", "/api/chat/completion"): _P.ADMIN,
    ("GET", "/api/chat/tools"): _P.ADMIN,
    ("POST", "/api/chat/execute"): _P.ADMIN,
    ("GET", "/api/vlm/monitor"): _P.ADMIN,
    ("POST", "/api/vlm/monitor"): _P.ADMIN,
    ("DELETE", "/api/vlm/monitor"): _P.ADMIN,
    ("GET", "/api/genai/models"): _P.ADMIN,
    ("POST", "/api/genai/probe"): _P.ADMIN,
}
"""Routes of features that Dogwatch does not have, see `absent`."""

_RANGE = "/{camera}/start/{start}/end/{end}/preview"
PREVIEWS: dict[tuple[str, str], Permission] = {
    ("GET", "/api/preview/all/start/{start}/end/{end}"): _P.FILTERED,
    ("GET", "/api/preview/{camera}/start/{start}/end/{end}"): _P.CAMERA,
    ("GET", "/api/preview/ts/{camera}/start/{start}/end/{end}"): _P.CAMERA,
    ("GET", "/api/preview/{year_month}/{day}/{hour}/all/{tz_name}"): _P.FILTERED,
    ("GET", "/api/preview/{year_month}/{day}/{hour}/{camera}/{tz_name}"): _P.CAMERA,
    ("GET", "/api/preview/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}"): _P.CAMERA,
    ("GET", "/api/preview/{camera}/start/{start}/end/{end}/frames"): _P.CAMERA,
    ("GET", "/api/preview/{file}/thumbnail.jpg"): _P.PREVIEW,
    ("GET", "/api/preview/{file}/thumbnail.webp"): _P.PREVIEW,
    **{
        ("GET", f"{prefix}{_RANGE}{suffix}"): _P.CAMERA
        for prefix in ("", "/api")
        for suffix in ("", ".gif", ".mp4", ".webp")
    },
    **{("GET", f"/api/events/{{event_id}}/preview.{suffix}"): _P.EVENT for suffix in ("gif", "mp4", "webp")},
    ("GET", "/api/review/{review_id}/preview"): _P.REVIEW,
    ("GET", "/review/{review_id}/preview"): _P.REVIEW,
}

_REVIEW_READS: dict[tuple[str, str], Permission] = {
    ("GET", "/review/activity/motion"): _P.FILTERED,
    ("GET", "/review/activity/audio"): _P.FILTERED,
}
REVIEWS: dict[tuple[str, str], Permission] = {
    ("GET", "/api/review"): _P.FILTERED,
    ("GET", "/api/review/summary"): _P.FILTERED,
    ("GET", "/api/review_ids"): _P.FILTERED,
    ("GET", "/api/review/event/{event_id}"): _P.EVENT,
    ("GET", "/api/review/{review_id}"): _P.REVIEW,
    ("GET", "/api/review/{review_id}/clip.mp4"): _P.REVIEW,
    ("DELETE", "/api/review/{review_id}/viewed"): _P.REVIEW,
    ("POST", "/api/reviews/viewed"): _P.FILTERED,
    ("POST", "/api/reviews/delete"): _P.ADMIN,
    **_REVIEW_READS,
    **{(method, "/api" + path): permission for (method, path), permission in _REVIEW_READS.items()},
}

EXPORTS: dict[tuple[str, str], Permission] = {
    ("GET", "/api/exports"): _P.FILTERED,
    ("GET", "/api/exports/{export_id}"): _P.EXPORT,
    ("POST", "/api/export/{camera}/start/{start}/end/{end}"): _P.CAMERA,
    ("POST", "/api/export/custom/{camera}/start/{start}/end/{end}"): _P.CAMERA,
    ("PATCH", "/api/export/{export_id}/rename"): _P.ADMIN,
    ("PATCH", "/api/export/{export_id}/{new_name}"): _P.ADMIN,
    ("DELETE", "/api/export/{export_id}"): _P.ADMIN,
    ("POST", "/api/exports/delete"): _P.ADMIN,
    ("POST", "/api/exports/reassign"): _P.ADMIN,
    ("POST", "/api/exports/batch"): _P.FILTERED,
    ("GET", "/api/cases"): _P.FILTERED,
    ("POST", "/api/cases"): _P.ADMIN,
    ("GET", "/api/cases/{case_id}"): _P.FILTERED,
    ("PATCH", "/api/cases/{case_id}"): _P.ADMIN,
    ("DELETE", "/api/cases/{case_id}"): _P.ADMIN,
    ("GET", "/api/cases/{case_id}/download"): _P.FILTERED,
    ("GET", "/api/jobs"): _P.ADMIN,
    ("GET", "/api/jobs/{job_id}"): _P.ADMIN,
    ("DELETE", "/api/jobs/{job_id}"): _P.ADMIN,
    ("GET", "/api/jobs/export"): _P.FILTERED,
    ("GET", "/api/jobs/export/{export_id}"): _P.FILTERED,
    ("DELETE", "/api/jobs/export/{export_id}"): _P.ADMIN,
}

SHARES: dict[tuple[str, str], Permission] = {
    ("POST", "/api/share"): _P.FILTERED,
    ("GET", "/api/share"): _P.FILTERED,
    ("GET", "/api/share/{share_id}"): _P.FILTERED,
    ("DELETE", "/api/share/{share_id}"): _P.FILTERED,
    ("GET", "/share/{token}"): _P.PUBLIC,
    ("GET", "/share/{token}/clip.mp4"): _P.PUBLIC,
    ("GET", "/share/{token}/snapshot.jpg"): _P.PUBLIC,
    ("GET", "/share/{token}/thumbnail.jpg"): _P.PUBLIC,
}

PROTECTED = ("/api/", "/ws", "/live/", "/vod/", "/stream/", "/clips/", "/recordings/", "/exports/", "/review/")
"""Below these, also a path without a route needs a login."""

POLICY: dict[tuple[str, str], Permission] = {
    **EXPORTS,
    **SYSTEM,
    **LIVE,
    **RECORDINGS,
    **VOD,
    **EVENTS,
    **FACES,
    **ABSENT,
    **REVIEWS,
    **PREVIEWS,
    **SHARES,
}
