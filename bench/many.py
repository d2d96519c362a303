"""Many cameras at once: 64 of 720p15 over RTSP, a quarter of them busy, with an instant detector.

Goals on two processors, which the RTSP server shares: all recording within 5 s of the start, no skipped frame, no gap
between the packets of a recording, <= 2 GiB (PSS). `DOGWATCH_BENCH_CAMERAS=8` measures fewer. It needs the program
`ffmpeg`, which repeats the test videos, and GStreamer's RTSP server.
"""

import os
import time
from itertools import pairwise
from pathlib import Path

import av
from tests.media import street

from bench import measure
from bench.program import INSTANT, program, stats
from bench.streams import empty_street, repeated, streams
from dogwatch.media.fragments import scan

CAMERAS = int(os.environ.get("DOGWATCH_BENCH_CAMERAS", "64"))
WARM_S, MEASURE_S = 20, 40
PATIENCE_S = 60.0
FRAME_S = 1 / 15


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
    busy, still = repeated(street()), repeated(empty_street())
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
