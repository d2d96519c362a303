"""Runs one input of a camera: connects, hands out units, and connects again, for ever."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from dogwatch.bus.messages import Message, StreamLost, StreamOpened
from dogwatch.errors import SourceError
from dogwatch.media.audio import Loudness
from dogwatch.media.packets import AudioInfo, Tracks, Unit, VideoInfo
from dogwatch.media.source import SHORT_S, Source, SourceRequest, open_source
from dogwatch.media.source_errors import UNRECORDABLE, SourceRefusedError, SourceStalledError
from dogwatch.media.timeline import Timeline
from dogwatch.redact import redact_text, redact_url
from dogwatch.workers.ingest.backoff import ReconnectBackoff
from dogwatch.workers.ingest.connection import InputConnection, OwnSound
from dogwatch.workers.ingest.counters import InputCounters, RateMeter
from dogwatch.workers.ingest.grid import DetectGrid
from dogwatch.workers.ingest.read_pacer import ReadPacer
from dogwatch.workers.ingest.spec import InputSpec

log = logging.getLogger(__name__)

LOG_EVERY_S = 60.0  # how often a camera is logged that stays unreachable for the same reason


class Consumer(Protocol):
    """Takes an input's units: the recorder, the live output, the decoder. None of these may wait."""

    def begin(self, tracks: Tracks, video: VideoInfo) -> None:
        """A connection begins."""
        ...

    def feed(self, unit: Unit) -> None:
        """Take one unit."""
        ...

    def change(self, tracks: Tracks, video: VideoInfo) -> None:
        """The connection has other parameters from now on; the next unit is a keyframe that has them."""
        ...

    def end(self) -> None:
        """The connection is over."""
        ...


@dataclass(frozen=True, slots=True)
class InputSettings:
    """How one input behaves; see `IngestSpec`. `alone`: it is the only one of its process."""

    camera: str
    spec: InputSpec
    retry_interval: float
    stall_seconds: float
    detect_fps: float = 5.0
    alone: bool = False


class InputLoop:
    """Runs one input in a thread; `consumers` are fed in order, the recorder first."""

    def __init__(
        self,
        settings: InputSettings,
        consumers: tuple[Consumer, ...],
        send: Callable[[Message], object],
        loudness: Loudness | None,
        watched: Callable[[], bool] = lambda: False,
        own_sound: OwnSound | None = None,
        full: Callable[[], bool] = lambda: True,
    ) -> None:
        """Prepare; `start` begins.

        Args:
            settings: How the input behaves.
            consumers: Get its units.
            send: Takes messages to the core.
            loudness: Measures sound, if not None.
            watched: Whether packets are read as soon as they come.
            own_sound: Takes sound that is not AAC as the camera sends it.
            full: Whether every picture that is due for detection is needed as soon as it comes, not just keyframes.
        """
        self._settings, self._consumers, self._send, self._loudness = settings, consumers, send, loudness
        self._watched, self._own_sound, self._full = watched, own_sound, full
        self.counters = InputCounters()
        self._timeline = Timeline()
        self._backoff = ReconnectBackoff(settings.retry_interval)
        self._pacer: ReadPacer | None = None  # of the present connection
        self._audio: AudioInfo | None = None  # of the present connection
        self._choices = (settings.spec, *settings.spec.others)
        self._choice = 0  # which of them is read
        self._told_of: set[str] = set()  # since the last connection
        self._source: Source | None = None  # the present connection
        self._stopped, self._enabled = threading.Event(), threading.Event()
        self._interrupted = threading.Event()  # ends waits, for a stop or for a change of `enabled`
        self._logged, self._logged_at = "", 0.0
        self._thread = threading.Thread(target=self._run, name=f"input-{settings.spec.roles}", daemon=True)

    def start(self, *, enabled: bool) -> None:
        """Start the thread, which connects if `enabled`."""
        if enabled:
            self._enabled.set()
        self._thread.start()

    def configure(self, *, retry_interval: float, stall_seconds: float, detect_fps: float) -> None:
        """Continue with these; what concerns the connection itself holds from the next one on. For any thread."""
        self._backoff.cap = retry_interval
        self._settings = replace(
            self._settings, retry_interval=retry_interval, stall_seconds=stall_seconds, detect_fps=detect_fps
        )
        if (pacer := self._pacer) is not None:
            pacer.grid = DetectGrid(detect_fps)

    def enable(self, on: bool) -> None:
        """Connect, or disconnect until the next call."""
        if on:
            self._interrupted.clear()
            self._enabled.set()
        else:
            self._enabled.clear()
            self._interrupted.set()

    def end_stalled(self) -> None:
        """End a connection whose present read takes too long. For any thread, every few seconds."""
        if (source := self._source) is not None:
            source.end_stalled()

    def stop(self) -> None:
        """Stop the thread as soon as its present read returns; `join` waits for that."""
        self._stopped.set()
        self._enabled.set()
        self._interrupted.set()

    def join(self, timeout: float) -> bool:
        """Wait until the thread has ended; False if it still reads after `timeout` seconds."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while self._enabled.wait() and not self._stopped.is_set():
            begun, packets = time.monotonic(), self.counters.packets
            try:
                self._connect()
            except SourceError as error:
                if self._stopped.is_set() or not self._enabled.is_set():
                    continue
                good_for = time.monotonic() - begun if self.counters.packets > packets else 0.0
                if self._take_other(good_for):
                    self._tell_of_other(str(error))
                    continue
                delay = self._backoff.wait(refused=isinstance(error, SourceRefusedError), good_for=good_for)
                self._lost(error, delay)
                self._interrupted.wait(delay)

    def _take_other(self, good_for: float) -> bool:
        """Choose the source to be read next; return whether that is one which was not tried since the last wait."""
        more = not good_for and self._choice + 1 < len(self._choices)
        self._choice = self._choice + 1 if more else 0
        return more

    def _tell_of_other(self, reason: str) -> None:
        if reason not in self._told_of:
            self._told_of.add(reason)
            log.info("%s: %s; another source is tried", self._settings.camera, reason)

    def _lost(self, error: SourceError, delay: float) -> None:
        settings = self._settings
        self.counters.reconnects += 1
        self.counters.stalls += isinstance(error, SourceStalledError)
        self.counters.fps = 0.0
        reason, now = str(error), time.monotonic()
        if reason != self._logged or now - self._logged_at > LOG_EVERY_S:
            self._logged, self._logged_at = reason, now
            log.warning("%s: %s; next attempt in %.1f s", settings.camera, reason, delay)
        self._send(StreamLost(settings.camera, settings.spec.roles, str(error)))

    def _connect(self) -> None:
        settings, spec = self._settings, self._choices[self._choice]
        request = SourceRequest(
            spec.url, dict(spec.options), spec.format, settings.stall_seconds, settings.alone, spec.sound
        )
        source = self._source = open_source(request, self._interrupted)
        try:
            self._read(source)
        finally:
            self._source = None
            source.close()

    def _read(self, source: Source) -> None:
        try:
            stall, own = self._settings.stall_seconds, self._own_sound
            connection = InputConnection(
                source, self._timeline, self.counters, self._loudness, stall, self._change, own
            )
        except UNRECORDABLE as error:
            url = redact_url(self._choices[self._choice].url)
            raise SourceError(f"{url}: its streams cannot be recorded: {redact_text(str(error))}") from error
        self._logged = ""
        self._told_of.clear()
        self._announce(source)
        for consumer in self._consumers:
            consumer.begin(connection.tracks, source.video)
        try:
            self._hand_out(connection, source)
        finally:
            for consumer in self._consumers:
                consumer.end()

    def _hand_out(self, connection: InputConnection, source: Source) -> None:
        """Feed the consumers until the stream ends or the loop is interrupted."""
        feeds = tuple(consumer.feed for consumer in self._consumers)
        if not source.video.fps:
            feeds = (*feeds, RateMeter(self.counters).feed)
        grid = DetectGrid(self._settings.detect_fps)
        pacer = self._pacer = ReadPacer(grid, source.room) if source.patient else None
        waited, read_at = 0.0, time.monotonic()
        for unit in connection.units():
            waited += time.monotonic() - read_at  # waiting for a picture, and for sound since the last picture
            for feed in feeds:
                feed(unit)
            if unit.video:
                if pacer is not None and not self._watched():
                    pause = pacer.after(unit, time.time(), waited, full=self._full())
                    if pause > SHORT_S:
                        self._interrupted.wait(pause)
                    elif pause:
                        time.sleep(pause)
                waited = 0.0
            if self._interrupted.is_set():
                return
            read_at = time.monotonic()

    def _change(self, tracks: Tracks, video: VideoInfo) -> None:
        """Continue with a stream that has changed its parameters."""
        log.info("%s: the video goes on as %dx%d", self._settings.camera, video.width, video.height)
        for consumer in self._consumers:
            consumer.change(tracks, video)
        self._tell(video)

    def _announce(self, source: Source) -> None:
        settings, video = self._settings, source.video
        self.counters.fps = video.fps
        self._audio = source.audio
        url = redact_url(self._choices[self._choice].url)
        log.info("%s: connected to %s: %s %dx%d", settings.camera, url, video.codec, video.width, video.height)
        self._tell(video)

    def _tell(self, video: VideoInfo) -> None:
        settings, audio = self._settings, self._audio
        self._send(
            StreamOpened(
                camera=settings.camera,
                roles=self._choices[self._choice].roles,
                video_codec=video.codec,
                width=video.width,
                height=video.height,
                fps=video.fps,
                audio_codec=audio.codec if audio is not None else "",
            )
        )
