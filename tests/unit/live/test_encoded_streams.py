"""Outputs that are encoded: who may watch which, which processes are wanted, and what they are told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from dogwatch.auth.caller import Caller
from dogwatch.bus.encoded_names import H264, JSMPEG
from dogwatch.bus.links import LIVE, WorkerGone
from dogwatch.bus.messages import LiveFragment, LiveInit, Message, Watch, WorkerReady
from dogwatch.config import parse
from dogwatch.errors import NotFoundError
from dogwatch.live import feeds
from dogwatch.live.feeds import StreamChangedError
from dogwatch.live.stream_names import StreamNames, streams_of
from dogwatch.live.streams import LiveStreams
from dogwatch.testing.app import until

ALL, LIMITED = Caller("vera", "viewer"), Caller("frida", "front_only", frozenset({"front"}))
FILE = """
birdseye: {{restream: true, {birdseye}}}
cameras:
  front: {{ffmpeg: {{inputs: [{{path: rtsp://10.0.0.2/main}}]}}, live: {{{live}}}}}
  back: {{ffmpeg: {{inputs: [{{path: rtsp://10.0.0.3/main}}]}}, enabled: {back}}}
"""


def names(birdseye: str = "enabled: true", live: str = "height: 360", back: str = "true") -> StreamNames:
    return streams_of(parse(FILE.format(birdseye=birdseye, live=live, back=back), env={}).config)


class Wanting:
    """Live streams, and what they tell and want."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Message]] = []
        self.wanted: list[list[str]] = []
        self.streams = LiveStreams(
            names(),
            lambda camera, message: self.told.append((camera, message)),
            lambda name, message: self.told.append((name, message)),
        )
        self.streams.on_demand = lambda: self.wanted.append(sorted(self.streams.encoded()))


@pytest.fixture
async def one(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wanting]:
    monkeypatch.setattr(feeds, "LINGER_S", 0.05)
    made = Wanting()
    yield made
    made.streams.close()


async def test_the_first_viewer_starts_a_process_and_the_last_one_ends_it(one: Wanting) -> None:
    first, second = one.streams.watch_jsmpeg("front", LIMITED), one.streams.watch_jsmpeg("front", ALL)
    assert one.wanted == []
    async with first, second:
        assert one.wanted == [["encoded:front/pictures"]]
        assert one.told == [("encoded:front/pictures", Watch((JSMPEG,)))]
        one.streams.on_ready(WorkerReady("encoding", "encoded:front/pictures", 7))
        assert one.told[1:] == [("encoded:front/pictures", Watch((JSMPEG,)))]
        one.streams.on_live(LiveInit("encoded:front/pictures", JSMPEG, "mpeg1video", b""))
        one.streams.on_live(LiveFragment("encoded:front/pictures", JSMPEG, 1.0, True, b"one"))
        await first.begin()
        await second.begin()
        assert (await first.next()).data == (await second.next()).data == b"one"
    assert len(one.wanted) == 1
    await until(lambda: len(one.wanted) == 2)
    assert one.wanted[-1] == []


async def test_a_process_that_dies_begins_anew(one: Wanting) -> None:
    async with one.streams.watch_jsmpeg("front", ALL) as viewer:
        one.streams.on_live(LiveInit("encoded:front/pictures", JSMPEG, "mpeg1video", b""))
        await viewer.begin()
        one.streams.on_gone(WorkerGone(LIVE, "encoded:front/pictures", 7))
        with pytest.raises(StreamChangedError):
            await viewer.next()


async def test_birdseye_is_for_those_who_may_see_all(one: Wanting) -> None:
    for watch in (one.streams.watch, one.streams.watch_packets, one.streams.watch_jsmpeg):
        with pytest.raises(NotFoundError):
            watch("birdseye", LIMITED)
        watch("birdseye", ALL)
    assert one.streams.names(LIMITED) == ["front"]
    assert one.streams.names(ALL) == ["front", "back", "birdseye"]
    assert one.streams.find("birdseye", ALL) == ("birdseye", H264)
    assert one.streams.producers("birdseye", H264) == [("birdseye", ["video, recvonly, H264"])]


async def test_both_forms_of_birdseye_are_one_process(one: Wanting) -> None:
    async with one.streams.watch_jsmpeg("birdseye", ALL), one.streams.watch("birdseye", ALL):
        assert one.wanted == [["birdseye"]]
        assert one.told[-1] == ("birdseye", Watch((JSMPEG, H264)))


async def test_another_codec_on_request(one: Wanting) -> None:
    async with one.streams.watch("front", LIMITED, video="h264"), one.streams.watch_packets("front", ALL, video="h264"):
        assert one.wanted == [["encoded:front/0"]]
        assert one.told[-1] == ("encoded:front/0", Watch((H264,), (H264,)))
        with pytest.raises(NotFoundError):
            one.streams.watch("back", LIMITED, video="h264")


@pytest.mark.parametrize("name", ["encoded:front/pictures", "encoded:front/0", "nobody"])
async def test_the_names_of_processes_are_no_streams(one: Wanting, name: str) -> None:
    assert one.streams.find(name, ALL) is None
    with pytest.raises(NotFoundError):
        one.streams.watch_jsmpeg(name, ALL)


@pytest.mark.parametrize(
    ("camera", "changed"),
    [
        ("front", {"live": "height: 480"}),
        ("front", {"live": "height: 360, quality: 2"}),
        ("birdseye", {"birdseye": "enabled: true, width: 640"}),
        ("birdseye", {"birdseye": "enabled: false"}),
        ("back", {"back": "false"}),
    ],
)
async def test_a_change_ends_it_for_those_whom_it_concerns(one: Wanting, camera: str, changed: dict[str, str]) -> None:
    other = next(name for name in ("front", "birdseye") if name != camera)
    async with one.streams.watch_jsmpeg(camera, ALL) as viewer, one.streams.watch_jsmpeg(other, ALL):
        one.streams.configure(names(**changed))
        with pytest.raises(StreamChangedError):
            await viewer.begin()
        assert len(one.wanted[-1]) == 1
        assert one.wanted[-1] == [other if other == "birdseye" else f"encoded:{other}/pictures"]


async def test_without_restream_birdseye_is_for_jsmpeg_only() -> None:
    text = FILE.replace("restream: true", "restream: false").format(birdseye="", live="", back="true")
    made = LiveStreams(streams_of(parse(text, env={}).config), lambda *_: None)
    assert made.names(ALL) == ["front", "back"]
    made.watch_jsmpeg("birdseye", ALL)
    with pytest.raises(NotFoundError):
        made.watch("birdseye", ALL)
