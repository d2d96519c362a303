"""`dogwatch files analyse` with a real film and file workers."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from dogwatch.cli import group
from dogwatch.testing.numbered import Codec, Variant, make
from tests.drawn_faces import crowd_film, drawn_face, jpeg

CONFIG = """
detectors: {shapes: {type: pattern}}
cameras: {}
"""


def analyse(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["files", "analyse", "--data", str(data), *arguments])


def test_traces_are_listed_and_a_second_run_finds_them_there(tmp_path: Path) -> None:
    film = make(tmp_path, Codec.H264, Variant.CONSTANT, 40).path
    data = tmp_path / "data"
    data.mkdir()
    (data / "config.yml").write_text(CONFIG)
    done = analyse(data, str(film), "--every", "2")
    assert done.exit_code == 0, done.output
    first = done.stdout.splitlines()[0].split("\t")
    assert first[1:3] == ["1", "person"]
    assert first[4].startswith("frames 0-")
    assert analyse(data, str(film)).stdout == done.stdout
    again = analyse(data, str(film), "--replace")
    assert again.exit_code == 0
    assert again.stdout.splitlines()[0].split("\t")[1] != "1"


def test_what_is_no_video_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text(CONFIG)
    text = tmp_path / "text.mp4"
    text.write_text("no film")
    done = analyse(tmp_path, str(text))
    assert done.exit_code == 1
    assert "text.mp4" in done.stderr


def test_faces_of_the_library_are_listed_with_their_names(tmp_path: Path) -> None:
    film = tmp_path / "people.mp4"
    crowd_film(film, (1, 1), (7, 1))
    ann = tmp_path / "clips" / "faces" / "Ann"
    ann.mkdir(parents=True)
    (ann / "Ann-1.jpg").write_bytes(jpeg(drawn_face(1)))
    (tmp_path / "config.yml").write_text(
        "detectors: {faces: {type: opencv, person: false}}\nface_recognition: {enabled: true}\ncameras: {}\n"
    )
    done = analyse(tmp_path, str(film), "--every", "3", "--detector", "face")
    assert done.exit_code == 0, done.output
    listed = [line.split("\t")[6:] for line in done.stdout.splitlines()]
    assert listed.count(["Ann"]) == 1
    assert [] in listed
