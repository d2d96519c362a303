"""WebRTC by request and answer, and a page that plays one stream (docs/api/live.md)."""

from __future__ import annotations

import json
from importlib import resources

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from dogwatch.api import answers, raw_bodies
from dogwatch.api.errors import ApiError
from dogwatch.api.guard import FOLLOW_KEY
from dogwatch.api.late_route import LateRoute
from dogwatch.api.nvr.page import HEADERS
from dogwatch.api.services import TheCaller, TheServices
from dogwatch.live.webrtc.offers import LONGEST_OFFER

router = APIRouter(route_class=LateRoute)

SDP = "application/sdp"


OFFER = {
    "type": "object",
    "properties": {"type": {"const": "offer"}, "sdp": raw_bodies.TEXT},
    "required": ["sdp"],
}


@router.post(
    "/api/go2rtc/webrtc",
    responses=answers.body(answers.JSON) | answers.body(SDP, status=201),
    openapi_extra=raw_bodies.taken({answers.JSON: OFFER, SDP: raw_bodies.TEXT}),
)
async def offer(src: str, request: Request, caller: TheCaller, services: TheServices) -> Response:
    """Answer an offer: JSON `{"type": "offer", "sdp": "..."}` in the same form, or bare SDP."""
    body = await request.body()
    if len(body) > 2 * LONGEST_OFFER:
        raise ApiError(400, "The offer is too long")
    bare = not body.lstrip().startswith(b"{")
    try:
        found = body.decode() if bare else json.loads(body).get("sdp")
    except (ValueError, AttributeError, RecursionError):
        found = None
    if not isinstance(found, str) or not found.strip():
        raise ApiError(400, "The body must be an offer: SDP, or a JSON object with `type` and `sdp`")
    _, answer = await services.webrtc.open(src, caller, found, request.scope[FOLLOW_KEY])
    if bare:
        return Response(answer, status_code=201, media_type=SDP)
    return JSONResponse({"type": "answer", "sdp": answer})


@router.get("/live/webrtc/webrtc.html", responses=answers.body(answers.PAGE))
def player(src: str, mode: str = "webrtc,mse") -> Response:  # noqa: ARG001 - the page's script reads these
    """Return a page that plays a stream, by WebRTC or else by Media Source Extensions."""
    return Response(_read("player.html"), media_type="text/html", headers=HEADERS)


@router.get("/live/webrtc/player.js", responses=answers.body("text/javascript"))
def script() -> Response:
    """Return the page's script."""
    return Response(_read("player.js"), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _read(name: str) -> bytes:
    return (resources.files("dogwatch.api") / "page" / name).read_bytes()
