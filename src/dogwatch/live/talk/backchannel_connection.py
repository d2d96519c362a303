"""An RTSP connection to a camera that sends sound there. Sources: RFC 2326; ONVIF Streaming Specification, section 5.3.

libav's RTSP demuxer does not do this: it knows neither the header by which a camera is asked for its backchannel, nor a
way to send there. Requests go one after the other. RTP goes over the same connection, interleaved. Redirects are not
followed: they could lead anywhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from dogwatch.address import encode_credentials
from dogwatch.errors import SourceError
from dogwatch.live.rtsp.readers import framed
from dogwatch.live.rtsp.requests import BadRequestError, InterleavedFrame, ReplyParser, RtspReply
from dogwatch.live.talk.challenge import CameraLogin
from dogwatch.live.talk.offered import TalkMedia, talk_medias

REQUIRE = ("Require", "www.onvif.org/ver20/backchannel")
PORTS = {"rtsp": 554, "rtsps": 322}
CONNECT_S = 5.0
ANSWER_S = 5.0
LEAVE_S = 1.0
READ_BYTES = 16 << 10
WAITING_BYTES = 16 << 10  # two seconds of G.711: sound that waits longer is worth nothing
MOST_TRIES = 3
SESSION_S = 60
UNSUPPORTED = (400, 405, 406, 451, 501, 505, 551)
"""How cameras without backchannel refuse to be asked for it."""


class BackchannelError(SourceError):
    """The camera does not take the sound, or cannot be reached."""

    status = 503


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a camera is: what an address says, without its credentials."""

    secure: bool
    host: str
    port: int
    url: str
    username: str
    password: str


def is_rtsp(url: str) -> bool:
    """Whether an address is one that can have a backchannel."""
    return url.partition("://")[0].lower() in PORTS


class BackchannelConnection:
    """One connection; use `connected`."""

    def __init__(self, place: _Place, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take over a connection that has just been made."""
        self._place, self._reader, self._writer = place, reader, writer
        self._login = CameraLogin(place.username, place.password)
        self._count = 0
        self._base = place.url
        self._session = ""
        self._channels = (0, 1)
        self._keepalive_s = SESSION_S / 2
        self._reply: asyncio.Future[RtspReply] | None = None
        self._turn = asyncio.Lock()
        self._reading = asyncio.create_task(self._read())
        self._keeping: asyncio.Task[None] | None = None
        self.dropped = 0
        """How many packets were left out because the camera did not take them in time."""

    async def ended(self) -> None:
        """Wait until the camera closes the connection, or does not answer any more."""
        tasks = {self._reading} if self._keeping is None else {self._reading, self._keeping}
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)

    async def describe(self) -> tuple[TalkMedia, ...]:
        """Return the streams of sound that the camera takes; none if it knows no backchannel.

        Raises:
            BackchannelError: It refuses, or does not answer.
        """
        reply = await self._ask("DESCRIBE", self._place.url, [("Accept", "application/sdp"), REQUIRE])
        if reply.status in UNSUPPORTED:
            return ()
        _check(reply)
        headers = reply.headers
        self._base = headers.get("content-base") or headers.get("content-location") or self._place.url
        return talk_medias(reply.body.decode("utf-8", "replace"))

    async def begin(self, media: TalkMedia) -> None:
        """Open a stream of sound, to which `send` then sends.

        Raises:
            BackchannelError: The camera refuses, or does not answer.
        """
        transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
        reply = await self._ask("SETUP", self._control(media.control), [("Transport", transport), REQUIRE])
        _check(reply)
        self._session, _, rest = reply.headers.get("session", "").partition(";")
        seconds = rest.strip().lower().removeprefix("timeout=").partition(";")[0]
        if seconds.isascii() and seconds.isdigit() and int(seconds[:6]):
            self._keepalive_s = max(1.0, int(seconds[:6]) / 2)
        self._channels = _channels(reply.headers.get("transport", ""))
        _check(await self._ask("PLAY", self._base, [("Range", "npt=0.000-"), REQUIRE]))
        self._keeping = asyncio.create_task(self._keep_alive())

    def send(self, packets: Sequence[bytes]) -> None:
        """Send RTP and RTCP packets; leave them out while the camera does not take what was sent before."""
        if self._writer.transport.get_write_buffer_size() > WAITING_BYTES:
            self.dropped += len(packets)
        elif not self._writer.transport.is_closing():
            self._writer.write(b"".join(framed(packet, self._channels) for packet in packets))

    async def close(self) -> None:
        """Say goodbye to the camera if it listens, and close."""
        if self._keeping is not None:
            self._keeping.cancel()
        try:
            if self._session and not self._reading.done():
                with contextlib.suppress(BackchannelError, TimeoutError):
                    async with asyncio.timeout(LEAVE_S):
                        await self._ask("TEARDOWN", self._base, [])
        finally:  # also if nobody waits for the goodbye
            self._reading.cancel()
            self._writer.transport.abort()
        await asyncio.gather(self._reading, *([self._keeping] if self._keeping else []), return_exceptions=True)

    def _control(self, control: str) -> str:
        """Return the address of a stream. One with another host is sent over this connection all the same."""
        if not control or control == "*":
            return self._base
        return control if "://" in control else f"{self._base.rstrip('/')}/{control.lstrip('/')}"

    async def _ask(self, method: str, url: str, headers: Sequence[tuple[str, str]]) -> RtspReply:
        """Send a request, with a login once the camera asks for it, and return the reply.

        Raises:
            BackchannelError: It does not answer in time, or has gone.
        """
        async with self._turn:
            for _ in range(MOST_TRIES):
                reply = await self._exchange(method, url, headers)
                if reply.status != 401 or not self._login.challenged(reply.headers.get("www-authenticate", "")):
                    break
            return reply

    async def _exchange(self, method: str, url: str, headers: Sequence[tuple[str, str]]) -> RtspReply:
        self._count += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._count}", "User-Agent: Dogwatch"]
        if self._session:
            lines.append(f"Session: {self._session}")
        if (login := self._login.authorization(method, url)) is not None:
            lines.append(f"Authorization: {login}")
        lines += [f"{name}: {value}" for name, value in headers]
        if self._reading.done():
            raise BackchannelError("the camera has closed the connection")
        self._reply = asyncio.get_running_loop().create_future()
        self._writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self._reply
        except TimeoutError:
            raise BackchannelError(f"the camera does not answer {method}") from None
        finally:
            self._reply = None

    async def _read(self) -> None:
        """Hand over replies, until the camera has gone; what it sends besides, such as RTCP, is not needed."""
        parser = ReplyParser()
        try:
            while data := await self._reader.read(READ_BYTES):
                for item in parser.feed(data):
                    waiting = self._reply
                    if not isinstance(item, InterleavedFrame) and waiting is not None and not waiting.done():
                        waiting.set_result(item)
        except (OSError, BadRequestError):
            pass  # the end says it
        finally:
            if self._reply is not None and not self._reply.done():
                self._reply.set_exception(BackchannelError("the camera has closed the connection"))

    async def _keep_alive(self) -> None:
        """Show the camera that somebody is there; end when it does not answer."""
        while True:
            await asyncio.sleep(self._keepalive_s)
            try:
                await self._ask("OPTIONS", self._base, [])
            except BackchannelError:
                return


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[BackchannelConnection]:
    """Connect to the camera at an RTSP address.

    Raises:
        BackchannelError: It cannot be reached.
    """
    place = _place(address)
    try:
        async with asyncio.timeout(CONNECT_S):
            # Cameras have certificates that nobody has signed; the stream itself is read without a check too.
            context = _unchecked() if place.secure else None
            reader, writer = await asyncio.open_connection(place.host, place.port, ssl=context, limit=READ_BYTES)
    except (OSError, TimeoutError, ValueError) as error:
        raise BackchannelError("the camera cannot be reached") from error
    connection = BackchannelConnection(place, reader, writer)
    try:
        yield connection
    finally:
        await connection.close()


def _unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _place(address: str) -> _Place:
    try:
        parts = urlsplit(encode_credentials(address.strip()))
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme.lower() not in PORTS:
        raise BackchannelError("the camera's address cannot be read")
    scheme = parts.scheme.lower()
    bare = urlunsplit((scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
    if any(ord(letter) <= 32 or ord(letter) > 126 for letter in bare):
        raise BackchannelError("the camera's address cannot be read")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return _Place(scheme == "rtsps", host, port or PORTS[scheme], bare, user, password)


def _channels(transport: str) -> tuple[int, int]:
    """Return the channels of RTP and RTCP that the camera has chosen."""
    for part in transport.split(";"):
        name, _, value = part.partition("=")
        first, _, second = value.partition("-")
        if name.strip().lower() == "interleaved" and first.isascii() and first.isdigit() and int(first) < 255:
            ready = second.isascii() and second.isdigit() and int(second) < 256
            return int(first), int(second) if ready else int(first) + 1
    return 0, 1


def _check(reply: RtspReply) -> None:
    if reply.status == 401:
        raise BackchannelError("the camera refuses the login")
    if 300 <= reply.status < 400:
        raise BackchannelError("the camera sends elsewhere, which is not followed")
    if reply.status != 200:
        raise BackchannelError(f"the camera refuses the sound ({reply.status})")
