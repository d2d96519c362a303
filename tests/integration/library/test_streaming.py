"""Films that are sent while they are made, over real connections: clients that go away, limits, failures."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from dogwatch.api.listener import Marked
from dogwatch.library.library import FileLibrary
from dogwatch.testing.app import INTERNAL, Nvr
from dogwatch.testing.numbered import Codec, Variant, make
from dogwatch.workers.files.spec import Pool
from tests.integration.contract.files.films import working_nvr

GONE_S = 2.0
FRAMES = 3000


@contextlib.contextmanager
def served(made: Nvr) -> Iterator[tuple[str, int]]:
    """Serve the app on a loopback port from a thread."""
    config = uvicorn.Config(
        Marked(made.app, INTERNAL), host="127.0.0.1", port=0, log_level="critical", ws="none", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that takes seconds to encode."""
    directory = tmp_path_factory.mktemp("films")
    make(directory, Codec.MPEG4, Variant.SOUND, FRAMES)
    return directory


@pytest.fixture
def app(films: Path, tmp_path: Path) -> Iterator[Nvr]:
    shutil.copy(next(films.iterdir()), tmp_path / "film.mp4")
    with working_nvr(tmp_path, "encoders: 1") as made:
        yield made


@pytest.fixture
def address(app: Nvr) -> Iterator[tuple[str, int]]:
    with served(app) as found:
        yield found


@pytest.fixture
def library(app: Nvr) -> FileLibrary:
    assert app.parts.files is not None
    return app.parts.files


def until(holds: Callable[[], object], seconds: float = 20) -> float:
    """Wait until something is so; return how long that took."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds
        time.sleep(0.01)
    return time.monotonic() - begun


@pytest.fixture
def client(address: tuple[str, int]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://{address[0]}:{address[1]}", timeout=60) as made:
        yield made


@pytest.fixture
def uuid(client: httpx.Client, tmp_path: Path) -> str:
    answer = client.post("/api/v1/files/register", json={"file_path": str(tmp_path / "film.mp4")})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["file"]["file_uuid"]
    until(lambda: client.get(f"/api/v1/file/{found}").json()["file"]["status"] == "ready", 60)
    return found


def encoders(library: FileLibrary) -> list[int]:
    """Return the processes that the template has forked for tasks."""
    pid = library.workers.template.pid
    if pid is None:
        return []
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if state(int(child)) != "Z" and name(int(child)) == "file worker"]


def name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


def begun(address: tuple[str, int], path: str, buffer_bytes: int = 0) -> socket.socket:
    """Ask, and read the first bytes only; with `buffer_bytes`, the system takes little more than that by itself."""
    link = socket.socket()
    if buffer_bytes:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    link.connect(address)
    link.sendall(f"GET {path} HTTP/1.1\r\nHost: nvr\r\n\r\n".encode())
    assert link.recv(12) == b"HTTP/1.1 200"
    return link


@pytest.mark.parametrize("reads", [True, False], ids=["while it reads", "while it does not read"])
def test_an_encoder_ends_when_its_client_goes_away(
    address: tuple[str, int], client: httpx.Client, library: FileLibrary, uuid: str, reads: bool
) -> None:
    link = begun(address, f"/api/v1/file/{uuid}/clip?start_frame=1&end_frame={FRAMES - 1}")
    until(lambda: len(encoders(library)) == 1)  # the one that waits ahead gets its own name a moment after its fork
    if not reads:
        time.sleep(0.5)  # the sockets fill
    link.close()
    assert until(lambda: not encoders(library)) < GONE_S
    assert library.workers.slots[Pool.ENCODER].statistics() == {"running": 0, "waiting": 0}


def test_a_client_that_does_not_read_keeps_no_encoder(
    address: tuple[str, int], library: FileLibrary, uuid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()

    async def large(*_: object) -> AsyncIterator[bytes]:
        for _piece in range(64):
            yield bytes(1 << 18)
        ended.set()

    monkeypatch.setattr(library.workers, "stream", large)
    with begun(address, f"/api/v1/file/{uuid}/clip?start_frame=1&end_frame={FRAMES - 1}", 4096):
        assert ended.wait(20)
        assert library.clips.waiting_bytes > 1 << 20
    until(lambda: not library.clips.waiting_bytes)


def test_beyond_the_limit_clients_are_told_to_come_again(
    address: tuple[str, int], client: httpx.Client, library: FileLibrary, uuid: str
) -> None:
    path = f"/api/v1/file/{uuid}/clip?start_frame=1&end_frame={FRAMES - 1}"
    first = begun(address, path)
    links = [socket.create_connection(address) for _ in range(3)]
    for link in links:
        link.sendall(f"GET {path} HTTP/1.1\r\nHost: nvr\r\n\r\n".encode())
    until(lambda: library.workers.slots[Pool.ENCODER].statistics() == {"running": 1, "waiting": 3})
    for _ in range(5):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
        assert int(answer.headers["Retry-After"]) >= 1
    for link in (*links, first):  # those that wait leave first
        link.close()
    assert until(lambda: library.workers.slots[Pool.ENCODER].statistics() == {"running": 0, "waiting": 0}) < GONE_S
    assert client.get(f"/api/v1/file/{uuid}/clip?start_frame=1&end_frame=2").status_code == 200


def test_what_fails_later_cuts_the_connection(
    address: tuple[str, int], client: httpx.Client, library: FileLibrary, uuid: str
) -> None:
    for path in (f"clip?start_frame=1&end_frame={FRAMES - 1}", "video?mode=debug"):
        with client.stream("GET", f"/api/v1/file/{uuid}/{path}") as answer:
            assert (answer.status_code, answer.headers["Transfer-Encoding"]) == (200, "chunked")
            pieces = answer.iter_raw()
            next(pieces)
            until(lambda: encoders(library))
            for pid in encoders(library):
                os.kill(pid, 9)
            with pytest.raises(httpx.RemoteProtocolError):
                deque(pieces, maxlen=0)
    until(lambda: library.renditions.statistics()["making"] == 0)
    assert not list(library.store.cache.glob("*.part"))


def test_what_fails_before_the_first_byte_is_an_error(
    address: tuple[str, int], client: httpx.Client, library: FileLibrary, uuid: str
) -> None:
    index = library.store.folder(uuid) / "frames.idx"
    whole = index.read_bytes()
    assert (
        client.get(f"/api/v1/file/{uuid}/clip?start_frame=1&end_frame=2").status_code == 200
    )  # the core keeps the index
    index.write_bytes(whole[:-9])
    for path in ("clip?start_frame=1&end_frame=2", "video?mode=debug"):
        answer = client.get(f"/api/v1/file/{uuid}/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "encode_failed")
    index.write_bytes(whole)


def test_a_film_goes_on_without_its_client_unless_others_wait(
    address: tuple[str, int], client: httpx.Client, library: FileLibrary, uuid: str
) -> None:
    link = begun(address, f"/api/v1/file/{uuid}/video?mode=debug")
    link.close()
    until(lambda: library.renditions.statistics() == {"making": 1, "reading": 0}, GONE_S)
    assert client.get(f"/api/v1/file/{uuid}/clip?start_frame=1&end_frame=2").status_code == 200
    assert library.renditions.statistics() == {"making": 0, "reading": 0}
