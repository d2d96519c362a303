"""Many cameras at once: 64 of 720p15 over RTSP, a quarter of them busy, with an instant detector.

Goals on two processors, which the RTSP server shares: all recording within 5 s of the start, no skipped frame, no gap
between the packets of a recording, <= 2 GiB (PSS). `DOGWATCH_BENCH_CAMERAS=8` measures fewer. It needs the program
`ffmpeg`, which repeats the test videos, and GStreamer's RTSP server.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import av
from tests.media import quiet, street
from tests.rtsp import PYTHON, VERSIONS, free_port

from bench import measure, video
from bench.program import INSTANT, program, stats
from dogwatch.media.fragments import scan

CAMERAS = int(os.environ.get("DOGWATCH_BENCH_CAMERAS", "64"))
WARM_S, MEASURE_S = 20, 40
STREAM_S = 300
EMPTY_S = 14  # of `quiet()`; a person comes into the picture after 15 s
PATIENCE_S = 60.0
FRAME_S = 1 / 15
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
    return _made(video.CACHE / f"{source.stem}-{STREAM_S}s.mp4", "-stream_loop", "-1", "-i", source, "-t", STREAM_S)


def empty_street() -> Path:
    """Return the beginning of the quiet video, in which nobody is seen, over and over."""
    source = quiet()
    return repeated(_made(video.CACHE / f"{source.stem}-empty.mp4", "-i", source, "-t", EMPTY_S))


def _made(target: Path, *arguments: object) -> Path:
    if not target.exists():
        video.CACHE.mkdir(exist_ok=True)
        part = target.with_suffix(".part.mp4")
        command = ["ffmpeg", "-v", "error", "-y", *map(str, arguments), "-an", "-c", "copy", str(part)]
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


def first_pictures(recordings: Path, cameras: int) -> list[float]:
    """Return when the recording of each camera begins (epoch s), earliest first; wait until all record."""
    patience = time.monotonic() + PATIENCE_S
    while time.monotonic() < patience:
        written = {path.parent.name for path in recordings.glob("*/*/*/*.mp4") if path.stat().st_size > 4096}
        if len(written) == cameras:
            firsts = [min(recordings.glob(f"*/*/{camera}/*.mp4")) for camera in written]
            return sorted(scan(path).start_time for path in firsts)
        time.sleep(0.5)
    raise SystemExit(f"only {len(written)} of {cameras} cameras record after {PATIENCE_S} s")


def gaps(recordings: Path) -> list[str]:
    """Return what is longer than a picture and a half between the packets of a camera's recordings, by file."""
    found: list[str] = []
    for camera in sorted({path.name for path in recordings.glob("*/*/*")}):
        times: list[float] = []
        for path in sorted(recordings.glob(f"*/*/{camera}/*.mp4")):
            with av.open(str(path)) as container:
                times += [
                    float(packet.dts * packet.time_base)
                    for packet in container.demux(video=0)
                    if packet.dts is not None and packet.time_base is not None
                ]
        found += [f"{camera}: {b - a:.3f} s" for a, b in pairwise(times) if b - a > 1.5 * FRAME_S]
    return found


def main() -> None:
    busy, still = repeated(street()), empty_street()
    paths = [busy if number % 4 == 0 else still for number in range(CAMERAS)]
    with streams(paths) as urls:
        begun = time.time()
        cameras = {f"cam{n}": url for n, url in enumerate(urls)}
        empty = {f"cam{n}" for n in range(CAMERAS) if n % 4}
        with program(cameras, INSTANT, empty=empty) as (pid, address, data):
            served = time.time() - begun
            firsts = [at - begun for at in first_pictures(data / "recordings", CAMERAS)]
            print(
                f"{CAMERAS} cameras of 720p15: first recorded pictures {firsts[0]:.1f} to {firsts[-1]:.1f} s after the "
                f"start (goal 5), half of them within {firsts[CAMERAS // 2]:.1f} s; the API serves after {served:.1f} s"
            )
            time.sleep(WARM_S)
            used, usage = measure.over(pid, MEASURE_S)
            seen = stats(address)["cameras"]
            lost = gaps(data / "recordings")
    skipped = {name: one["skipped_fps"] for name, one in seen.items() if one["skipped_fps"]}
    print(f"{sum(used.values()) / MEASURE_S:.2f} processors, {usage.total_pss:.0f} MiB (goal 2048)")
    for kind in sorted({key.split()[0] for key in used}):
        cpu = sum(value for key, value in used.items() if key.split()[0] == kind) / MEASURE_S
        pss = sum(value for key, value in usage.pss.items() if key.split()[0] == kind)
        print(f"  {kind:<28} {cpu:5.2f} processors {pss:8.1f} MiB")
    print(f"cameras with skipped frames: {skipped or 'none'} (goal none)")
    print(f"gaps: {len(lost)} {lost[:10]} (goal none)")
