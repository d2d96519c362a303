"""The page of review items."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable

import pytest

from tests.e2e.program import Program
from tests.e2e.ui.pages import Ui

pytestmark = pytest.mark.timeout(200)
CARD = ".review-card"
# Video clocks of both cameras, as how far each is from the one that is large, by the pictures' own clocks.
PLAYING = """() => {
  const videos = [...document.querySelectorAll("dialog video")];
  return videos.length === 2 && videos.every((one) => one.currentTime > 0 && !one.paused && one.videoWidth > 0);
}"""


def switch(demo: Program, to: str) -> None:
    """Switch the detection of the corner."""
    request = urllib.request.Request(
        f"{demo.address}/api/camera/corner/set/detect", json.dumps({"value": to}).encode(), method="PUT"
    )
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request).close()


def ended_alert(demo: Program) -> str:
    """Return an alert that has ended."""

    def ended() -> str | None:
        items = demo.json("/api/review?severity=alert&cameras=corner")
        return next((one["id"] for one in items if one["end_time"]), None)

    demo.wait(lambda: demo.json("/api/review?severity=alert&cameras=corner"), 90, "alert")
    if not ended():
        switch(demo, "OFF")  # people come and go without an end
        demo.wait(ended, 90, "alert that has ended")
        switch(demo, "ON")
    return demo.wait(ended, 10, "alert that has ended")


def test_an_item_is_played_beside_the_other_camera_and_counts_as_seen(
    open_page: Callable[..., Ui], demo: Program
) -> None:
    item = ended_alert(demo)
    ui = open_page("review")
    ui.until(f"document.querySelectorAll('{CARD} img').length >= 1")
    ui.until("document.querySelector('.timeline canvas')")
    ui.go(f"review?item={item}")
    dialog = ui.page.get_by_role("dialog")
    ui.until("document.querySelector('dialog video')?.currentTime > 0.3")
    dialog.get_by_role("button", name="All cameras in step").click()
    ui.page.wait_for_function(PLAYING)
    demo.wait(lambda: demo.json(f"/api/review/{item}")["has_been_reviewed"], 20, "mark")
    dialog.get_by_role("button", name="Mark as not seen").click()
    demo.wait(lambda: not demo.json(f"/api/review/{item}")["has_been_reviewed"], 20, "mark taken away")

    dialog.get_by_role("button", name="Export").click()
    ui.page.get_by_role("dialog").nth(1).wait_for()


def test_items_are_chosen_and_marked_together(open_page: Callable[..., Ui], demo: Program) -> None:
    ended_alert(demo)
    ui = open_page("review?cameras=corner")
    ui.page.locator(CARD).filter(has_not_text="now").first.click(modifiers=["Control"])
    bar = ui.page.get_by_role("toolbar")
    bar.get_by_text("1 chosen").wait_for()
    bar.get_by_role("button", name="Mark as seen").click()
    ui.page.get_by_text("Marked as seen").wait_for()
    ui.until(f"document.querySelector('{CARD}.seen')")
    ui.page.get_by_role("button", name="Undo").click()
    ui.until(f"!document.querySelector('{CARD}.seen')")
