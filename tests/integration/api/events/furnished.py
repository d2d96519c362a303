"""An app with footage and three events, and short ways to ask it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.events import rendering
from dogwatch.events.files import PictureFiles, write
from dogwatch.media import fragments
from dogwatch.store import events, segments, timeline
from dogwatch.testing import recordings
from dogwatch.testing.app import CONFIG, Nvr, nvr
from dogwatch.testing.recordings import T0
from tests.tracks import jpeg

KEPT = "    record: {enabled: true}\n    snapshots: {enabled: true}\n    live: {streams: {Main"
RECORDING = CONFIG.replace("    live: {streams: {Main", KEPT)
NOON = datetime.fromtimestamp(T0, UTC)
AROUND = f"{NOON - timedelta(minutes=1):%H:%M},{NOON + timedelta(minutes=2):%H:%M}"
FRONT, BACK, BARE = f"{T0:.0f}.5-aaaaaa", f"{T0 + 10:.0f}-bbbbbb", f"{T0 + 20:.0f}-cccccc"
JSON = {"Content-Type": "application/json"}
ROW_TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,), "camera": (str,), "label": (str,), "labels": (list,), "sub_label": (str, type(None)),
    "zones": (list,), "start_time": (float,), "end_time": (float, type(None)), "has_clip": (bool,),
    "has_snapshot": (bool,), "retain_indefinitely": (bool,), "plus_id": (type(None),), "top_score": (float,),
    "false_positive": (type(None),), "box": (type(None),), "thumbnail": (str, type(None)), "data": (dict,),
}  # fmt: skip
BY_ID = {"score", "region", "area", "ratio", "model_hash", "detector_type", "model_type"}


def event(key: str, camera: str, start: float, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": key, "camera": camera, "label": "person", "sub_label": None, "type": "object", "start_time": start,
        "end_time": start + 4, "zones": ["porch"], "has_clip": True, "has_snapshot": True, "score": 0.7,
        "top_score": 0.8, "average_speed": 0.0, "severity": "alert",
        "data": {"box": [0.25, 0.25, 0.25, 0.5], "region": [0.25, 0.25, 0.5, 0.5], "snapshot_frame_time": start + 1},
    }  # fmt: skip
    return {**values, **changes}


@contextmanager
def furnished(directory: Path) -> Iterator[Nvr]:
    """Build an app with 12 s of `front` from T0, an event of it with pictures, one of `back`, and one without media."""
    with nvr(directory, RECORDING) as made:
        rows = (
            event(FRONT, "front", T0 + 1.5, sub_label="Bob, Ann"),
            event(BACK, "back", T0 + 10, label="car", has_snapshot=False, recognized_license_plate="AB123"),
            event(BARE, "front", T0 + 20, label="dog", has_clip=False, has_snapshot=False, zones=[], end_time=None),
        )
        for row in rows:
            made.services.db.write(partial(events.put, values=row))
        for one in recordings.record(directory, count=3):
            made.services.db.write(partial(segments.add, segment=one, init=fragments.scan(directory / one.path).init))
        moments = [
            {"timestamp": T0 + n, "camera": camera, "source": "tracked_object", "source_id": key,
             "class_type": "visible", "data": {"camera": camera, "label": label}}
            for n, (camera, key, label) in enumerate((("front", FRONT, "person"), ("back", BACK, "car")))
        ]  # fmt: skip
        made.services.db.write(partial(timeline.add, entries=moments))
        files = PictureFiles(directory)
        write(files.clean("front", FRONT), jpeg())
        write(files.thumb("front", FRONT), rendering.thumbnail(jpeg(), None))
        yield made


async def ask(made: Nvr, method: str, path: str, *, user: str | None = None, **options: Any) -> httpx.Response:
    async with made.client(EXTERNAL if user else INTERNAL, user) as client:
        return await client.request(method, path, **options)


async def get(made: Nvr, path: str, *, user: str | None = None) -> httpx.Response:
    # The Home Assistant integration sends this body with every request.
    return await ask(made, "GET", path, user=user, content=b"{}", headers=JSON)


async def ids(made: Nvr, query: str, user: str | None = None) -> list[str]:
    answer = await get(made, f"/api/events?{query}", user=user)
    assert answer.status_code == 200, answer.text
    return [row["id"][-6] for row in answer.json()]
