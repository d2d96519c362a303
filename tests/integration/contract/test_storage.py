"""Who uses the disks, what was deleted, and jobs: additions to the contract (docs/api/storage.md, exports.md)."""

from __future__ import annotations

import datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from dogwatch.api.shapes import exports as job_shapes
from dogwatch.api.shapes import storage
from dogwatch.model import Segment
from dogwatch.stats import disk_usage
from dogwatch.store import deletions, jobs, segments
from dogwatch.store.deletions import Deletion
from dogwatch.store.jobs import Job
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT
from tests.integration.contract.conftest import EXPORT, Contract, done, fails, rows

endpoint = pytest.mark.endpoint
ONLY_ADMINS = (
    ("GET", "/api/storage"),
    ("GET", "/api/storage/days"),
    ("GET", "/api/storage/deletions"),
    ("GET", "/api/jobs"),
    ("GET", "/api/jobs/{job_id}"),
    ("DELETE", "/api/jobs/{job_id}"),
)


@endpoint(*(" ".join(key) for key in ONLY_ADMINS))
def test_own_routes_for_administrators(contract: Contract) -> None:
    for method, template in ONLY_ADMINS:
        path = template.format(job_id="none")
        for client in (contract.viewer, contract.limited):
            fails(client.request(method, path), 403)
        fails(contract.stranger.request(method, path), 401)
        contract.admin.request(method, path)


@endpoint("GET /api/storage")
def test_own_storage(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_usage, "LEAST_S", 0.0)
    media = contract.app.services.paths.media
    (media / "models").mkdir(exist_ok=True)
    (media / "models" / "one.onnx").write_bytes(b"x" * 77)
    found = rows(contract.admin.get("/api/storage?refresh=true"), storage.StorageAnswer)
    on_disk = sum(path.stat().st_size for path in (media / "recordings").rglob("*.mp4"))
    recordings = found.kinds["recordings"]
    assert recordings.files is None
    assert recordings.bytes == pytest.approx(on_disk, rel=0.1)
    snapshot = (media / "clips" / f"front-{EVENT}-clean.jpg").stat().st_size
    front = found.cameras["front"]
    assert front.snapshots_bytes == snapshot
    thumbs = [*(media / "clips" / "thumbs" / "front").iterdir(), *(media / "clips" / "review").glob("thumb-front-*")]
    assert front.thumbnails_bytes == sum(path.stat().st_size for path in thumbs) > 0
    assert front.exports_bytes == 100
    assert front.previews_bytes == sum(
        path.stat().st_size
        for name in ("previews", "preview_restart_cache")
        for path in (media / "clips" / name / "front").rglob("*")
        if path.is_file()
    )
    assert front.previews_bytes > 0
    parts = (front.recordings_bytes, front.snapshots_bytes, front.thumbnails_bytes, front.previews_bytes, 100)
    assert front.total_bytes == sum(parts)
    assert sum(one.recordings_bytes for one in found.cameras.values()) == recordings.bytes
    assert found.kinds["snapshots"].files == 2
    assert found.kinds["models"] == storage.KindUsageAnswer(77, 1)
    assert found.kinds["exports"].bytes == 200
    database = sum(path.stat().st_size for path in media.glob("dogwatch.db*"))
    assert found.kinds["database"].bytes == pytest.approx(database, rel=0.5)
    (disk,) = found.disks
    assert {"recordings", "clips", "exports", "data"} <= set(disk.holds)
    assert 0 < disk.free_bytes < disk.total_bytes
    (media / "models" / "two.onnx").write_bytes(b"x" * 77)
    again = rows(contract.admin.get("/api/storage"), storage.StorageAnswer)
    assert again.measured_at == found.measured_at
    assert again.kinds["models"] == storage.KindUsageAnswer(77, 1), "files are not counted at each request"


@endpoint("GET /api/storage/days")
def test_own_days(contract: Contract) -> None:
    now = datetime.datetime.now(ZoneInfo("Asia/Tokyo"))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    starts = {"today": midnight + 1, "yesterday": midnight - 20, "before": midnight - 86_400 - 20}

    def work(connection: Connection) -> None:
        for name, start in starts.items():
            one = Segment("yard", f"recordings/{name}.mp4", start, start + 10, len(name) * 100, "i", ())
            segments.add(connection, one, b"init")

    def days(query: str) -> list[storage.StorageDayAnswer]:
        found: storage.StorageDaysAnswer = rows(
            contract.admin.get(f"/api/storage/days?{query}"), storage.StorageDaysAnswer
        )
        return [one for one in found.days if "yard" in one.cameras]

    contract.app.services.db.write(work)
    today, yesterday = days("days=2&timezone=Asia/Tokyo")
    assert (today.day, yesterday.day) == (str(now.date()), str(now.date() - datetime.timedelta(days=1)))
    assert today.cameras["yard"] == storage.CameraDayAnswer(500, 10.0)
    assert yesterday.cameras["yard"] == storage.CameraDayAnswer(900, 10.0)
    assert len(days("days=3&timezone=Asia/Tokyo")) == 3
    assert sum(one.cameras["yard"].bytes for one in days("")) == 2000
    fails(contract.admin.get("/api/storage/days?days=0"), 422)
    fails(contract.admin.get("/api/storage/days?timezone=Mars/Base"), 400)


@endpoint("GET /api/storage/deletions")
def test_own_deletions(contract: Contract) -> None:
    write = contract.app.services.db.write
    for number, (camera, reason) in enumerate((("front", "retention"), ("back", "free_space"), ("front", "api"))):
        gone = Deletion(T0 + number, camera, T0 - 60, T0, 6, 1000 + number, reason, "500 MB were free")
        write(partial(deletions.add, deletion=gone))

    def ask(query: str = "") -> storage.DeletionsAnswer:
        answer: storage.DeletionsAnswer = rows(
            contract.admin.get(f"/api/storage/deletions{query}"), storage.DeletionsAnswer
        )
        return answer

    found = ask()
    assert [one.size_bytes for one in found.deletions] == [1002, 1001, 1000]
    newest = found.deletions[0]
    assert (newest.time, newest.camera, newest.segments, newest.reason) == (T0 + 2, "front", 6, "api")
    assert newest.text == found.reasons["api"]
    assert newest.detail == "500 MB were free"
    assert [one.size_bytes for one in ask("?camera=front").deletions] == [1002, 1000]
    assert [one.size_bytes for one in ask("?reason=retention,free_space").deletions] == [1001, 1000]
    assert [one.size_bytes for one in ask("?limit=1").deletions] == [1002]
    assert [one.size_bytes for one in ask(f"?before={newest.id}&limit=1").deletions] == [1001]
    assert ask("?before=0").deletions == []
    fails(contract.admin.get("/api/storage/deletions?limit=0"), 422)
    fails(contract.admin.get("/api/storage/deletions?before=99999999999999999999"), 422)


@endpoint("GET /api/jobs", "GET /api/jobs/{job_id}", "DELETE /api/jobs/{job_id}")
def test_own_jobs(contract: Contract) -> None:
    write = contract.app.services.db.write
    for number, state in enumerate(("queued", "success")):
        job = Job(
            f"sync_{number}", "media_sync", None, "ann", "queued", {"dry_run": True}, None, "", "queued", 0, 0,
            cancelled=False, created_at=T0 + 50 + number, started_at=None, ended_at=None,
        )  # fmt: skip
        write(partial(jobs.add, job=job))
        if state == "success":
            write(partial(jobs.end, job_id=job.id, state="success", now=T0 + 60, result={"dry_run": True}))
    found = rows(contract.admin.get("/api/jobs"), job_shapes.AllJobsAnswer).jobs
    assert [one.id for one in found[:2]] == ["sync_1", "sync_0"]
    assert {one.job_type for one in found} == {"media_sync", "export"}
    assert (found[0].owner, found[0].created_at, found[0].results) == ("ann", T0 + 51, None)
    live = rows(contract.admin.get("/api/jobs?live=1&kind=media_sync"), job_shapes.AllJobsAnswer).jobs
    assert [one.id for one in live] == ["sync_0"]
    assert len(rows(contract.admin.get("/api/jobs?limit=1"), job_shapes.AllJobsAnswer).jobs) == 1
    one = rows(contract.admin.get("/api/jobs/sync_1"), job_shapes.OneOfAllJobsAnswer).job
    assert one.results == {"dry_run": True}
    done(contract.admin.delete("/api/jobs/sync_0"))
    assert rows(contract.admin.get("/api/jobs/sync_0"), job_shapes.OneOfAllJobsAnswer).job.status == "cancelled"
    fails(contract.admin.delete("/api/jobs/sync_0"), 409)
    fails(contract.admin.delete("/api/jobs/sync_1"), 409)
    fails(contract.admin.get("/api/jobs/none"), 404)
    fails(contract.admin.delete("/api/jobs/none"), 404)
    fails(contract.admin.get("/api/jobs?limit=1001"), 422)
    assert rows(contract.admin.get(f"/api/jobs/{EXPORT}"), job_shapes.OneOfAllJobsAnswer).job.job_type == "export"
