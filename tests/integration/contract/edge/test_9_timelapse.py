"""The timelapse: section 9 of the contract. Days and failures: tests/integration/edge/test_timelapse.py."""

from __future__ import annotations

import json
import os
from io import BytesIO
from pathlib import Path

import av
import httpx
import numpy as np
import pytest

from dogwatch.edge.news import NewsReader
from dogwatch.media import jpeg
from dogwatch.testing.app import Nvr, edge_nvr, until
from tests.integration.contract.edge.conftest import done, fails

CONFIG = {"enabled": False, "interval_minutes": 5, "fps": 24, "resolution": "640x480"}


@pytest.fixture
def videos(app: Nvr) -> Path:
    """The directory of timelapse videos, with one of two days; the older has its sidecars."""
    folder = app.edge.archive.timelapses
    folder.mkdir(parents=True)
    for day, mtime in (("20260401", 2e9), ("20260402", 1e9)):
        (folder / f"timelapse_{day}.mp4").write_bytes(b"film of " + day.encode())
        os.utime(folder / f"timelapse_{day}.mp4", (mtime, mtime))
    (folder / "timelapse_20260401.thumb.jpg").write_bytes(b"thumb")
    meta = '{"reason":"timelapse","frame_count":288,"duration_seconds":12.0}'
    (folder / "timelapse_20260401.meta.json").write_text(meta)
    return folder


@pytest.mark.edge_endpoint("GET /timelapse/status", "POST /timelapse/configure")
async def test_settings_of_the_timelapse(client: httpx.AsyncClient) -> None:
    assert done(await client.get("/timelapse/status")) == {**CONFIG, "today_frame_count": 0, "last_capture": None}
    expected = dict(CONFIG)
    for change in (
        {"interval_minutes": 60}, {"fps": 1}, {"resolution": "320:240"}, {"resolution": "original", "fps": 60}, {},
        {"interval_minutes": 1.5, "more": 1},
    ):  # fmt: skip
        expected |= {key: value for key, value in change.items() if key in expected}
        answer = done(await client.post("/timelapse/configure", json=change))
        assert set(answer) == {"message", "config"}
        assert answer["config"] == expected
    for bad in (
        {"enabled": "yes"}, {"enabled": None}, {"interval_minutes": 0}, {"interval_minutes": 61}, {"fps": 0},
        {"fps": 61}, {"fps": 1.5}, {"fps": True}, {"resolution": "640"}, {"resolution": "1x1"}, {"resolution": 5},
    ):  # fmt: skip
        fails(await client.post("/timelapse/configure", json={**bad}), 400, "bad_field", field=next(iter(bad)))
    status = done(await client.get("/timelapse/status"))
    assert {key: status[key] for key in CONFIG} == expected


@pytest.mark.edge_endpoint("POST /timelapse/start", "POST /timelapse/stop")
async def test_start_and_stop(tmp_path: Path) -> None:
    async with edge_nvr(tmp_path, clock=lambda: 1775053822.0) as app, app.edge_client() as client:
        app.edge.timelapse._take = lambda: b"\xff\xd8 no picture"
        answer = done(await client.post("/timelapse/start", json={"resolution": "original", "interval_minutes": 7}))
        assert answer["config"] == {**CONFIG, "enabled": True, "resolution": "original", "interval_minutes": 7}
        folder = app.edge.archive.timelapses
        answer = done(await client.post("/timelapse/stop", json={"enabled": True, "fps": 3}))
        assert answer["config"] == {**CONFIG, "enabled": False, "resolution": "original", "interval_minutes": 7}
        assert not list(folder.glob("*/*"))
        assert done(await client.get("/timelapse/status"))["today_frame_count"] == 0


async def test_the_first_frame_is_taken_at_once(tmp_path: Path) -> None:
    async with edge_nvr(tmp_path, edge="edge: {camera: front, camera_shows_time: true, boot: []}\n") as app:
        app.edge.timelapse._take = lambda: b"jpeg"
        async with app.edge_client() as client:
            done(await client.post("/timelapse/configure", json={"enabled": True, "resolution": "original"}))
            await until(lambda: app.edge.timelapse.status()["today_frame_count"])
            assert done(await client.get("/timelapse/status"))["last_capture"].endswith("+00:00")
            (frame,) = app.edge.archive.timelapses.glob("????-??-??/frame_??????.jpg")
            assert frame.read_bytes() == b"jpeg"


@pytest.mark.edge_endpoint("GET /timelapse", "GET /timelapse/video", "GET /timelapse/thumbnail")
async def test_videos(client: httpx.AsyncClient, videos: Path) -> None:
    (videos / "timelapse_20260403.tmp.mp4").write_bytes(b"x")
    (videos / "other.mp4").write_bytes(b"x")
    (videos / ".timelapse_20260404.mp4").write_bytes(b"x")
    rows = done(await client.get("/timelapse"))
    assert [row["date"] for row in rows] == ["2026-04-02", "2026-04-01"]
    assert set(rows[0]) == {"path", "date", "size", "mtime"}
    assert rows[1] == {
        "path": str(videos / "timelapse_20260401.mp4"), "date": "2026-04-01", "size": 16,
        "mtime": "2033-05-18T03:33:20.000000+00:00", "thumbnail": str(videos / "timelapse_20260401.thumb.jpg"),
        "frame_count": 288, "duration_seconds": 12.0,
    }  # fmt: skip
    path = rows[1]["path"]
    part = await client.get("/timelapse/video", params={"path": path}, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"film", "video/mp4")
    for named in (path, rows[1]["thumbnail"]):
        picture = await client.get("/timelapse/thumbnail", params={"path": named})
        assert (picture.content, picture.headers["content-type"]) == (b"thumb", "image/jpeg")
        assert "max-age=86400" in picture.headers["cache-control"]
    for route in ("/timelapse/video", "/timelapse/thumbnail"):
        fails(await client.get(route), 400, "path_required")
        for bad in ("/etc/hostname", rows[0]["path"] + "x", str(videos / "other.mp4"), f"{videos}/../output_1.mp4"):
            fails(await client.get(route, params={"path": bad}), 404, "not_found")
    fails(await client.get("/timelapse/thumbnail", params={"path": rows[0]["path"]}), 404, "not_found")


@pytest.mark.edge_endpoint("POST /timelapse/delete")
async def test_deleting_videos(
    client: httpx.AsyncClient, app: Nvr, videos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(app.edge.archive, "_publish", lambda event, data: told.append((event, data)))
    path = videos / "timelapse_20260401.mp4"
    deeper = videos / "deeper" / "timelapse_20260401.mp4"
    recording = app.edge.settings.save_dir / "output_20260401_120000.mp4"
    for other in (deeper, recording, videos / "other.mp4"):
        other.parent.mkdir(exist_ok=True)
        other.write_bytes(b"x")
    for bad in (deeper, recording, videos / "other.mp4", videos / "timelapse_20260401.thumb.jpg", "/etc/hostname", ""):
        fails(await client.post("/timelapse/delete", json={"path": str(bad)}), 400, "bad_path")
    fails(await client.post("/timelapse/delete", json={"path": False}), 400, "bad_field", field="path")
    fails(
        await client.post("/timelapse/delete", json={"path": str(videos / "timelapse_20260403.mp4")}), 404, "not_found"
    )
    assert not told
    assert "message" in done(await client.post("/timelapse/delete", json={"path": str(path)}))
    assert told == [("archive_removed", {"path": str(path), "type": "timelapse"})]
    assert sorted(row["path"] for row in done(await client.get("/timelapse"))) == [
        str(videos / "timelapse_20260402.mp4")
    ]
    assert not path.with_suffix(".thumb.jpg").exists()
    assert not path.with_suffix(".meta.json").exists()
    fails(await client.post("/timelapse/delete", json={"path": str(path)}), 404, "not_found")


def told_of(reader: NewsReader) -> list[tuple[str, dict[str, str]]]:
    """Return what a client was told of the archive."""
    return [(item.event, json.loads(item.data)) for item in reader.queue if item.event.startswith("archive_")]


async def test_days_before_are_stitched_at_the_start_and_played(tmp_path: Path) -> None:
    """By the listener, with the encoder in its own process: frames of an older day become a video that av reads."""
    async with edge_nvr(tmp_path, start=False, clock=lambda: 1775053822.0) as app, app.edge_client() as client:
        folder = app.edge.archive.timelapses / "2026-03-30"
        folder.mkdir(parents=True)
        for number in range(5):
            picture = np.full((48, 64, 3), 40 * number + 20, np.uint8)
            (folder / f"frame_12000{number}.jpg").write_bytes(jpeg.encode(picture, 90))
        with app.edge.news.joined(None, None) as joined:
            app.edge.start()
            try:
                await until(lambda: told_of(joined.reader), 60.0)
            finally:
                await app.edge.stop()
        (row,) = done(await client.get("/timelapse"))
        assert told_of(joined.reader) == [("archive_updated", {"path": row["path"], "type": "timelapse"})]
        assert (row["date"], row["frame_count"], row["duration_seconds"]) == ("2026-03-30", 5, 0.2)
        film = await client.get("/timelapse/video", params={"path": row["path"]})
        with av.open(BytesIO(film.content), "r") as container:
            stream = container.streams.video[0]
            assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
            levels = [picture.to_ndarray(format="gray").mean() for picture in container.decode(video=0)]
        assert levels == pytest.approx([20, 60, 100, 140, 180], abs=4)
        thumbnail = await client.get("/timelapse/thumbnail", params={"path": row["path"]})
        assert jpeg.size(thumbnail.content) == (320, 240)
        assert not folder.exists()
