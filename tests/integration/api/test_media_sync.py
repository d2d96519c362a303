"""Files without rows and rows without files are found, counted, and put right; nothing else is touched."""

import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dogwatch.errors import DiskGoneError
from dogwatch.jobs.kinds import JobControl
from dogwatch.media import fragments
from dogwatch.recordings.media_sync import MediaSyncKind
from dogwatch.store import exports, segments
from dogwatch.store.exports import Export, ExportFilter
from dogwatch.store.jobs import Job
from dogwatch.testing import recordings
from dogwatch.testing.app import Nvr, until
from dogwatch.testing.stocked import EVENT, REVIEW, stocked

GONE = "1700000000.5-zzzzzz"
OURS = (
    f"clips/front-{GONE}-clean.jpg",
    f"clips/front-{GONE}.jpg",
    f"clips/thumbs/front/{GONE}.webp",
    f"clips/review/thumb-front-{GONE}.webp",
    f"clips/review/thumb-front-{GONE}.jpg",
)
EXPORT = "exports/front_yard_20250101_000000-20250101_000100_abcdef.mp4"
"""Its row was in no backup."""
OTHERS = ("clips/holiday.jpg", "clips/thumbs/front/notes.txt", "exports/mine.mp4", f"clips/faces/{GONE}.webp")


def fill(app: Nvr) -> None:
    root, db = app.services.paths.media, app.services.db
    for path in map(Path, (*OURS, EXPORT, *OTHERS)):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")
        os.utime(root / path, (1, 1))
    (root / "clips/front-1700000009.5-yyyyyy.jpg").write_bytes(b"x")  # its row may be on its way
    alone, lost = recordings.record(root, "back", recordings.T0 + 5000, 2)
    os.utime(root / alone.path, (1, 1))
    db.write(partial(segments.add, segment=lost, init=fragments.scan(root / lost.path).init))
    (root / lost.path).unlink()
    db.write(partial(exports.add, export=Export("e", "front", "e", 1.0, 2.0, "gone.mp4", False, 1, 1.0, None)))


def media(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.*") if path.suffix in (".jpg", ".webp", ".mp4"))


async def sync(app: Nvr, body: dict[str, Any]) -> dict[str, Any]:
    async with app.client() as client:
        answer = await client.post("/api/media/sync", json=body)
        assert answer.status_code == 202
        job = answer.json()["job"]
        await until(lambda: app.services.jobs.find(job["id"]).state not in ("queued", "running"))
        found = (await client.get(f"/api/media/sync/status/{job['id']}")).json()["job"]
        assert (await client.get("/api/media/sync/current")).json() == {"job": None}
    assert found["status"] == "success", found
    results: dict[str, Any] = found["results"]
    return results


async def test_files_and_rows(tmp_path: Path) -> None:
    with stocked(tmp_path) as app:
        fill(app)
        app.services.jobs.start()
        everything = media(tmp_path)
        wrong = {
            "recordings": {"files": 1, "rows": 1},
            "pictures": {"files": 5},
            "exports": {"files": 1, "rows": 1},
        }
        assert await sync(app, {"dry_run": True}) == {"dry_run": True, **wrong}
        now = media(tmp_path)
        assert now == everything
        assert await sync(app, {}) == {"dry_run": False, **wrong}
        now = media(tmp_path)
        assert {str(path.relative_to(tmp_path)) for path in set(everything) - set(now)} == set(OURS)
        assert any(EVENT in path.name for path in now)
        assert any(REVIEW in path.name for path in now)
        with app.services.db.read() as connection:
            assert len(segments.spans(connection, "back", recordings.T0 + 4000, recordings.T0 + 6000)) == 1
            (export,) = exports.listed(connection, ExportFilter())
        assert (export.id, export.camera, f"exports/{export.file}") == ("front_yard_abcdef", "front_yard", EXPORT)
        assert (export.end_time - export.date, export.size_bytes, export.in_progress) == (60.0, 1, False)
        right = {"recordings": {"files": 0, "rows": 0}, "pictures": {"files": 0}, "exports": {"files": 0, "rows": 0}}
        assert await sync(app, {"dry_run": True}) == {"dry_run": True, **right}


def test_a_disk_that_goes_away_meanwhile_costs_no_exports(tmp_path: Path) -> None:
    job = Job("x", "media_sync", None, "", "running", {}, None, "", "", 0.0, 1, False, 1.0, 1.0, None)
    looks: list[int] = []

    def verify() -> None:
        looks.append(1)
        if len(looks) > 1:
            raise OSError("the disk is missing")

    with stocked(tmp_path) as app:
        db = app.services.db
        db.write(partial(exports.add, export=Export("e", "front", "e", 1.0, 2.0, "e.mp4", False, 1, 1.0, None)))
        kind = MediaSyncKind(db, tmp_path, verify, lambda: None)
        with pytest.raises(DiskGoneError, match="disk is missing"):
            kind.run(job, JobControl(lambda: False, lambda *_: None))
        with db.read() as connection:
            assert [one.id for one in exports.listed(connection, ExportFilter())] == ["e"]


async def test_one_at_a_time(app: Nvr) -> None:
    async with app.client() as client:
        first = await client.post("/api/media/sync")
        assert first.status_code == 202
        assert (await client.post("/api/media/sync")).status_code == 409
        current = (await client.get("/api/media/sync/current")).json()
        assert current["job"]["id"] == first.json()["job"]["id"]
        assert (await client.get("/api/media/sync/status/none")).status_code == 404


@pytest.mark.parametrize("body", [{"dry_run": "perhaps"}, [1]])
async def test_bad_bodies(app: Nvr, body: Any) -> None:
    async with app.client() as client:
        assert (await client.post("/api/media/sync", json=body)).status_code == 422
