"""What live viewers are sent, and what happens when nobody keeps up."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.bus.links import LIVE
from dogwatch.bus.live_link import LiveLink
from dogwatch.bus.messages import LiveFragment, LiveInit, LivePacket, LiveReady, Message, PacketsBegin
from dogwatch.testing.core_end import CoreEnd

SIZE = 100_000  # too large for many to hide in the kernel's buffers
LIMIT = 3_000_000


@pytest.fixture
def core(tmp_path: Path) -> Iterator[CoreEnd]:
    one = CoreEnd(tmp_path)
    yield one
    one.close()


@pytest.fixture
def link(tmp_path: Path) -> Iterator[LiveLink]:
    one = LiveLink(f"{tmp_path}/core", "front", LIMIT)
    yield one
    one.close()


def fragment(number: int, index: int = 0, size: int = 10) -> LiveFragment:
    return LiveFragment("front", index, float(number), True, bytes(size))


def heard(core: CoreEnd, count: int, link: LiveLink) -> list[Message]:
    """Return the next `count` messages, while the link's poller does its work."""
    got: list[Message] = []
    until = time.monotonic() + 20
    while len(got) < count and time.monotonic() < until:
        if select.select([link], [], [], 0)[0]:
            link.flush()
        got += core.poll(0.01)
    assert len(got) == count
    return got


def test_only_what_is_watched_goes_out_and_only_while_it_is(core: CoreEnd, link: LiveLink) -> None:
    link.publish(fragment(0))
    assert link.wanted(0) == (False, False)
    link.watch((0, 2))
    assert [link.wanted(index) for index in (0, 0, 1, 2)] == [(True, True), (True, False), (False, False), (True, True)]
    for index in range(3):
        link.publish(fragment(1, index))
    first, *rest = heard(core, 3, link)
    assert isinstance(first, LiveReady)
    assert rest == [fragment(1, 0), fragment(1, 2)]
    link.watch((2,))
    link.watch((0, 2))
    assert [link.wanted(index) for index in (0, 2)] == [(True, True), (True, False)]  # one viewer is new
    link.watch(())
    link.publish(fragment(2))
    while not core.gone:
        core.poll(0.05)
    assert [(one.kind, one.name) for one in core.gone] == [(LIVE, "front")]
    assert link.dropped == 0


def test_packets_are_watched_apart_from_fragments(core: CoreEnd, link: LiveLink) -> None:
    begin, packet = PacketsBegin("front", 0, ()), LivePacket("front", 0, 0, 1.0, 90_000, 90_000, True, b"x")
    link.watch((1,), (0,))
    assert [link.wanted(index) for index in (0, 1)] == [(False, False), (True, True)]
    assert [link.wanted(index, packets=True) for index in (0, 0, 1)] == [(True, True), (True, False), (False, False)]
    for message in (begin, packet, fragment(0, 0), fragment(1, 1)):
        link.publish(message)
    assert heard(core, 4, link)[1:] == [begin, packet, fragment(1, 1)]
    link.watch((1,), ())
    link.publish(packet)
    link.publish(fragment(2, 1))
    assert heard(core, 1, link) == [fragment(2, 1)]


def test_what_nobody_reads_is_dropped_and_counted_and_holds_nobody_up(core: CoreEnd, link: LiveLink) -> None:
    link.watch((0,))
    for number in range(100):
        link.publish(fragment(number, size=SIZE))
    assert 30 < link.dropped < 90
    kept = [one for one in heard(core, 101 - link.dropped, link) if isinstance(one, LiveFragment)]
    assert [one.time for one in kept] == [float(number) for number in range(len(kept))]
    link.publish(fragment(100))
    assert heard(core, 1, link) == [fragment(100)]


def test_what_a_kernel_does_not_hold_goes_out_by_itself(core: CoreEnd, link: LiveLink) -> None:
    """A viewer begins with a whole group of pictures, and nothing may come behind it for a while."""
    link.watch((0,))
    group: list[LiveInit | LiveFragment] = [
        LiveInit("front", 0, "avc1", b""),
        *(fragment(number, size=SIZE) for number in range(25)),
    ]
    for message in group:
        link.publish(message)
    assert heard(core, 27, link)[1:] == group
    assert link.dropped == 0


def test_a_link_that_ends_begins_with_an_init_section_again(core: CoreEnd, link: LiveLink) -> None:
    link.watch((0,))
    link.wanted(0)
    link.publish(fragment(0))
    heard(core, 2, link)
    for peer in list(core.links._peers.values()):
        core.links._listener.drop(peer.stream)
    select.select([link], [], [], 10)
    link.flush()
    assert link.wanted(0) == (True, True)
    link.publish(fragment(1))
    assert heard(core, 2, link)[1] == fragment(1)


def test_without_a_core_nothing_is_kept(tmp_path: Path, link: LiveLink) -> None:
    link.watch((0,))
    link.publish(fragment(0))
    assert link.dropped == 1
    core = CoreEnd(tmp_path)
    link.publish(fragment(1))
    assert heard(core, 2, link)[1] == fragment(1)
    core.close()
