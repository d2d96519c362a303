"""The file that a request is for, once `access` has found it."""

from __future__ import annotations

import re

from starlette.requests import Request

from dogwatch.errors import FileError
from dogwatch.store.video_files import VideoFile

FILE = "dogwatch.file"
_UUID = re.compile(r"[0-9a-f]{32}")
_TRACE = re.compile(r"[1-9][0-9]{0,9}")
MOST_TRACES = (1 << 31) - 1


def opened(request: Request, *, ready: bool = True) -> VideoFile:
    """Return the file; with `ready`, only one that has been looked at.

    Raises:
        FileError: 409; it is not ready.
    """
    file: VideoFile = request.scope[FILE]
    if ready and file.status != "ready":
        raise FileError(409, "not_ready", f"The file is not ready: {file.status}", file_status=file.status)
    return file


def canonical(text: str) -> str:
    """Return the id of a file in lower case.

    Raises:
        FileError: 400; it is none.
    """
    found = text.lower() if text.isascii() else ""
    if not _UUID.fullmatch(found):
        raise FileError(400, "bad_file_uuid", "The id of a file has 32 hex digits")
    return found


def trace_number(text: str) -> int:
    """Return the number of a trace.

    Raises:
        FileError: 400; it is none.
    """
    if not _TRACE.fullmatch(text) or int(text) > MOST_TRACES:
        raise FileError(400, "bad_trace_id", "The id of a trace is a whole number from 1")
    return int(text)
