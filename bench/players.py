"""Live players: the first picture, the delay to live, and what fifty players cost.

Chromium plays the synthetic camera, which has a keyframe every ten seconds and numbers its frames from the epoch: so
each picture that is shown tells how old it is. Each round begins somewhere else in the group of pictures.

Goals on loopback (p95 of 20 rounds): MSE first picture <= 0.4 s and delay <= 0.5 s, WebRTC 0.7 s and 0.3 s; fifty MSE
players have one camera connection, and recording goes on without gaps. It needs Chromium.
"""

import asyncio
import json
import statistics
import time
import urllib.request
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from tests.e2e.conftest import CHROMIUM_ARGUMENTS, chromium
from tests.e2e.live_probe import CAMERA, prepare, shown
from websockets.asyncio.client import connect

from bench import measure
from bench.program import program

ROUNDS = 20
WATCH_S = 3.0
PLAYERS = 50
MEASURE_S = 20.0
SEGMENT_S = 10.0
CODECS = "avc1.640029,mp4a.40.2"
GOALS = {"mse": (0.4, 0.5), "webrtc": (0.7, 0.3)}


def main() -> None:
    """Run all of it."""
    with program({"street": f"{CAMERA}&gop=10"}) as (pid, address, _):
        _wait_for_recording(address)
        with sync_playwright() as runtime:
            browser = runtime.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
            for kind, goals in GOALS.items():
                _play(browser, address, kind)  # the first one loads what it needs
                rounds = [_play(browser, address, kind) for _ in range(ROUNDS)]
                for what, values, goal in zip(
                    ("first picture", "delay"), zip(*rounds, strict=True), goals, strict=True
                ):
                    _print(f"{kind} {what}", values, goal)
            browser.close()
        _many(pid, address)


def _print(what: str, values: Sequence[float], goal: float) -> None:
    p95 = sorted(values)[max(0, round(0.95 * len(values)) - 1)]
    print(f"{what}: median {statistics.median(values):.3f} s, p95 {p95:.3f} s (goal {goal} s), max {max(values):.3f} s")


def _play(browser: Browser, address: str, kind: str) -> tuple[float, float]:
    """Return when the first picture was seen (s), and how old pictures are once it plays (median, s)."""
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    prepare(page, address)
    sockets = address.replace("http", "ws", 1)
    if kind == "mse":
        page.evaluate("([a, c]) => playMse(a, c, false)", [f"{sockets}/live/mse/api/ws?src=street", CODECS])
    else:
        page.evaluate("(a) => playWebRtc(a)", f"{sockets}/live/webrtc/api/ws?src=street")
    time.sleep(WATCH_S)
    seen = shown(page)
    context.close()
    return seen[0][0], statistics.median(age for at, age in seen if at > WATCH_S / 2)


def _many(pid: int, address: str) -> None:
    """Print what a player costs the core, and whether recording had gaps meanwhile."""
    begun = time.time()
    idle = _core(pid)
    time.sleep(MEASURE_S)
    alone = _core(pid) - idle
    used, sent = asyncio.run(_watch(pid, address))
    each = (used - alone) / MEASURE_S / PLAYERS
    rate = sent / MEASURE_S / PLAYERS
    print(f"{PLAYERS} MSE players: {100 * each:.2f} % of one processor for each, of {rate:.1f} messages a second")
    time.sleep(2 * SEGMENT_S)
    rows = _recordings(address, begun)
    gaps = [after["start_time"] - before["end_time"] for before, after in pairwise(rows)]
    print(f"recording: {len(rows)} segments, largest gap {max(gaps, default=0.0):.3f} s")


async def _watch(pid: int, address: str) -> tuple[float, int]:
    """Let all players play; return what the core used meanwhile (CPU s), and how many messages came."""
    url = f"{address.replace('http', 'ws', 1)}/live/mse/api/ws?src=street"
    count = 0

    async def one(playing: asyncio.Barrier, end: asyncio.Event) -> None:
        nonlocal count
        async with connect(url, max_size=None, compression=None) as socket:
            await socket.send(json.dumps({"type": "mse", "value": CODECS}))
            for _ in range(4):
                await socket.recv()
            await playing.wait()
            while not end.is_set():
                await socket.recv()
                count += 1

    playing, end = asyncio.Barrier(PLAYERS + 1), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(PLAYERS):
            tasks.create_task(one(playing, end))
        await playing.wait()
        before, counted = await asyncio.to_thread(_core, pid), count
        await asyncio.sleep(MEASURE_S)
        used = await asyncio.to_thread(_core, pid) - before
        end.set()
        return used, count - counted


def _core(pid: int) -> float:
    """Return the CPU seconds of the core's process."""
    return sum(seconds for name, seconds in measure.tree(pid).cpu.items() if name.startswith("core"))


def _wait_for_recording(address: str) -> None:
    for _ in range(120):
        if _recordings(address, time.time() - 60):
            return
        time.sleep(0.5)
    raise SystemExit("nothing is recorded")


def _recordings(address: str, after: float) -> list[dict[str, float]]:
    found: list[dict[str, float]] = _get(f"{address}/api/street/recordings?after={after}&before={time.time() + 60}")
    return sorted(found, key=lambda row: row["start_time"])


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)
