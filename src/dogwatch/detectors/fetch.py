"""Copies one file from an address or a path: limited in size, checked by its hash, whole or not at all.

A download that breaks off is continued: at once a few times, and by the next call, if the server still has the same
file (its ETag or date says so).
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from dogwatch.errors import DogwatchError
from dogwatch.redact import redact_url

CHUNK = 1 << 20
TIMEOUT_S = 30
LARGEST = 2 << 30
TRIES, PAUSE_S = 4, 1.0  # tries that bring nothing
MOST_TRIES = 100

Progress = Callable[[int, int], None]


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirections to https addresses only."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Refuse redirections away from https."""
        if not newurl.startswith("https://"):
            raise urllib.error.HTTPError(newurl, code, "it leads away from https", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _CutOffError(DogwatchError):
    """The connection broke off; what has arrived is kept."""


def is_address(source: str) -> bool:
    """Whether `source` is an address, not a path."""
    return "://" in source


def file_name(source: str) -> str:
    """Return the last part of an address or path, without characters that do not belong in a file name."""
    path = urllib.parse.unquote(urllib.parse.urlsplit(source).path) if is_address(source) else source
    kept = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in Path(path).name)
    return kept.lstrip(".")


def fetch(source: str, target: Path, sha256: str = "", progress: Progress | None = None, limit: int = LARGEST) -> str:
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
    if is_address(source):
        _check_scheme(source, hashed=bool(sha256))
    part = _Part(source, target.with_name(f".{target.name}.part"))
    try:
        part.path.parent.mkdir(parents=True, exist_ok=True)
        if is_address(source):
            _download(part, hashed=bool(sha256), progress=progress, limit=limit)
        else:
            part.clear()
            with Path(source).open("rb") as reader:
                _append(reader, part, Path(source).stat().st_size, progress, limit)
        found = part.digest()
        if sha256 and found != sha256.lower():
            raise DogwatchError(f"{redact_url(source)} is not the file that was meant: its SHA-256 is {found}")
        part.path.replace(target)
    except (_CutOffError, OSError, http.client.HTTPException) as error:
        if part.size and part.version() and not isinstance(error, urllib.error.HTTPError):
            rest = "; the next try goes on from there"
        else:
            part.clear()
            rest = ""
        raise DogwatchError(f"{redact_url(source)} cannot be fetched: {error}{rest}") from error
    except DogwatchError:
        part.clear()
        raise
    part.clear()
    return found


@dataclass(slots=True)
class _Part:
    """What has arrived of a file, and in a note beside it, which version of it that is."""

    source: str
    path: Path

    @property
    def note(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def version(self) -> str:
        """Return the ETag or date of what has arrived; empty if it is of another address or unknown."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            note = json.loads(self.note.read_text("utf-8"))
            if note["source"] == hashlib.sha256(self.source.encode()).hexdigest():  # addresses may hold passwords
                return str(note["version"])
        return ""

    def begin(self, version: str) -> None:
        """Begin anew with another version of the file."""
        self.path.write_bytes(b"")
        source = hashlib.sha256(self.source.encode()).hexdigest()
        self.note.write_text(json.dumps({"source": source, "version": version}), "utf-8")

    def digest(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def clear(self) -> None:
        """Keep nothing."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def _check_scheme(source: str, *, hashed: bool) -> None:
    scheme = urllib.parse.urlsplit(source).scheme
    if scheme != "https" and not (scheme == "http" and hashed):
        raise DogwatchError(f"{redact_url(source)}: only https is trusted; http needs --sha256")


def _download(part: _Part, *, hashed: bool, progress: Progress | None, limit: int) -> None:
    """Bring the rest of a file, in several tries if the connection breaks off.

    Raises:
        _CutOffError: It broke off again and again.
        DogwatchError: The file is too large.
        OSError: The server cannot be reached, or refuses.
    """
    left = TRIES
    for _ in range(MOST_TRIES):
        before = part.size
        try:
            with _opened(part, hashed=hashed) as (reader, size):
                return _append(reader, part, size, progress, limit)
        except (_CutOffError, http.client.HTTPException, ConnectionError, TimeoutError):
            if not part.version() and not before:
                raise
            left = TRIES if part.size > before else left - 1
            if not left:
                raise
        time.sleep(PAUSE_S)
    raise _CutOffError(f"the connection broke off {MOST_TRIES} times")


@contextmanager
def _opened(part: _Part, *, hashed: bool) -> Iterator[tuple[IO[bytes], int]]:
    """Ask for what is missing of a file; give the reader and the size of the whole file (0 if unknown)."""
    headers = {"User-Agent": "dogwatch"}
    if (have := part.size) and (version := part.version()):
        headers |= {"Range": f"bytes={have}-", "If-Range": version}
    opener = urllib.request.build_opener() if hashed else urllib.request.build_opener(_HttpsOnly)
    request = urllib.request.Request(part.source, headers=headers)  # noqa: S310 - checked before
    try:
        response = opener.open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()  # it is the response, too
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            part.clear()  # all of it is there already, or more than there is now
            raise _CutOffError("the server has no such part of the file") from None
        raise
    with response:
        if response.status == 206:
            if (size := _whole_size(response.headers, have, part.version())) is None:
                part.clear()  # the server has not done what it was asked for
                raise _CutOffError("the server sent another part than the one that was missing")
            yield response, size
            return
        part.begin(_version(response.headers))
        length = response.headers.get("Content-Length", "")
        yield response, int(length) if length.isdecimal() else 0


def _version(headers: Message) -> str:
    return headers.get("ETag") or headers.get("Last-Modified") or ""


def _whole_size(headers: Message, have: int, version: str) -> int | None:
    """Return the size of the whole file, 0 if it is not told; None if this is no continuation of its first bytes."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", ""))
    told = _version(headers)
    if found is None or not have or int(found[1]) != have or (told and told != version):
        return None
    return 0 if found[2] == "*" else int(found[2])


def _append(reader: IO[bytes], part: _Part, size: int, progress: Progress | None, limit: int) -> None:
    """Append what comes to `part`.

    Raises:
        _CutOffError: There is less than `size`.
        DogwatchError: There is more than `limit`.
    """
    done = part.size
    with part.path.open("ab") as writer:
        while chunk := reader.read(CHUNK):
            done += len(chunk)
            if done > limit:
                raise DogwatchError(f"the file is larger than {limit >> 20} MiB")
            writer.write(chunk)
            if progress:
                progress(done, size)
    if done < size:
        raise _CutOffError(f"the connection broke off after {done} of {size} bytes")
