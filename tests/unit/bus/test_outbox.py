"""What is kept for a core, and what is not."""

from __future__ import annotations

import pytest

from dogwatch.bus.messages import (
    NUMBER_BYTES,
    BestPicture,
    ClipLost,
    ClipOpened,
    ClipWritten,
    FootageLost,
    FrameTracks,
    IngestStats,
    Message,
    RingMade,
    SegmentOpened,
    SegmentWritten,
    SpaceWanted,
    StreamLost,
    StreamOpened,
    decode_up,
    number_of,
)
from dogwatch.bus.outbox import Outbox
from dogwatch.model import Box, Segment

BOX = Box(0, 0, 1, 1)
WRITTEN = SegmentWritten(Segment("front", "a", 1.0, 2.0, 9, "x", ()), b"", continuous=True)


def lost(number: int, size: int = 0) -> FootageLost:
    return FootageLost("front", float(number), 0.0, "x" * size)


def picture(size: int) -> BestPicture:
    return BestPicture("front", "id", "person", 1.0, bytes(size), BOX, BOX, 0.5, b"")


def tracks(size: int) -> FrameTracks:
    return FrameTracks("front" + "x" * size, 1.0, 640, 480, 0)


def stats(fps: float, camera: str = "front") -> IngestStats:
    return IngestStats(camera, fps, 5.0, 5.0, 1.0, "full")


def sent(box: Outbox) -> tuple[list[int], list[Message]]:
    """Send everything that waits; return the numbers and the messages."""
    data = list(iter(box.next, None))
    return [number_of(one) for one in data], [decode_up(one[NUMBER_BYTES:]) for one in data]


def filled(*messages: Message, limit: int = 1 << 20) -> Outbox:
    box = Outbox(limit)
    for message in messages:
        assert box.put(message)
    return box


def test_numbers_rise_over_connections_and_processes() -> None:
    before, _ = sent(filled(lost(1), lost(2)))
    box = filled(lost(1), lost(2))
    first, _ = sent(box)
    box.rewind(0)
    box.put(lost(3))
    again, messages = sent(box)
    assert before[0] < before[1] < first[0] < first[1] < again[2]
    assert again[:2] == first
    assert messages == [lost(1), lost(2), lost(3)]


def test_what_was_acknowledged_is_forgotten_and_makes_room() -> None:
    box = Outbox(1000)
    for number in range(10):
        assert box.put(lost(number, 500))
        assert not box.put(lost(number, 500))
        (told,), _ = sent(box)
        box.acknowledge(told)
    assert box.dropped == 10
    box.rewind(0)
    assert sent(box) == ([], [])


def test_a_core_that_has_some_gets_the_rest() -> None:
    box = filled(lost(1), lost(2), lost(3))
    numbers, _ = sent(box)
    box.put(lost(4))
    box.rewind(numbers[1])
    assert sent(box)[1] == [lost(3), lost(4)]
    box.acknowledge(numbers[2])
    box.rewind(0)
    assert sent(box)[1] == [lost(4)]


def test_pictures_give_way_to_tracks_and_these_to_footage() -> None:
    box = Outbox(100_000)
    counts = []
    for message in (picture(1000), tracks(1000), lost(0, 1000)):
        count = 0
        while box.put(message):
            count += 1
        counts.append(count)
    assert min(counts) > 15
    assert box.dropped == 3
    assert not box.put(picture(1000))


NEWEST = [
    (stats(1.0), stats(2.0)),
    (RingMade("front", "a", 2, 2), RingMade("front", "b", 2, 2)),
    (SegmentOpened("front", "a", 1.0), SegmentOpened("front", "b", 2.0)),
    (StreamOpened("front", (), "h264", 1, 1, 5.0), StreamOpened("front", (), "h265", 1, 1, 5.0)),
    (StreamLost("front", ("record",), "a"), StreamLost("front", ("record",), "b")),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), NEWEST, ids=lambda one: type(one).__name__)
def test_of_some_only_the_newest_is_told_and_to_every_new_core(old: Message, new: Message) -> None:
    box = filled(lost(1), old, new, stats(9.0, "back"), lost(2), limit=200)
    numbers, messages = sent(box)
    assert messages == [lost(1), new, stats(9.0, "back"), lost(2)]
    box.acknowledge(numbers[-1])
    box.rewind(numbers[-1])
    assert sent(box) == ([], [])
    box.rewind(0)
    assert sent(box) == (numbers[1:3], [new, stats(9.0, "back")])


def test_a_segment_that_was_written_is_open_no_more() -> None:
    box = filled(SegmentOpened("front", "a", 1.0), SegmentOpened("back", "b", 1.0), WRITTEN)
    numbers, messages = sent(box)
    assert messages == [SegmentOpened("back", "b", 1.0), WRITTEN]
    box.acknowledge(numbers[-1])
    box.rewind(0)
    assert sent(box)[1] == [SegmentOpened("back", "b", 1.0)]


@pytest.mark.parametrize(
    "end",
    [ClipWritten("front", "1", "a", 1.0, 2.0, 9), ClipLost("front", "1", "a", "stream_lost")],
    ids=lambda one: type(one).__name__,
)
def test_a_clip_that_has_ended_is_open_no_more(end: Message) -> None:
    box = filled(ClipOpened("front", "1", "a", 1.0), ClipOpened("front", "2", "b", 1.0), end)
    numbers, messages = sent(box)
    assert messages == [ClipOpened("front", "2", "b", 1.0), end]
    box.acknowledge(numbers[-1])
    box.rewind(0)
    assert sent(box)[1] == [ClipOpened("front", "2", "b", 1.0)]


def test_what_was_wanted_once_is_not_asked_for_again() -> None:
    """It would cost footage: the core deletes as much as is asked for."""
    box = filled(SpaceWanted("front", 5), SpaceWanted("front", 7))
    assert sent(box)[1] == [SpaceWanted("front", 7)]
    box.rewind(0)
    assert sent(box) == ([], [])


def test_numbers_of_other_inputs_are_others() -> None:
    opened = [StreamOpened("front", (role,), "h264", 1, 1, 5.0) for role in ("record", "detect")]
    assert sent(filled(*opened))[1] == opened


def test_of_a_camera_that_has_moved_away_no_other_core_is_told() -> None:
    box = filled(stats(1.0), stats(2.0, "back"), RingMade("front", "a", 2, 2), lost(1))
    numbers, _ = sent(box)
    box.acknowledge(numbers[-1])
    box.forget("front")
    box.rewind(0)
    assert sent(box)[1] == [stats(2.0, "back")]


def test_numbers_do_not_pile_up_while_there_is_no_core() -> None:
    box = filled(lost(1))
    for number in range(5000):
        assert box.put(stats(float(number)))
    assert len(box._waiting) < 200
    box.rewind(0)
    assert sent(box)[1] == [lost(1), stats(4999.0)]
