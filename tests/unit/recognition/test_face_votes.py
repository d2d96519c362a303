"""Who somebody is by several pictures."""

from __future__ import annotations

import pytest

from dogwatch.recognition.face_votes import MOST_SIGHTINGS, FaceRules, FaceVerdict, FaceVotes

Sightings = list[tuple[str, float]]


def verdict(sightings: Sightings, **rules: float) -> FaceVerdict:
    votes = FaceVotes()
    for name, score in sightings:
        votes.add(name, score)
    return votes.verdict(FaceRules(**rules))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sightings", "name", "score"),
    [
        ([], None, 0.0),
        ([("Bob", 0.95)], "Bob", 0.95),
        ([("Bob", 0.85)], None, 0.85),  # like him, but not sure
        ([("Bob", 0.5)], None, 0.5),
        ([("", 0.0)], None, 0.0),
        ([("Bob", 0.85), ("Bob", 0.97)], "Bob", 0.91),
        ([("Bob", 0.95), ("Ann", 0.99)], None, 0.99),  # one of each: neither
        ([("Bob", 0.95), ("Ann", 0.99), ("Bob", 0.93)], "Bob", 0.94),
        ([("Bob", 0.95), ("Ann", 0.4), ("Ann", 0.4)], "Bob", 0.95),  # what is below is nobody
        ([("Bob", 0.95), *[("Bob", 0.4)] * 3], None, 0.95),  # one lucky picture of a stranger
    ],
)
def test_verdicts(sightings: Sightings, name: str | None, score: float) -> None:
    found = verdict(sightings)
    assert found.name == name
    assert found.score == pytest.approx(score)


def test_several_pictures_can_be_demanded() -> None:
    assert verdict([("Bob", 0.95)] * 2, min_faces=3).name is None
    assert verdict([("Bob", 0.95)] * 3, min_faces=3).name == "Bob"


def test_thresholds_are_those_of_the_rules() -> None:
    assert verdict([("Bob", 0.75)], unknown_score=0.6, recognition_threshold=0.7).name == "Bob"
    assert verdict([("Bob", 0.95)], recognition_threshold=0.96).name is None


def test_the_sightings_of_one_object_are_limited() -> None:
    votes = FaceVotes()
    for number in range(3 * MOST_SIGHTINGS):
        votes.add(str(number), number / 1000)
    assert len(votes._sightings) == MOST_SIGHTINGS
    assert min(score for _, score in votes._sightings) == 0.1
