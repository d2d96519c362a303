"""What all pages share: login, navigation, languages, themes, accessibility."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.e2e.program import Program
from tests.e2e.ui.pages import Ui

pytestmark = pytest.mark.timeout(150)
PAGES = [
    "",
    "?camera=street&panel=overlays",
    "review",
    "playback",
    "explore",
    "export",
    "faces",
    "files",
    "settings",
    "config",
    "system",
    "system?part=figures",
    "system?part=jobs",
    "system?part=charts",
    "wizard",
    "styleguide",
]
"""The pages of the UI by address; a page that is added is added here."""
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_fault_for_those_who_do_not_see(open_page: Callable[..., Ui], theme: str) -> None:
    ui = open_page(color_scheme=theme)
    found = {}
    for page in PAGES:
        ui.go(page)
        ui.settle()
        found[page] = ui.accessible()
    assert not any(found.values()), found


def test_nothing_sticks_out_on_a_phone(open_page: Callable[..., Ui]) -> None:
    ui = open_page(**PHONE)
    for page in PAGES:
        ui.go(page)
        ui.settle()
        assert ui.page.evaluate("document.documentElement.scrollWidth") <= 390, page


def test_who_is_not_logged_in_is_asked_to(open_page: Callable[..., Ui], demo: Program) -> None:
    external = re.search(r"https://127\.0\.0\.1:\d+", demo.output())
    password = re.search(r"user admin was made\. Password, .*: (\S+)", demo.output())
    assert external
    assert password
    ui = open_page(base=external.group())
    ui.page.get_by_label("Name").fill("admin")
    ui.page.get_by_label("Password").fill("not the password")
    ui.page.get_by_role("button", name="Log in").click()
    assert "wrong" in ui.page.get_by_role("alert").inner_text()

    ui.page.get_by_label("Password").fill(password.group(1))
    ui.page.get_by_role("button", name="Log in").click()
    ui.page.get_by_role("navigation").wait_for()
    ui.page.get_by_role("button", name="admin").click()
    ui.page.get_by_role("button", name="Log out").click()
    ui.page.get_by_label("Password").wait_for()


def test_languages_and_themes_change_at_once(ui: Ui) -> None:
    ui.page.get_by_role("button", name="anonymous").click()
    ui.page.get_by_label("Language").select_option("de")
    ui.page.get_by_label("Farben").select_option("dark")
    ui.until("document.documentElement.lang === 'de' && document.documentElement.dataset.theme === 'dark'")
    ui.page.reload()
    ui.page.get_by_role("navigation", name="Seiten").wait_for()
    assert ui.page.evaluate("document.documentElement.dataset.theme") == "dark"
    ui.page.get_by_role("button", name="anonymous").click()
    ui.page.get_by_label("Sprache").select_option("auto")
    ui.page.get_by_label("Theme").select_option("auto")
