"""Inputs of one camera that connect at the same time: a stall of one must not end the other, nor does one wait."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dogwatch.bus.link import Link
from dogwatch.media.source import SourceRequest, StreamSource
from dogwatch.workers.ingest import process
from dogwatch.workers.ingest.process import CameraIngest
from dogwatch.workers.ingest.spec import IngestSpec, InputSpec
from tests.integration.workers.ingest.made import make
from tests.rtsp import RtspServer, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells descriptors this way")


def opened(url: str, *, alone: bool) -> StreamSource:
    return StreamSource(SourceRequest(url, {}, None, 10.0, alone), "rtsp", threading.Event())


def test_an_input_knows_its_connection_only_if_no_other_may_be_opened_meanwhile(tmp_path: Path) -> None:
    video = make(tmp_path / "cam.mp4", seconds=10)
    with RtspServer(serving(video)) as server:
        with ThreadPoolExecutor(2) as threads:
            first, second = threads.map(lambda _: opened(server.url, alone=False), range(2))
        third = opened(server.url, alone=True)
        assert not first._connections
        assert not second._connections
        assert len(third._connections) == 1
        first._read_at = second._read_at = third._read_at = -1e9  # each has been waiting for data for ever
        for source in (first, second, third):
            source.end_stalled()
        assert next(first.packets()).size  # PyAV limits these reads
        assert next(second.packets()).size
        for source in (first, second, third):
            source.close()


@pytest.mark.parametrize("inputs", [1, 2])
def test_of_several_inputs_none_takes_itself_for_the_only_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inputs: int
) -> None:
    made: list[bool] = []
    monkeypatch.setattr(process, "InputLoop", lambda settings, *_: made.append(settings.alone))
    one = InputSpec(url="rtsp://localhost/cam", roles=("record",))
    place = str(tmp_path)
    spec = IngestSpec(
        camera="front", inputs=(one,) * inputs, media_root=place, ring_dir=place, run_dir=place, link="no"
    )
    link = Link(spec.link, "ingest", spec.camera, "")
    CameraIngest(spec, link)
    assert made == [inputs == 1] * inputs
