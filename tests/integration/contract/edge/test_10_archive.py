"""Recordings, snapshots and storage: section 10 of the contract."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import httpx
import numpy as np
import pytest

from dogwatch.bus.messages import RingMade, SegmentOpened
from dogwatch.bus.ring import FrameRing
from dogwatch.edge.storage import DiskUsage
from dogwatch.media import jpeg
from dogwatch.testing import recordings
from dogwatch.testing.app import Nvr, edge_nvr, until
from tests.integration.contract.edge.conftest import done, fails

WIDTH, HEIGHT = 128, 96
VIDEO = bytes(range(256)) * 4


@pytest.fixture
def save(app: Nvr) -> Path:
    """The save directory."""
    folder = app.edge.settings.save_dir
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def events(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """What connected clients are told of the archive."""
    told = list[tuple[str, dict[str, str]]]()
    monkeypatch.setattr(app.edge.archive, "_publish", lambda event, data: told.append((event, dict(data))))
    return told


@pytest.fixture
def camera(app: Nvr, tmp_path: Path) -> Iterator[FrameRing]:
    """The pictures of the edge camera."""
    ring = FrameRing.create(str(tmp_path), "ring-front", WIDTH, HEIGHT, 4)
    app.services.pictures.on_ring(RingMade("front", ring.name, WIDTH, HEIGHT))
    yield ring
    ring.close(unlink=True)


def show(ring: FrameRing, level: int, age_s: float = 0.0) -> None:
    """Put a picture of one brightness in the ring."""
    seq, pixels = ring.begin(time.time() - age_s, keyframe=True)
    pixels[:HEIGHT] = level
    pixels[HEIGHT:] = 128
    ring.commit(seq)


def names(folder: Path, pattern: str = "*") -> list[str]:
    """Return the names of files in a directory."""
    return sorted(path.name for path in folder.glob(pattern))


def in_its_place(folder: Path) -> None:
    """Replace a directory by a file."""
    shutil.rmtree(folder)
    folder.write_text("a file")


def brightness(path: str) -> float:
    """Return how bright a picture is."""
    return float(np.mean(jpeg.decode(Path(path).read_bytes())))


def recording(save: Path, stem: str, mtime: float = 1e9) -> Path:
    """Make a recording with all its sidecars."""
    for suffix, data in ((".thumb.jpg", b"thumb"), (".sprite.jpg", b"sprite"), (".meta.json", b'{"reason":"manual"}')):
        (save / f"{stem}{suffix}").write_bytes(data)
    path = save / f"{stem}.mp4"
    path.write_bytes(VIDEO)
    os.utime(path, (mtime, mtime))
    return path


@pytest.mark.edge_endpoint("GET /archive", "GET /archive/count")
async def test_the_archive(client: httpx.AsyncClient, app: Nvr, save: Path) -> None:
    assert done(await client.get("/archive")) == []
    old, new = recording(save, "output_20260401_120000"), recording(save, "output_20260401_130000", 2e9)
    (save / "output_20260401_140000.tmp.mp4").write_bytes(b"x")
    (save / "timelapse").mkdir()
    (save / "timelapse" / "timelapse_20260331.mp4").write_bytes(b"x")
    writing = recording(save, "output_20260401_150000", 3e9)
    app.edge.archive.hold(writing)
    rows = done(await client.get("/archive"))
    assert [row["path"] for row in rows] == [str(new), str(old)]
    assert rows[1] == {
        "path": str(old), "size": 1024, "mtime": "2001-09-09T01:46:40.000000+00:00", "meta": {"reason": "manual"},
        "thumbnail": str(old.with_suffix(".thumb.jpg")), "sprite": str(old.with_suffix(".sprite.jpg")),
    }  # fmt: skip
    assert done(await client.get("/archive/count")) == {"count": 2}


@pytest.mark.edge_endpoint("GET /archive/new_count")
async def test_11_since_with_a_raw_plus(client: httpx.AsyncClient, save: Path) -> None:
    recording(save, "output_20260401_120000", 1e9)
    (save / "snapshot_20260401_120000.jpg").write_bytes(b"x")
    (save / "timelapse").mkdir()
    (save / "timelapse" / "timelapse_20260331.mp4").write_bytes(b"x")
    for since, count in [
        ("2001-09-09T01:46:39.999999+00:00", 3),
        ("2001-09-09T03:46:40+02:00", 2),
        ("2001-09-09T01:46:40%2B00:00", 2),
        ("2001-09-09T01:46:39Z", 3),
        ("2001-09-09T01:46:39", 3),
        ("2001-09-09 01:46:39", 3),
        ("soon", 0),
        ("", 0),
    ]:
        assert done(await client.get(f"/archive/new_count?since={since}")) == {"count": count}, since
    assert done(await client.get("/archive/new_count")) == {"count": 0}
    assert done(await client.get("/archive/new_count", params={"since": "2001-09-09T01:46:39+00:00"})) == {"count": 3}


@pytest.mark.edge_endpoint("GET /stream_video")
async def test_a_video_whole_and_in_parts(client: httpx.AsyncClient, save: Path) -> None:
    path = recording(save, "output_20260401_120000")
    query = {"video_path": str(path)}
    whole = await client.get("/stream_video", params=query)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, VIDEO, "video/mp4")
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["last-modified"] == "Sun, 09 Sep 2001 01:46:40 GMT"
    assert "content-disposition" not in whole.headers
    etag = whole.headers["etag"]
    assert (await client.get("/stream_video", params=query, headers={"If-None-Match": etag})).status_code == 304
    since = {"If-Modified-Since": whole.headers["last-modified"]}
    assert (await client.get("/stream_video", params=query, headers=since)).status_code == 304
    part = await client.get("/stream_video", params=query, headers={"Range": "bytes=100-199", "If-Range": etag})
    assert (part.status_code, part.content) == (206, VIDEO[100:200])
    assert part.headers["content-range"] == "bytes 100-199/1024"
    both = await client.get("/stream_video", params=query, headers={"Range": "bytes=1000-,0-1"})
    assert both.status_code == 206
    kind = f"Content-Type: {both.headers['content-type']}\r\n\r\n".encode()
    parts = [part.get_payload(decode=True) for part in list(message_from_bytes(kind + both.content).walk())[1:]]
    assert parts == [VIDEO[1000:], VIDEO[:2]]
    beyond = await client.get("/stream_video", params=query, headers={"Range": "bytes=1024-"})
    fails(beyond, 416, "range_not_satisfiable")
    assert beyond.headers["content-range"] == "bytes */1024"
    head = await client.head("/stream_video", params=query, headers={"Range": "bytes=0-1"})
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "1024")
    saved = await client.get("/stream_video", params={**query, "download": "1"})
    assert saved.headers["content-disposition"] == 'attachment; filename="output_20260401_120000.mp4"'
    fails(await client.get("/stream_video"), 404, "not_found")
    fails(await client.get("/stream_video", params={"video_path": str(save / "none.mp4")}), 404, "not_found")


@pytest.mark.edge_endpoint("GET /thumbnail", "GET /thumbnail/{file}", "GET /sprite", "GET /sprite/{file}")
async def test_sidecars(client: httpx.AsyncClient, save: Path) -> None:
    path = recording(save, "output_20260401_120000")
    for name in ("thumb", "sprite"):
        route = f"/{'thumbnail' if name == 'thumb' else name}"
        for answer in (
            await client.get(route, params={"video_path": str(path)}),
            await client.get(f"{route}/{path.name}"),
            await client.get(f"{route}/{path.stem}.{name}.jpg"),
        ):
            assert (answer.status_code, answer.content) == (200, name.encode())
            assert answer.headers["content-type"] == "image/jpeg"
            assert "max-age=86400" in answer.headers["cache-control"]
            again = await client.get(answer.request.url, headers={"If-None-Match": answer.headers["etag"]})
            assert again.status_code == 304
        fails(await client.get(route), 400, "video_path_required")
        fails(await client.get(f"{route}/none.mp4"), 404, "not_found")
        fails(await client.get(f"{route}/..%2Fsettings%2Fsettings.json"), 404, "not_found")
        fails(await client.get(route, params={"video_path": "/etc/hostname"}), 404, "not_found")
        path.with_suffix(f".{name}.jpg").unlink()
        fails(await client.get(f"{route}/{path.name}"), 404, "not_found")


@pytest.mark.edge_endpoint("POST /delete_video")
async def test_deleting_videos(
    client: httpx.AsyncClient, app: Nvr, save: Path, tmp_path: Path, events: list[tuple[str, dict[str, str]]]
) -> None:
    path, writing = recording(save, "output_20260401_120000"), recording(save, "output_20260401_130000")
    app.edge.archive.hold(writing)
    work = save / "output_20260401_140000.tmp.mp4"
    work.write_bytes(b"x")
    outside = tmp_path / "outside.mp4"
    outside.write_bytes(b"x")
    (save / "link.mp4").symlink_to(outside)

    async def delete(path: object) -> httpx.Response:
        return await client.post("/delete_video", json={"video_path": path})

    for bad in (outside, work, path.with_suffix(".thumb.jpg"), save / "link.mp4", f"{save}/../../x.mp4", ""):
        fails(await delete(str(bad)), 400, "bad_path")
    fails(await client.post("/delete_video"), 400, "bad_path")
    fails(await delete(5), 400, "bad_field", field="video_path")
    fails(await delete(str(save / "none.mp4")), 404, "not_found")
    fails(await delete(str(writing)), 409, "in_use")
    assert not events
    assert "message" in done(await delete(str(path)))
    assert events == [("archive_removed", {"path": str(path), "type": "recording"})]
    assert names(save, f"{path.stem}*") == []
    assert outside.exists()
    fails(await delete(str(path)), 404, "not_found")


@pytest.mark.edge_endpoint("POST /snapshot", "GET /snapshots", "GET /snapshot_image")
async def test_snapshots(
    client: httpx.AsyncClient, save: Path, camera: FrameRing, events: list[tuple[str, dict[str, str]]]
) -> None:
    show(camera, 50)
    first = done(await client.post("/snapshot"))["path"]
    show(camera, 200)
    second = done(await client.post("/snapshot"))["path"]
    assert Path(first).parent == save
    assert Path(second).name.removesuffix(".jpg").removesuffix("_1")[:13] == Path(first).name[:13]
    assert events == [("archive_updated", {"path": path, "type": "snapshot"}) for path in (first, second)]
    rows = done(await client.get("/snapshots"))
    assert {row["path"] for row in rows} == {first, second}
    assert set(rows[0]) == {"path", "size", "mtime"}
    for path, dark in ((first, True), (second, False)):
        answer = await client.get("/snapshot_image", params={"path": path})
        assert answer.headers["content-type"] == "image/jpeg"
        assert "max-age=86400" in answer.headers["cache-control"]
        picture = jpeg.decode(answer.content)
        assert picture.shape == (HEIGHT, WIDTH, 3)
        assert (np.mean(picture) < 100) == dark
    assert names(save) == sorted({Path(first).name, Path(second).name})


async def test_snapshots_of_one_second_have_names_of_their_own(tmp_path: Path) -> None:
    async with edge_nvr(tmp_path, clock=lambda: 1775053822.0, start=False) as app, app.edge_client() as client:
        app.edge.snapshots._take = lambda: b"jpeg"
        names = [Path(done(await client.post("/snapshot"))["path"]).name for _ in range(3)]
    assert names == [f"snapshot_20260401_143022{end}.jpg" for end in ("", "_1", "_2")]


async def test_a_camera_that_is_down(
    client: httpx.AsyncClient, app: Nvr, save: Path, camera: FrameRing, events: list[tuple[str, dict[str, str]]]
) -> None:
    app.edge.stills._limit_s = 0.3
    fails(await client.post("/snapshot"), 500, "snapshot_failed")
    show(camera, 50, age_s=5)  # not the picture of now
    fails(await client.post("/snapshot"), 500, "snapshot_failed")
    assert names(save) == []
    assert not events


async def test_a_snapshot_waits_for_a_picture_of_now(client: httpx.AsyncClient, camera: FrameRing) -> None:
    show(camera, 50, age_s=5)
    taking = asyncio.create_task(client.post("/snapshot"))
    await until(camera.full_wanted)
    show(camera, 200)
    assert brightness(done(await taking)["path"]) > 150


@pytest.mark.parametrize("width", [recordings.WIDTH, WIDTH // 2])
async def test_a_snapshot_has_the_size_of_the_recorded_stream_if_that_is_larger(
    client: httpx.AsyncClient, app: Nvr, camera: FrameRing, tmp_path: Path, width: int
) -> None:
    shape = recordings.Shape(width=width, audio=False)
    segment = recordings.write(tmp_path, "front", time.time() - 4, 0.0, 4.0, shape)
    app.services.catalogue.on_segment_opened(SegmentOpened("front", segment.path, segment.start_time))
    show(camera, 50)
    path = done(await client.post("/snapshot"))["path"]
    taken = jpeg.decode(await asyncio.to_thread(Path(path).read_bytes))
    if width < WIDTH:
        assert taken.shape == (HEIGHT, WIDTH, 3)
        return
    assert taken.shape == (recordings.HEIGHT, recordings.WIDTH, 3)
    assert recordings.number(taken) == 39  # the newest one


async def test_a_recording_that_has_ended_is_not_the_picture_of_now(
    client: httpx.AsyncClient, app: Nvr, camera: FrameRing, tmp_path: Path
) -> None:
    segment = recordings.write(tmp_path, "front", time.time() - 20, 0.0, 4.0, recordings.Shape(audio=False))
    app.services.catalogue.on_segment_opened(SegmentOpened("front", segment.path, segment.start_time))
    show(camera, 50)
    path = done(await client.post("/snapshot"))["path"]
    assert jpeg.size(await asyncio.to_thread(Path(path).read_bytes)) == (WIDTH, HEIGHT)


async def test_a_disk_that_cannot_be_written(
    client: httpx.AsyncClient, app: Nvr, camera: FrameRing, save: Path
) -> None:
    show(camera, 50)
    in_its_place(save)
    fails(await client.post("/snapshot"), 500, "snapshot_failed")
    assert done(await client.get("/snapshots")) == done(await client.get("/archive")) == []
    assert done(await client.get("/storage/status"))["disk_total_gb"] > 0


@pytest.mark.edge_endpoint("GET /snapshot_image")
async def test_9_no_snapshot_is_read_from_elsewhere(client: httpx.AsyncClient, app: Nvr, save: Path) -> None:
    fails(await client.get("/snapshot_image?path=/etc/hostname"), 404, "not_found")
    fails(await client.get("/snapshot_image"), 400, "path_required")
    recording(save, "output_20260401_120000")
    (save / "snapshot_link.jpg").symlink_to("/etc/hostname")
    for path in (
        "output_20260401_120000.mp4", "output_20260401_120000.thumb.jpg", "snapshot_link.jpg",
        "../settings/settings.json", "none/../../settings/settings.json", "snapshot_" + "x" * 300 + ".jpg", "\x01",
    ):  # fmt: skip
        for text in (path, str(save / path)):
            fails(await client.get("/snapshot_image", params={"path": text}), 404, "not_found")
    fails(await client.get("/snapshot_image?path=snapshot_%ed%a0%80.jpg"), 404, "not_found")


@pytest.mark.edge_endpoint("POST /delete_snapshot")
async def test_deleting_snapshots(
    client: httpx.AsyncClient, save: Path, events: list[tuple[str, dict[str, str]]]
) -> None:
    path, video = save / "snapshot_20260401_120000.jpg", recording(save, "output_20260401_120000")
    path.write_bytes(b"x")

    async def delete(path: object) -> httpx.Response:
        return await client.post("/delete_snapshot", json={"snapshot_path": path})

    fails(await client.post("/delete_snapshot"), 400, "path_required")
    fails(await delete(""), 400, "path_required")
    fails(await delete(["x"]), 400, "bad_field", field="snapshot_path")
    for bad in (video, video.with_suffix(".thumb.jpg"), "/etc/hostname", f"{save}/../snapshot_1.jpg"):
        fails(await delete(str(bad)), 400, "bad_path")
    fails(await delete(str(save / "snapshot_none.jpg")), 404, "not_found")
    assert not events
    assert "message" in done(await delete(str(path)))
    assert not path.exists()
    assert events == [("archive_removed", {"path": str(path), "type": "snapshot"})]


@pytest.mark.edge_endpoint("GET /storage/status", "POST /storage/configure", "POST /storage/cleanup")
async def test_storage(client: httpx.AsyncClient, app: Nvr, save: Path) -> None:
    found = done(await client.get("/storage/status"))
    assert set(found) == {"enabled", "max_percent", "disk_percent", "disk_total_gb", "disk_used_gb", "disk_free_gb"}
    assert (found["enabled"], found["max_percent"]) == (False, 85)
    answer = done(await client.post("/storage/configure", json={"enabled": True, "max_percent": 100}))
    assert set(answer) == {"message", "config"}
    assert answer["config"] == {"enabled": True, "max_percent": 95}
    assert done(await client.post("/storage/configure", json={"max_percent": -5}))["config"]["max_percent"] == 10
    assert done(await client.post("/storage/configure"))["config"] == {"enabled": True, "max_percent": 10}
    for body, field in (
        ({"enabled": 1}, "enabled"),
        ({"max_percent": "50"}, "max_percent"),
        ({"enabled": None}, "enabled"),
    ):
        fails(await client.post("/storage/configure", json=body), 400, "bad_field", field=field)
    done(await client.post("/storage/configure", json={"enabled": False, "max_percent": 50}))
    kept = json.loads((save.parent / "settings" / "settings.json").read_text())
    assert kept["StorageLimit"] == {"enabled": False, "max_percent": 50}
    for hour in range(3):
        recording(save, f"output_20260401_1{hour}0000", 1000 + hour)
    app.edge.storage._probe = lambda folder: DiskUsage(
        10, 4 + len(list(folder.glob("*.mp4"))), 6 - len(list(folder.glob("*.mp4")))
    )
    assert done(await client.post("/storage/cleanup")) == {
        "enabled": False, "action": "cleaned", "deleted": 2, "freed_mb": 0.0, "disk_percent": 50.0, "threshold": 50,
    }  # fmt: skip
    assert {name.partition(".")[0] for name in names(save)} == {"output_20260401_120000"}
    assert done(await client.post("/storage/cleanup")) == {
        "enabled": False, "action": "ok", "disk_percent": 50.0, "threshold": 50,
    }  # fmt: skip


async def test_two_snapshots_at_once(client: httpx.AsyncClient, app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2, timeout=20)

    def take() -> bytes:
        together.wait()
        return b"jpeg"

    monkeypatch.setattr(app.edge.snapshots, "_take", take)
    answers = await asyncio.gather(client.post("/snapshot"), client.post("/snapshot"))
    assert len({done(answer)["path"] for answer in answers}) == 2


@pytest.mark.parametrize("place", ["recordings", "recordings/front", "clips", "exports", "."])
async def test_the_files_of_the_nvr_are_not_of_the_archive(
    client: httpx.AsyncClient, app: Nvr, tmp_path: Path, place: str
) -> None:
    segment = tmp_path / "recordings" / "front" / "secret.mp4"
    segment.parent.mkdir(parents=True)
    segment.write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / place)
    for location in (tmp_path / place, tmp_path / "link", f"../../{place}"):
        answer = await client.post("/settings", json={"VideoSaveLocation": str(location)})
        fails(answer, 400, "bad_save_location")
    fails(await client.get("/stream_video", params={"video_path": str(segment)}), 404, "not_found")
    done(await client.post("/settings", json={"VideoSaveLocation": str(tmp_path / "other")}))
    assert app.edge.archive.folder == tmp_path / "other"
