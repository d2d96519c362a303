"""Aliases: section 16 of the contract."""

import httpx
import pytest

from dogwatch.api.edge import surface
from dogwatch.api.edge.policy import EDGE_POLICY
from dogwatch.api.surface import keys, routes_of
from tests.integration.contract.edge.conftest import done, fails

ENDPOINTS = {key: route.endpoint for router in surface.routers() for route in routes_of(router) for key in keys(route)}


@pytest.mark.parametrize(
    ("method", "alias", "canonical"),
    [
        ("POST", "/bluetooth/scan", "/bt/scan"),
        ("POST", "/bluetooth/discoverable", "/bt/discoverable"),
        ("POST", "/bluetooth/pair", "/devices/bt/add"),
        ("GET", "/logs", "/logs/api"),
        ("GET", "/logs/scripts", "/logs/install"),
        ("GET", "/logs/scripts/{category}/{file}", "/logs/script/{category}/{file}"),
        ("GET", "/system/alert", "/system_alert_state"),
    ],
)
def test_an_alias_has_the_same_handler_and_needs_the_same(method: str, alias: str, canonical: str) -> None:
    assert ENDPOINTS[method, alias] is ENDPOINTS[method, canonical]
    assert EDGE_POLICY[method, alias] is EDGE_POLICY[method, canonical]


async def test_other_forms_of_the_same(client: httpx.AsyncClient) -> None:
    assert done(await client.post("/timelapse/start", json={"interval_minutes": 7}))["config"]["enabled"] is True
    assert done(await client.post("/timelapse/stop"))["config"] == {
        **done(await client.post("/timelapse/configure", json={})) ["config"], "enabled": False,
    }  # fmt: skip
    fails(await client.post("/system/alert"), 405, "method_not_allowed")
    assert done(await client.get("/archive/count")) == {"count": 0}
