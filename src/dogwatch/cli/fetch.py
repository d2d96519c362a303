"""Copies one file from an address or a path: limited in size, checked by its hash, whole or not at all."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from dogwatch.errors import DogwatchError
from dogwatch.redact import redact_url

CHUNK = 1 << 20
TIMEOUT_S = 30
LARGEST = 2 << 30


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirections to https addresses only."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Refuse redirections away from https."""
        if not newurl.startswith("https://"):
            raise urllib.error.HTTPError(newurl, code, "it leads away from https", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def is_address(source: str) -> bool:
    """Whether `source` is an address, not a path."""
    return "://" in source


def file_name(source: str) -> str:
    """Return the last part of an address or path, without characters that do not belong in a file name."""
    path = urllib.parse.unquote(urllib.parse.urlsplit(source).path) if is_address(source) else source
    kept = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in Path(path).name)
    return kept.lstrip(".")


def fetch(
    source: str,
    target: Path,
    sha256: str = "",
    progress: Callable[[int, int], None] | None = None,
    limit: int = LARGEST,
) -> str:
    """Copy `source` to the file `target`; return the SHA-256 of its content in hex.

    Args:
        source: An https address, a path, or, if its hash is given, an http address.
        target: Written under another name first, so that a failure leaves it unchanged.
        sha256: The expected hash; empty if it is not known.
        progress: Called with the bytes so far and all bytes (0 if unknown).
        limit: The most bytes to copy.

    Raises:
        DogwatchError: The file cannot be read, is too large, or has another hash.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with _open(source, bool(sha256)) as (reader, size), part.open("wb") as writer:
            found = _copy(reader, writer, size, limit, progress)
        if sha256 and found != sha256.lower():
            raise DogwatchError(f"{redact_url(source)} is not the file that was meant: its SHA-256 is {found}")
        part.replace(target)
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it is the response, too
        raise DogwatchError(f"{redact_url(source)} cannot be fetched: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return found


@contextmanager
def _open(source: str, hashed: bool) -> Iterator[tuple[IO[bytes], int]]:
    """Open an address or a path; give the reader and its size (0 if unknown)."""
    if not is_address(source):
        path = Path(source)
        with path.open("rb") as file:
            yield file, path.stat().st_size
        return
    scheme = urllib.parse.urlsplit(source).scheme
    if scheme != "https" and not (scheme == "http" and hashed):
        raise DogwatchError(f"{redact_url(source)}: only https is trusted; http needs --sha256")
    opener = urllib.request.build_opener() if hashed else urllib.request.build_opener(_HttpsOnly)
    request = urllib.request.Request(source, headers={"User-Agent": "dogwatch"})  # noqa: S310 - checked above
    with opener.open(request, timeout=TIMEOUT_S) as response:
        yield response, int(response.headers.get("Content-Length") or 0)


def _copy(
    reader: IO[bytes], writer: IO[bytes], size: int, limit: int, progress: Callable[[int, int], None] | None
) -> str:
    """Copy and hash; raises DogwatchError when there is more than `limit` or less than `size`."""
    digest, done = hashlib.sha256(), 0
    while chunk := reader.read(CHUNK):
        done += len(chunk)
        if done > limit:
            raise DogwatchError(f"the file is larger than {limit >> 20} MiB")
        digest.update(chunk)
        writer.write(chunk)
        if progress:
            progress(done, size)
    if done < size:
        raise DogwatchError(f"the connection broke off after {done} of {size} bytes")
    return digest.hexdigest()
