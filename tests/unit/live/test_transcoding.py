"""Packets are passed on in whole groups of pictures, as long as somebody wants that."""

from __future__ import annotations

import asyncio

import pytest

from dogwatch.bus.messages import LivePacket, Message, PacketsBegin, PacketTrack, TranscodeBegin, TranscodePacket
from dogwatch.live import feeds, transcoding
from dogwatch.live.feeds import Feed, PacketFeed, Viewer
from dogwatch.live.transcoding import PacketRelays
from dogwatch.testing.app import until

TRACKS = (PacketTrack(True, "hevc", 90_000),)


def packet(n: int, *, keyframe: bool = False) -> LivePacket:
    return LivePacket("front", 0, 0, float(n), n, n, keyframe, b"%d" % n)


class Relaying:
    """A relay to a process that takes packets only while it `takes` them."""

    def __init__(self) -> None:
        self.feed: PacketFeed = Feed(lambda: None)
        self.told: list[Message] = []
        self.takes = True
        self.relays = PacketRelays(lambda _camera, _index: Viewer(self.feed), self._tell)

    def _tell(self, name: str, message: Message) -> bool:
        assert name == "encoded:front/0"
        if self.takes:
            self.told.append(message)
        return self.takes

    def passed(self) -> list[int]:
        return [one.pts for one in self.told if isinstance(one, TranscodePacket)]

    async def send(self, *packets: LivePacket) -> None:
        for one in packets:
            self.feed.take(one)
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcoding, "AGAIN_S", 0.01)


async def test_from_the_last_keyframe_on() -> None:
    one = Relaying()
    one.feed.start(PacketsBegin("front", 0, TRACKS))
    for n in range(4):
        one.feed.take(packet(n, keyframe=n == 2))
    one.relays.begin("encoded:front/0", "front", 0)
    await until(lambda: len(one.told) == 3)
    assert one.told[0] == TranscodeBegin(TRACKS)
    assert one.told[1] == TranscodePacket(0, 2.0, 2, 2, True, b"2")
    assert one.passed() == [2, 3]
    one.relays.keep(())


async def test_after_one_that_is_not_taken_from_the_next_keyframe_on() -> None:
    one = Relaying()
    one.feed.start(PacketsBegin("front", 0, TRACKS))
    one.relays.begin("encoded:front/0", "front", 0)
    await one.send(packet(0, keyframe=True), packet(1))
    await until(lambda: one.passed() == [0, 1])
    one.takes = False
    await one.send(packet(2), packet(3))
    one.takes = True
    await one.send(packet(4), packet(5, keyframe=True), packet(6))
    await until(lambda: one.passed() == [0, 1, 5, 6])
    assert one.relays.dropped == 3
    one.relays.keep(())


async def test_a_stream_that_begins_anew_is_passed_on_again() -> None:
    one = Relaying()
    one.feed.start(PacketsBegin("front", 0, TRACKS))
    one.relays.begin("encoded:front/0", "front", 0)
    await until(lambda: len(one.told) == 1)
    one.feed.start(PacketsBegin("front", 0, ()))
    await until(lambda: len(one.told) == 2)
    assert one.told[1] == TranscodeBegin(())
    one.relays.keep(())


async def test_it_watches_only_while_that_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "LINGER_S", 0.01)
    one = Relaying()
    one.relays.begin("encoded:front/0", "front", 0)
    await until(lambda: one.feed.open)
    one.relays.keep({"encoded:front/0"})
    assert one.feed.count == 1
    one.relays.begin("encoded:front/0", "front", 0)  # the process was restarted
    await until(lambda: one.feed.count == 1)
    one.relays.keep(())
    await until(lambda: not one.feed.open)
