"""How quickly recordings play: `python -m bench.vod`.

A camera with a day of 10 s segments, of which the first hour are real files (15 fps with sound), is asked over loopback
HTTP. Before that day it and three more cameras have 30 days of rows and an event every five minutes. Goals: the
playlist of 24 h < 40 ms; the first byte of a 60 s clip < 50 ms, of a 1 h clip < 100 ms; a camera's summary < 30 ms.
"""

import http.client
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import uvicorn
from sqlalchemy import Connection, insert

from dogwatch.api.listener import INTERNAL, Marked
from dogwatch.media import clip, fragments
from dogwatch.model import Segment
from dogwatch.store import segments, tables
from dogwatch.store.localtime import QUARTER_S
from dogwatch.store.quarters import recount
from dogwatch.testing import recordings
from dogwatch.testing.app import CONFIG, Nvr, nvr
from dogwatch.testing.recordings import T0, Shape

SHAPE = Shape(fps=15, seconds=60)
INPUTS = '{ffmpeg: {inputs: [{path: "rtsp://192.0.2.3/main", roles: [record]}]}}'
MORE = f"  side: {INPUTS}\n  yard: {INPUTS}\n"
SEGMENT_S, FILES, DAY = 10.0, 360, 8640
CAMERAS, DAYS, EVERY_S = ("front", "back", "side", "yard"), 30, 300.0


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="dogwatch-bench-") as scratch, nvr(Path(scratch), CONFIG + MORE) as made:
        hour = fill(made, Path(scratch))
        history(made, hour[0])
        print(f"{FILES} files and {DAY + len(CAMERAS) * DAYS * DAY} rows are ready")
        show("plan of a 60 s clip", times(lambda: clip.plan(hour, T0 + 5, T0 + 65, Path(scratch)), 20))
        show("plan of a 1 h clip", times(lambda: clip.plan(hour, T0, T0 + 3600, Path(scratch)), 3))
        with served(made) as port:
            show(
                "playlist of 24 h", times(lambda: fetch(port, f"/vod/front/start/{T0}/end/{T0 + 86400}/index.m3u8"), 10)
            )
            show("playlist of 1 h", times(lambda: fetch(port, f"/vod/front/start/{T0}/end/{T0 + 3600}/index.m3u8"), 10))
            name = f"seg-{(T0 + 600) * 1000:.0f}-v1-a1.m4s"
            show("one media segment", times(lambda: fetch(port, f"/vod/front/start/{T0}/end/{T0 + 3600}/{name}"), 20))
            for label, length in (("60 s", 60), ("1 h", 3600)):
                path = f"/api/front/start/{T0}/end/{T0 + length}/clip.mp4"
                found = [fetch(port, path) for _ in range(5)]
                show(f"clip of {label}: first byte", [first for first, _, _ in found])
                show(f"clip of {label}: all {found[0][2] / 1e6:.1f} MB", [whole for _, whole, _ in found])
            zone = "timezone=Europe/Berlin"
            for label, path in (
                ("summary of 30 days", f"/api/front/recordings/summary?{zone}"),
                ("days of 4 cameras", f"/api/recordings/summary?{zone}"),
                ("storage of 4 cameras", "/api/recordings/storage"),
                ("list of 24 h", f"/api/front/recordings?after={T0}&before={T0 + 86400}"),
            ):
                show(label, times(lambda path=path: fetch(port, path), 10))  # type: ignore[misc]
            still = f"/api/front/recordings/{T0 + 1234.5}/snapshot.jpg"
            show("still", times(lambda: fetch(port, still), 10))


def fill(made: Nvr, root: Path) -> list[Segment]:
    """Write one hour of files and the rows of a whole day."""
    hour = [recordings.write(root, "front", T0 + n * SEGMENT_S, n * 10 % 60, SEGMENT_S, SHAPE) for n in range(FILES)]
    init = fragments.scan(root / hour[0].path).init

    def rows(connection: Connection) -> None:
        for n in range(DAY):
            one, shift = hour[n % FILES], (n // FILES) * 3600.0
            moved = replace(one, start_time=one.start_time + shift, end_time=one.end_time + shift)
            segments.add(connection, replace(moved, path=one.path if n < FILES else f"x/{n}"), init)

    made.services.db.write(rows)
    return hour


def history(made: Nvr, like: Segment) -> None:
    """Write rows and events of a month before, in a zone whose clocks were changed in it."""
    pairs = list(product(range(DAYS), CAMERAS))

    def rows(connection: Connection) -> None:
        for day, camera in pairs:
            begin = T0 - (day + 1) * 86400.0
            some = [one(camera, begin + n * SEGMENT_S, n) for n in range(DAY)]
            connection.execute(insert(tables.segments), some)
            recount(connection, [(camera, begin + n * QUARTER_S) for n in range(97)])
            seen = [event(camera, begin + n * EVERY_S) for n in range(int(86400 / EVERY_S))]
            connection.execute(insert(tables.events), seen)

    def one(camera: str, start: float, n: int) -> dict[str, object]:
        times = {"start_time": start, "end_time": start + SEGMENT_S, "motion": n % 50, "objects": n % 3}
        more = {"size_bytes": like.size_bytes, "init_id": like.init_id, "fragments": segments.pack(like.fragments)}
        return {"id": f"{camera}{start}", "camera": camera, "path": f"{camera}/{start}", **times, **more}

    def event(camera: str, start: float) -> dict[str, object]:
        path = [[[0.1, 0.2], start + n] for n in range(20)]
        times = {
            "start_time": start,
            "end_time": start + 20,
            "has_clip": True,
            "zones": [],
            "data": {"path_data": path},
        }
        return {"id": f"{start}-{camera}", "camera": camera, "label": "person", "type": "object", **times}

    made.services.db.write(rows)


def times(do: Callable[[], object], count: int) -> list[float]:
    """Return the seconds that each of `count` runs took."""
    found = []
    for _ in range(count):
        began = time.perf_counter()
        do()
        found.append(time.perf_counter() - began)
    return found


def show(label: str, seconds: list[float]) -> None:
    best, median, worst = (1000 * value for value in (min(seconds), statistics.median(seconds), max(seconds)))
    print(f"{label:<32} best {best:8.1f} ms   median {median:8.1f} ms   worst {worst:8.1f} ms")


def fetch(port: int, path: str) -> tuple[float, float, int]:
    """Return the seconds to the first byte and to the last, and the size."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    response = connection.getresponse()
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status} {response.read(300)!r}")
    response.read(1)
    first = time.perf_counter() - began
    size = 1 + sum(len(chunk) for chunk in iter(partial(response.read, 1 << 20), b""))
    connection.close()
    return first, time.perf_counter() - began, size


@contextmanager
def served(made: Nvr) -> Iterator[int]:
    """Serve the app on a loopback port."""
    config = uvicorn.Config(Marked(made.app, INTERNAL), "127.0.0.1", 0, log_level="error", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main()
