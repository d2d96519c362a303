"""What becomes of a talk whose sound cannot be sent."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import av
import numpy as np
import pytest
from aiortc import MediaStreamError

from dogwatch.auth.caller import Caller
from dogwatch.config import parse
from dogwatch.live.stream_names import streams_of
from dogwatch.live.streams import LiveStreams
from dogwatch.live.talk.backchannel_connection import BackchannelConnection
from dogwatch.live.talk.offered import TalkFormat, TalkMedia
from dogwatch.live.talk.talks import Talk, Talks
from dogwatch.live.talk.voice import Voice, chosen

ADMIN = Caller("adam", "admin")
PCMU = TalkFormat(0, "PCMU", 8000)


class Microphone:
    """Has `left` frames, which are loud."""

    def __init__(self, left: int) -> None:
        self.left = left

    async def recv(self) -> Any:
        await asyncio.sleep(0)
        if not self.left:
            raise MediaStreamError
        self.left -= 1
        frame = av.AudioFrame.from_ndarray(np.full((1, 960), 9000, np.int16), "s16", "mono")
        frame.sample_rate, frame.pts = 48_000, 0
        return frame


class BrokenVoice(Voice):
    """Fails at each frame."""

    def __init__(self) -> None:
        self.said = 0

    def say(self, frame: Any) -> None:
        self.said += 1
        raise ValueError("range() arg 3 must not be zero")

    def close(self) -> None:
        pass


class BrokenTalk(Talk):
    """Has reached the camera, and says goodbye slowly."""

    broken = BrokenVoice()
    interrupted = False

    async def _talk(self) -> None:
        self._voice = self.broken
        try:
            await asyncio.sleep(60)
        finally:
            try:
                for _ in range(20):
                    await asyncio.sleep(0)
            except asyncio.CancelledError:
                self.interrupted = True
            self._talks.release(self._camera, self)


async def test_a_microphone_is_heard_to_its_end_also_if_its_sound_cannot_be_sent() -> None:
    """Otherwise aiortc keeps all that comes, 0.2 MB a second."""
    text = "cameras: {door: {ffmpeg: {inputs: [{path: rtsp://192.0.2.2/}]}}}"
    talks = Talks(LiveStreams(streams_of(parse(text, env={}).config), lambda *_: None), frozenset())
    talk, microphone = BrokenTalk(talks, "door", 0, ADMIN), Microphone(200)
    async with asyncio.timeout(20):
        await talk.listen(microphone)
    assert microphone.left == 0
    assert talk.broken.said == 1, "the camera is left alone for a while"
    assert not talk.interrupted, "the goodbye is not disturbed"
    assert talks.count == 0


@pytest.mark.parametrize("one", [TalkFormat(0, "PCMU", 1), TalkFormat(8, "PCMA", 8000, 0), TalkFormat(2, "G726-32", 8)])
def test_formats_of_which_no_sound_can_be_made_are_passed_over(one: TalkFormat) -> None:
    assert chosen([TalkMedia("", (one,))]) is None
    assert chosen([TalkMedia("", (one, PCMU))]) == (TalkMedia("", (one, PCMU)), PCMU)
    Voice(cast("BackchannelConnection", None), PCMU, 0.0)
