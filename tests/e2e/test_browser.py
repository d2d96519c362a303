"""What people see: recordings, live pictures and the login in Chromium."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.program import Program
from tests.media import street

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BORDERS = 3
SEGMENT_S = 10.0
UNAUTHORIZED = "status of 401"  # Chromium itself notes each answer of this kind
pytestmark = pytest.mark.timeout(150)

HLS_PAGE = """<!doctype html><link rel="icon" href="data:,"><script src="hls.min.js"></script><video muted></video>"""
CLIP_PAGE = """<!doctype html><link rel="icon" href="data:,"><video muted preload="auto"></video>"""
PLAY_HLS = """url => {
  const video = document.querySelector("video");
  window.errors = [];
  const player = new Hls({ maxBufferLength: 120 });
  player.on(Hls.Events.ERROR, (_, error) => errors.push([error.details, error.fatal]));
  player.loadSource(url);
  player.attachMedia(video);
  video.playbackRate = 8;
  return video.play();
}"""
STATE = """() => {
  const video = document.querySelector("video");
  const ranges = video.buffered, all = [...Array(ranges.length).keys()];
  const buffered = all.map((n) => [ranges.start(n), ranges.end(n)]);
  return { time: video.currentTime, duration: video.duration, ended: video.ended, width: video.videoWidth, buffered,
           frames: video.getVideoPlaybackQuality().totalVideoFrames };
}"""
INLINE = """() => {
  const add = (tag, text, nonce) => {
    const made = Object.assign(document.createElement(tag), { textContent: text });
    if (nonce) made.setAttribute("nonce", nonce);
    document.head.append(made);
  };
  add("style", "body { outline-color: rgb(1, 2, 3) }", document.querySelector("meta[property=csp-nonce]").nonce);
  add("style", "body { column-count: 7 }");
  add("script", "window.ran = true");
}"""
# The mean brightness and its spread tell a picture from none; the sum over coarse blocks tells pictures apart.
LOOK = """() => {
  const video = document.querySelector("video");
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 36 });
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 64, 36);
  return [...context.getImageData(0, 0, 64, 36).data].filter((_, n) => n % 4 === 1);
}"""


@pytest.fixture(scope="module")
def program(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    config = f'cameras: {{street: {{ffmpeg: {{inputs: [{{path: "{street()}"}}]}}}}}}\n'
    running = Program.run(tmp_path_factory.mktemp("browser") / "data", config)
    try:
        running.wait(lambda: running.segments("street"), 30, "recording")
        yield running
    finally:
        running.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 800})
    found = context.new_page()
    found.set_default_timeout(20_000)
    yield found
    context.close()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console says is wrong."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_login(program: Program, page: Page, complaints: list[str]) -> None:
    output = program.output()
    external = re.search(r"https://127\.0\.0\.1:\d+", output)
    password = re.search(r"user admin was made\. Password, .*: (\S+)", output)
    assert external
    assert password
    page.goto(external.group())
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("Name or password are wrong").wait_for()
    assert not page.get_by_role("navigation").is_visible()

    page.get_by_label("Password").fill(password.group(1))
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="admin").click()
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Password").wait_for()
    assert [one for one in complaints if UNAUTHORIZED not in one] == []


def test_only_what_has_the_pages_nonce_styles_it(program: Program, page: Page) -> None:
    """CodeMirror makes its style sheets so. Nothing that stands in the page itself runs."""
    page.goto(program.address)
    page.get_by_role("navigation").wait_for()
    page.evaluate(INLINE)
    assert page.evaluate("getComputedStyle(document.body).outlineColor") == "rgb(1, 2, 3)"
    assert page.evaluate("getComputedStyle(document.body).columnCount") == "auto"
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.querySelector('link[rel=manifest]').href").startswith(program.address)


def test_live_pictures_move(program: Program, page: Page, complaints: list[str]) -> None:
    page.goto(f"{program.address}/live/webrtc/webrtc.html?src=street&mode=mse")
    until(page, "document.querySelector('video')?.currentTime > 0.5")
    before, first = page.evaluate(STATE), page.evaluate(LOOK)
    until(page, f"document.querySelector('video').currentTime > {before['time'] + 2}")
    after, second = page.evaluate(STATE), page.evaluate(LOOK)
    assert after["width"] == 1280
    assert len(after["buffered"]) == 1
    assert after["frames"] > before["frames"] + 10
    assert shows_something(first)
    assert sum(abs(a - b) > 12 for a, b in zip(first, second, strict=True)) > 5, "the pictures do not move"
    assert complaints == []


@pytest.fixture(scope="module")
def recorded(program: Program) -> tuple[float, float]:
    """A range of time that begins inside of a segment and crosses three borders."""
    begin: float = program.segments("street")[0]["start_time"] + 2.5
    end = begin + BORDERS * SEGMENT_S + 4
    program.wait(lambda: time.time() > end + 2, 60, "recording")
    borders = [one["start_time"] for one in program.segments("street") if begin < one["start_time"] < end]
    assert len(borders) >= BORDERS
    return begin, end


def test_hls_plays_across_borders(
    program: Program, page: Page, complaints: list[str], hls_js: Path, recorded: tuple[float, float]
) -> None:
    start, end = recorded
    page.route("**/player.html", lambda route: route.fulfill(body=HLS_PAGE, content_type="text/html"))
    page.route("**/hls.min.js", lambda route: route.fulfill(path=hls_js, content_type="text/javascript"))
    page.goto(f"{program.address}/player.html")
    page.evaluate(PLAY_HLS, f"{program.address}/vod/street/start/{start}/end/{end}/master.m3u8")
    until(page, "document.querySelector('video').ended || errors.some((one) => one[1])")
    state: dict[str, Any] = page.evaluate(STATE)
    # A busy machine may have to wait for data; anything else, a skipped hole above all, is a fault of the footage.
    assert [one for one in page.evaluate("errors") if one != ["bufferStalledError", False]] == []
    assert state["width"] == 1280
    assert end - start - 0.5 < state["duration"] < end - start + 3.5, "from the keyframe before, to a fragment's end"
    assert state["time"] == pytest.approx(state["duration"], abs=0.2)
    assert len(state["buffered"]) == 1, state
    assert state["buffered"][0][0] < 0.2
    assert state["buffered"][0][1] == pytest.approx(state["duration"], abs=0.2)
    assert state["frames"] > 50
    assert complaints == []


def test_video_seeks_in_a_clip(
    program: Program, page: Page, complaints: list[str], recorded: tuple[float, float]
) -> None:
    start, end = recorded
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status) if "clip.mp4" in answer.url else None)
    page.route("**/player.html", lambda route: route.fulfill(body=CLIP_PAGE, content_type="text/html"))
    page.goto(f"{program.address}/player.html")
    page.evaluate(
        "url => { document.querySelector('video').src = url; }",
        f"{program.address}/api/street/start/{start}/end/{end}/clip.mp4",
    )
    until(page, "document.querySelector('video').readyState >= 2")
    page.evaluate("""() => new Promise((seen) => {
      const video = document.querySelector("video");
      video.requestVideoFrameCallback((_, frame) => { window.shown = frame.mediaTime; seen(); });
      video.currentTime = video.duration * 0.75;
    })""")
    until(page, "!document.querySelector('video').seeking")
    state = page.evaluate(STATE)
    assert state["width"] == 1280
    assert state["time"] == pytest.approx(state["duration"] * 0.75, abs=0.1)
    assert page.evaluate("shown") == pytest.approx(state["time"], abs=0.1)
    assert shows_something(page.evaluate(LOOK))
    assert answers
    assert set(answers) == {206}
    assert complaints == []


def test_a_link_plays_without_a_login(
    program: Program, page: Page, complaints: list[str], recorded: tuple[float, float]
) -> None:
    start, end = recorded
    body = {"camera": "street", "start_time": start, "end_time": end, "title": "What happened"}
    status, answer, _ = program.post("/api/share", body)
    assert status == 201
    external = re.search(r"https://127\.0\.0\.1:\d+", program.output())
    assert external
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{external.group()}{answer['path']}")
    page.get_by_role("heading", name="What happened").wait_for()
    assert "street" not in page.content()
    page.evaluate("() => { const video = document.querySelector('video'); video.muted = true; return video.play(); }")
    until(page, "document.querySelector('video').currentTime > 1")
    state = page.evaluate(STATE)
    assert state["width"] == 1280
    assert end - start - 0.5 < state["duration"] < end - start + 3.5
    assert shows_something(page.evaluate(LOOK))
    assert {url.partition("?")[0] for url in asked} == {
        f"{external.group()}{answer['path']}{suffix}" for suffix in ("", "/clip.mp4")
    }
    assert complaints == []
    program.delete(f"/api/share/{answer['share']['id']}")
    gone = page.goto(f"{external.group()}{answer['path']}")
    assert gone is not None
    assert gone.status == 404


def until(page: Page, condition: str, seconds: float = 20) -> None:
    """Wait until `condition` holds on the page, whose own rules forbid playwright's way to wait (`eval`)."""
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < end, f"not within {seconds} s: {condition}"
        page.wait_for_timeout(50)


def shows_something(green: list[int]) -> bool:
    return max(green) - min(green) > 60
