"""The settings, the editor of the configuration file, and the wizard: what is changed there is in force."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dogwatch.redact import MASK
from tests.e2e.program import Program
from tests.e2e.ui.pages import Ui
from tests.push_service import PushService, push_service
from tests.rtsp import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.timeout(150)
CONFIG = """
notifications: {{enabled: true, private_hosts: ["{host}"]}}
go2rtc: {{rtsp: {{listen: "127.0.0.1:{port}"}}}}
objects: {{track: [person]}}
cameras:
  street:  # the one in front
    ffmpeg: {{inputs: [{{path: "synthetic://street?seed=1&fps=8&size=640x360"}}]}}
    motion: {{mask: ["0,0,0.2,0,0.2,0.1"]}}
"""
PARTS = [
    "cameras",
    "cameras&camera=street",
    "zones",
    "try",
    "users",
    "notifications",
    "models",
    "storage",
    "appearance",
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushService]:
    """A push service that the program trusts."""
    with push_service(tmp_path_factory.mktemp("push")) as made:
        os.environ["SSL_CERT_FILE"] = str(made.certificate)
        try:
            yield made
        finally:
            del os.environ["SSL_CERT_FILE"]


@pytest.fixture(scope="module")
def port() -> int:
    """Where the program serves its camera by RTSP."""
    return free_port()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, service: PushService, port: int) -> Iterator[Program]:
    """A program of this module alone, as its configuration is changed."""
    text = CONFIG.format(host=service.host, port=port)
    program = Program.run(tmp_path_factory.mktemp("settings") / "data", text)
    try:
        program.wait(lambda: program.json("/api/stats")["cameras"]["street"]["camera_fps"] > 0, 60, "frames")
        yield program
    finally:
        program.stop()


def camera(program: Program) -> Any:
    return program.json("/api/config")["cameras"]["street"]


def file(program: Program) -> str:
    return (program.data / "config.yml").read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_parts_are_accessible_and_fit_on_a_phone(open_page: Callable[..., Ui], theme: str) -> None:
    ui = open_page(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True, color_scheme=theme)
    found, wide = {}, {}
    for path in ["settings", "config", "wizard", *(f"settings?part={part}" for part in PARTS)]:
        ui.go(path)
        ui.settle()
        found[path] = ui.accessible()
        wide[path] = ui.page.evaluate("document.documentElement.scrollWidth") > 390
    assert not any(found.values()), found
    assert not any(wide.values()), wide


def point(page: Page, x: float, y: float) -> tuple[float, float]:
    box = page.locator(".zones-svg").bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def test_a_zone_that_is_drawn_ends_in_the_configuration(open_page: Callable[..., Ui], demo: Program) -> None:
    ui = open_page("settings?part=zones&camera=street")
    page = ui.page
    page.get_by_role("button", name="Add").click()
    page.get_by_role("menuitem", name="Zone").click()
    for x, y in [(0.25, 0.5), (0.75, 0.5), (0.75, 0.9), (0.25, 0.9)]:
        page.mouse.click(*point(page, x, y))
    page.keyboard.press("Enter")
    page.get_by_label("Name").fill("Drive way")
    page.mouse.move(*point(page, 0.75, 0.5))
    page.mouse.down()
    page.mouse.move(*point(page, 0.85, 0.4), steps=4)
    page.mouse.up()
    page.keyboard.press("Control+z")  # back to where it was
    page.get_by_role("button", name="Point 4 of 4").focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.get_by_label("Loitering").fill("4")
    page.get_by_role("button", name="Save").click()
    ui.until("document.querySelector('.toast')")

    zone = camera(demo)["zones"]["drive_way"]
    assert (zone["friendly_name"], zone["loitering_time"]) == ("Drive way", 4)
    numbers = [float(one) for one in zone["coordinates"].split(",")]
    assert numbers == pytest.approx([0.25, 0.5, 0.75, 0.5, 0.75, 0.9, 0.23, 0.9], abs=0.01)
    assert "# the one in front" in file(demo)


def test_a_mask_of_an_older_form_is_changed_and_another_added(open_page: Callable[..., Ui], demo: Program) -> None:
    ui = open_page("settings?part=zones&camera=street")
    page = ui.page
    page.get_by_role("button", name="Add").click()
    page.get_by_role("menuitem", name="Motion mask").click()
    page.get_by_role("button", name="rectangle").click()
    page.get_by_label("Name").fill("Flag")
    page.get_by_role("button", name="Save").click()
    ui.until("document.querySelector('.toast')")
    assert camera(demo)["motion"]["mask"] == ["0,0,0.2,0,0.2,0.1", "0.3,0.3,0.7,0.3,0.7,0.7,0.3,0.7"]


def test_only_keys_that_were_changed_are_written(open_page: Callable[..., Ui], demo: Program) -> None:
    ui = open_page("settings?part=cameras&camera=street")
    page = ui.page
    page.get_by_label("Name").fill("Front door")
    page.get_by_label("Pictures analysed per second").fill("99")
    page.get_by_role("button", name="Save").click()
    assert "60" in page.get_by_role("alert").inner_text()
    page.get_by_label("Pictures analysed per second").fill("4")
    page.get_by_role("button", name="Save").click()
    ui.until("document.querySelector('.toast')")
    assert camera(demo)["friendly_name"] == "Front door"
    text = file(demo)
    assert "fps: 4" in text
    assert "min_score" not in text
    assert "dashboard" not in text
    ui.complaints[:] = [one for one in ui.complaints if "status of 400" not in one]


def test_the_file_is_edited_with_help_and_mistakes_at_their_line(open_page: Callable[..., Ui], demo: Program) -> None:
    ui = open_page("config")
    page = ui.page
    text = page.get_by_label("Text of the configuration file")
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("timest")
    page.get_by_role("option", name="timestamp_style").wait_for()
    page.keyboard.press("Control+Space")
    page.keyboard.press("Escape")
    for _ in "timest":
        page.keyboard.press("Backspace")
    page.keyboard.type("birdseye: {quality: 77}")
    page.locator(".config-problem").wait_for()
    assert "31" in page.locator(".config-problem").inner_text()
    page.get_by_role("link", name="Settings").first.click()
    page.go_back()
    text.get_by_text("77").wait_for()  # what is not saved is not lost
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Backspace")
    page.locator(".config-valid").wait_for()
    page.get_by_role("button", name="Look at the changes").click()
    page.get_by_text("birdseye").last.wait_for()
    page.get_by_role("button", name="Save and apply").click()
    ui.until("document.querySelector('.toast')")
    assert demo.json("/api/config")["birdseye"]["quality"] == 7
    assert page.evaluate("document.querySelectorAll('style').length") == 0


def test_the_wizard_adds_the_first_camera(
    open_page: Callable[..., Ui], demo: Program, port: int, tmp_path: Path
) -> None:
    del demo  # its stream is the camera
    other = Program.run(tmp_path / "data", "go2rtc: {rtsp: {listen: ''}}\ncameras: {}\n")
    try:
        ui = open_page("", base=other.address)
        page = ui.page
        page.get_by_label("Address").fill(f"rtsp://127.0.0.1:{port}/street")
        page.get_by_label("User at the camera").fill("admin")
        page.get_by_label("Password at the camera").fill("a secret & more")
        page.get_by_role("button", name="Look at it").click()
        picture = page.locator(".wizard-picture img")
        picture.wait_for(timeout=40_000)
        assert base64.b64decode((picture.get_attribute("src") or "").partition(",")[2])[:2] == b"\xff\xd8"
        assert "640×360" in page.locator(".wizard-streams").inner_text()
        page.get_by_role("button", name="Next").click()
        page.get_by_label("Name of the camera").fill("Front door")
        page.get_by_text("This camera will take about").wait_for()
        page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="Add the camera").click()
        page.locator(".wizard-first img").wait_for(timeout=40_000)
        added = other.json("/api/config")["cameras"]["front_door"]
        assert added["ffmpeg"]["inputs"] == [
            {"path": f"rtsp://{MASK}@127.0.0.1:{port}/street", "roles": ["record", "detect"]}
        ]
        assert added["record"]["continuous"]["days"] == 7
        page.get_by_role("link", name="To the live page").click()
        page.get_by_text("Front door").first.wait_for()
        page.close()
    finally:
        other.stop()


def test_viewers_see_only_what_is_theirs(open_page: Callable[..., Ui], demo: Program) -> None:
    external = demo.wait(lambda: demo._find(r"https://127\.0\.0\.1:\d+"), 20, "the external address")
    account = {"username": "frida", "password": "a long password", "role": "viewer"}
    demo.post("/api/users", account)
    ui = open_page("", base=external)
    ui.page.get_by_label("Name").fill("frida")
    ui.page.get_by_label("Password").fill("a long password")
    ui.page.get_by_role("button", name="Log in").click()
    ui.page.get_by_role("navigation").first.wait_for()
    ui.go("settings")
    ui.page.get_by_text("Password of “frida”").wait_for()
    parts = ui.page.locator(".settings-nav li a").all_inner_texts()
    assert [one.split("\n")[0] for one in parts] == ["Users", "Notifications", "Appearance"]
    ui.page.get_by_label("Present password").fill("not the password")
    ui.page.get_by_label("New password").fill("another password")
    ui.page.get_by_label("The new one again").fill("another password")
    ui.page.get_by_role("button", name="Change the password").click()
    assert "present password is wrong" in ui.page.get_by_role("alert").inner_text()
    ui.page.get_by_label("Present password").fill("a long password")
    ui.page.get_by_role("button", name="Change the password").click()
    ui.until("document.querySelector('.toast')")
