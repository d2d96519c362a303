"""Sources other than RTSP, sources that are wrong, and several inputs at once."""

import functools
import http.server
import itertools
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import msgspec
import pytest

from dogwatch.bus.messages import IngestStats, RingMade, SegmentOpened, SegmentWritten, StreamLost, StreamOpened
from dogwatch.testing.ingest import IngestProcess, spec_for
from dogwatch.workers.ingest.spec import InputSpec
from tests.integration.workers.ingest.made import make, played

BOUNDARY = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"


class Camera(http.server.SimpleHTTPRequestHandler):
    """Serves files, and their directory's pictures as MJPEG at `/mjpeg`."""

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path != "/mjpeg":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        pictures = sorted(Path(self.directory).glob("*.jpg"))
        stopped: threading.Event = self.server.stopped  # type: ignore[attr-defined]
        try:
            n = 0
            while not stopped.wait(0.2):
                data = pictures[n % len(pictures)].read_bytes()
                self.wfile.write(BOUNDARY % len(data) + data + b"\r\n")
                n += 1
        except OSError:
            return


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Serve `tmp_path` over HTTP."""
    daemon = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Camera, directory=str(tmp_path)))
    daemon.stopped = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=daemon.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{daemon.server_port}"
    daemon.stopped.set()  # type: ignore[attr-defined]
    daemon.shutdown()
    daemon.server_close()
    thread.join()


def test_http_files_are_paced(tmp_path: Path, server: str) -> None:
    make(tmp_path / "cam.mp4", seconds=30)
    with IngestProcess(spec_for(tmp_path, f"{server}/cam.mp4", segment_seconds=2.0)) as ingest:
        segment = ingest.wait_for(SegmentWritten).segment
        assert segment.duration == pytest.approx(2.0, abs=0.05)
        assert ingest.wait_for(IngestStats).camera_fps == pytest.approx(10, abs=1)


def test_mjpeg_over_http_is_timed_by_its_arrival(tmp_path: Path, server: str) -> None:
    import av

    video = make(tmp_path / "cam.mkv", "mjpeg", seconds=2)
    with av.open(str(video)) as container:
        for n, packet in enumerate(container.demux(video=0)):
            if packet.size:
                (tmp_path / f"{n:03}.jpg").write_bytes(bytes(packet))
    with IngestProcess(spec_for(tmp_path, f"{server}/mjpeg", segment_seconds=2.0)) as ingest:
        segment = ingest.wait_for(SegmentWritten).segment
        assert segment.duration == pytest.approx(2.0, abs=0.5)
        assert 8 <= len(played(tmp_path / segment.path)) <= 12  # five a second, whatever libav assumes


def test_the_synthetic_camera(tmp_path: Path) -> None:
    url = "synthetic://street?seed=1&fps=10&size=320x180"
    with IngestProcess(spec_for(tmp_path, url, segment_seconds=2.0)) as ingest:
        opened = ingest.wait_for(StreamOpened)
        assert (opened.width, opened.height, opened.fps) == (320, 180, 10.0)
        assert ingest.wait_for(SegmentWritten).segment.duration == pytest.approx(2.0, abs=0.1)
        assert ingest.wait_for(RingMade).width == 320


@pytest.mark.parametrize("fault", ["missing", "truncated", "text", "no video", "codec"])
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "cam.mp4"
    words = {"missing": "does not exist", "truncated": "truncated", "text": "no video that can be read"}.get(
        fault, fault
    )
    if fault == "truncated":
        data = make(tmp_path / "whole.mp4").read_bytes()
        path.write_bytes(data[: len(data) // 2])
    elif fault == "text":
        path.write_text("this is no video\n" * 1000)
    elif fault == "no video":
        _sound_only(path)
    elif fault == "codec":
        make(path, "mpeg4")
        words = "mpeg4, but must be H.264"
    with IngestProcess(spec_for(tmp_path, str(path))) as ingest:
        assert words in ingest.wait_for(StreamLost).reason


def _sound_only(path: Path) -> None:
    import av

    with av.open(str(path), "w") as out:
        sound = out.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=8000)
        frame.sample_rate = 8000
        out.mux(sound.encode(frame))
        out.mux(sound.encode(None))


def test_two_inputs_run_beside_each_other_and_one_may_fail(tmp_path: Path) -> None:
    main = make(tmp_path / "main.mp4")
    sub = make(tmp_path / "sub.mp4")
    spec = spec_for(tmp_path, str(main), segment_seconds=2.0)
    inputs = (InputSpec(url=str(main), roles=("record",)), InputSpec(url=str(sub), roles=("detect",)))
    with IngestProcess(msgspec.structs.replace(spec, inputs=inputs)) as ingest:
        ingest.wait_for(StreamOpened, lambda m: m.roles == ("detect",))
        ingest.wait_for(RingMade)
        ingest.wait_for(SegmentWritten)
    broken = (inputs[0], InputSpec(url=str(tmp_path / "none.mp4"), roles=("detect",)))
    with IngestProcess(msgspec.structs.replace(spec, inputs=broken)) as ingest:
        lost = ingest.wait_for(StreamLost)
        assert lost.roles == ("detect",)
        ingest.wait_for(SegmentWritten, lambda m: m.continuous)
        assert {message.roles for message in ingest.all(StreamLost)} == {("detect",)}


def test_a_file_whose_timestamps_begin_anew_runs_on(tmp_path: Path) -> None:
    """Two files one after another in one transport stream: the second's timestamps start anew."""
    first, second = make(tmp_path / "a.ts", seconds=4), make(tmp_path / "b.ts", seconds=4)
    path = tmp_path / "cam.ts"
    with path.open("wb") as out:
        for part in (first, second):
            with part.open("rb") as source:
                shutil.copyfileobj(source, out)
    with IngestProcess(spec_for(tmp_path, str(path), segment_seconds=2.0)) as ingest:
        ingest.wait_for(SegmentOpened)
        for _ in range(3):
            ingest.wait_for(SegmentWritten, lambda m: m.continuous, after=len(ingest.messages))
        numbers = [n for _, n in played(*[tmp_path / segment.path for segment in ingest.segments()])]
        assert len(numbers) >= 60
        assert numbers == [n % 40 for n in range(len(numbers))]
        assert ingest.all(StreamLost) == []


def test_a_camera_that_changes_its_picture_size_begins_a_new_segment(tmp_path: Path) -> None:
    """MPEG-TS carries parameters among the pictures, as RTSP does; nobody announces the change."""
    parts = [make(tmp_path / f"{width}.ts", seconds=5, gop=10, width=width) for width in (256, 512)]
    film = tmp_path / "both.ts"
    film.write_bytes(b"".join(part.read_bytes() for part in parts))
    with IngestProcess(spec_for(tmp_path, str(film), segment_seconds=60.0)) as ingest:
        ingest.wait_for(StreamOpened, lambda m: m.width == 512)
        ingest.wait_for(SegmentWritten, lambda m: m.continuous)
        ingest.wait_for(StreamOpened, lambda m: m.width == 256, after=len(ingest.messages))
        ingest.leave()
        widths = []
        for segment in ingest.segments():
            with av.open(str(tmp_path / segment.path)) as container:
                (width,) = {frame.width for frame in container.decode(video=0)}
                assert container.streams.video[0].width == width
                widths.append(width)
        assert widths[:3] == [256, 512, 256]
        assert ingest.all(StreamLost) == []
        assert all(a.end_time == pytest.approx(b.start_time) for a, b in itertools.pairwise(ingest.segments()))
