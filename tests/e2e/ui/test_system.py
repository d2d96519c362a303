"""The page of the system."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.e2e.ui.pages import Ui

pytestmark = pytest.mark.timeout(150)


def test_figures_charts_and_jobs_are_shown(open_page: Callable[..., Ui]) -> None:
    ui = open_page("system?part=figures")
    ui.page.get_by_role("row", name=re.compile("^Street")).wait_for()
    ui.page.get_by_role("tab", name="Over time").click()
    ui.until("document.querySelectorAll('.chart canvas').length >= 6")
    ui.page.get_by_role("tab", name="Jobs").click()
    ui.settle()
    ui.page.get_by_role("tab", name="Health").click()
    ui.until("document.querySelector('.empty, .system-problem')")


def test_the_log_grows_and_is_filtered(open_page: Callable[..., Ui]) -> None:
    ui = open_page("system?part=logs")
    log = ui.page.get_by_role("log")
    log.get_by_text("internal listener").wait_for()
    ui.page.get_by_label("Words in the line").fill("connected to nothing")
    ui.until("document.querySelectorAll('.system-log > div').length === 0")
    ui.page.get_by_label("Words in the line").fill("CONNECTED corner")
    ui.until("document.querySelectorAll('.system-log > div').length === 1")
