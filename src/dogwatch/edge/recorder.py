"""Records the edge camera on demand, a file at a time (docs/api/edge/recording.md).

The camera's ingest process writes the file, with the seconds before. It goes on while there is no core: one that finds
a recording of an earlier core running takes it over, and finishes those that have ended meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dogwatch.bus.messages import ClipLost, ClipOpened, ClipWritten, Message
from dogwatch.edge import sidecars
from dogwatch.edge.files import free_name, local
from dogwatch.edge.ingest_clips import ClipEnded, IngestClips
from dogwatch.edge.ordered_work import OrderedWork
from dogwatch.edge.ports import Reason, RecordingState
from dogwatch.edge.recording_finish import RecordingFinish, index_of
from dogwatch.edge.recording_journal import EdgeClip, RecordingJournal
from dogwatch.edge.recording_recovery import LeftRecordings
from dogwatch.edge.repeated import Repeated
from dogwatch.edge.sidecars import ClipEnding

if TYPE_CHECKING:
    from dogwatch.edge.archive import Archive
    from dogwatch.edge.event_log import EventLog
    from dogwatch.edge.settings import Settings
    from dogwatch.edge.storage import StorageWatch

log = logging.getLogger(__name__)

LOOK_S = 2.5  # how often it is looked whether the recorder lives
GONE_S = 2.0  # an ingest process that has not come back by then has died
STILL_S = 15.0  # a file that has not grown for so long grows no more; ingest notices silence of a camera earlier
ROOM_S = 0.03  # what the storage check may take before a recording
KEPT_NAMES = 20
RECOVER_S, READY_S = 30.0, 3.0  # an ingest process tells what goes on at once when it connects
SHORTEST_HOLD_S = 10.0  # of a recording that was taken over from an earlier core

Toggled = Literal["started", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class RecorderContext:
    """What the recorder works with. `tell` sends a message to the camera's ingest process, in the event loop."""

    camera: str
    settings: Settings
    archive: Archive
    storage: StorageWatch
    journal: RecordingJournal
    finish: RecordingFinish
    event_log: EventLog
    tell: Callable[[str, Message], object]
    changed: Callable[[], None]
    clock: Callable[[], float]
    monotonic: Callable[[], float]
    zone: tzinfo | None = None


class EdgeRecorder:
    """The recorder of the edge camera. `begin` and what a `ClipListener` hears are for the event loop.

    All else is for other threads.
    """

    def __init__(self, context: RecorderContext) -> None:
        """Record nothing before `begin`."""
        self._context = context
        self.ended: Callable[[bool], None] = lambda _: None
        self._turn = threading.RLock()  # held by who begins or ends a recording
        self.ingest = IngestClips(context.camera, context.tell, context.monotonic, self)
        self._running: EdgeClip | None = None
        self._early: deque[str] = deque(maxlen=KEPT_NAMES)  # clips that did not begin in time
        self._done: deque[str] = deque(maxlen=KEPT_NAMES)  # clips that have ended, as far as this core knows
        self._hold_until: float | None = None  # of a recording that was taken over
        self._size, self._grown_at = 0, 0.0
        self._left = LeftRecordings(context.settings, context.archive, context.journal, context.clock)
        self._recover_at: float | None = None
        self._looking = Repeated("edge-recorder-life", LOOK_S, self._look)
        self._work = OrderedWork("edge-recorder")

    def begin(self) -> None:
        """Begin to be of use: take over what goes on, and finish what does not."""
        self.ingest.attach()
        self._recover_at = self._context.monotonic() + RECOVER_S
        self._work.start()
        self._work.put(self._left.load)
        self._context.finish.start()
        self._looking.start()

    def close(self) -> None:
        """Stop, and finish what can be finished in some seconds."""
        self.stop()
        self._looking.close()
        self._work.close(1.0)
        self._context.finish.close()

    @property
    def state(self) -> RecordingState:
        """What is going on."""
        clip = self._running
        return RecordingState() if clip is None else RecordingState(True, clip.started, clip.reason)

    # ------------------------------------------------------------ for other threads

    def start(self, reason: Reason, sensor_type: str | None = None) -> bool:
        """Start, if nothing records yet; see `EdgeRecording`. A sensor gets back the recording of an earlier core."""
        with self._turn:
            if self._running is not None:
                if self._running.reason != reason:
                    return False
                self._hold_until = None
                return True
            return self._start(reason, sensor_type)

    def stop(self) -> None:
        """Stop, if anything records; see `EdgeRecording`."""
        with self._turn:
            clip = self._running
            if clip is None:
                return
            ended = self.ingest.end(clip)
            if ended is None:
                log.error("the recording %s was not closed in time", clip.path.name)
            self._over(clip, ended)

    def toggle(self) -> Toggled:
        """Start or stop by hand, and note it in the event log."""
        note = self._context.event_log.add
        with self._turn:
            if self._running is not None:
                self.stop()
                note("recording_stopped", "manual")
                self.ended(False)
                return "stopped"
            if self._start("manual", None):
                note("recording_started", "manual")
                return "started"
            note("recording_failed", "manual")
            return "failed"

    def _start(self, reason: Reason, sensor_type: str | None) -> bool:
        context, started = self._context, self._context.clock()
        context.storage.make_room(ROOM_S)
        folder = context.settings.save_dir
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            log.error("nothing can be recorded: %s", error)
            return False
        path = free_name(folder, f"output_{local(started, context.zone):%Y%m%d_%H%M%S}", ".mp4")
        clip = EdgeClip(path, started, reason, sensor_type)
        context.archive.hold(path)
        opened, ended = self.ingest.begin(clip)
        if opened is None or ended is not None or not _size(path):
            self._refuse(clip, ended)
            return False
        self._take(clip)
        context.journal.add(clip)
        sidecars.write_meta(clip)
        context.finish.begun(clip)
        return True

    def _refuse(self, clip: EdgeClip, ended: ClipEnded | None) -> None:
        """Let go of a recording that did not begin in time."""
        why = ended.detail or ended.reason if isinstance(ended, ClipLost) else "its process does not answer in time"
        log.error("the edge camera does not record: %s", why)
        if ended is None:
            self._early.append(clip.name)
            self.ingest.drop(clip.name)
        elif ended.size_bytes:
            clip.path.unlink(missing_ok=True)
        self._context.archive.release(clip.path)

    def _take(self, clip: EdgeClip) -> None:
        """`clip` is what records."""
        self._size, self._grown_at = 0, self._context.monotonic()
        self._running, self._hold_until = clip, None
        self._context.changed()

    def _over(self, clip: EdgeClip, ended: ClipEnded | None) -> None:
        """`clip` records no more."""
        self._running, self._hold_until = None, None
        self._end(clip, ended, self._context.clock())
        self._context.changed()

    def _end(self, clip: EdgeClip, ended: ClipEnded | None, stopped: float) -> None:
        """Write down how a recording has ended, and have it finished."""
        self._done.append(clip.name)
        if ended is not None and ended.size_bytes:
            length = ended.end_time - ended.start_time
        else:
            index = index_of(clip.path)
            length = index.end_time - index.start_time if index is not None else 0.0
        ending = ClipEnding(stopped, length, crash=not isinstance(ended, ClipWritten))
        sidecars.write_meta(clip, ending)
        self._context.finish.ended(clip, ending)

    # ------------------------------------------------------------ what ingest tells unasked; in the event loop

    def clip_opened(self, message: ClipOpened) -> None:
        """See `ClipListener`."""
        self._work.put(lambda: self._take_over(message))

    def clip_ended(self, message: ClipEnded) -> None:
        """See `ClipListener`."""
        self._work.put(lambda: self._found(message))

    def ingest_ready(self, *, other: bool) -> None:
        """See `ClipListener`."""
        if self._recover_at is not None:
            self._recover_at = min(self._recover_at, self._context.monotonic() + READY_S)
        if other:
            self._work.put(lambda: self._died(None))

    # ------------------------------------------------------------ earlier cores, and recorders that die

    def _take_over(self, message: ClipOpened) -> None:
        """Go on with a recording that an earlier core has begun."""
        with self._turn:
            if message.clip in self._early:
                self.ingest.drop(message.clip)
                return
            clip = self._left.take(message.clip, Path(message.path))
            if self._running is not None or clip is None:
                return
            log.info("the recording %s goes on", clip.path.name)
            self._context.archive.hold(clip.path)
            self._take(clip)
            if clip.reason == "sensor":  # nobody knows when it was released
                hold = max(self._context.settings.current.sensor.hold_seconds, SHORTEST_HOLD_S)
                self._hold_until = self._context.monotonic() + hold
            if self._context.journal.find(clip.name) is None:  # that core was killed before it could
                self._context.journal.add(clip)
                sidecars.write_meta(clip)
                self._context.finish.begun(clip)

    def _found(self, message: ClipEnded) -> None:
        """A clip has ended that nobody waits for: it has died, or an earlier core wanted it to end."""
        with self._turn:
            if message.clip in self._early:
                if message.size_bytes:
                    Path(message.path).unlink(missing_ok=True)
                return
            clip = self._left.take(message.clip, Path(message.path))
            if clip is None:
                return
            if self._running is not None and self._running.name == clip.name:
                self._died(message)
            elif clip.name not in self._done:
                self._context.archive.hold(clip.path)
                if not isinstance(message, ClipWritten):
                    self._note_crash()
                self._end(clip, message, message.end_time or self._context.clock())

    def _died(self, ended: ClipEnded | None) -> None:
        """The recorder of what runs has died."""
        with self._turn:
            clip = self._running
            if clip is None:
                return
            owned = clip.reason == "sensor" and self._hold_until is None
            log.error("the recording %s has ended by itself", clip.path.name)
            self._over(clip, ended)
            if not owned:  # else the sensor notes it
                self._note_crash()
            self.ended(True)

    def _note_crash(self) -> None:
        self._context.event_log.add("recording_stopped", "recorder crash")

    def _finish_left(self, found: Iterator[tuple[EdgeClip, ClipEnding]]) -> None:
        for clip, ending in found:
            self._done.append(clip.name)
            if ending.crash:
                self._note_crash()
            self._context.finish.ended(clip, ending)

    def _look(self) -> None:
        """Look whether the recorder lives, and whether it is time to end or finish what an earlier core has begun."""
        now = self._context.monotonic()
        if self._recover_at is not None and now >= self._recover_at:
            self._recover_at = None
            with self._turn:
                self._finish_left(self._left.finish())
            self._finish_left(self._left.unknown())  # there may be thousands of files
        with self._turn:
            clip = self._running
            if clip is None:
                return
            size = _size(clip.path)
            if size != self._size:
                self._size, self._grown_at = size, now
            if now - self._grown_at > STILL_S or self.ingest.gone_s > GONE_S:
                self.ingest.drop(clip.name)
                self._died(None)
            elif self._hold_until is not None and now >= self._hold_until:
                self.stop()
                self._context.event_log.add("recording_stopped", "sensor release")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
