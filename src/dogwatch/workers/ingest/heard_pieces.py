"""Which half seconds of a camera's sound go to the process that tells sounds apart: those that are loud enough.

The piece before a loud one goes along, for what begins in its end. Nothing waits: what cannot be sent is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.bus.messages import SoundPiece
from dogwatch.bus.sounds import SoundFeed
from dogwatch.media.sound_pieces import SoundPieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dogwatch.media.audio import Loudness


GAP_S = 2.0  # a level that comes later than this follows a gap in the sound


class HeardPieces:
    """Sends the pieces of one camera. `on_level` is for the thread that reads sound, the rest for another one."""

    def __init__(self, camera: str, run_dir: str, loudness: Loudness) -> None:
        """Take samples from `loudness` once they are wanted."""
        self._camera, self._run_dir, self._loudness = camera, run_dir, loudness
        self._feed: SoundFeed | None = None
        self._min_volume = 0.0
        self._number, self._sent, self._time = 0, -1, 0.0
        self._before: tuple[NDArray[np.float32], int, float] | None = None
        self.dropped = 0
        """Pieces that nobody took."""

    def configure(self, rate: int, min_volume: float) -> None:
        """Send sound that exceeds `min_volume` in this rate; none if the rate is 0."""
        self._min_volume = min_volume
        pieces = self._loudness.pieces
        if not rate:
            self._loudness.pieces = None
        elif pieces is None or pieces.rate != rate:
            self._loudness.pieces = SoundPieces(rate)

    def on_level(self, time: float, rms: float) -> None:
        """Take the samples of the half second that was as loud as `rms` and ended at `time` (epoch s)."""
        pieces = self._loudness.pieces
        if pieces is None:
            self._before = None
            return
        follows, self._time = 0 <= time - self._time < GAP_S, time
        if not follows:
            self._before = None
        self._number += 1 if follows else 2
        number, piece = self._number, (*pieces.take(), time)
        before, self._before = self._before, None
        if rms < self._min_volume:
            self._before = piece
            return
        if before is not None and self._sent != number - 1:
            self._send(pieces, number - 1, before, counts=False)
        self._send(pieces, number, piece, counts=True)

    def close(self) -> None:
        """Close the socket."""
        if self._feed is not None:
            self._feed.close()

    def _send(
        self, pieces: SoundPieces, number: int, piece: tuple[NDArray[np.float32], int, float], *, counts: bool
    ) -> None:
        samples, rate, time = piece
        data = pieces.resampled(samples, rate, follows=self._sent == number - 1)
        self._sent = number
        if self._feed is None:
            self._feed = SoundFeed(self._run_dir)
        if not self._feed.send(SoundPiece(self._camera, number, time, pieces.rate, counts, data)):
            self.dropped += 1
