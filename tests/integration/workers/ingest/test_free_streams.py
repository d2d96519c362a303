"""What is read for viewers only: sources of every kind from real servers, the first that works."""

import contextlib
import functools
import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest

from dogwatch.bus.messages import IngestStats, LiveFragment, LiveInit, RingMade, SegmentOpened, StreamLost, StreamOpened
from dogwatch.config.stream_sources import addresses
from dogwatch.testing.ingest import IngestProcess, spec_for
from dogwatch.workers.ingest.spec import IngestSpec, InputSpec
from tests.integration.workers.ingest.made import make
from tests.rtsp import RtspServer, free_port, serving


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("film") / "film.mp4", seconds=20, audio="aac")


class PacedHandler(http.server.SimpleHTTPRequestHandler):
    """Sends MPEG-TS in the time that it takes to play, as cameras do."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        if not self.path.startswith("/film.ts"):
            super().copyfile(source, outputfile)
            return
        with contextlib.suppress(OSError):
            while data := source.read(8192):
                outputfile.write(data)
                time.sleep(0.05)


@pytest.fixture(scope="module")
def web(film: Path) -> Iterator[str]:
    """The folder of the film over HTTP, with copies of it in other containers."""
    for name in ("film.ts", "film.flv", "list.m3u8"):
        remux(film, film.parent / name)
    handler = functools.partial(PacedHandler, directory=str(film.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def remux(source: Path, path: Path) -> None:
    with av.open(str(source)) as read, av.open(str(path), "w") as out:
        tracks = {stream.index: out.add_stream_from_template(stream) for stream in read.streams}
        for packet in read.demux():
            if packet.dts is not None:
                packet.stream = tracks[packet.stream_index]
                out.mux(packet)


def reading(root: Path, *entries: str) -> IngestSpec:
    """Return the spec for a stream with these sources."""
    found = [
        InputSpec(
            url=one.url,
            roles=("live", str(place)),
            format=one.options.format,
            options=dict(one.options.options),
            sound=one.sound,
        )
        for place, one in enumerate(addresses("free", {"free": entries}))
    ]
    first = msgspec.structs.replace(found[0], others=tuple(found[1:]))
    return msgspec.structs.replace(
        spec_for(root), camera="stream:free", inputs=(first,), record=False, detect=False, retry_interval=1.0
    )


def played(ingest: IngestProcess) -> LiveInit:
    """Watch until a picture comes; return the beginning."""
    ingest.watch(0)
    begun = ingest.wait_for(LiveInit)
    ingest.wait_for(LiveFragment, lambda one: one.keyframe)
    return begun


@pytest.mark.parametrize("name", ["film.ts", "film.flv", "list.m3u8"])
def test_over_http(tmp_path: Path, web: str, name: str) -> None:
    with IngestProcess(reading(tmp_path, f"ffmpeg:{web}/{name}#video=copy#audio=copy")) as ingest:
        assert played(ingest).codecs.endswith("mp4a.40.2")
        ingest.wait_for(IngestStats)
        assert not ingest.all(SegmentOpened)
        assert not ingest.all(RingMade)


def test_a_file_and_no_sound(tmp_path: Path, film: Path) -> None:
    with IngestProcess(reading(tmp_path, f"ffmpeg:{film}#video=copy")) as ingest:
        assert played(ingest).codecs.startswith("avc1.")
        assert "mp4a" not in ingest.wait_for(LiveInit).codecs
        assert ingest.wait_for(StreamOpened).audio_codec == ""


def test_the_first_source_that_works(tmp_path: Path, film: Path) -> None:
    dead = f"rtsp://127.0.0.1:{free_port()}/nobody"
    with (
        RtspServer(serving(film, audio="aac")) as server,
        IngestProcess(reading(tmp_path, dead, dead, server.url, str(film))) as ingest,
    ):
        played(ingest)
        assert ingest.wait_for(StreamOpened).roles == ("live", "2")
        seen = len(ingest.messages)
        server.kill()
        ingest.wait_for(StreamLost, after=seen)
        assert ingest.wait_for(StreamOpened, after=seen).roles == ("live", "3")  # the file, in its place


def test_no_source_works(tmp_path: Path) -> None:
    entries = [f"rtsp://127.0.0.1:{free_port()}/{name}" for name in "abc"]
    with IngestProcess(reading(tmp_path, *entries)) as ingest:
        ingest.watch(0)
        ingest.wait_for(StreamLost, lambda _: len(ingest.all(StreamLost)) == 3)
        log = ingest.log()
        assert log.count("another source is tried") == 2  # each is told once
        assert "/c: connection refused, nobody listens on that port; next attempt in" in log


@pytest.mark.parametrize("reference", ["file://{path}", "{path}", "concat:{path}", "subfile,,start,0,end,0,,:{path}"])
def test_a_playlist_reads_no_file_of_this_machine(tmp_path: Path, film: Path, web: str, reference: str) -> None:
    secret = tmp_path / "secret.ts"
    secret.write_bytes((film.parent / "film.ts").read_bytes())
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:20", "#EXTINF:20,", reference.format(path=secret), "#EXT-X-ENDLIST", ""]
    (film.parent / "evil.m3u8").write_text("\n".join(lines))
    with IngestProcess(reading(tmp_path, f"{web}/evil.m3u8")) as ingest:
        ingest.watch(0)
        ingest.wait_for(StreamLost)
        assert not ingest.all(StreamOpened)
