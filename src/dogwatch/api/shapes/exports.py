"""Exports, cases, jobs and links (docs/api/exports.md, docs/api/share.md)."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from dogwatch.api.shapes.done import DoneAnswer
from dogwatch.api.shapes.recordings import JobState


class ExportAnswer(Struct):
    """A range of recordings as a file that is kept."""

    id: str
    camera: str
    name: str
    date: float
    video_path: str
    thumb_path: str
    in_progress: bool
    export_case_id: str | None


class BatchItemAnswer(Struct):
    """What became of one export of a batch."""

    camera: str
    export_id: str | None
    success: bool
    status: Literal["queued"] | None
    error: str | None
    client_item_id: str | None


class BatchAnswer(Struct):
    """What became of the exports of a batch."""

    export_case_id: str | None
    export_ids: list[str]
    results: list[BatchItemAnswer]


class CaseAnswer(Struct):
    """A collection of exports."""

    id: str
    name: str
    description: str
    created_at: float
    updated_at: float


class JobAnswer(Struct):
    """Work in the background, and how far it is."""

    id: str
    job_type: str
    status: JobState
    camera: str | None
    name: str | None
    export_case_id: str | None
    request_start_time: float | None
    request_end_time: float | None
    start_time: float | None
    end_time: float | None
    error_message: str | None
    results: dict[str, Any] | None
    current_step: str
    progress_percent: float


class OneJobAnswer(Struct):
    """A job; null if none goes on."""

    job: JobAnswer | None


class OwnedJobAnswer(JobAnswer):
    """A job, who asked for it, and when."""

    owner: str
    created_at: float


class AllJobsAnswer(Struct):
    """Jobs of every kind, newest first, without results."""

    jobs: list[OwnedJobAnswer]


class OneOfAllJobsAnswer(Struct):
    """A job of any kind."""

    job: OwnedJobAnswer


class ReplayJobAnswer(OneJobAnswer):
    """The replay of recordings that goes on, or the last one."""

    active: bool


class RemovalAnswer(DoneAnswer):
    """A camera was taken out of the configuration; the job deletes what there is of it."""

    job: JobAnswer


class ShareAnswer(Struct):
    """A link that needs no login."""

    id: str
    kind: Literal["clip", "event", "export"]
    camera: str
    event_id: str | None
    export_id: str | None
    start_time: float
    end_time: float
    title: str | None
    blur_faces: bool
    masks: int
    made_by: str
    made_from: str
    created_at: float
    expires_at: float
    state: Literal["preparing", "ready", "ended"]
    ended_at: float | None
    reason: str | None
    uses: int
    used_at: float | None


class NewShareAnswer(DoneAnswer):
    """A link, and where it is; `url` is null if the request names no host."""

    share: ShareAnswer
    path: str
    url: str | None


class ShareUseAnswer(Struct):
    """Somebody has looked at a link."""

    time: float
    address: str
    what: Literal["page", "clip", "snapshot", "thumbnail"]
    agent: str


class UsedShareAnswer(ShareAnswer):
    """A link with its latest uses."""

    latest_uses: list[ShareUseAnswer]
