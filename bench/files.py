"""How quickly frames of video files come: `python -m bench.files`.

A film of two hours in 1080p30 with B-frames, 3 Mbit/s and a keyframe every 2 s is indexed, and asked for frames
anywhere in it, none of them in a cache, through the whole app. `ffmpeg -ss` takes the same frames in turn. Before each
frame the file is dropped from the system's page cache. Goals: the index at 300 times real time; a thumbnail within
150 ms (95th percentile), and within half the time of ffmpeg; the same thumbnail again within 5 ms.
"""

import asyncio
import os
import random
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import httpx

from bench.video import CACHE, full_hd
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.indexing import FileIndexer
from dogwatch.testing.app import CONFIG, INTERNAL, nvr

SECONDS, FPS, KBITS = 7200, 30, 3000
FRAMES = 40
SEED = 7


def main() -> None:
    film = two_hours()
    index(film)
    asyncio.run(thumbnails(film))


def two_hours() -> Path:
    """Return the film, made once: half a minute is encoded, and its packets are copied again and again."""
    target = CACHE / f"files-1080p{FPS}-{KBITS}k-{SECONDS}s.mp4"
    if not target.exists():
        print(f"making {target.name} (once) ...", flush=True)
        part = target.with_suffix(".part.mp4")
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            short = Path(scratch) / "short.mp4"
            encode(full_hd(KBITS), short)
            repeat(short, part)
        part.replace(target)
    return target


def encode(source: Path, target: Path) -> None:
    with av.open(str(source)) as container, av.open(str(target), "w") as out:
        stream: Any = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        rate = {"b": f"{KBITS}k", "maxrate": f"{KBITS}k", "bufsize": f"{2 * KBITS}k"}
        stream.options = rate | {"preset": "veryfast", "g": str(2 * FPS), "sc_threshold": "0"}
        for number, frame in enumerate(container.decode(video=0)):
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            setattr(frame, "pict_type", 0)  # noqa: B010 - mypy knows no such type; that of the source would be kept
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def repeat(source: Path, target: Path) -> None:
    with av.open(str(source)) as container, av.open(str(target), "w") as out:
        stream: Any = container.streams.video[0]
        copy = out.add_stream_from_template(stream)
        packets = [packet for packet in container.demux(stream) if packet.size]
        length = round(Fraction(len(packets), FPS) / stream.time_base)
        for turn in range(SECONDS * FPS // len(packets)):
            for packet in packets:
                one = av.Packet(bytes(packet))
                one.pts, one.dts = packet.pts + turn * length, packet.dts + turn * length
                one.time_base, one.stream, one.is_keyframe = stream.time_base, copy, packet.is_keyframe
                out.mux(one)


def index(film: Path) -> None:
    workers = FileWorkers()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            FileIndexer(workers).index(full_hd(KBITS), Path(scratch))  # starts the process
            begin, cpu = time.perf_counter(), _children_cpu()
            facts = FileIndexer(workers).index(film, Path(scratch))
            took = time.perf_counter() - begin
    finally:
        workers.close()
    used = _children_cpu() - cpu
    print(f"index of {facts['duration']:.0f} s: {took:.1f} s, {facts['duration'] / took:.0f} times real time "
          f"(CPU {used:.1f} s, {facts['duration'] / max(used, 0.01):.0f} times)")  # fmt: skip


async def thumbnails(film: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        with nvr(root, f"{CONFIG}\nfiles: {{roots: ['{film.parent}']}}\n") as app:
            async with app.client(INTERNAL) as client:
                uuid = await registered(client, film)
                await compare(client, uuid, film, root / "out.jpg")


async def registered(client: httpx.AsyncClient, film: Path) -> str:
    answer = await client.post("/api/v1/files/register", json={"file_path": str(film)}, timeout=300)
    uuid: str = answer.json()["file"]["file_uuid"]
    for _ in range(1000):
        if (await client.get(f"/api/v1/file/{uuid}")).json()["file"]["status"] == "ready":
            break
        await asyncio.sleep(0.2)
    return uuid


async def compare(client: httpx.AsyncClient, uuid: str, film: Path, out: Path) -> None:
    chosen = random.Random(SEED).sample(range(SECONDS * FPS - 60), FRAMES + 1)
    ours, theirs, again = [], [], []
    for n in chosen:
        url = f"/api/v1/file/{uuid}/thumbnail?frame={n}"
        forget(film)
        ours.append(await timed(client, url))
        again.append(await timed(client, url))
        forget(film)
        begin = time.perf_counter()
        at = (n - 0.5) / FPS if n else 0.0
        command = ["ffmpeg", "-v", "error", "-y", "-ss", f"{at:.6f}", "-i", str(film), "-frames:v", "1", "-q:v", "2"]
        await asyncio.to_thread(subprocess.run, [*command, str(out)], check=True)
        theirs.append(time.perf_counter() - begin)
    ours, theirs, again = ours[1:], theirs[1:], again[1:]  # the first has started processes
    print(f"thumbnail: {told(ours)}; again: {told(again)}; ffmpeg -ss: {told(theirs)}")
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    print(f"of the time of ffmpeg: median {statistics.median(ratios):.2f}, p95 {p95(ours) / p95(theirs):.2f} of p95")


async def timed(client: httpx.AsyncClient, url: str) -> float:
    begin = time.perf_counter()
    answer = await client.get(url)
    assert answer.status_code == 200, answer.text
    return time.perf_counter() - begin


def forget(film: Path) -> None:
    """Drop the film from the page cache."""
    with film.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def told(times: Sequence[float]) -> str:
    return f"median {statistics.median(times) * 1000:.1f} ms, p95 {p95(times) * 1000:.1f} ms"


def p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
