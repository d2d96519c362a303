"""Settings that are tried on recordings: an addition to the contract (docs/api/trials.md)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from dogwatch.api.shapes import done as done_shapes
from dogwatch.api.shapes import trials
from dogwatch.jobs.kinds import JobControl
from dogwatch.store import jobs
from dogwatch.testing.recordings import T0
from tests.integration.contract.conftest import EXPORT, Contract, done, fails, rows
from tests.integration.runtime.test_settings_trial import kind

endpoint = pytest.mark.endpoint
ROUTES = (
    ("POST", "/api/{camera}/try"),
    ("GET", "/api/{camera}/try"),
    ("GET", "/api/{camera}/try/{job_id}"),
    ("GET", "/api/{camera}/try/{job_id}/{event}.jpg"),
    ("POST", "/api/{camera}/try/{job_id}/cancel"),
)
FILTER = {"objects": {"filters": {"person": {"min_score": 0.95}}}}


def body(**changes: Any) -> dict[str, Any]:
    return {"from": T0, "to": T0 + 12, "config": FILTER, **changes}


@endpoint(*(" ".join(key) for key in ROUTES))
def test_own_trials_are_for_administrators(contract: Contract) -> None:
    for method, template in ROUTES:
        path = template.format(camera="front", job_id="try_none", event="a0")
        for client in (contract.viewer, contract.limited):
            fails(client.request(method, path, json=body()), 403)
        fails(contract.stranger.request(method, path, json=body()), 401)
        unknown = contract.admin.request(method, path.replace("front", "nowhere"), json=body())
        assert unknown.status_code == (200 if (method, template) == ROUTES[1] else 404)


@endpoint("POST /api/{camera}/try")
@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"to": T0}, 400, "after the start"),
        ({"to": T0 + 90_000}, 400, "24 hours"),
        ({"from": 9e9, "to": 9e9 + 5}, 400, "in the past"),
        ({"from": T0 - 900, "to": T0 - 800}, 400, "Nothing of front is recorded"),
        ({"config": {}}, 400, "can be tried"),
        ({"config": {"ffmpeg": {"inputs": []}}}, 400, "can be tried"),
        ({"config": {"objects": {"filters": {"person": {"min_score": 7}}}}}, 400, "min_score"),
        ({"config": {"zones": {"porch": {"coordinates": "0.1,0.1"}}}}, 400, "zones.porch"),
        ({"config": {"zones": {"none": None}}}, 400, "nothing"),
        ({"config": {"detect": {"nothing": 1}}}, 400, "nothing"),
        ({"config": {"detect": {"enabled": True}}}, 400, "change nothing"),
        ({"config": 5}, 422, ""),
        ({"from": None}, 422, ""),
        ({"to": "x"}, 422, ""),
    ],
)
def test_own_trials_that_are_refused(contract: Contract, changes: dict[str, Any], status: int, words: str) -> None:
    assert words in fails(contract.admin.post("/api/front/try", json=body(**changes)), status)
    assert rows(contract.admin.get("/api/front/try"), trials.TriesAnswer).tries == []


@endpoint(*(" ".join(key) for key in ROUTES))
def test_own_trial(contract: Contract) -> None:
    admin, services = contract.admin, contract.app.services
    answer = admin.post("/api/front/try", json=body())
    assert answer.status_code == 202
    key = answer.json()["job_id"]
    assert "going" not in answer.json()["message"]
    fails(admin.post("/api/front/try", json=body()), 409)
    fails(admin.post("/api/back/try", json=body()), 409)
    waiting = rows(admin.get(f"/api/front/try/{key}"), trials.TrialAnswer)
    assert (waiting.job.status, waiting.result, waiting.config) == ("queued", None, FILTER)
    assert (waiting.job.request_start_time, waiting.job.request_end_time) == (T0, T0 + 12)
    assert waiting.job.job_type == "try"
    before = services.loaded.path.read_text()
    result = kind(services.db, services.paths.media).run(
        services.jobs.find(key), JobControl(lambda: False, lambda *_: None)
    )
    services.db.write(partial(jobs.end, job_id=key, state="success", now=T0, result=result))
    found = rows(admin.get(f"/api/front/try/{key}"), trials.TrialAnswer)
    assert found.result is not None
    assert found.result.seconds == pytest.approx(12, abs=1.5)
    assert found.result.counts == trials.TrialCountsAnswer(**result["counts"])
    assert services.loaded.path.read_text() == before
    assert [one.id for one in rows(admin.get("/api/front/try"), trials.TriesAnswer).tries] == [key]
    assert rows(admin.get("/api/back/try"), trials.TriesAnswer).tries == []
    folder = services.paths.media / "tries" / "front" / key
    (folder / "a7.jpg").write_bytes(b"\xff\xd8picture")
    picture = admin.get(f"/api/front/try/{key}/a7.jpg")
    assert (picture.status_code, picture.headers["content-type"], picture.content) == (
        200,
        "image/jpeg",
        b"\xff\xd8picture",
    )
    for name in ("a8", "result", "..%2Fresult", "a7.jpg%2F"):
        assert admin.get(f"/api/front/try/{key}/{name}.jpg").status_code in (403, 404), name
    fails(admin.get(f"/api/back/try/{key}"), 404)
    fails(admin.get(f"/api/front/try/{EXPORT}"), 404)
    fails(admin.post(f"/api/front/try/{key}/cancel"), 400)
    (folder / "result.json").unlink()
    assert "not kept" in fails(admin.get(f"/api/front/try/{key}"), 404)


@endpoint("POST /api/{camera}/try/{job_id}/cancel")
def test_own_trial_that_is_cancelled(contract: Contract) -> None:
    zone = {"zones": {"porch": None, "gate": {"coordinates": "0,0,1,0,1,1"}}}
    answer = contract.admin.post("/api/front/try", json=body(config=zone))
    key = answer.json()["job_id"]
    assert done_shapes.SearchBegunAnswer(**answer.json()).job_id == key
    done(contract.admin.post(f"/api/front/try/{key}/cancel"))
    found = rows(contract.admin.get(f"/api/front/try/{key}"), trials.TrialAnswer)
    assert (found.job.status, found.result) == ("cancelled", None)
