"""Login at an OpenID Connect provider (docs/api/authentication.md)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from dogwatch.api import answers
from dogwatch.api.arrivals import arrival, base_path
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheServices
from dogwatch.auth.authority import PROVIDER_COOKIE, ProviderAnswer
from dogwatch.auth.oidc import OidcRefusedError

router = APIRouter(route_class=LateRoute)

LONGEST = 4096
UNLESS = answers.REDIRECT | answers.refusals(400, 404, 429, 502, 507)
Text = Annotated[str, Query(max_length=LONGEST)]


@router.get("/api/auth/methods")
async def methods(services: TheServices) -> dict[str, Any]:
    """Tell the page how one can log in, and where one logs out if that is elsewhere."""
    authority = services.authority
    return {
        "password": authority.enabled,
        "oidc": {"label": authority.oidc.config.label} if authority.oidc else None,
        "logout_url": None if authority.enabled else services.config.proxy.logout_url,
    }


@router.get("/api/login/oidc", responses=UNLESS)
async def begin(request: Request, services: TheServices) -> Response:
    """Send the browser to the provider, which sends it back to `callback`."""
    authority, prefix = services.authority, base_path(request.scope)
    own = authority.own_url(arrival(request), prefix)
    if own is None:
        raise ApiError(400, "The request names no host; set auth.oidc.external_url")
    try:
        url, cookie = await authority.begin_at_provider(f"{own}/api/login/oidc/callback", arrival(request))
    except OidcRefusedError as error:
        return _see(f"{prefix}/login?problem={error.problem}")
    return _see(url, cookie)


@router.get("/api/login/oidc/callback", responses=UNLESS)
async def callback(
    request: Request,
    services: TheServices,
    state: Text = "",
    code: Text = "",
    error: Text = "",
    iss: Annotated[str | None, Query(max_length=LONGEST)] = None,
) -> Response:
    """Log the user in for whom the provider vouches for, and go to the page; else to the login page, which says why."""
    authority, prefix, came = services.authority, base_path(request.scope), arrival(request)
    answer, sealed = ProviderAnswer(state, code, error, iss), request.cookies.get(PROVIDER_COOKIE)
    try:
        token = await authority.log_in_at_provider(answer, sealed, came)
    except OidcRefusedError as refused:
        return _see(f"{prefix}/login?problem={refused.problem}", authority.no_provider_cookie(came))
    return _see(f"{prefix}/", authority.no_provider_cookie(came), authority.cookie(token, came))


def _see(url: str, *cookies: str) -> Response:
    """Return a redirect that no cache keeps and whose target does not learn where it came from."""
    answer = RedirectResponse(url, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    for cookie in cookies:
        answer.headers.append("Set-Cookie", cookie)
    return answer
