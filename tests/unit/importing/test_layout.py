"""Where an installation's files are found, and that no path leads out of them."""

from pathlib import Path

import pytest

from dogwatch.errors import DogwatchError
from dogwatch.importing.layout import InstallationLayout, LeftOutError, find


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    return path


def test_the_usual_places(tmp_path: Path) -> None:
    config, database = put(tmp_path / "config/config.yaml"), put(tmp_path / "config/frigate.db")
    put(tmp_path / "storage/recordings/x")
    assert find(tmp_path) == InstallationLayout(config, database, tmp_path / "storage")


def test_everything_in_one_directory(tmp_path: Path) -> None:
    config, database = put(tmp_path / "config.yml"), put(tmp_path / "frigate.db")
    put(tmp_path / "clips/x")
    assert find(tmp_path) == InstallationLayout(config, database, tmp_path)


def test_what_is_given_is_taken(tmp_path: Path) -> None:
    database, media = put(tmp_path / "a.db"), put(tmp_path / "m/x").parent
    assert find(tmp_path, database=database, media=media) == InstallationLayout(None, database, media)
    for given in ({"database": tmp_path / "b.db"}, {"config": tmp_path / "c"}, {"media": tmp_path / "n"}):
        with pytest.raises(DogwatchError, match="there is no"):
            find(tmp_path, **given)


def test_no_installation(tmp_path: Path) -> None:
    with pytest.raises(DogwatchError, match="no directory"):
        find(tmp_path / "x")
    with pytest.raises(DogwatchError, match=r"holds no frigate\.db"):
        find(tmp_path)


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/media/frigate/clips/a.jpg", "clips/a.jpg"),
        ("clips/a.jpg", "clips/a.jpg"),
        ("/etc/passwd", None),
        ("/media/frigate/../etc/passwd", None),
        ("clips/../../a", None),
        ("/media/frigatex/a", None),
        ("/media/frigate/", None),
        ("/media/frigate//etc/passwd", None),
        ("", None),
        ("a\0b", None),
    ],
)
def test_paths_of_rows(path: str, inside: str | None) -> None:
    layout = InstallationLayout(None, None, Path("/m"))
    if inside is None:
        with pytest.raises(LeftOutError):
            layout.inside(path)
    else:
        assert layout.inside(path) == inside
