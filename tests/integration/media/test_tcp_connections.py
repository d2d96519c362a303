"""Connections that somebody else in the process has opened: enlarging their receive buffers, ending their reads."""

import socket
import sys
import time
from collections.abc import Iterator

import pytest

from dogwatch.media.tcp_connections import WANTED_BYTES, TcpConnection, connections, enlarge, shut_down

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells descriptors this way")


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket, str]]:
    """A connection to a camera, both ends, and the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as ours, server.accept()[0] as camera:
            camera.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            camera.setblocking(False)
            yield ours, camera, f"rtsp://user:secret@127.0.0.1:{port}/stream"


def taken(camera: socket.socket) -> int:
    """Return how many bytes the camera could send until nothing more went for a while."""
    sent, last = 0, time.monotonic()
    while time.monotonic() - last < 0.2:
        try:
            sent, last = sent + camera.send(bytes(1400)), time.monotonic()
        except BlockingIOError:
            time.sleep(0.005)
    return sent


def test_a_camera_can_send_as_much_as_is_told_while_nobody_reads(
    pair: tuple[socket.socket, socket.socket, str],
) -> None:
    _, camera, url = pair
    size = enlarge(connections(url))
    assert size >= WANTED_BYTES
    assert taken(camera) >= size // 2


def test_what_comes_in_pieces_is_still_told_at_once(pair: tuple[socket.socket, socket.socket, str]) -> None:
    ours, camera, url = pair
    enlarge(connections(url))
    ours.settimeout(5)
    camera.send(b"$")
    assert ours.recv(1) == b"$"


def test_other_connections_stay_as_they_are(pair: tuple[socket.socket, socket.socket, str]) -> None:
    ours, _, _ = pair
    before = ours.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert not connections(f"rtsp://127.0.0.1:{other.getsockname()[1]}/")
    assert not connections("rtsp://[broken")
    assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) == before
    assert ours.fileno() >= 0


def test_without_a_port_it_is_the_schemes_own() -> None:
    assert not connections("rtsp://127.0.0.1/stream")


def test_a_read_that_hangs_is_ended(pair: tuple[socket.socket, socket.socket, str]) -> None:
    ours, _, url = pair
    shut_down(connections(url))
    ours.settimeout(5)
    assert ours.recv(1) == b""


def test_a_descriptor_that_is_something_else_now_stays(pair: tuple[socket.socket, socket.socket, str]) -> None:
    ours, camera, url = pair
    (found,) = connections(url)
    stale = {TcpConnection(found.fd, found.inode + 1), TcpConnection(0, found.inode), TcpConnection(99_999, 1)}
    shut_down(stale)
    assert enlarge(stale) == 0
    ours.settimeout(5)
    camera.send(b"$")
    assert ours.recv(1) == b"$"
