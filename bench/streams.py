"""The benchmarks' cameras: videos that the program `ffmpeg` repeats and GStreamer's RTSP server plays."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.media import quiet
from tests.rtsp import PYTHON, VERSIONS, free_port

from bench import video

STREAM_S = 300
EMPTY_S = 14  # of `quiet()`; a person comes into the picture after 15 s
SOUND = "sine=frequency=300:sample_rate=16000"
SERVER = (
    VERSIONS
    + """
import sys
from gi.repository import GLib, Gst, GstRtspServer
Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address('127.0.0.1')
server.set_service(sys.argv[1])
server.set_backlog(256)
for number, path in enumerate(sys.argv[3:]):
    factory = GstRtspServer.RTSPMediaFactory()
    launch = '( filesrc location=%s ! qtdemux name=demux demux.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96'
    sound = ' demux.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97' if sys.argv[2] else ''
    factory.set_launch(launch % path + sound + ' )')
    server.get_mount_points().add_factory('/cam%d' % number, factory)
server.attach(None)
print('ready', flush=True)
GLib.MainLoop().run()
"""
)


def repeated(source: Path) -> Path:
    """Return `source` over and over, for an RTSP stream that does not end meanwhile."""
    target = video.CACHE / f"{source.stem}-{STREAM_S}s.mp4"
    return _made(target, "-stream_loop", "-1", "-i", source, "-t", STREAM_S, "-an", "-c", "copy")


def empty_street() -> Path:
    """Return the beginning of the quiet video, in which nobody is seen."""
    source = quiet()
    return _made(video.CACHE / f"{source.stem}-empty.mp4", "-i", source, "-t", EMPTY_S, "-an", "-c", "copy")


def with_sound(source: Path) -> Path:
    """Return `source` over and over with sound, for an RTSP stream that does not end meanwhile."""
    target = video.CACHE / f"{source.stem}-sound-{STREAM_S}s.mp4"
    inputs = ["-stream_loop", "-1", "-i", source, "-f", "lavfi", "-i", SOUND, "-map", "0:v", "-map", "1:a"]
    return _made(target, *inputs, "-t", STREAM_S, "-c:v", "copy", "-c:a", "aac", "-b:a", "32k")


def _made(target: Path, *arguments: object) -> Path:
    if not target.exists():
        video.CACHE.mkdir(exist_ok=True)
        part = target.with_suffix(".part.mp4")
        command = ["ffmpeg", "-v", "error", "-y", *map(str, arguments), str(part)]
        subprocess.run(command, check=True)
        part.replace(target)
    return target


@contextmanager
def streams(paths: list[Path], *, sound: bool = False) -> Iterator[list[str]]:
    """Serve each of `paths` over RTSP, with its AAC sound if `sound`; yield the URLs."""
    port = free_port()
    command = [PYTHON, "-c", SERVER, str(port), "sound" * sound, *map(str, paths)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            if server.stdout.readline() != "ready\n":
                raise SystemExit("the RTSP server did not start")
            yield [f"rtsp://127.0.0.1:{port}/cam{number}" for number in range(len(paths))]
        finally:
            server.kill()
