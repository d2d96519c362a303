"""No log shows a secret of a request's query, whoever writes it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import httpx
import pytest

from dogwatch.api.listener import INTERNAL
from dogwatch.edge.own_log import LocalFormatter
from dogwatch.runtime.logs import ConsoleFormatter, LogFormatter
from dogwatch.testing.app import CONFIG, nvr
from tests.serving import serving

PATH = "/api/onvif/probe?host=127.0.0.1&port=1&username=bob&password=hunter3&passwd=hunter3&token=hunter3"
FORMATTERS = (LogFormatter(), ConsoleFormatter(), LocalFormatter(UTC))


class Lines(logging.Handler):
    """Keeps what each formatter of the program makes of each record."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines = list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += [formatter.format(record) for formatter in FORMATTERS]


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Everything that is logged, at all levels, as the program's logs have it."""
    handler, root = Lines(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before)


def test_requests_at_every_level(tmp_path: Path, lines: list[str]) -> None:
    with nvr(tmp_path, CONFIG) as app, serving(app, tmp_path) as urls:
        logging.getLogger("uvicorn.error").setLevel(logging.DEBUG)
        with httpx.Client(base_url=urls[INTERNAL], timeout=30) as client:  # httpx logs each request with its address
            assert client.get(PATH).status_code == 502
            assert client.get(PATH.replace("/probe", "/nothing")).status_code == 404
    assert any("/api/onvif/probe?" in line for line in lines)
    assert not [line for line in lines if "hunter3" in line]


def test_access_logs_and_tracebacks(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Dogwatch writes no access log; who switches uvicorn's on gets one without secrets."""
    access = logging.getLogger("uvicorn.access")
    monkeypatch.setattr(access, "level", logging.INFO)
    monkeypatch.setattr(access, "propagate", True)  # a server of Dogwatch ends that
    access.manager._clear_cache()  # type: ignore[attr-defined]
    access.info('%s - "%s %s HTTP/%s" %d', "192.0.2.9:1", "GET", PATH, "1.1", 200)
    try:
        raise ValueError(f"cannot answer {PATH}")
    except ValueError:
        logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=True)
    assert len(lines) == 2 * len(FORMATTERS)
    assert all("password=*" in line and "token=*" in line for line in lines)
    assert not [line for line in lines if "hunter3" in line]
