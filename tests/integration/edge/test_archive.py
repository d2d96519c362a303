"""The archive on a real disk: what is listed, found and deleted, and that nothing outside ever is."""

import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dogwatch.edge.archive_files import SNAPSHOT, THUMBNAIL, TIMELAPSE, VIDEO, Kind, delete_file
from dogwatch.errors import EdgeError
from tests.integration.edge.archive_folder import ArchiveFolder


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path)


def test_what_the_archive_lists(folder: ArchiveFolder) -> None:
    folder.recording("output_20260401_120000", 1000.5)
    folder.add("deeper/output_20260401_130000.mp4", 2000)
    folder.add("output_20260401_140000.mp4", 3000, b"")
    held = folder.add("output_20260401_150000.mp4", 4000)
    folder.archive.hold(held)
    for name in (
        "output_20260401_120000.tmp.mp4", ".output_20260401_160000.mp4", ".hidden/a.mp4", "a.txt",
        "snapshot_20260401_120000.jpg", "timelapse/timelapse_20260331.mp4", "timelapse/2026-04-01/frame_120000.jpg",
        "timelapse/2026-04-01/x.mp4",
    ):  # fmt: skip
        folder.add(name)
    (folder.save / "linked.mp4").symlink_to(held)
    (folder.save / "folder.mp4").mkdir()
    rows = folder.archive.recordings()
    assert [row["path"] for row in rows] == [
        str(folder.save / name)
        for name in ("output_20260401_140000.mp4", "deeper/output_20260401_130000.mp4", "output_20260401_120000.mp4")
    ]
    assert rows[2] == {
        "path": str(folder.save / "output_20260401_120000.mp4"),
        "size": 5,
        "mtime": "1970-01-01T00:16:40.500000+00:00",
        "meta": {"reason": "manual"},
        "thumbnail": str(folder.save / "output_20260401_120000.thumb.jpg"),
        "sprite": str(folder.save / "output_20260401_120000.sprite.jpg"),
    }
    assert set(rows[0]) == {"path", "size", "mtime"}
    assert [file.path.name for file in folder.archive.files("snapshot", "timelapse")] == [
        "timelapse_20260331.mp4",
        "snapshot_20260401_120000.jpg",
    ]
    folder.archive.finished(held, "recording")
    assert folder.told == [("archive_updated", {"path": str(held), "type": "recording"})]
    assert folder.archive.recordings()[0]["path"] == str(held)


def test_a_meta_file_that_changes_or_is_of_no_use(folder: ArchiveFolder) -> None:
    folder.recording("output_20260401_120000")
    meta = folder.save / "output_20260401_120000.meta.json"
    for text, expected in [
        ('{"reason":"sensor"}', {"reason": "sensor"}),
        ("[1]", None),
        ("{", None),
        ("[" * 5000, None),
        ('{"a":"' + "x" * 70_000 + '"}', None),
        ('{"reason":"manual","crash":true}', {"reason": "manual", "crash": True}),
    ]:
        meta.write_text(text)
        assert folder.archive.recordings()[0].get("meta") == expected
    meta.unlink()
    assert "meta" not in folder.archive.recordings()[0]


def test_names_that_no_answer_can_hold(folder: ArchiveFolder) -> None:
    folder.add(os.fsdecode(b"output_\xff.mp4"))
    assert folder.archive.recordings() == []
    assert folder.archive.files("recording") == []


@pytest.mark.parametrize(
    ("mtime", "shown"),
    [(-1e9, "1970-01-01T00:00:00.000000+00:00"), (9e9, "2255-03-14T16:00:00.000000+00:00"), (1e12, None)],
)
def test_times_that_no_answer_can_hold(folder: ArchiveFolder, mtime: float, shown: str | None) -> None:
    path = folder.add("output_20260401_120000.mp4", mtime)
    if path.stat().st_mtime == mtime:  # some file systems cut what they cannot hold
        assert folder.archive.recordings()[0]["mtime"] == (shown or "9999-12-31T23:59:59.000000+00:00")


def test_two_clients_delete_the_same_video(folder: ArchiveFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    video = folder.add("output_20260401_120000.mp4")
    remove = folder.archive.remove

    def late(path: Path, kind: Kind) -> int:
        remove(path, kind)
        return remove(path, kind)

    monkeypatch.setattr(folder.archive, "remove", late)
    with pytest.raises(EdgeError) as refused:
        folder.archive.delete(str(video), VIDEO)
    assert refused.value.code == "not_found"
    assert len(folder.told) == 1


def test_new_files_are_counted(folder: ArchiveFolder) -> None:
    folder.add("output_20260401_120000.mp4", 1000)
    folder.add("snapshot_20260401_120000.jpg", 1001)
    newest = folder.add("timelapse/timelapse_20260331.mp4", 1002)
    os.utime(newest, ns=(0, 1_002_000_000_789))
    assert folder.archive.count_since("1970-01-01T00:16:39Z") == 3
    assert folder.archive.count_since("1970-01-01T00:16:40Z") == 2
    assert folder.archive.count_since(folder.archive.row(folder.archive.files("timelapse")[0])["mtime"]) == 0
    assert folder.archive.count_since("") == folder.archive.count_since("soon") == 0


def test_a_video_goes_with_all_its_sidecars(folder: ArchiveFolder) -> None:
    video = folder.recording("output_20260401_120000")
    folder.add("output_20260401_120000.tmp.mp4")
    other = folder.recording("output_20260401_120000_1")
    folder.archive.delete(str(video), VIDEO)
    assert folder.told == [("archive_removed", {"path": str(video), "type": "recording"})]
    assert folder.names() == [
        f"output_20260401_120000_1{end}" for end in (".meta.json", ".mp4", ".sprite.jpg", ".thumb.jpg")
    ]
    assert delete_file(other) == 5 + 5 + 6 + 19
    assert folder.names() == []


def test_a_sidecar_is_never_left_behind(folder: ArchiveFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    video, unlink = folder.recording("output_20260401_120000"), Path.unlink

    def failing(path: Path, missing_ok: bool = False) -> None:
        if path.name.endswith(".sprite.jpg"):
            raise PermissionError(13, "no")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", failing)
    with pytest.raises(PermissionError):
        folder.archive.delete(str(video), VIDEO)
    assert video.exists()
    assert not folder.told


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "bad_path"),
        ("../settings/settings.json", "bad_path"),
        ("../x.mp4", "bad_path"),
        ("output_20260401_120000.tmp.mp4", "bad_path"),
        ("output_20260401_120000.thumb.jpg", "bad_path"),
        (".hidden.mp4", "bad_path"),
        (".hidden/a.mp4", "bad_path"),
        ("out.mp4", "bad_path"),
        ("none.mp4", "not_found"),
        ("x" * 300 + ".mp4", "not_found"),
        ("output_20260401_120000.mp4", "in_use"),
    ],
)
def test_what_cannot_be_deleted(folder: ArchiveFolder, tmp_path: Path, name: str, code: str) -> None:
    folder.archive.hold(folder.recording("output_20260401_120000"))
    folder.add("output_20260401_120000.tmp.mp4")
    (tmp_path / "outside.mp4").write_bytes(b"x")
    (folder.save / "out.mp4").symlink_to(tmp_path / "outside.mp4")
    for name_of in (name, str(folder.save / name)) if name else (name,):
        with pytest.raises(EdgeError) as refused:
            folder.archive.delete(name_of, VIDEO)
        assert refused.value.code == code
    assert (tmp_path / "outside.mp4").exists()
    assert not folder.told


PIECES = st.sampled_from(
    ["..", ".", "", "~", "good", "good/", "linked", "linked/", "timelapse", "timelapse/", ".hidden", "OUTSIDE", "SAVE",
     "/", "secret.mp4", "snapshot_1.jpg", "output_1.mp4", "out.mp4", "loop.mp4", "timelapse_1.mp4",
     "output_1.thumb.jpg", "output_1.tmp.mp4", "%2e%2e", "\\", "\0", "\n",
     "\ud800", "é", "a" * 300, "/proc/self/root", "/etc/hostname"]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(PIECES, max_size=6).map("/".join), st.lists(PIECES, max_size=6).map("".join), st.text(max_size=40)
)


@pytest.fixture(scope="module")
def hostile() -> Iterator[tuple[ArchiveFolder, Path]]:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        outside = root / "outside"
        outside.mkdir()
        for name in ("secret.mp4", "snapshot_1.jpg", "secret.thumb.jpg", "timelapse_1.mp4", "output_1.mp4"):
            (outside / name).write_bytes(b"secret")
        folder = ArchiveFolder(root / "edge")
        for link, target in [
            ("out.mp4", outside / "secret.mp4"), ("linked", outside), ("loop.mp4", folder.save / "loop.mp4"),
            ("snapshot_out.jpg", outside / "snapshot_1.jpg"), ("good2.thumb.jpg", outside / "secret.thumb.jpg"),
        ]:  # fmt: skip
            (folder.save / link).symlink_to(target)
        yield folder, outside


def outcome(act: Callable[[], Path | None]) -> tuple[Path | None, tuple[int, str] | None]:
    """Return what `act` does, and the status and code with which it is refused."""
    try:
        return act(), None
    except EdgeError as error:
        return None, (error.status, error.code)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(TEXTS, st.sampled_from([VIDEO, SNAPSHOT, TIMELAPSE]))
def test_no_path_leads_outside(hostile: tuple[ArchiveFolder, Path], text: str, pattern: str) -> None:
    folder, outside = hostile
    text = text.replace("OUTSIDE", str(outside)).replace("SAVE", str(folder.save))
    inside = [folder.recording("output_1"), folder.recording("good/output_1"), folder.add("timelapse/timelapse_1.mp4")]
    inside += [folder.add("snapshot_1.jpg"), folder.add(".hidden/output_1.mp4"), folder.add("output_1.tmp.mp4")]
    archive = folder.archive
    for find in (
        lambda: archive.find(text, pattern),
        lambda: archive.find(text, pattern, archive.timelapses),
        lambda: archive.find_sidecar(text, THUMBNAIL),
    ):
        found, refused = outcome(find)
        assert refused == (404, "not_found") if found is None else folder.save in found.parents
    for directly_in in (archive.timelapses, None):
        folder.told.clear()
        _, refused = outcome(partial(archive.delete, text, pattern, directly_in=directly_in))
        deleted = [Path(data["path"]) in inside for _, data in folder.told]
        assert deleted == ([True] if refused is None else [])
        assert refused in (None, (400, "bad_path"), (404, "not_found"))
    assert sorted(path.name for path in outside.iterdir()) == [
        "output_1.mp4", "secret.mp4", "secret.thumb.jpg", "snapshot_1.jpg", "timelapse_1.mp4",
    ]  # fmt: skip
    assert (folder.save / ".hidden/output_1.mp4").exists()
    assert (folder.save / "../settings/settings.json").exists()
