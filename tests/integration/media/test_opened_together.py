"""Inputs of one camera that connect at the same time: a stall of one must not end the other."""

import contextlib
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.media import tcp_connections
from dogwatch.media.source import SourceRequest, StreamSource
from tests.integration.workers.ingest.made import make
from tests.rtsp import RtspServer, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells descriptors this way")


def opened_together(url: str) -> list[StreamSource]:
    def opened(_: int) -> StreamSource:
        return StreamSource(SourceRequest(url, {}, None, 10.0), "rtsp", threading.Event())

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(opened, range(2)))


def waiting_for_each_other(seconds: float) -> Callable[..., Any]:
    """Return `av.open` which returns only when both connections are there, if that takes no longer than `seconds`."""
    both, real = threading.Barrier(2), av.open

    def opened(*args: Any, **options: Any) -> Any:
        container = real(*args, **options)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(seconds)
        return container

    return opened


@pytest.mark.parametrize("turn_s", [10.0, 0.0], ids=["in turn", "impatient"])
def test_each_input_knows_only_its_own_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turn_s: float
) -> None:
    monkeypatch.setattr(tcp_connections, "TURN_S", turn_s, raising=False)
    video = make(tmp_path / "cam.mp4", seconds=10)
    with RtspServer(serving(video)) as server:
        monkeypatch.setattr(av, "open", waiting_for_each_other(1.0))
        first, second = opened_together(server.url)
        assert first._connections.isdisjoint(second._connections)
        tcp_connections.shut_down(first._connections)
        assert next(second.packets()).size
        first.close()
        second.close()
