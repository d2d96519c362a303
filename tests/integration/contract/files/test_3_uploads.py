"""Uploads that go on where they were cut off, and what crashes, full disks and rude clients leave."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import shutil
import threading
import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.api.files.policy import POLICY
from dogwatch.errors import FileError
from dogwatch.library import arriving_bytes, uploads
from dogwatch.testing.app import EXTERNAL, Nvr, until
from dogwatch.testing.video_files import FACTS, MARK, FixedIndexer, files_nvr
from tests.integration.contract.files.conftest import CONTENT, done, fails, uploaded
from tests.integration.contract.files.test_3_files import left

endpoint = pytest.mark.files_endpoint
PATH = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


def metadata(**said: str) -> dict[str, str]:
    pairs = (f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in said.items())
    return {"Upload-Metadata": ",".join(pairs)}


async def begun(client: httpx.AsyncClient, size: int = len(CONTENT), **said: str) -> str:
    headers = {**TUS, "Upload-Length": str(size), **metadata(**{"filename": "yard.mp4", **said})}
    answer = await client.post(PATH, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["upload-offset"] == "0"
    assert answer.headers["location"] == f"{PATH}/{answer.headers['file-uuid']}"
    return answer.headers["location"]


@endpoint("POST /api/v1/uploads")
async def test_below_a_prefix_of_a_proxy_it_goes_on_there(vera: httpx.AsyncClient) -> None:
    headers = {**TUS, "Upload-Length": "5", "X-Ingress-Path": "/a/b", **metadata(filename="yard.mp4")}
    answer = await vera.post(PATH, headers=headers)
    assert answer.headers["location"] == f"/a/b{PATH}/{answer.headers['file-uuid']}"


async def sent(client: httpx.AsyncClient, place: str, offset: int, content: Any) -> httpx.Response:
    return await client.patch(place, headers={**BYTES, "Upload-Offset": str(offset)}, content=content)


@endpoint("POST /api/v1/uploads", "PATCH /api/v1/uploads/{file_uuid}", "GET /api/v1/uploads/{file_uuid}")
async def test_an_upload_in_parts(vera: httpx.AsyncClient) -> None:
    place = await begun(vera, content_hash=hashlib.sha256(CONTENT).hexdigest().upper())
    uuid = place.rpartition("/")[2]
    shown = done(await vera.get(f"/api/v1/file/{uuid}"))["file"]
    assert (shown["status"], shown["size_bytes"], shown["duration"]) == ("uploading", len(CONTENT), None)
    fails(await vera.get(f"/api/v1/file/{uuid}/video"), 409, "not_ready", file_status="uploading")
    for begin, end in ((0, 7), (7, 1000), (1000, len(CONTENT))):
        head = await vera.head(place, headers=TUS)
        assert (head.status_code, head.headers["upload-offset"], head.content) == (200, str(begin), b"")
        assert head.headers["upload-length"] == str(len(CONTENT))
        assert head.headers["cache-control"] == "no-store"
        left_s = parsedate_to_datetime(head.headers["upload-expires"]).timestamp() - time.time()
        assert left_s > 80_000 if begin else 3000 < left_s < 3601
        fails(await sent(vera, place, begin + 1, CONTENT[:5]), 409, "upload_offset", offset=begin)
        answer = await sent(vera, place, begin, CONTENT[begin:end])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end))
        assert answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["file-uuid"] == uuid
    file = done(await vera.get(f"/api/v1/file/{uuid}"))["file"]
    assert (file["status"], file["total_frames"], file["file_name"]) == ("ready", FACTS["total_frames"], "yard.mp4")
    assert (await vera.get(f"/api/v1/file/{uuid}/video")).content == CONTENT
    fails(await sent(vera, place, len(CONTENT), b""), 409, "upload_complete")
    assert (await vera.head(place, headers=TUS)).headers["upload-offset"] == str(len(CONTENT))


@endpoint("POST /api/v1/uploads")
async def test_an_upload_in_its_first_request(vera: httpx.AsyncClient) -> None:
    headers = {**BYTES, "Upload-Length": str(len(CONTENT)), **metadata(filename="a.mov")}
    answer = await vera.post(PATH, headers=headers, content=CONTENT)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(CONTENT)))
    file = done(await vera.get(f"/api/v1/file/{answer.headers['file-uuid']}"))["file"]
    assert (file["status"], file["content_type"]) == ("ready", "video/quicktime")


@endpoint("PATCH /api/v1/uploads/{file_uuid}")
async def test_content_that_is_there(vera: httpx.AsyncClient) -> None:
    file = await uploaded(vera)
    place = await begun(vera)
    answer = await sent(vera, place, 0, CONTENT)
    assert answer.headers["upload-already-exists"] == "true"
    assert answer.headers["file-uuid"] == file["file_uuid"]
    assert (await vera.head(place, headers=TUS)).status_code == 404
    assert done(await vera.get("/api/v1/files"))["total"] == 1


@endpoint("PATCH /api/v1/uploads/{file_uuid}")
@pytest.mark.parametrize(
    ("content", "said", "status", "code"),
    [
        (b"text", {}, 415, "not_a_video"),
        (CONTENT, {"content_hash": "0" * 64}, 422, "hash_mismatch"),
    ],
    ids=["text", "hash"],
)
async def test_what_is_refused_at_its_end_leaves_nothing(
    vera: httpx.AsyncClient, tmp_path: Path, content: bytes, said: dict[str, str], status: int, code: str
) -> None:
    place = await begun(vera, len(content), **said)
    fails(await sent(vera, place, 0, content), status, code)
    assert left(tmp_path / "files") == []
    assert done(await vera.get("/api/v1/files"))["total"] == 0


@endpoint("DELETE /api/v1/uploads/{file_uuid}")
async def test_giving_up(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    place = await begun(vera)
    await sent(vera, place, 0, CONTENT[:100])
    assert left(tmp_path / "files") != []
    assert (await vera.delete(place, headers=TUS)).status_code == 204
    assert left(tmp_path / "files") == []
    assert (await vera.head(place, headers=TUS)).status_code == 404
    file = await uploaded(vera)
    fails(await vera.delete(f"{PATH}/{file['file_uuid']}", headers=TUS), 409, "upload_complete")


@endpoint("DELETE /api/v1/file/{file_uuid}")
async def test_an_upload_may_be_deleted_as_a_file(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    place = await begun(vera)
    await sent(vera, place, 0, CONTENT[:100])
    done(await vera.delete(place.replace("uploads", "file")))
    assert left(tmp_path / "files") == []


@endpoint("OPTIONS /api/v1/uploads")
async def test_options(app: Nvr) -> None:
    async with app.client(EXTERNAL) as client:
        answer = await client.options(PATH)
    assert (answer.status_code, answer.headers["tus-version"]) == (204, "1.0.0")
    assert answer.headers["tus-extension"] == "creation,creation-with-upload,expiration,termination"
    assert int(answer.headers["tus-max-size"]) == 20_480 << 20


async def test_headers_that_are_wrong(vera: httpx.AsyncClient) -> None:
    place = await begun(vera)
    good = {**TUS, "Upload-Length": "5"}
    for headers, status, code in (
        ({"Upload-Length": "5"}, 412, "bad_tus_version"), ({**good, "Tus-Resumable": "0.2"}, 412, "bad_tus_version"),
        (TUS, 400, "bad_field"), ({**TUS, "Upload-Length": "-1"}, 400, "bad_field"),
        ({**TUS, "Upload-Length": "9" * 30}, 400, "bad_field"),
        ({**TUS, "Upload-Length": "9" * 15}, 413, "file_too_large"),
        ({**good, "Upload-Metadata": "filename ***"}, 400, "bad_field"),
        ({**good, "Upload-Metadata": "filename YQ==,filename YQ=="}, 400, "duplicate_parameter"),
        ({**good, "Upload-Metadata": "filename " + "YQ" * 4000}, 400, "bad_field"),
        ({**good, **metadata(content_hash="x")}, 400, "bad_field"),
        ({**good, **metadata(filename="a\0")}, 400, "bad_field"),
    ):  # fmt: skip
        fails(await vera.post(PATH, headers=headers), status, code)
    for headers, status, code in (
        ({**BYTES, "Upload-Offset": "x"}, 400, "bad_field"), (BYTES, 400, "bad_field"),
        ({**TUS, "Upload-Offset": "0", "Content-Type": "text/plain"}, 415, "bad_media_type"),
        ({"Upload-Offset": "0", "Content-Type": BYTES["Content-Type"]}, 412, "bad_tus_version"),
    ):  # fmt: skip
        fails(await vera.patch(place, headers=headers, content=b"x"), status, code)
    answer = await sent(vera, place, 0, CONTENT + b"x")
    fails(answer, 413, "file_too_large")


async def test_a_method_that_stands_in_a_header(vera: httpx.AsyncClient) -> None:
    place = await begun(vera)
    headers = {**BYTES, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert (await vera.post(place, headers=headers, content=CONTENT)).status_code == 204
    headers["X-HTTP-Method-Override"] = "GET"
    assert (await vera.post(place, headers=headers)).status_code == 405


async def test_two_requests_at_once(vera: httpx.AsyncClient) -> None:
    place, waits, goes = await begun(vera), asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield CONTENT[:10]
        waits.set()
        await goes.wait()
        yield CONTENT[10:]

    first = asyncio.create_task(sent(vera, place, 0, slowly()))
    await waits.wait()
    fails(await sent(vera, place, 0, CONTENT), 409, "upload_busy")
    fails(await vera.delete(place, headers=TUS), 409, "upload_busy")
    goes.set()
    assert (await first).status_code == 204


async def test_a_client_that_goes_away(app: Nvr, vera: httpx.AsyncClient, tmp_path: Path) -> None:
    """What has arrived of an upload in parts stays, and of one in a form nothing does."""
    place = await begun(vera)

    async def cut(content: bytes) -> AsyncIterator[bytes]:
        yield content
        raise httpx.WriteError("gone")

    with pytest.raises(httpx.WriteError):
        await sent(vera, place, 0, cut(CONTENT[:500]))
    incoming = tmp_path / "files" / "incoming"
    await until(lambda: (incoming / place.rpartition("/")[2]).exists())
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' + CONTENT
    with pytest.raises(httpx.WriteError):
        await vera.post("/api/v1/files", headers={"content-type": "multipart/form-data; boundary=x"}, content=cut(form))
    assert len(left(tmp_path / "files")) == 1


async def test_an_upload_goes_on_after_a_restart(tmp_path: Path) -> None:
    with files_nvr(tmp_path) as app:
        async with app.client(EXTERNAL, "vera") as vera:
            place = await begun(vera)
            await sent(vera, place, 0, CONTENT[:500])
    with files_nvr(tmp_path) as app:
        assert app.parts.files is not None
        await app.parts.files.order.resume()
        async with app.client(EXTERNAL, "vera") as vera:
            assert (await vera.head(place, headers=TUS)).headers["upload-offset"] == "500"
            assert (await sent(vera, place, 500, CONTENT[500:])).status_code == 204
            file = done(await vera.get(place.replace("uploads", "file")))["file"]
    assert (file["status"], file["content_hash"]) == ("ready", hashlib.sha256(CONTENT).hexdigest())


async def test_uploads_expire(tmp_path: Path) -> None:
    now = time.time()
    with files_nvr(tmp_path, clock=lambda: now) as app:
        assert app.parts.files is not None
        async with app.client(EXTERNAL, "vera") as vera:
            place = await begun(vera)
            await sent(vera, place, 0, CONTENT[:500])
            now += uploads.LIFE_S - 1
            await app.parts.files.uploads.expire()
            await sent(vera, place, 500, CONTENT[500:600])
            now += uploads.LIFE_S - 1
            await app.parts.files.uploads.expire()
            assert len(left(tmp_path / "files")) == 1
            now += 2
            await app.parts.files.uploads.expire()
            assert left(tmp_path / "files") == []
            assert app.parts.files.catalogue.find(place.rpartition("/")[2]) is None


async def test_an_upload_of_which_nothing_comes_expires_soon(tmp_path: Path) -> None:
    now = time.time()
    with files_nvr(tmp_path, clock=lambda: now) as app:
        assert app.parts.files is not None
        async with app.client(EXTERNAL, "vera") as vera:
            place = await begun(vera)
            expires = (await vera.head(place, headers=TUS)).headers["upload-expires"]
            assert parsedate_to_datetime(expires).timestamp() == pytest.approx(now + uploads.EMPTY_LIFE_S, abs=1)
            now += uploads.EMPTY_LIFE_S - 1
            await app.parts.files.uploads.expire()
            assert app.parts.files.catalogue.find(place.rpartition("/")[2]) is not None
            now += 2
            await app.parts.files.uploads.expire()
            assert app.parts.files.catalogue.find(place.rpartition("/")[2]) is None


async def test_begun_uploads_of_one_owner_leave_room_for_others(tmp_path: Path) -> None:
    with files_nvr(tmp_path, "max_size_mb: 10, max_total_mb: 10") as app:
        async with app.client(EXTERNAL, "vera") as vera, app.client(EXTERNAL, "frida") as frida:

            async def announced(client: httpx.AsyncClient, megabytes: int) -> httpx.Response:
                return await client.post(PATH, headers={**TUS, "Upload-Length": str(megabytes << 20)})

            first = await announced(vera, 3)
            assert first.status_code == 201
            refused = await announced(vera, 3)
            fails(refused, 503, "busy")
            assert int(refused.headers["retry-after"]) > 0
            assert (await announced(vera, 2)).status_code == 201
            assert (await announced(frida, 5)).status_code == 201
            fails(await announced(frida, 1), 507, "no_space")
            await vera.delete(first.headers["location"], headers=TUS)
            assert (await announced(frida, 0)).status_code == 503, "she has begun more than half of what is left"


async def test_a_single_upload_may_take_all_the_room(tmp_path: Path) -> None:
    with files_nvr(tmp_path, "max_size_mb: 10, max_total_mb: 10") as app:
        async with app.client(EXTERNAL, "vera") as vera:
            answer = await vera.post(PATH, headers={**TUS, "Upload-Length": str(10 << 20)})
            assert answer.status_code == 201


async def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with files_nvr(tmp_path, "max_size_mb: 1, max_total_mb: 2") as app:
        async with app.client(EXTERNAL, "vera") as vera:
            big = MARK + bytes(1 << 20)
            fails(await vera.post("/api/v1/files", files={"file": ("a.mp4", big)}), 413, "file_too_large")
            fails(await vera.post(PATH, headers={**TUS, "Upload-Length": str(len(big))}), 413, "file_too_large")

            async def endless() -> AsyncIterator[bytes]:
                yield b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
                for _ in range(40):
                    yield bytes(65536)

            form = {"content-type": "multipart/form-data; boundary=x"}
            fails(await vera.post("/api/v1/files", headers=form, content=endless()), 413, "file_too_large")
            for number in range(3):
                content = MARK + bytes([number]) * 800_000
                answer = await vera.post("/api/v1/files", files={"file": ("a.mp4", content)})
                assert answer.status_code == (507 if number == 2 else 201), answer.text
            fails(answer, 507, "no_space")

            async def unannounced() -> AsyncIterator[bytes]:
                yield b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + MARK
                yield bytes(800_000) + b"\r\n--x--"

            fails(await vera.post("/api/v1/files", headers=form, content=unannounced()), 507, "no_space")
            fails(await vera.post(PATH, headers={**TUS, "Upload-Length": "800000"}), 507, "no_space")
            monkeypatch.setattr(uploads, "MOST_UNFINISHED", 1)
            await begun(vera, 10)
            answer = await vera.post(PATH, headers={**TUS, "Upload-Length": "10"})
            fails(answer, 503, "busy")
            assert int(answer.headers["retry-after"]) > 0
            monkeypatch.setattr(arriving_bytes, "MOST_REQUESTS", 0)
            fails(await vera.post("/api/v1/files", files={"file": ("a.mp4", MARK)}), 503, "busy")
    assert len(list((tmp_path / "files" / "incoming").iterdir())) == 0


async def test_a_full_disk(app: Nvr, vera: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = await begun(vera)
    disk = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk._replace(free=1 << 20))
    fails(await vera.post("/api/v1/files", files={"file": ("a.mp4", CONTENT)}), 507, "no_space")
    fails(await sent(vera, place, 0, CONTENT), 507, "no_space")
    assert left(tmp_path / "files") == []
    monkeypatch.undo()
    assert (await sent(vera, place, 0, CONTENT)).status_code == 204


class SlowIndexer(FixedIndexer):
    """Takes its time, until it is told to go on; then it may fail."""

    def __init__(self) -> None:
        self.goes, self.fails = False, False

    def index(self, source: Path, folder: Path) -> dict[str, Any]:
        while not self.goes:
            time.sleep(0.01)
        if self.fails:
            raise FileError(415, "not_a_video", "no")
        return super().index(source, folder)


@pytest.mark.parametrize("fails_late", [False, True])
async def test_what_takes_long_goes_on_in_the_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_late: bool
) -> None:
    monkeypatch.setattr("dogwatch.library.file_looks.PATIENCE_S", 0.1)
    slow = SlowIndexer()
    with files_nvr(tmp_path, indexer=slow) as app:
        async with app.client(EXTERNAL, "vera") as vera:
            file = await uploaded(vera)
            target = f"/api/v1/file/{file['file_uuid']}"
            assert (file["status"], file["duration"]) == ("probing", None)
            fails(await vera.get(f"{target}/video"), 409, "not_ready")
            again = done(await vera.post("/api/v1/files", files={"file": ("a.mp4", CONTENT)}))
            assert (again["already_exists"], again["file"]["file_uuid"]) == (True, file["file_uuid"])
            slow.fails, slow.goes = fails_late, True
            library = app.parts.files
            assert library is not None
            await until(lambda: (found := library.catalogue.find(file["file_uuid"])) and found.status != "probing")
            shown = done(await vera.get(target))["file"]
            assert shown["status"] == ("failed" if fails_late else "ready")
            assert shown.get("error") == ({"code": "not_a_video"} if fails_late else None)
            done(await vera.delete(target))
            assert left(tmp_path / "files") == []


async def test_a_lost_database_loses_no_file(tmp_path: Path) -> None:
    with files_nvr(tmp_path) as app:
        async with app.client(EXTERNAL, "vera") as vera:
            file = await uploaded(vera)
            path = tmp_path / "roots" / "b.mp4"
            path.write_bytes(CONTENT + b"b")
            other = done(await vera.post("/api/v1/files/register", json={"file_path": str(path)}), 201)
            gone = await uploaded(vera, CONTENT + b"c")
            done(await vera.delete(f"/api/v1/file/{gone['file_uuid']}"))
            place = await begun(vera)
            await sent(vera, place, 0, CONTENT[:100])
    (tmp_path / "dogwatch.db").unlink()
    [cut_off] = (tmp_path / "files" / "incoming").iterdir()
    os.utime(cut_off, (0, 0))
    with files_nvr(tmp_path) as app:
        assert app.parts.files is not None
        await app.parts.files.order.resume()
        async with app.client(EXTERNAL, "vera") as vera:
            shown = done(await vera.get(f"/api/v1/file/{file['file_uuid']}"))["file"]
            assert shown == file
            listed = done(await vera.get("/api/v1/files"))["files"]
            assert {one["file_uuid"] for one in listed} == {file["file_uuid"], other["file_uuid"]}
    assert not list((tmp_path / "files" / "incoming").iterdir()), "nobody knows what it was to become"


async def test_a_deletion_that_was_cut_off_is_finished(tmp_path: Path) -> None:
    with files_nvr(tmp_path) as app:
        async with app.client(EXTERNAL, "vera") as vera:
            file = await uploaded(vera)
        app.services.db.write(
            lambda connection: connection.exec_driver_sql("update video_files set status = 'deleting'")
        )
        assert app.parts.files is not None
        assert app.parts.files.catalogue.find(file["file_uuid"]) is None
        await app.parts.files.order.resume()
        with app.services.db.read() as connection:
            assert connection.exec_driver_sql("select count(*) from video_files").scalar() == 0
    assert left(tmp_path / "files") == []


def test_routes_of_uploads_are_all_here() -> None:
    assert sum(path.startswith(PATH) for _, path in POLICY) == 5


async def test_a_large_file_is_registered_before_its_hash_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.library.file_looks.PATIENCE_S", 0.1)
    goes = threading.Event()
    digest = hashlib.sha256(CONTENT).hexdigest()
    monkeypatch.setattr("dogwatch.library.catalogue.hash_of_file", lambda _: digest if goes.wait(10) else "")
    with files_nvr(tmp_path) as app:
        library = app.parts.files
        assert library is not None
        path = tmp_path / "roots" / "a.mp4"
        path.write_bytes(CONTENT)
        async with app.client(EXTERNAL, "vera") as vera:
            body = done(await vera.post("/api/v1/files/register", json={"file_path": str(path)}), 201)
            assert (body["file"]["status"], body["file"]["content_hash"]) == ("probing", None)
            goes.set()
            await until(lambda: (found := library.catalogue.find(body["file_uuid"])) and found.status == "ready")
            shown = done(await vera.get(f"/api/v1/file/{body['file_uuid']}"))["file"]
    assert (shown["content_hash"], shown["total_frames"]) == (digest, FACTS["total_frames"])
