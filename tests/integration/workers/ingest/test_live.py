"""Live fragments as a viewer gets them."""

import io
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np

from dogwatch.bus.messages import LiveFragment, LiveInit, SegmentOpened, StreamLost, StreamOpened
from dogwatch.testing.ingest import IngestProcess, spec_for
from tests.integration.workers.ingest.made import make, number
from tests.rtsp import RtspServer, serving


class Viewer:
    """Watches input 0 of a camera."""

    def __init__(self, ingest: IngestProcess) -> None:
        self._ingest, self._seen = ingest, len(ingest.messages)

    def receive(self, timeout: float = 10.0) -> tuple[float, LiveInit | LiveFragment]:
        """Return when the next message came, and it."""
        end = time.monotonic() + timeout
        while (got := self._next()) is None:
            assert time.monotonic() < end, "nothing came"
            self._ingest.pump(0.02)
        return time.time(), got

    def watch(self, seconds: float) -> list[tuple[float, LiveInit | LiveFragment]]:
        end = time.monotonic() + seconds
        got = []
        while time.monotonic() < end:
            self._ingest.pump(0.02)
            while (message := self._next()) is not None:
                got.append((time.time(), message))
        return got

    def _next(self) -> LiveInit | LiveFragment | None:
        while self._seen < len(self._ingest.messages):
            message = self._ingest.messages[self._seen]
            self._seen += 1
            if isinstance(message, LiveInit | LiveFragment):
                return message
        return None

    def __enter__(self) -> "Viewer":
        self._ingest.watch(0)
        return self

    def __exit__(self, *_: object) -> None:
        self._ingest.watch()


def begin(viewer: Viewer) -> None:
    """Wait for an init section and a fragment; before it there may be what others were sent."""
    while not isinstance(viewer.receive()[1], LiveInit):
        pass
    assert isinstance(viewer.receive()[1], LiveFragment)


def pictures(got: list[tuple[float, LiveInit | LiveFragment]]) -> list[int]:
    """Decode what a viewer got, as a player would."""
    data = b"".join(m.init if isinstance(m, LiveInit) else m.data for _, m in got)
    with av.open(io.BytesIO(data), "r", format="mp4") as container:
        frames: Any = container.decode(video=0)
        return [number(frame.to_ndarray(format="bgr24")) for frame in frames]


def test_a_viewer_begins_at_once_and_stays_close_behind(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", seconds=30, gop=40, audio="aac", rate=16000)
    with IngestProcess(spec_for(tmp_path, str(video))) as ingest:
        ingest.wait_for(SegmentOpened)
        time.sleep(1.5)  # into the middle of a group of pictures
        asked = time.time()
        with Viewer(ingest) as viewer:
            got = viewer.watch(4.0)
        init, first = got[0][1], got[1][1]
        assert isinstance(init, LiveInit)
        assert init.codecs.startswith("avc1.")
        assert init.codecs.endswith(",mp4a.40.2")
        assert got[0][0] - asked < 0.5
        assert isinstance(first, LiveFragment)
        assert first.keyframe
        fragments = [(at, m) for at, m in got if isinstance(m, LiveFragment)]
        assert len(fragments) == len(got) - 1
        behind = [at - m.time for at, m in fragments if at > asked + 1]
        assert max(behind) < 0.5
        assert len(fragments) > 20  # a tenth of a second each
        numbers = pictures(got)
        assert numbers[0] % 40 == 0
        assert np.all(np.diff(numbers) == 1)
        assert sum(m.keyframe for _, m in fragments) == sum(n % 40 == 0 for n in numbers)


def test_every_new_viewer_and_every_new_connection_begins_with_an_init(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", seconds=30)
    with RtspServer(serving(video)) as server, IngestProcess(spec_for(tmp_path, server.url)) as ingest:
        ingest.wait_for(SegmentOpened)
        for _ in range(2):
            with Viewer(ingest) as viewer:
                begin(viewer)
        with Viewer(ingest) as viewer:
            begin(viewer)
            viewer.watch(0.3)  # what has come for the viewers before
            count = len(ingest.messages)
            server.kill()
            server.start()
            ingest.wait_for(StreamOpened, after=count)
            got = viewer.watch(2.0)
        inits = [n for n, (_, m) in enumerate(got) if isinstance(m, LiveInit)]
        assert len(inits) == 1
        assert pictures(got[inits[0] :])[0] == 0


def test_other_parameters_give_viewers_a_new_init_section(tmp_path: Path) -> None:
    parts = [make(tmp_path / f"{width}.ts", seconds=4, gop=10, width=width) for width in (256, 512)]
    film = tmp_path / "both.ts"
    film.write_bytes(b"".join(part.read_bytes() for part in parts))
    with IngestProcess(spec_for(tmp_path, str(film))) as ingest:
        ingest.wait_for(SegmentOpened)
        with Viewer(ingest) as viewer:
            got = viewer.watch(10.0)
        assert ingest.all(StreamLost) == []
    begins = [n for n, (_, message) in enumerate(got) if isinstance(message, LiveInit)]
    sizes = []
    for first, behind in pairwise([*begins, len(got)]):
        data = b"".join(m.init if isinstance(m, LiveInit) else m.data for _, m in got[first:behind])
        with av.open(io.BytesIO(data), "r", format="mp4") as container:
            frames: Any = list(container.decode(video=0))
        if frames:
            assert {frame.width for frame in frames} == {frames[0].width}
            sizes.append(frames[0].width)
    assert 256 in sizes
    assert 512 in sizes
    assert all(before != after for before, after in pairwise(sizes))
