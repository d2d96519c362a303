"""One RTSP client: its requests, one after the other, and its session."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dogwatch.auth.caller import ANONYMOUS_ADMIN
from dogwatch.auth.limits import TooManyTriesError
from dogwatch.errors import MediaError, NotFoundError
from dogwatch.live.pictures import TooManyViewersError
from dogwatch.live.rtsp import sdp
from dogwatch.live.rtsp.answers import RtspAnswer
from dogwatch.live.rtsp.login import RtspIdentity, RtspLogin
from dogwatch.live.rtsp.readers import RtspClientInfo
from dogwatch.live.rtsp.requests import BadRequestError, RequestParser, RtspRequest
from dogwatch.live.rtsp.restream import Restream, StreamEndedError
from dogwatch.live.rtsp.session import TIMEOUT_S, RtspSession, TransportRefusedError
from dogwatch.live.rtsp.transport import Datagrams, Interleaved
from dogwatch.live.rtsp.transport import parse as parse_transport

if TYPE_CHECKING:
    from dogwatch.auth.authority import Authority
    from dogwatch.live.rtsp.restreams import Restreams
    from dogwatch.live.rtsp.settings import RtspSettings
    from dogwatch.live.rtsp.udp import UdpPorts

log = logging.getLogger(__name__)

READ_BYTES = 16 << 10
PATIENCE_S = 30.0  # for the next request of who plays nothing
SILENCE_S = 1.5 * TIMEOUT_S  # for a sign of who gets datagrams
LEAVE_S = 5.0
LOGIN_S = 30.0  # until who has to log in has done so, whatever else is asked meanwhile
MAX_REFUSED = 3  # wrong logins of one connection
PUBLIC = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"


@dataclass(frozen=True, slots=True)
class RtspContext:
    """What all connections share."""

    restreams: Restreams
    authority: Authority
    udp: UdpPorts
    settings: RtspSettings


class RtspConnection:
    """Serves one client until it leaves, or `close`."""

    def __init__(self, context: RtspContext, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take over a connection that has just been accepted."""
        self._context, self._reader, self._writer = context, reader, writer
        self.peer: str = writer.get_extra_info("peername")[0]
        self._own: str = writer.get_extra_info("sockname")[0]
        self._login = RtspLogin(context.authority, self.peer)
        here = ipaddress.ip_address(self._own.partition("%")[0]).is_loopback and not context.settings.login_here
        self._identity = RtspIdentity(ANONYMOUS_ADMIN) if here else None
        self._refused = 0
        self._held: Restream | None = None
        self._asked = ""  # by what name `_held` was asked for
        self._began = self._heard_at = time.monotonic()
        self.session: RtspSession | None = None

    @property
    def transport(self) -> asyncio.WriteTransport:
        """The client's connection."""
        return self._writer.transport

    @property
    def known(self) -> bool:
        """Whether the client needs no login, or has logged in."""
        return self._identity is not None

    async def run(self) -> None:
        """RtspAnswer requests until the client leaves."""
        parser = RequestParser()
        try:
            while not self.transport.is_closing() and (data := await self._received()):
                self.hear()
                for item in parser.feed(data):
                    if isinstance(item, RtspRequest):
                        await self._answer(item)
        except BadRequestError as error:
            self._write(RtspAnswer(error.status, close=True), "")
        except (ConnectionError, TimeoutError):
            pass  # it has gone, or says nothing
        finally:
            self._end()

    def hear(self) -> None:
        """Take in that the client is still there."""
        self._heard_at = time.monotonic()

    def close(self) -> None:
        """Send the client away, after what waits to be sent; if it does not read that soon, without it."""
        if not self.transport.is_closing():
            self.transport.close()
            asyncio.get_running_loop().call_later(LEAVE_S, self.transport.abort)

    async def check(self, now: float) -> None:
        """Drop a client that reads nothing, says nothing or may no longer see anything; `now` in monotonic seconds."""
        if not self.known and now - self._began > LOGIN_S:
            self.transport.abort()
            return
        session = self.session
        stalled = session is not None and session.reader is not None and session.reader.stalled(now)
        silent = session is not None and session.needs_signs and now - self._heard_at > SILENCE_S
        if stalled or silent:
            log.info("%s reads %s no longer, and is dropped", self.peer, session and session.restream.name)
            self.transport.abort()
        elif session is not None and session.restream.over:
            self.close()
        elif self._identity is not None and not await self._may_go_on(self._identity):
            self.transport.abort()

    async def _may_go_on(self, identity: RtspIdentity) -> bool:
        """Whether the client has the same rights as before, and what it has asked for is still there for it."""
        if self._held is not None and not self._context.restreams.offered(self._asked, identity.caller):
            return False
        return await self._login.holds(identity)

    # ------------------------------------------------------------ reading and writing

    async def _received(self) -> bytes:
        if self.session is not None and self.session.playing:
            return await self._reader.read(READ_BYTES)
        async with asyncio.timeout(TIMEOUT_S if self.session is not None else PATIENCE_S):
            return await self._reader.read(READ_BYTES)

    async def _answer(self, request: RtspRequest) -> None:
        cseq = request.headers.get("cseq", "")
        if not (cseq.isascii() and cseq.isdigit() and len(cseq) < 11):
            raise BadRequestError("a request has no number")
        self._write(await self._answered(request), cseq)
        await self._read_answers()

    async def _read_answers(self) -> None:
        """Wait until the client has read the answers, so that they do not pile up; `check` ends that for players.

        Raises:
            TimeoutError: It reads none.
        """
        patience = None if self.session is not None and self.session.playing else PATIENCE_S
        async with asyncio.timeout(patience):
            await self._writer.drain()

    def _write(self, answer: RtspAnswer, cseq: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer.encoded(cseq))
        if answer.close:
            self.close()
        elif answer.then is not None:
            answer.then()

    # ------------------------------------------------------------ requests

    async def _answered(self, request: RtspRequest) -> RtspAnswer:
        if "require" in request.headers:
            return RtspAnswer(551, [("Unsupported", request.headers["require"])])
        if request.method == "OPTIONS":
            return RtspAnswer(headers=[("Public", PUBLIC)])
        if self._identity is None and (refusal := await self._identify(request)) is not None:
            return refusal
        try:
            return await self._obeyed(request)
        except NotFoundError:
            return RtspAnswer(404)
        except (TooManyViewersError, MediaError):
            return RtspAnswer(503)

    async def _identify(self, request: RtspRequest) -> RtspAnswer | None:
        header = request.headers.get("authorization")
        settings = self._context.settings
        try:
            self._identity = await self._login.identify(header, request.method, settings)
        except TooManyTriesError:
            return RtspAnswer(403, close=True)
        if self._identity is not None:
            return None
        self._refused += header is not None
        challenges = [("WWW-Authenticate", one) for one in self._login.challenges(header, settings)]
        return RtspAnswer(401, challenges, close=self._refused > MAX_REFUSED)

    async def _obeyed(self, request: RtspRequest) -> RtspAnswer:
        given = request.headers.get("session", "").partition(";")[0].strip()
        if given and (self.session is None or given != self.session.id):
            return RtspAnswer(454)
        match request.method:
            case "DESCRIBE":
                return await self._describe(request)
            case "SETUP":
                return await self._set_up(request)
            case "GET_PARAMETER" | "SET_PARAMETER":
                return RtspAnswer(451 if request.body.strip() else 200, self._session_header())
        if request.method not in ("PLAY", "PAUSE", "TEARDOWN"):
            return RtspAnswer(405, [("Allow", PUBLIC)])
        if self.session is None:
            return RtspAnswer(454)
        if request.method == "TEARDOWN":
            self._tear_down()
            return RtspAnswer()
        if request.track is not None and self.session.tracks != [request.track]:
            return RtspAnswer(460)
        return self._play(request, self.session) if request.method == "PLAY" else self._pause(self.session)

    async def _describe(self, request: RtspRequest) -> RtspAnswer:
        accepted = request.headers.get("accept", "application/sdp")
        if "application/sdp" not in accepted and "*" not in accepted:
            return RtspAnswer(406)
        restream = await self._stream(request)
        headers = [("Content-Base", f"{request.base}/"), ("Content-Type", "application/sdp")]
        return RtspAnswer(headers=headers, body=sdp.description(request.stream, restream.tracks))

    async def _stream(self, request: RtspRequest) -> Restream:
        """Return the stream of a request, which runs, and hold it in place of the one before.

        Raises:
            NotFoundError: The client may see no such stream.
            TooManyViewersError: Too many watch.
            MediaError: The camera sends nothing that can be played.
        """
        assert self._identity is not None  # noqa: S101 - the caller has checked
        await self._context.restreams.settle(request.stream, self._identity.caller)
        restream = self._context.restreams.get(request.stream, self._identity.caller)
        if restream is not self._held:
            restream.hold()
            if self._held is not None:
                self._held.release()
            self._held = restream
        self._asked = request.stream
        await restream.begun()
        return restream

    async def _set_up(self, request: RtspRequest) -> RtspAnswer:
        session = self.session
        if session is not None and session.playing:
            return RtspAnswer(455)
        restream = await self._stream(request) if session is None else self._held
        if restream is None or restream.over:
            raise StreamEndedError
        track = request.track
        if track is None:
            if len(restream.tracks) > 1:
                return RtspAnswer(459)
            track = 0
        if track >= len(restream.tracks):
            return RtspAnswer(404)
        session = session or RtspSession(restream, self._client())
        wanted = parse_transport(request.headers.get("transport", ""))
        try:
            if isinstance(wanted, Interleaved):
                header = session.set_up_tcp(track, wanted, self.transport)
            elif isinstance(wanted, Datagrams):
                header = await session.set_up_udp(track, wanted, self._context.udp, self._own, self.peer, self.hear)
            else:
                return RtspAnswer(461)
        except TransportRefusedError:
            return RtspAnswer(461)
        except OSError as error:
            log.warning("no datagrams can be sent: %s", error)
            return RtspAnswer(503)
        self.session = session
        return RtspAnswer(headers=[("Transport", header), *self._session_header(timeout=True)])

    def _client(self) -> RtspClientInfo:
        assert self._identity is not None  # noqa: S101 - the caller has checked
        return RtspClientInfo(self._identity.caller.username, time.time(), self.close)

    def _play(self, request: RtspRequest, session: RtspSession) -> RtspAnswer:
        if session.restream.over:
            raise StreamEndedError
        headers = [("Range", "npt=now-"), *self._session_header()]
        positions = session.restream.positions() if not session.playing else {}
        info = ",".join(
            f"url={request.base}/trackID={track};seq={positions[track].sequence};rtptime={positions[track].time}"
            for track in session.tracks
            if track in positions
        )
        if info:
            headers.append(("RTP-Info", info))
        return RtspAnswer(headers=headers, then=session.play)

    def _pause(self, session: RtspSession) -> RtspAnswer:
        session.pause()
        return RtspAnswer(headers=self._session_header())

    def _session_header(self, *, timeout: bool = False) -> list[tuple[str, str]]:
        if self.session is None:
            return []
        return [("Session", f"{self.session.id};timeout={TIMEOUT_S}" if timeout else self.session.id)]

    def _tear_down(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None

    def _end(self) -> None:
        self._tear_down()
        if self._held is not None:
            self._held.release()
            self._held = None
        self.close()
