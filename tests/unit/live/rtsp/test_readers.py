"""What a reader gets, and what becomes of one that does not read."""

from dogwatch.live.rtsp.readers import BATCH, STALL_S, WAITING_BYTES, Burst, RtspClientInfo, TcpReader, UdpReader
from dogwatch.testing.app import until

RTP = b"\x80\x60" + bytes(10)
RTCP = b"\x80\xc8" + bytes(10)
CLIENT = RtspClientInfo("vera", 1.0, lambda: None)


class FakeConnection:
    """A connection whose other end reads when the test says so."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.waiting = 0

    def write(self, data: bytes) -> None:
        self.written.append(data)
        self.waiting += len(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return False


class FakeSocket:
    def __init__(self) -> None:
        self.sent: list[tuple[bytes, tuple[str, int]]] = []

    def sendto(self, data: bytes, address: tuple[str, int]) -> None:
        self.sent.append((data, address))

    def is_closing(self) -> bool:
        return False


def burst(*packets: bytes, track: int = 0, keyframe: bool = False) -> Burst:
    return Burst(track, keyframe, packets)


def reading(connection: FakeConnection) -> TcpReader:
    return TcpReader(CLIENT, connection, {0: (0, 1)}, 0)  # type: ignore[arg-type]


def test_packets_are_framed_for_their_channels() -> None:
    connection = FakeConnection()
    reader = TcpReader(CLIENT, connection, {0: (4, 5), 1: (6, 7)}, 0)  # type: ignore[arg-type]
    reader.begin([burst(RTCP, RTP, keyframe=True), burst(RTP, track=1), burst(RTP, track=2)])
    assert connection.written == [b"$\x05\x00\x0c" + RTCP + b"$\x04\x00\x0c" + RTP, b"$\x06\x00\x0c" + RTP]
    assert reader.sent == 48


def test_without_a_beginning_it_waits_for_a_keyframe() -> None:
    connection = FakeConnection()
    reader = reading(connection)
    reader.begin([])
    reader.take(burst(RTP))
    assert connection.written == []
    reader.take(burst(RTP, keyframe=True))
    reader.take(burst(RTP))
    assert len(connection.written) == 2


def test_who_is_slow_goes_on_at_a_keyframe() -> None:
    connection, big = FakeConnection(), burst(*[bytes(1024)] * (WAITING_BYTES // 4096))
    reader = reading(connection)
    reader.begin([burst(RTP, keyframe=True)])
    for _ in range(100):
        reader.take(big)
    assert connection.waiting < 2 * WAITING_BYTES
    assert reader.skipped > 90
    count = len(connection.written)
    connection.waiting = 0
    reader.take(burst(RTP))
    assert len(connection.written) == count
    reader.take(burst(RTP, keyframe=True))
    assert len(connection.written) == count + 1


def test_a_long_beginning_is_no_reason_to_skip() -> None:
    connection = FakeConnection()
    reader = reading(connection)
    reader.begin([burst(*[bytes(1024)] * (WAITING_BYTES // 512), keyframe=True)])
    reader.take(burst(RTP))
    assert reader.skipped == 0


def test_who_reads_nothing_is_told_from_who_reads_slowly() -> None:
    connection = FakeConnection()
    reader = reading(connection)
    reader.begin([burst(bytes(1000), keyframe=True)])
    assert not reader.stalled(100.0)
    connection.waiting -= 10  # a little
    assert not reader.stalled(100.0 + STALL_S + 1)
    assert not reader.stalled(100.0 + 2 * STALL_S)
    assert reader.stalled(102.0 + 2 * STALL_S)
    connection.waiting = 0
    assert not reader.stalled(103.0 + 2 * STALL_S)


async def test_datagrams_are_spread_over_time() -> None:
    rtp, rtcp = FakeSocket(), FakeSocket()
    reader = UdpReader(CLIENT, rtp, rtcp, "192.0.2.7", {0: (5000, 5001)}, 0)  # type: ignore[arg-type]
    packets = [RTP + n.to_bytes(2, "big") for n in range(3 * BATCH)]
    reader.begin([burst(RTCP, *packets, keyframe=True)])
    assert len(rtp.sent) + len(rtcp.sent) == BATCH
    reader.take(burst(RTP))
    await until(lambda: len(rtp.sent) == 3 * BATCH + 1)
    assert rtcp.sent == [(RTCP, ("192.0.2.7", 5001))]
    assert [data for data, _ in rtp.sent] == [*packets, RTP]
    assert {address for _, address in rtp.sent} == {("192.0.2.7", 5000)}


async def test_the_last_datagrams_do_not_wait_and_the_client_is_sent_away() -> None:
    rtp, rtcp, over = FakeSocket(), FakeSocket(), [0]
    one = RtspClientInfo("vera", 1.0, lambda: over.append(1))
    reader = UdpReader(one, rtp, rtcp, "::1", {0: (5000, 5001)}, 0)  # type: ignore[arg-type]
    reader.begin([burst(*[RTP] * 1000, keyframe=True)])
    sent = len(rtp.sent)
    reader.end([burst(RTCP)])
    assert (len(rtp.sent), len(rtcp.sent), over) == (sent, 1, [0, 1])
