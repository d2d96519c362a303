"""What is covered between and around the pictures in which a face was found."""

import pytest

from dogwatch.media.encoder_spec import CoverBox
from dogwatch.sharing.face_tracks import FaceTracks
from dogwatch.sharing.spec import HOLD_S


def face(x: float, y: float = 0.5, size: float = 0.1) -> CoverBox:
    return CoverBox(x, y, x + size, y + size)


def covers(tracks: FaceTracks, at: float, box: CoverBox) -> bool:
    return any(one.x1 <= box.x1 and one.y1 <= box.y1 and one.x2 >= box.x2 and one.y2 >= box.y2 for one in tracks.at(at))


def test_a_found_face_is_covered_with_a_margin() -> None:
    tracks = FaceTracks()
    tracks.add(5.0, [face(0.4)])
    (box,) = tracks.at(5.0)
    assert box.x1 < 0.37
    assert box.x2 > 0.53


def test_a_gap_is_bridged_along_the_way() -> None:
    tracks = FaceTracks()
    tracks.add(5.0, [face(0.3)])
    tracks.add(5.9, [face(0.5)])
    for share in range(10):
        assert covers(tracks, 5.0 + 0.9 * share / 9, face(0.3 + 0.2 * share / 9))
    assert len(tracks.at(5.4)) == 1


@pytest.mark.parametrize("away", [0.5, 0.99])
def test_it_is_held_before_and_after(away: float) -> None:
    tracks = FaceTracks()
    tracks.add(5.0, [face(0.3)])
    tracks.add(5.2, [face(0.3)])
    assert covers(tracks, 5.0 - away, face(0.3))
    assert covers(tracks, 5.2 + away, face(0.3))
    near = tracks.at(5.0)[0]
    far = tracks.at(5.0 - away)[0]
    assert far.x2 - far.x1 > near.x2 - near.x1  # where it is, is less and less sure


def test_it_is_not_held_for_longer() -> None:
    tracks = FaceTracks()
    tracks.add(5.0, [face(0.3)])
    assert not tracks.at(5.0 - HOLD_S - 0.1)
    assert not tracks.at(5.0 + HOLD_S + 0.1)


def test_two_faces_are_two_tracks() -> None:
    tracks = FaceTracks()
    for step in range(5):
        tracks.add(5 + step / 5, [face(0.1 + step / 50), face(0.8 - step / 50)])
    assert len(tracks.at(5.5)) == 2
    assert covers(tracks, 5.5, face(0.15))
    assert covers(tracks, 5.5, face(0.75))


def test_nothing_found_covers_nothing() -> None:
    assert FaceTracks().at(1.0) == []
