"""An ingest process that writes clips of a film which was made before, as far as the core is told."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dogwatch.bus.links import WorkerGone
from dogwatch.bus.messages import ClipBegin, ClipEnd, ClipLost, ClipOpened, ClipWritten, WorkerReady
from dogwatch.media.fragments import scan
from dogwatch.testing.app import Nvr

CAMERA = "front"
PID = 1000
POLL_S = 0.005
BEFORE_S = 4.0


class CannedClips:
    """Answers what the core tells the ingest process of camera `front`."""

    def __init__(self, app: Nvr, film: Path, loop: Any) -> None:
        self.app, self.film, self.loop = app, film, loop
        self.connected = self.opens = self.ends = True
        self.open: dict[str, ClipOpened] = {}
        self.begun: list[ClipBegin] = []
        self.pid = PID
        self._seen = len(app.told)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.ready()

    def ready(self, *, other: bool = False) -> None:
        """Connect; as another process if it has died."""
        self.pid += other
        self._say(self.app.edge.recorder.ingest.on_ready, WorkerReady("ingest", CAMERA, self.pid))

    def leave(self) -> None:
        """Lose the connection."""
        self._say(self.app.edge.recorder.ingest.on_gone, WorkerGone("ingest", CAMERA, self.pid))

    def lose(self, reason: str = "stream_lost") -> None:
        """End the clip that is open, unasked."""
        (name,) = self.open
        opened = self.open.pop(name)
        length, size = self._length(Path(opened.path))
        lost = ClipLost(CAMERA, name, opened.path, reason, "", opened.start_time, opened.start_time + length, size)
        self._say(self.app.edge.recorder.ingest.on_ended, lost)

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(POLL_S):
            while self._seen < len(self.app.told):
                camera, message = self.app.told[self._seen]
                self._seen += 1
                if camera == CAMERA and self.connected:
                    self._take(message)

    def _take(self, message: Any) -> None:
        match message:
            case ClipBegin(clip, path):
                self.begun.append(message)
                if not self.opens:
                    self._say(
                        self.app.edge.recorder.ingest.on_ended,
                        ClipLost(CAMERA, clip, path, "stream_lost", "the camera is not connected"),
                    )
                    return
                shutil.copyfile(self.film, path)
                self.open[clip] = ClipOpened(CAMERA, clip, path, time.time() - BEFORE_S)
                self._say(self.app.edge.recorder.ingest.on_opened, self.open[clip])
            case ClipEnd(clip) if self.ends and clip in self.open:
                opened = self.open.pop(clip)
                length, size = self._length(Path(opened.path))
                written = ClipWritten(CAMERA, clip, opened.path, opened.start_time, opened.start_time + length, size)
                self._say(self.app.edge.recorder.ingest.on_ended, written)

    def _length(self, path: Path) -> tuple[float, int]:
        index = scan(path)
        return index.end_time - index.start_time, index.valid_bytes

    def _say(self, handler: Callable[[Any], None], message: Any) -> None:
        self.loop.call_soon_threadsafe(handler, message)


@contextmanager
def canned(app: Nvr, film: Path, loop: Any) -> Iterator[CannedClips]:
    """Play the ingest process while the context lasts."""
    made = CannedClips(app, film, loop)
    try:
        yield made
    finally:
        made.close()
