"""The demo, pages of it in a browser, and what holds on every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.e2e.program import Program
from tests.e2e.ui.pages import Ui, forgivable

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TIMEOUT_MS = 20_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run these tests two at a time: a page is looked at beside a whole program, each with its processes."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("in_pairs")


@pytest.fixture(scope="module")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The demo with its two cameras; the first event is there."""
    running = Program(tmp_path_factory.mktemp("ui") / "data", ["--port", "0"], command="demo")
    try:
        running.wait(lambda: running.json("/api/events?limit=1"), 90, "event")
        yield running
    finally:
        running.stop()


@pytest.fixture
def open_page(browser: Browser, demo: Program) -> Iterator[Callable[..., Ui]]:
    """What opens a page of the demo; options are those of a browser context, such as `viewport`.

    At the end of the test, no page may have complained in its console or asked another host.
    """
    opened: list[Ui] = []

    def opens(path: str = "", *, base: str = "", **options: object) -> Ui:
        settings: dict[str, object] = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options}
        context = browser.new_context(ignore_https_errors=True, **settings)  # type: ignore[arg-type]
        page: Page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        ui = Ui(page, base or demo.address)
        opened.append(ui)
        ui.go(path)
        return ui

    yield opens
    for ui in opened:
        ui.page.context.close()
    for ui in opened:
        assert [one for one in ui.complaints if not forgivable(one) and ui.expected not in one] == []
        assert ui.hosts <= {urlsplit(ui.base).netloc}, "something was asked of another host"


@pytest.fixture
def ui(open_page: Callable[..., Ui]) -> Ui:
    """The first page of the demo, as its administrator."""
    return open_page()
