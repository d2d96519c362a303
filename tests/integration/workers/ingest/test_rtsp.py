"""Ingest against a real RTSP server, which is killed, frozen and started again."""

import contextlib
import itertools
import socket
import socketserver
import threading
import time
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import pytest

from dogwatch.bus.messages import FootageLost, IngestStats, SegmentOpened, SegmentWritten, StreamLost, StreamOpened
from dogwatch.config.inputs import input_options
from dogwatch.errors import SourceError
from dogwatch.media.fragments import scan
from dogwatch.media.source import SourceRequest, open_source
from dogwatch.testing.ingest import IngestProcess, spec_for
from dogwatch.workers.ingest.process import STATS_EVERY_S
from dogwatch.workers.ingest.spec import IngestSpec
from tests.integration.workers.ingest.made import make, played
from tests.media import street
from tests.rtsp import MJPEG, RtspServer, free_port, serving


def with_options(spec: IngestSpec, **options: str) -> IngestSpec:
    return msgspec.structs.replace(spec, inputs=(msgspec.structs.replace(spec.inputs[0], options=options),))


def with_url(spec: IngestSpec, url: str) -> IngestSpec:
    return msgspec.structs.replace(spec, inputs=(msgspec.structs.replace(spec.inputs[0], url=url),))


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_real_video_is_recorded_without_gaps(tmp_path: Path, transport: str) -> None:
    with RtspServer(serving(street(), audio="aac")) as server:
        spec = with_options(spec_for(tmp_path, server.url), rtsp_transport=transport)
        with IngestProcess(spec) as ingest:
            opened = ingest.wait_for(StreamOpened)
            assert (opened.video_codec, opened.width, opened.height) == ("h264", 1280, 720)
            assert opened.audio_codec == "aac"
            ingest.wait_for(SegmentWritten, lambda m: m.continuous, timeout=30)
            segments = ingest.segments()
            times = np.array([at for at, _ in played(*[tmp_path / segment.path for segment in segments])])
            assert np.allclose(np.diff(times), 1 / 15, atol=0.005)
            assert all(segment.has_audio for segment in segments)
            stats = ingest.wait_for(IngestStats)
            assert stats.reconnects == stats.audio_faults == 0


@pytest.mark.parametrize("away", [1.0, 10.0])
def test_recording_is_back_within_three_seconds_of_the_server(tmp_path: Path, away: float) -> None:
    video = make(tmp_path / "cam.mp4", seconds=60)
    with RtspServer(serving(video)) as server, IngestProcess(spec_for(tmp_path, server.url)) as ingest:
        first = ingest.wait_for(SegmentOpened)
        ingest.wait_for(SegmentWritten)
        server.kill()
        lost = ingest.wait_for(StreamLost)
        assert lost.roles == ("detect", "record")
        until = time.monotonic() + away
        while time.monotonic() < until:
            ingest.pump(0.1)
        count = len(ingest.messages)
        server.start()
        back = time.time()
        again = ingest.wait_for(SegmentOpened, after=count)
        assert time.time() - back < 3.0
        assert again.start_time - back < 3.0
        ingest.leave()
        segments = ingest.segments()
        assert segments[0].path == first.path
        assert all(a.end_time <= b.start_time for a, b in itertools.pairwise(segments))
        assert not ingest.all(SegmentWritten)[-1].continuous
        for segment in segments:
            assert played(tmp_path / segment.path)


def test_a_camera_that_falls_silent_is_noticed(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", seconds=60)
    spec = spec_for(tmp_path, "", stall_seconds=2.0)
    with RtspServer(serving(video)) as server:
        spec = msgspec.structs.replace(spec, inputs=(msgspec.structs.replace(spec.inputs[0], url=server.url),))
        with IngestProcess(spec) as ingest:
            ingest.wait_for(SegmentOpened)
            server.freeze()
            assert "no data for 2 s" in ingest.wait_for(StreamLost, timeout=10).reason
            ingest.wait_for(SegmentWritten)  # what had come is safe
            count = len(ingest.messages)
            server.thaw()
            ingest.wait_for(SegmentOpened, after=count)
            assert ingest.wait_for(IngestStats, after=count).stalls >= 1


@pytest.mark.parametrize("audio", ["alaw", "mulaw", "opus"])
def test_sound_of_cameras_becomes_aac(tmp_path: Path, audio: str) -> None:
    video = make(tmp_path / "cam.mp4", seconds=30)
    with RtspServer(serving(video, audio=audio)) as server, IngestProcess(spec_for(tmp_path, server.url)) as ingest:
        segment = ingest.wait_for(SegmentWritten, timeout=30).segment
        assert segment.has_audio
        assert ingest.wait_for(IngestStats).audio_faults == 0


def test_hevc_and_mjpeg(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", "libx265", seconds=30)
    for launch, codec in ((serving(video, "hevc"), "hevc"), (MJPEG, "mjpeg")):
        with RtspServer(launch) as server, IngestProcess(spec_for(tmp_path, server.url)) as ingest:
            assert ingest.wait_for(StreamOpened).video_codec == codec
            segment = ingest.wait_for(SegmentWritten, timeout=30).segment
            assert len(played(tmp_path / segment.path)) >= 35


SLICED = "( filesrc location={} ! qtdemux ! h264parse ! video/x-h264,stream-format=byte-stream,alignment=nal ! {} )"
PAY = "rtph264pay name=pay0 pt=96 config-interval=-1"


def test_keyframes_in_two_packets_of_one_time_lose_nothing(tmp_path: Path) -> None:
    """What servers make of encoders that are told to be quick: each slice of a keyframe in a packet of its own."""
    video = make(tmp_path / "cam.mp4", seconds=40, gop=5, slices="2", tune="zerolatency")
    with (
        RtspServer(SLICED.format(video, PAY)) as server,
        IngestProcess(spec_for(tmp_path, server.url, roles=("record",), segment_seconds=2.0)) as ingest,
    ):
        for _ in range(6):
            ingest.wait_for(SegmentWritten, after=len(ingest.messages))
        ingest.leave()
        assert ingest.all(FootageLost) == []
        numbers = [n for _, n in played(*[tmp_path / segment.path for segment in ingest.segments()])]
        assert len(numbers) > 100
        assert set(range(1, max(numbers))) <= set(numbers)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_b_frames_keep_their_times_from_the_first_picture_on(tmp_path: Path, codec: str) -> None:
    video = make(
        tmp_path / "cam.mp4", f"libx26{'4' if codec == 'h264' else '5'}", seconds=20, fps=25, gop=50, b_frames=3
    )
    with RtspServer(serving(video, codec)) as server, IngestProcess(spec_for(tmp_path, server.url)) as ingest:
        segment = ingest.wait_for(SegmentWritten).segment
        shown = played(tmp_path / segment.path)
        first = shown[0][1]
        assert [n for _, n in shown] == list(range(first, first + len(shown)))
        assert np.allclose(np.diff([at for at, _ in shown]), 1 / 25, atol=0.001)


def in_one_stream(parts: list[Path], path: Path) -> Path:
    """Write films of MPEG-TS as one, whose pictures follow one another in time; parameter sets stay in the stream."""
    with av.open(str(path), "w", format="mpegts") as out:
        stream: Any = None
        begin = 0.0
        for part in parts:
            with av.open(str(part)) as source:
                video = source.streams.video[0]
                stream = stream or out.add_stream_from_template(video)
                packets: list[Any] = [packet for packet in source.demux(video) if packet.size]
                scale, first = float(packets[0].time_base), packets[0].dts
                shift = round(begin / scale) - first
                for packet in packets:
                    packet.dts, packet.pts, packet.stream = packet.dts + shift, packet.pts + shift, stream
                    out.mux(packet)
                begin += (packets[-1].dts - packets[-2].dts) * scale + (packets[-1].dts - shift - first) * scale
    return path


def test_other_parameters_begin_a_new_segment_without_a_new_connection(tmp_path: Path) -> None:
    parts = [
        make(tmp_path / f"{profile}.ts", seconds=5, gop=10, profile=profile, preset=preset)
        for profile, preset in (("baseline", "ultrafast"), ("high", "medium"))
    ]
    # One file: GStreamer's concat now and then halts between two.
    film = in_one_stream(parts, tmp_path / "film.ts")
    launch = f"( filesrc location={film} ! tsdemux ! h264parse config-interval=-1 ! {PAY} )"
    spec = spec_for(tmp_path, "", segment_seconds=60.0)
    with RtspServer(launch) as server, IngestProcess(with_url(spec, server.url)) as ingest:
        first = ingest.wait_for(SegmentOpened)
        ingest.wait_for(SegmentOpened, lambda m: m.path != first.path)
        assert ingest.all(StreamLost) == []
        ingest.wait_for(SegmentWritten, lambda m: m.continuous)  # when it has ended
        before, after = (scan(tmp_path / segment.path) for segment in ingest.segments()[:2])
        assert (before.codec[:7], after.codec[:7]) == ("avc1.42", "avc1.64")
        assert len(played(tmp_path / ingest.segments()[1].path)) >= 45


def test_wrong_passwords_are_named_and_never_logged(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4")
    with RtspServer(serving(video), login="user:rightpass") as server:
        for login, good in (("user:wrongpass", False), ("user:rightpass", True)):
            url = server.url.replace("rtsp://", f"rtsp://{login}@")
            with IngestProcess(spec_for(tmp_path, url)) as ingest:
                if good:
                    ingest.wait_for(StreamOpened)
                else:
                    assert "password is wrong" in ingest.wait_for(StreamLost).reason
                ingest.leave()
                assert not good or "*:*@" in ingest.log()
                assert "pass" not in ingest.log().replace("password", "")
                assert "wrongpass" not in str(ingest.messages)
                assert "rightpass" not in str(ingest.messages)


class Refusing(socketserver.StreamRequestHandler):
    """Answers one method of RTSP with a status, and all others as a camera does."""

    method, status = "SETUP", "453 Not Enough Bandwidth"
    SDP = (
        b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\n"
        b"a=rtpmap:96 H264/90000\r\na=control:trackID=1\r\n"
    )

    def handle(self) -> None:
        while line := self.rfile.readline():
            sequence = b"0"
            while (header := self.rfile.readline()).strip():
                if header.lower().startswith(b"cseq"):
                    sequence = header.split(b":")[1].strip()
            method = line.split()[0].decode()
            status, more, body = "200 OK", b"", b""
            if method == self.method:
                status = self.status
            elif method == "DESCRIBE":
                more, body = b"Content-Type: application/sdp\r\nContent-Length: %d\r\n" % len(self.SDP), self.SDP
            elif method == "SETUP":
                more = b"Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
            self.wfile.write(b"RTSP/1.0 %s\r\nCSeq: %s\r\n%s\r\n%s" % (status.encode(), sequence, more, body))


@pytest.mark.parametrize("method", ["DESCRIBE", "SETUP", "PLAY"])
@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("400 Bad Request", "does not understand"),
        ("401 Unauthorized", "password is wrong"),
        ("403 Forbidden", "forbidden"),
        ("404 Not Found", "no such stream"),
        ("405 Method Not Allowed", "refuses the request (4XX)"),
        ("408 Request Timeout", "refuses the request (4XX)"),
        ("453 Not Enough Bandwidth", "may have too many connections"),
        ("454 Session Not Found", "refuses the request (4XX)"),
        ("455 Method Not Valid in This State", "refuses the request (4XX)"),
        ("461 Unsupported Transport", "try preset-rtsp-udp|refuses the request"),
        ("500 Internal Server Error", "may be starting"),
        ("503 Service Unavailable", "may be starting"),
    ],
)
def test_refusals_are_told_in_words_to_act_on(method: str, status: str, words: str) -> None:
    handler = type("Handler", (Refusing,), {"method": method, "status": status})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"rtsp://user:secret@127.0.0.1:{server.server_address[1]}/cam"
        with pytest.raises(SourceError, match=words.replace("(", r"\(").replace(")", r"\)")) as caught:
            open_source(SourceRequest(url, {}, None, 5.0), threading.Event())
        server.shutdown()
    said = str(caught.value)
    assert "Errno" not in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("path", "words"), [("/nothing", "404"), (None, "connection refused")], ids=["not found", "refused"]
)
def test_reasons_are_fit_for_a_user(tmp_path: Path, path: str | None, words: str) -> None:
    if path is None:
        url = f"rtsp://127.0.0.1:{free_port()}/cam"
        with IngestProcess(spec_for(tmp_path, url)) as ingest:
            assert words in ingest.wait_for(StreamLost).reason
        return
    server = RtspServer(serving(make(tmp_path / "cam.mp4")))
    with server, IngestProcess(spec_for(tmp_path, server.url.replace("/cam", path))) as ingest:
        assert words in ingest.wait_for(StreamLost).reason


@pytest.mark.parametrize("password", ["p#ss", "p/ss", "p?ss", "p@ss", "p:ss", "p ss", "päss", "100%", "a#/?b"])
def test_a_password_may_hold_any_character(password: str) -> None:
    with RtspServer(MJPEG, login=f"admin:{password}") as server:
        url = server.url.replace("rtsp://", f"rtsp://admin:{password}@")
        options = input_options(url, "preset-rtsp-generic")
        source = open_source(SourceRequest(url, options.options, options.format, 10.0), threading.Event())
        assert source.video.codec == "mjpeg"
        source.close()


class Muted:
    """Stands between a camera and its client; from `mute` on it passes no RTP, only RTCP packets, one every 0.1 s."""

    RTCP = b"$\x01\x00\x08" + b"\x80\xc9\x00\x01" + bytes(4)  # an empty receiver report, on the video's channel

    def __init__(self, port: int) -> None:
        self._camera = socket.create_connection(("127.0.0.1", port))
        self._server = socket.create_server(("127.0.0.1", 0))
        self._muted = threading.Event()
        self.url = f"rtsp://127.0.0.1:{self._server.getsockname()[1]}/cam"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def mute(self) -> None:
        self._muted.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError), self._server.accept()[0] as client:
            threading.Thread(target=self._pass, args=(client, self._camera), daemon=True).start()
            while not self._muted.is_set() and (data := self._camera.recv(1 << 16)):
                client.sendall(data)
            client.sendall(self.RTCP * 300)  # the rest of an RTP packet is made of these
            while True:
                client.sendall(self.RTCP)
                time.sleep(0.1)

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)

    def __enter__(self) -> "Muted":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self._thread.join(5)  # the client has gone, so sending to it fails
        self._camera.close()


def test_a_camera_that_sends_something_but_no_data_is_noticed(tmp_path: Path) -> None:
    with RtspServer(serving(make(tmp_path / "cam.mp4", seconds=60))) as server, Muted(server.port) as camera:
        spec = spec_for(tmp_path, camera.url, stall_seconds=2.0)
        with IngestProcess(spec) as ingest:
            ingest.wait_for(SegmentOpened)
            camera.mute()
            muted = time.monotonic()
            assert "no data for 2 s" in ingest.wait_for(StreamLost, timeout=15).reason
            assert time.monotonic() - muted < 2.0 + STATS_EVERY_S + 3.0
            ingest.wait_for(SegmentWritten)
            assert ingest.wait_for(IngestStats, lambda stats: stats.stalls > 0).stalls == 1
