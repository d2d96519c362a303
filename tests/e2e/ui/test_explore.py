"""The page of events."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.program import Program
from tests.e2e.ui.pages import Ui

pytestmark = pytest.mark.timeout(180)
CARD = ".explore-card"


@pytest.fixture
def events(open_page: Callable[..., Ui], demo: Program) -> Ui:
    """The page, with at least two events that have ended."""
    demo.wait(lambda: len(demo.json("/api/events?in_progress=0&has_snapshot=1")) >= 2, 90, "events")
    ui = open_page("explore")
    ui.until(f"document.querySelectorAll('{CARD} img').length >= 2")
    return ui


def test_filters_are_in_the_address_and_filter(events: Ui) -> None:
    page = events.page
    page.get_by_role("button", name="Corner", exact=True).click()
    events.until("location.search.includes('cameras=corner')")
    events.until(f"[...document.querySelectorAll('{CARD}')].every((one) => one.innerText.includes('Corner'))")
    page.get_by_role("searchbox", name="Words").fill("nobody is called so")
    page.get_by_text("No event passes these filters.").wait_for()
    page.get_by_role("main").get_by_role("button", name="Clear the filters").last.click()
    events.until(f"document.querySelectorAll('{CARD}').length >= 2 && location.search === ''")


def test_an_event_tells_what_happened_and_can_be_named(events: Ui, demo: Program) -> None:
    event = demo.json("/api/events?in_progress=0&has_snapshot=1&limit=1")[0]
    events.go(f"explore?event={event['id']}")
    dialog = events.page.get_by_role("dialog")
    dialog.get_by_text("Its median score reached").wait_for()
    dialog.get_by_text("Appears").wait_for()
    events.until("document.querySelector('.explore-picture img')?.naturalWidth >= 1280")
    assert dialog.locator(".explore-path polyline").count() == 2

    dialog.get_by_role("button", name="Edit: Name").click()
    form = events.page.get_by_role("dialog").last
    form.locator("input").fill("Ann")
    form.get_by_role("button", name="Save").click()
    dialog.locator("dd").get_by_text("Ann").wait_for()
    assert demo.json(f"/api/events/{event['id']}")["sub_label"] == "Ann"

    if event["has_clip"]:
        dialog.get_by_role("tab", name="Clip").click()
        events.until("document.querySelector('.explore-picture video')?.currentTime > 0.2")
    events.page.keyboard.press("Escape")
    events.until("!document.querySelector('dialog')")


def test_what_is_deleted_can_be_taken_back(events: Ui, demo: Program) -> None:
    event = demo.json("/api/events?in_progress=0&has_snapshot=1&limit=1")[0]["id"]
    events.go(f"explore?event={event}")
    events.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    events.page.get_by_role("button", name="Undo").click()
    events.page.wait_for_timeout(300)
    assert demo.json(f"/api/events/{event}")["id"] == event
