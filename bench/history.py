"""What the lists and summaries of a large history cost: `python -m bench history`.

The rows of `years` are read through the HTTP API of a server in a process of its own. Printed are the processor
milliseconds of that process (all threads but those that write) for each query, the median of `ROUNDS`, their ratio to a
`SELECT 1` through the same pool, the goal, and the size of the answer. Then the same again while `RATE` events a second
are written: no query may take more than three times its goal, no writer may wait longer than 100 ms (p99), and the
process may not take more than 250 MiB.
"""

import http.client
import multiprocessing
import random
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import text

from bench.vod import served
from bench.years import CAMERAS, DAY_S, END, Event, database
from dogwatch.events import writes
from dogwatch.store.database import Database
from dogwatch.testing.app import nvr

ROUNDS, RATE = 7, 200
WAIT_MS, MEMORY_MIB, TIMES = 100, 250, 3
INPUTS = '{ffmpeg: {inputs: [{path: "rtsp://192.0.2.3/main", roles: [record]}]}}'
CONFIG = "version: 0.16-0\nmqtt: {enabled: false}\ncameras:\n" + "".join(f"  {name}: {INPUTS}\n" for name in CAMERAS)
DAY = f"after={END - 3 * DAY_S:.0f}&before={END - 2 * DAY_S:.0f}"
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
)


@dataclass(frozen=True, slots=True)
class Server:
    """The process that serves: its number, its port, and the threads that write to its database."""

    pid: int
    port: int
    writers: frozenset[int]

    def cpu_ms(self) -> float:
        """Return the processor milliseconds of all threads so far, but for those that write."""
        spent = 0
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


def serve(root: str, pipe: Connection) -> None:
    """Serve the database in `root`, whose newest rows are of now, and do as the pipe says; runs in its own process."""
    ahead = time.time() - END
    now = time.time
    time.time = lambda: now() - ahead
    with nvr(Path(root), CONFIG, {}) as made, served(made) as port:
        db = made.services.db
        pipe.send((port, db._thread.native_id))
        stop = threading.Event()
        waited: list[float] = []
        thread = threading.Thread(target=write, args=(db, stop, waited))
        for order in iter(pipe.recv, "end"):
            if order == "select":
                pipe.send(select_1(db))
            elif order == "write":
                thread.start()
                pipe.send(thread.native_id)
            else:
                stop.set()
                thread.join()
                pipe.send(waited)


def select_1(db: Database, count: int = 300) -> float:
    """Return the processor milliseconds of one round trip to the database."""
    began = time.thread_time()
    for _ in range(count):
        with db.read() as connection:
            connection.execute(text("SELECT 1")).scalar()
    return (time.thread_time() - began) / count * 1000


def write(db: Database, stop: threading.Event, waited: list[float]) -> None:
    """Write `RATE` events a second as the hub does: each as it begins, and as it ends in a zone."""
    dice, number, due = random.Random(5), 0, time.monotonic()

    def note(begun: float, _done: Future[None]) -> None:
        waited.append(time.monotonic() - begun)

    while not stop.is_set():
        made = Event(random.Random(number), CAMERAS[number % len(CAMERAS)], 0, 1_000_000)
        row = {**made.row(), "id": f"{time.time():.6f}-{number}", "start_time": time.time(), "zones": []}
        number += 1
        for ended, zones, entry in ((None, [], 0), (time.time(), made.zones, 1)):
            values = {**row, "end_time": ended, "score": dice.random(), "zones": zones}
            entries = [list(made.timeline())[entry]]
            state = {
                "id": row["id"],
                "camera": row["camera"],
                "kind": "object",
                "end_time": ended,
                "state": row["data"],
            }
            job = partial(writes.put_event, values, entries, state)
            db.submit(job).add_done_callback(partial(note, time.monotonic()))
        due += 1 / RATE
        stop.wait(max(0.0, due - time.monotonic()))


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


def main() -> None:
    """Measure and print."""
    source = database()
    with tempfile.TemporaryDirectory(prefix="dogwatch-bench-") as root:
        shutil.copyfile(source, Path(root) / "dogwatch.db")
        spawn = multiprocessing.get_context("spawn")
        pipe, theirs = spawn.Pipe()
        process = spawn.Process(target=serve, args=(root, theirs))
        process.start()
        port, writer = pipe.recv()
        server = Server(process.pid or 0, port, frozenset({writer}))
        pipe.send("select")
        base = pipe.recv()
        print(f"SELECT 1: {base:.3f} ms; {source.stat().st_size / 1e9:.1f} GB")
        table(server, base, 1)
        pipe.send("write")
        print(f"\nwhile {RATE} events a second begin and end:")
        table(replace(server, writers=frozenset({writer, pipe.recv()})), base, TIMES)
        pipe.send("stop")
        waited = sorted(pipe.recv())
        memory = server.memory_mib()
        pipe.send("end")
        process.join()
    late = waited[int(len(waited) * 0.99)] * 1000
    print(f"{len(waited)} writes waited {statistics.median(waited) * 1000:.1f} ms, p99 {late:.1f} ms (goal {WAIT_MS})")
    print(f"memory {memory:.0f} MiB (goal {MEMORY_MIB})")


if __name__ == "__main__":
    main()
