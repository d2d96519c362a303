"""How quickly frames and clips of video files come, and how fast films are analysed: `python -m bench.files`.

A film of two hours in 1080p30 with B-frames, 3 Mbit/s, a keyframe every 2 s, and sound is indexed, and asked for frames
and clips anywhere in it, none of them in a cache, through the whole app over HTTP. `ffmpeg -ss` takes the same frames
in turn. Before each request the film is dropped from the system's page cache. Goals: the index at 300 times real time;
a thumbnail within 150 ms (95th percentile), and within half the time of ffmpeg; the same thumbnail again within 5 ms;
the first byte of a clip within 300 ms. The busy street is analysed with the built-in detector, every third picture
(goal: 4 times real time on two cores), and with one that takes no time (15 times).
"""

import os
import random
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import uvicorn
from tests.media import street

from bench.video import CACHE, full_hd
from dogwatch.api.listener import Marked
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.indexing import INDEX, FileIndexer
from dogwatch.media import foreign_file, frame_indexing
from dogwatch.media.frame_indexing import PacketSource
from dogwatch.media.padded_packet import padded_packet
from dogwatch.testing.app import CONFIG, INTERNAL, Nvr, nvr
from dogwatch.workers.files.spec import AnalyseTask, Search, cores

SECONDS, FPS, KBITS = 7200, 30, 3000
SOUND_RATE, SOUND_FRAME = 48_000, 1024
FRAMES, CLIPS = 40, 20
CLIP_FRAMES = 150
EVERY = 3
NOTHING = "person,0.1,10,20,110,220"  # less than what counts
SEED = 7


def main() -> None:
    film = two_hours()
    index(film)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        with (
            nvr(root, f"{CONFIG}\nfiles: {{roots: ['{film.parent}']}}\n") as app,
            served(app) as address,
            httpx.Client(base_url=address, timeout=300) as client,
        ):
            uuid = registered(client, film)
            thumbnails(client, uuid, film, root / "out.jpg")
            clips(client, uuid, film)
    for name, every in (("opencv", EVERY), ("fixed", EVERY), ("fixed", 1)):
        analysis(name, every)


def two_hours() -> Path:
    """Return the film, made once: half a minute is encoded, and its packets are copied again and again."""
    target = CACHE / f"files-1080p{FPS}-{KBITS}k-sound-{SECONDS}s.mp4"
    if not target.exists():
        CACHE.mkdir(exist_ok=True)
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
        sound: Any = out.add_stream("aac", rate=SOUND_RATE, layout="mono", bit_rate=64_000)
        tone = tones(sound)
        heard = Fraction(0)
        packets = [packet for packet in container.demux(stream) if packet.size]
        length = round(Fraction(len(packets), FPS) / stream.time_base)
        for turn in range(SECONDS * FPS // len(packets)):
            for packet in packets:
                one = padded_packet(bytes(packet))
                one.pts, one.dts = packet.pts + turn * length, packet.dts + turn * length
                one.time_base, one.stream, one.is_keyframe = stream.time_base, copy, packet.is_keyframe
                while heard < one.dts * one.time_base:
                    heard = put_sound(out, sound, tone, heard)
                out.mux(one)


def tones(sound: Any) -> list[bytes]:
    """Return the packets of some seconds of a tone; opens the encoder."""
    samples = np.sin(np.arange(SOUND_FRAME * 200) * (2 * np.pi * 440 / SOUND_RATE)).astype(np.float32)
    made: list[bytes] = []
    for at in range(0, len(samples), SOUND_FRAME):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + SOUND_FRAME], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, at, Fraction(1, SOUND_RATE)
        made += map(bytes, sound.encode(frame))
    return made[2:]


def put_sound(out: Any, sound: Any, tone: Sequence[bytes], heard: Fraction) -> Fraction:
    """Write the packet that begins at `heard` (s); return when it ends."""
    at = round(heard * SOUND_RATE)
    packet: Any = padded_packet(tone[at // SOUND_FRAME % len(tone)])
    packet.pts = packet.dts = at
    packet.duration, packet.time_base, packet.stream = SOUND_FRAME, Fraction(1, SOUND_RATE), sound
    out.mux(packet)
    return Fraction(at + SOUND_FRAME, SOUND_RATE)


def index(film: Path) -> None:
    begin, cpu = time.perf_counter(), time.process_time()
    descriptor = os.open(film, os.O_RDONLY)
    with foreign_file.opened(descriptor) as container:
        found = frame_indexing.build(container, PacketSource(film.stat().st_size, descriptor))
    os.close(descriptor)
    took, used = time.perf_counter() - begin, time.process_time() - cpu
    print(f"index of {found.duration:.0f} s: {took:.1f} s, {found.duration / took:.0f} times real time "
          f"(CPU {used:.1f} s, {found.duration / used:.0f} times)")  # fmt: skip


@contextmanager
def served(app: Nvr) -> Iterator[str]:
    """Serve the app on a loopback port from a thread; give its address."""
    config = uvicorn.Config(
        Marked(app.app, INTERNAL), host="127.0.0.1", port=0, log_level="critical", ws="none", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


def registered(client: httpx.Client, film: Path) -> str:
    answer = client.post("/api/v1/files/register", json={"file_path": str(film)})
    uuid: str = answer.json()["file"]["file_uuid"]
    for _ in range(1000):
        if client.get(f"/api/v1/file/{uuid}").json()["file"]["status"] == "ready":
            break
        time.sleep(0.2)
    return uuid


def thumbnails(client: httpx.Client, uuid: str, film: Path, out: Path) -> None:
    chosen = random.Random(SEED).sample(range(SECONDS * FPS - 60), FRAMES + 1)
    ours, theirs, again = [], [], []
    for n in chosen:
        url = f"/api/v1/file/{uuid}/thumbnail?frame={n}"
        forget(film)
        ours.append(timed(client, url))
        again.append(timed(client, url))
        forget(film)
        begin = time.perf_counter()
        at = (n - 0.5) / FPS if n else 0.0
        command = ["ffmpeg", "-v", "error", "-y", "-ss", f"{at:.6f}", "-i", str(film), "-frames:v", "1", "-q:v", "2"]
        subprocess.run([*command, str(out)], check=True)
        theirs.append(time.perf_counter() - begin)
    ours, theirs, again = ours[1:], theirs[1:], again[1:]  # the first has started processes
    print(f"thumbnail: {told(ours)}; again: {told(again)}; ffmpeg -ss: {told(theirs)}")
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    print(f"of the time of ffmpeg: median {statistics.median(ratios):.2f}, p95 {p95(ours) / p95(theirs):.2f} of p95")


def timed(client: httpx.Client, url: str) -> float:
    begin = time.perf_counter()
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return time.perf_counter() - begin


def clips(client: httpx.Client, uuid: str, film: Path) -> None:
    """Ask for clips, and leave when the first bytes have come."""
    times = []
    for n in random.Random(SEED + 1).sample(range(SECONDS * FPS - CLIP_FRAMES), CLIPS + 1):
        forget(film)
        begin = time.perf_counter()
        url = f"/api/v1/file/{uuid}/clip?start_frame={n}&end_frame={n + CLIP_FRAMES - 1}"
        with client.stream("GET", url) as answer:
            assert answer.status_code == 200
            next(answer.iter_raw())
            times.append(time.perf_counter() - begin)
        time.sleep(0.5)  # its encoder ends
    print(f"first byte of a clip: {told(times[1:])}")


def analysis(detector: str, every: int) -> None:
    film = street()
    options: dict[str, str | int | float | bool] = {"boxes": NOTHING} if detector == "fixed" else {}
    spec = DetectorSpec(name=detector, type=detector, options=options)
    task = AnalyseTask(searches=(Search(detector=spec, kinds=("object", "face")),), every=every, threads=cores())
    workers = FileWorkers()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            facts = FileIndexer(workers).index(film, Path(scratch))
            begin = time.perf_counter()
            traces: list[Any] = []
            workers.run(task, film, Path(scratch) / INDEX, told=traces.append)
            took = time.perf_counter() - begin
    finally:
        workers.close()
    found = sum(one.get("type") == "trace" for one in traces)
    print(f"analysis, {detector}, every {every}: {facts['duration'] / took:.1f} times real time on {cores()} cores, "
          f"{found} traces")  # fmt: skip


def forget(film: Path) -> None:
    """Drop the film from the page cache."""
    with film.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def told(times: Sequence[float]) -> str:
    return f"median {statistics.median(times) * 1000:.1f} ms, p95 {p95(times) * 1000:.1f} ms"


def p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
