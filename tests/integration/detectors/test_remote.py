"""The remote detector against a real HTTP server."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from dogwatch.detectors.base import Detector, load
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.errors import DetectorError
from dogwatch.model import Box, Detection

PREDICTIONS = [
    {"label": "car", "confidence": 0.5, "x_min": 1, "y_min": 2, "x_max": 30, "y_max": 40, "userid": "ignored"},
    {"label": "person", "confidence": 0.9, "x_min": 10, "y_min": 20, "x_max": 900, "y_max": 60},
]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    answer: tuple[int, bytes] = (200, json.dumps({"success": True, "predictions": PREDICTIONS}).encode())
    stall: threading.Event | None = None
    body = b""
    login: str | None = None


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        server.login = self.headers["Authorization"]
        server.body = self.rfile.read(int(self.headers["Content-Length"]))
        if server.stall:
            server.stall.wait(10)
            return
        status, data = server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    it = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=it.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield it
    it.shutdown()
    it.server_close()
    thread.join()


def detector(server: Server, **options: str | float) -> Detector:
    url = f"http://127.0.0.1:{server.server_address[1]}/v1/vision/detection"
    spec = DetectorSpec(
        name="far",
        type="deepstack",
        model=ModelSpec(width=64, height=64),
        options={"api_url": url, "api_timeout": 5.0, **options},
    )
    return load(spec)


PICTURE = np.full((64, 64, 3), 77, np.uint8)


def test_it_sends_a_jpeg_and_reads_the_answer(server: Server) -> None:
    (found,) = detector(server, api_key="abc").detect([PICTURE])
    assert found == [Detection("person", 0.9, Box(10, 20, 64, 60)), Detection("car", 0.5, Box(1, 2, 30, 40))]
    head, _, rest = server.body.partition(b"\r\n\r\n")
    assert b'name="image"' in head
    sent = cv2.imdecode(np.frombuffer(rest, np.uint8), cv2.IMREAD_COLOR)
    assert sent is not None
    assert np.abs(sent.astype(int) - PICTURE).max() <= 3
    assert b'name="api_key"\r\n\r\nabc\r\n' in server.body


def test_user_and_password_of_the_address_go_into_a_header(server: Server) -> None:
    port = server.server_address[1]
    assert detector(server, api_url=f"http://ann:p%40ss@127.0.0.1:{port}/").detect([PICTURE])[0]
    assert server.login == "Basic " + base64.b64encode(b"ann:p@ss").decode()


@pytest.mark.parametrize(
    "options",
    [{"api_key": "hunter2"}, {"api_url": "http://ann:hunter2@127.0.0.1:1/"}, {"api_url": "http://ann:hunter2@[::1/"}],
)
def test_errors_hold_no_secret(server: Server, options: dict[str, str]) -> None:
    server.answer = (200, b'{"success": false, "error": "the key hunter2 is unknown"}')
    with pytest.raises(DetectorError) as caught:
        detector(server, **options).detect([PICTURE])
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((500, b"broken"), "no usable answer.*500"),
        ((200, b"<html>"), "no usable answer"),
        ((200, b'{"success": false, "error": "\xff"}'), "no usable answer"),
        ((200, b'{"success": false, "error": "no such model"}'), "refuses: no such model"),
    ],
)
def test_a_bad_answer_is_a_detector_error(server: Server, answer: tuple[int, bytes], message: str) -> None:
    server.answer = answer
    with pytest.raises(DetectorError, match=message):
        detector(server).detect([PICTURE])


def test_a_server_that_does_not_answer_is_given_up(server: Server) -> None:
    server.stall = threading.Event()
    with pytest.raises(DetectorError, match="timed out"):
        detector(server, api_timeout=0.2).detect([PICTURE])
    server.stall.set()
