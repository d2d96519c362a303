"""The page of the edge camera, whose sensor is the mock one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.program import Program
from tests.e2e.test_edge import Edge
from tests.e2e.ui.pages import Ui
from tests.e2e.ui.test_frame import PHONE

pytestmark = pytest.mark.timeout(150)
PARTS = ["", "presence", "archive", "timelapse", "history", "stream", "computer", "logs"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program with an edge camera in the demo's place."""
    running = Edge(tmp_path_factory.mktemp("edge") / "data")
    try:
        program = running.program
        program.wait(lambda: program.segments("front"), 60, "segment")
        program.wait(lambda: program.json("/api/stats")["cameras"]["front"]["camera_fps"], 30, "picture")
        yield running.program
    finally:
        running.program.stop()


def test_what_a_sensor_triggers_is_in_the_archive(ui: Ui) -> None:
    page = ui.page
    page.get_by_role("link", name="Edge").click()
    page.get_by_label("Type", exact=True).select_option("mock")
    page.get_by_label("Seconds after the release").fill("0")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved", exact=True).wait_for()
    page.get_by_role("button", name="Arm", exact=True).click()
    page.get_by_role("button", name="Trigger", exact=True).click()
    page.get_by_text("Recording by the sensor").wait_for(timeout=60_000)
    page.get_by_text("triggered", exact=True).wait_for()
    page.wait_for_timeout(2500)  # a strip of pictures needs two seconds
    page.get_by_role("button", name="Release").click()
    page.get_by_text("armed", exact=True).wait_for()

    page.get_by_role("tab", name="Archive").click()
    recording = page.get_by_role("button", name=re.compile("^Play "))
    recording.wait_for()
    recording.hover()
    place = ui.page.locator(".edge-place")
    place.wait_for()
    box = recording.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.05, box["y"] + 20)
    ui.until("document.querySelector('.edge-place').style.width === '10%'")
    page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + 20)
    ui.until("document.querySelector('.edge-place').style.width === '100%'")
    recording.click()
    ui.until("document.querySelector('video')?.currentTime > 0.5")
    page.keyboard.press("Escape")

    page.get_by_role("tab", name="History").click()
    page.get_by_text("sensor triggered").first.wait_for()


def test_every_type_of_sensor_has_a_picture_of_its_wires(open_page: Callable[..., Ui]) -> None:
    ui = open_page("edge")
    kinds = ui.page.get_by_label("Type", exact=True)
    kinds.wait_for()
    values = kinds.locator("option").evaluate_all("all => all.map(one => one.value)")
    assert len(values) == 16
    for value in values:
        kinds.select_option(value)
        wires = 0 if value == "mock" else 2 if value in ("mini_reed", "button") else 3
        ui.until("n => document.querySelectorAll('.edge-wire path').length === n", wires)
    kinds.select_option("pir")
    assert ui.page.locator(".edge-wire.volts5").count() == 1
    ui.page.get_by_label("Line").select_option("21")
    assert "GPIO21 (40)" in str(ui.page.get_by_role("img", name=re.compile("^PIR")).get_attribute("aria-label"))


def test_a_device_is_tracked_and_forgotten(open_page: Callable[..., Ui]) -> None:
    ui = open_page("edge?part=presence")
    ui.page.get_by_role("button", name="Add a Wi-Fi device").click()
    ui.page.get_by_label("Address").fill("aa:bb:cc:00:11:22")
    ui.page.get_by_label("Name").fill("Ann")
    ui.page.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()
    ui.page.get_by_role("listitem").filter(has_text="Ann").wait_for()
    ui.page.get_by_role("button", name="Remove Ann").click()
    ui.page.get_by_role("button", name="Remove", exact=True).click()
    ui.page.get_by_role("heading", name="No device is tracked").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_parts_are_accessible_and_fit_a_phone(open_page: Callable[..., Ui], theme: str) -> None:
    ui = open_page("edge", color_scheme=theme, **PHONE)
    for part in PARTS:
        ui.go(f"edge?part={part}")
        ui.page.get_by_role("tab").first.wait_for()
        ui.settle()
        assert ui.page.evaluate("document.documentElement.scrollWidth") <= 390, part
        assert ui.accessible() == [], part
