"""The cache of renditions: bounded, the least recently used one out first, swept at the start."""

import io
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from dogwatch.errors import FileError, MediaError
from dogwatch.library.rendition_cache import RenditionCache
from dogwatch.media.film_encoder import FRAGMENTED_MP4, FilmEncoder, FilmRate
from dogwatch.media.virtual_file import portions

UUID = "0" * 32


@pytest.fixture(scope="module")
def film() -> bytes:
    out = io.BytesIO()
    encoder = FilmEncoder(out, FRAGMENTED_MP4, Fraction(1, 30), lambda: None)
    for n in range(40):
        pixels = np.random.default_rng(n).integers(0, 255, (48, 64, 3), np.uint8)
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
        encoder.encode(frame, Fraction(n, 30), FilmRate(Fraction(30), steady=True), Fraction(1))
    encoder.finish()
    return out.getvalue()


def keep(cache: RenditionCache, name: str, film: bytes) -> None:
    part = cache.begin(name)
    part.write_bytes(film)
    cache.finish(name, part)


def used(cache: RenditionCache, name: str, at: int) -> None:
    for path in cache.directory.glob(f"{name}*"):
        os.utime(path, ns=(at * 10**9, path.stat().st_mtime_ns))


def test_a_finished_film_is_found_with_its_header_first(tmp_path: Path, film: bytes) -> None:
    cache = RenditionCache(tmp_path / "cache", 1 << 20)
    name = f"{UUID}.debug.0123456789abcdef"
    assert cache.find(name) is None
    keep(cache, name, film)
    found = cache.find(name)
    assert found is not None
    assert found.tag == RenditionCache(tmp_path / "cache", 1).find(name).tag  # type: ignore[union-attr]
    data = b"".join(piece for part in found.parts for piece in portions(part))
    assert len(data) == found.size
    assert data.index(b"moov") < data.index(b"mdat")
    made: Any
    with av.open(io.BytesIO(data)) as made:
        assert len(list(made.decode(video=0))) == 40


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, film: bytes) -> None:
    cache = RenditionCache(tmp_path, 3 * len(film) + len(film) // 2)
    for n in range(3):
        keep(cache, f"{n}", film)
    for n, at in ((0, 30), (1, 10), (2, 20)):
        used(cache, f"{n}", at)
    keep(cache, "3", film)
    assert [n for n in range(4) if cache.find(f"{n}")] == [0, 2, 3]
    assert cache.bytes() <= cache.limit_bytes
    used(cache, "0", 1)
    assert cache.find("0") is not None  # now it was used last
    used(cache, "2", 2)
    keep(cache, "4", film)
    assert [n for n in range(5) if cache.find(f"{n}")] == [0, 3, 4]
    assert len(list(tmp_path.iterdir())) == 6


def test_room_is_made_for_what_grows_and_too_much_is_refused(tmp_path: Path, film: bytes) -> None:
    cache = RenditionCache(tmp_path, 2 * len(film))
    keep(cache, "a", film)
    cache.make_room(len(film) // 2)
    assert cache.find("a")
    cache.make_room(2 * len(film))
    assert cache.find("a") is None
    with pytest.raises(FileError, match="cache_mb") as refused:
        cache.make_room(2 * len(film) + 1)
    assert (refused.value.status, refused.value.code) == (507, "no_space")
    cache.floor_bytes = 1 << 60
    with pytest.raises(FileError, match="room on the disk"):
        cache.make_room(1)


def test_a_start_removes_what_was_not_completed(tmp_path: Path, film: bytes) -> None:
    cache = RenditionCache(tmp_path, 1 << 20)
    keep(cache, "a", film)
    cache.begin("b").write_bytes(film)
    with pytest.raises(MediaError):
        cache.finish("c", _torn(cache, film))
    cache.sweep()
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4", "a.head"}
    assert RenditionCache(tmp_path / "none", 1).bytes() == 0


def _torn(cache: RenditionCache, film: bytes) -> Path:
    part = cache.begin("c")
    part.write_bytes(film[: len(film) // 2])
    return part


def test_the_films_of_one_file_are_dropped(tmp_path: Path, film: bytes) -> None:
    cache = RenditionCache(tmp_path, 1 << 20)
    for name in (f"{UUID}.bbox.1", f"{UUID}.silent.1", f"{'1' * 32}.bbox.1"):
        keep(cache, name, film)
    cache.drop(f"{UUID}.bbox")
    assert (cache.find(f"{UUID}.bbox.1"), cache.find(f"{UUID}.silent.1") is None) == (None, False)
    cache.drop(f"{UUID}.")
    assert {path.name[:32] for path in tmp_path.iterdir()} == {"1" * 32}
