"""A plain page: live pictures, newest events, login. It loads nothing from elsewhere."""

from __future__ import annotations

from importlib import resources

from fastapi import APIRouter, Request
from starlette.responses import Response

from dogwatch.api import answers
from dogwatch.api.arrivals import base_path
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute

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
ASSETS = {"page.js": "text/javascript", "page.css": "text/css"}


@router.get("/", responses=answers.body(answers.PAGE))
def index(request: Request) -> Response:
    """Return the page. Its links are relative, so that it also works below a prefix that nobody has told us."""
    page, prefix = _read("index.html"), base_path(request.scope)
    if prefix:
        page = page.replace(b"<head>", f'<head>\n    <base href="{prefix}/">'.encode(), 1)
    return Response(page, media_type="text/html", headers=HEADERS)


@router.get("/login", responses=answers.body(answers.PAGE))
def login(request: Request) -> Response:
    """Return the page, which shows the login form without a session."""
    return index(request)


@router.get("/assets/{name}", responses=answers.body(*ASSETS.values()))
def asset(name: str) -> Response:
    """Return a script or a style sheet of the page."""
    if name not in ASSETS:
        raise ApiError(404, "Not found")
    return Response(_read(name), media_type=ASSETS[name], headers={"Cache-Control": "no-cache"})


def _read(name: str) -> bytes:
    return (resources.files("dogwatch.api") / "page" / name).read_bytes()
