"""Fetching one file whole or not at all."""

from __future__ import annotations

import hashlib
import io
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from dogwatch.detectors.fetch import CHUNK, _HttpsOnly, fetch, file_name
from dogwatch.errors import DogwatchError


def test_a_file_is_copied_hashed_and_reported(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "deep" / "b"
    source.write_bytes(b"x" * (CHUNK + 5))
    seen: list[tuple[int, int]] = []
    found = fetch(str(source), target, progress=lambda done, size: seen.append((done, size)))
    assert found == hashlib.sha256(source.read_bytes()).hexdigest()
    assert target.read_bytes() == source.read_bytes()
    assert seen == [(CHUNK, CHUNK + 5), (CHUNK + 5, CHUNK + 5)]


def test_too_much_leaves_the_old_file(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"x" * 100)
    target.write_text("old")
    with pytest.raises(DogwatchError, match="larger than"):
        fetch(str(source), target, limit=99)
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("https://example.org/m/yolo%20n.onnx?download=true", "yolo-n.onnx"),
        ("/a/b/Model_1.onnx", "Model_1.onnx"),
        ("../.hidden", "hidden"),
    ],
)
def test_file_names_are_plain(source: str, name: str) -> None:
    assert file_name(source) == name


def test_redirections_do_not_leave_https() -> None:
    request = urllib.request.Request("https://example.org/a")
    follow = _HttpsOnly().redirect_request
    answer = follow(request, io.BytesIO(), 302, "Found", Message(), "https://cdn.example.org/a")
    assert answer is not None
    assert answer.full_url == "https://cdn.example.org/a"
    with pytest.raises(urllib.error.HTTPError, match="away from https") as caught:
        follow(request, io.BytesIO(), 302, "Found", Message(), "http://example.org/a")
    caught.value.close()
