"""An old film becomes the past of a camera, over a kill of the core, and is served as if it had been live."""

from __future__ import annotations

import datetime
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests import media, street_videos
from tests.e2e.program import Program

CONFIG = """
ui: {timezone: Europe/Berlin}
record: {enabled: true, continuous: {days: 30}}
cameras:
  card: {enabled: false, ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/main"}]}}
"""
pytestmark = [pytest.mark.timeout(900), pytest.mark.in_pairs]
SECONDS, FPS = street_videos.SECONDS, street_videos.FPS
FROM_S, PART_S = 10, 20
"""The part of the film that is analysed by the built-in detector: people come after five seconds."""


def pictures(data: bytes) -> list[Any]:
    with av.open(io.BytesIO(data), "r") as container:
        return [frame.to_ndarray(format="gray").astype(np.int16) for frame in container.decode(video=0)]


def part(source: Path, target: Path) -> None:
    """Copy a part of a film, which begins at a keyframe, and has as many pictures as its length says."""
    with av.open(str(source)) as container, av.open(str(target), "w") as out:
        copies = {stream: out.add_stream_from_template(stream) for stream in container.streams}
        for packet in container.demux():
            if packet.pts is None or packet.dts is None or packet.time_base is None:
                continue
            begin = round(FROM_S / packet.time_base)
            if begin <= packet.pts < begin + round(PART_S / packet.time_base):
                packet.pts, packet.dts, packet.stream = packet.pts - begin, packet.dts - begin, copies[packet.stream]
                out.mux(packet)


def named_by_time(target: Path, copy: Callable[[Path, Path], object] = shutil.copy) -> tuple[Path, float]:
    """Copy a film of the street, and name it as a camera does; return when it begins (epoch s)."""
    begin = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=2)).replace(
        minute=20, second=5, microsecond=0
    )
    local = begin.astimezone(datetime.timezone(datetime.timedelta(hours=2 if _is_summer(begin) else 1)))
    film = target / f"{local:%Y%m%d_%H%M%S}.mp4"
    copy(media.quiet(), film)
    return film, begin.timestamp()


def _is_summer(at: datetime.datetime) -> bool:
    from zoneinfo import ZoneInfo

    return bool(at.astimezone(ZoneInfo("Europe/Berlin")).dst())


def test_an_old_film_is_placed_and_served(tmp_path: Path) -> None:
    data = tmp_path / "data"
    program = Program.run(data, CONFIG)
    film, begin = named_by_time(tmp_path, part)
    command = [sys.executable, "-m", "dogwatch", "files", "place", str(film), "--camera", "card", "--data", str(data)]
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as placing:
            program.wait(
                lambda: list(data.glob("recordings/.staged/*/recordings/*/*/card/*.mp4")), 240, "first segment"
            )
            assert program.json("/api/card/recordings/summary") == []
            program.core().kill()
            program.follow(2, 60)
            output, _ = placing.communicate(timeout=600)
        assert placing.returncode == 0, output
        assert "(by its name)" in output
        _served(program, begin, film)
        again = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ)
        assert again.returncode == 1
        assert "card has recordings of that time" in again.stderr
    finally:
        program.stop()


def _served(program: Program, begin: float, film: Path) -> None:
    end = begin + PART_S
    span = f"start/{begin:.0f}/end/{end:.0f}"
    listed = program.json(f"/api/card/recordings?after={begin - 60}&before={end + 60}")
    assert sum(row["end_time"] - row["start_time"] for row in listed) == pytest.approx(PART_S, abs=0.2)
    assert listed[0]["start_time"] == pytest.approx(begin, abs=0.2)  # pictures may be reordered
    assert any(row["motion"] for row in listed)
    assert any(row["objects"] for row in listed)
    (day,) = program.json("/api/card/recordings/summary?timezone=UTC")
    (hour,) = day["hours"]
    assert (hour["hour"], round(hour["duration"])) == (
        f"{datetime.datetime.fromtimestamp(begin, datetime.UTC):%H}",
        PART_S,
    )
    events = program.events(f"&cameras=card&after={begin - 1}&before={end + 1}")
    assert events
    assert day["events"] == hour["events"] == len(events)
    assert all(begin <= event["start_time"] < event["end_time"] <= end for event in events)
    items = program.json(f"/api/review?cameras=card&after={begin - 1}&before={end + 1}")
    assert items
    assert {key for item in items for key in item["data"]["detections"]} <= {event["id"] for event in events}
    assert all(program.get(item["thumb_path"].removeprefix("/media/frigate"))[0] == 200 for item in items)
    assert program.json("/api/review/summary?cameras=card")
    _of_event(program, events[0], begin, film)
    playlist = program.get(f"/vod/card/{span}/index.m3u8")[1].decode()
    names = [line for line in playlist.splitlines() if line and not line.startswith("#")]
    init = next(line.split('"')[1] for line in playlist.splitlines() if line.startswith("#EXT-X-MAP"))
    shown = pictures(b"".join(program.get(f"/vod/card/{span}/{name}")[1] for name in (init, *names)))
    assert len(shown) == PART_S * FPS
    (preview,) = program.json(f"/api/preview/card/{span}")
    assert len(pictures(program.get(preview["src"])[1])) > 10
    assert program.get(f"/api/card/{span}/preview.gif")[1][:3] == b"GIF"


def _of_event(program: Program, event: dict[str, Any], begin: float, film: Path) -> None:
    """The snapshot is the very picture of the film that its time says."""
    assert program.get(f"/api/events/{event['id']}/thumbnail.jpg")[1][:2] == b"\xff\xd8"
    assert {row["class_type"] for row in program.json(f"/api/timeline?source_id={event['id']}")} >= {"visible", "gone"}
    (snapshot,) = pictures(
        program.get(f"/api/events/{event['id']}/snapshot.jpg?bbox=0&timestamp=0&crop=0&quality=100")[1]
    )
    number = (event["data"]["snapshot_frame_time"] - begin) * FPS
    assert number == pytest.approx(round(number), abs=0.01)
    with av.open(str(film)) as container:
        wanted = {}
        for n, frame in enumerate(container.decode(video=0)):
            if abs(n - number) < 1.5:
                wanted[n] = np.abs(frame.to_ndarray(format="gray").astype(np.int16) - snapshot).mean()
    assert min(wanted, key=lambda n: wanted[n]) == round(number), wanted


def test_a_film_in_a_watched_folder_is_placed_once_and_faster_than_it_lasts(tmp_path: Path) -> None:
    data, card = tmp_path / "data", tmp_path / "card"
    (card / "DCIM").mkdir(parents=True)
    _, begin = named_by_time(card / "DCIM")
    watch = f"files: {{watch: [{{path: '{card}', camera: card}}]}}\ndetectors: {{plain: {{type: fixed}}}}\n"
    program = Program.run(data, CONFIG + watch)
    try:
        query = f"/api/card/recordings?after={begin - 60}&before={begin + SECONDS + 60}"
        found = program.wait(lambda: program.json(query), 300, "recordings of the film")
        assert sum(row["end_time"] - row["start_time"] for row in found) == pytest.approx(SECONDS, abs=0.2)
        used = program.core().cpu_times().children_user
        assert used < SECONDS, f"{used} s of processor time for {SECONDS} s of film"
        program.wait(lambda: (data / "files" / "watched.json").exists(), 10, "note")
        program.core().kill()
        (card / "other.mp4").write_text("no film, but whoever takes it has looked at the first one too")
        program.follow(2, 60)
        program.wait(lambda: "other.mp4" in program.output(), 120, "look that finds the other file complete")
        program.wait(lambda: "not a video" in program.output(), 60, "refusal of the other file")
        assert program.json(query) == found
        assert program.output().count("placing /") == 2
    finally:
        program.stop()
