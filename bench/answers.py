"""What all lists and summaries of the API answer on a database, to compare it with another."""

import asyncio
import hashlib
import multiprocessing
import tempfile
import time
from pathlib import Path

from bench.history import BARE, BERLIN, CONFIG, DAY, QUERIES
from bench.years import DAY_S, END
from dogwatch.testing.app import nvr

OLD_DAY = f"after={END - 25 * DAY_S:.0f}&before={END - 24 * DAY_S:.0f}"
HOUR = f"after={END - 3 * DAY_S:.0f}&before={END - 3 * DAY_S + 3600:.0f}"
FREE_BYTES = 1 << 40
"""So much is free on the disk, whatever other programs do."""
MORE = {
    "events, newest": f"/api/events?{BARE}",
    "events of an hour": f"/api/events?{HOUR}&limit=1000&{BARE}",
    "events without a sub label": f"/api/events?sub_label=None&{OLD_DAY}&{BARE}",
    "events without a zone": f"/api/events?zones=None&labels=dog,cat&{BARE}",
    "events in progress": f"/api/events?in_progress=1&{BARE}",
    "favorites": f"/api/events?favorites=1&{BARE}",
    "events with a snapshot": f"/api/events?has_snapshot=0&{BARE}",
    "events by low score": f"/api/events?max_score=0.501&sort=score_asc&{BARE}",
    "events by speed": f"/api/events?min_speed=1&{BARE}",
    "explore": "/api/events/explore",
    "events summary, a camera": f"/api/events/summary?cameras=cam1&{BERLIN}",
    "events summary, filtered": f"/api/events/summary?has_snapshot=0&{BERLIN}",
    "review items of a day": f"/api/review?{DAY}",
    "review items of an old day": f"/api/review?{OLD_DAY}&severity=alert",
    "review items by label": f"/api/review?{DAY}&labels=dog&zones=porch",
    "review items, not seen": f"/api/review?{DAY}&reviewed=0&limit=100",
    "review summary, filtered": f"/api/review/summary?labels=dog&{BERLIN}",
    "review summary, a camera": f"/api/review/summary?cameras=cam2&{BERLIN}",
    "audio of a day": f"/api/review/activity/audio?{DAY}",
    "timeline": "/api/timeline",
    "timeline of a camera": "/api/timeline?camera=cam3&limit=1000",
    "hourly timeline of a day": f"/api/timeline/hourly?{DAY}",
    "all recordings summary": f"/api/recordings/summary?{BERLIN}",
    "not recorded": f"/api/recordings/unavailable?{DAY}&scale=60",
    "another day of segments": f"/api/cam2/recordings?{OLD_DAY}",
    "a playlist of an hour": f"/vod/cam1/start/{END - 3 * DAY_S:.0f}/end/{END - 3 * DAY_S + 3600:.0f}/index.m3u8",
    "labels": "/api/labels",
    "sub labels, split": "/api/sub_labels?split_joined=1",
    "plates": "/api/recognized_license_plates",
    "exports": "/api/exports",
    "users": "/api/users",
}
PATHS = {query.name: query.path for query in QUERIES} | MORE


def answers(database: str) -> dict[str, str]:
    """Return status and a hash of each answer on the database at a URL, on a clock that stands still."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_answers, (database,))


def _answers(database: str) -> dict[str, str]:
    time.time = lambda: END  # answers depend on what is the last day
    return asyncio.run(_ask_all(database))


async def _ask_all(database: str) -> dict[str, str]:
    found = {}
    scratch = tempfile.TemporaryDirectory(prefix="dogwatch-bench-")
    with scratch as root, nvr(Path(root), CONFIG, {}, database=database) as made:
        made.services.space.free_now = lambda: FREE_BYTES  # type: ignore[method-assign]
        async with made.client() as client:
            for name, path in PATHS.items():
                answer = await client.get(path)
                digest = hashlib.sha256(answer.content).hexdigest()
                found[name] = f"{answer.status_code} {len(answer.content)} {digest}"
    return found
