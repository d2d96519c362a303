"""`/share`: what a link shows, to whoever has it (docs/api/share.md).

A link that has never been, has ended or was revoked is answered in the same way, to the byte.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Message, Receive, Scope, Send

from dogwatch.api import answers, ranges
from dogwatch.api.arrivals import arrival
from dogwatch.api.errors import ApiError
from dogwatch.api.late_route import LateRoute
from dogwatch.api.pictures import Made, PictureResponse
from dogwatch.api.ranges import RangeError, RangeResponse
from dogwatch.api.services import Services, TheServices
from dogwatch.auth.addresses import client_key
from dogwatch.errors import DogwatchError
from dogwatch.events import rendering
from dogwatch.events.media import EventMedia
from dogwatch.events.rendering import Style
from dogwatch.media.virtual_file import Part, VirtualFile
from dogwatch.recordings.clips import clip_of_event, clip_of_range
from dogwatch.store.shares import Share

router = APIRouter(route_class=LateRoute)

STYLE = (
    "body{margin:0 auto;max-width:75rem;padding:1rem;font-family:sans-serif;background:#111;color:#eee}"
    "video,img{width:100%;max-height:85vh;object-fit:contain;background:#000}a{color:#9cf}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src 'self' data:; media-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}
REFUSED = answers.body(answers.PAGE, status=404) | answers.body(answers.PAGE, status=429)
LONGEST_TOKEN = 100
REFRESH_S = 5
STILL = Style(bbox=False, quality=80)


def _page(title: str, body: str, head: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="robots" content="noindex, nofollow">'
        '<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width">'
        f'<link rel="icon" href="data:,">{head}'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><h1>{html.escape(title)}</h1>{body}</body></html>"
    )


GONE = _page("This link does not work", "<p>It has never worked, or it does not work any more.</p>")
TOO_MANY = _page("Too many requests", "<p>Try again in some minutes.</p>")


@router.get("/share/{token}", responses=answers.body(answers.PAGE) | REFUSED)
async def shared_page(request: Request, services: TheServices, token: str) -> Response:
    """Return the page of a link, with a player."""
    return await _answer(request, services, token, "page", _shared_page)


@router.get("/share/{token}/clip.mp4", responses=REFUSED)
async def shared_clip(request: Request, services: TheServices, token: str) -> Response:
    """Return the film of a link."""
    return await _answer(request, services, token, "clip", _film)


@router.get("/share/{token}/snapshot.jpg", responses=REFUSED)
async def shared_snapshot(request: Request, services: TheServices, token: str) -> Response:
    """Return the picture of a link to an event."""
    return await _answer(request, services, token, "snapshot", _snapshot)


@router.get("/share/{token}/thumbnail.jpg", responses=REFUSED)
async def shared_thumbnail(request: Request, services: TheServices, token: str) -> Response:
    """Return a small picture of a link to an event."""
    return await _answer(request, services, token, "thumbnail", _thumbnail)


async def _answer(
    request: Request,
    services: Services,
    token: str,
    what: str,
    show: Callable[[Services, Share, str], Response | None],
) -> Response:
    """Return what `show` makes for the link with `token`; it runs in a thread and returns None if there is nothing."""
    shares, came = services.shares, arrival(request)
    address = services.authority.address_of(came)
    if shares.guesses.exceeded(client_key(address)):
        return HTMLResponse(TOO_MANY, 429, {**HEADERS, "Retry-After": "60"})

    def look() -> Response | None:
        share = shares.open(token) if len(token) <= LONGEST_TOKEN else None
        if share is None:
            return None
        shares.used(share, what, address, came.agent)
        try:
            return show(services, share, token) or _gone()
        except DogwatchError as error:
            if error.status == 503:
                raise
            return _gone()  # its footage or its picture has just gone

    try:
        found = await asyncio.to_thread(look)
    except Exception:
        shares.guesses.forgive(client_key(address))  # nobody knows whether the link works
        raise
    if found is not None:
        shares.guesses.forgive(client_key(address))
    return found or _gone()


def _gone() -> Response:
    return HTMLResponse(GONE, 404, HEADERS)


def _shared_page(services: Services, share: Share, token: str) -> Response:
    title, folder = share.title or "Shared with you", html.escape(token)
    until = datetime.fromtimestamp(share.expires_at, UTC)
    foot = f"<p>This link works until {until:%Y-%m-%d %H:%M} UTC.</p>"
    if share.state == "preparing":
        refresh = f'<meta http-equiv="refresh" content="{REFRESH_S}">'
        return HTMLResponse(_page(title, f"<p>The video is being prepared.</p>{foot}", refresh), headers=HEADERS)
    pictured = share.kind == "event" and _has_picture(services, share)
    parts = []
    # The addresses are relative, so that they also work below a prefix that nobody has told us.
    if services.shares.content.has_film(share):
        poster = f' poster="{folder}/snapshot.jpg"' if pictured else ""
        parts.append(f'<video controls playsinline preload="metadata" src="{folder}/clip.mp4"{poster}></video>')
        parts.append(f'<p><a href="{folder}/clip.mp4" download="clip.mp4">Download</a></p>')
    if pictured:
        parts.append(f'<img alt="The picture" src="{folder}/snapshot.jpg">')
    return HTMLResponse(_page(title, "".join(parts) + foot), headers=HEADERS)


def _film(services: Services, share: Share, _token: str) -> Response | None:
    content = services.shares.content
    if share.state == "preparing":
        return None
    if share.cover is not None:
        file = ranges.of_file(content.film(share), "video/mp4").file
    elif share.kind == "export":
        export = content.export(share.target)
        if export is None:
            return None
        file = ranges.of_file(content.exported(export), "video/mp4").file
    elif share.kind == "event":
        row = content.event(share.target)
        if row is None:
            return None
        row |= {"start_time": share.start_time, "end_time": share.end_time}  # a manual event's end can be moved
        file = clip_of_event(services.catalogue, services.paths.media, row, 0)
    else:
        file = clip_of_range(services.catalogue, services.paths.media, share.camera, share.start_time, share.end_time)
    return SharedFilm(file, lambda: services.shares.works(share))


def _has_picture(services: Services, share: Share) -> bool:
    if share.cover is not None:
        return services.shares.content.has_covered_picture(share)
    found = EventMedia(services.db, services.events).find(share.target)
    return found is not None and found.has_snapshot


def _snapshot(services: Services, share: Share, _token: str) -> Response | None:
    if share.kind != "event" or share.state == "preparing":
        return None
    if share.cover is not None:
        path, there = services.shares.content.picture(share), _has_picture(services, share)
        return SharedFile(ranges.of_file(path, "image/jpeg").file, "image/jpeg") if there else None
    media = EventMedia(services.db, services.events)
    found = media.find(share.target)
    return None if found is None else _picture(lambda: media.snapshot(found, STILL))


def _thumbnail(services: Services, share: Share, _token: str) -> Response | None:
    if share.kind != "event" or share.state == "preparing":
        return None
    if share.cover is not None:
        path, there = services.shares.content.picture(share), _has_picture(services, share)
        return _picture(lambda: rendering.thumbnail(path.read_bytes(), None)) if there else None
    media = EventMedia(services.db, services.events)
    found = media.find(share.target)
    return None if found is None else _picture(lambda: media.thumbnail(found, "jpg"))


def _picture(make: Callable[[], bytes | None]) -> Response:
    def made() -> Made:
        data = make()
        if data is None:
            raise ApiError(404, "Not found")
        return Made(data, "image/jpeg", HEADERS)

    return PictureResponse(made)


class SharedFile(RangeResponse):
    """A file whose refusals have the headers of links."""

    def __init__(self, file: VirtualFile, media_type: str) -> None:
        """Serve `file`."""
        super().__init__(file, media_type, HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            NotFoundError: The file is not there.
        """
        try:
            await super().__call__(scope, receive, send)
        except RangeError as error:
            await HTMLResponse("", error.status, {**HEADERS, **error.headers})(scope, receive, send)


class SharedFilm(SharedFile):
    """A film that is broken off when its link ends."""

    def __init__(self, file: VirtualFile, works: Callable[[], bool]) -> None:
        """Serve `file` as long as `works` says so."""
        super().__init__(file, "video/mp4")
        self._works = works

    async def _send(self, parts: list[Part], send: Send) -> None:
        async def checked(message: Message) -> None:
            if message.get("body") and not self._works():
                raise OSError("the link has ended")
            await send(message)

        await super()._send(parts, checked)
