"""Fifty RTSP readers and fifty MSE players of one camera, first by themselves, then all at once.

While all play, two more clients stop reading: one over RTSP, one over MSE. Goals: one connection to the camera, no gap
between the packets of its recording, no reader and no player misses a packet of video, and those that stop reading are
dropped. What a reader and a player cost the core is printed. `DOGWATCH_BENCH_READERS=10` measures fewer. It needs the
program `ffmpeg` and GStreamer's RTSP server.
"""

import asyncio
import json
import socket
import statistics
import struct
import time
import urllib.request
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlsplit

import psutil
from tests.media import street
from tests.rtsp import free_port
from websockets.asyncio.client import connect

from bench.many import gaps
from bench.program import INSTANT, program
from bench.rtsp import READERS, Played, ask, core_seconds, play
from bench.streams import streams, with_sound

WARM_S, MEASURE_S = 15.0, 20.0
BEFORE_S = 5.0
CODECS = "avc1.640029,mp4a.40.2"
SMALL_BUFFER = 8192
TOGETHER_S = 60.0
VIDEO = 1  # the number of its track


@dataclass
class MseVideo:
    """What a player got: the decode times of its fragments of video, in the ticks of the track."""

    times: list[int] = field(default_factory=list)

    def take(self, data: bytes) -> None:
        track, at = data.find(b"tfhd"), data.find(b"tfdt")
        if data[4:8] == b"moof" and int.from_bytes(data[track + 8 : track + 12]) == VIDEO:
            wide = data[at + 4] == 1
            self.times.append(struct.unpack_from(">Q" if wide else ">I", data, at + 8)[0])

    @property
    def messages(self) -> int:
        return len(self.times)

    @property
    def missing(self) -> int:
        """How many fragments are missing between those that came: steps longer than a picture and a half."""
        steps = [after - before for before, after in pairwise(self.times)]
        usual = statistics.median(steps) if steps else 0
        return sum(round(step / usual) - 1 for step in steps if usual and step > 1.5 * usual)


async def play_mse(address: str, seconds: float) -> MseVideo:
    """Play the camera for `seconds`, as the page does."""
    found, begun = MseVideo(), time.monotonic()
    url = f"{address.replace('http', 'ws', 1)}/live/mse/api/ws?src=one"
    async with connect(url, max_size=None, compression=None) as player:
        await player.send(json.dumps({"type": "mse", "value": CODECS}))
        while time.monotonic() - begun < seconds:
            message = await player.recv()
            if isinstance(message, bytes):
                found.take(message)
    return found


def consumers(address: str) -> int:
    """Return how many play the camera."""
    with urllib.request.urlopen(f"{address}/api/go2rtc/streams/one", timeout=30) as answer:
        return len(json.load(answer)["consumers"])


async def crowd(
    port: int, address: str, readers: int, players: int, seconds: float
) -> tuple[list[Played], list[MseVideo]]:
    """Let so many play at the same time."""
    rtsp = [asyncio.create_task(play(port, seconds, udp=False)) for _ in range(readers)]
    mse = [asyncio.create_task(play_mse(address, seconds)) for _ in range(players)]
    return [await one for one in rtsp], [await one for one in mse]


async def stopped(port: int, address: str) -> float | None:
    """Have two clients stop reading; return after how many seconds both are gone, None if they are still there."""
    before = consumers(address)
    rtsp = socket.socket()
    rtsp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    await asyncio.to_thread(rtsp.connect, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=rtsp, limit=SMALL_BUFFER)
    url = f"rtsp://127.0.0.1:{port}/one"
    await ask((reader, writer), f"DESCRIBE {url} RTSP/1.0\r\nCSeq: 1\r\n\r\n")
    transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
    head = await ask((reader, writer), f"SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: {transport}\r\n\r\n")
    session = head.partition("Session: ")[2].split(";")[0]
    await ask((reader, writer), f"PLAY {url} RTSP/1.0\r\nCSeq: 3\r\nSession: {session}\r\n\r\n")
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    mse = await asyncio.to_thread(stalled_player, urlsplit(address).port or 0)
    try:
        while consumers_now := await asyncio.to_thread(consumers, address):
            if consumers_now >= before + 2:
                break
            await asyncio.sleep(0.1)
        begun = time.monotonic()
        while time.monotonic() - begun < TOGETHER_S:
            if await asyncio.to_thread(consumers, address) <= before:
                return time.monotonic() - begun
            await asyncio.sleep(0.25)
        return None
    finally:
        writer.close()
        mse.close()


def stalled_player(port: int) -> socket.socket:
    """Begin to play over MSE, and read nothing any more."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    made.connect(("127.0.0.1", port))
    head = (
        f"GET /live/mse/api/ws?src=one HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    made.sendall(head.encode())
    made.recv(4096)
    text = json.dumps({"type": "mse", "value": CODECS}).encode()
    made.sendall(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text)  # masked with zeros
    return made


def measured(pid: int, alone: float, port: int, address: str, readers: int, players: int) -> None:
    """Print what so many cost the core, and what they got."""

    together = readers > 0 and players > 0
    seconds = TOGETHER_S if together else MEASURE_S

    async def run() -> tuple[list[Played], list[MseVideo], float, float | None]:
        playing = asyncio.create_task(crowd(port, address, readers, players, seconds + 2 * BEFORE_S))
        await asyncio.sleep(BEFORE_S)
        before = await asyncio.to_thread(core_seconds, pid)
        stopping = asyncio.create_task(stopped(port, address)) if together else None
        await asyncio.sleep(seconds)
        used = await asyncio.to_thread(core_seconds, pid) - before
        rtsp, mse = await playing
        return rtsp, mse, used / seconds, await stopping if stopping else 0.0

    rtsp, mse, used, gone = asyncio.run(run())
    each = 1000 * (used - alone) / (readers + players)
    print(f"{readers} RTSP readers and {players} MSE players: {each:.2f} ms of the core's processor a second for each")
    for name, counts, missing in (
        ("readers", [one.packets for one in rtsp], sum(one.missing for one in rtsp)),
        ("players", [one.messages for one in mse], sum(one.missing for one in mse)),
    ):
        if counts:
            print(f"  {name}: {min(counts)} to {max(counts)} packets or fragments of video, {missing} missing (goal 0)")
    if together:
        told = "they are still there" if gone is None else f"dropped after {gone:.1f} s"
        print(f"  two that stopped reading: {told}", flush=True)


def main() -> None:
    port, path = free_port(), with_sound(street())
    settings = f"{INSTANT}\ngo2rtc: {{rtsp: {{listen: '127.0.0.1:{port}'}}}}"
    with streams([path], sound=True) as (url,), program({"one": url}, settings) as (pid, address, data):
        time.sleep(WARM_S)
        before = core_seconds(pid)
        time.sleep(MEASURE_S)
        alone = (core_seconds(pid) - before) / MEASURE_S
        print(f"nobody: {1000 * alone:.2f} ms of the core's processor a second")
        for readers, players in ((READERS, 0), (0, READERS), (READERS, READERS)):
            measured(pid, alone, port, address, readers, players)
        camera = urlsplit(url).port
        ends = [one for child in psutil.Process(pid).children(recursive=True) for one in child.net_connections("tcp")]
        connected = sum(bool(one.raddr) and one.raddr.port == camera for one in ends)
        lost = gaps(data / "recordings")
    print(f"connections to the camera: {connected} (goal 1); gaps in its recording: {lost or 'none'} (goal none)")


if __name__ == "__main__":
    main()
