"""Section 13: features that are off; writes are refused, reads answer with empty shapes."""

from __future__ import annotations

from typing import Any

import pytest

from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT
from tests.integration.contract import shapes
from tests.integration.contract.conftest import UNKNOWN, Contract, fails, rows

endpoint = pytest.mark.endpoint
MODEL = "/api/classification/{model}"


def refused(contract: Contract, status: int, *routes: str, body: Any = None) -> None:
    """Require that an administrator is refused with `status`, and a viewer with 403."""
    for route in routes:
        method, path = route.split()
        fails(contract.admin.request(method, path, json=body or {}), status)
        fails(contract.viewer.request(method, path, json=body or {}), 403)


@endpoint("PUT /api/lpr/reprocess", "PUT /api/audio/transcribe", "PUT /api/reindex")
def test_13_2_plates_sounds_and_embeddings(contract: Contract) -> None:
    refused(contract, 400, f"PUT /api/lpr/reprocess?event_id={EVENT}", "PUT /api/reindex")
    refused(contract, 400, "PUT /api/audio/transcribe", body={"event_id": EVENT})
    assert "not enabled" in contract.admin.put("/api/reindex").json()["message"]


@endpoint(
    f"GET {MODEL}/dataset", f"GET {MODEL}/train", f"POST {MODEL}/train", f"POST {MODEL}/train/delete",
    f"POST {MODEL}/dataset/categorize", f"POST {MODEL}/dataset/{{category}}/create",
    f"POST {MODEL}/dataset/{{category}}/delete", f"POST {MODEL}/dataset/{{category}}/reclassify",
    f"PUT {MODEL}/dataset/{{category}}/rename", f"DELETE {MODEL}", "GET /api/classification/attributes",
    "POST /api/classification/generate_examples/state", "POST /api/classification/generate_examples/object",
)  # fmt: skip
def test_13_3_classification(contract: Contract) -> None:
    base = "/api/classification/gate"
    refused(
        contract, 404, f"GET {base}/dataset", f"GET {base}/train", f"POST {base}/train", f"POST {base}/train/delete",
        f"POST {base}/dataset/categorize", f"POST {base}/dataset/open/create", f"POST {base}/dataset/open/delete",
        f"POST {base}/dataset/open/reclassify", f"PUT {base}/dataset/open/rename", f"DELETE {base}",
    )  # fmt: skip
    refused(contract, 400, *(f"POST /api/classification/generate_examples/{kind}" for kind in ("state", "object")))
    assert rows(contract.admin.get("/api/classification/attributes"), list[str]) == []


@endpoint(
    "POST /api/trigger/embedding", "PUT /api/trigger/embedding/{camera}/{name}",
    "DELETE /api/trigger/embedding/{camera}/{name}", "GET /api/triggers/status/{camera}",
)  # fmt: skip
def test_13_4_triggers(contract: Contract) -> None:
    body = {"type": "description", "data": "a dog", "threshold": 0.5}
    refused(contract, 400, "POST /api/trigger/embedding?camera_name=front&name=dog", body=body)
    refused(contract, 400, "PUT /api/trigger/embedding/front/dog", "DELETE /api/trigger/embedding/front/dog", body=body)
    refused(contract, 404, "GET /api/triggers/status/front", "PUT /api/trigger/embedding/nobody/dog", body=body)


@endpoint(
    "POST /api/chat/completion", "POST /api/chat/execute", "GET /api/chat/tools", "POST /api/vlm/monitor",
    "GET /api/vlm/monitor", "DELETE /api/vlm/monitor", "GET /api/genai/models", "POST /api/genai/probe",
)  # fmt: skip
def test_13_5_language_models(contract: Contract) -> None:
    said = {"messages": [{"role": "user", "content": "Who was here?"}], "stream": False}
    answer = contract.admin.post("/api/chat/completion", json=said)
    assert (answer.status_code, type(answer.json()["error"])) == (400, str)
    refused(contract, 400, "POST /api/chat/execute", "POST /api/vlm/monitor", "DELETE /api/vlm/monitor")
    refused(contract, 400, "POST /api/genai/probe")
    for path in ("chat/tools", "vlm/monitor", "genai/models"):
        assert isinstance(rows(contract.admin.get(f"/api/{path}"), dict[str, Any]), dict)
        fails(contract.viewer.get(f"/api/{path}"), 403)


@endpoint(
    "PUT /api/events/{event_id}/description/regenerate", "POST /api/description/generate",
    "POST /api/review/summarize/start/{start}/end/{end}",
)  # fmt: skip
def test_6_7_generated_descriptions(contract: Contract) -> None:
    refused(contract, 400, f"PUT /api/events/{EVENT}/description/regenerate?source=snapshot&force=1")
    refused(contract, 404, f"PUT /api/events/{UNKNOWN}/description/regenerate")
    refused(contract, 400, "POST /api/description/generate", body={"event_id": EVENT})
    refused(contract, 400, f"POST /api/review/summarize/start/{T0:.0f}/end/{T0 + 60:.0f}")
    refused(contract, 400, "POST /api/review/summarize/start/x/end/1")


@endpoint("POST /api/events/{event_id}/recognized_license_plate", "POST /api/events/{event_id}/attributes")
def test_6_7_plates_and_attributes(contract: Contract) -> None:
    made = contract.admin.post("/api/events/front/car/create").json()["event_id"]
    path = f"/api/events/{made}/recognized_license_plate"
    body = {"recognizedLicensePlate": "B 42", "recognizedLicensePlateScore": 0.8}
    rows(contract.admin.post(path, json=body), shapes.Ok)
    row = rows(contract.admin.get(f"/api/events/{made}"), shapes.EventById)
    assert (row.data.recognized_license_plate, row.data.recognized_license_plate_score) == ("B 42", 0.8)
    fails(contract.admin.post(path, json={}), 422)
    fails(contract.admin.post(path, json={**body, "recognizedLicensePlateScore": 2}), 422)
    refused(contract, 404, f"POST /api/events/{UNKNOWN}/recognized_license_plate", body=body)
    refused(contract, 400, f"POST /api/events/{made}/attributes", body={"attributes": ["red"]})
    refused(contract, 404, f"POST /api/events/{UNKNOWN}/attributes", body={"attributes": ["red"]})
    fails(contract.admin.post(f"/api/events/{made}/attributes", json={}), 422)
    contract.admin.delete(f"/api/events/{made}")


@endpoint(
    "POST /api/events/{event_id}/plus", "PUT /api/events/{event_id}/false_positive",
    "POST /api/{camera}/plus/{frame_time}",
)  # fmt: skip
def test_6_7_labelled_pictures(contract: Contract) -> None:
    """Into the local data set, since there is no labelling service."""
    path = f"/api/events/{EVENT}/plus"
    fails(contract.viewer.post(path), 403)
    found = rows(contract.admin.post(path, json={"include_annotation": 1}), dict[str, Any])
    assert (found["success"], type(found["plus_id"])) == (True, str)
    assert contract.admin.get(f"/api/events/{EVENT}").json()["plus_id"] == found["plus_id"]
    fails(contract.admin.post(path), 400)  # it has been sent
    assert rows(contract.admin.put(f"/api/events/{EVENT}/false_positive"), dict[str, Any])["success"]
    fails(contract.admin.put(f"/api/events/{EVENT}/false_positive"), 400)
    refused(contract, 404, f"POST /api/events/{UNKNOWN}/plus", f"PUT /api/events/{UNKNOWN}/false_positive")
    still = rows(contract.viewer.post(f"/api/front/plus/{T0 + 1}"), shapes.Ok)
    assert still.success
    fails(contract.viewer.post(f"/api/front/plus/{T0 - 500}"), 404)
    fails(contract.viewer.post("/api/front/plus/x"), 422)
    fails(contract.viewer.post(f"/api/nobody/plus/{T0}"), 404)
    fails(contract.limited.post(f"/api/back/plus/{T0}"), 403)
