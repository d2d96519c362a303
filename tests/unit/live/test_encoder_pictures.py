"""What encoding processes are told."""

from __future__ import annotations

from unittest.mock import Mock, call

from dogwatch.bus.messages import Message, PictureCell, RingMade, ShowCells, WorkerReady
from dogwatch.live.encoded import EncodedOutput
from dogwatch.live.encoder_pictures import EncoderPictures
from dogwatch.live.pictures import RingName

PICTURES = {"encoded:front/pictures": EncodedOutput("front", 720)}
BIRDSEYE = {"birdseye": EncodedOutput("", 720, width=1280)}
INPUT = {"front/1": EncodedOutput("front", 1080, input=1)}


class Telling:
    """The part, with what it tells, and with what it has the others do."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Message]] = []
        self.rings: dict[str, RingName] = {}
        self.birdseye, self.relays = Mock(), Mock()
        self.made = EncoderPictures(
            lambda: self.rings, self.birdseye, self.relays, lambda name, message: self.told.append((name, message))
        )

    def ready(self, name: str, kind: str = "encoding") -> None:
        self.made.on_ready(WorkerReady(kind, name, 7))


def shown(width: int, height: int, ring: str = "ring") -> list[tuple[str, Message]]:
    return [("encoded:front/pictures", ShowCells(width, height, (PictureCell("front", ring, 0, 0, width, height),)))]


def test_the_pictures_of_one_camera() -> None:
    one = Telling()
    one.made.want(PICTURES)
    one.ready("encoded:front/pictures")
    assert one.told == []  # there is no ring yet
    one.rings["front"] = RingName("ring", 1920, 1080)
    one.made.on_ring(RingMade("front", "ring", 1920, 1080))
    assert one.told == shown(1280, 720)
    one.ready("encoded:front/pictures")
    assert one.told == shown(1280, 720) * 2
    one.made.on_ring(RingMade("back", "other", 640, 480))
    assert len(one.told) == 2


def test_pictures_are_not_enlarged_and_have_even_sides() -> None:
    one = Telling()
    one.rings["front"] = RingName("ring", 322, 242)
    one.made.want(PICTURES)
    one.ready("encoded:front/pictures")
    assert one.told == shown(322, 242)
    one.rings["front"] = RingName("ring", 1000, 1442)
    one.ready("encoded:front/pictures")
    assert one.told[1:] == shown(498, 720)


def test_what_nobody_watches_is_told_nothing() -> None:
    one = Telling()
    one.rings["front"] = RingName("ring", 640, 360)
    one.made.on_ring(RingMade("front", "ring", 640, 360))
    one.ready("encoded:front/pictures")
    one.ready("front", "ingest")
    assert one.told == []


def test_birdseye_is_told_whether_it_is_watched() -> None:
    one = Telling()
    for outputs in (PICTURES, {**PICTURES, **BIRDSEYE}, BIRDSEYE, {}):
        one.made.want(outputs)
    assert one.birdseye.watch.mock_calls == [call(True), call(False)]
    one.made.want(BIRDSEYE)
    one.ready("birdseye")
    assert one.birdseye.tell.mock_calls == [call()]


def test_packets_of_an_input() -> None:
    one = Telling()
    one.made.want(INPUT)
    one.ready("front/1")
    assert one.relays.begin.mock_calls == [call("front/1", "front", 1)]
    one.made.want({})
    assert one.relays.keep.mock_calls == [call(INPUT), call({})]
