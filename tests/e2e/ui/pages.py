"""A page of the web UI in a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

AXE = Path(__file__).parents[3] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
FORGIVEN = (
    "status of 401",  # Chromium itself notes each answer of this kind, and the login form asks who is there
    "net::ERR_NETWORK_CHANGED",
    "willReadFrequently",  # of tests that look at pictures
)
JUDGE = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => [id, nodes.map(({ target, failureSummary }) => [target.join(" "), failureSummary])]);
}"""
_FUNCTION = re.compile(r"(async )?(\([^()]*\)|\w+) =>")
SETTLED = "() => document.querySelector('#content') && !document.querySelector('.skeleton:not(.styleguide *)')"


class Ui:
    """A page of the UI, with what its console said."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base.rstrip("/")
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.expected = "\0"
        """What a test makes the browser complain of; nothing as a rule."""
        page.on("console", lambda told: self._heard(told.type, told.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)

    def go(self, path: str) -> None:
        """Open a page by its address, such as `review?label=person`."""
        self.page.goto(f"{self.base}/{path}")

    def settle(self) -> None:
        """Wait until the page shows what it has, not the places of what comes."""
        self.page.wait_for_function(SETTLED)

    def until(self, condition: str, argument: object = None) -> None:
        """Wait until a JavaScript expression, or a function of `argument`, gives something true.

        The page's policy lets nobody evaluate a string in it, so an expression becomes a function.
        """
        function = condition if _FUNCTION.match(condition) else f"() => ({condition})"
        self.page.wait_for_function(function, arg=argument)

    def accessible(self) -> list[Any]:
        """Return what axe-core finds serious."""
        if not AXE.is_file():
            pytest.skip("axe-core is not installed: `npm ci` in ui/ does it")
        self.page.evaluate(AXE.read_text())
        found: list[Any] = self.page.evaluate(JUDGE)
        return found

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"blob", "data"}:
            self.hosts.add(parts.netloc)


def forgivable(complaint: str) -> bool:
    """Tell whether the browser complains of what is meant to be."""
    return any(one in complaint for one in FORGIVEN)
