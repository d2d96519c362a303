"""Real clients play a real camera over RTSP: ffprobe, ffmpeg, GStreamer and PyAV."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.bus.messages import SegmentOpened, SegmentWritten, StreamOpened
from dogwatch.live.rtsp.server import RtspServer
from dogwatch.testing.app import Nvr, until
from dogwatch.testing.ingest import IngestProcess, spec_for
from tests.integration.live.rtsp_client import client, real_camera, serving
from tests.integration.workers.ingest.made import make, number
from tests.rtsp import RtspServer as Camera
from tests.rtsp import serving as pipeline

TIMEOUT_S = 60


def url(server: RtspServer, login: str = "") -> str:
    host, port = server.addresses[0]
    return f"rtsp://{login}{host}:{port}/front"


async def run(*command: str) -> tuple[int, str]:
    """Run a program; return its exit status and what it has said."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]}")
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(TIMEOUT_S):
        output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


def played(address: str, seconds: float, **options: str) -> tuple[list[int], list[float], float]:
    """Play as PyAV does; return the numbers of the pictures, their times, and after how long the first came."""
    begun, first = time.monotonic(), 0.0
    numbers, times = [], []
    with av.open(address, options=options, timeout=TIMEOUT_S) as container:
        frames: Any = container.decode(video=0)
        for frame in frames:
            first = first or time.monotonic() - begun
            numbers.append(number(frame.to_ndarray(format="bgr24")))
            if frame.time is not None:  # libav does not know that of the first one
                times.append(float(frame.time))
            if times and times[-1] - times[0] > seconds:
                break
    return numbers, times, first


@pytest.mark.parametrize(
    ("codec", "sound", "transport"),
    [
        ("h264", "aac", "tcp"),
        ("hevc", "alaw", "tcp"),
        ("h264", "opus", "udp"),
        ("hevc", "mulaw", "udp"),
    ],
)
async def test_ffprobe_knows_what_the_camera_sends(
    app: Nvr, tmp_path: Path, codec: str, sound: str, transport: str
) -> None:
    encoder = {"h264": "libx264", "hevc": "libx265"}[codec]
    film = make(tmp_path / "cam.mp4", encoder, seconds=30, audio="aac" if sound == "aac" else "", rate=16000)
    with (
        Camera(pipeline(film, codec, sound)) as camera,
        IngestProcess(spec_for(tmp_path, camera.url)) as ingest,
    ):
        await asyncio.to_thread(ingest.wait_for, SegmentOpened)
        async with real_camera(app, ingest), serving(app) as server:
            status, output = await run(
                "ffprobe", "-v", "error", "-rtsp_transport", transport, "-print_format", "json", "-show_streams",
                "-show_packets", "-read_intervals", "%+3", url(server),
            )  # fmt: skip
            assert status == 0, output
            found = json.loads(output[output.index("{") :])
    video, audio = found["streams"]
    assert (video["codec_name"], video["width"], video["height"]) == (codec, 256, 64)
    assert audio["codec_name"] == {"alaw": "pcm_alaw", "mulaw": "pcm_mulaw"}.get(sound, sound)
    assert audio["sample_rate"] == {"aac": "16000", "opus": "48000"}.get(sound, "8000")
    for stream in (0, 1):
        packets = [one for one in found["packets"] if one["stream_index"] == stream]
        times = [float(one["pts_time"]) for one in packets if "pts_time" in one]
        assert len(packets) - len(times) <= 1  # libav does not know the time of the first picture of H.264
        assert times[-1] - times[0] > 1.5
        assert times == sorted(times)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_every_picture_comes_from_the_held_group_on(app: Nvr, tmp_path: Path, transport: str) -> None:
    film = make(tmp_path / "cam.mp4", seconds=30, gop=60, audio="aac", rate=16000)
    with IngestProcess(spec_for(tmp_path, str(film))) as ingest:
        await asyncio.to_thread(ingest.wait_for, SegmentOpened)
        await asyncio.sleep(2.0)  # into the middle of a group of pictures
        async with real_camera(app, ingest), serving(app) as server:
            numbers, times, _ = await asyncio.to_thread(played, url(server), 4.0, rtsp_transport=transport)
    assert numbers[0] % 60 == 0
    assert all((b - a) % 300 == 1 for a, b in pairwise(numbers))
    assert all(b - a == pytest.approx(0.1, abs=0.02) for a, b in pairwise(times))


async def test_a_login_by_digest_and_by_basic(app: Nvr, tmp_path: Path) -> None:
    film = make(tmp_path / "cam.mp4", seconds=30)
    with IngestProcess(spec_for(tmp_path, str(film))) as ingest:
        await asyncio.to_thread(ingest.wait_for, StreamOpened)
        async with (
            real_camera(app, ingest),
            serving(app, login_here=True, username="ha", password="ge:heim") as server,
        ):
            for login, right in (("ha:ge%3Aheim@", True), ("ha:falsch@", False), ("", False)):
                status, output = await run("ffprobe", "-v", "error", "-rtsp_transport", "tcp", url(server, login))
                assert (status == 0) is right, output
                assert right or "401" in output


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
async def test_gstreamer(app: Nvr, tmp_path: Path, protocol: str) -> None:
    film = make(tmp_path / "cam.mp4", seconds=30, audio="aac", rate=16000)
    with IngestProcess(spec_for(tmp_path, str(film))) as ingest:
        await asyncio.to_thread(ingest.wait_for, SegmentOpened)
        async with (
            real_camera(app, ingest),
            serving(app, login_here=True, username="ha", password="geheim") as server,
        ):
            status, output = await run(
                "gst-launch-1.0", "-q", "rtspsrc", f"location={url(server)}", f"protocols={protocol}", "latency=0",
                "user-id=ha", "user-pw=geheim", "!", "application/x-rtp,media=video", "!", "rtph264depay", "!",
                "h264parse", "!", "fakesink", "num-buffers=30",
            )  # fmt: skip
            assert status == 0, output
            assert "ERROR" not in output


async def test_many_readers_share_one_connection_and_one_packetiser(app: Nvr, tmp_path: Path) -> None:
    """One reader stops reading; it is dropped, and neither the others nor the recording notice."""
    film = make(tmp_path / "cam.mp4", seconds=60, gop=20)
    with IngestProcess(spec_for(tmp_path, str(film))) as ingest:
        await asyncio.to_thread(ingest.wait_for, SegmentOpened)
        async with real_camera(app, ingest), serving(app) as server:
            async with client(server) as idle:
                await idle.ask("DESCRIBE")
                await idle.set_up(0)
                await idle.ask("PLAY")
                players = [asyncio.to_thread(played, url(server), 5.0, rtsp_transport="tcp") for _ in range(8)]
                for numbers, _, first in await asyncio.gather(*players):
                    assert all((b - a) % 600 == 1 for a, b in pairwise(numbers))
                    assert first < 20
                assert len(app.services.streams.consumers("front", 0)) == 1
            await until(lambda: not app.services.streams.consumers("front", 0))
            assert len(ingest.all(StreamOpened)) == 1
            segments = [one.segment for one in ingest.all(SegmentWritten)]
            assert all(b.start_time == pytest.approx(a.end_time, abs=0.001) for a, b in pairwise(segments))


async def test_one_keeps_a_session_over_udp_by_requests_and_by_reports(
    app: Nvr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.live.rtsp.server.CHECK_S", 0.05)
    monkeypatch.setattr("dogwatch.live.rtsp.connection.SILENCE_S", 0.5)
    film = make(tmp_path / "cam.mp4", seconds=30)
    heard: list[bytes] = []

    class Port(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            heard.append(data)

    with IngestProcess(spec_for(tmp_path, str(film))) as ingest:
        await asyncio.to_thread(ingest.wait_for, SegmentOpened)
        loop = asyncio.get_running_loop()
        async with real_camera(app, ingest), serving(app) as server, client(server) as one:
            port, _ = await loop.create_datagram_endpoint(Port, local_addr=("127.0.0.1", 0))
            reports, _ = await loop.create_datagram_endpoint(Port, local_addr=("127.0.0.1", 0))
            ports = [end.get_extra_info("sockname")[1] for end in (port, reports)]
            await one.ask("DESCRIBE")
            wanted = f"RTP/AVP;unicast;client_port={ports[0]}-{ports[1]}"
            reply = await one.ask("SETUP", "/trackID=0", Transport=wanted)
            there = int(reply.header("transport").partition("server_port=")[2].partition("-")[0])
            async with client(server) as thief:
                await thief.ask("DESCRIBE")
                assert (await thief.ask("SETUP", "/trackID=0", Transport=wanted)).status == 461
            await one.ask("PLAY")
            for n in range(10):
                await asyncio.sleep(0.1)
                assert (await one.ask(("OPTIONS", "GET_PARAMETER")[n % 2])).status == 200
            for _ in range(10):
                await asyncio.sleep(0.1)
                reports.sendto(b"\x80\xc9\0\1\0\0\0\0", ("127.0.0.1", there + 1))
            assert len(app.services.streams.consumers("front", 0)) == 1
            assert any(data[1] == 200 for data in heard)
            assert sum(data[1] & 127 == 96 for data in heard) > 5
            await one.gone()  # nothing is heard of it any more
            port.close()
            reports.close()
