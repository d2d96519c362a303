"""The whole program: CPU against bare decoding of the same video, memory, and eight cameras at once.

The speed of a machine that others share changes within seconds. So the program is measured in `ROUNDS` short rounds,
and bare decoding, at full speed, before, after and between them, while the program goes on unmeasured.

The instant detector answers every region with a person in its middle. Where anything moves, that would fill the whole
picture with people in time, more than a real detector finds there: so an object mask leaves only the left part of
the picture (`OPEN`), in which they are tracked, stored and pictured, while regions are still made, cut and answered
everywhere. In the first 55 s of the street video the built-in detector makes 23 events, of which 5 go on; with 0.4 of
the width the instant one makes 8 (2 go on), with 0.7 25 to 31 (7 to 15), 0.8 27 (11). Of these three, 0.7 is the
least that is no easier than the real detector; the number of events is printed with each run.

Goals: one 1080p15 camera with an instant detector <= 1.30 x bare decoding, with a quiet picture <= 0.33 x, and <= 210
MiB (PSS); eight synthetic 720p cameras on two cores without skipped frames. It needs the program `ffmpeg`, and
GStreamer's RTSP server.
"""

import json
import time
import urllib.request
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import measure, video
from bench.running import running
from bench.streams import empty_street, streams, with_sound

WARM_S = 15
MEASURE_S = 30
ROUNDS = 6
USUAL_KBITS = 3000  # between the 2 and 4 Mbit/s that makers of cameras recommend for 1080p15
OPEN = 0.7  # share of the picture's width
INSTANT = (
    "detectors: {instant: {type: fixed, boxes: 'person,0.9,110,50,210,270'}}\n"
    f"objects: {{mask: ['{OPEN},0,1,0,1,1,{OPEN},1']}}\n"
)


@contextmanager
def program(
    cameras: dict[str, str], detectors: str = INSTANT, detect_fps: int = 5, empty: Container[str] = ()
) -> Iterator[tuple[int, str, Path]]:
    """Run Dogwatch on `cameras` (name -> URL); yield its pid, its address and its data directory.

    The cameras in `empty` show nobody, so that no detection of the instant detector counts there.
    """
    lines = ["mqtt: {enabled: false}", "networking: {listen: {internal: '127.0.0.1:0', external: '127.0.0.1:0'}}"]
    lines += [f"detect: {{enabled: true, fps: {detect_fps}}}", "record: {enabled: true, continuous: {days: 1}}"]
    lines += ["snapshots: {enabled: true}", detectors, "cameras:"]
    for name, url in cameras.items():
        mask = ", objects: {mask: ['0,0,1,0,1,1,0,1']}" if name in empty else ""
        lines += [f"  {name}: {{ffmpeg: {{inputs: [{{path: '{url}', roles: [record, detect]}}]}}{mask}}}"]
    with running("\n".join(lines) + "\n") as made:
        yield made


def stats(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{address}/api/stats") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def events(address: str) -> tuple[int, int]:
    """Return how many events there have been, and how many of them go on."""
    with urllib.request.urlopen(f"{address}/api/events?limit=1000") as answer:
        found = json.load(answer)
    return len(found), sum(event["end_time"] is None for event in found)


def rounds(pid: int, path: Path) -> tuple[dict[str, float], list[float], measure.Usage]:
    """Return the CPU seconds of each process in `MEASURE_S`, those of bare decoding a second in turns, and memory."""
    part = MEASURE_S / ROUNDS
    used: dict[str, float] = {}
    bare = [video.bare_decode(path, 2 * part) / part / 2]
    usage = measure.tree(pid)
    for _ in range(ROUNDS):
        spent, usage = measure.over(pid, part)
        used = {key: used.get(key, 0.0) + cpu for key, cpu in spent.items()}
        bare.append(video.bare_decode(path, 2 * part) / part / 2)
    return used, bare, usage


def one_camera(url: str, path: Path, goal: float, empty: Container[str] = ()) -> None:
    """Print what one camera costs that sends the video of `path` from `url`; `goal` is the ratio to bare decoding."""
    paced = video.bare_decode_paced(path, 15.0) * MEASURE_S
    with program({"one": url}, empty=empty) as (pid, address, _):
        time.sleep(WARM_S)
        used, bare, usage = rounds(pid, path)
        held = measure.alone(pid)
        seen = stats(address)["cameras"]["one"]
        told, going_on = events(address)
    base = sum(bare) / len(bare) * MEASURE_S
    runs = ", ".join(f"{each * MEASURE_S:.2f}" for each in bare)
    print(f"CPU seconds in {MEASURE_S} s of video: bare decoding {base:.2f} ({runs}), in real time {paced:.2f}")
    for key, cpu in used.items():
        print(f"  {key:<28} {cpu:6.2f} s  {cpu / base:5.2f} x  {usage.pss.get(key, 0):7.1f} MiB")
    total = sum(used.values())
    ratios = f"{total / base:.2f} x (goal {goal}), {total / paced:.2f} x in real time"
    print(f"whole program, 1 camera: {total:.2f} s = {ratios}; {usage.total_pss:.0f} MiB (goal 210)")
    print(f"  {held:.0f} MiB with all pages that other programs use too")
    print(f"  process_fps {seen['process_fps']}, skipped_fps {seen['skipped_fps']}, regions/s {seen['detection_fps']}")
    print(f"  {told} events, of which {going_on} go on", flush=True)


def main() -> None:
    busy = video.full_hd(kbits=USUAL_KBITS)
    still = video.full_hd(kbits=USUAL_KBITS, source=empty_street())
    with streams([with_sound(busy), with_sound(still)], sound=True) as (first, second):
        print(f"a busy street over RTSP with sound, {USUAL_KBITS / 1000:g} Mbit/s, as cameras of this size are set:")
        one_camera(first, busy, 1.30)
        print("an empty street, likewise:")
        one_camera(second, still, 0.33, empty={"one"})
    print(f"the busy street as a file of {USUAL_KBITS / 1000:g} Mbit/s:")
    one_camera(str(busy), busy, 1.30)
    print("the busy street as a file of 1.2 Mbit/s:")
    one_camera(str(video.full_hd()), video.full_hd(), 1.30)
    eight = {f"cam{n}": f"synthetic://street?seed={n}&fps=5&size=1280x720" for n in range(8)}
    with program(eight) as (pid, address, _):
        time.sleep(WARM_S)
        used, _ = measure.over(pid, MEASURE_S)
        cameras = stats(address)["cameras"]
    skipped = {name: camera["skipped_fps"] for name, camera in cameras.items()}
    print(f"8 synthetic 720p cameras: {sum(used.values()) / MEASURE_S:.2f} processors, skipped {skipped}")
