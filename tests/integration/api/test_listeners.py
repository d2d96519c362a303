"""Real sockets: two doors, TLS, stopping, taken ports."""

import asyncio
import resource
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from dogwatch.api.listener import EXTERNAL, INTERNAL, Address
from dogwatch.api.listeners import ANY, Listeners, bind, own_address
from dogwatch.api.nvr.surface import listeners as nvr_listeners
from dogwatch.api.self_signed import make
from dogwatch.api.tls import VALID, certificate
from dogwatch.config.load import default
from dogwatch.errors import DogwatchError
from dogwatch.testing.app import Nvr, until


@pytest.fixture
async def listeners(app: Nvr, tmp_path: Path) -> AsyncIterator[Listeners]:
    made = Listeners(app.app, app.app.listeners, tmp_path / "secrets", any_port=True)
    await made.start()
    yield made
    await made.stop()


def trusting(directory: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(directory / "secrets" / "fullchain.pem"))


async def test_the_socket_decides(app: Nvr, listeners: Listeners, tmp_path: Path) -> None:
    assert listeners.ready.is_set()
    async with httpx.AsyncClient(verify=trusting(tmp_path)) as client:
        inside = await client.get(f"{listeners.urls[INTERNAL]}/api/profile")
        assert inside.json()["username"] == "anonymous"
        assert "strict-transport-security" not in inside.headers
        outside = await client.get(f"{listeners.urls[EXTERNAL]}/api/profile", headers={"Remote-User": "admin"})
        assert outside.status_code == 401
        assert outside.headers["strict-transport-security"] == "max-age=63072000"
        assert "server" not in outside.headers
        bearer = {"Authorization": f"Bearer {app.token('vera')}"}
        known = await client.get(f"{listeners.urls[EXTERNAL]}/api/profile", headers=bearer)
        assert known.json()["username"] == "vera"


async def test_the_date_goes_on(listeners: Listeners) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(10):
        first = (await client.get(f"{listeners.urls[INTERNAL]}/api/version")).headers["date"]
        while (await client.get(f"{listeners.urls[INTERNAL]}/api/version")).headers["date"] == first:  # noqa: ASYNC110 - the clock has no event
            await asyncio.sleep(0.05)


async def test_head_has_no_body(listeners: Listeners) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.head(f"{listeners.urls[INTERNAL]}/api/front/latest.jpg")
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["content-length"]) > 1000


async def test_an_endless_answer_does_not_delay_the_end(app: Nvr, listeners: Listeners) -> None:
    async with (
        httpx.AsyncClient() as client,
        client.stream("GET", f"{listeners.urls[INTERNAL]}/api/front?fps=20") as answer,
    ):
        chunks = answer.aiter_raw()
        assert await anext(chunks)
        began = time.monotonic()
        await listeners.stop()
        assert time.monotonic() - began < 5
        with pytest.raises(httpx.HTTPError):
            async for _ in chunks:
                pass
    assert app.services.pictures._viewers == 0


async def test_a_viewer_who_leaves_is_noticed(app: Nvr, listeners: Listeners) -> None:
    async with (
        httpx.AsyncClient() as client,
        client.stream("GET", f"{listeners.urls[INTERNAL]}/api/front?fps=20") as answer,
    ):
        assert await anext(answer.aiter_raw())
        assert app.services.pictures._viewers == 1
    await until(lambda: not app.services.pictures._viewers)


async def test_a_taken_port(app: Nvr, tmp_path: Path) -> None:
    taken = bind(INTERNAL, ANY)[0]
    port = taken.getsockname()[1]
    config = default(networking={"listen": {"internal": f"127.0.0.1:{port}", "external": "127.0.0.1:1"}})
    listeners = Listeners(app.app, nvr_listeners(config), tmp_path)
    with pytest.raises(DogwatchError, match=f"internal listener cannot use 127.0.0.1 port {port}: .*in use"):
        await listeners.start()
    assert not listeners.ready.is_set()
    taken.close()


async def test_nothing_is_left_open_when_the_second_fails(app: Nvr, tmp_path: Path) -> None:
    first, second = bind(INTERNAL, ANY)[0], bind(INTERNAL, ANY)[0]
    free, taken = first.getsockname()[1], second.getsockname()[1]
    first.close()
    config = default(networking={"listen": {"internal": f"127.0.0.1:{free}", "external": f"127.0.0.1:{taken}"}})
    with pytest.raises(DogwatchError, match="external listener"):
        await Listeners(app.app, nvr_listeners(config), tmp_path).start()
    bind(INTERNAL, Address("127.0.0.1", free))[0].close()
    second.close()


async def test_without_tls(app: Nvr, tmp_path: Path) -> None:
    config = app.services.config.model_copy(update={"tls": default(tls={"enabled": False}).tls})
    listeners = Listeners(app.app, nvr_listeners(config), tmp_path, any_port=True)
    await listeners.start()
    try:
        assert listeners.urls[EXTERNAL].startswith("http://")
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{listeners.urls[EXTERNAL]}/login")
            assert "strict-transport-security" not in answer.headers
            assert (await client.get(f"{listeners.urls[EXTERNAL]}/api/config")).status_code == 401
    finally:
        await listeners.stop()


async def test_on_all_addresses_it_names_the_one_that_the_network_knows(app: Nvr, tmp_path: Path) -> None:
    probe = bind(EXTERNAL, ANY)[0]
    free = probe.getsockname()[1]
    probe.close()
    config = default(
        networking={"listen": {"internal": "127.0.0.1:0", "external": f"0.0.0.0:{free}"}}, tls={"enabled": False}
    )
    listeners = Listeners(app.app, nvr_listeners(config), tmp_path)
    await listeners.start()
    try:
        assert listeners.urls[EXTERNAL] == f"http://{own_address()}:{free}"
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{listeners.urls[EXTERNAL]}/login")).status_code == 200
    finally:
        await listeners.stop()


async def test_an_unusable_certificate(app: Nvr, tmp_path: Path) -> None:
    made = certificate(tmp_path, ())
    made.key.write_text("nonsense")
    with pytest.raises(DogwatchError, match="certificate cannot be used"):
        await Listeners(app.app, app.app.listeners, tmp_path, any_port=True).start()


def test_both_families() -> None:
    try:
        sockets = bind(EXTERNAL, Address("127.0.0.1", 0, ipv6=True))
    except DogwatchError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    assert len({one.getsockname()[1] for one in sockets}) == 1
    assert len(sockets) == 2
    for one in sockets:
        one.close()


def test_certificate_is_made_once_and_renewed(tmp_path: Path) -> None:
    made = certificate(tmp_path / "secrets", ())
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
    first = made.chain.read_bytes()
    assert certificate(tmp_path / "secrets", ()) == made
    assert made.chain.read_bytes() == first
    ends = x509.load_pem_x509_certificate(first).not_valid_after_utc
    certificate(tmp_path / "secrets", (), ends - VALID / 100)
    assert made.chain.read_bytes() != first


def test_the_core_needs_no_cryptography_to_serve_a_certificate(tmp_path: Path) -> None:
    """With what it needs, it takes 11 MiB."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    began = datetime.now(UTC)
    key, begins, chain = make("nvr.example", began, began + VALID).partition(b"-----BEGIN CERTIFICATE-----")
    (theirs / "privkey.pem").write_bytes(key)
    (theirs / "fullchain.pem").write_bytes(begins + chain)
    code = (
        "import sys; from pathlib import Path; from dogwatch.api.tls import certificate\n"
        "for folder in sys.argv[1:]: certificate(Path(folder), ()); certificate(Path(folder), ())\n"
        "print('cryptography' in sys.modules)"
    )
    command = (sys.executable, "-c", code, str(tmp_path / "own"), str(theirs))
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"
    assert (theirs / "fullchain.pem").read_bytes() == begins + chain


def test_a_certificate_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.tls.MAKER", (sys.executable, "-c", "import sys; sys.exit('it is broken')"))
    with pytest.raises(DogwatchError, match="cannot be made: it is broken"):
        certificate(tmp_path, ())
    monkeypatch.setattr("dogwatch.api.tls.MAKER", (str(tmp_path / "nothing"),))
    with pytest.raises(DogwatchError, match=r"cannot be made: .*No such file"):
        certificate(tmp_path, ())
    assert list(tmp_path.iterdir()) == []


def test_the_users_certificate_comes_first(tmp_path: Path) -> None:
    theirs = certificate(tmp_path / "theirs", ())
    assert certificate(tmp_path / "secrets", (tmp_path / "theirs",)) == theirs
    assert not (tmp_path / "secrets").exists()


def test_a_damaged_certificate(tmp_path: Path) -> None:
    certificate(tmp_path, ()).chain.write_text("nonsense")
    with pytest.raises(DogwatchError, match="no readable certificate"):
        certificate(tmp_path, ())


@pytest.mark.parametrize(
    "path",
    [
        "/clips/../config.yml",
        "/clips/%2e%2e/config.yml",
        "/clips/..%2fconfig.yml",
        "/clips/%2e%2e%2fconfig.yml",
        "/clips/..%5cconfig.yml",
        "/clips/%252e%252e/config.yml",
        "/clips//../config.yml",
        "/clips/thumbs/front/../../../config.yml",
        "/clips/link/config.yml",
        "/recordings/%2e%2e/config.yml",
        "/exports/..%2fconfig.yml",
        "/clips/%00",
        "//config.yml",
        "/assets/..%2fapp.py",
        "/assets/%2e%2e",
    ],
)
async def test_no_path_leads_out(app: Nvr, listeners: Listeners, path: str) -> None:
    data = app.services.paths.data
    (data / "clips").mkdir()
    (data / "clips" / "link").symlink_to(data)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(listeners.urls[INTERNAL].rpartition(":")[2]))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: nvr\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    status = int(answer.split(b" ", 2)[1])
    assert status in (400, 403, 404), answer
    assert b"hash_iterations" not in answer


async def test_idle_listeners_do_not_wake_up(listeners: Listeners) -> None:
    """Each wake-up of a thread that waits is a voluntary context switch; uvicorn's own loop makes ten a second."""
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
    await asyncio.sleep(1)
    assert resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw - before <= 5
