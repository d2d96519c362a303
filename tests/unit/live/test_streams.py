"""What one viewer of a shared feed gets."""

import asyncio

import pytest

from dogwatch.auth.caller import Caller
from dogwatch.bus.links import LIVE, WorkerGone
from dogwatch.bus.messages import (
    LiveFragment,
    LiveInit,
    LivePacket,
    PacketsBegin,
    PacketTrack,
    StreamOpened,
    Watch,
    WorkerReady,
)
from dogwatch.config import parse
from dogwatch.errors import NotFoundError
from dogwatch.live.feeds import GOP_BYTES, QUEUE_LIMIT, FragmentFeed, FragmentViewer, StreamChangedError
from dogwatch.live.pictures import TooManyOfUserError, TooManyViewersError
from dogwatch.live.rtsp.restreams import Restreams
from dogwatch.live.stream_names import streams_of
from dogwatch.live.streams import LiveStreams
from dogwatch.testing.app import until

ALL = Caller("vera", "viewer")
INIT = LiveInit("front", 0, "avc1.640029", b"init")


def fragment(n: int, *, keyframe: bool = False, size: int = 1) -> LiveFragment:
    return LiveFragment("front", 0, float(n), keyframe, bytes(size))


async def watching(feed: FragmentFeed) -> FragmentViewer:
    viewer = FragmentViewer(feed)
    assert await viewer.begin() == INIT
    return viewer


@pytest.fixture
def feed() -> FragmentFeed:
    made = FragmentFeed(lambda: None)
    made.start(INIT)
    return made


async def test_who_comes_late_begins_at_the_last_keyframe(feed: FragmentFeed) -> None:
    for n in range(6):
        feed.take(fragment(n, keyframe=n in (1, 3)))
    viewer = await watching(feed)
    feed.take(fragment(6))
    assert [(await viewer.next()).time for _ in range(4)] == [3, 4, 5, 6]


async def test_before_the_first_keyframe_there_is_nothing(feed: FragmentFeed) -> None:
    viewer = await watching(feed)
    feed.take(fragment(0))
    feed.take(fragment(1, keyframe=True))
    assert (await viewer.next()).time == 1
    assert viewer.skipped == 1


async def test_who_is_slow_goes_on_at_a_keyframe(feed: FragmentFeed) -> None:
    slow, quick = await watching(feed), await watching(feed)
    feed.take(fragment(0, keyframe=True))
    for n in range(1, QUEUE_LIMIT + 5):
        feed.take(fragment(n))
        await quick.next()
    feed.take(fragment(1000, keyframe=True))
    assert (await slow.next()).time == 1000
    assert slow.skipped == QUEUE_LIMIT + 5
    assert quick.skipped == 0


async def test_a_new_beginning_ends_it(feed: FragmentFeed) -> None:
    viewer = await watching(feed)
    feed.take(fragment(0, keyframe=True))
    feed.start(LiveInit("front", 0, INIT.codecs, INIT.init))  # equal, but its times begin anew
    with pytest.raises(StreamChangedError):
        await viewer.next()


def test_what_is_kept_is_bounded(feed: FragmentFeed) -> None:
    feed.take(fragment(0, keyframe=True, size=GOP_BYTES))
    feed.take(fragment(1))
    feed.take(fragment(2))
    assert feed.gop == []


async def test_a_long_group_of_pictures_is_sent_whole_to_who_comes_late(feed: FragmentFeed) -> None:
    many = 3 * QUEUE_LIMIT
    for n in range(many):
        feed.take(fragment(n, keyframe=n == 0))
    viewer = await watching(feed)
    assert [(await viewer.next()).time for _ in range(many)] == list(range(many))
    for n in range(many, 2 * many):
        feed.take(fragment(n))
        await viewer.next()
    assert viewer.skipped == 0


def test_names() -> None:
    config = parse(
        """
go2rtc: {streams: {front_sub: "rtsp://192.0.2.1/sub", other: "rtsp://192.0.2.1/main"}}
cameras:
  front:
    ffmpeg:
      inputs:
        - {path: "rtsp://127.0.0.1:8554/front_sub", roles: [detect]}
        - {path: "rtsp://192.0.2.1/main", roles: [record]}
    live: {streams: {Sub: front_sub, Main: other, Lost: nowhere}}
  back:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.2/", roles: [detect]}]}
    live: {streams: {Shared: front_sub}}
""",
        env={},
    ).config
    streams = LiveStreams(streams_of(config), lambda *_: None)
    assert streams.find("front", ALL) == ("front", 1)
    assert streams.find("front_sub", ALL) == ("front", 0)
    assert streams.find("other", ALL) == ("front", 1)
    assert streams.find("nowhere", ALL) == ("front", 1)
    assert streams.find("back", ALL) == ("back", 0)
    assert streams.find("unknown", ALL) is None
    only_back = Caller("bea", "back_only", frozenset({"back"}))
    assert streams.find("front_sub", only_back) == ("back", 0)  # its own picture, not that of who comes first
    assert streams.find("front", only_back) is None
    assert streams.names(only_back) == ["back", "front_sub"]  # the order is that of a server without other cameras
    assert streams.medias("front", 1) == []
    streams.on_opened(StreamOpened("front", ("record",), "h264", 1, 1, 5.0, "aac"))
    assert streams.medias("front", 1) == ["video, recvonly, H264", "audio, recvonly, AAC"]
    with pytest.raises(NotFoundError):
        streams.watch("unknown", ALL)


@pytest.fixture
def told() -> list[tuple[str, object]]:
    return []


@pytest.fixture
def streams(told: list[tuple[str, object]]) -> LiveStreams:
    text = "cameras: {front: {ffmpeg: {inputs: [{path: 'rtsp://192.0.2.1/'}]}}}"
    return LiveStreams(streams_of(parse(text, env={}).config), lambda camera, message: told.append((camera, message)))


async def test_ingest_is_told_while_somebody_watches(
    streams: LiveStreams, told: list[tuple[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.live.feeds.LINGER_S", 0.01)
    streams.on_live(INIT)  # nobody has asked for it
    async with streams.watch("front", ALL) as first:
        assert told == [("front", Watch((0,)))]
        async with streams.watch("front", ALL):
            streams.on_live(INIT)
            assert await first.begin() == INIT
        await asyncio.sleep(0.05)
        assert len(told) == 1  # one still watches
        for kind, name in (("ingest", "front"), ("ingest", "other"), ("analysis", "front")):
            streams.on_ready(WorkerReady(kind, name, 1))
        assert told[1:] == [("front", Watch((0,)))]  # a process that has just come does not know
    async with asyncio.timeout(10):
        while len(told) < 3:  # noqa: ASYNC110 - a list knows no events
            await asyncio.sleep(0.005)
    assert told[-1] == ("front", Watch(()))
    streams.on_ready(WorkerReady("ingest", "front", 1))
    assert len(told) == 3


async def test_a_link_that_ends_is_a_new_beginning(streams: LiveStreams) -> None:
    async with streams.watch("front", ALL) as viewer:
        streams.on_live(INIT)
        await viewer.begin()
        streams.on_gone(WorkerGone("ingest", "front", 1))
        streams.on_live(fragment(0, keyframe=True))
        assert (await viewer.next()).time == 0
        streams.on_gone(WorkerGone(LIVE, "front", 1))
        streams.on_live(fragment(1, keyframe=True))  # of which no init section is known any more
        with pytest.raises(StreamChangedError):
            await viewer.next()
    streams.close()


TWO = """
cameras:
  front: {ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/"}]}}
  back: {ffmpeg: {inputs: [{path: "rtsp://192.0.2.2/"}]}}
"""


@pytest.mark.parametrize(
    "text",
    [
        TWO.replace("front", "other"),
        TWO.replace("192.0.2.1", "192.0.2.9"),
        TWO.replace("front: {", "front: {enabled: false, "),
    ],
    ids=["removed", "other input", "disabled"],
)
async def test_viewers_of_what_has_gone_are_sent_away(text: str) -> None:
    streams = LiveStreams(streams_of(parse(TWO, env={}).config), lambda _camera, _message: None)
    async with (
        streams.watch("front", ALL) as early,
        streams.watch("front", ALL) as late,
        streams.watch("back", ALL) as back,
    ):
        waits = asyncio.create_task(early.begin())
        streams.on_live(LiveInit("back", 0, INIT.codecs, INIT.init))
        await back.begin()
        await asyncio.sleep(0)
        streams.configure(streams_of(parse(text, env={}).config))
        with pytest.raises(StreamChangedError):
            await asyncio.wait_for(waits, 10)
        with pytest.raises(StreamChangedError):
            await asyncio.wait_for(late.begin(), 10)
        streams.on_live(LiveFragment("back", 0, 1.0, True, b"x"))
        assert (await back.next()).time == 1
    streams.close()


async def test_a_change_of_something_else_disturbs_no_viewer() -> None:
    streams = LiveStreams(streams_of(parse(TWO, env={}).config), lambda _camera, _message: None)
    async with streams.watch("front", ALL) as viewer:
        streams.on_live(INIT)
        await viewer.begin()
        streams.configure(streams_of(parse(TWO + "detect: {fps: 7}", env={}).config))
        streams.on_live(fragment(1, keyframe=True))
        assert (await viewer.next()).time == 1
    streams.close()


def packet(n: int, *, keyframe: bool = False, track: int = 0) -> LivePacket:
    return LivePacket("front", 0, track, float(n), n, n, keyframe, b"x")


BEGINNING = PacketsBegin("front", 0, (PacketTrack(video=True, codec="h264", clock_rate=90_000),))


async def test_packets_and_fragments_are_watched_apart(
    streams: LiveStreams, told: list[tuple[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.live.feeds.LINGER_S", 0.01)
    async with streams.watch_packets("front", ALL) as packets:
        assert told == [("front", Watch((), (0,)))]
        streams.on_live(INIT)  # nobody has asked for it
        streams.on_live(BEGINNING)
        for n, keyframe in ((0, False), (1, True), (2, False)):
            streams.on_live(packet(n, keyframe=keyframe))
        assert await packets.begin() == BEGINNING
        assert [(await packets.next()).time for _ in range(2)] == [1, 2]
        async with streams.watch("front", ALL) as fragments:
            assert told[1:] == [("front", Watch((0,), (0,)))]
            streams.on_live(INIT)
            assert await fragments.begin() == INIT
            streams.on_live(packet(3))
            assert (await packets.next()).time == 3
            streams.on_ready(WorkerReady("ingest", "front", 1))
            assert told[-1] == ("front", Watch((0,), (0,)))
        streams.on_gone(WorkerGone(LIVE, "front", 1))
        with pytest.raises(StreamChangedError):
            await packets.next()
    async with asyncio.timeout(10):
        while told[-1] != ("front", Watch(())):  # noqa: ASYNC110 - a list knows no events
            await asyncio.sleep(0.005)


async def test_viewers_are_limited_by_stream_and_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.streams.MAX_STREAM_VIEWERS", 2)
    monkeypatch.setattr("dogwatch.live.streams.MAX_VIEWERS", 3)
    streams = LiveStreams(streams_of(parse(TWO, env={}).config), lambda _camera, _message: None)
    async with streams.watch("front", ALL), streams.watch("front", ALL):
        with pytest.raises(TooManyViewersError):
            streams.watch("front", ALL)
        async with streams.watch_packets("front", ALL):
            with pytest.raises(TooManyViewersError):
                streams.watch("back", ALL)
    async with streams.watch("front", ALL):
        pass
    streams.close()


async def test_a_stream_that_is_to_be_h264_is_encoded_unless_its_source_sends_that() -> None:
    text = "go2rtc: {streams: {free: 'ffmpeg:rtsp://192.0.2.9/#video=h264'}}\n" + TWO
    told: list[tuple[str, object]] = []
    streams = LiveStreams(
        streams_of(parse(text, env={}).config),
        lambda name, message: told.append((name, message)),
        lambda name, message: told.append((name, message)),
    )
    async with streams.watch("free", ALL):
        assert told == [("encoded:stream:free/0", Watch((0,)))]
    streams.on_opened(StreamOpened("stream:free", ("live",), "h264", 1, 1, 5.0))
    told.clear()
    async with streams.watch("free", ALL):
        assert told == [("stream:free", Watch((0,)))]
        assert list(streams.demanded()) == ["stream:free"]
    streams.on_opened(StreamOpened("stream:free", ("live",), "hevc", 1, 1, 5.0))
    async with streams.watch("free", ALL, "webrtc") as viewer:
        streams.on_live(LiveInit("encoded:stream:free/0", 0, INIT.codecs, INIT.init))
        await viewer.begin()
        (consumer,) = streams.consumers("stream:free", 0)
        assert (consumer.protocol, consumer.user, consumer.skipped) == ("webrtc", "vera", 0)
    assert streams.consumers("stream:free", 0) == []
    streams.close()


async def test_a_stream_that_is_to_be_h264_is_not_sent_as_its_source_because_somebody_plays_that() -> None:
    text = "go2rtc: {streams: {front_h264: 'ffmpeg:front#video=h264'}}\n" + TWO
    streams = LiveStreams(streams_of(parse(text, env={}).config), lambda _name, _message: None)
    streams.on_opened(StreamOpened("front", ("record",), "hevc", 1, 1, 5.0))
    shared = Restreams(streams)
    own, encoded = shared.get("front", ALL), shared.get("front_h264", ALL)
    assert own is not encoded
    assert (shared.get("front", ALL), shared.get("front_h264", ALL)) == (own, encoded)
    with pytest.raises(NotFoundError):
        shared.get("none", ALL)
    for one in (own, encoded):
        one.hold()
    await asyncio.sleep(0)
    shared.close()
    await until(lambda: own.over and encoded.over)
    streams.close()


async def test_an_unknown_source_is_opened_to_see_whether_it_has_to_be_encoded() -> None:
    text = "go2rtc: {streams: {free: 'ffmpeg:rtsp://192.0.2.9/#video=h264'}}\n" + TWO
    for codec, played in (("h264", ("stream:free", 0)), ("hevc", ("encoded:stream:free/0", 0))):
        streams = LiveStreams(streams_of(parse(text, env={}).config), lambda *_: None)
        settling = asyncio.create_task(streams.settle("free", ALL))
        await until(streams.demanded)
        assert not settling.done()
        streams.on_live(PacketsBegin("stream:free", 0, (PacketTrack(True, codec, 90_000, b"", 64, 64),)))
        await settling
        assert streams.played("free", ALL) == played
        await streams.settle("free", ALL)  # it is known now
        streams.close()


async def test_what_needs_no_answer_is_not_opened() -> None:
    told: list[object] = []
    streams = LiveStreams(streams_of(parse(TWO, env={}).config), lambda *message: told.append(message))
    await streams.settle("front", ALL)
    with pytest.raises(NotFoundError):
        await streams.settle("none", ALL)
    assert told == []


async def test_streams_whose_names_look_like_those_of_encoders_have_processes_of_their_own() -> None:
    text = "go2rtc: {streams: {x: 'rtsp://192.0.2.9/', 'x/0': 'rtsp://192.0.2.8/'}}\n" + TWO
    names = streams_of(parse(text, env={}).config)
    inputs = {names.find(name, ALL) for name in ("x", "x/0")}
    assert inputs == {("stream:x", 0), ("stream:x/0", 0)}
    assert not names.encoded.keys() & names.connections.keys()
    assert len({name for name in names.encoded if "stream:" in name}) == 2


async def test_one_user_watches_so_many_streams_at_once() -> None:
    streams = LiveStreams(streams_of(parse(TWO, env={}).config), lambda *_: None)
    streams.user_limit = 2
    user, other = Caller("vera", "viewer", session="1"), Caller("otto", "viewer", session="2")
    trusted = Caller("anonymous", "admin", trusted=True)
    async with streams.watch("front", user), streams.watch_packets("front", user) as second:
        for refused in (streams.watch, streams.watch_packets, streams.watch_jsmpeg):
            with pytest.raises(TooManyOfUserError) as error:
                refused("front", user)
            assert error.value.status == 429
        async with streams.watch("front", other):
            pass
        streams.user_limit = 0
        async with streams.watch("front", trusted):
            pass
        streams.user_limit = 2
        assert second.user == "vera"
    async with streams.watch("front", user):
        pass
    streams.close()


async def test_what_a_user_reads_without_a_session_leaves_room_for_the_page() -> None:
    streams = LiveStreams(streams_of(parse(TWO, env={}).config), lambda *_: None)
    streams.user_limit = 1
    reader, page = Caller("hub", "viewer"), Caller("hub", "viewer", session="1")
    async with streams.watch_packets("front", reader), streams.watch("front", page):
        with pytest.raises(TooManyOfUserError):
            streams.watch("front", page)
    streams.close()


async def test_who_asks_often_at_once_gets_no_more() -> None:
    """Between the look at the limit and the beginning a camera may be asked for what it takes."""
    streams = LiveStreams(streams_of(parse(TWO, env={}).config), lambda *_: None)
    streams.user_limit = 1
    user = Caller("vera", "viewer", session="1")
    first, second = streams.watch_packets("front", user), streams.watch_packets("front", user)
    async with first:
        with pytest.raises(TooManyOfUserError):
            await second.__aenter__()
        assert streams.viewers == 1
    async with second:
        assert streams.viewers == 1
    assert streams.viewers == 0
    streams.close()
