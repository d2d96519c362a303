"""The sound of a file is the same whether or not its video is looked at."""

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.errors import FileError
from dogwatch.media import foreign_file
from dogwatch.media.exact_sound import exact_sound
from dogwatch.media.sound_file import opened_for_sound
from dogwatch.testing.numbered import Codec, Variant, make


def heard(container: Any) -> NDArray[Any]:
    with container:
        frames = list(exact_sound(container, container.streams.audio[0], Fraction(1, 3), Fraction(2)))
    return np.hstack([frame.to_ndarray() for frame in frames])


def film(directory: Path, variant: Variant) -> int:
    return os.open(make(directory, Codec.H264, variant).path, os.O_RDONLY)


def test_an_mp4_file_is_opened_without_its_video(tmp_path: Path) -> None:
    descriptor = film(tmp_path, Variant.SOUND)
    with opened_for_sound(descriptor) as container:
        assert [stream.type for stream in container.streams] == ["audio"]
    assert np.abs(heard(foreign_file.opened(descriptor, alone=False))).max() > 0.01
    assert (heard(opened_for_sound(descriptor)) == heard(foreign_file.opened(descriptor, alone=False))).all()
    os.close(descriptor)


@pytest.mark.parametrize("variant", [Variant.CONSTANT, Variant.FRAGMENTED, Variant.TRANSPORT, Variant.VARIABLE])
def test_files_that_are_others_are_opened_whole(tmp_path: Path, variant: Variant) -> None:
    descriptor = film(tmp_path, variant)
    with opened_for_sound(descriptor) as container:
        assert "video" in [stream.type for stream in container.streams]
    os.close(descriptor)


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_bytes(b"\x00\x00\x00\x08moov" + b"text" * 100)
    descriptor = os.open(tmp_path / "text.mp4", os.O_RDONLY)
    with pytest.raises(FileError):
        opened_for_sound(descriptor)
    os.close(descriptor)


def test_endless_boxes_end(tmp_path: Path) -> None:
    (tmp_path / "many.mp4").write_bytes(b"\x00\x00\x00\x08free" * 100_000)
    descriptor = os.open(tmp_path / "many.mp4", os.O_RDONLY)
    with pytest.raises(FileError):
        opened_for_sound(descriptor)
    os.close(descriptor)
