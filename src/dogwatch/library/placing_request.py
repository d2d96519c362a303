"""A request to place a film, as a job that waits."""

from __future__ import annotations

import secrets
from typing import Any

from dogwatch.store.jobs import Job

KIND = "file_placing"


def new_id() -> str:
    """Return a new id of such a job."""
    return f"{KIND}_{secrets.token_hex(6)}"


def new_job(camera: str, params: dict[str, Any], now: float, owner: str = "") -> Job:
    """Return a job that waits.

    `params` hold `path`; `at` (epoch s, None for what name or film say); `timezone`, that of the name; and `cut`: what
    there are recordings of is left out.
    """
    return Job(new_id(), KIND, camera, owner, "queued", params, None, "", "queued", 0.0, 0, False, now, None, None)
