"""Readers of one RTSP restream: 720p15 with sound, read by 50 players over TCP, then by 50 over UDP.

Goals: one connection to the camera, no gap between the packets of its recording, every reader gets every packet. The
processor time of the core for a reader is printed, and after how long the readers have their first picture.
`DOGWATCH_BENCH_READERS=10` measures fewer. It needs the program `ffmpeg` and GStreamer's RTSP server.
"""

import asyncio
import os
import re
import socket
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil
from tests.media import street
from tests.rtsp import free_port

from bench import measure
from bench.many import gaps
from bench.program import INSTANT, program
from bench.streams import streams, with_sound

READERS = int(os.environ.get("DOGWATCH_BENCH_READERS", "50"))
WARM_S, MEASURE_S = 15.0, 20.0
RECEIVE_BYTES = 1 << 20


@dataclass
class Played:
    """What one reader got: seconds until its first packet, packets of video, and those missing between them."""

    first_s: float = 0.0
    packets: int = 0
    missing: int = 0
    last: int = -1

    def take(self, packet: bytes, begun: float) -> None:
        if packet[1] & 127 != 96:
            return
        self.first_s = self.first_s or time.monotonic() - begun
        number = int.from_bytes(packet[2:4], "big")
        self.missing += 0 if self.last < 0 else (number - self.last - 1) % 65536
        self.packets, self.last = self.packets + 1, number


class Port(asyncio.DatagramProtocol):
    """One UDP port of a reader."""

    def __init__(self, played: Played, begun: float) -> None:
        self._played, self._begun = played, begun

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - asyncio's name
        self._played.take(data, self._begun)


async def ask(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: str) -> str:
    reader, writer = streams
    writer.write(request.encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    if " 200 " not in head.split("\r\n")[0]:
        raise SystemExit(head)
    length = re.search(r"Content-Length: (\d+)", head)
    await reader.readexactly(int(length[1]) if length else 0)
    return head


async def play(port: int, seconds: float, *, udp: bool) -> Played:
    """Read the stream for `seconds`."""
    played, begun, url = Played(), time.monotonic(), f"rtsp://127.0.0.1:{port}/one"
    both = await asyncio.open_connection("127.0.0.1", port)
    await ask(both, f"DESCRIBE {url} RTSP/1.0\r\nCSeq: 1\r\n\r\n")
    session, ends = "", []
    for track in (0, 1):
        transport = f"RTP/AVP/TCP;unicast;interleaved={2 * track}-{2 * track + 1}"
        if udp:
            numbers = []
            for _ in range(2):
                end, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: Port(played, begun), local_addr=("127.0.0.1", 0)
                )
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
                numbers.append(end.get_extra_info("sockname")[1])
                ends.append(end)
            transport = f"RTP/AVP;unicast;client_port={numbers[0]}-{numbers[1]}"
        head = await ask(
            both, f"SETUP {url}/trackID={track} RTSP/1.0\r\nCSeq: 2\r\n{session}Transport: {transport}\r\n\r\n"
        )
        session = f"Session: {head.partition('Session: ')[2].split(';')[0]}\r\n"
    await ask(both, f"PLAY {url} RTSP/1.0\r\nCSeq: 3\r\n{session}\r\n")
    if udp:
        await asyncio.sleep(seconds)
    else:
        while time.monotonic() - begun < seconds:
            head_bytes = await both[0].readexactly(4)
            packet = await both[0].readexactly(int.from_bytes(head_bytes[2:], "big"))
            played.take(packet, begun)
    both[1].close()
    for end in ends:
        end.close()
    return played


async def play_all(port: int, seconds: float, *, udp: bool) -> list[Played]:
    return await asyncio.gather(*(play(port, seconds, udp=udp) for _ in range(READERS)))


def core_seconds(pid: int) -> float:
    """Return the processor seconds of the core so far."""
    return max(cpu for name, cpu in measure.tree(pid).cpu.items() if "core" in name)


def report(way: str, played: list[Played], used: float) -> None:
    """Print what readers got, and what each of them has `used` of the core's processor (seconds a second)."""
    firsts = sorted(one.first_s * 1000 for one in played)
    packets = sum(one.packets for one in played) / MEASURE_S / READERS
    print(
        f"{READERS} readers over {way}: {used * 1000:.2f} ms of the core's processor a second and reader; "
        f"first packets after {statistics.median(firsts):.0f} ms (median) to {firsts[-1]:.0f} ms; "
        f"{packets:.0f} packets of video a second each, {sum(one.missing for one in played)} missing (goal 0)"
    )


def main() -> None:
    port, path = free_port(), with_sound(street())
    settings = f"{INSTANT}\ngo2rtc: {{rtsp: {{listen: '127.0.0.1:{port}'}}}}"
    with streams([path], sound=True) as (url,), program({"one": url}, settings) as (pid, _, data):
        time.sleep(WARM_S)
        before = core_seconds(pid)
        time.sleep(MEASURE_S)
        alone = core_seconds(pid) - before
        for udp in (False, True):
            before = core_seconds(pid)
            played = asyncio.run(play_all(port, MEASURE_S, udp=udp))
            used = core_seconds(pid) - before - alone
            report("UDP" if udp else "TCP", played, used / MEASURE_S / READERS)
        camera = urlsplit(url).port
        ends = [one for child in psutil.Process(pid).children(recursive=True) for one in child.net_connections("tcp")]
        connected = sum(bool(one.raddr) and one.raddr.port == camera for one in ends)
        lost = gaps(data / "recordings")
    print(f"connections to the camera: {connected} (goal 1); gaps in its recording: {lost or 'none'} (goal none)")


if __name__ == "__main__":
    main()
