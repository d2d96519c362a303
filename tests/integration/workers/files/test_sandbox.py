"""What a file worker cannot do any more once it is in its sandbox."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Landlock and namespaces are Linux's")


def inside(code: str, *, memory_mb: int = 256, cpu_s: int = 20, readable: str = "") -> subprocess.CompletedProcess[str]:
    """Run `code` in a sandbox; its output, and how it ends."""
    begin = f"""
    import os, socket, sys, tempfile
    from dogwatch.workers.files import sandbox
    sandbox.enter({memory_mb} << 20, {cpu_s}, 5, [{readable!r}] if {readable!r} else [])
    """
    program = textwrap.dedent(begin) + textwrap.dedent(code)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


def outcome(code: str, memory_mb: int = 256) -> str:
    """Return what a statement raises in a sandbox, or `done`."""
    program = f"""
    try:
        {code}
        print("done")
    except BaseException as error:
        print(type(error).__name__)
    """
    return inside(program, memory_mb=memory_mb).stdout.strip()


@linux
def test_other_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    assert outcome(f"open({str(tmp_path / 'secret')!r}).read()") == "PermissionError"
    assert outcome("open('/etc/passwd').read()") == "PermissionError"
    assert outcome("os.listdir('/etc')") == "PermissionError"
    assert outcome(f"open({str(tmp_path / 'new')!r}, 'w')") == "PermissionError"
    assert not (tmp_path / "new").exists()


@linux
def test_what_may_be_read_is_read(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("weights")
    done = inside(f"print(open({str(tmp_path / 'model')!r}).read())", readable=str(tmp_path / "model"))
    assert done.stdout.strip() == "weights"


@linux
def test_modules_can_still_be_loaded() -> None:
    assert outcome("import colorsys, cv2", memory_mb=1024) == "done"


@linux
def test_no_program_is_started() -> None:
    assert outcome("os.execv('/bin/true', ['/bin/true'])") == "PermissionError"


@linux
def test_there_is_no_network() -> None:
    assert outcome("socket.create_connection(('127.0.0.1', 9), 1)") in ("OSError", "PermissionError")
    assert outcome("socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))") == "OSError"
    assert outcome("socket.getaddrinfo('example.org', 80)") != "done"


def test_memory_is_limited() -> None:
    assert outcome("bytearray(400 << 20)") == "MemoryError"
    assert outcome("bytearray(100 << 20)") == "done"


def test_time_is_limited() -> None:
    done = inside("while True: pass", cpu_s=1)
    assert done.returncode < 0
