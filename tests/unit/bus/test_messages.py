import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from dogwatch.bus import messages
from dogwatch.bus.messages import Message
from dogwatch.model import Box, Detection, Fragment, Segment, TrackedObject

DOCS = Path(__file__).parents[3] / "docs" / "messages.md"
ALL = Message.__subclasses__()

OBJECT = TrackedObject(
    "1.5-abc123", "front", "person", 2.0, 1.5, Box(1, 2, 3, 4), Box(0, 0, 9, 9), 0.5, 0.6, 0.7, False,
    attributes={"face": 0.8}, current_attributes=(Detection("face", 0.8, Box(1, 1, 2, 2)),), path=((0.1, 0.2, 1.5),),
)  # fmt: skip
SEGMENT = Segment("front", "recordings/x.mp4", 1.0, 2.0, 99, "ab", (Fragment(0, 99, 1.0, 1.0, True),), motion=None)


@pytest.mark.parametrize(
    "message",
    [
        messages.FrameTracks("front", 2.0, 640, 480, 12, (Box(1, 2, 3, 4),), (), (OBJECT,), ()),
        messages.SegmentWritten(SEGMENT, b"\0\1", True),
        messages.BestPicture("front", "id", "person", 1.0, b"\xff", Box(0, 0, 1, 1), Box(0, 0, 2, 2), 0.5, b"\xff"),
    ],
)
def test_workers_messages_survive_the_wire(message: Message) -> None:
    assert messages.decode_up(messages.encode(message)) == message


def test_every_message_has_one_way() -> None:
    ways = [get_args(messages.Up), get_args(messages.Down), (messages.FrameReady,), get_args(messages.Ask)]
    ways += [get_args(messages.Answer), (messages.SoundPiece,)]
    sent = [kind for way in ways for kind in way]
    assert sorted(kind.__name__ for kind in sent) == sorted(kind.__name__ for kind in ALL)


def test_what_is_no_message_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        messages.decode_up(b"\x81\xa4type\xa3Foo")


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_message_and_field_is_documented(kind: type[Message]) -> None:
    page = DOCS.read_text()
    section = re.search(rf"^### `{kind.__name__}`$(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL)
    assert section, f"docs/messages.md has no section for {kind.__name__}"
    for field in kind.__struct_fields__:
        assert f"`{field}`" in section.group(1), f"docs/messages.md does not name {kind.__name__}.{field}"
    listed = re.findall(r"^\| `(\w+)` \|", section.group(1), re.MULTILINE)
    assert set(listed) == set(kind.__struct_fields__), f"docs/messages.md lists other fields of {kind.__name__}"
