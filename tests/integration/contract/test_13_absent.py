"""Sections 13.2 to 13.5, and what of 6.7 and 7.2 needs a language model: features that are off."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from dogwatch.api.nvr.policy import ABSENT
from dogwatch.testing.stocked import EVENT
from tests.integration.contract import shapes
from tests.integration.contract.conftest import UNKNOWN, Contract, fails, rows

endpoint = pytest.mark.endpoint
VALUES = {"model": "birds", "category": "robin", "camera": "front", "name": "x", "start": "1", "end": "2"}
VALUES["event_id"] = EVENT
READS: dict[str, Any] = {
    "/api/classification/attributes": list[str],
    "/api/chat/tools": dict[str, list[Any]],
    "/api/vlm/monitor": dict[str, bool],
    "/api/genai/models": dict[str, Any],
}
CHAT = "/api/chat/completion"


class ChatError(msgspec.Struct, forbid_unknown_fields=True):
    """The refusal of a chat."""

    error: str


def target(template: str) -> str:
    path = re.sub(r"\{(\w+)\}", lambda found: VALUES[found[1]], template)
    return f"{path}?camera_name=front&name=x" if template == "/api/trigger/embedding" else path


@endpoint(*(" ".join(key) for key in ABSENT))
def test_13_features_that_are_off(contract: Contract) -> None:
    for method, template in ABSENT:
        path = target(template)
        for client in (contract.viewer, contract.limited):
            fails(client.request(method, path), 403)
        fails(contract.stranger.request(method, path), 401)
        answer = contract.admin.request(method, path, json={})  # as Home Assistant sends it, with every method
        if template == CHAT:
            assert answer.status_code == 400
            assert shapes.read(ChatError, answer.content).error
        elif method == "GET" and template in READS:
            assert not any(rows(answer, READS[template])) or template in ("/api/chat/tools", "/api/vlm/monitor")
        else:
            assert fails(answer, 404 if "{model}" in template or "status" in template else 400)


@endpoint("PUT /api/lpr/reprocess")
def test_13_2_plates_that_are_not_read(contract: Contract) -> None:
    path = f"/api/lpr/reprocess?event_id={EVENT}"
    for client in (contract.viewer, contract.limited):
        fails(client.put(path), 403)
    fails(contract.stranger.put(path), 401)
    assert "is not enabled" in fails(contract.admin.put(path, json={}), 400)


@endpoint("GET /api/triggers/status/{camera}", "PUT /api/events/{event_id}/description/regenerate")
def test_13_4_what_is_not_there(contract: Contract) -> None:
    fails(contract.admin.get("/api/triggers/status/nowhere"), 404)
    fails(contract.admin.put("/api/trigger/embedding/nowhere/x"), 404)
    fails(contract.admin.post("/api/trigger/embedding?camera_name=nowhere&name=x"), 404)
    fails(contract.admin.post("/api/trigger/embedding"), 422)
    fails(contract.admin.put(f"/api/events/{UNKNOWN}/description/regenerate"), 404)
