"""Standard output and error that nobody reads."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.supervisor import console


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    for fd in (reader, writer):
        try:
            os.close(fd)
        except OSError:
            continue


def test_a_line_is_written_whole(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    line = "recording \N{BULLET} \udcff " + "x" * 20000 + "\n"
    assert console.write(writer, line)
    found = b""
    while not found.endswith(b"\n"):
        found += os.read(reader, 1 << 16)
    assert found == line.encode(errors="backslashreplace")


def test_a_pipe_that_nobody_reads_holds_nobody_up(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    count = 0
    while console.write(writer, "a line of the log\n"):
        count += 1
    assert count > 100
    os.read(reader, 1 << 16)
    assert console.write(writer, "and then it is read\n")


def test_a_reader_that_has_gone_harms_nobody(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    os.close(reader)
    assert not console.write(writer, "a line\n")
    os.close(writer)
    assert not console.write(writer, "a line\n")


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_a_full_disk_harms_nobody() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        assert not console.write(full.fileno(), "a line\n")
