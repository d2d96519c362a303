"""What the core makes of a frame: `python -m bench core`.

Another process sends what vision says of a busy street over a real socket: 12 people walk, each for half a minute, each
with a new best picture of a 1080p camera now and then. Here the core's hub hands it on to recordings, events, the
database and whoever listens, as in the program, without its HTTP servers. Frames come `SPEED` times as fast as a camera
sends them, far enough apart for every thread to fall asleep in between: waking up is part of the price.

Prints processor milliseconds and voluntary context switches (of all threads) a frame, of the best round.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import select
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import uvloop
from msgspec.structs import replace

from dogwatch.bus.link import Link
from dogwatch.bus.messages import BestPicture, FrameTracks, Message, SegmentOpened, SegmentWritten
from dogwatch.media import picture
from dogwatch.media.street import StreetScene
from dogwatch.model import Box, Detection, Fragment, Segment, TrackedObject
from dogwatch.runtime.handlers import handlers_of
from dogwatch.runtime.hub import Hub
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.clock import StandingClock

WALKERS, FPS, LIFE, SEGMENT = 12, 5, 150, 50  # the last two in frames
WIDTH, HEIGHT = 1920, 1080
FRAMES, ROUNDS, SPEED = 300, 4, 10
PICTURE_EVERY = 25  # frames
START = 1_700_000_000.0
CAMERA = "street"
CONFIG = f"""
version: 0.16-0
mqtt: {{enabled: false}}
cameras:
  {CAMERA}:
    ffmpeg: {{inputs: [{{path: "rtsp://192.0.2.1/main", roles: [record, detect]}}]}}
    detect: {{enabled: true, width: {WIDTH}, height: {HEIGHT}, fps: {FPS}}}
    record: {{enabled: true}}
    snapshots: {{enabled: true}}
    zones: {{pavement: {{coordinates: "0,0,1,0,1,1,0,1"}}}}
"""


def walker(slot: int, frame: int) -> TrackedObject:
    """Return the state of the person who walks along way `slot` in `frame`."""
    age = (frame + slot * LIFE // WALKERS) % LIFE
    born = frame - age
    time_of = START + frame / FPS
    ways = tuple(
        (0.1 + step * 0.02, 0.2 + slot * 0.05, START + (born + step * 4) / FPS) for step in range(age // 4 + 1)
    )
    x, y = round(ways[-1][0] * WIDTH), round(ways[-1][1] * HEIGHT)
    box = Box(x - 40 - age % 4, y - 160, x + 40, y)
    return TrackedObject(
        id=f"{START + born / FPS:.6f}-{slot:06d}",
        camera=CAMERA,
        label="person",
        frame_time=time_of,
        start_time=START + born / FPS,
        box=box,
        region=Box(x - 160, y - 240, x + 160, y + 80),
        score=0.8,
        computed_score=0.8,
        top_score=0.9,
        false_positive=age < 3,
        position_changes=age // 10,
        current_zones=("pavement",) if age > 75 else (),
        entered_zones=("pavement",) if age > 75 else (),
        path=ways,
    )


def said(frame: int, jpeg: bytes, thumb: bytes) -> Iterator[Message]:
    """Yield what ingest and vision say around `frame`."""
    now = START + frame / FPS
    if frame % SEGMENT == 0:
        if frame:
            yield SegmentWritten(segment(frame // SEGMENT - 1), b"init", continuous=True)
        yield SegmentOpened(CAMERA, path(frame // SEGMENT), now)
    objects = [walker(slot, frame) for slot in range(WALKERS)]
    before = [walker(slot, frame - 1) for slot in range(WALKERS)] if frame else []
    ended = tuple(
        replace(old, end_time=old.frame_time) for old, new in zip(before, objects, strict=False) if old.id != new.id
    )
    yield FrameTracks(
        CAMERA, now, WIDTH, HEIGHT, 5000, (Box(0, 0, 90, 90),) * 6, (Box(0, 0, 320, 320),) * 4, tuple(objects), ended
    )
    for slot, obj in enumerate(objects):
        if (frame + slot * 2) % PICTURE_EVERY == 0:
            face = (Detection("face", 0.8, obj.box),) if slot % 3 == 0 else ()
            yield BestPicture(CAMERA, obj.id, "person", now, jpeg, obj.box, obj.region, obj.score, thumb, face)


def path(number: int) -> str:
    return f"recordings/2023-11-14/22/{CAMERA}/{number // 6:02d}.{number % 6 * 10:02d}.mp4"


def segment(number: int) -> Segment:
    length = SEGMENT / FPS
    begin = START + number * length
    fragments = tuple(Fragment(n * 1000, 1000, begin + n, 1.0, n % 2 == 0) for n in range(int(length)))
    return Segment(CAMERA, path(number), begin, begin + length, 10_000, "0" * 16, fragments)


def send(run_dir: str, rounds: int) -> None:
    """Send everything, frame by frame; runs in a process of its own."""
    scene = StreetScene(WIDTH, HEIGHT, FPS, 1).render(40)
    jpeg, thumb = picture.encode(scene, "jpg", 95), picture.encode(scene[:175, :175].copy(), "jpg", 90)
    link = Link(f"{run_dir}/core", "analysis", "0")
    for frame in range(FRAMES * rounds):
        due = time.monotonic() + 1 / (FPS * SPEED)
        for message in said(frame, jpeg, thumb):
            link.send(message)
        while (left := due - time.monotonic()) > 0:
            select.select([link], [], [], left if link.wait_s is None else min(left, link.wait_s))
            link.receive()
    link.close()


class Rounds:
    """Takes messages in as the core does, and notes what each round has cost."""

    def __init__(self, app: Nvr, clock: StandingClock, link: str) -> None:
        handlers = handlers_of(app.parts)
        self.parts, self.clock = app.parts, clock
        self.parts.events._monotonic = clock  # what is stored every few seconds comes as often as with a camera
        self.hub = Hub(link, handlers | {FrameTracks: (*handlers[FrameTracks], self.count)})
        self.frames = 0
        self.marks: list[tuple[float, int]] = []
        self.through = asyncio.Event()

    def count(self, tracks: FrameTracks) -> None:
        """Let the clock go on with the frames, and note what has been spent every `FRAMES`."""
        self.clock.now, self.frames = tracks.frame_time, self.frames + 1
        if self.frames % FPS == 0:
            self.parts.events.tick()
        if self.frames % FRAMES == 0:
            self.marks.append((time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw))
        if len(self.marks) > ROUNDS:
            self.through.set()

    async def run(self) -> None:
        """Take in messages until all rounds are through."""
        tasks = [
            asyncio.create_task(self.hub.run()),
            asyncio.create_task(self.parts.stats.run(self.parts.broadcast)),
        ]
        await self.through.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.parts.events.close()
        self.hub.close()


async def measure(root: Path) -> Rounds:
    clock = StandingClock(START)
    with nvr(root, CONFIG, {}, clock=clock) as app:
        rounds = Rounds(app, clock, f"{root}/core")
        sender = multiprocessing.get_context("spawn").Process(target=send, args=(str(root), ROUNDS + 1))
        sender.start()
        running = asyncio.create_task(rounds.run())
        await asyncio.to_thread(sender.join)
        await asyncio.wait_for(running, 10)
    return rounds


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as root, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        rounds = runner.run(measure(Path(root)))
    spent = [
        ((after[0] - before[0]) / FRAMES * 1000, (after[1] - before[1]) / FRAMES)
        for before, after in zip(rounds.marks, rounds.marks[1:], strict=False)
    ]
    cpu, switches = min(spent)
    print(
        f"{WALKERS} people, a frame: {cpu:.2f} ms, {switches:.1f} context switches; at {FPS} fps {cpu * FPS:.1f} ms/s"
    )
    print(f"  counters: {rounds.parts.events.statistics()}")


if __name__ == "__main__":
    main()
