"""Live video that is encoded: what a picture costs, and what the program uses while somebody watches.

First in this process: CPU milliseconds for each picture of 720p, drawn and encoded. Then the whole program with four
synthetic 720p cameras that are always shown: CPU of the encoding processes and of the core in percent of one processor
core, while nobody watches, with one viewer of birdseye, and with 1 and 20 viewers of one camera over jsmpeg.
"""

import asyncio
import contextlib
import os
import time

import psutil
import websockets

from bench.program import program
from dogwatch.media.live_encoder import H264Encoder, TransportStreamEncoder
from dogwatch.media.mosaic import Mosaic
from dogwatch.media.picture import bgr_to_i420
from dogwatch.media.street import StreetScene

PICTURES = 60
FPS = 5.0
WARM_S, MEASURE_S = 8, 15
CAMERAS = {f"c{n}": f"synthetic://street?seed={n}&fps=10&size=1280x720" for n in range(4)}
SECTIONS = """
birdseye: {mode: continuous}
go2rtc: {rtsp: {listen: ''}}
detectors: {instant: {type: fixed, boxes: 'person,0.9,110,50,210,270'}}
"""


def main() -> None:
    single()
    with program(CAMERAS, SECTIONS) as (pid, address, _):
        base = address.replace("http", "ws", 1)
        for what, path, viewers in (
            ("nobody", "", 0),
            ("birdseye, 1 viewer", "/live/jsmpeg/birdseye", 1),
            ("a camera, 1 viewer", "/live/jsmpeg/c0", 1),
            ("a camera, 20 viewers", "/live/jsmpeg/c0", 20),
        ):
            asyncio.run(watched(pid, what, base + path, viewers))


def single() -> None:
    """Print what one picture costs."""
    scene = StreetScene(1280, 720, FPS, 1)
    pictures = [bgr_to_i420(scene.render(n)) for n in range(PICTURES)]
    mosaic, mpeg1, h264 = Mosaic(1280, 720), TransportStreamEncoder(1280, 720, 8), H264Encoder(1280, 720)
    size = 0

    def transport(n: int) -> None:
        nonlocal size
        size += sum(len(data) for data, _ in mpeg1.encode(pictures[n], 1000 + n / FPS))

    for what, work in (
        ("draw a quarter", lambda n: mosaic.draw(pictures[n], 640 * (n % 2), 360 * (n // 2 % 2), 640, 360)),
        ("MPEG-1", transport),
        ("H.264", lambda n: h264.encode(pictures[n], 1000 + n / FPS)),
    ):
        begun = time.process_time()
        for n in range(PICTURES):
            work(n)
        print(f"{what}: {(time.process_time() - begun) / PICTURES * 1000:.2f} ms a picture", flush=True)
    print(f"MPEG-1: {size / PICTURES / 1000:.1f} kB a picture, {size / PICTURES * FPS * 8 / 1e6:.2f} Mbit/s at 5 fps")


async def watched(pid: int, what: str, url: str, viewers: int) -> None:
    """Print what the program uses while so many watch `url`."""
    counts = [0] * viewers
    watching = [asyncio.create_task(watch(url, counts, n)) for n in range(viewers)]
    await asyncio.sleep(WARM_S)
    before, messages, begun = used(pid), sum(counts), time.monotonic()
    await asyncio.sleep(MEASURE_S)
    after, seconds = used(pid), time.monotonic() - begun
    rates = {name: 100 * (after[name] - before.get(name, 0.0)) / seconds for name in after}
    each = (sum(counts) - messages) / max(1, viewers) / seconds
    print(f"{what}: {', '.join(f'{name} {rate:.1f} %' for name, rate in sorted(rates.items()))}", end="")
    print(f"; {each:.1f} messages a second each" if viewers else "", flush=True)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    await asyncio.sleep(12 if viewers else 0)  # the process ends


async def watch(url: str, counts: list[int], n: int) -> None:
    """Count the messages that come."""
    while True:
        with contextlib.suppress(websockets.ConnectionClosed):
            async with websockets.connect(url, max_size=None) as socket:
                async for _ in socket:
                    counts[n] += 1


def used(pid: int) -> dict[str, float]:
    """Return the CPU seconds of the core and of encoding, so far, and of all other processes of the program."""
    sums = {"core": 0.0, "encoding": 0.0, "others": 0.0}
    for one in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            times, name = one.cpu_times(), one.name()
            kind = "encoding" if name.startswith("encoding") else "core" if "core" in one.cmdline() else "others"
            sums[kind] += times.user + times.system
    return sums


if __name__ == "__main__":
    main()
    os._exit(0)
