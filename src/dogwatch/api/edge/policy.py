"""What every route of the edge API needs. A route without a row keeps the core from starting."""

from __future__ import annotations

from enum import Enum

from dogwatch.api.surface import Key


class Needs(Enum):
    """What a request must show."""

    NOTHING = "public"
    """Nothing, ever."""
    TOKEN = "token"  # noqa: S105 - a word of the manual
    """The token, while the login is on."""
    ALWAYS = "token_always"
    """The token, also while the login is off."""


EDGE_POLICY: dict[Key, Needs] = {
    # settings.md
    ("GET", "/settings"): Needs.TOKEN,
    ("POST", "/settings"): Needs.TOKEN,
    ("GET", "/settings/export"): Needs.TOKEN,
    ("POST", "/settings/import"): Needs.TOKEN,
    ("GET", "/list_directories"): Needs.TOKEN,
    # auth.md
    ("GET", "/auth/status"): Needs.NOTHING,
    ("POST", "/auth/validate"): Needs.NOTHING,
    ("POST", "/auth/regenerate"): Needs.ALWAYS,
    ("POST", "/auth/set-password"): Needs.ALWAYS,
    # events.md
    ("GET", "/events"): Needs.TOKEN,
    # system.md
    ("GET", "/system_info"): Needs.TOKEN,
    ("GET", "/system_stats"): Needs.TOKEN,
    ("GET", "/deploy_info"): Needs.TOKEN,
    ("GET", "/system/update/check"): Needs.TOKEN,
    ("GET", "/system_alert_state"): Needs.TOKEN,
    ("GET", "/system/alert"): Needs.TOKEN,
    # logs.md
    ("GET", "/logs"): Needs.TOKEN,
    ("GET", "/logs/api"): Needs.TOKEN,
    ("GET", "/logs/mediamtx"): Needs.TOKEN,
    ("GET", "/logs/install"): Needs.TOKEN,
    ("GET", "/logs/scripts"): Needs.TOKEN,
    ("GET", "/logs/script/{category}/{file}"): Needs.TOKEN,
    ("GET", "/logs/scripts/{category}/{file}"): Needs.TOKEN,
    # history.md
    ("GET", "/health_history"): Needs.TOKEN,
    ("GET", "/event_history"): Needs.TOKEN,
    ("GET", "/event_history/csv"): Needs.TOKEN,
    # stream.md
    ("GET", "/stream_settings"): Needs.TOKEN,
    ("POST", "/stream_settings"): Needs.TOKEN,
    ("GET", "/isp_settings"): Needs.TOKEN,
    ("POST", "/isp_settings"): Needs.TOKEN,
    # recording.md
    ("POST", "/toggle_recording"): Needs.TOKEN,
    ("GET", "/recording_status"): Needs.TOKEN,
    # sensors.md
    ("GET", "/sensor/status"): Needs.TOKEN,
    ("GET", "/sensor/types"): Needs.TOKEN,
    ("POST", "/sensor/configure"): Needs.TOKEN,
    ("POST", "/sensor/enable"): Needs.TOKEN,
    ("POST", "/sensor/disable"): Needs.TOKEN,
    ("POST", "/sensor/test"): Needs.TOKEN,
    ("POST", "/sensor/mock/trigger"): Needs.TOKEN,
    ("POST", "/sensor/mock/release"): Needs.TOKEN,
    ("POST", "/bt/scan"): Needs.TOKEN,
    ("POST", "/bluetooth/scan"): Needs.TOKEN,
    ("POST", "/bt/discoverable"): Needs.TOKEN,
    ("POST", "/bluetooth/discoverable"): Needs.TOKEN,
    ("POST", "/devices/bt/add"): Needs.TOKEN,
    ("POST", "/bluetooth/pair"): Needs.TOKEN,
    ("POST", "/devices/bt/remove"): Needs.TOKEN,
    ("POST", "/devices/wifi/add"): Needs.TOKEN,
    ("POST", "/devices/wifi/remove"): Needs.TOKEN,
    ("GET", "/devices/status"): Needs.TOKEN,
    ("GET", "/connections"): Needs.TOKEN,
    ("GET", "/wifi/stations"): Needs.TOKEN,
    ("POST", "/system/restart"): Needs.TOKEN,
    ("POST", "/system/reboot"): Needs.TOKEN,
    ("GET", "/captive-portal"): Needs.TOKEN,
    ("POST", "/captive-portal"): Needs.TOKEN,
    ("GET", "/archive"): Needs.TOKEN,
    ("GET", "/archive/count"): Needs.TOKEN,
    ("GET", "/archive/new_count"): Needs.TOKEN,
    ("GET", "/stream_video"): Needs.TOKEN,
    ("GET", "/thumbnail"): Needs.TOKEN,
    ("GET", "/thumbnail/{file}"): Needs.TOKEN,
    ("GET", "/sprite"): Needs.TOKEN,
    ("GET", "/sprite/{file}"): Needs.TOKEN,
    ("POST", "/delete_video"): Needs.TOKEN,
    ("POST", "/snapshot"): Needs.TOKEN,
    ("GET", "/snapshots"): Needs.TOKEN,
    ("GET", "/snapshot_image"): Needs.TOKEN,
    ("POST", "/delete_snapshot"): Needs.TOKEN,
    ("GET", "/storage/status"): Needs.TOKEN,
    ("POST", "/storage/configure"): Needs.TOKEN,
    ("POST", "/storage/cleanup"): Needs.TOKEN,
    ("GET", "/timelapse"): Needs.TOKEN,
    ("GET", "/timelapse/status"): Needs.TOKEN,
    ("POST", "/timelapse/configure"): Needs.TOKEN,
    ("POST", "/timelapse/start"): Needs.TOKEN,
    ("POST", "/timelapse/stop"): Needs.TOKEN,
    ("GET", "/timelapse/video"): Needs.TOKEN,
    ("GET", "/timelapse/thumbnail"): Needs.TOKEN,
    ("POST", "/timelapse/delete"): Needs.TOKEN,
    ("GET", "/mode"): Needs.TOKEN,
    ("POST", "/mode"): Needs.TOKEN,
    ("GET", "/outputs"): Needs.TOKEN,
    ("GET", "/outputs/{name}"): Needs.TOKEN,
    ("POST", "/outputs/{name}"): Needs.TOKEN,
}
