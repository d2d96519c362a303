"""Pictures sent to a labelling service, against a server that answers as told."""

import email
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dogwatch.dataset import service
from dogwatch.dataset.labelled_picture import KnownBox, LabelledPicture
from dogwatch.dataset.service import LabellingService, UploadError

SAMPLE = LabelledPicture("a.1-b", "front", 1.5, 64, 36, "event", 2.0, (KnownBox("person", (0.1, 0.1, 0.5, 0.5), 0.7),))
KEY = "hunter2-key"


@dataclass
class Answering:
    """A service; `got` are the requests: method, path, headers, body."""

    url: str = ""
    status: int = 201
    body: bytes = b'{"id": "plus-1"}'
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Answering]:
    told = Answering()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        do_PUT = do_GET = do_POST  # noqa: N815 - as the library calls them

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        told.url = f"http://127.0.0.1:{http.server_address[1]}/api/"
        yield told
        http.shutdown()
        thread.join()


def parts(headers: dict[str, str], body: bytes) -> dict[str, tuple[str, bytes]]:
    message = email.message_from_bytes(f"Content-Type: {headers['content-type']}\r\n\r\n".encode() + body, policy=HTTP)
    return {
        str(part.get_param("name", header="content-disposition")): (
            part.get_content_type(),
            bytes(part.get_payload(decode=True)),
        )
        for part in message.iter_parts()
    }


def test_picture_and_boxes_are_sent_with_the_key(server: Answering) -> None:
    asked = LabellingService(server.url, KEY)
    picture = b"\xff\xd8 any bytes \r\n--x-- \x00\xff\xd9"
    assert asked.submit(SAMPLE, picture) == "plus-1"
    ((method, path, headers, body),) = server.got
    assert (method, path, headers["authorization"]) == ("POST", "/api/images", f"Bearer {KEY}")
    found = parts(headers, body)
    assert found["file"] == ("image/jpeg", picture)
    kind, text = found["annotation"]
    assert kind == "application/json"
    assert json.loads(text) == {
        "id": "a.1-b", "camera": "front", "time": 1.5, "width": 64, "height": 36,
        "boxes": [{"label": "person", "box": [0.1, 0.1, 0.5, 0.5], "score": 0.7, "false_positive": False}],
    }  # fmt: skip
    server.status, server.body = 204, b""
    asked.correct(SAMPLE, "plus-1")
    assert server.got[1][:2] == ("PUT", "/api/images/plus-1/annotation")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, b"{}"),
        (500, b"hunter2"),
        (200, b"{}"),
        (200, b'{"id": 7}'),
        (200, b'{"id": "../x"}'),
        (200, b"no json"),
        (200, b"[1]"),
        (200, b" " * (65 << 10)),
        (200, b"[" * 60_000),
    ],
)
def test_a_service_that_does_not_take_it(server: Answering, status: int, body: bytes) -> None:
    server.status, server.body = status, body
    with pytest.raises(UploadError) as caught:
        LabellingService(server.url, KEY).submit(SAMPLE, b"x")
    assert caught.value.status == 400
    assert "hunter2" not in str(caught.value)


def test_the_key_is_not_sent_to_where_a_redirect_leads(server: Answering) -> None:
    server.status, server.headers = 302, {"Location": "/elsewhere"}
    with pytest.raises(UploadError, match="302"):
        LabellingService(server.url, KEY).submit(SAMPLE, b"x")
    assert [path for _, path, *_ in server.got] == ["/api/images"]


def test_a_service_that_is_not_there_or_silent(server: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UploadError, match="cannot be reached"):
        LabellingService("http://127.0.0.1:9", KEY).submit(SAMPLE, b"x")
    monkeypatch.setattr(service, "TIMEOUT_S", 0.05)
    server.headers = {"X-Long": "x"}
    server.body = b""
    with pytest.raises(UploadError):
        LabellingService(server.url, KEY).submit(SAMPLE, b"x")
