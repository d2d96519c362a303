"""Sections 4.7 and 4.8: cameras on the network, and cameras that turn."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.contract.conftest import Contract, fails, rows

endpoint = pytest.mark.endpoint


@endpoint("GET /api/{camera}/ptz/info", "POST /api/{camera}/ptz")
def test_4_8_without_onvif(contract: Contract) -> None:
    for client in (contract.admin, contract.viewer, contract.limited):
        assert rows(client.get("/api/front/ptz/info"), dict[str, Any]) == {}
        fails(client.post("/api/front/ptz", json={"command": "STOP"}), 400)
        fails(client.post("/api/front/ptz", json={"command": "JUMP"}), 400)
        fails(client.post("/api/front/ptz", json={}), 422)
    fails(contract.limited.get("/api/back/ptz/info"), 403)
    fails(contract.limited.post("/api/back/ptz", json={"command": "STOP"}), 403)
    fails(contract.viewer.get("/api/nobody/ptz/info"), 404)
    fails(contract.stranger.get("/api/front/ptz/info"), 401)


@endpoint("GET /api/onvif/discover", "GET /api/onvif/probe", "POST /api/onvif/probe")
def test_4_7_cameras_on_the_network(contract: Contract) -> None:
    assert rows(contract.admin.get("/api/onvif/discover?host=127.0.0.1"), list[Any]) == []
    fails(contract.admin.get("/api/onvif/probe"), 400)
    fails(contract.admin.get("/api/onvif/probe?host=127.0.0.1&port=0"), 422)
    assert "127.0.0.1" in fails(contract.admin.get("/api/onvif/probe?host=127.0.0.1&port=1&username=a&password=b"), 502)
    asked = {"host": "127.0.0.1", "port": 1, "username": "a", "password": "b"}
    assert "127.0.0.1" in fails(contract.admin.post("/api/onvif/probe", json=asked), 502)
    fails(contract.admin.post("/api/onvif/probe", json={}), 400)
    bodies: tuple[object, ...] = ({"host": "x" * 201}, {"host": "x", "port": 0}, {"host": 5}, [], None)
    for wrong in bodies:
        fails(contract.admin.post("/api/onvif/probe", json=wrong), 422)
    fails(contract.viewer.post("/api/onvif/probe", json=asked), 403)
    fails(contract.stranger.post("/api/onvif/probe", json=asked), 401)
    for path in ("/api/onvif/discover", "/api/onvif/probe?host=127.0.0.1"):
        fails(contract.viewer.get(path), 403)
