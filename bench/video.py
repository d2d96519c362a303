"""The videos that the benchmarks run on, made once and kept in the temporary directory."""

import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import psutil
from tests.media import street

CACHE = Path(tempfile.gettempdir()) / "dogwatch-bench"
SECONDS = 60
PACED = """
import sys, time, av
container = av.open(sys.argv[1])
stream = container.streams.video[0]
stream.codec_context.thread_count = 1
begun = time.monotonic()
for packet in container.demux(stream):
    if packet.dts is not None:
        time.sleep(max(0, begun + float(packet.dts * stream.time_base) - time.monotonic()))
    packet.decode()
"""


def full_hd(kbits: int = 0, source: Path | None = None) -> Path:
    """Return a 1080p15 H.264 file, keyframe every 2 s: `source` enlarged, or a minute of the tests' busy street.

    Enlarged video has little detail, so at an even quality (`kbits` 0) it takes 1.2 Mbit/s only. `kbits` a second of it
    cost as much to decode as those of a camera that is set to them.
    """
    source = source or street()
    target = CACHE / f"1080p15-{source.stem}{f'-{kbits}k' if kbits else ''}.mp4"
    if not target.exists():
        CACHE.mkdir(exist_ok=True)
        print(f"making {target.name} (once) ...", flush=True)
        part = target.with_suffix(".part.mp4")
        _encode(part, source, kbits)
        part.replace(target)
    return target


def _encode(target: Path, source: Path, kbits: int) -> None:
    rate: dict[str, object] = (
        {"b": f"{kbits}k", "maxrate": f"{kbits}k", "bufsize": f"{2 * kbits}k"} if kbits else {"crf": "25"}
    )
    with av.open(str(source)) as container, av.open(str(target), "w") as out:
        stream = out.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        stream.time_base = Fraction(1, 15)
        stream.options = rate | {"preset": "veryfast", "bf": "0", "g": "30", "sc_threshold": "0"}
        for number, frame in enumerate(container.decode(video=0)):
            picture = frame.reformat(1920, 1080, "yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, 15)
            out.mux(stream.encode(picture))
        out.mux(stream.encode())


def bare_decode(path: Path, seconds: float = SECONDS) -> float:
    """Return the CPU seconds that libav alone needs for the first `seconds` of the video of `path`, on one thread."""
    begin = time.process_time()
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        for frame in container.decode(video=0):
            if (frame.time or 0.0) >= seconds:
                break
    return time.process_time() - begin


def bare_decode_paced(path: Path, seconds: float) -> float:
    """Return the CPU seconds per second that libav needs to decode in real time, in a process of its own.

    A processor that wakes 15 times a second works with cold caches, whoever uses it.
    """
    with subprocess.Popen([sys.executable, "-c", PACED, str(path)]) as child:
        process = psutil.Process(child.pid)
        time.sleep(3)  # the imports
        before, begun = process.cpu_times(), time.monotonic()
        time.sleep(seconds)
        after, took = process.cpu_times(), time.monotonic() - begun
        child.kill()
    return float(after.user + after.system - before.user - before.system) / took
