"""What ingest costs beside bare decoding: `python -m bench.ingest [seconds]`.

A 1080p15 H.264 file with a keyframe every 2 s is made from the street test video (see bench/video.py) and served to
real ingest processes in real time, as a camera would. Processor time is compared with that of a process which only
decodes the same packets with libav, one thread, paced alike: a processor that wakes 15 times a second works
with cold caches, whoever uses it. All run in turns, so that a busy machine slows all of them.

Goals: recording + decoding for detection at 5 fps <= 1.1 of bare decoding; quiet <= 0.35.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from tests.ingest import IngestProcess, spec_for

from bench.video import full_hd
from dogwatch.bus.messages import IngestStats, Message, RingMade
from dogwatch.bus.ring import FrameRing, Reader

SETTLE_S = 8.0  # beyond the first seconds, in which a new ring counts as wanted in full
BARE = """
import sys, time, av
c = av.open(sys.argv[1])
s = c.streams.video[0]
s.codec_context.thread_count = 1
paced, first, begun = sys.argv[2] == 'paced', None, time.monotonic()
for packet in c.demux(s):
    if packet.dts is not None:
        at = float(packet.dts * s.time_base)
        first = at if first is None else first
        if paced:
            time.sleep(max(0, begun + at - first - time.monotonic()))
    for frame in packet.decode():
        pass
"""


def cpu_of(process: psutil.Process) -> float:
    """Return the processor seconds that `process` has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def bare(video: Path, pace: str, seconds: float) -> float:
    """Return processor seconds per second of video of bare decoding."""
    with subprocess.Popen([sys.executable, "-c", BARE, str(video), pace]) as child:
        process = psutil.Process(child.pid)
        if pace != "paced":
            used = 0.0
            while child.poll() is None:
                used = cpu_of(process)
                time.sleep(0.05)
            return used / 60
        time.sleep(SETTLE_S)
        before, begun = cpu_of(process), time.monotonic()
        time.sleep(seconds)
        used, took = cpu_of(process) - before, time.monotonic() - begun
        child.kill()
    return used / took


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
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    video = full_hd()
    fast = bare(video, "fast", seconds)
    base = bare(video, "paced", seconds)
    both = ("record", "detect")
    full, messages = ingest(video, seconds, full=True, roles=both)
    quiet, _ = ingest(video, seconds, full=False, roles=both)
    record, _ = ingest(video, seconds, full=False, roles=("record",))
    rows = [
        ("bare decoding, at full speed", fast, None),
        ("bare decoding, in real time", base, None),
        ("record + decode for detection at 5 fps", full, 1.1),
        ("record + keyframes only (quiet)", quiet, 0.35),
        ("record only", record, None),
    ]
    print(f"{'':42}{'CPU s a minute':>15}{'of bare':>9}{'goal':>7}")
    for name, cost, goal in rows:
        print(f"{name:42}{cost * 60:15.2f}{cost / base:9.2f}{'' if goal is None else f'{goal:7.2f}'}")
    stats = [message for message in messages if isinstance(message, IngestStats)][-1]
    print(f"decoded {stats.decoded_fps:.1f} fps, published {stats.published_fps:.1f} fps")


if __name__ == "__main__":
    main()
