"""What the lists and summaries of a large history cost: `python -m bench history`.

The rows of `years` are read through the HTTP API of a server in a process of its own. Printed are the processor
milliseconds of that process (all threads but those that take events in and write them) for each query, the median of
`ROUNDS`, their ratio to a `SELECT 1` through the same pool, the goal, and the size of the answer. Then the same again
while tracked objects come and go, of which each is written about six times: another process tells of them over the bus,
and the core's hub writes them. First there are 200 writes a second, then 200 objects. No query may take more than three
times its goal, no write may wait longer than 100 ms (p99) from the moment it is asked for until it is committed, and
the process may not take more than 250 MiB.
"""

import asyncio
import http.client
import multiprocessing
import os
import random
import shutil
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import uvloop
from sqlalchemy import text

from bench.source import send
from bench.vod import served
from bench.waits import Waits
from bench.years import CAMERAS, DAY_S, END, database
from dogwatch.events.hub import EventHub
from dogwatch.runtime import memory
from dogwatch.runtime.handlers import handlers_of
from dogwatch.runtime.hub import Hub
from dogwatch.runtime.interpreter import take_short_turns
from dogwatch.store.database import Database
from dogwatch.testing.app import nvr

ROUNDS = 7
RATES = (34, 200)  # objects a second
WAIT_MS, MEMORY_MIB, TIMES = 100, 250, 3
WRITING_S = 30
"""How long events are written at least; what is over of it is filled with the queries, one after the other."""
CAMERA = """
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.3/main", roles: [record, detect]}]}
    record: {enabled: true}
    detect: {enabled: true}
"""
CONFIG = "version: 0.16-0\nmqtt: {enabled: false}\ncameras:\n" + "".join(f"  {name}:{CAMERA}" for name in CAMERAS)
DAY = f"after={END - 3 * DAY_S:.0f}&before={END - 2 * DAY_S:.0f}"
WEEK = f"after={END - 8 * DAY_S:.0f}&before={END - DAY_S:.0f}"
BERLIN = "timezone=Europe/Berlin"
BARE = "include_thumbnails=0"


@dataclass(frozen=True, slots=True)
class Query:
    """A request, and how many processor milliseconds it may take."""

    name: str
    path: str
    goal_ms: float


QUERIES = (
    Query("events summary, UTC", "/api/events/summary", 60),
    Query("events summary, Berlin", f"/api/events/summary?{BERLIN}", 60),
    Query("5,000 events of a day", f"/api/events?{DAY}&limit=5000&{BARE}", 60),
    Query("events by duration", f"/api/events?min_length=140&{BARE}", 15),
    Query("events by score", f"/api/events?min_score=0.97&{BARE}", 15),
    Query("events sorted by score", f"/api/events?sort=score_desc&{BARE}", 15),
    Query("label, sub label, score", f"/api/events?label=person&sub_label=Ann&min_score=0.9&{BARE}", 15),
    Query("time_range", f"/api/events?time_range=22:00,23:00&{BERLIN}&{BARE}", 15),
    Query("cameras, label, zone", f"/api/events?cameras=cam1,cam2&label=person&zone=porch&{BARE}", 5),
    Query("review summary", f"/api/review/summary?{BERLIN}", 15),
    Query("recordings summary", f"/api/cam1/recordings/summary?{BERLIN}", 10),
    Query("storage", "/api/recordings/storage", 10),
    Query("a day of segments", f"/api/cam1/recordings?{DAY}", 40),
    Query("sub labels", "/api/sub_labels", 5),
    Query("motion of a day, a camera", f"/api/review/activity/motion?cameras=cam1&{DAY}", 40),
    Query("motion of a day, all", f"/api/review/activity/motion?{DAY}", 40),
    Query("hourly timeline", "/api/timeline/hourly", 8),
    Query("labels", "/api/labels", 5),
    Query("sub labels, split", "/api/sub_labels?split_joined=1", 5),
    Query("explore", "/api/events/explore", 60),
    Query("search: person porch", "/api/events/search?query=person%20porch", 60),
    Query("search: car, score", "/api/events/search?query=car&min_score=0.97", 60),
    Query("timeline of a camera", "/api/timeline?camera=cam1", 60),
    Query("recorded days of all", "/api/recordings/summary", 15),
    Query("review items of a day", f"/api/review?{DAY}", 60),
    Query("review summary of a label", f"/api/review/summary?labels=dog&{BERLIN}", 15),
    Query("review summary of a zone", f"/api/review/summary?zones=porch&{BERLIN}", 15),
    Query("of label and zone", f"/api/review/summary?labels=dog&zones=porch&{BERLIN}", 15),
    Query("review items, label, zone", f"/api/review?{DAY}&labels=dog&zones=porch", 60),
    Query("loudness of a day, all", f"/api/review/activity/audio?{DAY}", 40),
    Query("motion of a week, all", f"/api/review/activity/motion?{WEEK}", 280),
    Query("loudness of a week, all", f"/api/review/activity/audio?{WEEK}", 280),
    Query("500 events with pictures", f"/api/events?{DAY}&limit=500", 60),
    Query("5,000 events with pictures", f"/api/events?{DAY}&limit=5000", 180),
)
PICTURE_BYTES = 6000


@dataclass(frozen=True, slots=True)
class Server:
    """The process that serves: its number, its port, and the threads that take in and write events.

    `readers` tells what processes of a database's server have spent on reading, in nanoseconds.
    """

    pid: int
    port: int
    writers: frozenset[int]
    readers: Callable[[], int] = int

    def cpu_ms(self) -> float:
        """Return the processor milliseconds of all threads so far, but for `writers`, and of `readers`."""
        spent = self.readers()
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            try:
                if int(task.name) not in self.writers:
                    spent += int((task / "schedstat").read_text().split()[0])
            except OSError:
                continue  # it has ended
        return spent / 1e6

    def memory_mib(self) -> float:
        """Return the most memory that the process has had."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def serve(root: str, pipe: Connection, database: str | None = None) -> None:
    """Serve the database in `root`, or that at a URL, and do as the pipe says; runs in a process of its own.

    The clock is such that its newest rows are of now.
    """
    ahead = time.time() - END
    now = time.time
    time.time = lambda: now() - ahead
    take_short_turns()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(follow(Path(root), pipe, ahead, database))


async def follow(root: Path, pipe: Connection, ahead: float, database: str | None) -> None:
    """Serve, and do as the pipe says."""
    with nvr(root, CONFIG, {}, database=database) as made, served(made) as port:
        db, listener = made.services.db, f"{root}/core"
        db.migrate(owns=True)  # so that each transaction leaves its mark
        memory.settle()
        pipe.send((port, db._thread.native_id))
        hub = Hub(listener, handlers_of(made.parts))
        running = [asyncio.create_task(hub.run()), asyncio.create_task(tick(made.parts.events))]
        source: BaseProcess | None = None
        waits: Waits | None = None
        while (order := await asyncio.to_thread(pipe.recv)) != "end":
            if order == "select":
                pipe.send(await asyncio.to_thread(select_1, db))
            elif order == "write":
                rate = pipe.recv()
                source = multiprocessing.get_context("spawn").Process(target=send, args=(listener, rate, ahead))
                source.start()
                waits = Waits(db)
                await waits.come(rate)
                pipe.send(threading.get_native_id())
            elif source is not None and waits is not None:
                source.terminate()
                source.join()
                await db.awrite(lambda _: None)
                waits.close()
                pipe.send((waits.report(WAIT_MS), made.parts.events.statistics()))
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await made.parts.events.close()
        hub.close()


async def tick(events: EventHub) -> None:
    """Let the hub look at the clock, as the core does."""
    while True:
        events.tick()
        await asyncio.sleep(1)


def select_1(db: Database, count: int = 300) -> float:
    """Return the processor milliseconds of one round trip to the database."""
    began = time.thread_time()
    for _ in range(count):
        with db.read() as connection:
            connection.execute(text("SELECT 1")).scalar()
    return (time.thread_time() - began) / count * 1000


def ask(server: Server, path: str) -> int:
    """Ask for `path`; return the size of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status} {body[:300]!r}")
    return len(body)


def measure(do: Callable[[], int], server: Server) -> tuple[list[float], int]:
    """Return the processor milliseconds of each of some runs, and the size of the answer."""
    do()
    found, size = [], 0
    for _ in range(ROUNDS):
        before = server.cpu_ms()
        size = do()
        found.append(server.cpu_ms() - before)
    return found, size


def table(server: Server, base: float, times: int) -> None:
    """Measure all queries and print a line for each; the goal counts `times`."""
    for query in QUERIES:
        found, size = measure(partial(ask, server, query.path), server)
        median = statistics.median(found)
        word = "" if median <= query.goal_ms * times else "  MISSED"
        print(
            f"{query.name:<28} {median:8.1f} ms = {median / base:7.0f} x SELECT 1   best {min(found):8.1f}   "
            f"goal {query.goal_ms * times:5.0f}   {size / 1024:8.0f} KiB{word}",
            flush=True,
        )


@contextmanager
def started(root: str, database: str | None = None) -> Iterator[tuple[Server, Connection]]:
    """Serve a database in a process of its own; give that and the pipe to it."""
    spawn = multiprocessing.get_context("spawn")
    pipe, theirs = spawn.Pipe()
    process = spawn.Process(target=serve, args=(root, theirs, database))
    process.start()
    port, writer = pipe.recv()
    try:
        yield Server(process.pid or 0, port, frozenset({writer})), pipe
        pipe.send("end")
    finally:
        pipe.close()
        process.join()


def while_written(server: Server, pipe: Connection, base: float) -> None:
    """Measure all queries while events are written, and print what these writes waited for."""
    for rate in RATES:
        pipe.send("write")
        pipe.send(rate)
        print(f"\nwhile {rate} events a second begin and end:")
        began = time.monotonic()
        table(replace(server, writers=server.writers | {pipe.recv()}), base, TIMES)
        while time.monotonic() < began + WRITING_S:
            for query in QUERIES:
                ask(server, query.path)
        pipe.send("stop")
        waited, counters = pipe.recv()
        print(waited)
        print(f"  counters of the hub: {counters}")
    print(f"memory {server.memory_mib():.0f} MiB (goal {MEMORY_MIB})")


def copied(source: Path, target: Path) -> None:
    """Copy a file to the disk itself: else that would go on beside the writes that are measured."""
    shutil.copyfile(source, target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def pictures(root: Path) -> None:
    """Write the thumbnails of the newest 5,000 events of the day that is asked for."""
    with closing(sqlite3.connect(root / "dogwatch.db")) as db:
        newest = "SELECT camera, id FROM events WHERE start_time < ? ORDER BY start_time DESC LIMIT 5000"
        found = db.execute(newest, (END - 2 * DAY_S,)).fetchall()
    dice = random.Random(1)
    for camera in CAMERAS:
        (root / "clips" / "thumbs" / camera).mkdir(parents=True)
    for camera, key in found:
        (root / "clips" / "thumbs" / camera / f"{key}.jpg").write_bytes(dice.randbytes(PICTURE_BYTES))


def main() -> None:
    """Measure and print."""
    source = database()
    with tempfile.TemporaryDirectory(prefix="dogwatch-bench-") as root:
        copied(source, Path(root) / "dogwatch.db")
        pictures(Path(root))
        with started(root) as (server, pipe):
            pipe.send("select")
            base = pipe.recv()
            print(f"SELECT 1: {base:.3f} ms; {source.stat().st_size / 1e9:.1f} GB")
            table(server, base, 1)
            while_written(server, pipe, base)


if __name__ == "__main__":
    main()
