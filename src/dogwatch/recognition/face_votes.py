"""Who somebody is by several pictures: names and scores in, a name out (docs/faces.md)."""

from __future__ import annotations

from dataclasses import dataclass

MOST_SIGHTINGS = 50  # of one object; later ones replace the weakest


@dataclass(frozen=True, slots=True)
class FaceRules:
    """The settings of `face_recognition` that decide about names.

    Below `unknown_score` a face is nobody's. A name counts once `min_faces` pictures have it, with a mean score of at
    least `recognition_threshold`.
    """

    unknown_score: float = 0.8
    recognition_threshold: float = 0.9
    min_faces: int = 1


@dataclass(frozen=True, slots=True)
class FaceVerdict:
    """Who it is, None for nobody who is known, and the score."""

    name: str | None
    score: float


class FaceVotes:
    """The sightings of one object. Not thread-safe."""

    def __init__(self) -> None:
        """Begin without any."""
        self._sightings: list[tuple[str, float]] = []

    def add(self, name: str, score: float) -> None:
        """Take in who a face was most like, and how much."""
        self._sightings.append((name, score))
        if len(self._sightings) > MOST_SIGHTINGS:
            self._sightings.remove(min(self._sightings, key=lambda one: one[1]))

    def verdict(self, rules: FaceRules) -> FaceVerdict:
        """Return the name that most pictures have; of two with as many pictures neither counts.

        Pictures of nobody who is known (a turned head, say) do not outvote a name unless there are more than two for
        each of its own.
        """
        named: dict[str, list[float]] = {}
        unknown = 0
        for name, score in self._sightings:
            if name and score >= rules.unknown_score:
                named.setdefault(name, []).append(score)
            else:
                unknown += 1
        best = max((score for _, score in self._sightings), default=0.0)
        order = sorted(named, key=lambda name: (len(named[name]), sum(named[name])), reverse=True)
        if not order:
            return FaceVerdict(None, round(best, 4))
        first = named[order[0]]
        tied = len(order) > 1 and len(named[order[1]]) == len(first)
        mean = sum(first) / len(first)
        sure = mean >= rules.recognition_threshold and len(first) >= rules.min_faces
        if tied or not sure or unknown > 2 * len(first):
            return FaceVerdict(None, round(best, 4))
        return FaceVerdict(order[0], round(mean, 4))
