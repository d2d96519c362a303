"""What is encoded when the clock is set: real encoders, and a link that keeps what it is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dogwatch.bus.encoded_names import H264, JSMPEG
from dogwatch.bus.messages import Live, LiveFragment, LiveInit, LivePacket, PacketsBegin
from dogwatch.workers.encoding.outputs import EncodedOutputs


class KeepingLink:
    """Everything is watched."""

    def __init__(self) -> None:
        self.sent: list[Live] = []
        self.dropped = 0
        self._fresh = {(JSMPEG, False), (H264, False), (H264, True)}

    def wanted(self, index: int, *, packets: bool = False) -> tuple[bool, bool]:
        fresh = (index, packets) in self._fresh
        self._fresh.discard((index, packets))
        return True, fresh

    def publish(self, message: Live) -> None:
        self.sent.append(message)


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
def test_a_clock_that_is_set_begins_everything_anew(step: float) -> None:
    link: Any = KeepingLink()
    outputs = EncodedOutputs(link, "encoded:front/0", 8)
    outputs.look()
    picture = np.full((96, 64), 128, np.uint8)
    for n in range(5):
        outputs.encode(picture, (64, 64), 10_000.0 + n / 10)
    before = len(link.sent)
    for n in range(5):
        outputs.encode(picture, (64, 64), 10_000.5 + step + n / 10)
    outputs.close()
    begins = [(type(one), one.input) for one in link.sent if isinstance(one, LiveInit | PacketsBegin)]
    assert sorted(begins, key=str) == sorted(2 * [(LiveInit, JSMPEG), (LiveInit, H264), (PacketsBegin, H264)], key=str)
    packets = [one for one in link.sent[before:] if isinstance(one, LivePacket)]
    times = [one.pts / 90_000 for one in packets]
    assert times == pytest.approx([10_000.5 + step + n / 10 for n in range(5)], abs=0.01)  # no picture crawls
    assert packets[0].keyframe
    assert next(one for one in link.sent[before:] if isinstance(one, LiveFragment)).keyframe
