"""A run of tests ends although one of its processes crashes, and tells where."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from tests.media import ROOT

CONFTEST = """
from tests import spreading
from tests.spreading import (
    pytest_configure, pytest_configure_node, pytest_runtest_protocol, pytest_sessionfinish, pytest_terminal_summary,
    pytest_testnodedown, pytest_xdist_make_scheduler,
)

spreading.GRACE_S = 0.5
"""
QUICK = """
import pytest

@pytest.mark.parametrize("n", range(3))
def test_quick(n):
    pass
"""
CRASHING = """
import os, signal, subprocess
from pathlib import Path

def test_before():
    pass

def test_crashing():
    server = subprocess.Popen(["sleep", "300"])
    Path(__file__).with_suffix(".pid").write_text(str(server.pid))
    os.kill(os.getpid(), signal.SIGSEGV)

def test_after():
    pass
"""
HANGING = """
import ctypes, pytest

@pytest.mark.timeout(0.5)
def test_hanging():
    mutex = ctypes.create_string_buffer(64)
    for _ in range(2):
        ctypes.PyDLL(None).pthread_mutex_lock(mutex)  # the second time it waits for ever, with the interpreter
"""
BETWEEN = """
import os, signal

def pytest_sessionfinish(session):
    if getattr(session.config, "workerinput", {}).get("workerid") == "gw0":
        os.kill(os.getpid(), signal.SIGSEGV)
"""
COMMAND = (
    *(sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-n", "2"),
    *("--dist", "loadfile", "--no-loadscope-reorder"),
)


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests in `folder`, spread as those of the project are."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {**own, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(COMMAND, cwd=folder, env=environment, capture_output=True, text=True, timeout=100)


def gone(pid: int) -> bool:
    """Wait until a process has ended."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.05)
                continue
        return True
    return False


def test_a_run_ends_with_the_name_of_the_test_in_which_a_process_crashed(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for n in range(24):
        (tmp_path / f"test_{n:02}.py").write_text(CRASHING if n in (11, 12) else QUICK)
    ran = run(tmp_path)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert ran.stdout.splitlines()[-1].startswith(f"2 failed, {22 * 3 + 2 * 2} passed"), ran.stdout
    for n in (11, 12):
        assert f"FAILED test_{n}.py::test_crashing" in ran.stdout
        assert f'test_{n}.py", line 11 in test_crashing' in ran.stdout[ran.stdout.index("a process crashed") :]
        assert gone(int((tmp_path / f"test_{n}.pid").read_text()))


def test_a_test_ends_that_python_cannot_end(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for n in range(6):
        (tmp_path / f"test_{n}.py").write_text(HANGING if n == 3 else QUICK)
    ran = run(tmp_path)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "1 failed, 15 passed" in ran.stdout
    assert "FAILED test_3.py::test_hanging" in ran.stdout
    assert 'test_3.py", line 8 in test_hanging' in ran.stdout[ran.stdout.index("a process crashed") :]


def test_a_run_fails_in_which_a_process_crashed_in_no_test(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (inner / "conftest.py").write_text(BETWEEN)
    for n in range(4):
        (inner / f"test_{n}.py").write_text(QUICK)
    ran = run(tmp_path)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "12 passed" in ran.stdout
    assert "a process crashed" in ran.stdout
