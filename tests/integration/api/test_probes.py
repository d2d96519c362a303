"""Looking at streams: what they consist of, a picture, keyframes. Nothing else of this machine can be read."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.api.nvr import probes
from dogwatch.media import jpeg
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.stocked import stocked
from tests.media import street
from tests.rtsp import RtspServer, serving

CONFIG = """
mqtt: {enabled: false}
auth: {hash_iterations: 10}
cameras:
  front: {ffmpeg: {inputs: [{path: "URL", roles: [detect]}, {path: "synthetic://street?size=320x180&fps=5", roles: [record]}]}}
  off: {enabled: false, ffmpeg: {inputs: [{path: "rtsp://192.0.2.2/main"}]}}
"""  # noqa: E501


@pytest.fixture(scope="module")
def server() -> Iterator[RtspServer]:
    with RtspServer(serving(street()), login="user:hunter2") as made:
        yield made


@pytest.fixture
def url(server: RtspServer) -> str:
    return server.url.replace("rtsp://", "rtsp://user:hunter2@")


async def test_what_streams_consist_of(tmp_path: Path, url: str) -> None:
    with nvr(tmp_path, CONFIG.replace("URL", url)) as app:
        async with app.client() as client:
            found = (await client.get("/api/ffprobe?paths=camera:front")).json()
            assert [one["return_code"] for one in found] == [0, 0]
            video = found[0]["stdout"]["streams"][0]
            assert (video["codec_type"], video["codec_name"], video["width"]) == ("video", "h264", 1280)
            assert "H.264" in video["codec_long_name"]
            assert found[1]["stdout"]["streams"][0]["width"] == 320
            wrong = url.replace("hunter2", "wrong")
            gone = "rtsp://user:hunter2@127.0.0.1:1/none"
            answer = await client.get("/api/ffprobe", params={"paths": f"{url},{wrong},{gone}", "detailed": "true"})
            good, refused, closed = answer.json()
            assert [one["codec_name"] for one in good["metadata"]["video"]] == ["h264"]
            assert good["metadata"]["audio"] == []
            for one, words in ((refused, "password is wrong"), (closed, "connection refused")):
                assert (one["return_code"], one["stdout"]) == (1, "")
                assert words in one["stderr"][0]
            assert "hunter2" not in answer.text
            assert wrong not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 404),
        ("?paths=camera:none", 404),
        ("?paths=camera:off", 404),
        ("?paths=/etc/passwd", 400),
        ("?paths=file:///etc/passwd", 400),
        ("?paths=concat:/etc/passwd", 400),
        ("?paths=synthetic://street", 400),
        ("?paths=" + ",".join(["rtsp://192.0.2.1/a"] * 17), 400),
        ("/snapshot", 400),
        ("/snapshot?url=/etc/passwd", 400),
        ("/snapshot?url=rtsp://127.0.0.1:1/x", 500),
        ("/snapshot?url=rtsp://127.0.0.1:1/x&timeout=0", 422),
    ],
)
async def test_what_is_refused(app: Nvr, path: str, status: int) -> None:
    app.services.switches.set("back", "enabled", value=False)
    async with app.client() as client:
        answer = await client.get(f"/api/ffprobe{path}".replace("camera:off", "camera:back"))
        assert answer.status_code == status, answer.text
        assert "root:" not in answer.text


async def test_a_playlist_leads_to_no_file(app: Nvr, tmp_path: Path) -> None:
    (tmp_path / "secret.ts").write_bytes(b"G" * 188)
    served = b"#EXTM3U\n#EXTINF:1,\nfile://" + str(tmp_path / "secret.ts").encode() + b"\n#EXT-X-ENDLIST\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        asked = threading.Thread(target=serve, args=(listener, served), daemon=True)
        asked.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x.m3u8"
        async with app.client() as client:
            [found] = (await client.get("/api/ffprobe", params={"paths": address})).json()
    assert found["return_code"] == 1


def serve(listener: socket.socket, body: bytes) -> None:
    listener.settimeout(5)
    try:
        while True:
            link, _ = listener.accept()
            with link:
                link.recv(4096)
                link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
    except OSError:
        return


async def test_a_picture_of_a_stream(app: Nvr, url: str) -> None:
    async with app.client() as client:
        answer = await client.get("/api/ffprobe/snapshot", params={"url": url})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert jpeg.size(answer.content) == (1280, 720)


async def test_a_stream_that_stays_silent(app: Nvr) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"rtsp://127.0.0.1:{listener.getsockname()[1]}/x"
        async with app.client() as client:
            began = time.monotonic()
            answer = await client.get("/api/ffprobe/snapshot", params={"url": address, "timeout": "1"})
            assert answer.status_code == 408
            assert time.monotonic() - began < 5


async def test_no_more_than_a_few_at_once(app: Nvr) -> None:
    with probes._turn(), probes._turn():
        async with app.client() as client:
            answer = await client.get("/api/ffprobe?paths=rtsp://127.0.0.1:1/x")
            assert answer.status_code == 503
            assert answer.headers["retry-after"]


async def test_keyframes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dogwatch.testing.recordings import T0

    with stocked(tmp_path) as app:
        async with app.client() as client:
            assert (await client.get("/api/keyframe_analysis?camera=none")).status_code == 404
            none = (await client.get("/api/keyframe_analysis?camera=front")).json()
            assert none["keyframes"] == 0
            assert none["advice"].startswith("There are no recordings")
            monkeypatch.setattr("dogwatch.api.nvr.probes.time.time", lambda: T0 + 10)
            found = (await client.get("/api/keyframe_analysis?camera=front")).json()
            assert found["keyframes"] >= 4
            assert found["mean_interval"] == pytest.approx(2.0, abs=0.1)
            assert found["advice"] == ""
