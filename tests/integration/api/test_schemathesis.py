"""Requests that Schemathesis makes up from the served OpenAPI document, to an app in a process of its own.

They come as an administrator, a viewer and a limited role, to routes that delete too. No answer is a 500, none is
missing from the document, none takes long, and the process takes no more memory at the end.
`DOGWATCH_FUZZ_REQUESTS` is how many (`pytest -s` shows the figures).
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.core.result import Ok

from dogwatch.testing.stocked import PARAMETERS
from tests.fuzz_server import IDS

ROOT = Path(__file__).parents[3]
REQUESTS = int(os.environ.get("DOGWATCH_FUZZ_REQUESTS", "300"))
GROWTH_MIB = 24
ENOUGH = 1_000_000  # bytes; more than the OpenAPI document has
LONGEST_S = 20.0
MODES = schemathesis.GenerationMode
CONFORMS = [
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]
KNOWN = {name: (value,) for name, value in PARAMETERS.items()} | IDS
ENDLESS = "/api/{camera}"


@dataclass
class Served:
    """The app's process, and what was found about it."""

    process: subprocess.Popen[bytes]
    directory: Path
    urls: dict[str, str]
    found: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    sent: int = 0
    quarters_mib: list[float] = field(default_factory=list)

    def memory_mib(self) -> float:
        return float(psutil.Process(self.process.pid).memory_full_info().uss / 2**20)

    def headers(self, user: str | None) -> dict[str, str]:
        if user is None:
            return {}
        return {"Authorization": f"Bearer {json.loads((self.directory / 'tokens.json').read_text())[user]}"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with (tmp_path / "stderr").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz_server", str(tmp_path)],
            stdin=subprocess.PIPE,
            stderr=log,
            cwd=Path(__file__).parents[3],
        )
        try:
            until = time.monotonic() + 60
            while not (tmp_path / "addresses.json").exists() or not (tmp_path / "tokens.json").exists():
                assert process.poll() is None, (tmp_path / "stderr").read_text()
                assert time.monotonic() < until
                time.sleep(0.05)
            yield Served(process, tmp_path, json.loads((tmp_path / "addresses.json").read_text()))
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def ask(served: Served, session: requests.Session, case: Case[Any], user: str | None) -> None:
    """Send one request and note what is wrong with the answer."""
    base = served.urls["external" if user else "internal"]
    said = case.as_transport_kwargs(base_url=base, headers=served.headers(user))
    place = f"{case.method} {case.operation.path}"
    served.sent += 1
    begin = time.monotonic()
    try:
        with session.request(**said, stream=True, timeout=LONGEST_S, allow_redirects=False) as answer:
            content = b""
            for chunk in answer.iter_content(65536):
                content += chunk
                if len(content) > ENOUGH or case.operation.path == ENDLESS or "stream" in (case.query or {}):
                    break
            answer._content = content
    except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError):
        return  # what no client can send
    except requests.RequestException as error:
        served.found[f"{place}: {type(error).__name__}"] = f"{error} {said['url']}"
        return
    took = time.monotonic() - begin
    served.slowest = max(served.slowest, (took, place))
    served.statuses[answer.status_code] += 1
    sent = said.get("data") or said.get("json")
    shown = f"{user} {answer.status_code} {said['url']} {said.get('params')} {sent!r} -> {content[:300]!r}"
    if answer.status_code == 500:
        served.found[f"{place}: 500"] = shown
    try:
        case.validate_response(schemathesis.Response.from_requests(answer, verify=False), checks=CONFORMS)
    except (AssertionError, BaseExceptionGroup) as error:
        kinds = sorted({type(one).__name__ for one in getattr(error, "exceptions", [error])})
        served.found.setdefault(f"{place}: {answer.status_code} {kinds}", f"{shown[:900]}\n{error}"[:1500])


@pytest.mark.timeout(120 + REQUESTS)
def test_no_request_is_too_odd(served: Served) -> None:
    document = requests.get(f"{served.urls['internal']}/api/openapi.json", timeout=60).json()
    schema = schemathesis.openapi.from_dict(document)
    operations = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    odd = [one for one in operations if list(one.iter_parameters()) or one.body]
    session, chance = requests.Session(), random.Random(1)

    @st.composite
    def cases(draw: st.DrawFn) -> Case[Any]:
        mode = draw(st.sampled_from([MODES.POSITIVE, MODES.POSITIVE, MODES.NEGATIVE]))
        operation = draw(st.sampled_from(odd if mode == MODES.NEGATIVE else operations))
        return draw(operation.as_strategy(generation_mode=mode))

    @settings(
        max_examples=REQUESTS, derandomize=REQUESTS <= 2000, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases())
    def run(case: Case[Any]) -> None:
        for name in case.path_parameters or {}:  # what is made up is hardly ever there
            if name in KNOWN and name != "username" and chance.random() < 0.7:
                case.path_parameters[name] = chance.choice(KNOWN[name])
        ask(served, session, case, chance.choice((None, None, "vera", "frida")))
        if served.sent % (REQUESTS // 4) == 0:
            served.quarters_mib.append(served.memory_mib())

    before, begin = served.memory_mib(), time.monotonic()
    run()
    after, settled = served.memory_mib(), served.quarters_mib[0]  # caches are full by then
    sys.stdout.write(
        f"\n{served.sent} requests in {time.monotonic() - begin:.0f} s, {sorted(served.statuses.items())}, slowest "
        f"{served.slowest}, MiB {before:.0f} before, {[round(one) for one in served.quarters_mib]} at each quarter, "
        f"{after:.0f} after\n"
    )
    assert not served.found, "\n\n".join(f"{place}\n    {text}" for place, text in sorted(served.found.items()))
    assert served.process.poll() is None
    assert after - settled < GROWTH_MIB
    log: Any = (served.directory / "stderr").read_text()
    assert "Traceback" not in log, log[-3000:]
