"""Who tries passwords harms nobody but oneself."""

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.api.listener import EXTERNAL, Marked
from dogwatch.auth import passwords
from dogwatch.testing.app import CONFIG, PASSWORD, Nvr, nvr

NEW = "another long password"


def client_at(app: Nvr, address: str, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=Marked(app.app, EXTERNAL), client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://nvr", headers=headers)


async def log_in(client: httpx.AsyncClient, password: str = PASSWORD, user: str = "vera") -> httpx.Response:
    return await client.post("/api/login", json={"user": user, "password": password})


@pytest.fixture
def slow_hash(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Make a hash take 20 ms, and count how many run at a time."""
    running, most, lock = 0, [0], threading.Lock()
    verify, make = passwords.verify_password, passwords.hash_password

    def slow(kind: Any) -> Any:
        def run(*args: Any) -> Any:
            nonlocal running
            with lock:
                running += 1
                most[0] = max(most[0], running)
            time.sleep(0.02)
            with lock:
                running -= 1
            return kind(*args)

        return run

    monkeypatch.setattr(passwords, "verify_password", slow(verify))
    monkeypatch.setattr(passwords, "hash_password", slow(make))
    return most


async def test_a_right_password_gets_through_a_flood_of_wrong_ones(app: Nvr, slow_hash: list[int]) -> None:
    async with client_at(app, "192.0.2.66") as flood, client_at(app, "192.0.2.7") as other:
        wrong = [asyncio.create_task(log_in(flood, f"guess {n}")) for n in range(200)]
        await asyncio.sleep(0)
        for _ in range(3):
            assert (await log_in(other)).status_code == 200
        statuses = [(await one).status_code for one in wrong]
        assert set(statuses) == {401, 429}
        assert statuses.count(401) <= 10  # the limit that is on without being asked for
        assert (await log_in(flood)).status_code == 429
    assert slow_hash == [1]


async def test_many_floods_do_not_keep_one_out(app: Nvr, slow_hash: list[int]) -> None:
    floods = [client_at(app, f"198.51.100.{n}") for n in range(20)]
    async with client_at(app, "192.0.2.7") as other:
        wrong = [asyncio.create_task(log_in(one, "guess")) for one in floods for _ in range(9)]
        await asyncio.sleep(0)
        assert (await log_in(other)).status_code == 200
        await asyncio.gather(*wrong)
    assert slow_hash == [1]


async def test_one_core_hashes_whatever_is_asked(app: Nvr, slow_hash: list[int]) -> None:
    async with (
        client_at(app, "192.0.2.1", Authorization=f"Bearer {app.token('admin')}") as admin,
        client_at(app, "192.0.2.2", Authorization=f"Bearer {app.token('vera')}") as vera,
    ):
        asked = [
            *(admin.post("/api/users", json={"username": f"u{n}", "password": NEW}) for n in range(5)),
            admin.put("/api/users/frida/password", json={"password": NEW}),
            vera.put("/api/users/vera/password", json={"password": NEW, "old_password": PASSWORD}),
            *(log_in(vera, user="admin") for _ in range(3)),
        ]
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
    assert slow_hash == [1]


async def test_programs_that_log_in_often_do_not_lock_one_another_out(app: Nvr) -> None:
    async with client_at(app, "192.0.2.7") as client:
        for _ in range(70):
            assert (await log_in(client)).status_code == 200
        assert [(await log_in(client, "wrong")).status_code for _ in range(11)] == [401] * 10 + [429]


async def test_a_limit_of_ones_own_counts_every_call(tmp_path: Path) -> None:
    text = CONFIG.replace("hash_iterations: 10", "hash_iterations: 10\n  failed_login_rate_limit: 3/hour")
    with nvr(tmp_path, text) as app:
        async with client_at(app, "192.0.2.7") as client, client_at(app, "192.0.2.8") as other:
            assert [(await log_in(client)).status_code for _ in range(4)] == [200, 200, 200, 429]
            assert (await log_in(other)).status_code == 200


async def test_an_ipv6_network_is_one_place(app: Nvr) -> None:
    for n in range(10):
        async with client_at(app, f"2001:db8:0:1:{n}::{n}") as client:
            assert (await log_in(client, "wrong")).status_code == 401
    async with client_at(app, "2001:db8:0:1:ffff::1") as same, client_at(app, "2001:db8:0:2::1") as other:
        assert (await log_in(same)).status_code == 429
        assert (await log_in(other)).status_code == 200


async def test_addresses_behind_a_trusted_proxy_are_told_apart(tmp_path: Path) -> None:
    text = CONFIG.replace("hash_iterations: 10", "hash_iterations: 10\n  trusted_proxies: [127.0.0.1]")
    with nvr(tmp_path, text) as app:
        bad, good = {"X-Forwarded-For": "192.0.2.66"}, {"X-Forwarded-For": "192.0.2.7"}
        async with client_at(app, "127.0.0.1", **bad) as flood, client_at(app, "127.0.0.1", **good) as other:
            assert [(await log_in(flood, "wrong")).status_code for _ in range(11)][-1] == 429
            assert (await log_in(other)).status_code == 200


@pytest.mark.parametrize(
    ("scheme", "peer", "said", "secure"),
    [
        ("http", "192.0.2.7", None, False),
        ("https", "192.0.2.7", None, True),
        ("http", "192.0.2.7", "https", False),  # anybody can say so
        ("http", "127.0.0.1", "https", True),
        ("http", "127.0.0.1", "https, http", True),
        ("http", "127.0.0.1", "http", False),
    ],
)
async def test_the_cookie_is_secure_over_https(
    tmp_path: Path, scheme: str, peer: str, said: str | None, secure: bool
) -> None:
    text = CONFIG.replace("hash_iterations: 10", "hash_iterations: 10\n  trusted_proxies: [127.0.0.1]")
    with nvr(tmp_path, text) as app:
        transport = httpx.ASGITransport(app=Marked(app.app, EXTERNAL), client=(peer, 1))
        headers = {"X-Forwarded-Proto": said} if said else {}
        async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://nvr", headers=headers) as client:
            made = await log_in(client)
            renewed = await client.get("/api/profile", headers={"Cookie": f"frigate_token={app.token('vera', 900)}"})
            changed = await client.put(
                "/api/users/vera/password",
                json={"password": NEW, "old_password": PASSWORD},
                headers={"Authorization": f"Bearer {app.token('vera')}"},
            )
            gone = await client.get("/api/logout")
            for answer in (made, renewed, changed, gone):
                assert answer.headers["set-cookie"].endswith("; Secure") is secure
