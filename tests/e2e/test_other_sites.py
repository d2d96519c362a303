"""What a page of another site can do to a Dogwatch that its visitor reaches, in Chromium: nothing."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import CHROMIUM_ARGUMENTS, chromium
from tests.e2e.program import Program

if TYPE_CHECKING:
    from playwright.sync_api import Page, Playwright

pytestmark = pytest.mark.timeout(150)
CONFIG = """
cameras: {yard: {ffmpeg: {inputs: [{path: "synthetic://street?seed=5&fps=5&size=640x360", roles: [record, detect]}]}}}
"""
FETCH = """async ([url, options]) => {
  try { const answer = await fetch(url, options); return [answer.type, answer.status]; }
  catch (error) { return ["refused", String(error)]; }
}"""
IMAGE = """url => new Promise((done) => {
  const image = new Image();
  image.onload = () => done(image.naturalWidth);
  image.onerror = () => done("error");
  image.src = url;
})"""
SOCKET = """url => new Promise((done) => {
  const socket = new WebSocket(url);
  socket.onopen = () => { socket.send('{"topic": "yard/detect/set", "payload": "OFF"}'); done("open"); };
  socket.onclose = () => done("closed");
})"""
FORM = """([url, body]) => {
  const frame = Object.assign(document.createElement("iframe"), { name: "hole" });
  const form = Object.assign(document.createElement("form"), {
    action: url, method: "POST", enctype: "text/plain", target: "hole" });
  const [name, value] = body;
  form.append(Object.assign(document.createElement("input"), { name, value }));
  document.body.append(frame, form);
  return new Promise((done) => { frame.onload = () => done("answered"); form.submit(); });
}"""


class Evil(BaseHTTPRequestHandler):
    """Serves an empty page."""

    def do_GET(self) -> None:
        """Answer with the page."""
        body = b"<!doctype html><link rel=icon href='data:,'><body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    chromium()
    running = Program.run(tmp_path_factory.mktemp("other") / "data", CONFIG)
    try:
        running.wait(lambda: running.json("/api/stats")["cameras"]["yard"]["camera_fps"], 30, "picture")
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def evil() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://evil.example:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def visitor(program: Program, playwright: Playwright) -> Iterator[Page]:
    """A browser that is logged in on the external listener, in which `evil.example` means this machine."""
    rules = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    browser = playwright.chromium.launch(executable_path=chromium(), args=[*CHROMIUM_ARGUMENTS, rules])
    page = browser.new_context(ignore_https_errors=True).new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{external(program)}/login")
    password = re.search(r"Password, .*: (\S+)", program.output())
    assert password
    headers = {"X-CSRF-TOKEN": "1"}
    body = f'{{"user": "admin", "password": "{password.group(1)}"}}'
    logged_in = page.evaluate(FETCH, ["/api/login", {"method": "POST", "body": body, "headers": headers}])
    assert logged_in == ["basic", 200]
    assert page.evaluate(FETCH, ["/api/profile", {}]) == ["basic", 200]
    yield page
    browser.close()


def external(program: Program) -> str:
    found = re.search(r"https://127\.0\.0\.1:\d+", program.output())
    assert found
    return found.group()


def state(program: Program) -> tuple[int, bool, int]:
    """Return what a page of another site would like to change: events, a switch, the program itself."""
    config = program.json("/api/config")["cameras"]["yard"]
    manual = [event for event in program.events() if event["label"] == "planted"]
    return len(manual), config["detect"]["enabled"], program.json("/api/stats")["service"]["uptime"] // 100_000


@pytest.mark.parametrize("door", ["internal", "external"])
def test_another_sites_page(program: Program, evil: str, visitor: Page, door: str) -> None:
    target = program.address if door == "internal" else external(program)
    before = state(program)
    visitor.goto(evil)
    for path in ("/api/config", "/api/profile", "/api/events", "/api/version"):
        assert visitor.evaluate(FETCH, [f"{target}{path}", {"credentials": "include"}])[0] == "refused"
    create = f"{target}/api/events/yard/planted/create"
    for options in (
        {"method": "POST", "mode": "no-cors", "credentials": "include", "body": "{}"},
        {"method": "POST", "credentials": "include", "body": "{}", "headers": {"Content-Type": "application/json"}},
        {"method": "POST", "credentials": "include", "body": "{}", "headers": {"X-CSRF-TOKEN": "1"}},
        {"method": "POST", "mode": "no-cors", "referrerPolicy": "no-referrer", "credentials": "include", "body": "{}"},
        {"method": "DELETE", "credentials": "include"},
    ):
        kind, _ = visitor.evaluate(FETCH, [create, options])
        assert kind in ("opaque", "refused"), options
        visitor.evaluate(FETCH, [f"{target}/api/restart", options])
        visitor.evaluate(
            FETCH, [f"{target}/api/users/admin/password", {**options, "body": '{"password": "taken over!!"}'}]
        )
    visitor.evaluate(FORM, [create, ['{"x":"', '"}']])
    assert visitor.evaluate(IMAGE, f"{target}/api/yard/latest.jpg") == "error"
    assert visitor.evaluate(IMAGE, f"{target}/api/nowhere/latest.jpg") == "error"
    for path in ("/ws", "/live/mse/api/ws?src=yard", "/api/go2rtc/api/ws?src=yard"):
        assert visitor.evaluate(SOCKET, target.replace("http", "ws", 1) + path) == "closed"
    assert program.process.poll() is None
    assert state(program) == before
    # The same from a page of its own works, else nothing above would say anything.
    visitor.goto(f"{target}/login")
    assert visitor.evaluate(FETCH, ["/api/profile", {}]) == ["basic", 200]
    assert visitor.evaluate(IMAGE, f"{target}/api/yard/latest.jpg") == 640
    assert visitor.evaluate(SOCKET, target.replace("http", "ws", 1) + "/live/mse/api/ws?src=yard") == "open"
    options = {"method": "POST", "body": "{}", "headers": {"X-CSRF-TOKEN": "1"}}
    assert visitor.evaluate(FETCH, [create, options]) == ["basic", 200]
    program.wait(lambda: state(program)[0] == before[0] + 1, 10, "planted event")


def test_a_name_that_another_site_has_made_mean_this_machine(program: Program, visitor: Page) -> None:
    port = urlsplit(program.address).port
    for path in ("/", "/api/config", "/api/yard/latest.jpg"):
        answer = visitor.goto(f"http://evil.example:{port}{path}")
        assert answer is not None
        assert answer.status == 403
    assert visitor.evaluate(FETCH, ["/api/config", {}]) == ["basic", 403]
    assert visitor.evaluate(SOCKET, f"ws://evil.example:{port}/ws") == "closed"
    # The port with login answers to any name, and to nobody without a login there.
    outside = f"https://evil.example:{urlsplit(external(program)).port}"
    visitor.goto(f"{outside}/login")
    assert visitor.evaluate(FETCH, ["/api/config", {}]) == ["basic", 401]
    assert visitor.evaluate(SOCKET, outside.replace("http", "ws", 1) + "/ws") == "closed"


def test_a_visitors_log_out_is_ones_own(program: Program, evil: str, visitor: Page) -> None:
    """A page that only loads the address in passing sends no cookie with it."""
    visitor.goto(evil)
    visitor.evaluate(IMAGE, f"{external(program)}/api/logout")
    visitor.evaluate(FETCH, [f"{external(program)}/api/logout", {"mode": "no-cors", "credentials": "include"}])
    visitor.goto(f"{external(program)}/login")
    assert visitor.evaluate(FETCH, ["/api/profile", {}]) == ["basic", 200]
