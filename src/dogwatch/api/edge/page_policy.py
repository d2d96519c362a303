"""What the page asks of the edge API, and who of those that are logged in to the NVR may have it."""

from __future__ import annotations

from enum import Enum

from dogwatch.api.edge.policy import EDGE_POLICY
from dogwatch.api.surface import Key


class PageNeeds(Enum):
    """Who may use a route below `/edge/api/`."""

    SEEN = "camera"
    """Whoever may see the edge camera."""
    ADMIN = "admin"
    """Administrators."""


LEFT_OUT: frozenset[Key] = frozenset({("POST", "/auth/validate")})
"""Routes that only make sense without a login: it gives the token to who knows the password."""

SEEN: frozenset[Key] = frozenset(
    ("GET", path)
    for path in (
        "/events",
        "/system_alert_state",
        "/system/alert",
        "/health_history",
        "/event_history",
        "/event_history/csv",
        "/stream_settings",
        "/isp_settings",
        "/recording_status",
        "/sensor/status",
        "/sensor/types",
        "/devices/status",
        "/connections",
        "/archive",
        "/archive/count",
        "/archive/new_count",
        "/stream_video",
        "/thumbnail",
        "/thumbnail/{file}",
        "/sprite",
        "/sprite/{file}",
        "/snapshots",
        "/snapshot_image",
        "/storage/status",
        "/timelapse",
        "/timelapse/status",
        "/timelapse/video",
        "/timelapse/thumbnail",
        "/mode",
        "/outputs",
        "/outputs/{name}",
    )
)
"""What shows the camera's pictures and states. All else is for administrators: it changes something, shows the token,
or tells of the computer's network and directories. So is what is added to the edge API, until it is listed here."""

PREFIX = "/edge/api"
"""Below this. No camera can be called so that its own routes begin with it."""

PAGE_POLICY: dict[Key, PageNeeds] = {
    (method, PREFIX + path): PageNeeds.SEEN if (method, path) in SEEN else PageNeeds.ADMIN
    for method, path in EDGE_POLICY
    if (method, path) not in LEFT_OUT
}
