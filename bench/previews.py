"""What lists and moving pictures of previews cost: `python -m bench previews`.

A camera has the pictures of an hour, one a second, and no preview of them yet. Printed are the processor milliseconds
of the process that serves (all of its threads), the median of `ROUNDS`, and the goal: the list of the hour 10 ms, a
GIF of 20 s of it 300 ms.
"""

import http.client
import resource
import statistics
import tempfile
from pathlib import Path

from bench.vod import served
from dogwatch.media import jpeg
from dogwatch.media.preview_files import frame_name
from dogwatch.media.street import StreetScene
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.recordings import T0

ROUNDS = 9
HOUR = int(T0 // 3600) * 3600
WIDTH, HEIGHT, QUALITY = 320, 180, 70
QUERIES = (
    ("list of an hour", f"/api/preview/front/start/{HOUR}/end/{HOUR + 3600}/frames", 10),
    ("GIF of 20 s", f"/api/front/start/{HOUR + 600}/end/{HOUR + 620}/preview.gif", 300),
    ("MP4 of 20 s", f"/api/front/start/{HOUR + 600}/end/{HOUR + 620}/preview.mp4", 300),
    ("WebP of 20 s", f"/api/front/start/{HOUR + 600}/end/{HOUR + 620}/preview.webp", 300),
)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="dogwatch-bench-") as scratch, nvr(Path(scratch)) as made:
        fill(made)
        with served(made) as port:
            for name, path, goal in QUERIES:
                ask(port, path)
                found = [ask(port, path) for _ in range(ROUNDS)]
                median = statistics.median(found)
                word = "" if median <= goal else "  MISSED"
                print(f"{name:<20} {median:8.1f} ms   best {min(found):8.1f}   goal {goal:5}{word}", flush=True)


def fill(made: Nvr) -> None:
    """Write the pictures of an hour."""
    folder = made.services.previews.frames.folder / "front" / str(HOUR)
    folder.mkdir(parents=True)
    street = StreetScene(WIDTH, HEIGHT, 1.0, seed=1)
    for second in range(3600):
        (folder / frame_name(HOUR + second)).write_bytes(jpeg.encode(street.render(second), QUALITY))


def ask(port: int, path: str) -> float:
    """Ask for `path`; return the processor milliseconds of this process, which are the server's but for the client."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    before = spent()
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    after = spent()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status} {body[:300]!r}")
    return (after - before) * 1000


def spent() -> float:
    """Return the processor seconds of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
