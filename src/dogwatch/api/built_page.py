"""The web page as it was built (docs/ui.md): its files, and in which of their encodings a browser takes them."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response

import dogwatch
from dogwatch.api.errors import ApiError
from dogwatch.api.ranges import RangeResponse
from dogwatch.media.virtual_file import FileSlice, VirtualFile

FOLDER = Path(dogwatch.__file__).parent / "ui"
NONCE = "DOGWATCH_NONCE"
"""What stands in the built page (`ui/vite.config.ts`) where each answer gets a nonce of its own."""
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""The encodings that the build has made, the smallest first, and how their files end."""
_NAME = re.compile(r"\w[\w.-]{0,199}", re.ASCII)
"""Of a file; of a longer one, the system would not even say that it is not there."""
_NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Dogwatch</title></head>
<body>
<h1>The web page was not built</h1>
<p>Dogwatch runs, and its API answers; only the web page is missing. In a checkout, run <code>make ui</code> and load
this page again. Otherwise install Dogwatch anew: its package has the page in it.</p>
</body>
</html>
"""


def policy(nonce: str) -> str:
    """Return what the page may do: it loads nothing from elsewhere, and nothing that stands in itself.

    `nonce` is for the style sheets that the editor of the configuration makes.
    """
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; "
        "form-action 'self'; base-uri 'self'; frame-ancestors 'self'"
    )


def shell(prefix: str) -> Response:
    """Return the page. Its links are relative, so that it also works below a prefix that nobody has told us.

    Args:
        prefix: The prefix that a proxy has told, without a slash at its end; empty for none.
    """
    nonce = secrets.token_urlsafe(16)
    headers = {
        "Content-Security-Policy": policy(nonce),
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    try:
        page = (FOLDER / "index.html").read_text()
    except FileNotFoundError:
        return Response(_NOT_BUILT, 503, headers, media_type="text/html")
    page = page.replace(NONCE, nonce)
    if prefix:
        page = page.replace("<head>", f'<head>\n    <base href="{prefix}/">', 1)
    return Response(page, headers=headers, media_type="text/html")


def file(folder: str, name: str, asked: Headers, headers: Mapping[str, str]) -> Response:
    """Return the file `name` of the built page, compressed if the build has done so and the browser takes it.

    Args:
        folder: Where it lies in the built page; empty for the top.
        name: Its name, as somebody has asked for it.
        asked: The headers of the request.
        headers: What the answer says beside the usual.

    Raises:
        ApiError: 404; there is no such file.
    """
    path = FOLDER / folder / name
    kind = TYPES.get(path.suffix)
    if kind is None or not _NAME.fullmatch(name) or not path.is_file():
        raise ApiError(404, "Not found")
    taken = accepted(asked.get("accept-encoding", ""))
    for encoding, end in ENCODINGS.items():
        made = path.with_name(name + end)
        if encoding in taken and made.is_file():
            return _sent(made, kind, {**headers, "Vary": "Accept-Encoding", "Content-Encoding": encoding})
    return _sent(path, kind, {**headers, "Vary": "Accept-Encoding"})


def _sent(path: Path, kind: str, headers: Mapping[str, str]) -> Response:
    stat = path.stat()
    whole = FileSlice(path, 0, stat.st_size)
    return RangeResponse(VirtualFile((whole,), None, _tag(path, stat.st_mtime_ns, stat.st_size)), kind, headers)


@lru_cache(maxsize=256)
def _tag(path: Path, *_: int) -> str:
    """Return what names the bytes of a file. Packages may give all their files one time, whatever the version."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:32]


def accepted(header: str) -> frozenset[str]:
    """Return which of `ENCODINGS` a browser takes, as `Accept-Encoding` says it: all of them with `*`."""
    weights = {}
    for part in header.lower().split(","):
        name, _, parameters = part.partition(";")
        weights[name.strip()] = not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", parameters)
    return frozenset(name for name in ENCODINGS if weights.get(name, weights.get("*", False)))
