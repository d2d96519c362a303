"""Which pieces of sound are sent, over a real socket."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dogwatch.bus.messages import SoundPiece
from dogwatch.bus.sounds import SoundIntake
from dogwatch.media.audio import Loudness
from dogwatch.workers.ingest.heard_pieces import HeardPieces

QUIET, LOUD = 10.0, 1000.0
RATE = 16000


class Heard:
    """A camera's pieces, and who takes them."""

    def __init__(self, run_dir: str) -> None:
        self.loudness = Loudness()
        self.pieces = HeardPieces("yard", run_dir, self.loudness)
        self.pieces.configure(RATE, 500.0)
        self.intake = SoundIntake(run_dir)
        self.time = 100.0

    def hear(self, *levels: float) -> list[SoundPiece]:
        """Let half seconds of these levels pass, each of samples of another value; return what was sent."""
        for level in levels:
            self.time += 0.5
            if (pieces := self.loudness.pieces) is not None:
                pieces.add(np.full((1, RATE), level / 2000), 2, RATE, planar=False)
            self.pieces.on_level(self.time, level)
        return self.intake.receive()


@pytest.fixture
def heard() -> Iterator[Heard]:
    with tempfile.TemporaryDirectory(prefix="dw") as run_dir:
        made = Heard(run_dir)
        yield made
        made.pieces.close()
        made.intake.close()
    assert not Path(run_dir).exists()


def test_what_is_loud_is_sent_and_the_piece_before_it(heard: Heard) -> None:
    assert heard.hear(QUIET, QUIET) == []
    sent = heard.hear(QUIET, LOUD, LOUD, QUIET, QUIET)
    first = sent[0].number
    assert [(one.number - first, one.counts) for one in sent] == [(0, False), (1, True), (2, True)]
    assert [one.time for one in sent] == [101.5, 102.0, 102.5]
    samples = np.concatenate([np.frombuffer(one.samples, "<i2") for one in sent]).astype(float)
    assert len(samples) == pytest.approx(3 * RATE / 2, abs=100)
    assert np.median(samples[-RATE // 2 :]) == pytest.approx(16384, rel=0.01)  # of two channels the mean
    sent = heard.hear(LOUD, QUIET, LOUD)
    assert [one.counts for one in sent] == [False, True, False, True]
    assert np.diff([one.number for one in sent]).tolist() == [1, 1, 1]


def test_a_gap_shows(heard: Heard) -> None:
    before = heard.hear(LOUD, LOUD)
    heard.time += 10  # a camera that was away, or whose sound was switched off
    after = heard.hear(LOUD)
    assert before[1].number == before[0].number + 1
    assert after[0].number > before[1].number + 1
    heard.hear(QUIET)
    heard.time -= 3600
    assert [one.counts for one in heard.hear(LOUD)] == [True]  # what was before the clock was set does not go along


def test_nothing_is_kept_while_nobody_wants_it(heard: Heard) -> None:
    heard.pieces.configure(0, 0.0)
    assert heard.hear(LOUD, LOUD) == []
    assert heard.loudness.pieces is None
    heard.pieces.configure(8000, 0.0)
    (piece,) = heard.hear(QUIET)
    assert piece.rate == 8000
    assert len(piece.samples) == pytest.approx(8000, abs=100)


def test_what_nobody_takes_is_counted(heard: Heard) -> None:
    heard.intake.close()
    heard.pieces.on_level(101.0, LOUD)
    heard.pieces.on_level(101.5, LOUD)
    assert heard.pieces.dropped == 2


def test_of_a_packet_of_many_seconds_the_newest_are_sent(heard: Heard) -> None:
    pieces = heard.loudness.pieces
    assert pieces is not None
    pieces.add(np.full((1, 16 * RATE), 0.5), 1, RATE, planar=False)
    heard.pieces.on_level(101.0, LOUD)
    (piece,) = heard.intake.receive()
    assert len(piece.samples) == pytest.approx(2 * 2 * RATE, abs=200)
