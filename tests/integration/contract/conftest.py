"""A served app with something of everything, and clients that note which endpoints they ask."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
import pytest
from starlette.routing import compile_path

from dogwatch.api.guarded_route import specificity
from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.bus.messages import AnalysisStats, DetectorStats, IngestStats, StreamOpened
from dogwatch.store import events, exports, jobs, reviews, timeline
from dogwatch.store.exports import Case, Export
from dogwatch.testing.app import Nvr
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT, OTHER, event, stocked
from tests.described import DescribedAnswers
from tests.integration.contract import shapes
from tests.routes import ROUTES
from tests.serving import serving

BARK, MANUAL, RUNNING = f"{T0 + 3}-barked", f"{T0 + 3.5}-manual", f"{T0 + 5}-runnin"
BACK_REVIEW = f"{T0 + 2.5}-backrv"
UNKNOWN = "1700000000.5-nobody"
EXPORT, BACK_EXPORT, CASE = "front_abcdef", "back_abcdef", "case_abcdef"
DAY = "2025-11-18"
"""The day (UTC) of all rows."""
TEMPLATES = sorted(
    ((method, template, compile_path(template)[0]) for (method, template), _ in ROUTES if method != "WS"),
    key=lambda row: specificity(row[1]),
)


@dataclass
class Contract:
    """The clients: an administrator of the internal listener, the others with a token on the external one."""

    app: Nvr
    admin: httpx.Client
    viewer: httpx.Client
    limited: httpx.Client
    stranger: httpx.Client
    described: DescribedAnswers
    asked: set[str] = field(default_factory=set)

    def note(self, response: httpx.Response) -> None:
        """Keep which endpoint has answered."""
        path, method = response.request.url.path, response.request.method
        found = [template for asked, template, regex in TEMPLATES if asked == method and regex.match(path)]
        # Of those that match alike the first answers, and hands over where it is the other that is meant.
        alike = [template for template in found if specificity(template) == specificity(found[0])]
        self.asked |= {f"{method} {template}" for template in alike}
        if response.headers.get("content-type", "").partition(";")[0] == "application/json":
            self._compare(response, [(method, template) for template in alike])

    def _compare(self, response: httpx.Response, routes: list[tuple[str, str]]) -> None:
        """Require of an answer that the OpenAPI document describes it, at one of the routes that it may be from."""
        value = json.loads(response.read() or b"null")
        wrong = [self.described.wrong(*route, response.status_code, value) for route in routes]
        assert not wrong or "" in wrong, f"{response.request.method} {response.request.url}: {wrong}"


def fails(answer: httpx.Response, status: int, form: type = shapes.Failure) -> str:
    """Require a refusal in its form; return what it says."""
    assert answer.status_code == status, (answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "application/json"
    if status == 422:
        shapes.read(shapes.Invalid, answer.content)
        return ""
    if status in (401, 403) and form is shapes.Failure:
        return shapes.read(shapes.Refusal, answer.content).detail
    return str(getattr(shapes.read(form, answer.content), "message", ""))


def rows(answer: httpx.Response, kind: Any) -> Any:
    """Return an answer of 200 as `kind`."""
    assert answer.status_code == 200, (answer.status_code, answer.text[:300])
    assert re.match(r"application/json(;|$)", answer.headers["content-type"])
    assert answer.headers["cache-control"] == "no-store"
    return shapes.read(kind, answer.content)


def done(answer: httpx.Response, message: str | None = None) -> shapes.Ok:
    """Require the form of a write that has worked."""
    found: shapes.Ok = rows(answer, shapes.Ok)
    assert found.success
    assert message is None or found.message == message
    return found


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until `condition` holds, at most ten seconds."""
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def fill(app: Nvr) -> None:
    """Add to what `stocked` has: other kinds of events, moments, an item, exports, a job, figures."""
    write = app.services.db.write
    bark = {**event(BARK, "front"), "label": "bark", "type": "audio", "has_snapshot": False, "zones": [], "data": {}}
    manual = {**event(MANUAL, "front"), "type": "api", "label": "button", "sub_label": "Bob"}
    running = {**event(RUNNING, "front"), "label": "car", "end_time": None, "zones": [], "has_clip": False}
    plate = {"recognized_license_plate": "FR 123", "average_speed": 12.5, "score": 0.9}
    for row in (bark, manual, {**running, **plate}):
        write(partial(events.put, values=row))
    item = {
        "id": BACK_REVIEW, "camera": "back", "severity": "detection", "start_time": T0 + 2.5, "end_time": T0 + 6,
        "thumb_path": f"clips/review/thumb-back-{BACK_REVIEW}.webp",
        "data": {"detections": [OTHER], "objects": ["person"], "sub_labels": [], "zones": ["porch"], "audio": []},
    }  # fmt: skip
    write(partial(reviews.put, values=item))
    moments = [
        {
            "timestamp": T0 + 1.5 + number, "camera": camera, "source": "tracked_object", "source_id": key,
            "class_type": kind, "data": {"camera": camera, "label": "person", "box": [0.1, 0.1, 0.2, 0.2], "zones": []},
        }
        for number, (camera, key, kind) in enumerate(
            [("front", EVENT, "visible"), ("front", EVENT, "gone"), ("back", OTHER, "visible")]
        )
    ]  # fmt: skip
    write(partial(timeline.add, entries=moments))
    write(partial(exports.add_case, case=Case(CASE, "parcels", "stolen", T0, T0)))
    for key, camera, case in ((EXPORT, "front", CASE), (BACK_EXPORT, "back", None)):
        name = f"{camera}_20251118_110000-20251118_110004_abcdef.mp4"
        file = app.services.paths.media / "exports" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"x" * 100)
        start = T0 if camera == "front" else T0 + 10
        write(partial(exports.add, export=Export(key, camera, "kept", start, start + 4, name, False, 100, T0, case)))
        asked = {"name": "kept", "case_id": case, "start": start, "end": start + 4}
        job = jobs.Job(key, "export", camera, "", "queued", asked, None, "", "queued", 0, 0, False, T0, None, None)
        write(partial(jobs.add, job=job))
    write(lambda connection: connection.exec_driver_sql("update segments set motion = 9, dbfs = -20.0") and None)
    stats = app.services.stats
    stats.note_process("ingest", "front", 4242, 1)
    stats.on_message(IngestStats("front", 15.0, 15.0, 5.0, 1000.0, "full"))
    stats.on_message(AnalysisStats("front", 4343, 5.0, 0.0, 2.5))
    stats.on_message(DetectorStats("opencv", 4444, 12.5, 0.0, 0))
    app.services.streams.on_opened(StreamOpened("front", ("record",), "h264", 1, 1, 5.0, "aac"))


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contract]:
    """The served app and its clients, for all tests of a module."""
    directory = tmp_path_factory.mktemp("contract")
    with stocked(directory) as app, serving(app, directory) as urls:
        fill(app)
        clients = [httpx.Client(base_url=urls[INTERNAL], timeout=30)]
        for user in ("vera", "frida", None):
            headers = {"Authorization": f"Bearer {app.token(user)}"} if user else {}
            clients.append(httpx.Client(base_url=urls[EXTERNAL], headers=headers, timeout=30))
        described = DescribedAnswers(httpx.get(f"{urls[INTERNAL]}/api/openapi.json", timeout=60).json())
        made = Contract(app, clients[0], clients[1], clients[2], clients[3], described)
        for client in clients:
            client.event_hooks["response"].append(made.note)
        yield made
        for client in clients:
            client.close()


@pytest.fixture(autouse=True)
def endpoints(request: pytest.FixtureRequest) -> Iterator[None]:
    """Require that a test which is marked with endpoints has asked for them."""
    mark = request.node.get_closest_marker("endpoint")
    if mark is None:
        yield
        return
    contract: Contract = request.getfixturevalue("contract")
    contract.asked.clear()
    yield
    missing = {one for one in mark.args if not one.startswith("WS ")} - contract.asked
    assert not missing, f"marked, but not asked: {json.dumps(sorted(missing))}"
