"""What the recorder and the camera's ingest process tell each other of clips."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from dogwatch.bus.messages import ClipBegin, ClipEnd, ClipLost, ClipOpened, ClipWritten, Message, WorkerReady

if TYPE_CHECKING:
    from dogwatch.bus.links import WorkerGone
    from dogwatch.edge.recording_journal import EdgeClip

START_S = 0.5
GRACE_S = 10.0

ClipEnded = ClipWritten | ClipLost


class ClipListener(Protocol):
    """Who hears of clips that nobody waits for; in the event loop."""

    def clip_opened(self, message: ClipOpened) -> None:
        """A clip goes on since before this core began, or has begun too late."""

    def clip_ended(self, message: ClipEnded) -> None:
        """A clip has ended by itself, or because an earlier core wanted it to."""

    def ingest_ready(self, *, other: bool) -> None:
        """The ingest process has connected; `other` if it is another process than before."""


@dataclass(slots=True)
class _Wait:
    """A wait for what is said of a clip: that it has ended, or also, unless `ending`, that it has begun."""

    name: str
    ending: bool
    opened: ClipOpened | None = None
    ended: ClipEnded | None = None
    heard: threading.Event = field(default_factory=threading.Event)


class IngestClips:
    """The clips of one camera. `attach` and `on_...` are for the event loop, all else for other threads."""

    def __init__(
        self,
        camera: str,
        tell: Callable[[str, Message], object],
        monotonic: Callable[[], float],
        listener: ClipListener,
    ) -> None:
        """Say nothing before `attach`; `tell` sends a message to a camera's ingest process, in the event loop."""
        self._camera, self._tell, self._monotonic, self._listener = camera, tell, monotonic, listener
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._wait: _Wait | None = None
        self._pid: int | None = None
        self._gone_at: float | None = None

    def attach(self) -> None:
        """Talk through the running event loop."""
        self._loop = asyncio.get_running_loop()

    @property
    def gone_s(self) -> float:
        """For how long there has been no ingest process; 0 while there is one."""
        at = self._gone_at
        return 0.0 if at is None else self._monotonic() - at

    def begin(self, clip: EdgeClip) -> tuple[ClipOpened | None, ClipEnded | None]:
        """Have a clip written; return what is said of it within half a second, nothing if it does not begin by then."""
        wait = self._say(ClipBegin(clip.name, str(clip.path)), _Wait(clip.name, ending=False), START_S)
        return wait.opened, wait.ended

    def end(self, clip: EdgeClip) -> ClipEnded | None:
        """End a clip; return what is said of it, None if nothing is said within ten seconds."""
        return self._say(ClipEnd(clip.name), _Wait(clip.name, ending=True), GRACE_S).ended

    def drop(self, name: str) -> None:
        """End a clip without waiting for it."""
        self._send(ClipEnd(name))

    def _say(self, message: Message, wait: _Wait, seconds: float) -> _Wait:
        with self._lock:
            self._wait = wait
        self._send(message)
        wait.heard.wait(seconds)
        with self._lock:
            self._wait = None
        return wait

    def _send(self, message: Message) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._tell, self._camera, message)

    def on_opened(self, message: ClipOpened) -> None:
        """Hear that a clip has begun, or goes on."""
        if message.camera == self._camera and not self._is_awaited(message):
            self._listener.clip_opened(message)

    def on_ended(self, message: ClipEnded) -> None:
        """Hear that a clip has ended."""
        if message.camera == self._camera and not self._is_awaited(message):
            self._listener.clip_ended(message)

    def on_ready(self, message: WorkerReady) -> None:
        """Hear of an ingest process that has connected."""
        if (message.kind, message.name) != ("ingest", self._camera):
            return
        before, self._pid, self._gone_at = self._pid, message.pid, None
        with self._lock:
            wait = self._wait
        if wait is not None and wait.ending:  # it may not have heard that the clip is to end
            self._send(ClipEnd(wait.name))
        self._listener.ingest_ready(other=before not in (None, message.pid))

    def on_gone(self, message: WorkerGone) -> None:
        """Hear of an ingest process whose connection has ended."""
        if (message.kind, message.name) == ("ingest", self._camera):
            self._gone_at = self._monotonic()

    def _is_awaited(self, message: ClipOpened | ClipEnded) -> bool:
        with self._lock:
            wait = self._wait
            if wait is None or wait.name != message.clip:
                return False
            if isinstance(message, ClipOpened):
                wait.opened = message
            else:
                wait.ended = message
            if wait.ended is not None or not wait.ending:
                wait.heard.set()
            return True
