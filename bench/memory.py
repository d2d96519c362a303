"""Memory of the whole program, and what each further camera costs, by process and by kind of mapping.

1080p15 H.264 cameras of 3 Mbit/s over RTSP with sound, an instant detector. Goals: one camera <= 210 MiB, each further
one <= 30 MiB (PSS). `DOGWATCH_BENCH_SOURCE=file` plays files without sound instead. It needs the program `ffmpeg`, and
GStreamer's RTSP server.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench import measure, video
from bench.program import INSTANT, USUAL_KBITS, program, stats
from bench.streams import streams, with_sound

CAMERAS = (1, 2, 4)
WARM_S = 40  # longer than a ring keeps a slot that it does not need any more
SAMPLES = 5


@contextmanager
def cameras(count: int) -> Iterator[dict[str, str]]:
    """Yield names and URLs of `count` cameras."""
    path = video.full_hd(kbits=USUAL_KBITS)
    if os.environ.get("DOGWATCH_BENCH_SOURCE") == "file":
        yield {f"cam{n}": str(path) for n in range(count)}
        return
    with streams([with_sound(path)] * count, sound=True) as urls:
        yield {f"cam{n}": url for n, url in enumerate(urls)}


def measured(count: int) -> measure.Mappings:
    """Return what the program takes with `count` cameras, as the mean of `SAMPLES`, by process name and kind."""
    total: measure.Mappings = {}
    with cameras(count) as urls, program(urls, INSTANT) as (pid, address, _):
        time.sleep(WARM_S)
        for _ in range(SAMPLES):
            time.sleep(1)
            for key, size in measure.mappings(pid).items():
                total[key] = total.get(key, 0.0) + size / SAMPLES
        seen = stats(address)["cameras"]
    skipped = {name: one["skipped_fps"] for name, one in seen.items() if one["skipped_fps"]}
    fps = ", ".join(f"{one['process_fps']:.1f}" for one in seen.values())
    print(f"{count} cameras: {sum(total.values()):.1f} MiB; process_fps {fps}; skipped {skipped or 'none'}", flush=True)
    return total


def table(title: str, sizes: measure.Mappings) -> None:
    """Print `sizes` (MiB), a line for each process."""
    processes = sorted({process for process, _ in sizes})
    print(f"{title}\n{'':<28}" + "".join(f"{kind:>10}" for kind in measure.KINDS) + f"{'all':>10}")
    for process in processes:
        row = [sizes.get((process, kind), 0.0) for kind in measure.KINDS]
        print(f"  {process:<26}" + "".join(f"{size:10.1f}" for size in (*row, sum(row))))
    row = [sum(sizes.get((process, kind), 0.0) for process in processes) for kind in measure.KINDS]
    print(f"  {'all':<26}" + "".join(f"{size:10.1f}" for size in (*row, sum(row))), flush=True)


def main() -> None:
    found = {count: measured(count) for count in CAMERAS}
    table("one camera (goal 210), MiB:", found[CAMERAS[0]])
    for fewer, more in ((CAMERAS[0], CAMERAS[1]), (CAMERAS[1], CAMERAS[-1])):
        keys = found[more].keys() | found[fewer].keys()
        difference = {key: (found[more].get(key, 0.0) - found[fewer].get(key, 0.0)) / (more - fewer) for key in keys}
        table(f"each further camera, from {fewer} to {more} (goal 30), MiB:", difference)
