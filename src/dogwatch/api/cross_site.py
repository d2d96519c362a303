"""Three checks against pages of other sites that send requests through the browser of a user with more rights."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import Scope

from dogwatch.api.errors import AccessError, ApiError
from dogwatch.auth import hosts

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def check_write(scope: Scope, headers: Headers) -> None:
    """Refuse what a page asks to change without `X-CSRF-TOKEN`, which a page of another site cannot send.

    Raises:
        ApiError: 401; the header is not there.
    """
    if scope["type"] != "http" or scope["method"] in SAFE_METHODS or "x-csrf-token" in headers:
        return
    # Browsers say that a page has sent it by `Origin`, of another site also by `Sec-Fetch-Site`.
    if "origin" in headers or headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise ApiError(401, "Missing CSRF header")


def check_host(headers: Headers, allowed: Collection[str]) -> None:
    """Refuse names of this machine that a page of another site has made up, and what such a page loads into itself.

    For a port that only this machine reaches; `allowed` are further names, in lower case.

    Raises:
        AccessError: 403; the host is not known, or the page is of another site.
    """
    if not hosts.answered(headers.getlist("host"), allowed):
        raise AccessError(403, "Access denied: networking.listen.internal_hosts does not name this host")
    site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
    page = headers.get("origin") or headers.get("referer")
    if hosts.shown_elsewhere(site, mode, page, _asked(headers), allowed):
        raise AccessError(403, "Access denied: networking.listen.internal_hosts does not name the page's site")


def check_origin(headers: Headers, allowed: Collection[str] = ()) -> None:
    """Refuse a page of another site that opens a WebSocket with the user's cookie or from the user's machine.

    Raises:
        AccessError: 403; the `Origin` is not the host that was asked, nor `allowed`.
    """
    if not hosts.same_site(headers.get("origin"), _asked(headers), allowed):
        raise AccessError(403, "Access denied: another site's page may not connect")


def _asked(headers: Headers) -> list[str]:
    """Return the hosts that the browser asked, also where a proxy stands between."""
    return headers.getlist("x-forwarded-host") or headers.getlist("host")
