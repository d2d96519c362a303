"""A log that is limited in size, and that nothing fails for."""

import logging
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dogwatch.runtime.log_file import HELD, LINE_BYTES, LOOK_EVERY_S, RETRY_S, LogFile
from tests.mounts import small_disk


class Log:
    """A log file under test, with a clock that stands still."""

    def __init__(self, path: Path, max_bytes: int = 1000) -> None:
        self.path, self.now, self.said = path, 100.0, list[str]()
        self.handler = LogFile(
            path, max_bytes=max_bytes, older=2, complain=self.said.append, monotonic=lambda: self.now
        )
        self.logger = logging.Logger("test")
        self.logger.addHandler(self.handler)

    def lines(self) -> list[str]:
        return self.path.read_text().splitlines()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Log]]:
    made: list[Log] = []

    def log(path: Path | None = None, max_bytes: int = 1000, *, begun: bool = True) -> Log:
        made.append(Log(path or tmp_path / "a.log", max_bytes))
        if begun:
            made[-1].handler.begin()
        return made[-1]

    yield log
    for one in made:
        one.handler.close()


def test_files_and_their_number_are_limited(make: Callable[..., Log], tmp_path: Path) -> None:
    log = make()
    for n in range(200):
        log.logger.info("%04d %s", n, "x" * 45)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["a.log", "a.log.1", "a.log.2"]
    assert all(path.stat().st_size <= 1000 for path in tmp_path.iterdir())
    kept = [int(line[:4]) for name in reversed(files) for line in (tmp_path / name).read_text().splitlines()]
    assert kept == list(range(200 - len(kept), 200))
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_an_endless_record_is_cut_and_an_odd_one_is_written(make: Callable[..., Log]) -> None:
    log = make(max_bytes=1 << 20)
    log.logger.info("x" * (LINE_BYTES * 3))
    log.logger.info("%d and %d", "one")
    log.logger.info("half a pair \ud800")
    cut, odd, half = log.lines()
    assert len(cut) < LINE_BYTES + 20
    assert cut.endswith("(cut)")
    assert "cannot be formatted" in odd
    assert half == "half a pair \\ud800"


def test_nothing_is_written_before_the_directory_has_been_checked(make: Callable[..., Log]) -> None:
    log = make(begun=False, max_bytes=1 << 20)
    for n in range(HELD + 5):
        log.logger.info("%d", n)
    assert not log.path.exists()
    log.handler.begin()
    log.logger.info("then")
    assert log.lines() == [*(str(n) for n in range(5, HELD + 5)), "then"]


def test_of_a_start_that_failed_there_is_a_log(make: Callable[..., Log]) -> None:
    log = make(begun=False)
    log.logger.info("no port")
    log.handler.close()
    assert log.lines() == ["no port"]


def test_a_directory_that_is_not_there_or_read_only_costs_one_line(make: Callable[..., Log], tmp_path: Path) -> None:
    log = make(tmp_path / "away" / "a.log")
    for _ in range(3):
        log.logger.info("lost")
        log.now += RETRY_S / 2
    assert log.said == [f"{log.path} cannot be written (No such file or directory); the log goes on here only"]
    log.path.parent.mkdir()
    log.now += RETRY_S
    log.logger.info("back")
    assert log.lines() == ["3 lines could not be written here", "back"]
    assert len(log.said) == 1


def test_a_file_that_was_removed_is_made_anew(make: Callable[..., Log]) -> None:
    log = make()
    log.logger.info("one")
    log.path.unlink()
    log.now += LOOK_EVERY_S
    log.logger.info("two")
    assert log.lines() == ["two"]


def test_nothing_is_written_while_the_disk_is_away(make: Callable[..., Log]) -> None:
    log = make(begun=False)
    away = [False]

    def present() -> None:
        if away[0]:
            raise OSError("its disk is gone")

    log.handler.begin(present)
    log.logger.info("one")
    away[0] = True
    log.path.unlink()
    log.now += LOOK_EVERY_S
    log.logger.info("two")
    assert not log.path.exists()
    assert log.said == [f"{log.path} cannot be written (its disk is gone); the log goes on here only"]
    away[0] = False
    log.now += RETRY_S
    log.logger.info("three")
    assert log.lines() == ["1 lines could not be written here", "three"]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "64k") as disk:
        yield disk


def test_a_full_disk_never_raises_nor_recurses(
    make: Callable[..., Log], disk: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = make(disk / "a.log", max_bytes=20_000)
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:  # somebody else fills it
        for _ in range(9):
            file.write(bytes(4096))
    for n in range(2000):  # rotates while the disk is full
        log.logger.info("%04d %s", n, "x" * 45)
        log.now += RETRY_S
    assert len(log.said) >= 1
    assert capfd.readouterr().err == ""
    ballast.unlink()
    log.now += RETRY_S
    log.logger.info("there is room again")
    assert log.lines()[-1] == "there is room again"
    assert "could not be written here" in log.path.read_text()
    assert sum(path.stat().st_size for path in disk.iterdir()) <= 60_000


def test_a_disk_that_turns_read_only(make: Callable[..., Log], disk: Path) -> None:
    log = make(disk / "a.log")
    log.logger.info("one")
    log.handler.close()
    log = make(disk / "a.log")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for _ in range(5):
        log.logger.info("two")
    assert log.said == [f"{log.path} cannot be written (Read-only file system); the log goes on here only"]
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    log.now += RETRY_S
    log.logger.info("three")
    assert log.lines() == ["one", "5 lines could not be written here", "three"]
