"""Which type each route of the NVR API answers with JSON (see `shapes`); a test demands a row for each that does."""

from __future__ import annotations

from typing import Any

from dogwatch.api.shapes import done, events, exports, notifications, onvif, program, recordings, reviews

_DONE = done.DoneAnswer
_BARE = done.BareDoneAnswer
_OBJECT = dict[str, Any]
_EVENT, _ONE_CAMERA = "/api/events/{event_id}", "/api/{camera}"

ACCOUNTS: dict[tuple[str, str], Any] = {
    ("GET", "/api/auth/methods"): program.LoginMethodsAnswer,
    ("GET", "/api/auth/first_time_login"): program.FirstLoginAnswer,
    ("GET", "/api/profile"): program.ProfileAnswer,
    ("GET", "/api/users"): list[program.UserAnswer],
    ("POST", "/api/users"): done.UserNameAnswer,
    ("DELETE", "/api/users/{username}"): _BARE,
    ("PUT", "/api/users/{username}/password"): _BARE,
    ("PUT", "/api/users/{username}/role"): _BARE,
    ("GET", "/api/users/{username}/sessions"): list[program.SessionAnswer],
    ("DELETE", "/api/users/{username}/sessions"): done.SessionsEndedAnswer,
    ("DELETE", "/api/users/{username}/sessions/{session_id}"): _BARE,
}
CONFIGURATION: dict[tuple[str, str], Any] = {
    ("GET", "/api/config"): _OBJECT,
    ("GET", "/api/config/schema.json"): _OBJECT,
    ("GET", "/api/config/raw"): str,
    ("GET", "/api/config/raw_paths"): program.PathsAnswer,
    ("PUT", "/api/config/set"): done.ConfigDoneAnswer,
    ("POST", "/api/config/save"): _DONE,
    ("GET", "/api/zones"): dict[str, dict[str, _OBJECT]],
    ("GET", "/api/zones/{camera}"): dict[str, _OBJECT],
    ("GET", "/api/birdseye"): _OBJECT,
    ("GET", "/api/camera/notifications"): dict[str, program.NotificationsAnswer],
    ("GET", "/api/profiles"): program.ProfilesAnswer,
    ("GET", "/api/profile/active"): program.ActiveProfileAnswer,
    ("PUT", "/api/camera/{camera}/set/{feature}"): _DONE,
    ("PUT", "/api/camera/{camera}/set/{feature}/{item}"): _DONE,
    ("DELETE", "/api/cameras/{name}"): exports.RemovalAnswer,
}
PROGRAM: dict[tuple[str, str], Any] = {
    ("GET", "/api/version"): program.VersionAnswer,
    ("GET", "/api/openapi.json"): _OBJECT,
    ("GET", "/api/stats"): program.StatsAnswer,
    ("GET", "/api/stats/history"): list[_OBJECT],
    ("GET", "/api/health"): program.HealthAnswer,
    ("GET", "/api/logs/{service}"): program.LogAnswer | str,
    ("POST", "/api/restart"): _DONE,
    ("POST", "/api/debug_replay/start"): exports.OneJobAnswer,
    ("POST", "/api/debug_replay/start_from_export"): exports.OneJobAnswer,
    ("POST", "/api/debug_replay/stop"): _DONE,
    ("GET", "/api/debug_replay/status"): exports.ReplayJobAnswer,
    ("POST", "/api/media/sync"): exports.OneJobAnswer,
    ("GET", "/api/media/sync/current"): exports.OneJobAnswer,
    ("GET", "/api/media/sync/status/{job_id}"): exports.OneJobAnswer,
    ("GET", "/api/ffprobe"): list[program.ProbeAnswer],
    ("GET", "/api/keyframe_analysis"): program.KeyframesAnswer,
    ("GET", "/api/onvif/discover"): list[onvif.FoundCameraAnswer],
    ("GET", "/api/onvif/probe"): onvif.ProbedCameraAnswer,
    ("POST", "/api/onvif/probe"): onvif.ProbedCameraAnswer,
    ("GET", "/api/vainfo"): program.VaInfoAnswer,
    ("GET", "/api/nvinfo"): dict[str, dict[str, str]],
    ("GET", "/api/ffmpeg/presets"): program.PresetsAnswer,
    ("GET", "/api/plus/models"): list[_OBJECT],
    ("GET", "/api/audio_labels"): dict[str, str],
    ("GET", "/api/classification/attributes"): list[str],
    ("GET", "/api/chat/tools"): program.ToolsAnswer,
    ("GET", "/api/vlm/monitor"): program.MonitorAnswer,
    ("GET", "/api/genai/models"): _OBJECT,
}
NOTIFICATIONS: dict[tuple[str, str], Any] = {
    ("GET", "/api/notifications/pubkey"): str,
    ("POST", "/api/notifications/register"): notifications.RegisteredAnswer,
    ("GET", "/api/notifications/devices"): list[notifications.DeviceAnswer],
    ("DELETE", "/api/notifications/devices/{device_id}"): _DONE,
    ("POST", "/api/notifications/test"): notifications.TestSentAnswer,
}
LIVE: dict[tuple[str, str], Any] = {
    ("GET", "/api/{camera}/false_places"): events.FalsePlacesAnswer,
    ("GET", "/api/{camera}/ptz/info"): onvif.PtzInfoAnswer,
    ("POST", "/api/{camera}/ptz"): _DONE,
    ("POST", "/api/{camera}/camera_health/accept"): _DONE,
    ("PUT", "/api/go2rtc/streams/{stream}"): _DONE,
    ("DELETE", "/api/go2rtc/streams/{stream}"): _DONE,
    ("GET", "/api/go2rtc/streams"): dict[str, program.StreamAnswer],
    ("GET", "/api/go2rtc/streams/{stream}"): program.StreamAnswer,
    ("GET", "/api/go2rtc/api/streams"): program.StreamAnswer,
    ("POST", "/api/go2rtc/webrtc"): program.SdpAnswer,
}
EVENTS: dict[tuple[str, str], Any] = {
    ("GET", "/api/events"): list[events.ListedEventAnswer],
    ("GET", "/api/events/explore"): list[events.ExploredEventAnswer],
    ("GET", "/api/events/search"): list[events.FoundEventAnswer],
    ("GET", "/api/events/summary"): list[events.EventCountAnswer],
    ("GET", "/api/event_ids"): list[events.FullEventAnswer],
    ("GET", _EVENT): events.FullEventAnswer,
    ("GET", f"{_EVENT}/why"): events.WhyAnswer,
    ("DELETE", _EVENT): _DONE,
    ("DELETE", "/api/events/"): done.EventsDeletedAnswer,
    ("POST", f"{_EVENT}/retain"): _DONE,
    ("DELETE", f"{_EVENT}/retain"): _DONE,
    ("POST", f"{_EVENT}/sub_label"): _DONE,
    ("POST", f"{_EVENT}/description"): _DONE,
    ("POST", f"{_EVENT}/attributes"): _DONE,
    ("POST", f"{_EVENT}/recognized_license_plate"): _DONE,
    ("PUT", "/api/lpr/reprocess"): done.PlateReadAnswer,
    ("POST", f"{_EVENT}/plus"): done.PlusAnswer,
    ("PUT", f"{_EVENT}/false_positive"): done.PlusAnswer,
    ("POST", f"{_ONE_CAMERA}/plus/{{frame_time}}"): done.FramePlusAnswer,
    ("POST", "/api/events/{camera}/{label}/create"): done.EventMadeAnswer,
    ("PUT", f"{_EVENT}/end"): _DONE,
    ("GET", "/api/clips/{camera}"): list[events.ListedEventAnswer],
    ("GET", "/api/timeline"): list[events.MomentAnswer],
    ("GET", "/api/timeline/hourly"): events.MomentsByHourAnswer,
    ("GET", "/api/labels"): list[str],
    ("GET", "/api/sub_labels"): list[str],
    ("GET", "/api/recognized_license_plates"): list[str],
}
FACES: dict[tuple[str, str], Any] = {
    ("GET", "/api/faces"): dict[str, list[str]],
    ("POST", "/api/faces/reprocess"): done.FaceReprocessedAnswer,
    ("POST", "/api/faces/recognize"): done.FaceSeenAnswer,
    ("POST", "/api/faces/{name}/create"): _DONE,
    ("POST", "/api/faces/{name}/register"): done.FaceKeptAnswer,
    ("POST", "/api/faces/train/{name}/classify"): done.FaceKeptAnswer,
    ("POST", "/api/faces/{name}/reclassify"): done.FaceKeptAnswer,
    ("POST", "/api/faces/{name}/delete"): _DONE,
    ("PUT", "/api/faces/{old_name}/rename"): _DONE,
}
_ACTIVITY = {"motion": list[reviews.MotionAnswer], "audio": list[reviews.LoudnessAnswer]}
REVIEWS: dict[tuple[str, str], Any] = {
    ("GET", "/api/review"): list[reviews.ReviewAnswer],
    ("GET", "/api/review/summary"): dict[str, reviews.ReviewCountsAnswer],
    ("GET", "/api/review_ids"): list[reviews.ReviewAnswer],
    ("GET", "/api/review/event/{event_id}"): reviews.ReviewAnswer,
    ("GET", "/api/review/{review_id}"): reviews.ReviewAnswer,
    ("DELETE", "/api/review/{review_id}/viewed"): _DONE,
    ("POST", "/api/reviews/viewed"): _DONE,
    ("POST", "/api/reviews/delete"): _DONE,
    **{
        ("GET", f"{prefix}/review/activity/{what}"): kind for what, kind in _ACTIVITY.items() for prefix in ("", "/api")
    },
}
_MAPPINGS = (
    "/api/vod/{camera}/start/{start}/end/{end}", "/api/vod/clip/{camera}/start/{start}/end/{end}",
    "/api/vod/{year_month}/{day}/{hour}/{camera}", "/api/vod/{year_month}/{day}/{hour}/{camera}/{tz_name}",
    "/api/vod/event/{event_id}", "/api/vod/review/{review_id}",
)  # fmt: skip
_CITY = "/api/vod/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}"
_PREVIEWS = (
    "/api/preview/all/start/{start}/end/{end}", "/api/preview/{camera}/start/{start}/end/{end}",
    "/api/preview/ts/{camera}/start/{start}/end/{end}", "/api/preview/{year_month}/{day}/{hour}/all/{tz_name}",
    "/api/preview/{year_month}/{day}/{hour}/{camera}/{tz_name}",
    "/api/preview/{year_month}/{day}/{hour}/{camera}/{tz_area}/{tz_city}",
)  # fmt: skip
RECORDINGS: dict[tuple[str, str], Any] = {
    ("GET", f"{_ONE_CAMERA}/recordings"): list[recordings.SegmentAnswer],
    ("GET", f"{_ONE_CAMERA}/recordings/summary"): list[recordings.RecordedDayAnswer],
    ("GET", "/api/recordings/summary"): dict[str, bool],
    ("GET", "/api/recordings/unavailable"): list[recordings.GapAnswer],
    ("GET", "/api/recordings/storage"): dict[str, recordings.CameraStorageAnswer],
    ("DELETE", "/api/recordings/start/{start}/end/{end}"): done.RangeDeletedAnswer,
    ("POST", f"{_ONE_CAMERA}/search/motion"): done.SearchBegunAnswer,
    ("GET", f"{_ONE_CAMERA}/search/motion/{{job_id}}"): recordings.MotionSearchAnswer,
    ("POST", f"{_ONE_CAMERA}/search/motion/{{job_id}}/cancel"): _DONE,
    ("GET", "/recordings/{path:path}"): list[program.FileEntryAnswer],
    ("GET", "/exports/{path:path}"): list[program.FileEntryAnswer],
    ("GET", "/api/preview/{camera}/start/{start}/end/{end}/frames"): list[str],
    **{("GET", path): list[recordings.PreviewAnswer] for path in _PREVIEWS},
    **{("GET", path): recordings.VodMappingAnswer for path in _MAPPINGS},
    # A timezone without a file name looks like a name, so these may answer with a mapping too.
    **{("GET", f"{path}/{{name}}"): recordings.VodMappingAnswer for path in (*_MAPPINGS, _CITY)},
    **{("GET", f"{path.removeprefix('/api')}/{{name}}"): recordings.VodMappingAnswer for path in (*_MAPPINGS, _CITY)},
}
EXPORTS: dict[tuple[str, str], Any] = {
    ("GET", "/api/exports"): list[exports.ExportAnswer],
    ("GET", "/api/exports/{export_id}"): exports.ExportAnswer,
    ("POST", "/api/export/{camera}/start/{start}/end/{end}"): done.ExportQueuedAnswer,
    ("POST", "/api/export/custom/{camera}/start/{start}/end/{end}"): done.ExportQueuedAnswer,
    ("PATCH", "/api/export/{export_id}/rename"): _DONE,
    ("PATCH", "/api/export/{export_id}/{new_name}"): _DONE,
    ("DELETE", "/api/export/{export_id}"): _DONE,
    ("POST", "/api/exports/delete"): _DONE,
    ("POST", "/api/exports/reassign"): _DONE,
    ("POST", "/api/exports/batch"): exports.BatchAnswer,
    ("GET", "/api/cases"): list[exports.CaseAnswer],
    ("POST", "/api/cases"): exports.CaseAnswer,
    ("GET", "/api/cases/{case_id}"): exports.CaseAnswer,
    ("PATCH", "/api/cases/{case_id}"): exports.CaseAnswer,
    ("DELETE", "/api/cases/{case_id}"): _DONE,
    ("GET", "/api/jobs/export"): list[exports.JobAnswer],
    ("GET", "/api/jobs/export/{export_id}"): exports.JobAnswer,
    ("DELETE", "/api/jobs/export/{export_id}"): _DONE,
    ("POST", "/api/share"): exports.NewShareAnswer,
    ("GET", "/api/share"): list[exports.ShareAnswer],
    ("GET", "/api/share/{share_id}"): exports.UsedShareAnswer,
    ("DELETE", "/api/share/{share_id}"): _DONE,
}

ANSWERS: dict[tuple[str, str], Any] = {
    **ACCOUNTS,
    **CONFIGURATION,
    **PROGRAM,
    **NOTIFICATIONS,
    **LIVE,
    **EVENTS,
    **FACES,
    **REVIEWS,
    **RECORDINGS,
    **EXPORTS,
}
