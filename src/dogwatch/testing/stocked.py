"""An app that has something behind every route: footage, events with pictures, a review item, a live picture.

`PARAMETERS` fills every path parameter of every route with what is there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dogwatch.bus.messages import RingMade
from dogwatch.bus.ring import FrameRing
from dogwatch.events import rendering
from dogwatch.events.files import PictureFiles, write
from dogwatch.media import fragments, picture, preview_film
from dogwatch.media.encoder_spec import PreviewSpec
from dogwatch.media.preview_files import PreviewSource, frame_name
from dogwatch.store import events, previews, reviews, segments
from dogwatch.store.previews import Preview
from dogwatch.testing import recordings
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.recordings import T0

EVENT, OTHER = f"{T0 + 1.5}-abcdef", f"{T0 + 2.5}-ghijkl"
REVIEW = f"{T0 + 1.5}-mnopqr"
WIDTH, HEIGHT = 320, 180
PARAMETERS = {
    "camera": "front",
    "event_id": EVENT,
    "review_id": REVIEW,
    "label": "person",
    "extension": "png",
    "name": "index.m3u8",
    "start": f"{T0:.0f}",
    "end": f"{T0 + 8:.0f}",
    "frame_time": f"{T0 + 1}",
    "year_month": "2025-11",
    "day": "18",
    "hour": "11",
    "tz_name": "utc",
    "tz_area": "Europe",
    "tz_city": "Paris",
    "stream": "front",
    "service": "frigate",
    "username": "vera",
    "case_id": "none",
    "job_id": "none",
    "event": "a0",
    "export_id": "none",
    "share_id": "none",
    "model": "none",
    "token": "none",
    "new_name": "other",
    "old_name": "other",
    "file": f"preview_front-{T0 + 1:.6f}.webp",
    "path": f"front-{EVENT}.jpg",
}
"""Values by name; `path` is that of a picture that is made."""
QUERIES = {
    "/api/go2rtc/api/streams": "src=front",
    "/api/go2rtc/webrtc": "src=front",
    "/live/webrtc/webrtc.html": "src=front",
    "/api/event_ids": f"ids={EVENT}",
    "/api/review_ids": f"ids={REVIEW}",
}


def noise(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a picture that compresses badly."""
    return np.random.default_rng(7).integers(0, 255, (height, width, 3), np.uint8)


def event(key: str, camera: str) -> dict[str, Any]:
    """Return the row of an event at its id's time."""
    start = float(key.partition("-")[0])
    return {
        "id": key, "camera": camera, "label": "person", "sub_label": None, "type": "object", "start_time": start,
        "end_time": start + 4, "zones": ["porch"], "has_clip": True, "has_snapshot": True, "score": 0.7,
        "top_score": 0.8, "average_speed": 0.0, "severity": "alert",
        "data": {"box": [0.25, 0.25, 0.25, 0.5], "region": [0.25, 0.25, 0.5, 0.5], "snapshot_frame_time": start + 1},
    }  # fmt: skip


def show(made: Nvr, camera: str) -> None:
    """Give a camera pictures for previews from `T0` on, and the preview of the hour before."""
    small = picture.encode(noise(WIDTH, HEIGHT), "jpg", 50)
    folder = made.services.previews.frames.folder / camera / str(int(T0 // 3600) * 3600)
    for second in range(8):
        write(folder / frame_name(T0 + second), small)
    path = f"clips/previews/{camera}/{T0 - 3600:.3f}-{T0:.3f}.mp4"
    film = made.services.paths.media / path
    film.parent.mkdir(parents=True)
    preview_film.encode(PreviewSpec((PreviewSource(str(folder), T0, T0 + 8),), T0, T0 + 8, str(film), 28))
    row = Preview(f"{camera}_{T0:.3f}", camera, path, T0 - 3600, T0)
    made.services.db.write(partial(previews.put, preview=row))


@contextmanager
def stocked(directory: Path) -> Iterator[Nvr]:
    """Build the app on `directory`; both cameras have everything, `front` a live picture too."""
    with nvr(directory) as made:
        write_row = made.services.db.write
        clean = picture.encode(noise(WIDTH, HEIGHT), "jpg", 90)
        files = PictureFiles(directory)
        for key, camera in ((EVENT, "front"), (OTHER, "back")):
            write_row(partial(events.put, values=event(key, camera)))
            write(files.clean(camera, key), clean)
            write(files.thumb(camera, key), rendering.thumbnail(clean, None))
            for one in recordings.record(directory, camera):
                init = fragments.scan(directory / one.path).init
                write_row(partial(segments.add, segment=one, init=init))
            show(made, camera)
        item = {
            "id": REVIEW, "camera": "front", "severity": "alert", "start_time": T0 + 1.5, "end_time": T0 + 5,
            "thumb_path": f"clips/review/thumb-front-{REVIEW}.webp",
            "data": {"detections": [EVENT], "objects": ["person"], "sub_labels": [], "zones": ["porch"], "audio": []},
        }  # fmt: skip
        write_row(partial(reviews.put, values=item))
        write(files.review("front", REVIEW), rendering.review_thumbnail(clean, []))
        made.services.paths.log.write_text("a line\n")
        ring = FrameRing.create(str(directory), "ring-front", WIDTH, HEIGHT, 4)
        try:
            made.services.pictures.on_ring(RingMade("front", ring.name, WIDTH, HEIGHT))
            seq, pixels = ring.begin(time.time(), keyframe=True)
            pixels[:] = 128
            ring.commit(seq)
            yield made
        finally:
            ring.close(unlink=True)
