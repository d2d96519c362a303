"""The loop of the listening process: takes pieces of sound, runs the model, and tells the core what was heard.

Of each camera only the newest moment waits. While the model is too slow, older ones are left out and counted.
"""

from __future__ import annotations

import logging
import math
import os
import select
import sys
import time

import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.audio.recent_sound import RecentSound
from dogwatch.audio.sound_scores import heard
from dogwatch.bus import child
from dogwatch.bus.link import Link
from dogwatch.bus.messages import Down, ListeningStats, Reconfigure, SoundPiece, SoundsHeard
from dogwatch.bus.sounds import SoundIntake
from dogwatch.bus.spec import changed, digest
from dogwatch.errors import DogwatchError
from dogwatch.workers.listening.model import SoundModel
from dogwatch.workers.listening.spec import NAME, ListeningSpec, hot

log = logging.getLogger(__name__)

STATS_S = 5.0
CANNOT_LOAD = 2
PIECE_S = 0.5  # what ingest sends at once
MOST_WINDOWS = 10  # of one piece


class ListeningProcess:
    """All cameras that are listened to. `run` is for one thread; `stop` for any."""

    def __init__(self, spec: ListeningSpec, model: SoundModel, link: Link) -> None:
        """Listen; take over `link`.

        Raises:
            DogwatchError: The socket cannot be made.
        """
        self._spec, self._model, self._link = spec, model, link
        self._intake = SoundIntake(spec.run_dir)
        self._recent: dict[str, RecentSound] = {}
        self._due: dict[str, float] = {}  # cameras that are to be looked at, and the end of their sound (epoch s)
        self._wake, self._waker = os.pipe()
        self._leaving = False
        self._trouble = ""  # why the model fails now: logged once, not for each piece
        self._windows = self._late = 0
        self._spent_s, self._looked, self._mean_ms = 0.0, 0, 0.0
        self._told: ListeningStats | None = None

    def stop(self) -> None:
        """Make `run` return soon; safe in signal handlers and from any thread."""
        self._leaving = True
        os.write(self._waker, b".")

    def run(self) -> None:
        """Run until `stop`."""
        poller = select.poll()
        for source in (self._link.fileno(), self._intake.descriptor, self._wake):
            poller.register(source, select.POLLIN)
        reported = time.monotonic()
        while not self._leaving:
            for message in self._link.receive():
                self._obey(message)
            for piece in self._intake.receive():
                self._take(piece)
            if self._due:
                self._look(next(iter(self._due)))
            now = time.monotonic()
            if now - reported >= STATS_S:
                reported = now
                self._report()
            waits = (0.0 if self._due else None, reported + STATS_S - now, self._link.wait_s)
            poller.poll(math.ceil(min(wait for wait in waits if wait is not None) * 1000))
        self._intake.close()
        self._link.close()

    def _obey(self, message: Down) -> None:
        if not isinstance(message, Reconfigure) or (new := changed(self._spec, message.spec, hot)) is None:
            return
        self._spec, self._link.spec_digest = new, digest(message.spec)
        child.set_level(new.log_level)
        for camera in [camera for camera in self._recent if camera not in new.cameras]:
            del self._recent[camera]
            self._due.pop(camera, None)
            self._link.forget(camera)

    def _take(self, piece: SoundPiece) -> None:
        """Add a piece to what its camera has heard."""
        model = self._spec.model
        if piece.camera not in self._spec.cameras or piece.rate != model.sample_rate or len(piece.samples) % 2:
            return
        kept = max(self._model.samples, round(PIECE_S * model.sample_rate))
        recent = self._recent.setdefault(piece.camera, RecentSound(kept))
        recent.add(piece.number, np.frombuffer(piece.samples, "<i2"))
        if piece.counts:
            self._late += piece.camera in self._due
            self._due[piece.camera] = piece.time

    def _look(self, camera: str) -> None:
        """Run the model on the newest sound of a camera, and tell what it hears."""
        end = self._due.pop(camera)
        begun = time.perf_counter()
        try:
            parts = windows(self._recent[camera].samples(), self._model.samples)
            scores = np.maximum.reduce([self._model.scores(part) for part in parts])
        except (DogwatchError, ValueError, MemoryError) as error:
            text = str(error) or type(error).__name__
            if text != self._trouble:
                self._trouble = text
                log.warning("the model fails: %s", text)
            return
        self._trouble = ""
        self._windows += 1
        self._spent_s, self._looked = self._spent_s + time.perf_counter() - begun, self._looked + 1
        found = heard(scores, self._spec.model.labels, self._spec.cameras[camera])
        if found:
            self._link.send(SoundsHeard(camera, end, found))

    def _report(self) -> None:
        """Tell the figures if they have changed."""
        if self._looked:
            self._mean_ms = self._spent_s / self._looked * 1000
            self._spent_s, self._looked = 0.0, 0
        stats = ListeningStats(os.getpid(), round(self._mean_ms, 2), self._windows, self._late)
        if stats != self._told:
            self._told = stats
            self._link.send(stats)


def windows(samples: NDArray[np.float32], length: int) -> list[NDArray[np.float32]]:
    """Return the parts of `length` that cover `samples`, the newest first: a model may take less than a piece."""
    ends = range(len(samples), 0, -length)[:MOST_WINDOWS]
    return [samples[max(0, end - length) : max(end, length)] for end in ends]


def main(line: bytes | None = None) -> int:
    """Run until the parent has gone or says so; return the exit status."""
    line = child.read_line() if line is None else line
    spec = msgspec.json.decode(line, type=ListeningSpec)
    child.start_logging("listening", spec.log_level)
    try:
        process = ListeningProcess(spec, SoundModel(spec.model), Link(spec.link, "listening", NAME, digest(line)))
    except DogwatchError as error:
        log.error("%s", error)
        return CANNOT_LOAD
    child.on_leave(process.stop)
    process.run()
    logging.shutdown()
    sys.stderr.flush()
    return 0
