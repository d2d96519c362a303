"""Which files of this machine may be registered: those below directories that the configuration names."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from dogwatch.errors import FileError

LONGEST_PATH = 4096


def find(text: str, roots: Iterable[str]) -> Path:
    """Return the file that `text` names, with links resolved.

    What lies elsewhere is refused whether or not it exists, so that nobody can ask what there is.

    Raises:
        FileError: 403; it is not below one of `roots`. 404; there is none. 415; it is no plain file.
    """
    if not text.startswith("/") or "\0" in text or len(text) > LONGEST_PATH:
        raise FileError(400, "bad_field", "file_path has to be an absolute path", field="file_path")
    path = Path(os.path.realpath(text))
    if not is_below(path, roots):
        raise FileError(403, "path_forbidden", "The file is not below a directory that files.roots names")
    try:
        found = path.stat(follow_symlinks=False)
    except OSError:
        raise FileError(404, "path_not_found", "There is no such file") from None
    if not stat.S_ISREG(found.st_mode):
        raise FileError(415, "not_a_video", "This is no plain file")
    if not os.access(path, os.R_OK):
        raise FileError(403, "path_forbidden", "Dogwatch may not read this file")
    return path


def is_below(path: Path, roots: Iterable[str]) -> bool:
    """Whether `path`, whose links are resolved, lies below one of `roots`."""
    return any(Path(os.path.realpath(root)) in path.parents for root in roots)
