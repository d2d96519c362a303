"""The live page: pictures that move, in whatever way the browser can, and what can be done with a camera."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.e2e.program import Program
from tests.e2e.ui.pages import Ui

if TYPE_CHECKING:
    from playwright.sync_api import WebSocketRoute

pytestmark = pytest.mark.timeout(150)
NO_MSE = "delete window.MediaSource; delete window.ManagedMediaSource;"
NO_WEBRTC = "delete window.RTCPeerConnection;"
PHASE = "(camera) => document.querySelector(`[data-camera=${camera}] .player`)?.dataset.phase"
FRAMES = (
    """(camera) => document.querySelector(`[data-camera=${camera}] video`).getVideoPlaybackQuality().totalVideoFrames"""
)


def playing(ui: Ui, camera: str = "street", transport: str = "mse") -> None:
    """Wait until a camera plays in this way."""
    ui.until(
        f"([camera, way]) => ({PHASE})(camera) === 'playing' && "
        "document.querySelector(`[data-camera=${camera}] .player`).dataset.transport === way",
        [camera, transport],
    )


def moving(ui: Ui, camera: str = "street") -> None:
    """Wait until frames of a camera have been presented, one after another."""
    ui.page.evaluate(
        """(camera) => new Promise((done) => {
          const video = document.querySelector(`[data-camera=${camera}] video`);
          let first = null;
          const look = (_, { mediaTime }) => {
            first ??= mediaTime;
            if (mediaTime > first + 0.5) done(true);
            else video.requestVideoFrameCallback(look);
          };
          video.requestVideoFrameCallback(look);
        })""",
        camera,
    )


def tap(client: WebSocketRoute, clients: list[WebSocketRoute], said: list[str] | None = None) -> None:
    """Pass on what a page and the server say, note what the page says, and let a test speak as the server."""
    server = client.connect_to_server()

    def pass_on(data: str | bytes) -> None:
        if said is not None:
            said.append(str(data))
        server.send(data)

    client.on_message(pass_on)
    clients.append(client)


def test_all_cameras_move_and_the_still_before_is_marked(open_page: Callable[..., Ui], demo: Program) -> None:
    ui = open_page("styleguide")
    ui.page.route_web_socket(re.compile("/live/mse/"), lambda _: None)  # no server answers
    ui.go("")
    ui.page.locator(".player-mark").first.wait_for()  # the newest picture, with its time
    ui.until("() => [...document.querySelectorAll('.player-still')].every(({ width }) => width > 100)")

    ui = open_page()
    for camera in ("street", "corner"):
        playing(ui, camera)
        moving(ui, camera)
    assert ui.page.locator(".player-mark").count() == 0


@pytest.mark.parametrize(("lacks", "way"), [(NO_MSE, "webrtc"), (NO_MSE + NO_WEBRTC, "mjpeg")])
def test_a_browser_without_it_gets_another_way(open_page: Callable[..., Ui], lacks: str, way: str) -> None:
    ui = open_page("styleguide")
    ui.page.add_init_script(lacks)
    ui.go("?camera=street")
    playing(ui, transport=way)
    if way == "webrtc":
        moving(ui)


def test_a_stream_that_stands_still_is_marked_and_comes_back(open_page: Callable[..., Ui]) -> None:
    ui = open_page("styleguide")
    stalled = [False]

    def between(client: WebSocketRoute) -> None:
        server = client.connect_to_server()
        server.on_message(lambda data: None if stalled[0] else client.send(data))

    ui.page.route_web_socket(re.compile("/live/mse/"), between)
    ui.go("?camera=street")
    playing(ui)
    stalled[0] = True
    ui.page.get_by_text(re.compile("^Picture of")).wait_for()
    stalled[0] = False
    playing(ui)
    moving(ui)


def test_one_camera_by_click_and_by_keys(ui: Ui) -> None:
    playing(ui)
    ui.page.locator("[data-camera=street] a").click()
    ui.page.get_by_role("heading", name="Street").wait_for()
    playing(ui)
    ui.page.keyboard.press("ArrowRight")
    ui.page.get_by_role("heading", name="Corner").wait_for()
    ui.page.keyboard.press("Escape")
    ui.page.locator("[data-camera=corner] a").wait_for()
    ui.page.keyboard.press("2")
    ui.page.get_by_role("heading", name="Corner").wait_for()
    ui.page.keyboard.press("f")
    ui.until("() => document.fullscreenElement !== null")
    ui.page.keyboard.press("f")
    ui.until("() => document.fullscreenElement === null")
    ui.page.get_by_role("button", name="Stream and statistics").click()
    ui.until("() => document.querySelector('.live-stats')?.innerText.includes('1280 × 720')")
    with ui.page.expect_download() as saved:
        ui.page.get_by_role("button", name="Save this picture").click()
    assert re.fullmatch(r"corner-\d{4}-\d\d-\d\d-\d{6}\.jpg", saved.value.suggested_filename)
    assert saved.value.path().read_bytes()[:2] == b"\xff\xd8"
    ui.page.get_by_role("link", name="Back in time").click()
    ui.page.wait_for_url(re.compile(r"/playback\?camera=corner&time=\d+"))


def test_switches_and_what_lies_over_the_picture(open_page: Callable[..., Ui], demo: Program) -> None:
    ui = open_page("styleguide")
    sockets: list[WebSocketRoute] = []
    ui.page.route_web_socket(re.compile("/ws$"), lambda client: tap(client, sockets))
    ui.go("?camera=street&panel=switches")
    detect = ui.page.get_by_role("switch", name="Object detection")
    assert detect.is_checked()
    detect.uncheck()
    demo.wait(lambda: not demo.json("/api/config")["cameras"]["street"]["detect"]["enabled"], 20, "switch")
    detect.check()
    demo.wait(lambda: demo.json("/api/config")["cameras"]["street"]["detect"]["enabled"], 20, "switch")
    ui.page.get_by_role("switch", name="Camera", exact=True).uncheck()
    ui.page.get_by_text("This camera is switched off").wait_for()
    ui.page.get_by_role("switch", name="Camera", exact=True).check()
    playing(ui)

    ui.page.get_by_role("button", name="Over the picture").click()
    ui.page.get_by_role("switch", name="Zones").check()
    ui.page.get_by_role("switch", name="Boxes of objects").check()
    ui.page.locator(".live-overlay .zone").wait_for()
    seen: dict[str, object] = {"id": "1", "camera": "street", "label": "person", "sub_label": None, "score": 0.8}
    seen |= {"box": [10, 20, 200, 400], "stationary": True, "false_positive": False}
    box = ui.page.locator(".live-overlay .box text").filter(has_text=re.compile("^Person 80"))

    def told() -> bool:
        sockets[-1].send(json.dumps({"topic": "events", "payload": json.dumps({"type": "new", "after": seen})}))
        return box.count() == 1

    demo.wait(told, 20, "box")


def test_the_order_is_kept_and_alerts_can_be_taken_away(ui: Ui, demo: Program) -> None:
    names = "[...document.querySelectorAll('.live-tile')].map((one) => one.dataset.camera).join()"
    playing(ui, "corner")
    assert ui.page.evaluate(names) == "street,corner"
    ui.page.locator("[data-camera=corner] a").drag_to(ui.page.locator("[data-camera=street] a"))
    ui.until(f"() => {names} === 'corner,street'")
    ui.page.reload()
    ui.until(f"() => {names} === 'corner,street'")
    ui.page.get_by_role("button", name="Arrange").click()
    ui.page.locator("[data-camera=corner] a").press("ArrowRight")
    ui.until(f"() => {names} === 'street,corner'")
    ui.page.get_by_role("button", name="Done").click()

    ui.page.locator(".live-alert").first.wait_for(timeout=60_000)
    ui.page.locator(".live-alert button").first.click()
    demo.wait(lambda: demo.json("/api/review?severity=alert&reviewed=1"), 20, "reviewed alert")


def test_a_camera_that_turns_does_so_while_a_key_or_button_is_held(open_page: Callable[..., Ui], demo: Program) -> None:
    ui = open_page("styleguide")
    config = demo.json("/api/config")
    config["cameras"]["street"]["onvif"]["host"] = "192.0.2.7"
    ui.page.route("**/api/config", lambda route: route.fulfill(json=config))
    info = {"name": "street", "features": ["pt", "zoom"], "presets": ["gate"]}
    ui.page.route("**/api/street/ptz/info", lambda route: route.fulfill(json=info))
    said: list[str] = []
    ui.page.route_web_socket(re.compile("/ws$"), lambda client: tap(client, [], said))
    ui.go("?camera=street&panel=ptz")
    ui.page.get_by_role("button", name="gate").click()
    ui.page.keyboard.down("ArrowLeft")
    ui.page.keyboard.up("ArrowLeft")
    up = ui.page.get_by_role("button", name="Up")
    up.hover()
    ui.page.mouse.down()
    ui.page.mouse.up()
    demo.wait(lambda: len(orders(said)) == 5, 20, "orders")
    assert orders(said) == ["preset_gate", "MOVE_LEFT", "STOP", "MOVE_UP", "STOP"]


def orders(said: list[str]) -> list[str]:
    """Return the orders to turn among what a page has said."""
    return [one["payload"] for one in map(json.loads, said) if one["topic"] == "street/ptz"]


def test_who_has_no_microphone_is_told_so(open_page: Callable[..., Ui]) -> None:
    ui = open_page("styleguide")
    can = {"producers": [{"url": "rtsp://*", "medias": ["audio, sendonly, PCMU/8000"]}], "consumers": []}
    ui.page.route("**/api/go2rtc/streams/street", lambda route: route.fulfill(json=can))
    ui.go("?camera=street")
    playing(ui)
    ui.page.get_by_role("button", name="Talk").click()
    ui.page.get_by_role("status").get_by_text(re.compile("microphone")).wait_for()
    ui.page.get_by_role("button", name="Talk", pressed=False).wait_for()


def test_birdseye_is_decoded_by_the_page(ui: Ui) -> None:
    ui.page.get_by_role("button", name="Birdseye").click()
    playing(ui, "birdseye", "mpeg1")
    ui.page.locator("[data-camera=birdseye] a").click()
    playing(ui, "birdseye", "mpeg1")
    lit = """() => {
      const still = document.querySelector("[data-camera=birdseye] .player-still");
      const { data } = still.getContext("2d").getImageData(0, 0, still.width, still.height);
      return still.width === 1280 && data.some((value, at) => at % 4 < 3 && value > 60);
    }"""
    ui.until(lit)
    ui.page.keyboard.press("Escape")
    ui.page.get_by_role("button", name="Birdseye").click()
    ui.until("() => !document.querySelector('[data-camera=birdseye]')")
