"""The RTSP server's answers, and who gets them."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.bus.messages import LivePacket, PacketsBegin, PacketTrack, Watch
from dogwatch.live.rtsp.digest import REALM
from dogwatch.live.rtsp.server import RtspServer
from dogwatch.testing.app import PASSWORD, Nvr, until
from tests.integration.live.rtsp_client import Reply, RtspClient, client, serving
from tests.integration.workers.ingest.made import make

BASE = 1_700_000_000


class PlayedCamera:
    """Plays ingest of `front` with the packets of a file, once somebody watches."""

    def __init__(self, app: Nvr, film: Path) -> None:
        self._app = app
        self._packets: list[LivePacket] = []
        with av.open(str(film)) as container:
            video, sound = container.streams.video[0], container.streams.audio[0]
            contexts: list[Any] = [video.codec_context, sound.codec_context]
            self.tracks = (
                PacketTrack(True, "h264", 90_000, contexts[0].extradata, width=256, height=64),
                PacketTrack(False, "aac", 16_000, contexts[1].extradata, channels=1, sample_rate=16_000),
            )
            for packet in container.demux(video, sound):
                if packet.size and packet.pts is not None and packet.dts is not None:
                    rate = 90_000 if packet.stream is video else 16_000
                    pts, dts = (round((BASE + at * packet.time_base) * rate) for at in (packet.pts, packet.dts))
                    track, keyframe = int(packet.stream is sound), packet.stream is video and packet.is_keyframe
                    self._packets.append(LivePacket("front", 0, track, pts / rate, pts, dts, keyframe, bytes(packet)))
        self._next = 0

    def begin(self) -> None:
        self._app.services.streams.on_live(PacketsBegin("front", 0, self.tracks))

    def publish(self, count: int) -> list[LivePacket]:
        part = self._packets[self._next : self._next + count]
        self._next += count
        for packet in part:
            self._app.services.streams.on_live(packet)
        return part

    async def watched(self) -> None:
        await until(lambda: self._app.told and self._app.told[-1] == ("front", Watch((), (0,))))
        self.begin()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("film") / "cam.mp4", audio="aac", rate=16000, seconds=8, gop=20)


@pytest.fixture
def camera(app: Nvr, film: Path) -> PlayedCamera:
    return PlayedCamera(app, film)


@pytest.fixture
async def server(app: Nvr) -> AsyncIterator[RtspServer]:
    async with serving(app) as made:
        yield made


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("dogwatch.live.feeds.LINGER_S", 0.05)
    return iter([None])


async def described(one: RtspClient, camera: PlayedCamera, **headers: str) -> Reply:
    asked = asyncio.create_task(one.ask("DESCRIBE", **headers))
    await camera.watched()
    return await asked


async def test_from_description_to_teardown(server: RtspServer, camera: PlayedCamera, app: Nvr) -> None:
    async with client(server) as one:
        options = await one.ask("OPTIONS")
        assert "GET_PARAMETER" in options.header("public")
        description = await described(one, camera)
        assert description.header("content-base") == one.url + "/"
        assert "H264/90000" in description.body
        assert "sprop-parameter-sets=" in description.body
        assert "config=1408" in description.body
        camera.publish(30)
        await one.set_up(0, 1)
        play = await one.ask("PLAY", Range="npt=0.000-")
        info = {part.split(";")[0].rsplit("=", 1)[1]: part for part in play.header("rtp-info").split(",")}
        reports = [await one.frame() for _ in range(2)]
        assert [(channel, packet[1]) for channel, packet in reports] == [(1, 200), (3, 200)]
        frames = [await one.frame() for _ in range(30)]
        for track in (0, 1):
            packets = [packet for channel, packet in frames if channel == 2 * track and not 192 <= packet[1] < 224]
            sequence, at = int.from_bytes(packets[0][2:4], "big"), int.from_bytes(packets[0][4:8], "big")
            assert f"seq={sequence};rtptime={at}" in info[str(track)]
            numbers = [int.from_bytes(packet[2:4], "big") for packet in packets]
            assert all((b - a) % 65536 == 1 for a, b in pairwise(numbers))
        (consumer,) = app.services.streams.consumers("front", 0)
        assert (consumer.protocol, consumer.user, consumer.skipped) == ("rtsp", "anonymous", 0)
        assert (await one.ask("PAUSE")).status == 200
        one.frames.clear()
        camera.publish(10)
        assert (await one.ask("GET_PARAMETER")).status == 200
        assert one.frames == []
        assert (await one.ask("PLAY")).status == 200
        await one.frame()
        assert (await one.ask("TEARDOWN")).status == 200
        assert app.services.streams.consumers("front", 0) == []
    await until(lambda: app.told[-1] == ("front", Watch(())))


async def test_reports_and_times_agree(server: RtspServer, camera: PlayedCamera) -> None:
    """RTP times become wall-clock times by the sender reports (RFC 3550, section 6.4.1), the same for both tracks."""
    async with client(server) as one:
        await described(one, camera)
        camera.publish(60)
        await one.set_up(0, 1)
        await one.ask("PLAY")
        zero: dict[int, tuple[float, int, int]] = {}
        for channel, rate in ((1, 90_000), (3, 16_000)):
            got, report = await one.frame()
            assert got == channel
            ntp = int.from_bytes(report[8:12], "big") - 2_208_988_800 + int.from_bytes(report[12:16], "big") / 2**32
            zero[channel - 1] = (ntp, int.from_bytes(report[16:20], "big"), rate)
        seen: set[int] = set()
        while seen != {0, 2}:
            channel, packet = await one.frame()
            if channel in zero and channel not in seen:
                ntp, at, rate = zero[channel]
                ticks = int.from_bytes(packet[4:8], "big")
                ahead = (ticks - at + 2**31) % 2**32 - 2**31
                wall = (ntp + ahead / rate) % (2**32 / rate)
                assert wall == pytest.approx(BASE % (2**32 / rate), abs=9)
                seen.add(channel)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("PLAY", "", {}, 454),
        ("PAUSE", "", {}, 454),
        ("TEARDOWN", "", {}, 454),
        ("GET_PARAMETER", "", {"Session": "1234"}, 454),
        ("SETUP", "/trackID=0", {"Session": "1234", "Transport": "RTP/AVP/TCP"}, 454),
        ("ANNOUNCE", "", {}, 405),
        ("RECORD", "", {}, 405),
        ("DESCRIBE", "", {"Require": "www.onvif.org/ver20/backchannel"}, 551),
        ("DESCRIBE", "", {"Accept": "application/rtsl"}, 406),
        ("DESCRIBE", "_none", {}, 404),
        ("GET_PARAMETER", "", {}, 200),
        ("SET_PARAMETER", "", {}, 200),
    ],
)
async def test_answers_without_a_session(
    server: RtspServer, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    async with client(server) as one:
        assert (await one.ask(method, path, **headers)).status == status
        assert (await one.ask("OPTIONS")).status == 200  # the connection stays


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("SETUP", "", {"Transport": "RTP/AVP/TCP;interleaved=0-1"}, 459),
        ("SETUP", "/trackID=7", {"Transport": "RTP/AVP/TCP;interleaved=0-1"}, 404),
        ("SETUP", "/trackID=1", {"Transport": "RTP/AVP;multicast"}, 461),
        ("SETUP", "/trackID=1", {}, 461),
        ("SETUP", "/trackID=1", {"Transport": "RTP/AVP/TCP;interleaved=1-2"}, 461),
        ("SETUP", "/trackID=1", {"Transport": "RTP/AVP;unicast;client_port=5000-5001"}, 461),
        ("PLAY", "/trackID=1", {}, 460),
        ("PLAY", "", {"Session": "other"}, 454),
        ("GET_PARAMETER", "", {}, 200),
    ],
)
async def test_answers_in_a_session(
    server: RtspServer, camera: PlayedCamera, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    async with client(server) as one:
        await described(one, camera)
        await one.set_up(0)
        session = one.session
        assert (await one.ask(method, path, **headers)).status == status
        one.session = session
        assert (await one.ask("PLAY")).status == 200
        assert (await one.ask("SETUP", "/trackID=1", Transport="RTP/AVP/TCP")).status == 455
        assert (await one.ask("SET_PARAMETER", body="volume: 3")).status == 451


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"GET / HTTP/1.1\r\n\r\n", 400), (b"OPTIONS * RTSP/1.0\r\n\r\n", 400), (b"A" * 100_000, 413)],
)
async def test_what_is_no_rtsp_ends_the_connection(server: RtspServer, data: bytes, status: int) -> None:
    async with client(server) as one:
        one.writer.write(data)
        assert (await one.reply()).status == status
        await one.gone()


async def test_who_says_nothing_is_sent_away(server: RtspServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.rtsp.connection.PATIENCE_S", 0.05)
    async with client(server) as one:
        one.writer.write(b"OPTIONS * RT")
        await one.gone()


async def test_answers_that_nobody_reads_do_not_pile_up(server: RtspServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.rtsp.connection.PATIENCE_S", 0.5)
    async with client(server) as one:
        one.writer.transport.pause_reading()  # type: ignore[attr-defined]

        async def ask_on() -> None:
            for _ in range(10_000):  # 36 MB, which neither end's buffers hold
                one.writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n" * 100)
                await one.writer.drain()

        with pytest.raises(ConnectionError):
            await asyncio.wait_for(ask_on(), 60)


async def test_a_camera_that_sends_nothing(server: RtspServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.feeds.INIT_TIMEOUT_S", 0.05)
    async with client(server) as one:
        assert (await one.ask("DESCRIBE")).status == 503
        assert (await one.ask("DESCRIBE")).status == 503  # it is tried again, not remembered


async def test_other_parameters_end_the_stream_with_a_farewell(server: RtspServer, camera: PlayedCamera) -> None:
    async with client(server) as one:
        await described(one, camera)
        await one.set_up(0)
        await one.ask("PLAY")
        camera.publish(20)
        await one.frame()
        camera.begin()
        rest = await asyncio.wait_for(one.reader.read(), 20)
        assert b"\x81\xcb" in rest[-30:]  # BYE
    async with client(server) as again:
        assert (await described(again, camera)).status == 200


async def test_too_many_readers(server: RtspServer, camera: PlayedCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.rtsp.restreams.MAX_READERS", 1)
    async with client(server) as one, client(server) as two:
        await described(one, camera)
        await one.set_up(0)
        await one.ask("PLAY")
        assert (await two.ask("DESCRIBE")).status == 503
    monkeypatch.setattr("dogwatch.live.rtsp.server.MAX_CONNECTIONS", 0)
    async with client(server) as three:
        assert (await three.reply()).status == 503


async def test_who_stops_reading_is_dropped_and_costs_the_others_nothing(
    server: RtspServer, camera: PlayedCamera, app: Nvr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.live.rtsp.server.CHECK_S", 0.1)
    monkeypatch.setattr("dogwatch.live.rtsp.readers.STALL_S", 1.0)
    async with client(server) as idle, client(server) as busy:
        await described(idle, camera)
        for one in (idle, busy):
            await one.set_up(0)
            await one.ask("PLAY")
        idle.writer.transport.pause_reading()  # type: ignore[attr-defined]
        assert len(app.services.streams.consumers("front", 0)) == 2
        sent = 0
        while len(app.services.streams.consumers("front", 0)) == 2:
            at = (BASE + sent / 10) * 90_000
            picture = b"\0\0\0\1\x65" + bytes(1 + sent % 255 for _ in range(50_000))
            app.services.streams.on_live(LivePacket("front", 0, 0, at / 90_000, int(at), int(at), True, picture))
            size = 0
            while size < 50_000:
                size += len((await busy.frame())[1])
            sent += 1
            assert sent < 2000
        assert (await busy.ask("GET_PARAMETER")).status == 200


# ---------------------------------------------------------------- logins


async def test_who_does_not_log_in_leaves_room_for_others(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.rtsp.server.MAX_UNKNOWN", 1)
    async with serving(app, login_here=True) as server, client(server, "back_none") as one:
        assert (await one.ask("DESCRIBE", Authorization=basic("vera", PASSWORD))).status == 404
        async with client(server) as two:
            assert (await two.ask("OPTIONS")).status == 200
            async with client(server) as three:
                assert (await three.reply()).status == 503


async def test_strangers_of_one_address_leave_room_for_those_of_others(
    app: Nvr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.live.rtsp.server.MAX_UNKNOWN_OF_ONE", 1)
    async with serving(app, login_here=True) as server, client(server) as one:
        assert (await one.ask("OPTIONS")).status == 200
        async with client(server) as two:
            assert (await two.reply()).status == 503
        host, port = server.addresses[0]
        reader, writer = await asyncio.open_connection(host, port, local_addr=("127.0.0.2", 0))
        writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        assert (await asyncio.wait_for(reader.readline(), 30)).startswith(b"RTSP/1.0 200")
        writer.close()
        await writer.wait_closed()


async def test_who_does_not_log_in_is_sent_away_whatever_it_says(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.rtsp.connection.LOGIN_S", 0.2)
    monkeypatch.setattr("dogwatch.live.rtsp.server.CHECK_S", 0.05)

    async def ask_on(one: RtspClient) -> None:
        while True:
            await one.ask("OPTIONS")
            await asyncio.sleep(0.02)

    async with serving(app, login_here=True) as server, client(server, "none") as known:
        assert (await known.ask("DESCRIBE", Authorization=basic("vera", PASSWORD))).status == 404
        async with client(server) as unknown:
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await asyncio.wait_for(ask_on(unknown), 30)
        assert (await known.ask("OPTIONS")).status == 200


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def digest(password: str, challenge: str, method: str = "DESCRIBE") -> str:
    nonce = challenge.partition('nonce="')[2].partition('"')[0]
    first, second = (
        hashlib.md5(text.encode()).hexdigest() for text in (f"ha:{REALM}:{password}", f"{method}:rtsp://nvr/front")
    )
    response = hashlib.md5(f"{first}:{nonce}:{second}".encode()).hexdigest()
    return f'Digest username="ha", realm="{REALM}", nonce="{nonce}", uri="rtsp://nvr/front", response="{response}"'


async def test_users_log_in_and_see_their_own_cameras(app: Nvr, camera: PlayedCamera) -> None:
    async with serving(app, login_here=True) as server:
        async with client(server) as one:
            assert (await one.ask("OPTIONS")).status == 200
            for method in ("DESCRIBE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER", "SET_PARAMETER"):
                refused = await one.ask(method)
                assert refused.status == 401
                assert refused.headers["www-authenticate"] == ['Basic realm="Dogwatch", charset="UTF-8"']
            assert (await one.ask("DESCRIBE", Authorization=basic("frida", "wrong"))).status == 401
            reply = await described(one, camera, Authorization=basic("frida", PASSWORD))
            assert reply.status == 200
        async with client(server, "back") as two, client(server, "none") as three:
            forbidden = await two.ask("DESCRIBE", Authorization=basic("frida", PASSWORD))
            unknown = await three.ask("DESCRIBE", Authorization=basic("frida", PASSWORD))
            assert forbidden == unknown
            assert forbidden.status == 404


async def test_the_login_of_the_configuration(app: Nvr, camera: PlayedCamera) -> None:
    async with serving(app, login_here=True, username="ha", password="geheim") as server:
        async with client(server) as one:
            first, second = (await one.ask("DESCRIBE")).headers["www-authenticate"]
            assert second.startswith("Basic ")
            assert (await one.ask("DESCRIBE", Authorization=digest("falsch", first))).status == 401
            assert (await described(one, camera, Authorization=digest("geheim", first))).status == 200
        async with client(server) as two:  # the nonce of one connection is worth nothing on another
            stale = await two.ask("DESCRIBE", Authorization=digest("geheim", first))
            assert stale.status == 401
            assert "stale=true" in stale.headers["www-authenticate"][0]
        async with client(server) as three:
            assert (await three.ask("DESCRIBE", Authorization=basic("ha", "falsch"))).status == 401
            assert (await described(three, camera, Authorization=basic("ha", "geheim"))).status == 200
        async with client(server) as four:
            assert (await described(four, camera, Authorization=basic("vera", PASSWORD))).status == 200


async def test_passwords_cannot_be_tried_without_end(app: Nvr) -> None:
    statuses: list[int] = []
    async with serving(app, login_here=True, username="ha", password="geheim") as server:
        for _ in range(5):
            async with client(server) as one:
                while not one.reader.at_eof() and len(statuses) < 20:
                    try:
                        statuses.append((await one.ask("DESCRIBE", Authorization=basic("ha", "falsch"))).status)
                    except (asyncio.IncompleteReadError, ConnectionError):
                        break
        assert statuses.count(401) == 10  # as many as `auth.limits.DEFAULT` allows in a minute
        assert statuses[-1] == 403
        async with client(server) as one:
            assert (await one.ask("DESCRIBE", Authorization=basic("ha", "geheim"))).status == 403


async def test_whose_rights_change_is_sent_away(
    app: Nvr, camera: PlayedCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.live.rtsp.server.CHECK_S", 0.05)
    async with serving(app, login_here=True) as server, client(server) as one:
        await described(one, camera, Authorization=basic("vera", PASSWORD))
        await one.set_up(0)
        await one.ask("PLAY")
        await asyncio.sleep(0.3)
        assert (await one.ask("GET_PARAMETER")).status == 200
        await asyncio.to_thread(app.services.authority.accounts.set_role, "vera", "front_only")
        await one.gone()


async def test_other_settings_hold_at_once(app: Nvr, camera: PlayedCamera) -> None:
    async with serving(app) as server, client(server) as one:
        await described(one, camera)
        await one.set_up(0)
        await one.ask("PLAY")
        before = server.addresses
        from dogwatch.live.rtsp.settings import RtspSettings

        server.configure(RtspSettings("127.0.0.1", 0, username="ha", password="geheim", login_here=True))
        await one.gone()
        await until(lambda: server.addresses and server.addresses != before)
        async with client(server) as two:
            assert (await two.ask("DESCRIBE")).status == 401
        server.configure(None)
        await until(lambda: not server.addresses)


async def test_a_camera_that_is_removed_takes_its_readers_along(app: Nvr, camera: PlayedCamera) -> None:
    from dogwatch.config import parse
    from dogwatch.live.stream_names import streams_of

    async with serving(app) as server, client(server) as one:
        await described(one, camera)
        await one.set_up(0)
        await one.ask("PLAY")
        text = "cameras: {back: {ffmpeg: {inputs: [{path: 'rtsp://192.0.2.2/'}]}}}"
        app.services.streams.configure(streams_of(parse(text, env={}).config))
        await one.gone()
        async with client(server) as two:
            assert (await two.ask("DESCRIBE")).status == 404


async def test_a_name_that_is_removed_takes_its_readers_along(
    app: Nvr, camera: PlayedCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.live.rtsp.server.CHECK_S", 0.1)
    app.services.runtime_streams.put("alias", ["ffmpeg:front"])
    async with serving(app) as server, client(server, "alias") as one, client(server) as two:
        for each, ready in ((one, described(one, camera)), (two, two.ask("DESCRIBE"))):
            assert (await ready).status == 200
            await each.set_up(0)
            await each.ask("PLAY")
        app.services.runtime_streams.remove("alias")
        await one.gone()
        assert (await two.ask("OPTIONS")).status == 200
