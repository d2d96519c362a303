"""What others may do with what is there at start."""

import os
import stat
import struct
from pathlib import Path

import pytest

from dogwatch.runtime.private import DIRECTORIES, tighten


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory as an older version left it under a usual umask."""
    data = tmp_path / "data"
    for name in DIRECTORIES:
        (data / name).mkdir(parents=True)
        (data / name).chmod(0o755)
    for name in ("dogwatch.db", "dogwatch.db-wal", "dogwatch.db-shm", "config.yml", ".lock", "logs/dogwatch.log.1"):
        (data / name).write_text("x")
        (data / name).chmod(0o644)
    data.chmod(0o755)
    return data


def test_everything_that_is_ours_is_shut(data: Path) -> None:
    assert tighten(data) == []
    assert {mode(data), *(mode(data / name) for name in DIRECTORIES)} == {0o700}
    files = [path for path in data.rglob("*") if path.is_file()]
    assert len(files) == 6
    assert {mode(path) for path in files} == {0o600}


def test_a_users_own_files_and_what_is_deeper_are_left_alone(data: Path) -> None:
    script = data / "notify.sh"
    deep = data / "recordings" / "2026-01-01"
    script.write_text("x")
    deep.mkdir()
    for path in (script, deep):
        path.chmod(0o755)
    tighten(data)
    assert (mode(script), mode(deep)) == (0o755, 0o755)


def test_the_database_may_be_elsewhere(data: Path, tmp_path: Path) -> None:
    for suffix in ("", "-wal"):
        (tmp_path / f"other.db{suffix}").write_text("x")
        (tmp_path / f"other.db{suffix}").chmod(0o664)
    tmp_path.chmod(0o755)
    assert tighten(data, tmp_path / "other.db") == []
    assert mode(tmp_path / "other.db") == mode(tmp_path / "other.db-wal") == 0o600
    assert mode(tmp_path) == 0o755


def test_links_are_not_followed_but_named(data: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    outside.chmod(0o755)
    (data / "clips").rmdir()
    (data / "clips").symlink_to(outside)
    (data / "config.yml").unlink()
    (data / "config.yml").symlink_to("/etc/hostname")
    before = mode(Path("/etc/hostname"))
    said = tighten(data)
    assert mode(outside) == 0o755
    assert mode(Path("/etc/hostname")) == before
    assert [line.partition(" is a link")[0] for line in said] == [str(data / "clips"), str(data / "config.yml")]
    link = tmp_path / "link"
    link.symlink_to(data)
    data.chmod(0o755)
    tighten(link)
    assert mode(data) == 0o700, "the data directory itself may be a link"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_belongs_to_somebody_else_is_named_and_left(data: Path) -> None:
    os.chown(data / "config.yml", 12345, 12345)
    assert tighten(data) == [f"{data / 'config.yml'} belongs to another user, and others can get at it (mode 0644)"]
    assert mode(data / "config.yml") == 0o644


def test_a_directory_for_all_users_is_named_and_left(data: Path) -> None:
    data.chmod(0o1777)
    assert tighten(data) == [f"{data} is a directory for all users (mode 1777)"]
    assert mode(data) == 0o1777


USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
NOBODY = 0xFFFFFFFF


def acl(*entries: tuple[int, int, int]) -> bytes:
    """Return an ACL as Linux keeps it: a version, then (tag, permissions, id)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


GIVEN = ((USER_OBJ, 7, NOBODY), (USER, 5, 12345), (GROUP_OBJ, 5, NOBODY), (MASK, 5, NOBODY), (OTHER, 5, NOBODY))


def test_whom_an_acl_names_keeps_access_and_gets_it_to_new_files(data: Path) -> None:
    recordings = data / "recordings"
    try:
        for name in ("system.posix_acl_access", "system.posix_acl_default"):
            os.setxattr(recordings, name, acl(*GIVEN[:-1], (OTHER, 0, NOBODY)))
            os.setxattr(data, "system.posix_acl_access", acl(*GIVEN))
    except (OSError, AttributeError):
        pytest.skip("the file system has no ACLs")
    assert tighten(data) == []
    assert mode(data / "clips") == 0o700
    assert os.getxattr(data, "system.posix_acl_access") == acl(*GIVEN[:-1], (OTHER, 0, NOBODY))
    before = os.umask(0o077)
    try:
        descriptor = os.open(
            recordings / "new.mp4", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666
        )  # as segments are made
    finally:
        os.umask(before)
    os.close(descriptor)
    found = os.getxattr(recordings / "new.mp4", "system.posix_acl_access")
    assert found == acl((USER_OBJ, 6, NOBODY), *GIVEN[1:3], (MASK, 4, NOBODY), (OTHER, 0, NOBODY))
