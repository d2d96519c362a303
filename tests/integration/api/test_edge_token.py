"""The edge API's token for the NVR API: only when the configuration says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from dogwatch.api.listener import EDGE, EXTERNAL
from dogwatch.auth.caller import Caller
from dogwatch.testing.app import EDGE_CONFIG, Nvr, edge_nvr
from tests.routes import exchange

ADMIN_TOO = EDGE_CONFIG.replace("}", ", nvr_admin: true}")


async def asked(app: Nvr, token: str, path: str = "/api/users", listener: str = EXTERNAL) -> int:
    return (await exchange(app, listener, None, "GET", path, [("Authorization", f"Bearer {token}")])).status


@pytest.mark.parametrize(
    ("edge", "enabled", "status"), [(EDGE_CONFIG, True, 401), (ADMIN_TOO, False, 401), (ADMIN_TOO, True, 200)]
)
async def test_the_token_of_the_edge_api_at_the_nvr(tmp_path: Path, edge: str, status: int, *, enabled: bool) -> None:
    async with edge_nvr(tmp_path, edge=edge, start=False) as app:
        app.edge.settings.change({"Auth": {"enabled": enabled}})
        token = app.edge.settings.current.auth.token
        assert await asked(app, token) == status
        assert await asked(app, token[:-1]) == 401
        assert await asked(app, "") == 401
        assert (await exchange(app, EXTERNAL, None, "GET", f"/api/users?token={token}")).status == 401
        app.edge.auth.regenerate()
        assert await asked(app, token) == 401


async def test_what_the_old_token_began_ends(tmp_path: Path) -> None:
    async with edge_nvr(tmp_path, edge=ADMIN_TOO, start=False) as app:
        app.edge.settings.change({"Auth": {"enabled": True}})
        authority = app.services.authority
        token = app.edge.settings.current.auth.token
        verdict = await authority.identify(lambda name: [f"Bearer {token}"] if name == "authorization" else [], None)
        caller = verdict.caller
        assert isinstance(caller, Caller)
        assert (caller.is_admin, caller.cameras) == (True, None)
        assert token not in repr(caller)
        assert await authority.holds(caller)
        app.edge.auth.regenerate()
        assert not await authority.holds(caller)


async def test_a_token_of_the_nvr_is_none_of_the_edge_api(tmp_path: Path) -> None:
    async with edge_nvr(tmp_path, edge=ADMIN_TOO, start=False) as app:
        app.edge.settings.change({"Auth": {"enabled": True}})
        assert await asked(app, app.token("admin"), "/settings", EDGE) == 401
