"""Recordings: the player and the timeline, as one uses them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.e2e.program import Program
from tests.e2e.ui.pages import Ui

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect

READY = """() => {
  const video = document.querySelector('.recorded video');
  return video?.readyState >= 2 && video.videoWidth > 0 && !video.seeking;
}"""
PLAYHEAD = "Number(document.querySelector('.timeline-slider').ariaValueNow)"
# A number that differs between any two pictures: the demo writes a counter into them.
LOOK = """() => {
  const video = document.querySelector('.recorded video');
  const canvas = Object.assign(document.createElement('canvas'), { width: video.videoWidth, height: 40 });
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, 40);
  return data.reduce((sum, value, at) => (sum * 31 + value * (at % 97)) % 1e9, 7);
}"""


@pytest.fixture
def recordings(open_page: Callable[..., Ui], demo: Program) -> Ui:
    """The page at a moment of which a picture is shown."""
    found: list[dict[str, float]] = []

    def recorded() -> bool:
        found[:] = demo.json("/api/street/recordings")
        return bool(found) and found[-1]["end_time"] - found[0]["start_time"] > 16

    demo.wait(recorded, 60, "recordings")
    ui = open_page(f"playback?camera=street&time={found[0]['start_time'] + 5}")
    ui.until(READY)
    return ui


def asked(ui: Ui) -> dict[str, str]:
    """Return the parameters of the page's address."""
    return {key: values[0] for key, values in parse_qs(urlsplit(ui.page.url).query).items()}


def timeline(ui: Ui) -> FloatRect:
    """Return where the timeline is on the page."""
    box = ui.page.get_by_role("slider", name="Timeline").bounding_box()
    assert box is not None
    return box


def test_plays_and_steps_by_frames(recordings: Ui) -> None:
    page, start = recordings.page, float(asked(recordings)["time"])
    page.keyboard.press("k")
    recordings.until(f"() => {PLAYHEAD} > {start + 1.5}")
    page.keyboard.press("k")
    page.get_by_role("button", name="Play").wait_for()
    recordings.until(READY)
    seen = [page.evaluate(LOOK)]
    for key in (".", ".", ",", ","):
        page.keyboard.press(key)
        page.wait_for_function(f"before => ({LOOK})() !== before", arg=seen[-1])
        seen.append(page.evaluate(LOOK))
    assert seen[:3] == seen[:1:-1]
    assert len(set(seen)) == 3


def test_a_typed_time_and_one_where_nothing_was_recorded(recordings: Ui) -> None:
    page = recordings.page
    recordings.expected = "status of 404"  # that nothing was recorded then is an answer of which Chromium complains
    page.locator(".timeline-time").click()
    page.get_by_label("Time", exact=True).fill("no time")
    page.keyboard.press("Enter")
    page.get_by_text("This is no time").wait_for()
    page.get_by_label("Time", exact=True).fill("yesterday 3:00")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing was recorded").wait_for()
    page.get_by_role("button", name=re.compile("^On to")).click()
    recordings.until("() => !document.querySelector('.recorded-notice')?.textContent.includes('3:00')")


def test_a_span_is_selected_exported_and_shared(recordings: Ui) -> None:
    page = recordings.page
    page.keyboard.press("[")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("]")
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_label("Name").fill("ten seconds")
    page.get_by_role("dialog").get_by_role("button", name="Export", exact=True).click()
    page.get_by_text("The export is there.").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make the link").click()
    assert "/share/" in page.get_by_label("Link", exact=True).input_value()
    page.keyboard.press("Escape")
    recordings.until("() => location.search.includes('from=')")
    span = asked(recordings)
    assert float(span["to"]) - float(span["from"]) == pytest.approx(10, abs=0.2)
    page.reload()
    page.get_by_role("group", name="Selection").wait_for()


def test_motion_is_found_in_a_drawn_region(recordings: Ui) -> None:
    page = recordings.page
    page.get_by_role("button", name="Motion search").click()
    box = page.locator(".playback-region").bounding_box()
    assert box is not None
    corners = [(0.1, 0.5), (0.9, 0.5), (0.9, 0.95), (0.1, 0.95), (0.1, 0.5)]
    page.mouse.move(box["x"] + corners[0][0] * box["width"], box["y"] + corners[0][1] * box["height"])
    page.mouse.down()
    for x, y in corners[1:]:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
    page.mouse.up()
    page.get_by_label("Of the region, at least").select_option("1")
    page.get_by_role("button", name="Search", exact=True).click()
    page.locator(".playback-found button").first.click()
    recordings.until("() => document.querySelector('.playback-region rect')")
    assert recordings.accessible() == []


def test_on_a_phone(open_page: Callable[..., Ui]) -> None:
    ui = open_page("playback", viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark")
    ui.until("() => document.querySelector('.recorded video')")
    assert ui.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert ui.accessible() == []
