"""Spreads tests over processes, and tells at the end of a run which of them crashed in which test, and where.

`tests/conftest.py` has these hooks.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import psutil
import pytest

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

    from tests.lanes import MixedScheduling

BY_FILE = "loadfile"
FILES = pytest.StashKey[dict[str, Path]]()
"""The files in which processes tell where they crash, by process."""
CRASHES = pytest.StashKey[list[str]]()
"""What those that did have told."""
CRASH_FILE = pytest.StashKey[TextIO]()
"""In a process: the file of its own."""
GRACE_S = 60.0
"""So much later than its time limit, a test ends that cannot be ended from Python."""
RUNNERS = ("/_pytest/", "/pluggy/", "/xdist/", "/execnet/", "Extension modules: ")
MOST_LINES = 80
_RUN, _PROCESS = "PYTEST_XDIST_TESTRUNUID", "PYTEST_XDIST_WORKER"  # in the environment of what a process has started


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> MixedScheduling | None:
    """Mix tests that wait with tests that compute where whole files are spread over processes."""
    if config.getvalue("dist") != BY_FILE:
        return None
    from tests.lanes import MixedScheduling

    return MixedScheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """Tell a process whether it computes beside others that wait, and has to give way; and where to tell of a crash."""
    from tests.lanes import computes

    node.workerinput["gives_way"] = computes(node) and len(node.config.getvalue("tx")) > 2
    descriptor, path = tempfile.mkstemp(prefix="dogwatch-crash-")
    os.close(descriptor)
    node.workerinput["crash"] = path
    node.config.stash.setdefault(FILES, {})[node.gateway.id] = Path(path)


@pytest.hookimpl(trylast=True)  # after pytest's own, which lets crashes be told in the middle of the output
def pytest_configure(config: pytest.Config) -> None:
    """Give way to tests that look at the clock, and note where this process crashes."""
    given = getattr(config, "workerinput", {})
    if given.get("gives_way"):
        os.nice(5)
    if path := given.get("crash"):
        file = config.stash[CRASH_FILE] = Path(path).open("w")  # noqa: SIM115 - until the process ends
        config.add_cleanup(file.close)
        config.add_cleanup(faulthandler.disable)
        faulthandler.enable(file)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """End a process whose test neither ends nor lets Python end it."""
    file, limit = item.config.stash.get(CRASH_FILE, None), _limit(item)
    if file is None or limit <= 0:
        return (yield)
    faulthandler.dump_traceback_later(limit + GRACE_S, file=file, exit=True)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _limit(item: pytest.Item) -> float:
    """Return the time limit (s) of pytest-timeout for a test, 0 without one."""
    mark = item.get_closest_marker("timeout")
    if mark is not None and mark.args:
        return float(mark.args[0])
    if not item.config.pluginmanager.hasplugin("timeout"):
        return 0.0
    asked = item.config.getoption("timeout")
    return float((item.config.getini("timeout") if asked is None else asked) or 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController, error: object | None) -> None:
    """Show where a process crashed, and end what it had started, such as servers, which would outlive the run."""
    process = node.gateway.id
    file = node.config.stash[FILES].pop(process)
    told = file.read_text(errors="replace")
    file.unlink()
    if error is None:
        return
    crash = f"{process}: {error}\n{told}"
    node.config.stash.setdefault(CRASHES, []).append(crash)
    sys.stderr.write(f"\n{crash}\n")  # a run that is ended from outside has no summary
    for orphan in _started_by(node.workerinput["testrunuid"], process):
        with suppress(psutil.Error):
            orphan.kill()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a run fail in which a process crashed, also between two tests."""
    if session.config.stash.get(CRASHES, []) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell at the end which processes crashed, and where."""
    for crash in config.stash.get(CRASHES, []):
        terminalreporter.write_sep("=", "a process crashed", red=True)
        terminalreporter.write_line(_shown(crash))


def _shown(crash: str) -> str:
    """Return the crash with the thread that crashed first, without what runs tests, and not too long."""
    head, *threads = crash.split("\n\n")
    threads.sort(key=lambda thread: not thread.startswith("Current thread"))
    lines = [line for part in (head, *threads) for line in part.splitlines() if not any(own in line for own in RUNNERS)]
    return "\n".join(lines[:MOST_LINES])


def _started_by(run: str, process: str) -> Iterator[psutil.Process]:
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            told = one.environ()
            if told.get(_RUN) == run and told.get(_PROCESS) == process:
                yield one
