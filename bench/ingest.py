"""What ingest costs beside bare decoding: `python -m bench ingest`.

A 1080p15 H.264 file with a keyframe every 2 s is made from the street test video (see bench/video.py) and served to
real ingest processes in real time, as a camera would. Processor time is compared with that of a process which only
decodes the same packets with libav, one thread, paced alike: a processor that wakes 15 times a second works
with cold caches, whoever uses it. All run in turns, so that a busy machine slows all of them.

Goals: recording + decoding for detection at 5 fps <= 1.1 of bare decoding; quiet <= 0.35.
"""

import tempfile
import time
from pathlib import Path

import psutil

from bench.video import SECONDS as LENGTH_S
from bench.video import bare_decode, bare_decode_paced, full_hd
from dogwatch.bus.messages import IngestStats, Message, RingMade
from dogwatch.bus.ring import FrameRing, Reader
from dogwatch.testing.ingest import IngestProcess, spec_for

SETTLE_S = 8.0  # beyond the first seconds, in which a new ring counts as wanted in full
SECONDS = 20.0


def cpu_of(process: psutil.Process) -> float:
    """Return the processor seconds that `process` has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def ingest(video: Path, seconds: float, *, full: bool, roles: tuple[str, ...]) -> tuple[float, list[Message]]:
    """Return processor seconds per second of an ingest process, and its messages."""
    with tempfile.TemporaryDirectory() as root:
        spec = spec_for(Path(root), str(video), roles=roles, segment_seconds=10.0, ring_dir="/dev/shm")
        with IngestProcess(spec) as process:
            ring = None
            if "detect" in roles:
                made = process.wait_for(RingMade)
                ring = FrameRing.open("/dev/shm", made.ring)
            end = time.monotonic() + SETTLE_S
            before = begun = 0.0
            measured = psutil.Process(process.process.pid)
            for phase in (SETTLE_S, seconds):
                before, begun = cpu_of(measured), time.monotonic()
                end = begun + phase
                while time.monotonic() < end:
                    process.pump(0.2)
                    if ring is not None:
                        ring.consume(ring.head)
                        if full:
                            ring.demand_full(Reader.VISION, time.time() + 5)
            return (cpu_of(measured) - before) / (time.monotonic() - begun), process.messages


def main() -> None:
    """Measure and print a table."""
    video = full_hd()
    fast = bare_decode(video) / LENGTH_S
    base = bare_decode_paced(video, SECONDS)
    both = ("record", "detect")
    full, messages = ingest(video, SECONDS, full=True, roles=both)
    quiet, _ = ingest(video, SECONDS, full=False, roles=both)
    record, _ = ingest(video, SECONDS, full=False, roles=("record",))
    rows = [
        ("bare decoding, at full speed", fast, None),
        ("bare decoding, in real time", base, None),
        ("record + decode for detection at 5 fps", full, 1.1),
        ("record + keyframes only (quiet)", quiet, 0.35),
        ("record only", record, None),
    ]
    print(f"{'':42}{'CPU s a minute':>15}{'of bare':>9}{'real time':>11}{'goal':>7}")
    for name, cost, goal in rows:
        print(
            f"{name:42}{cost * 60:15.2f}{cost / fast:9.2f}{cost / base:11.2f}{'' if goal is None else f'{goal:7.2f}'}"
        )
    stats = [message for message in messages if isinstance(message, IngestStats)][-1]
    print(f"decoded {stats.decoded_fps:.1f} fps")


if __name__ == "__main__":
    main()
