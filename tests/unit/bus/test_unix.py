"""Sockets as files."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dogwatch.bus.unix import LONGEST, Bound, place
from dogwatch.errors import DogwatchError


def test_a_name_stays_as_it_is_where_there_is_room() -> None:
    assert place("/run/dogwatch", "frames-front") == "/run/dogwatch/frames-front"


def test_a_long_name_becomes_a_short_one_of_its_own() -> None:
    names = [f"frames-{'gate' * 40}", f"frames-{'gate' * 40}s", f"detector-{'gate' * 40}"]
    paths = [place("/run/" + "x" * 70, name) for name in names]
    assert len(set(paths)) == 3
    assert all(len(path) <= LONGEST for path in paths)
    assert paths == [place("/run/" + "x" * 70, name) for name in names]


def test_letters_count_by_their_bytes(tmp_path: Path) -> None:
    directory = tmp_path / ("ü" * ((LONGEST - len(str(tmp_path)) - 25) // 2))
    directory.mkdir()
    path = place(str(directory), "frames-" + "ü" * 20)
    bound = Bound(path, socket.SOCK_DGRAM)
    bound.close()
    assert "ü" not in Path(path).name


def test_a_directory_without_room_is_refused() -> None:
    with pytest.raises(DogwatchError, match="too long for sockets"):
        place("/" + "x" * 90, "frames-" + "x" * 20)


def test_the_file_is_its_owners_alone_and_goes_with_the_socket(tmp_path: Path) -> None:
    bound = Bound(str(tmp_path / "s"), socket.SOCK_DGRAM)
    assert (tmp_path / "s").is_socket()
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o600
    bound.close()
    assert not (tmp_path / "s").exists()


def test_a_stale_file_gives_way_and_a_successors_stays(tmp_path: Path) -> None:
    path = tmp_path / "s"
    first = Bound(str(path), socket.SOCK_DGRAM)
    second = Bound(str(path), socket.SOCK_DGRAM)
    first.close()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"hello", str(path))
    assert second.socket.recv(100) == b"hello"
    second.close()


def test_what_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("mine")
    with pytest.raises(DogwatchError, match=r"s cannot be made: Address already in use"):
        Bound(str(tmp_path / "s"), socket.SOCK_DGRAM)
    assert (tmp_path / "s").read_text() == "mine"


def test_a_file_that_somebody_has_removed_is_no_trouble(tmp_path: Path) -> None:
    bound = Bound(str(tmp_path / "s"), socket.SOCK_DGRAM)
    (tmp_path / "s").unlink()
    bound.close()


def test_a_successor_may_come_at_any_moment(tmp_path: Path) -> None:
    """A camera that moves from one analysis process to another: both do at once what they have to do."""
    path = str(tmp_path / "s")
    with ThreadPoolExecutor() as both:
        first = Bound(path, socket.SOCK_DGRAM)
        for _ in range(300):
            coming, going = both.submit(Bound, path, socket.SOCK_DGRAM), both.submit(first.close)
            going.result()
            first = coming.result()
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"hello", path)
            assert first.socket.recv(100) == b"hello"
        first.close()
    assert not (tmp_path / "s").exists()
