"""Exports, cases and jobs over HTTP (contract, section 10)."""

from __future__ import annotations

import asyncio
import io
import json
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.api.listener import EXTERNAL
from dogwatch.api.nvr import cases
from dogwatch.api.nvr.ws import for_caller
from dogwatch.auth.caller import Caller
from dogwatch.outputs.broadcast import Publication
from dogwatch.store import segments
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.recordings import T0, number, record

START, END = int(T0) + 2, int(T0) + 9
RANGE = f"start/{START}/end/{END}"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with nvr(tmp_path) as made:
        for camera in ("front", "back"):
            for segment in record(tmp_path, camera, T0, count=3):
                init = (tmp_path / segment.path).read_bytes()[: segment.fragments[0].offset]
                made.services.db.write(lambda connection, one=segment, data=init: segments.add(connection, one, data))  # type: ignore[misc]
        made.services.jobs.start()
        yield made


async def finished(client: httpx.AsyncClient, export_id: str) -> dict[str, Any]:
    """Wait until an export is made, and return its row."""
    end = time.monotonic() + 30
    while (job := (await client.get(f"/api/jobs/export/{export_id}")).json())["end_time"] is None:
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    assert job["status"] == "success", job
    row: dict[str, Any] = (await client.get(f"/api/exports/{export_id}")).json()
    return row


async def test_an_export_from_the_asking_to_the_deleting(app: Nvr) -> None:
    async with app.client() as client:
        answer = await client.post(f"/api/export/front/{RANGE}", json={"playback": "realtime", "name": "mine"})
        assert answer.status_code == 202
        body = answer.json()
        assert (body["success"], body["message"], body["status"]) == (True, "Export queued.", "queued")
        row = await finished(client, body["export_id"])
        assert row == {
            "id": body["export_id"],
            "camera": "front",
            "name": "mine",
            "date": START,
            "video_path": row["video_path"],
            "thumb_path": f"/media/frigate/clips/export/{body['export_id']}.webp",
            "in_progress": False,
            "export_case_id": None,
        }
        assert row["video_path"].startswith("/media/frigate/exports/front_20251118_")
        film = await client.get(row["video_path"].removeprefix("/media/frigate"), headers={"Range": "bytes=0-99"})
        assert (film.status_code, len(film.content)) == (206, 100)
        picture = await client.get(row["thumb_path"].removeprefix("/media/frigate"))
        assert picture.content[8:12] == b"WEBP"
        assert (await client.get("/api/exports")).json() == [row]
        job = (await client.get("/api/jobs/export")).json()[0]
        assert (job["id"], job["job_type"], job["status"], job["progress_percent"]) == (
            row["id"],
            "export",
            "success",
            100,
        )
        assert (job["request_start_time"], job["request_end_time"], job["error_message"]) == (START, END, None)
        renamed = await client.patch(f"/api/export/{row['id']}/rename", json={"name": "a/b"})
        assert renamed.json() == {"success": True, "message": "Successfully renamed export."}
        file = row["video_path"].rpartition("/")[2]
        assert (await client.patch(f"/api/export/{file}/old way")).status_code == 200
        assert (await client.get("/api/exports")).json()[0]["name"] == "old way"
        gone = await client.delete(f"/api/export/{file.removesuffix('.mp4')}")
        assert gone.json() == {"success": True, "message": "Successfully deleted export."}
        assert (await client.get("/api/exports")).json() == []
        assert (await client.get(f"/exports/{file}")).status_code == 404
        assert (await client.delete(f"/api/export/{row['id']}")).status_code == 404


async def test_the_body_may_be_missing_or_empty(app: Nvr) -> None:
    async with app.client() as client:
        for body in (b"", b"{}"):
            answer = await client.post(f"/api/export/front/{RANGE}", content=body)
            assert answer.status_code == 202, answer.text
            row = await finished(client, answer.json()["export_id"])
            assert row["name"].startswith("front 2025-11-18 11:06:42")


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        (f"front/{RANGE}", {"playback": "backwards"}, 422, ""),
        (f"front/{RANGE}", {"name": "x" * 257}, 422, ""),
        (f"front/{RANGE}", {"chapters": "some"}, 422, ""),
        (f"front/{RANGE}", {"source": "preview"}, 400, "No previews found for time range"),
        (f"front/{RANGE}", {"image_path": "../dogwatch.db"}, 400, "inside the clips directory"),
        (f"front/{RANGE}", {"image_path": "/etc/passwd"}, 400, "inside the clips directory"),
        (f"front/{RANGE}", {"image_path": "/media/frigate/clips/../x"}, 400, "inside the clips directory"),
        (f"front/{RANGE}", {"export_case_id": "x"}, 404, "Case not found"),
        (f"nowhere/{RANGE}", {}, 404, "Camera not found"),
        ("front/start/5/end/9", {}, 400, "No recordings found"),
        ("front/start/9/end/5", {}, 400, "not after its start"),
        ("front/start/x/end/5", {}, 422, ""),
        (f"custom/front/{RANGE}", {"ffmpeg_output_args": "-f null /etc/x"}, 400, "no ffmpeg program"),
    ],
)
async def test_what_is_refused(app: Nvr, path: str, body: dict[str, Any], status: int, message: str) -> None:
    async with app.client() as client:
        answer = await client.post(f"/api/export/{path}", json=body)
        assert answer.status_code == status, answer.text
        assert message in answer.text
        assert (await client.get("/api/exports")).json() == []


async def test_an_image_of_the_clips_directory_becomes_the_picture(app: Nvr) -> None:
    from dogwatch.media import picture
    from dogwatch.testing import recordings

    folder = app.services.paths.media / "clips"
    folder.mkdir()
    (folder / "front-1.5-abcdef.jpg").write_bytes(picture.encode(recordings.picture(777), "jpg", 95))
    async with app.client() as client:
        body = {"image_path": "/media/frigate/clips/front-1.5-abcdef.jpg"}
        answer = await client.post(f"/api/export/front/{RANGE}", json=body)
        row = await finished(client, answer.json()["export_id"])
        data = (await client.get(row["thumb_path"].removeprefix("/media/frigate"))).content
        assert number(picture.decode(data)) == 777


async def test_limited_roles_export_their_cameras_and_see_no_others(app: Nvr) -> None:
    async with app.client() as admin, app.client(EXTERNAL, "frida") as frida, app.client(EXTERNAL, "vera") as vera:
        hidden = await finished(admin, (await admin.post(f"/api/export/back/{RANGE}")).json()["export_id"])
        assert (await frida.post(f"/api/export/back/{RANGE}")).status_code == 403
        mine = await finished(frida, (await frida.post(f"/api/export/front/{RANGE}")).json()["export_id"])
        assert [one["id"] for one in (await frida.get("/api/exports")).json()] == [mine["id"]]
        assert len((await vera.get("/api/exports")).json()) == 2
        for path in (f"/api/exports/{hidden['id']}", hidden["video_path"][14:], hidden["thumb_path"][14:], "/exports/"):
            assert (await frida.get(path)).status_code == 403, path
        for path in (f"/api/exports/{mine['id']}", mine["video_path"][14:], mine["thumb_path"][14:]):
            assert (await frida.get(path)).status_code == 200, path
        assert (await frida.get(f"/api/jobs/export/{hidden['id']}")).status_code == 404
        assert [one["id"] for one in (await frida.get("/api/jobs/export")).json()] == [mine["id"]]
        case = (await admin.post("/api/cases", json={"name": "secret"})).json()
        await admin.post("/api/exports/reassign", json={"ids": [hidden["id"]], "export_case_id": case["id"]})
        assert (await frida.get("/api/cases")).json() == []
        assert (await frida.get(f"/api/cases/{case['id']}")).status_code == 404
        assert (await frida.get(f"/api/cases/{case['id']}/download")).status_code == 404
        body = {"export_case_id": case["id"]}
        assert (await frida.post(f"/api/export/front/{RANGE}", json=body)).status_code == 403
        for method, path in (("PATCH", f"/api/export/{mine['id']}/x"), ("DELETE", f"/api/export/{mine['id']}")):
            assert (await vera.request(method, path)).status_code == 403


async def test_batch_delete_and_reassign(app: Nvr) -> None:
    def item(camera: str, start: float, **more: Any) -> dict[str, Any]:
        return {"camera": camera, "start_time": start, "end_time": start + 3, **more}

    items = [item("front", START, client_item_id="1", friendly_name="one"), item("front", 5), item("nowhere", START)]
    async with app.client() as client, app.client(EXTERNAL, "frida") as frida:
        answer = await client.post("/api/exports/batch", json={"items": items, "new_case_name": "a case"})
        assert answer.status_code == 202
        body = answer.json()
        assert [(one["success"], one["error"], one["client_item_id"]) for one in body["results"]] == [
            (True, None, "1"), (False, "No recordings found for time range", None), (False, "Camera not found", None)
        ]  # fmt: skip
        (made,) = body["export_ids"]
        row = await finished(client, made)
        assert (row["name"], row["export_case_id"]) == ("one", body["export_case_id"])
        assert [one["id"] for one in (await client.get(f"/api/exports?export_case_id={row['export_case_id']}")).json()]
        assert (await client.get("/api/exports?export_case_id=unassigned")).json() == []
        theirs = (await frida.post("/api/exports/batch", json={"items": [item("back", START)]})).json()
        assert theirs["results"][0]["error"] == "Camera not found"
        none = await client.post("/api/exports/reassign", json={"ids": [made], "export_case_id": None})
        assert none.status_code == 200
        assert len((await client.get("/api/exports?export_case_id=unassigned")).json()) == 1
        assert (await client.post("/api/exports/delete", json={"ids": [made, "x"]})).status_code == 404
        assert (await client.post("/api/exports/delete", json={"ids": [made]})).status_code == 200
        assert (await client.get("/api/exports")).json() == []
        assert (await client.post("/api/exports/batch", json={"items": []})).status_code == 422
        assert (await client.post("/api/exports/batch", json={"items": items * 17})).status_code == 422


async def test_a_case_is_downloaded_as_one_file(app: Nvr) -> None:
    async with app.client() as client:
        case = (await client.post("/api/cases", json={"name": "burglary", "description": "at night"})).json()
        assert (await client.get("/api/cases")).json() == [case]
        assert (await client.get(f"/api/cases/{case['id']}/download")).status_code == 404  # nothing is in it
        rows = []
        for camera in ("front", "back"):
            answer = await client.post(f"/api/export/{camera}/{RANGE}", json={"export_case_id": case["id"]})
            rows.append(await finished(client, answer.json()["export_id"]))
        answer = await client.get(f"/api/cases/{case['id']}/download")
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == sorted(row["video_path"].rpartition("/")[2] for row in rows)
        changed = await client.patch(f"/api/cases/{case['id']}", json={"name": "break-in"})
        assert (changed.json()["name"], changed.json()["description"]) == ("break-in", "at night")
        assert (await client.delete(f"/api/cases/{case['id']}?delete_exports=true")).status_code == 200
        assert (await client.get("/api/exports")).json() == []
        assert (await client.get(f"/api/cases/{case['id']}")).status_code == 404


async def test_the_queue_has_an_end_and_what_waits_can_be_cancelled(app: Nvr) -> None:
    services = app.services
    services.jobs.close()  # nothing runs: everything waits
    async with app.client() as client:
        ids = []
        for _ in range(100):
            answer = await client.post(f"/api/export/front/{RANGE}")
            assert answer.status_code == 202
            ids.append(answer.json()["export_id"])
        assert (await client.post(f"/api/export/front/{RANGE}")).status_code == 503
        assert (await client.delete(f"/api/export/{ids[0]}")).status_code == 400  # in progress
        for one in ids:
            assert (await client.delete(f"/api/jobs/export/{one}")).status_code == 200
        assert (await client.get("/api/exports")).json() == []
        assert {one["status"] for one in (await client.get("/api/jobs/export")).json()} == {"cancelled"}
        assert (await client.delete(f"/api/jobs/export/{ids[0]}")).status_code == 400
        assert (await client.delete("/api/jobs/export/x")).status_code == 404


def test_who_hears_of_jobs() -> None:
    told = Publication("job_state", {"export": {"camera": "back", "status": "running"}})
    cameras = ["front", "back"]
    assert for_caller(told, Caller("vera", "viewer", None), cameras) is told
    assert for_caller(told, Caller("frida", "front_only", frozenset({"front"})), cameras) is None
    assert for_caller(told, Caller("bea", "back_only", frozenset({"back"})), cameras) is told
    encoded = told.encoded()
    assert isinstance(encoded, str)
    assert json.loads(encoded)["export"]["camera"] == "back"


async def test_nobody_sees_another_cameras_picture_by_way_of_an_export(app: Nvr) -> None:
    from dogwatch.media import picture
    from dogwatch.testing import recordings

    folder = app.services.paths.media / "clips"
    (folder / "faces").mkdir(parents=True)
    for name in ("back-1.5-abcdef.jpg", "front-1.5-abcdef.jpg", "faces/bob.jpg"):
        (folder / name).write_bytes(picture.encode(recordings.picture(777), "jpg", 95))
    async with app.client(EXTERNAL, "frida") as frida, app.client(EXTERNAL, "vera") as vera:
        for name in ("back-1.5-abcdef.jpg", "faces/bob.jpg"):
            answer = await frida.post(f"/api/export/front/{RANGE}", json={"image_path": name})
            assert (answer.status_code, "image_path" in answer.text) == (400, True), name
            assert (await vera.post(f"/api/export/front/{RANGE}", json={"image_path": name})).status_code == 202
        item = {"camera": "front", "start_time": START, "end_time": END, "image_path": "back-1.5-abcdef.jpg"}
        body = (await frida.post("/api/exports/batch", json={"items": [item]})).json()
        assert (body["export_ids"], "image_path" in body["results"][0]["error"]) == ([], True)
        own = {"image_path": "/media/frigate/clips/front-1.5-abcdef.jpg"}
        assert (await frida.post(f"/api/export/front/{RANGE}", json=own)).status_code == 202


async def test_a_batch_of_nothing_makes_no_case(app: Nvr) -> None:
    async with app.client(EXTERNAL, "vera") as vera:
        item = {"camera": "front", "start_time": 5, "end_time": 6}
        answer = await vera.post("/api/exports/batch", json={"items": [item], "new_case_name": "mine"})
        assert (answer.status_code, answer.json()["export_case_id"]) == (202, None)
        assert (await vera.get("/api/cases")).json() == []


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000", "\\u202e\\ud83d\\ude00", "../../etc", "<b>"])
async def test_odd_texts(app: Nvr, text: str) -> None:
    """What JSON can say and UTF-8 or a database cannot is refused, and everything else is kept as it is."""
    headers = {"Content-Type": "application/json"}
    async with app.client() as client:
        for path, key in (
            (f"/api/export/front/{RANGE}", "name"),
            (f"/api/export/front/{RANGE}", "image_path"),
            ("/api/cases", "name"),
        ):
            answer = await client.post(path, content=f'{{"{key}": "{text}"}}', headers=headers)
            refused = text in ("\\ud800", "\\u0000") or key == "image_path"
            assert answer.status_code in ((400, 422) if refused else (201, 202)), (path, key, answer.text)
            if answer.status_code == 202:
                await finished(client, answer.json()["export_id"])
        ids = f'{{"ids": ["{text}"]}}'
        assert (await client.post("/api/exports/delete", content=ids, headers=headers)).status_code in (404, 422)
        assert (await client.get("/api/exports")).status_code == 200


async def test_a_case_of_files_from_before_zips_time(app: Nvr) -> None:
    async with app.client() as client:
        case = (await client.post("/api/cases", json={"name": "burglary"})).json()
        body = {"export_case_id": case["id"]}
        row = await finished(client, (await client.post(f"/api/export/front/{RANGE}", json=body)).json()["export_id"])
        os.utime(app.services.exports.file(app.services.exports.one(row["id"])), (1000, 1000))
        data = (await client.get(f"/api/cases/{case['id']}/download")).content
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None


def test_a_file_that_is_deleted_while_a_case_is_sent_is_left_out(tmp_path: Path) -> None:
    files = [(name, tmp_path / name) for name in ("a.mp4", "b.mp4", "c.mp4")]
    for name, path in files:
        path.write_bytes(name.encode() * 1000)
    sent = cases._zip(files)
    first = next(sent)
    files[1][1].unlink()
    with zipfile.ZipFile(io.BytesIO(first + b"".join(sent))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.mp4", "c.mp4"]
