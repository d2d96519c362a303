"""The program as installed, with a camera that only sees plates, and no detector of cars."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from tests.e2e.program import Program

CONFIG = """
detectors: {none: {type: fixed}}
lpr: {known_plates: {Ann: [A123BC77]}}
cameras:
  barrier:
    type: lpr
    lpr: {enabled: true}
    ffmpeg: {inputs: [{path: "%s", roles: [detect, record]}]}
"""


def film(path: Path) -> Path:
    """Write twenty seconds, in the second half of which a car's plate goes past again and again."""
    road = cv2.GaussianBlur(np.random.default_rng(7).integers(70, 110, (360, 640, 3), np.uint8), (9, 9), 0)
    with av.open(str(path), "w") as out:
        video: Any = out.add_stream("libx264", rate=5, width=640, height=360)
        video.pix_fmt, video.options = "yuv420p", {"g": "5", "preset": "veryfast"}
        for n in range(100):
            picture = road.copy()
            if n >= 25:
                x = 20 + 12 * (n % 25)
                cv2.rectangle(picture, (x - 20, 60), (x + 260, 300), (120, 40, 30), -1)
                cv2.rectangle(picture, (x, 200), (x + 160, 236), (240, 240, 240), -1)
                cv2.putText(
                    picture, "A123BC77", (x + 6, 228), cv2.FONT_HERSHEY_DUPLEX, 0.9, (15, 15, 15), 2, cv2.LINE_AA
                )
            frame = av.VideoFrame.from_ndarray(np.asarray(picture, np.uint8), format="bgr24")
            frame.pts, frame.time_base = n, Fraction(1, 5)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


def test_a_plate_that_goes_past_is_an_event(tmp_path: Path) -> None:
    program = Program.run(tmp_path / "data", CONFIG % film(tmp_path / "barrier.mp4"))
    try:

        def named() -> list[dict[str, Any]]:
            return [one for one in program.events("&labels=license_plate") if one["sub_label"]]

        event = program.wait(named, 90, "event of a plate")[-1]
        assert (event["camera"], event["sub_label"], event["has_snapshot"]) == ("barrier", "Ann", True)
        assert event["end_time"] is None or event["end_time"] <= time.time()
        assert event["data"]["recognized_license_plate"] == "A123BC77"
        assert program.json("/api/recognized_license_plates") == ["A123BC77"]
        assert program.get(f"/api/events/{event['id']}/snapshot.jpg?bbox=1")[1][:2] == b"\xff\xd8"
    finally:
        program.stop()
