"""Files: uploads, registration, lists, deletion (contract, section 3)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import httpx
import pytest

from dogwatch.testing.app import INTERNAL, Nvr
from dogwatch.testing.video_files import FACTS, MARK
from tests.integration.contract.files.conftest import CONTENT, done, fails, uploaded

endpoint = pytest.mark.files_endpoint


def left(directory: Path) -> list[str]:
    """Return what lies in the store."""
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


@endpoint("POST /api/v1/files", "GET /api/v1/file/{file_uuid}")
async def test_an_upload_is_a_file(app: Nvr, vera: httpx.AsyncClient, tmp_path: Path) -> None:
    file = await uploaded(vera)
    assert file == {
        "file_uuid": file["file_uuid"], "file_name": "yard.mp4", "file_type": "video", "content_type": "video/mp4",
        "size_bytes": len(CONTENT), "content_hash": hashlib.sha256(CONTENT).hexdigest(), "status": "ready",
        **FACTS, "analysed": {"face": False, "object": False}, "trace_count": 0, "owner": "vera",
        "created_at": file["created_at"],
    }  # fmt: skip
    assert len(file["file_uuid"]) == 32
    assert done(await vera.get(f"/api/v1/file/{file['file_uuid'].upper()}"))["file"] == file
    folder = tmp_path / "files" / file["file_uuid"][:2] / file["file_uuid"]
    assert (folder / "source.mp4").read_bytes() == CONTENT


@endpoint("POST /api/v1/files")
async def test_the_same_content_of_the_same_owner_is_stored_once(
    vera: httpx.AsyncClient, admin: httpx.AsyncClient, tmp_path: Path
) -> None:
    first = await uploaded(vera)
    before = left(tmp_path / "files")
    again = done(await vera.post("/api/v1/files", files={"file": ("other.mp4", CONTENT)}))
    assert (again["already_exists"], again["file"]) == (True, first)
    assert left(tmp_path / "files") == before
    assert (await uploaded(admin))["file_uuid"] != first["file_uuid"]


@endpoint("POST /api/v1/files")
@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"files": {"file": ("a.mp4", b"text")}}, 415, "not_a_video"),
        ({"files": {"file": ("a.mp4", b"")}}, 415, "not_a_video"),
        ({"files": {"other": ("a.mp4", CONTENT)}}, 400, "missing_file"),
        ({"files": {"file": ("a.mp4", CONTENT)}, "data": {"content_hash": "0" * 64}}, 422, "hash_mismatch"),
        ({"files": {"file": ("a.mp4", CONTENT)}, "data": {"content_hash": "0"}}, 400, "bad_field"),
        ({"files": [("file", ("a.mp4", CONTENT)), ("file", ("b.mp4", CONTENT))]}, 400, "duplicate_parameter"),
        ({"json": {}}, 415, "bad_media_type"),
        (
            {"content": b"--x\r\n\r\n", "headers": {"content-type": "multipart/form-data; boundary=x"}},
            400,
            "missing_file",
        ),
    ],
    ids=["text", "empty", "no-file", "hash", "no-hash", "two", "json", "broken"],
)
async def test_what_is_refused_leaves_nothing(
    vera: httpx.AsyncClient, tmp_path: Path, form: dict[str, object], status: int, code: str
) -> None:
    fails(await vera.post("/api/v1/files", **form), status, code)  # type: ignore[arg-type]
    assert left(tmp_path / "files") == []
    assert done(await vera.get("/api/v1/files"))["total"] == 0


@endpoint("POST /api/v1/files/register", "DELETE /api/v1/file/{file_uuid}")
async def test_a_registered_file_stays_where_it_is(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    path = tmp_path / "roots" / "a b.MKV"
    path.write_bytes(CONTENT)
    body = done(await vera.post("/api/v1/files/register", json={"file_path": str(path)}), 201)
    assert body["file"]["content_type"] == "video/x-matroska"
    assert body["file_name"] == "a b.MKV"
    assert {name: body[name] for name in ("duration", "width", "height", "fps", "total_frames")} == {
        name: FACTS[name] for name in ("duration", "width", "height", "fps", "total_frames")
    }
    again = done(await vera.post("/api/v1/files/register", json={"file_path": str(path)}))
    assert again["already_exists"] is True
    assert again["file_uuid"] == body["file_uuid"]
    target = f"/api/v1/file/{body['file_uuid']}"
    assert (await vera.get(f"{target}/video")).content == CONTENT
    done(await vera.delete(target))
    fails(await vera.get(target), 404, "file_not_found")
    assert path.read_bytes() == CONTENT
    assert left(tmp_path / "files") == []


@endpoint("POST /api/v1/files/register", "POST /api/v1/files")
async def test_a_file_that_was_moved_or_touched_is_found_again(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    path, moved = (tmp_path / "roots" / name for name in ("a.mp4", "b.mp4"))
    path.write_bytes(CONTENT)
    uuid = done(await vera.post("/api/v1/files/register", json={"file_path": str(path)}), 201)["file_uuid"]
    target = f"/api/v1/file/{uuid}/video"
    os.utime(path, (1_714_557_600, 1_714_557_600))
    fails(await vera.get(target), 409, "source_changed")
    assert done(await vera.post("/api/v1/files/register", json={"file_path": str(path)}))["file_uuid"] == uuid
    assert (await vera.get(target)).content == CONTENT
    path.rename(moved)
    fails(await vera.get(target), 404, "source_missing")
    assert done(await vera.post("/api/v1/files/register", json={"file_path": str(moved)}))["file_uuid"] == uuid
    assert (await vera.get(target)).content == CONTENT
    moved.unlink()
    sent = done(await vera.post("/api/v1/files", files={"file": ("a.mp4", CONTENT)}), 201)
    assert (await vera.get(f"/api/v1/file/{sent['file']['file_uuid']}/video")).content == CONTENT


@endpoint("POST /api/v1/files/register")
async def test_nothing_else_is_registered(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    root = tmp_path / "roots"
    (tmp_path / "secret.mp4").write_bytes(CONTENT)
    (root / "link.mp4").symlink_to(tmp_path / "secret.mp4")
    (tmp_path / "roots2").mkdir()
    (tmp_path / "roots2" / "a.mp4").write_bytes(CONTENT)
    (root / "folder").mkdir()
    for path, status, code in (
        (str(tmp_path / "secret.mp4"), 403, "path_forbidden"),
        (str(tmp_path / "nothing.mp4"), 403, "path_forbidden"),
        (f"{root}/../secret.mp4", 403, "path_forbidden"),
        (str(root / "link.mp4"), 403, "path_forbidden"),
        (str(tmp_path / "roots2" / "a.mp4"), 403, "path_forbidden"),
        (str(root), 403, "path_forbidden"),
        (str(root / "folder"), 415, "not_a_video"),
        (str(root / "nothing.mp4"), 404, "path_not_found"),
        ("secret.mp4", 400, "bad_field"),
        ("", 400, "bad_field"),
        (f"{root}/a\0.mp4", 400, "bad_field"),
        ("/" + "a" * 5000, 400, "bad_field"),
    ):
        fails(await vera.post("/api/v1/files/register", json={"file_path": path}), status, code)


@endpoint("GET /api/v1/files")
async def test_lists(vera: httpx.AsyncClient, admin: httpx.AsyncClient, app: Nvr) -> None:
    names = ["b_%.mp4", "a.mp4", "c.mp4"]
    for number, name in enumerate(names):
        await uploaded(vera, MARK + bytes([number]) * (10 - number), name)
    await uploaded(admin, MARK + b"x", "admin.mp4")

    async def listed(client: httpx.AsyncClient, query: str = "") -> list[str]:
        return [file["file_name"] for file in done(await client.get(f"/api/v1/files?{query}"))["files"]]

    assert await listed(vera) == ["c.mp4", "a.mp4", "b_%.mp4"]
    assert await listed(vera, "sort=file_name&order=asc") == ["a.mp4", "b_%.mp4", "c.mp4"]
    assert await listed(vera, "sort=size_bytes&order=asc") == ["c.mp4", "a.mp4", "b_%.mp4"]
    assert await listed(vera, "q=A.MP&unknown=1&unknown=2") == ["a.mp4"]
    assert await listed(vera, "q=_%25") == ["b_%.mp4"]
    assert await listed(vera, "status=failed") == []
    assert await listed(vera, "page=2&page_size=2") == ["b_%.mp4"]
    assert len(await listed(admin)) == 4
    async with app.client(INTERNAL) as client:
        assert len(await listed(client)) == 4
    page = done(await vera.get("/api/v1/files?page=9"))
    assert (page["total"], page["page"], page["page_size"], page["files"]) == (3, 9, 20, [])
    for query, code in (
        ("page=0", "bad_field"), ("page=1.0", "bad_field"), ("page_size=101", "bad_field"), ("sort=x", "bad_field"),
        ("order=up", "bad_field"), ("status=deleting", "bad_field"), ("page=1&page=1", "duplicate_parameter"),
        ("page=", "bad_field"), ("page=%D9%A1", "bad_field"),
    ):  # fmt: skip
        fails(await vera.get(f"/api/v1/files?{query}"), 400, code)
