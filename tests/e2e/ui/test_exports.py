"""The page of exports and cases."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable

import pytest

from tests.e2e.program import Program
from tests.e2e.ui.pages import Ui

pytestmark = pytest.mark.timeout(180)


def begin(demo: Program, name: str) -> str:
    """Export ten seconds of the street; return the export's id."""
    demo.wait(lambda: len(demo.segments("street")) >= 2, 60, "recording")
    start = demo.segments("street")[0]["start_time"]
    request = urllib.request.Request(
        f"{demo.address}/api/export/street/start/{start}/end/{start + 10}",
        json.dumps({"name": name}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        made: str = json.load(answer)["export_id"]
    demo.wait(lambda: not demo.json(f"/api/exports/{made}")["in_progress"], 60, "export")
    return made


def test_an_export_is_played_renamed_put_into_a_case_and_deleted(open_page: Callable[..., Ui], demo: Program) -> None:
    export = begin(demo, "the parcel")
    ui = open_page("export")
    page = ui.page
    page.get_by_role("button", name="Play “the parcel”").click()
    ui.until("document.querySelector('.exports-video')?.currentTime > 0.2")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="New case").click()
    page.get_by_role("textbox", name="Name").fill("Spring")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("There is nothing in this case yet.").wait_for()
    page.get_by_role("group", name="Cases").get_by_role("button", name="All").click()

    page.get_by_role("button", name="More", exact=True).last.click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("textbox", name="Name").fill("the letter")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("the letter").first.wait_for()

    page.get_by_role("button", name="More", exact=True).last.click()
    page.get_by_role("menuitem", name="Put into a case").click()
    page.get_by_role("combobox", name="Case").select_option(label="Spring")
    page.get_by_role("button", name="Save").click()
    demo.wait(lambda: demo.json(f"/api/exports/{export}")["export_case_id"], 10, "case of the export")

    page.get_by_role("button", name="More", exact=True).last.click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_text("The export was deleted.").wait_for()
    page.goto("about:blank")  # who leaves the page has made up their mind
    end = time.monotonic() + 20
    while demo.get(f"/api/exports/{export}")[0] != 404:
        assert time.monotonic() < end, "the export is still there"
        time.sleep(0.1)
