"""Section 10: exports, cases, jobs."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT
from tests.integration.contract import footage, shapes
from tests.integration.contract.conftest import BACK_EXPORT, CASE, EXPORT, UNKNOWN, Contract, done, fails, rows

endpoint = pytest.mark.endpoint
RANGE = f"start/{T0:.0f}/end/{T0 + 8:.0f}"
ADDRESS = f"/api/export/front/{RANGE}"


def begun(answer: Any) -> str:
    assert answer.status_code == 202, answer.text
    found: footage.Queued = shapes.read(footage.Queued, answer.content)
    assert (found.success, found.message) == (True, "Export queued.")
    return found.export_id


@endpoint("GET /api/exports", "GET /api/exports/{export_id}")
def test_10_1_exports(contract: Contract) -> None:
    listed = rows(contract.viewer.get("/api/exports"), list[footage.Export])
    assert [row.id for row in listed] == [BACK_EXPORT, EXPORT]  # newest first
    one = rows(contract.viewer.get(f"/api/exports/{EXPORT}"), footage.Export)
    assert (one.camera, one.date, one.in_progress, one.export_case_id) == ("front", T0, False, CASE)
    for query, expected in (
        (f"export_case_id={CASE}", [EXPORT]), ("export_case_id=unassigned", [BACK_EXPORT]),
        ("cameras=back", [BACK_EXPORT]),
        (f"start_date={T0 + 5}", [BACK_EXPORT]), (f"end_date={T0 + 5}", [EXPORT]),
    ):  # fmt: skip
        found = rows(contract.viewer.get(f"/api/exports?{query}"), list[footage.Export])
        assert [row.id for row in found] == expected, query
    assert [row.id for row in rows(contract.limited.get("/api/exports"), list[footage.Export])] == [EXPORT]
    assert fails(contract.viewer.get("/api/exports/nobody"), 404) == "Export not found"
    fails(contract.limited.get(f"/api/exports/{BACK_EXPORT}"), 403)
    fails(contract.viewer.get("/api/exports?start_date=x"), 422)


@endpoint(
    "POST /api/export/{camera}/start/{start}/end/{end}", "POST /api/export/custom/{camera}/start/{start}/end/{end}"
)
def test_10_2_starting(contract: Contract) -> None:
    viewer, ids = contract.viewer, []
    for path in (ADDRESS, ADDRESS.replace("export/", "export/custom/")):
        ids += [begun(viewer.post(path)), begun(viewer.post(path, json={}))]
        body = {"playback": "timelapse_25x", "name": "parcel", "image_path": f"clips/thumbs/front/{EVENT}.jpg"}
        ids.append(begun(viewer.post(path, json=body)))
        for wrong in ({"playback": "fast"}, {"name": "x" * 257}, {"source": "elsewhere"}):
            fails(viewer.post(path, json=wrong), 422)
        for wrong in ({"image_path": "../secrets/x"}, {"image_path": "/etc/passwd"}, {"image_path": "clips/none.jpg"}):
            fails(viewer.post(path, json=wrong), 400)
        fails(viewer.post(path, json={"export_case_id": CASE}), 403)
        fails(contract.admin.post(path, json={"export_case_id": "nobody"}), 404)
        fails(viewer.post(path.replace("/front/", "/nobody/")), 404)
        fails(viewer.post(path.replace(f"{T0:.0f}", "1").replace(f"{T0 + 8:.0f}", "9")), 400)
        fails(viewer.post(path.replace(f"{T0:.0f}", "x")), 422)
        fails(contract.limited.post(path.replace("/front/", "/back/")), 403)
    row = rows(viewer.get(f"/api/exports/{ids[0]}"), footage.Export)
    assert row.in_progress
    assert row.name.startswith("front ")
    args = {"ffmpeg_input_args": "-i /etc/passwd"}
    fails(viewer.post(ADDRESS.replace("export/", "export/custom/"), json=args), 403)
    fails(contract.admin.post(ADDRESS.replace("export/", "export/custom/"), json=args), 400)
    fails(contract.admin.delete(f"/api/export/{ids[0]}"), 400)  # in progress
    for export_id in ids:
        contract.app.services.jobs.cancel(export_id)


@endpoint("PATCH /api/export/{export_id}/rename", "PATCH /api/export/{export_id}/{new_name}")
def test_10_1_renaming(contract: Contract) -> None:
    done(contract.admin.patch(f"/api/export/{EXPORT}/rename", json={"name": "door"}), "Successfully renamed export.")
    assert contract.admin.get(f"/api/exports/{EXPORT}").json()["name"] == "door"
    done(contract.admin.patch(f"/api/export/{EXPORT}/window"))
    assert contract.admin.get(f"/api/exports/{EXPORT}").json()["name"] == "window"
    fails(contract.admin.patch(f"/api/export/{EXPORT}/rename", json={"name": "x" * 257}), 422)
    fails(contract.admin.patch("/api/export/nobody/rename", json={"name": "x"}), 404)
    fails(contract.admin.patch("/api/export/nobody/other"), 404)
    fails(contract.viewer.patch(f"/api/export/{EXPORT}/rename", json={"name": "x"}), 403)
    fails(contract.viewer.patch(f"/api/export/{EXPORT}/x"), 403)


@endpoint("DELETE /api/export/{export_id}", "POST /api/exports/delete", "POST /api/exports/reassign")
def test_10_1_deleting_and_reassigning(contract: Contract) -> None:
    from dogwatch.store import exports
    from dogwatch.store.exports import Export

    names = ["front_20250101_000000-20250101_000100_aaaaaa", "front_20250101_000000-20250101_000100_bbbbbb", "c", "d"]
    for number, name in enumerate(names):
        row = Export(f"x{number}", "front", "x", 1.0, 2.0, f"{name}.mp4", False, 1, 1.0, None)
        contract.app.services.db.write(lambda connection, row=row: exports.add(connection, row))  # type: ignore[misc]
    done(contract.admin.post("/api/exports/reassign", json={"ids": ["x0", "x1"], "export_case_id": CASE}))
    assert contract.admin.get("/api/exports/x1").json()["export_case_id"] == CASE
    done(contract.admin.post("/api/exports/reassign", json={"ids": ["x0", "x1"], "export_case_id": None}))
    assert contract.admin.get("/api/exports/x1").json()["export_case_id"] is None
    fails(contract.admin.post("/api/exports/reassign", json={"ids": ["x0"], "export_case_id": "nobody"}), 404)
    fails(contract.viewer.post("/api/exports/reassign", json={"ids": ["x0"]}), 403)
    for target in (names[0], f"{names[1]}.mp4", "x2"):  # by file name without and with its end, by id
        done(contract.admin.delete(f"/api/export/{target}"), "Successfully deleted export.")
    fails(contract.admin.delete("/api/export/x2"), 404)
    fails(contract.viewer.delete("/api/export/x3"), 403)
    fails(contract.admin.post("/api/exports/delete", json={"ids": ["x3", "nobody"]}), 404)
    done(contract.admin.post("/api/exports/delete", json={"ids": ["x3"]}))
    fails(contract.admin.post("/api/exports/delete", json={"ids": []}), 422)
    fails(contract.viewer.post("/api/exports/delete", json={"ids": ["x3"]}), 403)


@endpoint("POST /api/exports/batch")
def test_10_1_batch(contract: Contract) -> None:
    item = {"camera": "front", "start_time": T0, "end_time": T0 + 4, "client_item_id": "a", "friendly_name": "one"}
    items = [
        item,
        {**item, "camera": "back", "client_item_id": "b"},
        {**item, "camera": "nobody", "client_item_id": "c"},
    ]
    answer = contract.admin.post("/api/exports/batch", json={"items": items, "new_case_name": "all"})
    assert answer.status_code == 202
    found: footage.Batch = shapes.read(footage.Batch, answer.content)
    assert [(one.client_item_id, one.success) for one in found.results] == [("a", True), ("b", True), ("c", False)]
    assert found.export_ids == [one.export_id for one in found.results if one.success]
    assert found.export_case_id is not None
    limited = contract.limited.post("/api/exports/batch", json={"items": items[1:2]})
    refused: footage.Batch = shapes.read(footage.Batch, limited.content)
    assert [one.success for one in refused.results] == [False]
    wrongs: list[dict[str, Any]] = [{"items": []}, {"items": [item] * 51}, {}]
    for wrong in wrongs:
        fails(contract.viewer.post("/api/exports/batch", json=wrong), 422)
    fails(contract.viewer.post("/api/exports/batch", json={"items": [item], "export_case_id": CASE}), 403)
    for export_id in found.export_ids:
        contract.app.services.jobs.cancel(export_id)
    done(contract.admin.delete(f"/api/cases/{found.export_case_id}?delete_exports=1"))


@endpoint(
    "GET /api/cases", "POST /api/cases", "GET /api/cases/{case_id}", "PATCH /api/cases/{case_id}",
    "DELETE /api/cases/{case_id}", "GET /api/cases/{case_id}/download",
)  # fmt: skip
def test_10_3_cases(contract: Contract) -> None:
    admin, viewer = contract.admin, contract.viewer
    assert CASE in [case.id for case in rows(viewer.get("/api/cases"), list[footage.Case])]
    answer = admin.post("/api/cases", json={"name": "theft", "description": "a bicycle"})
    assert answer.status_code == 201
    case: footage.Case = shapes.read(footage.Case, answer.content)
    assert (case.name, case.description) == ("theft", "a bicycle")
    path = f"/api/cases/{case.id}"
    assert rows(viewer.get(path), footage.Case) == case
    changed = rows(admin.patch(path, json={"name": "found"}), footage.Case)
    assert (changed.name, changed.description) == ("found", "a bicycle")
    assert changed.updated_at >= case.updated_at
    fails(admin.post("/api/cases", json={"name": ""}), 422)
    fails(viewer.get(f"{path}/download"), 404)  # nothing in it
    fails(contract.limited.get(path), 404)
    assert case.id not in [one.id for one in rows(contract.limited.get("/api/cases"), list[footage.Case])]
    for method, target in (("POST", "/api/cases"), ("PATCH", path), ("DELETE", path)):
        fails(viewer.request(method, target, json={"name": "x"}), 403)
    done(admin.delete(path))
    for method in ("GET", "PATCH", "DELETE"):
        fails(admin.request(method, path, json={"name": "x"}), 404)
    zipped = viewer.get(f"/api/cases/{CASE}/download")
    assert zipped.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(zipped.content)) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [b"x" * 100]
    fails(viewer.get(f"/api/cases/{UNKNOWN}/download"), 404)


@endpoint("GET /api/jobs/export", "GET /api/jobs/export/{export_id}", "DELETE /api/jobs/export/{export_id}")
def test_10_3_jobs(contract: Contract) -> None:
    listed = rows(contract.viewer.get("/api/jobs/export"), list[footage.ExportJob])
    assert {EXPORT, BACK_EXPORT} <= {job.id for job in listed}
    one = rows(contract.viewer.get(f"/api/jobs/export/{EXPORT}"), footage.ExportJob)
    assert (one.status, one.current_step, one.progress_percent, one.request_start_time) == ("queued", "queued", 0, T0)
    assert {job.camera for job in rows(contract.limited.get("/api/jobs/export"), list[footage.ExportJob])} == {"front"}
    fails(contract.limited.get(f"/api/jobs/export/{BACK_EXPORT}"), 404)
    fails(contract.viewer.get("/api/jobs/export/nobody"), 404)
    fails(contract.viewer.delete(f"/api/jobs/export/{EXPORT}"), 403)
    export_id = begun(contract.admin.post(ADDRESS))
    done(contract.admin.delete(f"/api/jobs/export/{export_id}"))
    assert rows(contract.viewer.get(f"/api/jobs/export/{export_id}"), footage.ExportJob).status == "cancelled"
    fails(contract.admin.delete(f"/api/jobs/export/{export_id}"), 400)  # it has ended
    fails(contract.admin.delete("/api/jobs/export/nobody"), 404)
