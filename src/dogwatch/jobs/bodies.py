"""Jobs as clients know them: in answers, and in the message `job_state`."""

from __future__ import annotations

from typing import Any

from dogwatch.store.jobs import Job


def job_body(job: Job) -> dict[str, Any]:
    """Return `job` as in docs/api/exports.md."""
    return {
        "id": job.id,
        "job_type": job.kind,
        "status": job.state,
        "camera": job.camera,
        "name": job.params.get("name"),
        "export_case_id": job.params.get("case_id"),
        "request_start_time": job.params.get("start"),
        "request_end_time": job.params.get("end"),
        "start_time": job.started_at,
        "end_time": job.ended_at,
        "error_message": job.error or None,
        "results": job.result,
        "current_step": job.step,
        "progress_percent": round(job.progress, 1),
    }
