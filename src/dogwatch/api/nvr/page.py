"""The web page: its shell for each path that it has, its scripts and pictures (docs/api/files.md)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from dogwatch.api import answers, built_page
from dogwatch.api.arrivals import base_path
from dogwatch.api.late_route import LateRoute
from dogwatch.api.nvr.pages import PAGES

router = APIRouter(route_class=LateRoute)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Of a page that stands alone, such as the player's."""
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For files whose names change with what they hold."""
ASK = {"Cache-Control": "no-cache"}
WORKER_POLICY = {"Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'"}
SHELL = answers.body(answers.PAGE) | answers.body(answers.PAGE, status=503)
MISSING = answers.refusals(404)


@router.get("/", responses=SHELL)
def index(request: Request) -> Response:
    """Return the web page."""
    return built_page.shell(base_path(request.scope))


for _name in PAGES:
    router.get(f"/{_name}", responses=SHELL)(index)


@router.get("/assets/{name}", responses=answers.file("text/javascript", "text/css", "image/svg+xml", "font/woff2"))
def asset(name: str, request: Request) -> Response:
    """Return a script, style sheet, font or picture of the web page."""
    return built_page.file("assets", name, request.headers, FOREVER)


@router.get("/icons/{name}", responses=answers.file("image/png", "image/svg+xml"))
def icon(name: str, request: Request) -> Response:
    """Return an icon of the web page."""
    return built_page.file("icons", name, request.headers, ASK)


@router.get("/manifest.webmanifest", responses=answers.file("application/manifest+json") | MISSING)
def manifest(request: Request) -> Response:
    """Return what a device that installs the web page has to know."""
    return built_page.file("", "manifest.webmanifest", request.headers, ASK)


@router.get("/sw.js", responses=answers.file("text/javascript") | MISSING)
def service_worker(request: Request) -> Response:
    """Return the web page's service worker."""
    return built_page.file("", "sw.js", request.headers, {**ASK, **WORKER_POLICY})
