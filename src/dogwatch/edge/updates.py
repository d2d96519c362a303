"""Looks with git for newer versions of the checkout that the program runs from; changes no file of it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dogwatch
from dogwatch.errors import EdgeError

FETCH_S, LOCAL_S = 20.0, 10.0
MOST_LINES = 20
TIMED_OUT = "Timed out - check internet connection"
QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "SSH_ASKPASS": "true",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=15",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}
"""So that git never asks anybody, and says what it says in English."""


class Updates:
    """One checkout. For any thread."""

    def __init__(self, checkout: Callable[[], str | None], fetch_s: float = FETCH_S) -> None:
        """Look at the directory that `checkout` names; by default at that of the program, if it belongs to one."""
        self._checkout, self._fetch_s = checkout, fetch_s
        self._lock = threading.Lock()
        self._deployed: dict[str, str | None] | None = None

    def deployed(self) -> dict[str, str | None]:
        """Return branch and commit of what runs; both are None if that is not known."""
        if self._deployed is None:  # what has been loaded stays the same until the next start
            self._deployed = {"git_branch": None, "git_commit": None}
            try:
                folder = self._folder()
                if folder is not None:
                    commit = _git(folder, "rev-parse", "HEAD").stdout.strip()[:7]
                    self._deployed = {"git_branch": _branch(folder), "git_commit": commit or None}
            except EdgeError:
                pass
        return dict(self._deployed)

    def check(self) -> dict[str, Any]:
        """Return the body of `GET /system/update/check`.

        Raises:
            EdgeError: 500; there is no git, or it fails.
        """
        with self._lock:
            folder = self._folder()
            if folder is None:
                return {"available": False, "error": "This is no git checkout"}
            local = _git(folder, "rev-parse", "--verify", "-q", "HEAD").stdout.strip()
            known: dict[str, Any] = {"local_commit": local[:8]} if local else {}
            branch = _branch(folder)
            if branch is None or not local:
                return {"available": False, "error": "No branch is checked out", **known}
            known["branch"] = branch
            ref = f"refs/remotes/origin/{branch}"
            try:
                fetched = _git(
                    folder, "-c", "gc.auto=0", "fetch", "--quiet", "--no-tags", "--no-recurse-submodules",
                    "--no-write-fetch-head", "origin", f"+refs/heads/{branch}:{ref}", seconds=self._fetch_s,
                )  # fmt: skip
            except TimeoutError:
                return {"available": False, "error": TIMED_OUT}
            if fetched.returncode:
                if "couldn't find remote ref" in fetched.stderr:
                    return {"available": False, "error": f"The remote has no branch {branch}", **known}
                raise EdgeError(500, "git_failed", f"git cannot fetch: {_reason(fetched.stderr)}")
            return _compared(folder, branch, local, ref)

    def _folder(self) -> Path | None:
        """Return the checkout, None if there is none.

        Raises:
            EdgeError: 500; there is no git.
        """
        named = self._checkout()
        package = Path(dogwatch.__file__).parent
        folder = Path(named) if named else package
        if not folder.is_dir() or _git(folder, "rev-parse", "--is-inside-work-tree").stdout.strip() != "true":
            return None
        # A virtual environment may lie in some other project's checkout.
        if not named and _git(folder, "ls-files", "--error-unmatch", "__init__.py").returncode:
            return None
        return folder


def _compared(folder: Path, branch: str, local: str, ref: str) -> dict[str, Any]:
    remote = _git(folder, "rev-parse", "--verify", "-q", ref).stdout.strip()
    counted = _git(folder, "rev-list", "--count", f"HEAD..{ref}")
    if counted.returncode or not counted.stdout.strip().isdecimal():
        raise EdgeError(500, "git_failed", f"git cannot compare: {_reason(counted.stderr)}")
    behind = int(counted.stdout)
    lines = _git(folder, "log", "--format=%h %s", f"-{MOST_LINES}", f"HEAD..{ref}").stdout if behind else ""
    return {
        "available": behind > 0,
        "branch": branch,
        "local_commit": local[:8],
        "remote_commit": remote[:8],
        "commits_behind": behind,
        "summary": lines.strip(),
    }


def _branch(folder: Path) -> str | None:
    """Return the branch that is checked out, None for a detached head."""
    return _git(folder, "symbolic-ref", "--short", "-q", "HEAD").stdout.strip() or None


def _git(folder: Path, *words: str, seconds: float = LOCAL_S) -> subprocess.CompletedProcess[str]:
    """Run git, and end it with all that it has started when it takes too long.

    Raises:
        EdgeError: 500; there is no git.
        TimeoutError: It took too long.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | QUIET
    try:
        running = subprocess.Popen(
            ["git", "-C", str(folder), *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, errors="replace", env=environment, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise EdgeError(500, "git_missing", "git is not installed") from error
    with running:
        try:
            said, complained = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
            raise TimeoutError from None
    return subprocess.CompletedProcess(words, running.returncode, said, complained)


def _reason(text: str) -> str:
    """Return why git gave up, without credentials: advice follows it, and comes in several lines."""
    from dogwatch.redact import redact_text

    lines = text.strip().splitlines()
    fatal = next((line for line in lines if line.startswith(("fatal: ", "error: "))), "")
    return redact_text(fatal.partition(": ")[2] or (lines[-1] if lines else "it does not say why"))
