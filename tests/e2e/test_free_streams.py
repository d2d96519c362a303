"""A stream that no camera reads is read by a process of its own, while somebody watches."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.e2e.program import Program
from tests.media import quiet
from tests.rtsp import free_port

CONFIG = """
go2rtc:
  streams:
    film: ["rtsp://127.0.0.1:{port}/nobody", "ffmpeg:{film}#video=copy#audio=copy"]
    alias: ffmpeg:film
cameras:
  front: {{ffmpeg: {{inputs: [{{path: "{film}"}}]}}}}
"""


def processes(program: Program) -> set[str]:
    return set(program.json("/api/stats")["processes"])


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    started = Program.run(tmp_path / "data", CONFIG.format(port=free_port(), film=quiet()))
    yield started
    started.stop()


def test_a_free_stream_comes_and_goes_with_its_viewers(program: Program) -> None:
    assert "ingest:stream:film" not in processes(program)
    url = program.address.replace("http", "ws", 1) + "/live/mse/api/ws?src="
    with connect(url + "film", max_size=None) as one, connect(url + "alias", max_size=None) as other:
        for socket in (one, other):
            socket.send(json.dumps({"type": "mse", "value": "avc1.640029,mp4a.40.2"}))
            assert json.loads(socket.recv(30))["type"] == "mse"
            assert b"moov" in socket.recv(30)
            assert b"moof" in socket.recv(30)
        assert {name for name in processes(program) if "stream:" in name} == {"ingest:stream:film"}
        entry = program.json("/api/go2rtc/streams/film")
        assert [consumer["format_name"] for consumer in entry["consumers"]] == ["mse", "mse"]
        assert [bool(producer["medias"]) for producer in entry["producers"]] == [False, True]
    program.wait(lambda: "ingest:stream:film" not in processes(program), 40, "end of the process")
    assert not list(program.data.rglob("stream:film*"))
