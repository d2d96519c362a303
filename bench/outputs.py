"""What all outputs cost while nobody watches or listens.

Two programs run at the same time on the same stream of one camera, a street with sound. Both listen for loud noises.
One has every output switched on: MQTT to a Mosquitto without subscribers, RTSP, WebRTC, birdseye with its restream, and
notifications with a registered device that nothing is sent to. The other one has none of them. In each round the
processor seconds of both trees are measured in the same seconds, so other work on the machine falls on both. What
Mosquitto uses is not counted.

Goal: with outputs <= 1.03 x without (median of the rounds), on an empty street, and on a busy one. It needs the
programs `ffmpeg` and `mosquitto`, and GStreamer's RTSP server.
"""

import json
import os
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.mosquitto import broker
from tests.push_service import Browser
from tests.rtsp import free_port

from bench import measure, video
from bench.program import INSTANT, USUAL_KBITS, stats
from bench.running import running
from bench.streams import empty_street, streams, with_sound

WARM_S = 25.0
ROUND_S = float(os.environ.get("DOGWATCH_BENCH_ROUND", "15"))
ROUNDS = int(os.environ.get("DOGWATCH_BENCH_ROUNDS", "6"))
GOAL = 1.03
COMMON = f"""
networking: {{listen: {{internal: '127.0.0.1:0', external: '127.0.0.1:0'}}}}
detect: {{enabled: true, fps: 5}}
record: {{enabled: true, continuous: {{days: 1}}}}
snapshots: {{enabled: true}}
review: {{alerts: {{labels: [bear]}}}}
audio: {{enabled: true, loud_noise: true}}
{INSTANT}
"""
NONE = """
mqtt: {enabled: false}
birdseye: {enabled: false}
notifications: {enabled: false}
go2rtc: {rtsp: {listen: ''}, webrtc: {listen: ''}}
"""


def everything(port: int) -> str:
    """Return the sections of the program with all outputs; `port` is the broker's."""
    return f"""
mqtt: {{host: 127.0.0.1, port: {port}, stats_interval: 60}}
birdseye: {{enabled: true, restream: true, mode: continuous}}
notifications: {{enabled: true, email: me@example.org}}
go2rtc: {{rtsp: {{listen: '127.0.0.1:{free_port()}'}}, webrtc: {{listen: '127.0.0.1:{free_port()}'}}}}
"""


def camera(url: str) -> str:
    """Return the section of the camera."""
    return f"cameras: {{one: {{ffmpeg: {{inputs: [{{path: '{url}', roles: [record, detect, audio]}}]}}}}}}\n"


@contextmanager
def both(url: str) -> Iterator[tuple[tuple[int, str], tuple[int, str]]]:
    """Run the two programs; yield pid and address of the one with outputs, then of the one without."""
    with tempfile.TemporaryDirectory() as scratch, broker(Path(scratch)) as mosquitto:
        outputs = everything(mosquitto.port)
        with (
            running(COMMON + outputs + camera(url)) as (first, address, _),
            running(COMMON + NONE + camera(url)) as (second, other, _),
        ):
            register(address)
            yield (first, address), (second, other)


def register(address: str) -> None:
    """Register a device for notifications, to which no alert is ever sent."""
    ask(f"{address}/api/notifications/register", {"sub": Browser("1", "https://push.example.org").subscription})


def check(address: str) -> None:
    """Require that the outputs were there all the time, as far as that can be seen."""
    queues = stats(address)["service"]["queues"]
    with urllib.request.urlopen(f"{address}/api/notifications/devices", timeout=30) as answer:
        devices = json.load(answer)
    if (
        not queues["mqtt"]["connected"]
        or queues["mqtt"]["reconnects"]
        or queues["notifications"]["sent"]
        or not devices
    ):
        raise SystemExit(f"the outputs were not as they should be: {queues}, {devices}")


def ask(url: str, body: Any) -> None:
    """Post `body` as JSON."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()


def one_round(pid: int) -> dict[str, float]:
    """Return the processor seconds of each process of a tree in the next `ROUND_S`."""
    return measure.over(pid, ROUND_S)[0]


def compare(what: str, url: str) -> None:
    """Print what the outputs cost on one film."""
    ratios: list[float] = []
    sums: tuple[dict[str, float], dict[str, float]] = {}, {}
    with both(url) as ((on, address), (off, _)), ThreadPoolExecutor(2) as pool:
        time.sleep(WARM_S)
        for _ in range(ROUNDS):
            found = tuple(pool.map(one_round, (on, off)))
            ratios.append(sum(found[0].values()) / sum(found[1].values()))
            for side, used in zip(sums, found, strict=True):
                for process, seconds in used.items():
                    kind = process.rpartition(" ")[0]
                    side[kind] = side.get(kind, 0.0) + seconds / ROUNDS / ROUND_S
        check(address)
    print(what)
    for name, side in zip(("with outputs", "without"), sums, strict=True):
        told = ", ".join(f"{kind} {share * 100:.2f} %" for kind, share in sorted(side.items()))
        print(f"  {name}: {told} of one processor, {100 * sum(side.values()):.2f} % together")
    print(
        f"  {statistics.median(ratios):.3f} x (median; {min(ratios):.3f} to {max(ratios):.3f}; goal {GOAL}), "
        f"{sum(sums[0].values()) / sum(sums[1].values()):.3f} x of all rounds",
        flush=True,
    )


def main() -> None:
    busy = video.full_hd(kbits=USUAL_KBITS)
    still = video.full_hd(kbits=USUAL_KBITS, source=empty_street())
    with streams([with_sound(still), with_sound(busy)], sound=True) as (first, second):
        compare("an empty street", first)
        compare("a busy street", second)


if __name__ == "__main__":
    main()
