"""Restarts and the captive portal: section 11 of the contract."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from dogwatch.edge import firewall
from dogwatch.testing.app import Nvr, edge_nvr, until
from tests.integration.contract.edge.conftest import done, fails
from tests.unit.edge.test_firewall import RecordedProgram


@pytest.fixture
def iptables(monkeypatch: pytest.MonkeyPatch) -> RecordedProgram:
    """Stands in for the firewall's program."""
    made = RecordedProgram()
    monkeypatch.setattr(firewall, "installed", lambda: ["iptables"])
    monkeypatch.setattr(firewall, "run_program", made)
    return made


@pytest.mark.edge_endpoint("POST /system/restart", "POST /system/reboot")
async def test_without_a_service_manager_a_restart_is_refused(client: httpx.AsyncClient) -> None:
    fails(await client.post("/system/restart"), 503, "not_supported")
    fails(await client.post("/system/reboot"), 503, "not_supported")


async def test_a_restart_is_answered_before_it_is_done(app: Nvr, client: httpx.AsyncClient) -> None:
    asked: list[str] = []

    class Bus:
        async def call(self, place: Sequence[str], member: str, *_: object) -> object:
            asked.append(member)
            return "yes"

        def close(self) -> None:
            pass

    app.edge.power._bus = Bus()  # type: ignore[assignment]
    assert done(await client.post("/system/restart", json={})) == {"message": "Restarting services..."}
    assert asked == ["GetUnit"]
    await until(lambda: asked[1:])
    assert asked == ["GetUnit", "RestartUnit"]
    app.edge.power._pending = None
    assert done(await client.post("/system/reboot")) == {"message": "Rebooting..."}
    await until(lambda: len(asked) == 4)
    assert asked[2:] == ["CanReboot", "Reboot"]


@pytest.mark.edge_endpoint("GET /captive-portal", "POST /captive-portal")
async def test_the_portal_is_switched_and_saved(iptables: RecordedProgram, tmp_path: Path) -> None:
    async with edge_nvr(tmp_path) as app, app.edge_client() as client:
        assert done(await client.get("/captive-portal")) == {"enabled": True, "active": False}
        for _ in range(2):
            assert done(await client.post("/captive-portal")) == {"enabled": True, "active": True}
        assert iptables.rules == 1
        for _ in range(2):
            off = done(await client.post("/captive-portal", json={"enabled": False}))
            assert off == {"enabled": False, "active": False}
        assert done(await client.get("/captive-portal")) == {"enabled": False, "active": False}
        assert app.edge.settings.current.captive_portal.enabled is False
        app.edge.settings.change({"CaptivePortal": {"enabled": True}})  # as POST /settings does
        assert iptables.rules == 1
        fails(await client.post("/captive-portal", json={"enabled": "yes"}), 400, "bad_field", field="enabled")


async def test_a_firewall_that_fails_is_a_warning(
    client: httpx.AsyncClient, app: Nvr, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = done(await client.post("/captive-portal", json={"enabled": True}))
    assert answer == {"enabled": True, "active": False, "warning": firewall.MISSING}

    def denied(command: Sequence[str], _: str) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 4, "", "Permission denied (you must be root)")

    monkeypatch.setattr(app.edge.captive_portal, "_firewall", firewall.Firewall(denied, lambda: ["nft"]))
    answer = done(await client.post("/captive-portal", json={"enabled": True}))
    assert answer == {
        "enabled": True, "active": False, "warning": "nft failed: Permission denied (you must be root)"
    }  # fmt: skip


async def test_the_rule_is_brought_up_to_date_at_the_start(tmp_path: Path, iptables: RecordedProgram) -> None:
    async with edge_nvr(tmp_path):
        assert iptables.calls == []  # there is no access point
    (tmp_path / "sys" / "class" / "net" / "ap0").mkdir(parents=True)
    async with edge_nvr(tmp_path):
        await until(lambda: iptables.rules == 1)
