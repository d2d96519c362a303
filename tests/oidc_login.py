"""Goes the way of a browser that logs in at an OpenID Connect provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from dogwatch.testing.app import CONFIG, Nvr, nvr
from tests.oidc_provider import CLIENT, SECRET, Provider

BEGIN, CALLBACK = "/api/login/oidc", "/api/login/oidc/callback"

ROLES = "role_claim: groups, role_map: {front_only: [family], admin: [ops]}"


@asynccontextmanager
async def configured(directory: Path, provider: Provider, more: str = ROLES, auth: str = "") -> AsyncIterator[Nvr]:
    oidc = f'{{issuer: "{provider.url}", client_id: {CLIENT}, client_secret: "{SECRET}", {more}}}'
    text = CONFIG.replace("auth:", f"auth:\n  oidc: {oidc}{auth}", 1)
    with nvr(directory, text) as app:
        yield app


async def at_provider(url: str) -> str:
    """Follow a browser to the provider; return where that sends it back to."""
    async with httpx.AsyncClient(verify=False) as outside:
        answer = await outside.get(url)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def log_in(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    """Go the whole way; return the answer of the callback."""
    begun = await client.get(BEGIN, headers=headers)
    assert begun.status_code == 303
    back = await at_provider(begun.headers["location"])
    return await client.get(urlsplit(back)._replace(scheme="", netloc="").geturl(), headers=headers)


def problem(answer: httpx.Response) -> str:
    """Return what the login page is told; nobody is logged in."""
    assert answer.status_code == 303
    assert not any(one.startswith("frigate_token=") for one in answer.headers.get_list("set-cookie"))
    path, _, query = answer.headers["location"].partition("?problem=")
    assert path == "/login"
    return query


async def profile(client: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/api/profile")).json()
    return found
