"""Puts the parts of one camera's ingest together, follows the core, reports, and shuts down in order."""

from __future__ import annotations

import logging
import math
import os
import select
import threading
import time
from pathlib import Path

from dogwatch.bus import child
from dogwatch.bus.frames import FrameFeed
from dogwatch.bus.link import Link
from dogwatch.bus.live_link import LiveLink
from dogwatch.bus.messages import ClipBegin, ClipEnd, Down, IngestStats, Reconfigure, SoundLevel, Watch
from dogwatch.bus.spec import changed, digest
from dogwatch.media.audio import Loudness
from dogwatch.workers.ingest.clips import ClipOutput
from dogwatch.workers.ingest.counters import Counters
from dogwatch.workers.ingest.decoder import DetectDecoder
from dogwatch.workers.ingest.frames import FramePublisher
from dogwatch.workers.ingest.heard_pieces import HeardPieces
from dogwatch.workers.ingest.input_loop import Consumer, InputLoop, InputSettings
from dogwatch.workers.ingest.live import LiveOutput
from dogwatch.workers.ingest.recorder import Recorder, RecorderSettings
from dogwatch.workers.ingest.selection import DecoderSettings
from dogwatch.workers.ingest.spec import IngestSpec, hot

log = logging.getLogger(__name__)

STATS_EVERY_S = 5.0
LEAVE_S = 1.5  # the parent waits longer; a read that hangs in libav for longer ends with the process


class CameraIngest:
    """One camera: its inputs, recorder, live feed and decoder."""

    def __init__(self, spec: IngestSpec, link: Link) -> None:
        """Take over `link` and make the parts; `run` starts them."""
        self._spec = spec
        self._stop = threading.Event()
        self._wake, self._waker = os.pipe()
        self._link, self._live = link, LiveLink(spec.link, spec.camera)
        self._counters = Counters()
        self._loudness = Loudness("recorder", "stats", tell=self._tell_level)
        self._loudness.wanted = spec.audio
        self._heard = HeardPieces(spec.camera, spec.run_dir, self._loudness)
        self._heard.configure(spec.sound_rate, spec.min_volume)
        self._frames: FrameFeed | None = None
        self._recorder = self._make_recorder()
        self._clips = ClipOutput(spec.camera, spec.clip_before_s, spec.space_floor_bytes, link.send)
        self._decoder = self._make_decoder()
        self._inputs = [self._make_input(index) for index in range(len(spec.inputs))]

    def stop(self) -> None:
        """Make `run` return soon; safe in signal handlers and from any thread."""
        self._stop.set()
        os.write(self._waker, b".")

    def run(self) -> None:
        """Run until `stop`; then close the segment and announce it."""
        for loop in self._inputs:
            loop.start(enabled=self._spec.enabled)
        poller = select.poll()
        for source in (self._link.fileno(), self._live.fileno(), self._wake):
            poller.register(source, select.POLLIN)
        before, reported = self._totals(), time.monotonic()
        while not self._stop.is_set():
            for message in self._link.receive():
                self._obey(message)
            if not self._link.connected:
                self._live.watch(())  # whoever comes next says anew who watches
            self._live.flush()
            for loop in self._inputs:
                loop.end_stalled()
            now = time.monotonic()
            if now - reported >= STATS_EVERY_S:
                totals = self._totals()
                self._link.send(self._stats(before, totals, now - reported))
                before, reported = totals, now
            waits = (reported + STATS_EVERY_S - now, self._link.wait_s)
            poller.poll(math.ceil(min(wait for wait in waits if wait is not None) * 1000))
        self._leave()

    def _obey(self, message: Down) -> None:
        if isinstance(message, Watch):
            self._live.watch(message.inputs, message.packets)
        elif isinstance(message, Reconfigure):
            self._reconfigure(message.spec)
        elif isinstance(message, ClipBegin | ClipEnd):
            self._clips.obey(message)

    def _reconfigure(self, text: str) -> None:
        """Continue with another spec, without losing a packet."""
        old = self._spec
        if (new := changed(old, text, hot)) is None:
            return
        self._spec, self._link.spec_digest = new, digest(text)
        child.set_level(new.log_level)
        self._recorder.configure(new.segment_seconds, new.space_floor_bytes)
        self._clips.configure(new.clip_before_s, new.space_floor_bytes)
        self._loudness.wanted = new.audio
        self._heard.configure(new.sound_rate, new.min_volume)
        for loop in self._inputs:
            loop.configure(
                retry_interval=new.retry_interval, stall_seconds=new.stall_seconds, detect_fps=new.detect_fps
            )
        if self._decoder is not None and (wanted := _decoder_settings(new)) != _decoder_settings(old):
            self._decoder.configure(wanted)
        if new.record != old.record:
            self._recorder.recording = new.record
        if new.enabled != old.enabled:
            for loop in self._inputs:
                loop.enable(new.enabled)

    def _leave(self) -> None:
        deadline = time.monotonic() + LEAVE_S
        self._clips.leave()
        for loop in self._inputs:
            loop.stop()
        for loop in self._inputs:
            loop.join(min(0.3, max(0.0, deadline - time.monotonic())))
        if not self._recorder.stop(max(0.1, deadline - time.monotonic())):
            log.error("%s: the disk is too slow to close the last segment in time", self._spec.camera)
        if not self._clips.join(max(0.1, deadline - time.monotonic())):
            log.error("%s: the disk is too slow to close a clip in time", self._spec.camera)
        if self._decoder is not None:
            self._decoder.stop(max(0.1, deadline - time.monotonic()))
        if self._frames is not None:
            self._frames.close()
        self._heard.close()
        self._live.close()
        self._link.close()

    # ------------------------------------------------------------ parts

    def _make_recorder(self) -> Recorder:
        spec = self._spec
        settings = RecorderSettings(
            spec.camera, Path(spec.media_root), spec.segment_seconds, spec.space_floor_bytes, volume=spec.volume
        )
        recorder = Recorder(settings, self._link.send, self._loudness)
        recorder.recording = spec.record
        return recorder

    def _make_decoder(self) -> DetectDecoder | None:
        spec = self._spec
        if not any("detect" in entry.roles for entry in spec.inputs):
            return None
        self._frames = FrameFeed(spec.run_dir, spec.camera)
        publisher = FramePublisher(spec.camera, spec.ring_dir, spec.ring_slots, self._link.send, self._frames.announce)
        return DetectDecoder(_decoder_settings(spec), publisher, self._counters, self._frames.announce_waiting)

    def _make_input(self, index: int) -> InputLoop:
        spec, entry = self._spec, self._spec.inputs[index]
        consumers: list[Consumer] = []
        if "record" in entry.roles:
            consumers.append(self._recorder)
        if index == self._clipped():
            consumers.append(self._clips)
        live = LiveOutput(self._live, spec.camera, index)
        consumers.append(live)
        decoder = self._decoder if "detect" in entry.roles else None
        if decoder is not None:
            consumers.append(decoder)
        alone = len(spec.inputs) == 1
        settings = InputSettings(spec.camera, entry, spec.retry_interval, spec.stall_seconds, spec.detect_fps, alone)
        loudness = self._loudness if "audio" in entry.roles else None
        full = (lambda: decoder.full) if decoder is not None else (lambda: False)
        return InputLoop(settings, tuple(consumers), self._link.send, loudness, live.watched, live.feed_own_sound, full)

    def _clipped(self) -> int:
        """Return which input clips are made of: the one that is recorded."""
        return next((index for index, entry in enumerate(self._spec.inputs) if "record" in entry.roles), 0)

    # ------------------------------------------------------------ reports

    def _tell_level(self, dbfs: float, rms: float) -> None:
        now = time.time()
        self._link.send(SoundLevel(self._spec.camera, now, dbfs, rms))
        self._heard.on_level(now, rms)

    def _totals(self) -> tuple[int, int, int]:
        """Return the totals from which rates are made: packets, decoded, bytes."""
        return (
            self._detect_input().counters.packets,
            self._counters.decoded,
            sum(loop.counters.bytes_in for loop in self._inputs),
        )

    def _detect_input(self) -> InputLoop:
        pairs = zip(self._inputs, self._spec.inputs, strict=True)
        return next((loop for loop, entry in pairs if "detect" in entry.roles), self._inputs[0])

    def _stats(self, before: tuple[int, ...], totals: tuple[int, ...], seconds: float) -> IngestStats:
        packets, decoded, size = ((b - a) / seconds for a, b in zip(before, totals, strict=True))
        counters = [loop.counters for loop in self._inputs]
        heard = self._loudness.take("stats")
        return IngestStats(
            camera=self._spec.camera,
            camera_fps=packets,
            expected_fps=self._detect_input().counters.fps,
            decoded_fps=decoded,
            bytes_per_second=size,
            decoding=self._decoder.mode if self._decoder is not None else "off",
            reconnects=sum(entry.reconnects for entry in counters),
            stalls=sum(entry.stalls for entry in counters),
            repaired_timestamps=sum(entry.repaired for entry in counters),
            audio_faults=sum(entry.audio_faults for entry in counters),
            dropped_decode=self._counters.dropped_decode,
            dropped_live=self._live.dropped,
            dropped_messages=self._link.dropped,
            dropped_sound=self._heard.dropped,
            audio_dbfs=heard[0] if heard is not None else None,
            audio_rms=heard[1] if heard is not None else None,
        )


def _decoder_settings(spec: IngestSpec) -> DecoderSettings:
    return DecoderSettings(spec.detect_fps, spec.idle_after, spec.detect, spec.deblock)
