import errno

import pytest

from dogwatch.bus.messages import FootageLost, Message
from dogwatch.errors import RecordingError
from dogwatch.workers.ingest.losses import Losses, reason_of


def make() -> tuple[Losses, list[Message]]:
    sent: list[Message] = []
    return Losses("front", sent.append), sent


def test_a_loss_is_reported_once_with_its_span() -> None:
    losses, sent = make()
    losses.begin(100.0, "no_space", "full", until=103.0)
    losses.extend(105.0)
    losses.resume(106.0)
    losses.resume(116.0)
    assert sent == [FootageLost("front", 100.0, 106.0, "no_space", "full")]


def test_a_loss_that_goes_on_is_reported_meanwhile_without_gap_or_overlap() -> None:
    losses, sent = make()
    losses.begin(100.0, "write_error", "")
    for second in range(101, 126):
        losses.extend(float(second))
    losses.resume(126.0)
    spans = [(message.start_time, message.end_time) for message in sent if isinstance(message, FootageLost)]
    assert spans == [(100.0, 110.0), (110.0, 120.0), (120.0, 126.0)]


def test_what_nobody_wants_recorded_is_not_lost() -> None:
    losses, sent = make()
    losses.begin(100.0, "no_space", "", until=101.0)
    losses.forget()
    losses.extend(200.0)
    losses.resume(201.0)
    assert sent == [FootageLost("front", 100.0, 101.0, "no_space", "")]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "x"), "no_space"),
        (OSError(errno.EFBIG, "x"), "no_space"),
        (OSError(errno.EIO, "x"), "write_error"),
        (RecordingError("x"), "bad_stream"),
    ],
)
def test_reasons(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason
